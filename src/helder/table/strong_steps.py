"""What the strong plan does to one column: scaled so that no value shouts, no category is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from helder.errors import shown
from helder.table import strict
from helder.table.codes import NONE, UNKNOWN, category_codes
from helder.table.columns import BOOLEANS, Column
from helder.table.contents import Table
from helder.table.dates import Order, column_dates, date_text
from helder.table.missing import words
from helder.table.notes import Note
from helder.table.numbers import column_numbers
from helder.table.robust import (
    KNOTS,
    LIMIT,
    median_and_spread,
    rank_knots,
    rank_scores,
    smooth_clip,
)
from helder.table.steps import (
    CYCLES,
    BooleanStep,
    CategoryStep,
    Fit,
    Floats32,
    Rows,
    Step,
    missing_note,
    read_date,
    unseen_note,
    write_cycles,
)
from helder.text.catalogue import say

FEW = 8  # categories that have an input each however rare they are
RARE = 5  # rows: what occurs less often shares an input, where there are more categories than FEW
MOST = 1000  # categories with an input of their own; see EMBEDDED in model/recipes.py
FALSE = frozenset((*(no for no, _ in BOOLEANS), "0"))  # a frame may have its truths as numbers
TRUE = frozenset((*(yes for _, yes in BOOLEANS), "1"))


@dataclass(frozen=True)
class RobustStep:
    """A number twice: scaled, and the normal score of its rank.

    Scaled it is 0 at the median, and bent smoothly so that nothing lies further away than 3. The
    score shows what lies close together where most values do, whatever the tails; it is left out
    where there are but two values. Over nine tables the error with both was 4 % smaller than with
    the scaled number alone (california 6 %, phoneme 13 %; sleep_efficiency 2 % larger). A missing
    value is 0; where training had missing values an input says so.
    """

    kind: ClassVar[str] = "numeric"
    saved_as: ClassVar[str] = "robust number"
    one_of: ClassVar[bool] = False
    name: str
    median: float
    spread: float
    knots: tuple[float, ...]
    scores: tuple[float, ...]
    missing_indicator: bool

    @classmethod
    def fit(cls, table: Table, column: Column, rows: Rows) -> Self:
        """The step with the statistics of these rows."""
        values = column_numbers(table, column.name)[rows]
        absent = bool(np.isnan(values).any())
        return cls(column.name, *median_and_spread(values), *rank_knots(values), absent)

    @property
    def leading(self) -> int:
        """The scaled number, and its score where it has one."""
        return 2 if self.knots else 1

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that the column becomes."""
        names = (self.name, f"{self.name} (rank)")[: self.leading]
        return (*names, *[f"{self.name} (missing)"] * self.missing_indicator)

    def fill(self, table: Table, out: Floats32) -> None:
        """Writes the inputs (N, n) of the table's rows."""
        values = column_numbers(table, self.name)
        out[:, 0] = smooth_clip(values, self.median, self.spread)
        if self.knots:
            out[:, 1] = rank_scores(values, self.knots, self.scores)
        if self.missing_indicator:
            out[:, -1] = np.isnan(values)

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""
        absent = int(np.isnan(column_numbers(table, self.name)).sum())
        return missing_note(self.name, absent, self.missing_indicator, "treated_as_median")

    def __str__(self) -> str:
        said = say("table.step_robust", median=self.median, spread=self.spread)
        if self.spread == 0.0:
            said = say("table.step_unvarying")
        if self.knots:
            said += say("table.and_rank")
        return said + and_missing(self.missing_indicator)

    @classmethod
    def read(cls, name: str, found: Mapping[str, object]) -> Self:
        """The step with the values of a saved record; DataError where one is no such value."""
        median, spread = strict.number(found["median"]), strict.spread(found["spread"])
        knots, scores = (strict.ascending(found[key], KNOTS + 2) for key in ("knots", "scores"))
        if len(knots) != len(scores) or len(knots) in (1, 2):
            raise strict.refuse("each of three knots or more has a score", len(knots))
        if any(abs(score) > LIMIT for score in scores):
            raise strict.refuse("a score is too far from 0", scores)
        absent = strict.truth(found["missing_indicator"])
        return cls(name, median, spread, knots, scores, absent)


@dataclass(frozen=True)
class OneHotStep(CategoryStep):
    """A category, one input for each, 1 where the row has it.

    It is the plain plan's step with more room: only those that are rare share the input `other`.
    """

    saved_as: ClassVar[str] = "one-hot"
    most: ClassVar[int] = MOST

    def __str__(self) -> str:
        return super().__str__() + and_missing(self.missing_indicator)


@dataclass(frozen=True)
class PairStep:
    """Two categories in one input: -1 for the first, 1 for the second, 0 for anything else.

    Where training had missing values a second input says so.
    """

    kind: ClassVar[str] = "category"
    saved_as: ClassVar[str] = "pair"
    leading: ClassVar[int] = 0
    one_of: ClassVar[bool] = False
    name: str
    first: str
    second: str
    missing_indicator: bool

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that the column becomes."""
        return (self.name, f"{self.name} (missing)")[: 1 + self.missing_indicator]

    def fill(self, table: Table, out: Floats32) -> None:
        """Writes the inputs (N, n) of the table's rows."""
        codes = category_codes(table.cells[self.name], (self.first, self.second))
        out[:, 0] = np.where(codes >= 0, 2 * codes - 1, 0)
        if self.missing_indicator:
            out[:, 1] = codes == NONE

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""
        codes = category_codes(table.cells[self.name], (self.first, self.second))
        new, absent = codes == UNKNOWN, int((codes == NONE).sum())
        notes = missing_note(self.name, absent, self.missing_indicator, "treated_as_neither")
        if not new.any():
            return notes
        return (unseen_note(table, self.name, new, "treated_as_neither"), *notes)

    def __str__(self) -> str:
        said = say("table.step_pair", first=shown(self.first), second=shown(self.second))
        return said + and_missing(self.missing_indicator)

    @classmethod
    def read(cls, name: str, found: Mapping[str, object]) -> Self:
        """The step with the values of a saved record; DataError where one is no such value."""
        first, second = strict.text(found["first"]), strict.text(found["second"])
        if first == second:
            raise strict.refuse("two different categories are missing", first)
        return cls(name, first, second, strict.truth(found["missing_indicator"]))


@dataclass(frozen=True)
class SignStep(BooleanStep):
    """False as -1 and true as 1; a missing value is 0, and has an input where training had some.

    The words are those of the plain plan's step.
    """

    saved_as: ClassVar[str] = "sign"

    def signs(self, table: Table) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """(N,) -1, 1, or 0 for another word or none; and (N,) where there is none."""
        cells = words(table.cells[self.name])
        sign = {**dict.fromkeys(FALSE, -1), **dict.fromkeys(TRUE, 1)}
        signs = [0 if cell is None else sign.get(cell.lower(), 0) for cell in cells.to_list()]
        return np.array(signs, dtype=np.int64), cells.is_null().to_numpy()

    def fill(self, table: Table, out: Floats32) -> None:
        """Writes the inputs (N, n) of the table's rows."""
        out[:, 0], absent = self.signs(table)
        if self.missing_indicator:
            out[:, 1] = absent

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""
        signs, absent = self.signs(table)
        lacking = int(absent.sum())
        notes = missing_note(self.name, lacking, self.missing_indicator, "treated_as_half")
        new = (signs == 0) & ~absent
        if not new.any():
            return notes
        return (unseen_note(table, self.name, new, "treated_as_half"), *notes)

    def __str__(self) -> str:
        said = say("table.step_pair", first=shown(self.false), second=shown(self.true))
        return said + and_missing(self.missing_indicator)


@dataclass(frozen=True)
class RobustDateStep:
    """A date: its day scaled as a number, and where it stands in the year and the week.

    A place in a cycle is two inputs, its sine and cosine, so that the last day lies next to the
    first. Where training dates had a time of day, that is a third cycle. A missing date is 0
    everywhere, and has an input where training had some.
    """

    kind: ClassVar[str] = "date"
    saved_as: ClassVar[str] = "robust date"
    leading: ClassVar[int] = 1
    one_of: ClassVar[bool] = False
    name: str
    order: Order
    median: float
    spread: float
    time_of_day: bool
    missing_indicator: bool

    @classmethod
    def fit(cls, table: Table, column: Column, rows: Rows) -> Self:
        """The step with the statistics of these rows."""
        order = column.order or "ymd"
        days = column_dates(table, column.name, order)[rows]
        there = days[~np.isnan(days)]
        timed = bool((there != np.floor(there)).any())
        middle = median_and_spread(days)
        return cls(column.name, order, *middle, timed, len(there) < len(days))

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that the column becomes."""
        cycles = CYCLES if self.time_of_day else CYCLES[:2]
        parts = [f"{self.name} ({cycle}, {f})" for cycle, _ in cycles for f in ("sin", "cos")]
        return (self.name, *parts, *[f"{self.name} (missing)"] * self.missing_indicator)

    def fill(self, table: Table, out: Floats32) -> None:
        """Writes the inputs (N, n) of the table's rows."""
        days = column_dates(table, self.name, self.order)
        out[:, 0] = smooth_clip(days, self.median, self.spread)
        write_cycles(days, out[:, 1 : 7 if self.time_of_day else 5])
        if self.missing_indicator:
            out[:, -1] = np.isnan(days)

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""
        absent = int(np.isnan(column_dates(table, self.name, self.order)).sum())
        return missing_note(self.name, absent, self.missing_indicator, "treated_as_median")

    def __str__(self) -> str:
        middle = date_text(self.median)
        said = say("table.step_robust_date", median=middle, spread=self.spread)
        return said + and_missing(self.missing_indicator)

    @classmethod
    def read(cls, name: str, found: Mapping[str, object]) -> Self:
        """The step with the values of a saved record; DataError where one is no such value."""
        order, median = read_date(found, "median")
        spread, timed = strict.spread(found["spread"]), strict.truth(found["time_of_day"])
        return cls(name, order, median, spread, timed, strict.truth(found["missing_indicator"]))


def fit_category(table: Table, column: Column, rows: Rows) -> PairStep | OneHotStep:
    """The step for the categories of these rows: one input for two of them, else one for each."""
    cells = words(table.cells[column.name].gather(rows)).alias("value")
    absent = cells.null_count() > 0
    counts = cells.drop_nulls().value_counts(name="rows")
    counts = counts.sort(["rows", "value"], descending=[True, False])
    if counts.height == 2:
        first, second = sorted(counts["value"])
        return PairStep(column.name, first, second, absent)
    frequent = int((counts["rows"] >= RARE).sum())
    names = counts["value"].head(min(max(frequent, FEW), MOST))
    return OneHotStep(column.name, tuple(sorted(names)), len(names) < counts.height, absent)


def and_missing(indicator: bool) -> str:
    """The words that end the sentence about a column that has an input for missing values."""
    return say("table.and_missing") if indicator else ""


STRONG: Mapping[str, Fit] = {
    "numeric": RobustStep.fit,
    "category": fit_category,
    "boolean": SignStep.fit,
    "date": RobustDateStep.fit,
}
STRONG_STEPS: tuple[type[Step], ...] = (
    RobustStep,
    OneHotStep,
    PairStep,
    SignStep,
    RobustDateStep,
)
