"""What the rules of data look at: a table, what was understood of it, and what goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from helder.glass.doctor.data.alone import (
    number_codes,
    skill_of_classes,
    skill_of_numbers,
    skill_of_words,
)
from helder.table import Column, Note, Table, TargetPlan, parse_numbers
from helder.table.dates import parse_dates
from helder.table.missing import words
from helder.table.typed import is_text
from helder.typing import Floats, Integers

if TYPE_CHECKING:
    import polars as pl

MOST_CELLS = 4_000_000  # of a sample that is looked at closely
FEWEST_SAMPLED = 500  # rows of it, at least
FEWEST_ALONE, MOST_ALONE = 30, 5000  # rows by which a column alone is judged
MOST_COLUMNS = 1000  # inputs that are looked at closely
AMOUNTS = ("numeric", "date")


@dataclass(frozen=True, eq=False)
class DataCase:
    """A table as the rules see it.

    Args:
        table: The table, nothing interpreted.
        columns: What each of its columns holds.
        target: How its target is read; None where none is named.
        notes: What has been said of it already.
        test: The table that gives the score, where it is another.
    """

    table: Table
    columns: tuple[Column, ...]
    target: TargetPlan | None = None
    notes: tuple[Note, ...] = ()
    test: Table | None = None
    _said: dict[str, pl.Series] = field(default_factory=dict, repr=False)

    @cached_property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that a network learns from."""
        return tuple(column for column in self.columns if column.left_out is None)

    @cached_property
    def drawn(self) -> tuple[Column, ...]:
        """The inputs, or so many of them, drawn evenly, as can be looked at closely."""
        return self.inputs[:: -(-len(self.inputs) // MOST_COLUMNS) or 1]

    @cached_property
    def categories(self) -> tuple[Column, ...]:
        """The inputs that are words."""
        return tuple(column for column in self.inputs if column.kind not in AMOUNTS)

    @cached_property
    def divided(self) -> bool:
        """Whether a person said which rows belong together, or when each was."""
        return any(column.role in ("groups", "time") for column in self.columns)

    @cached_property
    def answers(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """The rows that have a target (M,), and their class numbers or values (M,).

        Empty where there is no target.
        """
        if self.target is None:
            return np.empty(0, dtype=np.int64), np.empty(0)
        values, rows = self.target.encode(self.table)
        return rows, np.asarray(values, dtype=np.float64)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The classes of the target, none for a number."""
        return (self.target.classes or ()) if self.target is not None else ()

    @cached_property
    def sample(self) -> DataCase:
        """The same with so few rows, drawn evenly, that every column can be looked at closely."""
        most = max(MOST_CELLS // max(len(self.table.names), 1), FEWEST_SAMPLED)
        if self.table.rows <= most:
            return self
        rows = np.sort(np.random.default_rng(0).permutation(self.table.rows)[:most])
        return replace(self, table=taken(self.table, self.columns, rows), _said={})

    @cached_property
    def skills(self) -> dict[str, float]:
        """How well each input alone predicts the target, 0 (as guessing) to 1."""
        rows, answers = self.answers
        if len(rows) < FEWEST_ALONE or not len(self.inputs):
            return {}
        most = max(MOST_CELLS // (10 * len(self.inputs)), FEWEST_SAMPLED)
        drawn = np.sort(np.random.default_rng(0).permutation(len(rows))[: min(most, MOST_ALONE)])
        rows, answers = rows[drawn], answers[drawn]
        if (answers == answers[0]).all():
            return {}
        half = np.random.default_rng(1).permutation(len(answers)) < len(answers) // 2
        said = {one.name: self.said(one).gather(rows) for one in self.drawn}
        return {name: self._skill(found, answers, half) for name, found in said.items()}

    def _skill(self, found: pl.Series, answers: Floats, half: npt.NDArray[np.bool_]) -> float:
        if is_text(found):
            codes = found.rank("dense").fill_null(0).to_numpy().astype(np.int64)
            if self.classes:
                return skill_of_classes(codes, answers.astype(np.int64), half)
            return skill_of_words(codes, answers, half)
        x = found.fill_null(np.nan).to_numpy()
        if self.classes:
            return skill_of_classes(number_codes(x), answers.astype(np.int64), half)
        return skill_of_numbers(x, answers, half)

    def said(self, column: Column) -> pl.Series:
        """(N,) what a column says in each row: numbers where it holds amounts, else words."""
        if column.name not in self._said:
            self._said[column.name] = values(self.table, column)
        return self._said[column.name]

    def amounts(self, column: Column) -> npt.NDArray[np.float64]:
        """(N,) the numbers or days of a column, NaN where it has none."""
        return self.said(column).fill_null(np.nan).to_numpy()

    def prints(self, columns: tuple[Column, ...]) -> npt.NDArray[np.uint64]:
        """(N,) a number for each row that is the same where all these columns are."""
        if len(columns) > MOST_COLUMNS:
            return fingerprints([self.table.cells[one.name] for one in columns])
        return fingerprints([self.said(one) for one in columns])


def taken(table: Table, columns: tuple[Column, ...], rows: Integers) -> Table:
    """The table of these rows (indices from 0) with the cells of these columns alone."""
    cells = {one.name: table.cells[one.name] for one in columns}
    return replace(table, cells=cells).take(rows)


def amounts(table: Table, column: Column) -> npt.NDArray[np.float64]:
    """(N,) the numbers or days of a column in a table, NaN where it has none."""
    cells = table.cells[column.name]
    if column.order is not None:
        return parse_dates(cells, column.order)[0]
    if not is_text(cells) and not cells.dtype.is_float():
        cells = cells.to_physical().cast(float)
    return parse_numbers(cells, table.dialect)[0]


def values(table: Table, column: Column) -> pl.Series:
    """(N,) what a column says in each row: numbers where it holds amounts, else words."""
    import polars as pl

    if column.kind not in AMOUNTS:
        return words(table.cells[column.name])
    read = amounts(table, column)
    return pl.Series(read + 0.0).fill_nan(None)  # -0 is 0


def fingerprints(compared: Sequence[pl.Series]) -> npt.NDArray[np.uint64]:
    """(N,) a number for each row that is the same where all these cells are, one column or more."""
    import polars as pl

    frame = pl.DataFrame([cells.alias(str(at)) for at, cells in enumerate(compared)])
    return frame.hash_rows(seed=1).to_numpy()
