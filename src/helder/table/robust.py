"""Robust scaling: the median in the middle, the interquartile range as unit, far values near."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helder.table.scaling import power_of_two

Floats64 = npt.NDArray[np.float64]

LIMIT = 3.0  # nothing that is scaled lies further from 0
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
