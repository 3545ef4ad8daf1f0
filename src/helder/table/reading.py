"""Reads a table from a CSV or Parquet file, as text, knowing the line of every row."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from helder.errors import DataError, place, shown
from helder.table.contents import Table, shown_path
from helder.table.dialect import (
    LOOKS_NUMERIC,
    PLAIN,
    Dialect,
    check_marks,
    check_separator,
    find_separator,
)
from helder.table.encoding import check_file, read_text
from helder.table.marks import Marks, settle_marks
from helder.table.notes import Note, note
from helder.table.numbers import MOSTLY, number_share
from helder.table.splitting import check_width, no_rows, split

if TYPE_CHECKING:
    import polars as pl

PARQUET = (".parquet", ".pq")
SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
SEPARATOR_LINE = re.compile(rb'"?sep=([^\r\n"])"?[,;\t ]*(?:\r\n|\n|\r)', re.IGNORECASE)
BLANK_LINES = re.compile(rb"(?: *(?:\r\n|\n|\r))+")


def read_table(
    path: str | os.PathLike[str],
    *,
    separator: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    like: Marks | None = None,
) -> Table:
    """The table in a CSV file (any extension but Parquet's) or a Parquet file.

    Args:
        path: The file.
        separator: What separates cells; found by trying where not given.
        decimal: The decimal mark, "." or ","; found from the cells where not given.
        thousands: What separates thousands; found where not given, "" for nothing.
        like: What remembers the marks of the training table (its plan): they count where neither
            a person nor the cells say otherwise, and then nothing is asked.

    Raises:
        ArgumentError: An option cannot be used.
        DataError: The file cannot be read as a table; the message names file and line.
    """
    separator = check_separator(separator) if separator is not None else None
    marks = check_marks(decimal, thousands)
    file = Path(path)
    check_file(file)
    suffix = file.suffix.lower()
    if suffix in SPREADSHEETS:
        raise DataError(
            "a spreadsheet cannot be read",
            got=file.suffix,
            accepted="CSV or Parquet",
            hint="save the sheet as CSV (in Excel: File, Save As, CSV UTF-8) and use that",
            where=shown_path(str(file)),
        )
    if suffix in PARQUET:
        return read_parquet(file)
    table = read_csv(file, separator)
    dialect, notes = settle_marks(table, *marks, like)
    table = replace(table, dialect=dialect, notes=table.notes + notes)
    return replace(table, notes=table.notes + header_notes(table))


def read_csv(file: Path, separator: str | None) -> Table:
    """The table of a CSV file; the decimal mark of its dialect is not settled yet."""
    where = shown_path(str(file))
    text = read_text(file)
    notes = list(text.notes)
    start, first_line = 0, 1
    found = SEPARATOR_LINE.match(text.data)
    if found is not None:
        start, first_line = found.end(), 2
        separator = separator or check_separator(found[1].decode("ascii", errors="replace"))
        notes.append(note("separator_line"))
    blank = BLANK_LINES.match(text.data, start)
    if blank is not None:
        first_line += len(re.findall(rb"\r\n|\n|\r", blank[0]))
        start = blank.end()
    end = len(text.data)
    while end > start and text.data[end - 1] in b"\r\n":
        end -= 1
    data = text.data[start:end]  # the same object, not a copy, where nothing is cut off
    if not data.strip():
        raise DataError("this file is empty: it holds only blank lines", where=where)
    chosen = separator or find_separator(data, where)
    parts = split(data, chosen, where, first_line)
    names, unnamed = column_names(parts.header, place(where, first_line))
    dialect = Dialect(
        separator=chosen,
        encoding=text.encoding,
        byte_order_mark=text.byte_order_mark,
        separator_line=found is not None,
    )
    cells = stripped(names, parts.columns)
    return Table(str(file), names, cells, parts.lines, dialect, (*notes, *parts.notes, *unnamed))


def column_names(header: Sequence[str], where: str) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """The names, stripped; an empty one becomes `column 3`, with a note.

    Raises:
        DataError: Two columns have the same name.
    """
    given = [name.strip() for name in header]
    taken = {name for name in given if name}
    names, made = [], []
    for position, name in enumerate(given, start=1):
        fresh = name or f"column {position}"
        while not name and fresh in taken:
            fresh += "_"
        if not name:
            made.append(fresh)
        names.append(fresh)
    seen: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if name in seen:
            raise DataError(
                f"two columns have the same name, column {seen[name]} and column {position}",
                got=name,
                accepted="a name of its own for every column",
                hint="rename one of them; if the file has no header line, give it one",
                where=where,
            )
        seen[name] = position
    if not made:
        return tuple(names), ()
    return tuple(names), (note("unnamed_columns", count=len(made), first=shown(made[0])),)


def stripped(names: Sequence[str], columns: Sequence[pl.Series]) -> Mapping[str, pl.Series]:
    """The columns by name, every cell stripped, and null where it is empty."""
    import polars as pl

    frame = pl.DataFrame([column.alias(str(at)) for at, column in enumerate(columns)])
    trimmed = frame.select(pl.all().str.strip_chars())
    filled = trimmed.select(
        pl.when(pl.col(name).str.len_bytes() > 0).then(pl.col(name)) for name in trimmed.columns
    )
    return dict(zip(names, filled.get_columns(), strict=True))


def read_parquet(file: Path) -> Table:
    """The table of a Parquet file, every column as text.

    Raises:
        DataError: The file is no Parquet, has nested columns, or no rows.
    """
    import polars as pl

    where = shown_path(str(file))
    try:
        frame = pl.read_parquet(file)
    except (pl.exceptions.PolarsError, OSError, ValueError) as problem:
        first = (str(problem).splitlines() or [""])[0]
        raise DataError("this is not a Parquet file we can read", got=first, where=where) from None
    check_width(frame.width, where, 1)
    if frame.height == 0 or frame.width == 0:
        raise no_rows(where)
    names, notes = column_names(frame.columns, where)
    columns = [as_text(column, name, where) for column, name in zip(frame, names, strict=True)]
    lines = np.arange(1, frame.height + 1, dtype=np.int64)
    return Table(str(file), names, stripped(names, columns), lines, None, notes)


def as_text(column: pl.Series, name: str, where: str) -> pl.Series:
    """A Parquet column as text.

    Raises:
        DataError: It holds lists, records, bytes or durations.
    """
    import polars as pl

    try:
        if isinstance(column.dtype, (pl.List, pl.Array, pl.Struct)):
            raise pl.exceptions.InvalidOperationError
        return column.cast(pl.String)
    except pl.exceptions.PolarsError:
        raise DataError(
            "this column does not hold plain values",
            got=str(column.dtype),
            accepted="numbers, text, booleans or dates",
            hint="leave the column out of the file, or make one column of each part",
            where=place(where, None, name),
        ) from None


def header_notes(table: Table) -> tuple[Note, ...]:
    """A note where the header looks like one more row: numbers above columns of numbers."""
    numeric_names = [name for name in table.names if LOOKS_NUMERIC.fullmatch(name)]
    if not numeric_names:
        return ()
    dialect = table.dialect or PLAIN
    for name in table.names:
        numbers = number_share(table.cells[name], dialect) >= MOSTLY
        if numbers != (name in numeric_names):
            return ()
    return (note("no_header", line=int(table.lines[0]) - 1, first=shown(numeric_names[0])),)
