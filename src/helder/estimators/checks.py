"""What a person gives to an estimator, checked."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from sklearn.utils import check_random_state

from helder.errors import ArgumentError


def seed_of(random_state: Any) -> int:
    """A seed from what scikit-learn takes as `random_state`; a whole number is itself."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))


def check_validation(X_val: Any, y_val: Any, groups: Any) -> None:
    """Raises ArgumentError where rows that choose the epoch are given by half, or with groups."""
    if (X_val is None) != (y_val is None):
        raise ArgumentError("rows that choose the epoch need both", accepted="X_val and y_val")
    if X_val is not None and groups is not None:
        raise ArgumentError(
            "groups divide rows into folds, and with X_val there are none",
            accepted="groups, or X_val and y_val",
        )


def check_tuning(tune: bool, warm_start: bool) -> None:
    """Raises ArgumentError where tuning is to go on from networks that are there."""
    if tune and warm_start:
        raise ArgumentError("tuning begins anew each time", accepted="tune, or warm_start")
