"""The verdict on rows and on the networks that learnt from them: is there a signal, what helps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helder.engine import Rows
from helder.errors import NothingKeptError
from helder.glass.advice import (
    importances,
    more_rows,
    other_sizes,
    wrong_labels,
    wrong_numbers,
)
from helder.glass.signal import signal
from helder.learn import MultilayerPerceptron
from helder.model.deadline import NEVER, Deadline
from helder.model.problem import Problem
from helder.model.recipes import Plain, Recipe
from helder.model.scale import Scale
from helder.model.scores import Metric
from helder.model.verdict import CANNOT_TELL, NOTHING, Verdict
from helder.typing import Floats, Integers

MANY_SHUFFLES = 999  # labellings of a full verdict
SECONDS = 5.0  # that a quick verdict's advice may take, or as long as training
CURVE = Plain()  # of which more rows are asked what they gain


@dataclass(frozen=True, eq=False)
class Case:
    """What a verdict is about.

    Attributes:
        problem: The rows that train, as networks take them, and their folds.
        recipe: What the networks were made by.
        net: The networks; None where none were kept.
        columns: The numbers of the inputs that each column becomes.
        metric: The score.
        seed: Where every draw comes from.
        unlearnt: Rows with class numbers or numbers y (N,): those of the problem where it has
            folds, else rows that no network has learnt from; None where there are none.
        groups: Rows of one number belong together, (N,).
        times: When each row was, (N,).
        scale: Of a numeric target, else None.
        out_of_fold: Probabilities (N, C) or numbers (N, 1) of `unlearnt` by networks that have not
            learnt from the row; None without folds.
        classes: The names of the classes, (C,); None for numbers.
        numbers: The number of each row in its table, from 1, (N,); None for 1 to N.
    """

    problem: Problem
    recipe: Recipe
    net: MultilayerPerceptron | None
    columns: Mapping[str, Sequence[int]]
    metric: Metric
    seed: int
    unlearnt: Rows | None = None
    groups: Integers | None = None
    times: Floats | Integers | None = None
    scale: Scale | None = None
    out_of_fold: Floats | None = None
    classes: Sequence[Any] | None = None
    numbers: Integers | None = None


Advice = Callable[[Case, Deadline], Mapping[str, Any] | None]


def signal_of(case: Case, *, full: bool = False) -> Verdict:
    """Whether there is anything to learn, without advice; with more shuffles where it is full."""
    how: dict[str, Any] = {"shuffles": MANY_SHUFFLES} if full else {}
    return signal(case.problem, groups=case.groups, times=case.times, seed=case.seed, **how)


def columns(case: Case, deadline: Deadline) -> Mapping[str, Any] | None:
    """Which columns carry the signal."""
    if case.net is None or case.unlearnt is None:
        return None
    return importances(
        case.net,
        case.unlearnt,
        case.columns,
        case.metric,
        folds=case.problem.folds,
        scale=case.scale,
        deadline=deadline,
        seed=case.seed,
    ).to_dict()


def rows(case: Case, deadline: Deadline) -> Mapping[str, Any] | None:
    """What more rows would gain the network of a textbook; nothing where it runs off.

    Its intervals keep their promise (docs/advice.md), which those of larger networks do not.
    """
    with suppress(NothingKeptError):
        return more_rows(case.problem, CURVE, **retrained(case)).to_dict()
    return None


def sizes(case: Case, deadline: Deadline) -> Mapping[str, Any] | None:
    """What a smaller or a larger network would gain; nothing where the recipe's run off."""
    with suppress(NothingKeptError):
        return other_sizes(case.problem, case.recipe, **retrained(case)).to_dict()
    return None


def labels(case: Case, deadline: Deadline) -> Mapping[str, Any] | None:
    """Which labels, or which numbers, are likeliest wrong."""
    rows, p = case.unlearnt, case.out_of_fold
    if rows is None or p is None:
        return None
    X, how = case.problem.rows.X, dict[str, Any](weights=rows.weights, numbers=case.numbers)
    if case.classes is None:
        return wrong_numbers(p[:, 0], rows.y, X, **how).to_dict()
    return wrong_labels(p, rows.y.astype(np.int64), case.classes, X, **how).to_dict()


def retrained(case: Case) -> dict[str, Any]:
    """What advice asks for that trains networks again."""
    return {
        "metric": case.metric,
        "scale": case.scale,
        "groups": case.groups,
        "seed": case.seed,
    }


QUICK: Mapping[str, Advice] = {"columns": columns}
FULL: Mapping[str, Advice] = {**QUICK, "labels": labels, "rows": rows, "sizes": sizes}


def advice_on(found: Verdict, *, full: bool) -> Mapping[str, Advice]:
    """What is to be found out of what would help, by what it is about, in that order.

    Where nothing is there to be learnt, networks have learnt chance: what they go by, and what
    would make them worse by less, helps nobody. Where nobody can tell, what more rows would gain
    may be asked, and nothing that takes for granted that the networks have learnt.
    """
    if found.signal == NOTHING:
        return {}
    if found.signal == CANNOT_TELL:
        return {"rows": rows} if full else {}
    return FULL if full else QUICK


def judge(case: Case, *, full: bool = False) -> Verdict:
    """The whole verdict."""
    found = signal_of(case, full=full)
    deadline = NEVER if full else Deadline.after(SECONDS)
    advice = {name: one(case, deadline) for name, one in advice_on(found, full=full).items()}
    return replace(found, advice={name: one for name, one in advice.items() if one is not None})
