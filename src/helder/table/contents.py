"""The table as it came: cells in columns, raw text or typed already, and the place of every row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from helder.errors import (
    ArgumentError,
    DataError,
    HelderError,
    did_you_mean,
    listed,
    nearest,
    shown,
)
from helder.table.dialect import Dialect
from helder.table.notes import Note
from helder.typing import Integers

if TYPE_CHECKING:
    import polars as pl

LONGEST_NAME = 200  # characters of a name that we compare with others


@dataclass(frozen=True, eq=False)
class Table:
    """A table, nothing interpreted yet.

    Args:
        path: The file it came from, as the person gave it; empty where it came from memory.
        names: The column names, in the table's order, stripped.
        cells: For each name its series of N cells. Those of a file are String, stripped; null
            where a cell is empty. What came from memory may be Float64 (NaN is missing too),
            Boolean, Date or Datetime instead.
        lines: (N,) the line of the file at which each row starts, from 1; else the row.
        dialect: How the file writes its cells; None where it is not CSV.
        notes: What a person should know about the file.
        declared: For columns of text in a data frame, whether their type says text or category.
    """

    path: str
    names: tuple[str, ...]
    cells: Mapping[str, pl.Series]
    lines: npt.NDArray[np.int64]
    dialect: Dialect | None
    notes: tuple[Note, ...] = ()
    declared: Mapping[str, Literal["text", "category"]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """The number of rows, N."""
        return len(self.lines)

    def take(self, rows: Integers) -> Table:
        """The table of these rows (indices from 0), in this order."""
        index = np.asarray(rows, dtype=np.int64)
        cells = {name: series.gather(index) for name, series in self.cells.items()}
        return replace(self, cells=cells, lines=self.lines[index])

    def place(self, row: int | None, column: str | None = None) -> str:
        """Where a row (index from 0) stands, as an error names it: file, line and column."""
        parts = [shown_path(self.path)] if self.path else []
        if row is not None:
            word = "row" if self.dialect is None else "line"
            parts.append(f"{word} {int(self.lines[row])}")
        if column is not None:
            parts.append(f"column {shown(column)}")
        return ", ".join(parts)


def shown_path(path: str) -> str:
    """A path as an error names it: as it is, or escaped where it holds control characters."""
    return path if path.isprintable() else shown(path)


def unknown_column(
    table: Table, name: str, what: str, error: type[HelderError] = DataError
) -> HelderError:
    """The error for a column that the table does not have, with the nearest name."""
    # Comparing names is quadratic in their length, and a hostile file may hold very long ones.
    near = nearest(
        name[:LONGEST_NAME], (known for known in table.names if len(known) < LONGEST_NAME)
    )
    return error(
        f"{what} is not a column of this {'file' if table.path else 'table'}",
        got=name,
        accepted="one of " + listed(shown(known) for known in table.names),
        hint=did_you_mean(near),
        where=shown_path(table.path),
    )


def check_names(table: Table, names: Iterable[str], option: str) -> frozenset[str]:
    """The names as a set.

    Raises:
        ArgumentError: One of them is not a column of the table.
    """
    found = frozenset(names)
    for name in sorted(found):
        if name not in table.cells:
            raise unknown_column(table, name, f"the name given to {option}", ArgumentError)
    return found
