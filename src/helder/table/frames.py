"""Makes a table of what lies in memory: data frames, arrays, sparse matrices, lists of lists."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from helder.errors import DataError
from helder.table.arrays import (
    array_columns,
    check_size,
    checked,
    dense,
    in_days,
    number_columns,
    place_of,
)
from helder.table.contents import Table
from helder.table.objects import date_series, series_of, text_of, text_series

if TYPE_CHECKING:
    import narwhals as nw
    import polars as pl

    Declared = Literal["text", "category"]
    Found = tuple[pl.Series, Declared | None]

FEW_ROWS = 100  # up to here Python strips text faster than a query is planned


def table_of(X: object, names: Sequence[str] | None = None) -> Table:
    """The table in a data frame, an array, a sparse matrix or a list of lists.

    Types are kept: numbers are numbers, truths truths, dates dates; a column of Python objects
    is what its values are. Text of a data frame is text; that of arrays and lists, which have no
    types, is nothing yet, as in a file. A row or column that is named in an error counts from 1.

    Args:
        X: pandas, Polars, Arrow or another eager frame that narwhals knows; anything NumPy makes
            an array of with two dimensions; a SciPy sparse matrix.
        names: What to call the columns of anything but a data frame, which has its own; "x1",
            "x2", ... where not given.

    Raises:
        DataError: It is empty, has not two dimensions, holds infinite or complex numbers or what
            is no plain value, or two columns have one name.
        ArgumentError: There are not as many names as columns.
    """
    if not isinstance(X, np.ndarray | list | tuple):
        sparse = sys.modules.get("scipy.sparse")
        if sparse is not None and sparse.issparse(X):
            X = dense(X)
        elif (frame := frame_in(X)) is not None:
            return table_of_frame(frame)
    names, columns = array_columns(X, names)
    return finished(names, [(column, None) for column in columns])


def frame_in(X: object) -> nw.DataFrame[Any] | pl.DataFrame | None:
    """The data frame that X is, None where it is none."""
    import narwhals as nw
    import polars as pl

    if isinstance(X, pl.DataFrame):
        return X
    try:
        found = nw.from_native(X, pass_through=True, allow_series=True)
    except nw.exceptions.DuplicateError:
        columns = [str(name) for name in getattr(X, "columns", getattr(X, "column_names", ()))]
        raise same_name(next(name for name in columns if columns.count(name) > 1)) from None
    if isinstance(found, nw.Series):
        raise DataError(
            "Expected 2D array, got 1D array instead",
            got=type(X).__name__,
            accepted="a data frame",
            hint="to_frame() makes one column of it",
        )
    if isinstance(found, nw.LazyFrame):
        raise DataError(
            "this frame is lazy, and its rows have no order yet",
            got=type(X).__name__,
            accepted="a frame that is collected",
            hint="call collect() on it",
        )
    if isinstance(found, nw.DataFrame):
        arrow = found.implementation.is_pyarrow()
        return in_polars(X) if arrow else found
    return in_polars(X) if hasattr(X, "__arrow_c_stream__") else None


def in_polars(X: Any) -> pl.DataFrame:
    """A frame of Arrow's memory as one of Polars."""
    import polars as pl

    try:
        return pl.DataFrame(X)
    except pl.exceptions.PolarsError as problem:
        first = (str(problem).splitlines() or [""])[0]
        raise DataError("this Arrow data cannot be read", got=first) from None


def table_of_frame(frame: nw.DataFrame[Any] | pl.DataFrame) -> Table:
    """The table in a data frame."""
    import polars as pl

    check_size(*frame.shape)
    names = [str(name) for name in frame.columns]
    if isinstance(frame, pl.DataFrame):
        found = [polars_column(column, column.name) for column in frame.get_columns()]
        return finished(names, found)
    return finished(names, columns_of(frame, names))


def columns_of(frame: nw.DataFrame[Any], names: Sequence[str]) -> list[Found]:
    """The columns of a frame of pandas or its like.

    All of a sort at once: such a frame gives its columns one by one a hundred times slower.

    Raises:
        DataError: A column holds lists or records, or no plain values.
    """
    import narwhals as nw

    dtypes = frame.schema.dtypes()
    cells: dict[int, Found] = {}
    nested = (nw.List, nw.Struct, nw.Array, nw.Binary, nw.Time)
    for name, dtype in zip(names, dtypes, strict=True):
        if isinstance(dtype, nested):
            raise no_plain_values(name, dtype)
    timed = [at for at, dtype in enumerate(dtypes) if dtype.is_temporal()]
    numeric = [at for at, dtype in enumerate(dtypes) if dtype.is_numeric()]
    objects = sorted(set(range(len(names))) - {*timed, *numeric})
    if numeric:
        numbers = frame if len(numeric) == len(names) else frame[:, numeric]
        matrix = numbers.to_numpy().astype(np.float64, copy=False)
        columns = number_columns(matrix, [names[at] for at in numeric])
        cells |= {at: (column, None) for at, column in zip(numeric, columns, strict=True)}
    if objects:
        matrix = frame[:, objects].to_numpy()
        for at, values in zip(objects, matrix.T, strict=True):
            cells[at] = object_column(values.tolist(), names[at], dtypes[at])
    if timed:
        for at, column in zip(timed, frame[:, timed].iter_columns(), strict=True):
            cells[at] = time_column(column, names[at]), None
    return [cells[at] for at in range(len(names))]


def polars_column(column: pl.Series, name: str) -> Found:
    """The cells of a column of Polars, and what its type says of text.

    Raises:
        DataError: It holds lists, records, bytes or times without a date.
    """
    import polars as pl

    match column.dtype:
        case pl.String():
            return stripped(column), "text"
        case pl.Categorical() | pl.Enum():
            return stripped(column.cast(pl.String)), "category"
        case pl.Boolean() | pl.Date() | pl.Datetime():
            return checked(column, name), None
        case pl.Duration():
            return pl.Series(in_days(column.to_numpy())), None
        case pl.Object():
            return declared(checked(series_of(column.to_list(), place_of(name)), name))
        case dtype if dtype.is_numeric() or dtype == pl.Null:
            return checked(column.cast(pl.Float64), name), None
        case dtype:
            raise no_plain_values(name, dtype)


def object_column(values: Sequence[object], name: str, dtype: nw.dtypes.DType) -> Found:
    """The cells of a column of Python objects, and what its type says of text."""
    import narwhals as nw

    where = place_of(name)
    match dtype:
        case nw.String():
            return text_series([text_of(value) for value in values], where), "text"
        case nw.Categorical() | nw.Enum():
            return text_series([text_of(value) for value in values], where), "category"
        case _:
            return declared(checked(series_of(values, where), name))


def time_column(column: nw.Series[Any], name: str) -> pl.Series:
    """The cells of a column of dates, or of durations in days."""
    import polars as pl

    values = column.to_numpy()
    match values.dtype.kind:
        case "M":
            return date_series(values, place_of(name))
        case "m":
            return pl.Series(in_days(values))
        case _:
            return checked(series_of(column.to_list(), place_of(name)), name)


def declared(cells: pl.Series) -> Found:
    """Cells made of Python objects; where these were text, their type says so."""
    import polars as pl

    return cells, "text" if cells.dtype == pl.String else None


def stripped(cells: pl.Series) -> pl.Series:
    """Text without spaces around it, null where nothing is left."""
    import polars as pl

    if len(cells) <= FEW_ROWS:
        return pl.Series([text_of(cell) for cell in cells.to_list()], dtype=pl.String)
    bare = cells.str.strip_chars()
    return pl.select(pl.when(bare.str.len_bytes() > 0).then(bare)).to_series()


def no_plain_values(name: str, dtype: object) -> DataError:
    """The error for a column of lists, records and the like."""
    return DataError(
        "this column does not hold plain values",
        got=str(dtype),
        accepted="numbers, text, booleans, dates or durations",
        hint="leave the column out, or make one column of each part",
        where=place_of(name),
    )


def finished(names: Sequence[str], found: Sequence[Found]) -> Table:
    """The table with these columns; DataError where two have the same name."""
    bare = [name.strip() for name in names]
    cells = dict(zip(bare, (column for column, _ in found), strict=True))
    if len(cells) < len(bare):
        raise same_name(next(name for name in bare if bare.count(name) > 1))
    said = {name: says for name, (_, says) in zip(bare, found, strict=True) if says is not None}
    lines = np.arange(1, len(found[0][0]) + 1, dtype=np.int64)
    return Table("", tuple(bare), cells, lines, None, declared=said)


def same_name(name: str) -> DataError:
    """The error for two columns of one name."""
    return DataError(
        "two columns have the same name",
        got=name,
        accepted="a name of its own for every column",
        hint="rename one of them",
    )
