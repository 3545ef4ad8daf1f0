"""What a model file has had since format 2: calibration, several outputs, an estimator's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from helder.model import Fitted
from helder.model.calibration import MOST_SCORES, Conformal
from helder.model.fitted import Estimated, Output
from helder.model.scale import Scale
from helder.model.thresholds import LIKELIEST, Decision
from helder.table import TablePlan, TargetPlan, strict
from helder.typing import Array, Floats

YES_NO = ("0", "1")  # the classes of each of several labels
DEEPEST = 12  # of lists in lists: a parameter is simpler than that

# What a file of format 1 would say, had it known these parts.
FIRST: Mapping[str, Any] = {
    "recipe": None,
    "temperature": 1.0,
    "conformal": None,
    "out_of_fold": None,
    "outputs": [],
    "decision": {"threshold": None, "costs": None},
    "estimated": None,
}


def described_parts(fitted: Fitted) -> dict[str, Any]:
    """The parts as plain values; the shapes of arrays stand here, and so under the digest."""
    seen, out_of_fold = fitted.conformal, fitted.out_of_fold
    return {
        "recipe": fitted.recipe,
        "temperature": fitted.temperature,
        "conformal": None if seen is None else {"rows": seen.rows, "shape": seen.scores.shape},
        "out_of_fold": None if out_of_fold is None else out_of_fold.shape,
        "outputs": [asdict(output) for output in fitted.outputs],
        "decision": described_decision(fitted.decision),
        "estimated": None if fitted.estimated is None else asdict(fitted.estimated),
    }


def described_decision(decision: Decision) -> dict[str, Any]:
    """The threshold and the costs, or None."""
    costs = None if decision.costs is None else decision.costs.tolist()
    return {"threshold": decision.threshold, "costs": costs}


def arrays_of(fitted: Fitted) -> dict[str, Array]:
    """The arrays of the parts that there are."""
    found = {}
    if fitted.conformal is not None:
        found["conformal"] = np.asarray(fitted.conformal.scores, np.float64)  # (M, n)
    if fitted.out_of_fold is not None:
        found["out_of_fold"] = np.asarray(fitted.out_of_fold, np.float64)  # (N, C) or (N, n_out)
    return found


def read_parts(
    described: Mapping[str, Any], arrays: Mapping[str, Array], plan: TablePlan, target: TargetPlan
) -> dict[str, Any]:
    """The fields of `Fitted` that these parts are.

    Raises:
        HelderError, LookupError, TypeError or ValueError: They are no such parts, or do not fit
            the plan, the target or each other.
    """
    if described["format"] == 1:
        described = {**described, **FIRST}
    outputs = read_outputs(described["outputs"], target)
    count = len(outputs) or len(target.classes or (target.name,))
    recipe, estimated = described["recipe"], described["estimated"]
    return {
        "recipe": None if recipe is None else strict.text(recipe),
        "temperature": strict.scale(described["temperature"]),
        "conformal": read_conformal(
            described["conformal"], arrays.get("conformal"), 1 if target.classes else count
        ),
        "out_of_fold": read_out_of_fold(described["out_of_fold"], arrays.get("out_of_fold"), count),
        "outputs": outputs,
        "decision": read_decision(described["decision"], () if outputs else target.classes),
        "estimated": None if estimated is None else read_estimated(estimated, plan, target),
    }


def read_outputs(value: object, target: TargetPlan) -> tuple[Output, ...]:
    """The columns that are predicted together; none, or two and more, that are like the target."""
    found = [strict.record(item, ("name", "scale")) for item in strict.items(value)]
    if not found:
        return ()
    outputs = tuple(Output(strict.text(item["name"]), read_scale(item["scale"])) for item in found)
    if len(outputs) == 1 or outputs[0].name != target.name:
        raise strict.refuse("several outputs are missing", len(outputs))
    if target.classes not in (None, YES_NO):
        raise strict.refuse("each of several labels is 0 or 1", len(target.classes or ()))
    if any((output.scale is None) != (target.classes is not None) for output in outputs):
        raise strict.refuse("the scale of an output does not fit the task")
    return outputs


def read_decision(value: object, classes: tuple[str, ...] | None) -> Decision:
    """How it is decided between these classes; without classes nothing is."""
    found, C = strict.record(value, ("threshold", "costs")), len(classes or ())
    if found["threshold"] is not None:
        threshold = strict.number(found["threshold"])
        if C != 2 or not 0 <= threshold <= 1:
            raise strict.refuse("a threshold divides two classes", threshold)
        return Decision(threshold)
    if found["costs"] is None:
        return LIKELIEST
    rows = [strict.items(row, C) for row in strict.items(found["costs"], C)]
    costs = np.array([[strict.number(cost) for cost in row] for row in rows])
    if not C or costs.shape != (C, C):
        raise strict.refuse("costs are of each class by each", costs.shape)
    return Decision(costs=costs)


def read_scale(value: object) -> Scale | None:
    """Mean, standard deviation, and limits where there are some; or None."""
    if value is None:
        return None
    mean, std, *more = strict.items(value, 3)
    limits = None
    if more and more[0] is not None:
        low, high = map(strict.number, strict.items(more[0], 2))
        if low > high:
            raise strict.refuse("the smallest number is above the largest", low)
        limits = low, high
    return Scale(strict.number(mean), strict.scale(std), limits)


def read_conformal(value: object, scores: Array | None, columns: int) -> Conformal | None:
    """The errors of out-of-fold rows, in order."""
    if (value is None) != (scores is None):
        raise strict.refuse("errors of out-of-fold rows are there by half")
    if scores is None:
        return None
    found = strict.record(value, ("rows", "shape"))
    rows = strict.count(found["rows"])
    check_shape(scores, found["shape"], columns)
    if len(scores) != min(rows, MOST_SCORES) or not len(scores):
        raise strict.refuse("these are not as many errors as rows have", len(scores))
    if np.isnan(scores).any() or (scores[1:] < scores[:-1]).any():
        raise strict.refuse("the errors of out-of-fold rows are not in order")
    return Conformal(scores.copy(), rows)


def read_out_of_fold(value: object, found: Array | None, columns: int) -> Floats | None:
    """The out-of-fold predictions."""
    if (value is None) != (found is None):
        raise strict.refuse("out-of-fold predictions are there by half")
    if found is None:
        return None
    check_shape(found, value, columns)
    return found.copy()


def check_shape(array: Array, shape: object, columns: int) -> None:
    """Raises DataError unless an array has this shape, so many columns, and float64 numbers."""
    rows, width = strict.items(shape, 2)
    said = strict.count(rows), strict.count(width)
    if array.shape != said or width != columns or array.dtype != np.float64:
        raise strict.refuse("an array has another shape or type than it should", array.shape)


def read_estimated(value: object, plan: TablePlan, target: TargetPlan) -> Estimated:
    """What an estimator adds."""
    found = strict.record(value, tuple(field.name for field in fields(Estimated)))
    parameters, columns = found["parameters"], strict.texts(found["columns"])
    if not isinstance(parameters, dict):
        raise strict.refuse("parameters are missing", type(parameters).__name__)
    check_depth(parameters)
    if {step.name for step in plan.columns} - set(columns):
        raise strict.refuse("a column of the plan is none of the columns")
    features = None if found["features"] is None else strict.texts(found["features"])
    if features is not None and tuple(name.strip() for name in features) != columns:
        raise strict.refuse("the names of columns differ")
    labels = None if found["labels"] is None else strict.items(found["labels"], 2)
    return Estimated(
        parameters=parameters,
        columns=columns,
        features=features,
        among_others=strict.truth(found["among_others"]),
        labels=None if labels is None else (strict.text(labels[0]), strict.text(labels[1])),
        calls=strict.count(found["calls"]),
        learnt=None if found["learnt"] is None else strict.text(found["learnt"]),
        shortened=strict.texts(found["shortened"]),
    )


def check_depth(value: object, depth: int = 0) -> None:
    """Raises DataError where lists and records lie too deep in each other."""
    if depth > DEEPEST:
        raise strict.refuse("parameters lie too deep in each other")
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            check_depth(item, depth + 1)
