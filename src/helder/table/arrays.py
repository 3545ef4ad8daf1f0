"""Makes columns of an array, or of anything that NumPy makes one of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from helder.errors import ArgumentError, DataError, shown
from helder.table.dates import MOST_DAYS
from helder.table.objects import complex_numbers, date_series, series_of, text_of, text_series
from helder.table.typed import typed_days

if TYPE_CHECKING:
    import polars as pl

MOST_DENSE = 2 << 30  # bytes of a sparse matrix once its zeros are written out
PIECE = 1024  # rows turned at a time: so many stay in the processor's cache


def array_columns(X: object, names: Sequence[str] | None) -> tuple[Sequence[str], list[pl.Series]]:
    """The names and the columns of an array, or of anything that NumPy makes one of."""
    array = as_array(X)
    check_shape(array)
    names = array_names(names, array.shape[1])
    if array.dtype.kind in "fiu":
        return names, number_columns(array, names)
    made, columns = column_maker(array), []
    for at, name in enumerate(names):
        columns.append(checked(made(array[:, at], place_of(name)), name))
    return names, columns


def as_array(X: object) -> npt.NDArray[Any]:
    """X as an array; of objects where it holds more than numbers, so that none becomes text."""
    try:
        if isinstance(X, np.ma.MaskedArray):
            return np.ma.filled(X.astype(np.float64), np.nan)
        array = np.asarray(X)
        if array.dtype.kind in "US" and not isinstance(X, np.ndarray):
            array = np.asarray(X, dtype=object)
    except (ValueError, TypeError) as problem:
        raise DataError(
            "these rows are no table: each needs as many values as the others",
            got=str(problem).splitlines()[0],
            accepted="a data frame, a 2D array, or a list of rows",
        ) from None
    return array


def column_maker(array: npt.NDArray[Any]) -> Callable[[npt.NDArray[Any], str], pl.Series]:
    """What makes cells of a column of an array of this type."""
    import polars as pl

    match array.dtype.kind:
        case "b":
            return lambda column, where: pl.Series(np.ascontiguousarray(column))
        case "c":
            raise complex_numbers()
        case "M":
            return date_series
        case "m":
            return lambda column, where: pl.Series(in_days(column))
        case "U" | "S":
            return lambda column, where: text_series([*map(text_of, column.tolist())], where)
        case "O":
            return lambda column, where: series_of(column.tolist(), where)
        case _:
            raise DataError(
                "an array of this type is no table",
                got=str(array.dtype),
                accepted="numbers, text, booleans, dates or objects",
            )


def number_columns(array: npt.NDArray[Any], names: Sequence[str]) -> list[pl.Series]:
    """The columns of an array of numbers, each with its cells side by side in memory.

    Raises:
        DataError: One of them is infinite.
    """
    import polars as pl

    columns = np.empty(array.shape[::-1], dtype=np.float64)
    for start in range(0, len(array), PIECE):
        columns[:, start : start + PIECE] = array[start : start + PIECE].T
    if np.isinf(columns).any():
        at, row = (int(index[0]) for index in np.nonzero(np.isinf(columns)))
        raise infinite(names[at], row)
    return [pl.Series(values=column) for column in columns]


def checked(cells: pl.Series, name: str) -> pl.Series:
    """Cells as they are; DataError where a number is infinite, or a date none of a calendar."""
    import polars as pl

    if cells.dtype == pl.Float64:
        wrong = np.isinf(cells.to_numpy())
        if wrong.any():
            raise infinite(name, int(np.argmax(wrong)))
    days = typed_days(cells)
    if days is not None and (np.abs(days) > MOST_DAYS).any():
        row = int(np.argmax(np.abs(days) > MOST_DAYS))
        raise DataError("this date is far outside the calendar", where=place_of(name, row))
    return cells


def place_of(name: str, row: int | None = None) -> str:
    """Where a cell or column stands, as an error names it."""
    column = f"column {shown(name)}"
    return column if row is None else f"row {row + 1}, {column}"


def infinite(name: str, row: int) -> DataError:
    """The error for an infinite number, in the words that scikit-learn has for it."""
    return DataError(
        "Input X contains infinity",
        accepted="finite numbers, and NaN where a value is not known",
        where=place_of(name, row),
    )


def in_days(durations: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """(N,) durations in days, NaN where there is none."""
    return np.asarray(durations / np.timedelta64(1, "D"), dtype=np.float64)


def check_shape(array: npt.NDArray[Any]) -> None:
    """Raises DataError unless an array has two dimensions, rows and columns, in known words."""
    if array.ndim != 2:
        got = f"{array.ndim}D" if array.ndim else "scalar"
        raise DataError(
            f"Expected 2D array, got {got} array instead",
            accepted="rows and columns",
            hint="Reshape your data: reshape(-1, 1) makes one column of it, reshape(1, -1) one row",
        )
    check_size(*array.shape)


def check_size(rows: int, columns: int) -> None:
    """Raises DataError where there is nothing, in the words that scikit-learn has for it."""
    for number, what in ((rows, "sample(s)"), (columns, "feature(s)")):
        if number == 0:
            raise DataError(
                f"Found array with 0 {what} (shape=({rows}, {columns})) while a minimum of 1 is "
                "required"
            )


def array_names(names: Sequence[str] | None, columns: int) -> Sequence[str]:
    """The names given, or x1, x2, ...; ArgumentError where they are too few or too many."""
    if names is None:
        return [f"x{at}" for at in range(1, columns + 1)]
    if len(names) != columns:
        raise ArgumentError(f"X has {columns} columns, and there are {len(names)} names for them")
    return [str(name) for name in names]


def dense(X: Any) -> npt.NDArray[Any]:
    """A sparse matrix with its zeros written out; DataError where that is too large."""
    rows, columns = X.shape if X.ndim == 2 else (1, X.size)
    if 8 * rows * columns > MOST_DENSE:
        raise DataError(
            "this sparse matrix is too large to write out its zeros",
            got=f"{rows} rows of {columns} columns: {8 * rows * columns / 2**30:.1f} GiB",
            accepted=f"at most {MOST_DENSE >> 30} GiB",
            hint="choose columns, or make fewer of them (TruncatedSVD in scikit-learn)",
        )
    return np.asarray(X.toarray())
