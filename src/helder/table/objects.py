"""Makes a column of Python objects what its values are: numbers, truths, dates, or else text."""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from helder.errors import DataError
from helder.table.dates import MOST_DAYS
from helder.table.typed import WHOLE

if TYPE_CHECKING:
    import polars as pl

MISSING = frozenset(("NoneType", "NAType", "NaTType"))  # the last two are those of pandas


def series_of(values: Sequence[object], where: str) -> pl.Series:
    """The values as cells: Float64, Boolean, Date or Datetime where all are such, else String.

    Missing are None, NaN and what pandas has for them.

    Raises:
        DataError: A value is complex, or too large a number, or text that is none.
    """
    import polars as pl

    kinds = set(map(type, values))
    gone = {kind for kind in kinds if kind.__name__ in MISSING}
    if gone or len(kinds) > 1:
        lost = tuple(gone)
        values = [None if isinstance(value, lost) or is_nan(value) else value for value in values]
        kinds = set(map(type, values)) - {type(None)}
    if any(issubclass(kind, complex | np.complexfloating) for kind in kinds):
        raise complex_numbers(where)
    if kinds and all(issubclass(kind, bool | np.bool_) for kind in kinds):
        return pl.Series([None if value is None else bool(value) for value in values])
    if all(issubclass(kind, numbers.Number) for kind in kinds):
        return pl.Series(floats(values, where))
    if all(issubclass(kind, datetime.date | np.datetime64) for kind in kinds):
        return dates(values, where)
    return text_series([text_of(value) for value in values], where)


def is_nan(value: object) -> bool:
    """Whether a value is the number that says that there is none."""
    return isinstance(value, float | np.floating) and bool(value != value)


def floats(values: Sequence[object], where: str) -> npt.NDArray[np.float64]:
    """(N,) numbers of any kind as float64, NaN for None; DataError where one is too large."""
    try:
        return np.array(values, dtype=np.float64)
    except (OverflowError, TypeError, ValueError) as problem:
        raise DataError(
            "this column holds a number that float64 has not", got=str(problem), where=where
        ) from None


def dates(values: Sequence[object], where: str) -> pl.Series:
    """Dates, in UTC where they have a time zone."""
    naive = [
        value.astimezone(datetime.UTC).replace(tzinfo=None)
        if isinstance(value, datetime.datetime) and value.tzinfo is not None
        else value
        for value in values
    ]
    timed = any(isinstance(value, datetime.datetime | np.datetime64) for value in naive)
    moments = np.array(naive, dtype="datetime64[us]" if timed else "datetime64[D]")
    return date_series(moments, where)


def date_series(moments: npt.NDArray[np.datetime64], where: str) -> pl.Series:
    """Dates as cells, days or microseconds; DataError where one lies outside any calendar."""
    import polars as pl

    days = moments.astype("datetime64[D]")
    far = np.abs(np.where(np.isnat(days), 0, days.astype(np.int64)).astype(np.float64)) > MOST_DAYS
    if far.any():
        raise DataError(
            "this date is far outside the calendar", got=str(days[np.argmax(far)]), where=where
        )
    whole = moments.dtype == days.dtype
    return pl.Series(days if whole else moments.astype("datetime64[us]"))


def text_of(value: object) -> str | None:
    """A value as a file would write it, stripped; None where nothing is left."""
    if isinstance(value, str):
        return value.strip() or None
    if value is None or is_nan(value) or type(value).__name__ in MISSING:
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating) and abs(float(value)) < WHOLE and value % 1 == 0:
        return str(int(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace").strip() or None
    return str(value).strip() or None


def text_series(texts: Sequence[str | None], where: str) -> pl.Series:
    """Texts as cells; DataError where one holds half a character, which no file could."""
    import polars as pl

    try:
        return pl.Series(texts, dtype=pl.String)
    except UnicodeEncodeError as problem:
        wrong = problem.object[problem.start : problem.end]
        raise DataError("a text holds half a character", got=wrong, where=where) from None


def complex_numbers(where: str | None = None) -> DataError:
    """The error for complex numbers, worded as scikit-learn words it."""
    return DataError(
        "Complex data not supported",
        accepted="real numbers",
        hint="make two columns of them, the real and the imaginary part",
        where=where,
    )
