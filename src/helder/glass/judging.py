"""The verdict on rows and on the networks that learnt from them: is there a signal, what helps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from helder.engine import Rows
from helder.glass.advice.columns import importances
from helder.glass.advice.rows import more_rows
from helder.glass.advice.sizes import other_sizes
from helder.glass.signal import signal
from helder.learn import MultilayerPerceptron
from helder.model.deadline import NEVER, Deadline
from helder.model.problem import Problem
from helder.model.recipes import Recipe
from helder.model.scale import Scale
from helder.model.scores import Metric
from helder.model.verdict import Verdict
from helder.typing import Floats, Integers

MANY_SHUFFLES = 999  # labellings of a full verdict


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
    """What more rows would gain."""
    return more_rows(case.problem, case.recipe, **retrained(case)).to_dict()


def sizes(case: Case, deadline: Deadline) -> Mapping[str, Any] | None:
    """What a smaller or a larger network would gain."""
    return other_sizes(case.problem, case.recipe, **retrained(case)).to_dict()


def retrained(case: Case) -> dict[str, Any]:
    """What advice asks for that trains networks again."""
    return {
        "metric": case.metric,
        "scale": case.scale,
        "groups": case.groups,
        "seed": case.seed,
    }


QUICK: Mapping[str, Advice] = {"columns": columns}
FULL: Mapping[str, Advice] = {"columns": columns, "rows": rows, "sizes": sizes}


def advice_of(*, full: bool) -> Mapping[str, Advice]:
    """What would help, by what it is about, in the order in which it is found out."""
    return FULL if full else QUICK


def judge(case: Case, *, full: bool = False) -> Verdict:
    """The whole verdict."""
    found = signal_of(case, full=full)
    advice = {name: one(case, NEVER) for name, one in advice_of(full=full).items()}
    return replace(found, advice={name: one for name, one in advice.items() if one is not None})
