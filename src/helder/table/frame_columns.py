"""Finds out what each column of a table from memory holds, believing the types it came with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from helder.errors import ArgumentError, shown
from helder.table.columns import (
    FREQUENT,
    Column,
    boolean_pair,
    constant,
    describe,
    describe_dates,
    describe_numbers,
    describe_words,
)
from helder.table.contents import Table, check_names
from helder.table.dates import find_order
from helder.table.identifiers import text_id
from helder.table.notes import note
from helder.table.numbers import column_numbers, parse_numbers
from helder.table.typed import is_text, typed_days
from helder.text.catalogue import say


def describe_frame(
    table: Table,
    *,
    categories: Iterable[str] = (),
    keep: Iterable[str] = (),
    drop: Iterable[str] = (),
) -> tuple[Column, ...]:
    """What each column of a table from `table_of` holds, in the table's order.

    Numbers, truths and dates are what their types say, and a categorical type is a category
    whatever it looks like. Text of a data frame is a category unless its words are two for true
    and false, or dates; text without a type, of arrays and lists, is read as in a file. Left out
    are columns with one value, empty ones, and text that nearly always differs (in 20 rows or
    more); numbers are never left out because they look like an identifier.

    Args:
        table: The table.
        categories: Columns to read as categories whatever they are.
        keep: Columns to keep as inputs though they look like an ID, or hold one value.
        drop: Columns that shall be no input.

    Raises:
        ArgumentError: An option names a column that the table does not have.
        DataError: Text without a type is mostly numbers or dates, and a cell is none.
    """
    as_category = check_names(table, categories, "categories")
    kept, dropped = check_names(table, keep, "keep"), check_names(table, drop, "drop")
    for name in sorted(kept & dropped):
        raise ArgumentError("a column cannot be both kept and dropped", got=name)
    described = []
    for name in table.names:
        if name in dropped:
            column = replace(describe_words(table, name), left_out=say("table.dropped"))
        else:
            column = describe_typed(table, name, name in as_category, name in kept)
        described.append(column)
    return tuple(described)


def describe_typed(table: Table, name: str, as_category: bool, kept: bool) -> Column:
    """What one column holds."""
    cells = table.cells[name]
    declared = "category" if as_category else table.declared.get(name)
    if declared == "category":
        column = describe_words(table, name)
    elif declared == "text":
        column = describe_text(table, name, kept)
    elif is_text(cells):
        return without_type(table, name, kept)
    elif typed_days(cells) is not None:
        column = describe_dates(table, name, "ymd", assumed=False)
    elif cells.dtype.is_numeric():
        column = describe_numbers(table, name, column_numbers(table, name))
    else:
        column = replace(describe_words(table, name), kind="boolean")
    if column.distinct == 0 and not kept:
        return replace(column, kind="empty", left_out=say("table.empty"))
    return constant(column, kept)


def describe_text(table: Table, name: str, kept: bool) -> Column:
    """What a column of a data frame holds whose type is text."""
    cells, column = table.cells[name], describe_words(table, name)
    if boolean_pair(value for value, _ in column.frequent) and column.distinct <= FREQUENT:
        return replace(column, kind="boolean")
    order, assumed = find_order(cells)
    if order is not None:
        return describe_dates(table, name, order, assumed)
    _, not_numbers = parse_numbers(cells)
    if column.distinct and not len(not_numbers):
        column = replace(column, notes=(note("text_of_numbers", column=shown(name)),))
    return text_id(column, table.rows, kept)


def without_type(table: Table, name: str, kept: bool) -> Column:
    """What a column of text holds that has no type, as in a file; numbers are no identifier."""
    column = describe(table, name, as_category=False, unused=False, kept=kept)
    if column.kind == "id" and column.minimum is not None:
        column = describe(table, name, as_category=False, unused=False, kept=True)
    return column
