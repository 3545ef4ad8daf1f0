"""Finds out what each column holds, and which columns are no input for a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from helder.errors import ArgumentError, shown
from helder.table.contents import Table, check_names
from helder.table.dates import Order, column_dates, date_text, find_order, parse_dates
from helder.table.dialect import PLAIN
from helder.table.identifiers import FEW_FOR_ID, numeric_id, text_id
from helder.table.missing import WIDE, missing, words
from helder.table.notes import Note, note
from helder.table.numbers import MOSTLY, not_a_number, parse_numbers, refuse_infinite
from helder.table.suspicions import HALF, text_notes
from helder.table.typed import as_text
from helder.text.catalogue import say

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["numeric", "category", "boolean", "date", "id", "constant", "empty"]
BOOLEANS = (("false", "true"), ("no", "yes"), ("nee", "ja"), ("f", "t"), ("n", "y"))
FREQUENT = 5  # categories that are shown
NOTES_OF_ROLES = ("date_order",)  # that matter too where the column is no input


@dataclass(frozen=True)
class Column:
    """What one column holds.

    `missing` counts cells without a value, `distinct` the different values. Numeric columns
    have `minimum`, `maximum` and `mean`, dates the first two in days since 1970 and the `order`
    of their parts; the others have their most `frequent` values with counts. `example` is the
    first value. `left_out` says why the column is no input, None where it is one; `role` is
    what else it is used for.
    """

    name: str
    kind: Kind
    missing: int
    distinct: int
    example: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    frequent: tuple[tuple[str, int], ...] = ()
    order: Order | None = None
    left_out: str | None = None
    role: str | None = None
    notes: tuple[Note, ...] = ()

    @property
    def range(self) -> tuple[str, str] | None:
        """The smallest and largest value as a person reads them, for numbers and dates."""
        if self.minimum is None or self.maximum is None:
            return None
        if self.order is not None:
            return date_text(self.minimum), date_text(self.maximum)
        return f"{self.minimum:g}", f"{self.maximum:g}"


def describe_columns(
    table: Table,
    *,
    categories: Iterable[str] = (),
    keep: Iterable[str] = (),
    drop: Iterable[str] = (),
    roles: Mapping[str, str] | Iterable[str] = (),
) -> tuple[Column, ...]:
    """What each column of a table of text holds, in the table's order.

    Args:
        table: The table, from a file; for one from memory there is `describe_frame`.
        categories: Columns to read as categories whatever they look like.
        keep: Columns to keep as inputs though they look like an ID, or hold one value.
        drop: Columns that shall be no input.
        roles: Columns that are no input because they are something else (the target, the
            weights, ...); a mapping says what.

    Raises:
        ArgumentError: An option names a column that the table does not have.
        DataError: A cell of a numeric column or of a column of dates is none; the message names
            line and column.
    """
    as_category = check_names(table, categories, "--category")
    kept = check_names(table, keep, "--keep")
    dropped = check_names(table, drop, "--drop")
    given = dict(roles) if isinstance(roles, Mapping) else dict.fromkeys(roles, "")
    check_names(table, given, "a role")
    for name in sorted(kept & dropped):
        raise ArgumentError("a column cannot be both kept and dropped", got=name)
    described = []
    for name in table.names:
        role, unused = given.get(name), name in given or name in dropped
        column = describe(table, name, name in as_category, unused, name in kept)
        if role is not None:
            why = say("table.has_role", role=role) if role else say("table.has_some_role")
            notes = tuple(said for said in column.notes if said.key in NOTES_OF_ROLES)
            column = replace(column, left_out=why, role=role, notes=notes)
        elif name in dropped:
            column = replace(column, left_out=say("table.dropped"), notes=())
        described.append(column)
    return tuple(described)


def describe(table: Table, name: str, as_category: bool, unused: bool, kept: bool) -> Column:
    """What one column holds; cells that do not fit its kind are an error if it is an input."""
    cells = table.cells[name]
    if nothing_at_first(cells) and missing(cells, WIDE).all():
        column = describe_words(table, name)
        if column.distinct == 0 or not as_category:
            empty = Column(name, "empty", table.rows, 0, left_out=say("table.empty"))
            # A column of nothing but "none" says as little as an empty one.
            return replace(empty, kind="numeric", left_out=None) if kept else empty
    if as_category:
        return constant(describe_words(table, name), kept)
    values, bad = parse_numbers(cells, table.dialect or PLAIN)
    numbers = int(np.count_nonzero(~np.isnan(values)))
    if numbers and numbers >= MOSTLY * (numbers + len(bad)):
        if not unused:
            if len(bad):
                raise not_a_number(table, name, bad, learning=True)
            refuse_infinite(table, name, values)
        column = describe_numbers(table, name, values)
        return constant(numeric_id(column, cells, values, kept), kept)
    column = describe_words(table, name)
    if boolean_pair(value for value, _ in column.frequent) and column.distinct <= FREQUENT:
        return replace(column, kind="boolean")
    order, assumed = find_order(cells)
    if order is not None:
        if not unused:
            column_dates(table, name, order, learning=True)
        return constant(describe_dates(table, name, order, assumed), kept)
    share = numbers / max(numbers + len(bad), 1)
    column = replace(column, notes=tuple(text_notes(table, name, share, bad)))
    if share < HALF:
        column = text_id(column, table.rows, kept)
    return constant(column, kept)


def describe_numbers(table: Table, name: str, values: npt.NDArray[np.float64]) -> Column:
    """The facts of a numeric column."""
    import polars as pl

    there = np.isfinite(values)
    finite = values[there]
    distinct = pl.Series(finite).n_unique()
    first = int(np.argmax(there))
    scale = float(np.abs(finite).max()) or 1.0 if len(finite) else 1.0
    return Column(
        name=name,
        kind="numeric",
        missing=int(np.count_nonzero(np.isnan(values))),
        distinct=distinct,
        example=as_text(table.cells[name].slice(first, 1))[0],
        minimum=float(finite.min()) if len(finite) else None,
        maximum=float(finite.max()) if len(finite) else None,
        mean=float((finite / scale).mean() * scale) if len(finite) else None,
    )


def describe_dates(table: Table, name: str, order: Order, assumed: bool) -> Column:
    """The facts of a column of dates."""
    values, _ = parse_dates(table.cells[name], order)
    column = describe_numbers(table, name, values)
    notes: tuple[Note, ...] = ()
    if assumed:
        notes = (note("date_order", column=shown(name), cell=shown(column.example)),)
    return replace(column, kind="date", mean=None, order=order, notes=notes)


def describe_words(table: Table, name: str) -> Column:
    """The facts of a column of text."""
    cells = words(table.cells[name]).alias("value")
    filled = cells.drop_nulls()
    counts = filled.value_counts(name="rows").sort(["rows", "value"], descending=[True, False])
    frequent = tuple((str(value), int(count)) for value, count in counts.head(FREQUENT).rows())
    return Column(
        name=name,
        kind="category",
        missing=cells.null_count(),
        distinct=counts.height,
        example=filled[0] if len(filled) else None,
        frequent=frequent,
    )


def nothing_at_first(cells: pl.Series) -> bool:
    """Whether the first cells hold no value; where they do, no more need be looked at."""
    return all(cell is None or cell.lower() in WIDE for cell in cells.head(FEW_FOR_ID).to_list())


def boolean_pair(values: Iterable[str]) -> tuple[str, str] | None:
    """The two words, false and true, that are all of these values; None if they are others."""
    found = {value.lower() for value in values}
    return next((pair for pair in BOOLEANS if found == set(pair)), None)


def boolean_words(cells: pl.Series) -> tuple[str, str] | None:
    """The two words, false and true, that are all a column says; None where it says others."""
    return boolean_pair(words(cells).drop_nulls().str.to_lowercase().unique().head(3))


def constant(column: Column, kept: bool) -> Column:
    """The column as a constant where it has the same value in every row."""
    if kept or column.distinct != 1 or column.missing:
        return column
    return replace(column, kind="constant", left_out=say("table.constant"))
