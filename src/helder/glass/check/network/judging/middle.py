"""The factor by which somebody's arrays are a gradient, where they do not share one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from helder.glass.check.network.binding.trials import SMALL_RATE
from helder.glass.check.network.reference.matching import Factors, usual
from helder.glass.check.network.reference.ways import Observed

APART = 1e-3  # of a factor: what counts as the same one


def middle_of(observed: Observed, found: Factors) -> float:
    """The factor that most arrays share; of two that as many share, that of a sum or a mean.

    Weights that are as many as their biases do not say which of them is off: the learning rate
    does, by which a step down the gradient is a multiple of it.
    """
    nonzero = [f for f in found.known if f]
    best = usual(nonzero)
    if is_usual(best, observed):
        return best
    fitting = [f for f in nonzero if is_usual(f, observed)]
    return next((f for f in fitting if sharing(f, nonzero) == sharing(best, nonzero)), best)


def is_usual(f: float, observed: Observed) -> bool:
    """Whether a factor is that of a sum over the rows, or of their mean."""
    rate = SMALL_RATE if observed.signed else 1.0
    size = f / rate if observed.signed else abs(f)
    return any(abs(size * count - 1) < APART for count in (1, len(observed.known.x)))


def sharing(f: float, others: Sequence[float]) -> int:
    """How many factors are the same as this one."""
    return sum(abs(f / other - 1) < APART for other in others)


def off_middle(observed: Observed, found: Factors) -> list[tuple[int, float]]:
    """Which arrays have another factor than the usual one, and how many times as large it is."""
    middle = middle_of(observed, found)
    pairs = enumerate(found.each)
    return [(at, f / middle) for at, f in pairs if f is not None and is_off(f, middle)]


def is_off(f: float, middle: float) -> bool:
    """Whether a factor is another than the usual one."""
    return not math.isnan(f) and abs(f / middle - 1) > APART
