"""What is wrong with an operation's derivative, by the numbers that it sends back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helder.glass.check.elementary.engines.finding import Operation
from helder.glass.check.elementary.engines.samples import is_named
from helder.glass.check.elementary.engines.trying import Tried
from helder.glass.check.elementary.formulas import STANDARD, Formula, recognised
from helder.typing import Floats

NO_SLOPE = re.compile(
    r"_*(detach|copy|clone|round|sign|floor|ceil|step|arg\w*|\w*_like|item|numpy|data|no_grad)_*"
)
FORMULA = "derivative-formula"
OTHERS = ("identity", "step", "sign", "hard sigmoid", "hard tanh")  # whose slopes say too little
OF_A = {"sigmoid": lambda x: x * (1 - x), "tanh": lambda x: 1 - x * x}


@dataclass(frozen=True)
class Mistake:
    """A cause by its name, and what was seen."""

    cause: str
    saw: str


def mistake_in(operation: Operation, uses: Sequence[Tried]) -> Mistake | None:
    """The mistake in an operation alone; None where it is right, or meant to send nothing back."""
    wrong = [tried for tried in uses if not tried.fits]
    if not wrong or NO_SLOPE.fullmatch(operation.definition.name):
        return None
    refused = next((tried for tried in wrong if tried.failed), None)
    if refused is not None:  # for its shapes, as others say nothing
        return Mistake("weights-not-transposed", refused.difference(operation.definition.name))
    if passes_softmax(operation, wrong):
        return None
    saw = wrong[0].difference(operation.definition.name)
    if sends_nothing(uses, wrong):
        return Mistake("gradient-zero", saw)
    if any(tried.grows for tried in wrong):
        return Mistake("bias-shape-grows", saw)
    if len(uses[0].values) == 1:
        return Mistake(bent(uses), saw)
    return Mistake(FORMULA, saw)


def says_nothing(operation: Operation, tried: Tried) -> bool:
    """Whether going back failed as it may where an operation is right and asked in another way.

    Shapes that do not fit each other in a product of matrices are those of its own factors.
    """
    by_shape = is_named(operation, "matmul") and "ValueError" in tried.failed
    return bool(tried.failed) and not by_shape


def sends_nothing(uses: Sequence[Tried], wrong: Sequence[Tried]) -> bool:
    """Whether an operation of one sends nothing back, or one of two nothing to one of them."""
    if len(uses[0].values) > 1:
        return all(map(zero, wrong))
    return any(map(zero, wrong)) and not any(np.any(tried.slopes[0]) for tried in uses)


def zero(tried: Tried) -> str:
    """The cause where nothing comes back that should; empty elsewhere."""
    for slope, right in zip(tried.slopes, tried.right, strict=True):
        if (slope is None or not np.any(slope)) and np.any(np.abs(right) > tried.tolerance):
            return "gradient-zero"
    return ""


def passes_softmax(operation: Operation, uses: Sequence[Tried]) -> bool:
    """Whether a softmax hands on what it gets, as a loss after it has its slope already."""
    ones = [u.slopes[0] for u in uses]
    passed = all(one is not None and np.allclose(one, 1) for one in ones)
    return "softmax" in operation.definition.name.lower() and passed


def bent(uses: Sequence[Tried]) -> str:
    """The cause of an activation's wrong slope."""
    kept = [
        (u.values[0], u.value, slope) for u in uses
        if (slope := u.slopes[0]) is not None and u.value.shape == u.right[0].shape == slope.shape
    ]  # fmt: skip
    if not kept:
        return "gradient-scale" if all(map(is_multiple, uses)) else FORMULA
    z, a, seen = (np.concatenate([*map(np.ravel, parts)]) for parts in zip(*kept, strict=True))
    formula = recognised(z, a)
    if formula is None:
        return FORMULA
    if formula.kind in ("relu", "leaky relu") and is_threshold(z, seen):
        return "relu-slope-threshold"
    with np.errstate(all="ignore"):
        if formula.kind in OF_A and near(seen, OF_A[formula.kind](z)):
            return "derivative-a-given-z"
        if near(seen, formula.slope(formula.value(z))):
            return "derivative-z-given-a"
        return "derivative-of-another-activation" if another(formula, z, seen) else FORMULA


def is_multiple(tried: Tried) -> bool:
    """Whether all that comes back is as many times too large, as of a mean that is not divided."""
    slope, right = tried.slopes[0], tried.right[0]
    if slope is None or slope.shape != right.shape or not np.all(right):
        return False
    ratios = slope / right
    return bool(ratios.min() > 0 and np.ptp(ratios) <= tried.tolerance * ratios.max())


def is_threshold(z: Floats, seen: Floats) -> bool:
    """Whether a slope jumps to 1 elsewhere than at zero: `z > 1` for `z > 0`."""
    order = np.argsort(z)
    jumps = np.flatnonzero(np.diff(seen[order]) > 0)
    return len(jumps) == 1 and seen[order][-1] == 1 and seen[order][0] < 1


def another(formula: Formula, z: Floats, seen: Floats) -> bool:
    """Whether it is the slope of another activation, of z or of what this one gives."""
    a = formula.value(z)
    if near(seen, a):
        return False  # sigmoid is the slope of softplus, and here a part was left out
    for other in STANDARD:
        if other.kind in (formula.kind, *OTHERS):
            continue
        if near(seen, other.slope(z)) or near(seen, OF_A.get(other.kind, lambda x: x * np.nan)(a)):
            return True
    return False


def near(seen: Floats, right: Floats) -> bool:
    """Whether these are the same numbers, as far as they were measured."""
    return bool(np.allclose(seen, right, rtol=1e-4, atol=1e-6))
