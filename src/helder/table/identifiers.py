"""Notices columns that only name the rows: row numbers, keys and other identifiers."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from helder.errors import shown
from helder.table.notes import note
from helder.text.catalogue import say

if TYPE_CHECKING:
    import polars as pl

    from helder.table.columns import Column

FEW_FOR_ID = 20  # rows; in fewer, distinct values mean nothing
MOSTLY_DISTINCT = 0.95
EXACT = 2.0**53  # from here on whole numbers that differ may be the same float
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # of a name such as customerID or row_no
KEY_ANYWHERE = frozenset(("id", "uuid"))
KEY_AT_THE_END = frozenset(("nr", "no", "number", "index", "row", "key", "code"))


def numeric_id(
    column: Column, cells: pl.Series, values: npt.NDArray[np.float64], kept: bool
) -> Column:
    """The column as an ID where its whole numbers are all different and look like a key.

    They do where they fill more than half of their range, as row numbers do of which some were
    taken out, or where the column's name says so. Others get a note that asks.
    """
    found = values[~np.isnan(values)]
    if kept or len(found) < FEW_FOR_ID or not np.isfinite(found).all():
        return column
    if (found != np.floor(found)).any() or not all_different(column, cells, found):
        return column
    if 2 * (len(found) - 1) > float(found.max()) - float(found.min()):
        return replace(column, kind="id", left_out=say("table.row_numbers"))
    if named_like_key(column.name):
        return replace(column, kind="id", left_out=say("table.key", count=len(found)))
    said = note("all_different", column=shown(column.name), count=len(found))
    return replace(column, notes=(*column.notes, said))


def all_different(column: Column, cells: pl.Series, found: npt.NDArray[np.float64]) -> bool:
    """Whether no number stands there twice; large ones are compared as text."""
    if column.distinct == len(found):
        return True
    return float(np.abs(found).max()) >= EXACT and bool(cells.drop_nulls().is_unique().all())


def named_like_key(name: str) -> bool:
    """Whether a column's name says that it identifies: id, customer_id, PassengerId, row nr."""
    parts = [part.lower() for part in WORD.findall(name)]
    return bool(parts) and (parts[-1] in KEY_AT_THE_END or not KEY_ANYWHERE.isdisjoint(parts))


def text_id(column: Column, rows: int, kept: bool) -> Column:
    """The column as an ID where nearly every row has a text of its own."""
    filled = rows - column.missing
    if kept or filled < FEW_FOR_ID or column.distinct < MOSTLY_DISTINCT * filled:
        return column
    return replace(column, kind="id", left_out=say("table.identifier", distinct=column.distinct))
