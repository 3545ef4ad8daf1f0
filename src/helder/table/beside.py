"""Columns that stand beside the inputs: weights of rows, groups of rows, and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from helder.errors import DataError, shown
from helder.table.contents import Table, unknown_column
from helder.table.dates import ORDERS, parse_dates, share
from helder.table.missing import words
from helder.table.notes import Note, note
from helder.table.numbers import parse_numbers, refuse_infinite

if TYPE_CHECKING:
    import polars as pl


def column_values(table: Table, name: str, what: str) -> pl.Series:
    """(N,) the cells of a column that is used as `what`.

    Raises:
        DataError: The table has no such column.
    """
    if name not in table.cells:
        raise unknown_column(table, name, f"the column of the {what}")
    return table.cells[name]


def read_weights(table: Table, name: str) -> npt.NDArray[np.float64]:
    """(N,) the weight of each row: finite, none negative, not all zero.

    Raises:
        DataError: There is no such column, or a weight is missing or not a weight.
    """
    cells = column_values(table, name, "weights")
    values, _ = parse_numbers(cells, table.dialect)
    refuse_infinite(table, name, values)
    wrong = np.flatnonzero(np.isnan(values) | (values < 0))
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            "this is not a weight",
            got=cells[row] if cells[row] is not None else "",
            accepted="a number from 0 in every row",
            where=table.place(row, name),
        )
    if not values.any():
        raise DataError("every weight is zero", where=table.place(None, name))
    return values


def read_groups(table: Table, name: str) -> npt.NDArray[np.int64]:
    """(N,) the number of each row's group; a row without one is a group of its own.

    Raises:
        DataError: There is no such column.
    """
    cells = words(column_values(table, name, "groups"))
    codes: npt.NDArray[np.int64] = cells.rank("dense").fill_null(0).to_numpy().astype(np.int64)
    alone = np.flatnonzero(codes == 0)
    codes[alone] = -np.arange(len(alone))
    _, dense = np.unique(codes, return_inverse=True)
    return dense.astype(np.int64)


def group_notes(table: Table, name: str) -> tuple[Note, ...]:
    """The note that says how many rows have no group.

    Raises:
        DataError: There is no such column.
    """
    alone = words(column_values(table, name, "groups")).null_count()
    return (note("no_group", column=shown(name), count=alone),) if alone else ()


def read_time(table: Table, name: str) -> npt.NDArray[np.float64]:
    """(N,) a number for each row that sorts it by time: the column's numbers, or its dates.

    Raises:
        DataError: There is no such column, or a cell is neither number nor date.
    """
    cells = column_values(table, name, "times")
    values, bad = parse_numbers(cells, table.dialect)
    if len(bad):
        order = max(ORDERS, key=lambda order: share(cells, order))
        if share(cells, order) > 0.0:
            values, _ = parse_dates(cells, order)
    refuse_infinite(table, name, values)
    wrong = np.flatnonzero(np.isnan(values))
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            "this is not a time",
            got=cells[row] if cells[row] is not None else "",
            accepted="a number or a date in every row, such as 2024-01-31",
            where=table.place(row, name),
        )
    return values
