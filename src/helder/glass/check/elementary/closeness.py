"""When two numbers count as the same: rounding, float32 and constants with five digits pass."""

from __future__ import annotations

import numpy as np

from helder.typing import Array, Floats

RELATIVE, ABSOLUTE = 1e-5, 1e-7


def agree(values: Floats, right: Floats) -> Array:
    """Cell by cell, whether somebody's value is the right one."""
    with np.errstate(all="ignore"):
        return np.isclose(values, right, rtol=RELATIVE, atol=ABSOLUTE)


def same(values: Floats | None, right: Floats) -> bool:
    """Whether all are, in an array of the same shape; None is never the same."""
    return values is not None and values.shape == right.shape and bool(agree(values, right).all())
