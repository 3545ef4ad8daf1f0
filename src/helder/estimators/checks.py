"""What a person gives to an estimator, checked."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from helder.errors import ArgumentError
from helder.typing import Integers


def seed_of(random_state: Any) -> int:
    """A seed from what scikit-learn takes as `random_state`; a whole number is itself."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))


def check_validation(X_val: Any, y_val: Any, groups: Any, times: Any) -> None:
    """Raises ArgumentError where rows that choose the epoch are given by half, or twice."""
    if (X_val is None) != (y_val is None):
        raise ArgumentError("rows that choose the epoch need both", accepted="X_val and y_val")
    ways = [("groups", groups), ("times", times), ("X_val and y_val", X_val)]
    given = [name for name, value in ways if value is not None]
    if len(given) > 1:
        raise ArgumentError(
            f"{' as well as '.join(given)} would say which rows are held out",
            accepted="one of them",
        )


def numbers_of(groups: Any) -> Integers:
    """The number of each row's group, (N,)."""
    return np.unique(np.asarray(groups), return_inverse=True)[1]


def order_of(times: Any) -> Integers:
    """When each row was, as a number that grows with time, (N,).

    Raises:
        ArgumentError: Something else than a time for each row.
    """
    found = np.asarray(times)
    try:
        if found.dtype.kind in "US" or isinstance(found.flat[0], str):
            found = found.astype("datetime64[us]")
        known = found.ndim == 1 and bool((found == found).all())  # NaN and NaT are no times
        if not known or (found.dtype.kind == "O" and any(time is None for time in found)):
            raise ValueError
        return np.unique(found, return_inverse=True)[1]
    except (TypeError, ValueError, IndexError) as error:
        raise ArgumentError(
            "times say of every row when it was",
            got=times,
            accepted="numbers, dates, or texts such as 2024-01-31",
        ) from error


def check_tuning(tune: bool, warm_start: bool) -> None:
    """Raises ArgumentError where tuning is to go on from networks that are there."""
    if tune and warm_start:
        raise ArgumentError("tuning begins anew each time", accepted="tune, or warm_start")
