"""Robust scaling: by median and quartiles with far values near, and by rank alone."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from helder.table.scaling import power_of_two

Floats64 = npt.NDArray[np.float64]

LIMIT = 3.0  # nothing that is scaled lies further from 0
KNOTS = 100  # between which ranks are interpolated, with the smallest and largest value
FAR = 1e9  # from here on a value lies at the limit in every precision, and squares stay finite
LARGEST = float(np.finfo(np.float64).max)


def median_and_spread(values: Floats64) -> tuple[float, float]:
    """The median of the values (N,) that are not NaN, and what becomes 1 after scaling.

    That is the interquartile range; where most values are the same, half of their whole range;
    and 0 where all are.
    """
    there = values[~np.isnan(values)]
    if len(there) == 0:
        return 0.0, 0.0
    low, high = float(there.min()), float(there.max())
    if low == high:
        return low, 0.0
    # Differences of numbers near the limit of float64 would overflow: a power of two is exact.
    unit = power_of_two(max(abs(low), abs(high)))
    first, median, third = np.quantile(there / unit, (0.25, 0.5, 0.75))
    spread = third - first if third > first else (high / unit - low / unit) / 2
    return float(median) * unit, min(float(spread) * unit, LARGEST)


def smooth_clip(values: Floats64, median: float, spread: float) -> Floats64:
    """z / sqrt(1 + (z / 3)^2) with z = (value - median) / spread, (N,); 0 where it is missing.

    Where the spread is 0, nothing varied and everything is 0.
    """
    if spread == 0.0:
        return np.zeros(len(values))
    # Halved, so that the difference of two numbers near the limit stays finite.
    with np.errstate(over="ignore"):
        z = (values / 2 - median / 2) / spread * 2
    z = np.fmax(np.fmin(z, FAR), -FAR)
    z /= np.sqrt(1.0 + (z / LIMIT) ** 2)
    z[np.isnan(values)] = 0.0
    return z


def rank_knots(values: Floats64) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Values of a column (N,) in ascending order, and the normal score of each one's rank.

    The score is the standard normal quantile of the share of rows that lie below, those alike
    counting half; no score lies beyond 3. With more than 100 different values, those are taken
    whose scores lie about evenly. None for two values or fewer: their ranks say nothing new.
    """
    there = values[~np.isnan(values)]
    distinct, counts = np.unique(there, return_counts=True)
    if len(distinct) <= 2:
        return (), ()
    shares = (np.cumsum(counts) - counts / 2) / len(there)  # (D,), all between 0 and 1
    if len(distinct) > KNOTS:
        even = [NormalDist().cdf(score) for score in np.linspace(-LIMIT, LIMIT, KNOTS)]
        last = len(distinct) - 1
        at = np.unique([0, *np.clip(np.searchsorted(shares, even), 0, last), last])
        distinct, shares = distinct[at], shares[at]
    scores = np.clip([NormalDist().inv_cdf(share) for share in shares], -LIMIT, LIMIT)
    return tuple(distinct.tolist()), tuple(scores.tolist())


def rank_scores(values: Floats64, knots: tuple[float, ...], scores: tuple[float, ...]) -> Floats64:
    """The normal score of each value (N,), between the knots in a straight line; 0 where missing.

    A value below or above all of training has the score of the first or last knot.
    """
    # As in median_and_spread, no difference of numbers near the limit of float64 overflows.
    unit = power_of_two(max(abs(knots[0]), abs(knots[-1])))
    with np.errstate(over="ignore"):
        found = np.interp(values / unit, np.array(knots) / unit, scores)
    found[np.isnan(values)] = 0.0
    return found
