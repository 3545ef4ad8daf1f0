"""Makes numbers of text, in the convention of the file, and says which cells are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from helder.errors import DataError
from helder.table.contents import Table
from helder.table.dialect import PLAIN, SPACES, Dialect
from helder.table.missing import WIDE, missing
from helder.table.typed import as_text

if TYPE_CHECKING:
    import polars as pl

MOSTLY = 0.95  # a column is numeric (or holds dates) if this share of its filled cells is
TRIED_FIRST = 1000  # cells that show quickly that a column is not numeric


def parse_numbers(
    cells: pl.Series, dialect: Dialect | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The numbers in a column, of text or of numbers already.

    Returns:
        values (N,) with NaN where a cell is missing or no number (an infinite number stays
        infinite), and the indices of the filled cells that are no number.
    """
    import polars as pl

    if cells.dtype == pl.Float64:
        return cells.to_numpy(), np.empty(0, dtype=np.int64)
    cells, dialect = as_text(cells), dialect or PLAIN
    plain = cells
    if dialect.decimal == ",":
        swapped = cells.str.replace(",", ".", literal=True)
        plain = pl.select(pl.when(~cells.str.contains(".", literal=True)).then(swapped)).to_series()
    direct = plain.cast(pl.Float64, strict=False)
    values = direct.fill_null(np.nan).to_numpy().astype(np.float64, copy=True)
    unread = (direct.is_null() & cells.is_not_null()).arg_true().to_numpy().astype(np.int64)
    if len(unread):
        rest = cells.gather(unread)
        values[unread] = grouped_numbers(rest, dialect)
        unread = unread[np.isnan(values[unread]) & ~missing(rest, WIDE).to_numpy()]
    return values, unread


def grouped_numbers(cells: pl.Series, dialect: Dialect) -> npt.NDArray[np.float64]:
    """Numbers with thousands separators or a typographic minus; NaN where it is not one."""
    import polars as pl

    point = "\\" + dialect.decimal
    group = thousands_pattern(dialect.thousands)
    whole = f"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+" if group else "[0-9]+"
    pattern = f"^[+−-]?(?:(?:{whole})(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?$"
    fits = cells.str.contains(pattern)
    bare = cells.str.replace_all(group, "") if group else cells
    bare = bare.str.replace("−", "-", literal=True).str.replace(dialect.decimal, ".", literal=True)
    read = pl.select(pl.when(fits).then(bare)).to_series().cast(pl.Float64, strict=False)
    return read.fill_null(np.nan).to_numpy().astype(np.float64, copy=True)


def thousands_pattern(thousands: str | None) -> str:
    """The pattern of one thousands separator; empty where there is none."""
    if not thousands:
        return ""
    return f"[{SPACES}]" if thousands == " " else "['’]" if thousands == "'" else "\\" + thousands


def number_share(cells: pl.Series, dialect: Dialect) -> float:
    """The share of the filled cells that are numbers, 0 where none is filled."""
    head = cells.head(TRIED_FIRST + len(cells) // 10)
    values, bad = parse_numbers(head, dialect)
    # So many bad cells settle it already, however good the rest of the column is.
    if len(head) < len(cells) and len(bad) <= (1 - MOSTLY) * len(cells):
        values, bad = parse_numbers(cells, dialect)
    numbers = int(np.count_nonzero(~np.isnan(values)))
    return numbers / max(numbers + len(bad), 1)


def column_numbers(table: Table, name: str) -> npt.NDArray[np.float64]:
    """(N,) the numbers of a numeric column, NaN where missing; false is 0 and true is 1.

    Raises:
        DataError: A cell is text, or infinite; the message names line and column.
    """
    import polars as pl

    cells = table.cells[name]
    if cells.dtype == pl.Boolean:
        cells = cells.cast(pl.Float64)
    values, bad = parse_numbers(cells, table.dialect)
    if len(bad):
        raise not_a_number(table, name, bad)
    refuse_infinite(table, name, values)
    return values


def not_a_number(
    table: Table, name: str, bad: npt.NDArray[np.int64], learning: bool = False
) -> DataError:
    """The error for a cell of a numeric column that is no number.

    Only while `learning` can the column still be read in another way.
    """
    others = len(bad) - 1
    more = f" (and so in {others} other {'row' if others == 1 else 'rows'})" if others else ""
    if not learning:
        hint = "training read this column as numbers: correct the cell, or leave it empty"
    else:
        short = name.isprintable() and len(name) < 60
        hint = "correct the cell, or read the whole column as categories with --category"
        hint += f" {name}" if short else ""
    return DataError(
        f"this column holds numbers, and here text{more}",
        got=table.cells[name][int(bad[0])],
        accepted="a number, or an empty cell where there is none",
        hint=hint,
        where=table.place(int(bad[0]), name),
    )


def refuse_infinite(table: Table, name: str, values: npt.NDArray[np.float64]) -> None:
    """Raises DataError where a number of the column is infinite."""
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        row = int(infinite[0])
        raise DataError(
            "an infinite number cannot be used",
            got=table.cells[name][row],
            accepted="finite numbers",
            hint="leave the cell empty if the value is not known",
            where=table.place(row, name),
        )
