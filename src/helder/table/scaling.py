"""Mean, standard deviation and standardising that hold for every finite number."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from helder.errors import DataError
from helder.table.contents import Table

LARGEST_INPUT = float(np.finfo(np.float32).max)


def mean_and_std(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The mean and standard deviation of the values (N,) that are not NaN.

    Where nothing varies the deviation is 1, so that dividing by it changes nothing; where
    nothing is there, the mean is 0.
    """
    there = values[~np.isnan(values)]
    if len(there) == 0:
        return 0.0, 1.0
    low, high = float(there.min()), float(there.max())
    if low == high:
        return low, 1.0
    # Squares of numbers near the limit of float64 would overflow: a power of two scales exactly.
    unit = power_of_two(max(abs(low), abs(high)))
    scaled = there / unit
    mean, std = float(scaled.mean()) * unit, float(scaled.std()) * unit
    return mean, std if std > 0.0 else 1.0


def power_of_two(value: float) -> float:
    """The largest power of two that is not larger than a number."""
    return math.ldexp(1.0, math.frexp(value)[1] - 1)


def standardised(
    table: Table, name: str, values: npt.NDArray[np.float64], mean: float, std: float
) -> npt.NDArray[np.float64]:
    """(N,) how many standard deviations each value lies from the mean; 0 where it is missing.

    Raises:
        DataError: A value is so far away that a network's float32 cannot hold it.
    """
    # Halved, so that the difference of two numbers near the limit stays finite.
    with np.errstate(over="ignore"):
        scaled = (values / 2 - mean / 2) / std * 2
    too_far = np.flatnonzero(np.abs(scaled) > LARGEST_INPUT)
    if len(too_far):
        row = int(too_far[0])
        raise DataError(
            "this number is too far from those the plan was made with",
            got=table.cells[name][row],
            accepted=f"numbers near {mean:g}, give or take {std:g}",
            where=table.place(row, name),
        )
    return np.nan_to_num(scaled, nan=0.0)
