"""Whether somebody's arrays are a gradient: the same up to one factor, or what differs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helder.typing import Floats

SAME = 2e-4  # of the largest number: what a step with a small rate leaves of its own curvature
SAME_FACTOR = 3e-4
NOTHING = 1e-13  # a gradient below this, relative to the largest of all, is none


@dataclass(frozen=True)
class Factors:
    """How somebody's arrays compare with a gradient, array by array.

    Attributes:
        each: The factor `observed = factor x predicted`; None where there is none; nan where both
            are zero, so that any factor fits.
    """

    each: tuple[float | None, ...]

    @property
    def known(self) -> list[float]:
        """The factors that there are."""
        return [f for f in self.each if f is not None and not math.isnan(f)]

    @property
    def collinear(self) -> bool:
        """Whether every array is a multiple of its gradient."""
        return all(f is not None for f in self.each) and bool(self.known)

    @property
    def one(self) -> float | None:
        """The one factor of all arrays, if there is one, not zero."""
        if not self.collinear:
            return None
        middle = float(np.median(self.known))
        if middle == 0 or any(abs(f - middle) > SAME_FACTOR * abs(middle) for f in self.known):
            return None
        return middle


@np.errstate(all="ignore")
def factors(
    observed: Sequence[Floats | None], predicted: Sequence[Floats | None], same: float = SAME
) -> Factors:
    """Compares arrays that stand for each other; one that was not observed fits anything."""
    largest = largest_of(observed)
    return Factors(
        tuple(factor(o, p, largest, same) for o, p in zip(observed, predicted, strict=True))
    )


def largest_of(observed: Sequence[Floats | None]) -> float:
    """The largest number of all arrays."""
    return max((float(np.abs(o).max()) for o in observed if o is not None), default=0.0)


def factor(
    observed: Floats | None, predicted: Floats | None, largest: float, same: float = SAME
) -> float | None:
    """The factor between two arrays, or None; nan where one was not observed.

    NumPy may warn of numbers that are not finite: who calls it often ignores that once for all.
    """
    if observed is None or predicted is None:
        return math.nan
    o, p = observed.ravel(), predicted.ravel()
    if o.size != p.size:
        return None  # parameters may be seen in places that are not theirs
    size = float(p @ p)
    if is_far(o, p, size, largest, same):
        return None
    top = float(np.abs(o).max())
    if not (math.isfinite(size) and math.isfinite(top)):
        return None
    nothing = top <= NOTHING * largest
    if size < 1e-24:  # nothing was to be expected
        return math.nan if nothing or top < 1e-9 * largest else None
    if nothing:
        return 0.0
    c = float(o @ p) / size
    apart = float(np.abs(o - c * p).max())
    return c if apart <= same * top else None


def is_far(o: Floats, p: Floats, size: float, largest: float, same: float) -> bool:
    """Whether o is surely no multiple of p, which is soon said of most.

    What is left of o beside its nearest multiple of p is too much even if it were spread evenly.
    """
    own, both, nothing = float(o @ o), float(o @ p), NOTHING * largest
    if size < 1e-24 or own <= o.size * nothing * nothing:
        return False
    return own - both * both / size > o.size * same * same * own


def usual(known: Sequence[float]) -> float:
    """The factor that most arrays share; the last where none is shared."""
    return max(reversed(known), key=lambda f: sum(abs(f / g - 1) < 1e-3 for g in known if g))
