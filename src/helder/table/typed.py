"""Cells that are numbers, truths or dates already, beside those that are still text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import polars as pl

WHOLE = 2.0**53  # from here on whole numbers have no digits of their own
PER_DAY = {"ns": 86_400e9, "us": 86_400e6, "ms": 86_400e3}


def is_text(cells: pl.Series) -> bool:
    """Whether the cells are text, as those of a file are."""
    import polars as pl

    return cells.dtype == pl.String


def as_text(cells: pl.Series) -> pl.Series:
    """The cells as a file would write them; null where there is no value.

    A whole number is written without its point, so that a category 3 is 3 in every source.
    """
    import polars as pl

    if cells.dtype == pl.String:
        return cells
    if cells.dtype != pl.Float64:
        return cells.cast(pl.String)  # true, 2024-01-31, 2024-01-31 12:30:00.000000
    number = pl.col("cell")
    whole = (number == number.floor()) & (number.abs() < WHOLE)
    digits, other = number.cast(pl.Int64, strict=False).cast(pl.String), number.cast(pl.String)
    text = pl.when(whole).then(digits).otherwise(pl.when(number.is_not_nan()).then(other))
    return cells.alias("cell").to_frame().select(text.alias(cells.name)).to_series()


def without_value(cells: pl.Series) -> pl.Series:
    """(N,) true where a cell that is not text has no value: null, or NaN."""
    import polars as pl

    gone = cells.is_null()
    return gone | cells.is_nan().fill_null(True) if cells.dtype == pl.Float64 else gone


def typed_days(cells: pl.Series) -> npt.NDArray[np.float64] | None:
    """(N,) days since 1970 of cells that are dates (in UTC), NaN where missing; None of others."""
    import polars as pl

    if isinstance(cells.dtype, pl.Date):
        return cells.to_physical().cast(pl.Float64).to_numpy()
    if isinstance(cells.dtype, pl.Datetime):
        ticks = cells.to_physical().cast(pl.Float64).to_numpy()
        return np.asarray(ticks / PER_DAY[cells.dtype.time_unit])
    return None
