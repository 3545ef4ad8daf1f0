"""What the plain plan does to one column to make inputs of it, for each kind of column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

import numpy as np
import numpy.typing as npt

from helder.errors import shown
from helder.table import strict
from helder.table.codes import NONE, UNKNOWN, category_codes
from helder.table.columns import BOOLEANS, Column, boolean_words
from helder.table.contents import Table
from helder.table.dates import MOST_DAYS, ORDERS, Order, column_dates, date_text
from helder.table.missing import words
from helder.table.notes import Note, note
from helder.table.numbers import column_numbers
from helder.table.scaling import mean_and_std, standardised
from helder.text.catalogue import say

if TYPE_CHECKING:
    import polars as pl

Floats32 = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
MOST_CATEGORIES = 50  # of the plain plan that have an input of their own
CYCLES = (("year", 365.2425), ("week", 7.0), ("day", 1.0))  # in days


class Step(Protocol):
    """What is done to one column.

    `kind` is the kind of the column, `saved_as` names the step in a saved plan. Real
    numbers stand before all other inputs. Where `one_of`, at most one of its inputs is 1 and all
    others are 0.
    """

    kind: ClassVar[str]
    saved_as: ClassVar[str]
    one_of: ClassVar[bool]

    @property
    def name(self) -> str:
        """The column."""

    @property
    def leading(self) -> int:
        """How many of its inputs, the first ones, are real numbers."""

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that the column becomes."""

    def fill(self, table: Table, out: Floats32) -> None:
        """Writes the inputs (N, n) of the table's rows."""

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""

    @classmethod
    def read(cls, name: str, found: Mapping[str, object]) -> Self:
        """The step with the values of a saved record; DataError where one is no such value."""


Fit = Callable[[Table, Column, Rows], Step]  # makes the step for a column of one kind


@dataclass(frozen=True)
class NumericStep:
    """A number, standardised; where training had missing values a second input says so.

    A missing value becomes the training mean, which is 0 after standardising.
    """

    kind: ClassVar[str] = "numeric"
    saved_as: ClassVar[str] = "numeric"
    leading: ClassVar[int] = 0
    one_of: ClassVar[bool] = False
    name: str
    mean: float
    std: float
    missing_indicator: bool

    @classmethod
    def fit(cls, table: Table, column: Column, rows: Rows) -> Self:
        """The step with the statistics of these rows."""
        values = column_numbers(table, column.name)[rows]
        mean, std = mean_and_std(values)
        return cls(column.name, mean, std, bool(np.isnan(values).any()))

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that the column becomes."""
        return (self.name, f"{self.name} (missing)")[: 1 + self.missing_indicator]

    def fill(self, table: Table, out: Floats32) -> None:
        """Writes the inputs (N, n) of the table's rows."""
        values = column_numbers(table, self.name)
        out[:, 0] = standardised(table, self.name, values, self.mean, self.std)
        if self.missing_indicator:
            out[:, 1] = np.isnan(values)

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""
        absent = int(np.isnan(column_numbers(table, self.name)).sum())
        return missing_note(self.name, absent, self.missing_indicator, "treated_as_mean")

    def __str__(self) -> str:
        return say("table.step_numeric", mean=self.mean, std=self.std)

    @classmethod
    def read(cls, name: str, found: Mapping[str, object]) -> Self:
        """The step with the values of a saved record; DataError where one is no such value."""
        mean, std = strict.number(found["mean"]), strict.scale(found["std"])
        return cls(name, mean, std, strict.truth(found["missing_indicator"]))


@dataclass(frozen=True)
class CategoryStep:
    """A category, one input for each, 1 where the row has it.

    `other` takes the categories that are too rare for an input of their own and those not seen
    in training; without it those are 0 everywhere. `missing_indicator` is an input of its own
    for rows without a value, where training had such rows.
    """

    kind: ClassVar[str] = "category"
    saved_as: ClassVar[str] = "category"
    leading: ClassVar[int] = 0
    one_of: ClassVar[bool] = True
    most: ClassVar[int] = MOST_CATEGORIES
    name: str
    categories: tuple[str, ...]
    other: bool
    missing_indicator: bool

    @classmethod
    def fit(cls, table: Table, column: Column, rows: Rows) -> Self:
        """The step with the categories of these rows, sorted; the most frequent of too many."""
        cells = words(table.cells[column.name]).gather(rows).alias("value")
        counts = cells.drop_nulls().value_counts(name="rows")
        counts = counts.sort(["rows", "value"], descending=[True, False])
        other = counts.height > cls.most
        names = counts["value"].head(cls.most - 1 if other else cls.most)
        return cls(column.name, tuple(sorted(names)), other, cells.null_count() > 0)

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that the column becomes."""
        names = [f"{self.name} = {category}" for category in self.categories]
        names += [f"{self.name} (other)"] * self.other
        return (*names, *[f"{self.name} (missing)"] * self.missing_indicator)

    def codes(self, table: Table) -> npt.NDArray[np.int64]:
        """(N,) each row's category; UNKNOWN for one not known, NONE where there is none."""
        return category_codes(table.cells[self.name], self.categories)

    def fill(self, table: Table, out: Floats32) -> None:
        """Writes the inputs (N, n) of the table's rows."""
        codes = self.codes(table)
        out[:] = 0.0
        known = np.flatnonzero(codes >= 0)
        out[known, codes[known]] = 1.0
        if self.other:
            out[codes == UNKNOWN, len(self.categories)] = 1.0
        if self.missing_indicator:
            out[codes == NONE, -1] = 1.0

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""
        codes = self.codes(table)
        new, absent = codes == UNKNOWN, int((codes == NONE).sum())
        notes = missing_note(self.name, absent, self.missing_indicator, "treated_as_no_category")
        if not new.any() or self.other:
            return notes  # with `other`, what is rare and what is new cannot be told apart
        return (unseen_note(table, self.name, new, "treated_as_none"), *notes)

    def __str__(self) -> str:
        other = say("table.and_other") if self.other else ""
        return say("table.step_category", count=len(self.categories), other=other)

    @classmethod
    def read(cls, name: str, found: Mapping[str, object]) -> Self:
        """The step with the values of a saved record; DataError where one is no such value."""
        categories = strict.texts(found["categories"], cls.most)
        other, absent = strict.truth(found["other"]), strict.truth(found["missing_indicator"])
        return cls(name, categories, other, absent)


@dataclass(frozen=True)
class BooleanStep:
    """True or false as 1 or 0; a missing value is 0.5, and has an input where training had some.

    `false` and `true` are the two words of training. Other pairs say the same (ja is yes is
    true), and case does not matter.
    """

    kind: ClassVar[str] = "boolean"
    saved_as: ClassVar[str] = "boolean"
    leading: ClassVar[int] = 0
    one_of: ClassVar[bool] = False
    name: str
    false: str
    true: str
    missing_indicator: bool

    @classmethod
    def fit(cls, table: Table, column: Column, rows: Rows) -> Self:
        """The step with the words of the column; whether values are missing, of these rows."""
        pair = boolean_words(table.cells[column.name]) or BOOLEANS[0]
        absent = words(table.cells[column.name]).gather(rows).null_count() > 0
        return cls(column.name, *pair, absent)

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that the column becomes."""
        return (self.name, f"{self.name} (missing)")[: 1 + self.missing_indicator]

    def values(self, table: Table) -> tuple[npt.NDArray[np.float64], pl.Series]:
        """(N,) 0, 1, or 0.5 for another word or none; and the words, null where missing."""
        cells = words(table.cells[self.name]).str.to_lowercase()
        no, yes = (
            cells.is_in(list(says)).fill_null(False).to_numpy()
            for says in zip(*BOOLEANS, strict=True)
        )
        return np.where(yes, 1.0, np.where(no, 0.0, 0.5)), cells

    def fill(self, table: Table, out: Floats32) -> None:
        """Writes the inputs (N, n) of the table's rows."""
        values, cells = self.values(table)
        out[:, 0] = values
        if self.missing_indicator:
            out[:, 1] = cells.is_null().to_numpy()

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""
        values, cells = self.values(table)
        absent = cells.null_count()
        notes = missing_note(self.name, absent, self.missing_indicator, "treated_as_half")
        new = (values == 0.5) & cells.is_not_null().to_numpy()
        if not new.any():
            return notes
        return (unseen_note(table, self.name, new, "treated_as_half"), *notes)

    def __str__(self) -> str:
        return say("table.step_boolean", false=self.false, true=self.true)

    @classmethod
    def read(cls, name: str, found: Mapping[str, object]) -> Self:
        """The step with the values of a saved record; DataError where one is no such value."""
        pair = next((p for p in BOOLEANS if p == (found["false"], found["true"])), None)
        if pair is None:
            raise strict.refuse("two words for false and true are missing", found["true"])
        return cls(name, *pair, strict.truth(found["missing_indicator"]))


@dataclass(frozen=True)
class DateStep:
    """A date: its day standardised, and where it stands in the year and the week.

    A position in a cycle is two inputs, its sine and cosine, so that the last day lies next to
    the first. Where training dates had a time of day, that is a third cycle. A missing date is
    0 everywhere, and has an input where training had some.
    """

    kind: ClassVar[str] = "date"
    saved_as: ClassVar[str] = "date"
    leading: ClassVar[int] = 0
    one_of: ClassVar[bool] = False
    name: str
    order: Order
    mean: float
    std: float
    time_of_day: bool
    missing_indicator: bool

    @classmethod
    def fit(cls, table: Table, column: Column, rows: Rows) -> Self:
        """The step with the statistics of these rows."""
        order = column.order or "ymd"
        values = column_dates(table, column.name, order)[rows]
        mean, std = mean_and_std(values)
        there = values[~np.isnan(values)]
        timed = bool((there != np.floor(there)).any())
        return cls(column.name, order, mean, std, timed, bool(np.isnan(values).any()))

    @property
    def cycles(self) -> tuple[tuple[str, float], ...]:
        """The cycles that the date is placed in, with their length in days."""
        return CYCLES if self.time_of_day else CYCLES[:2]

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that the column becomes."""
        parts = [f"{self.name} ({cycle}, {f})" for cycle, _ in self.cycles for f in ("sin", "cos")]
        return (self.name, *parts, *[f"{self.name} (missing)"] * self.missing_indicator)

    def fill(self, table: Table, out: Floats32) -> None:
        """Writes the inputs (N, n) of the table's rows."""
        days = column_dates(table, self.name, self.order)
        out[:, 0] = standardised(table, self.name, days, self.mean, self.std)
        write_cycles(days, out[:, 1 : 1 + 2 * len(self.cycles)])
        if self.missing_indicator:
            out[:, -1] = np.isnan(days)

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""
        absent = int(np.isnan(column_dates(table, self.name, self.order)).sum())
        return missing_note(self.name, absent, self.missing_indicator, "treated_as_mean")

    def __str__(self) -> str:
        return say("table.step_date", mean=date_text(self.mean), std=self.std)

    @classmethod
    def read(cls, name: str, found: Mapping[str, object]) -> Self:
        """The step with the values of a saved record; DataError where one is no such value."""
        order, mean = read_date(found, "mean")
        std, timed = strict.scale(found["std"]), strict.truth(found["time_of_day"])
        return cls(name, order, mean, std, timed, strict.truth(found["missing_indicator"]))


STEPS: dict[str, type[Step]] = {
    step.kind: step for step in (NumericStep, CategoryStep, BooleanStep, DateStep)
}
PLAIN: Mapping[str, Fit] = {
    "numeric": NumericStep.fit,
    "category": CategoryStep.fit,
    "boolean": BooleanStep.fit,
    "date": DateStep.fit,
}


def missing_note(name: str, absent: int, indicator: bool, treated: str) -> tuple[Note, ...]:
    """The note about missing values in a column that had none in training."""
    if absent == 0 or indicator:
        return ()
    how = say(f"table.{treated}")
    return (note("unseen_missing", column=shown(name), count=absent, treated=how),)


def unseen_note(table: Table, name: str, rows: npt.NDArray[np.bool_], treated: str) -> Note:
    """The note about the rows whose category training did not have."""
    new = np.flatnonzero(rows)
    row = int(new[0])
    return note(
        "unseen_categories",
        column=shown(name),
        count=len(new),
        cell=shown(table.cells[name][row]),
        place=table.place(row),
        treated=say(f"table.{treated}"),
    )


def write_cycles(days: npt.NDArray[np.float64], out: Floats32) -> None:
    """Writes sine and cosine of the place in each cycle, as many as fit; 0 for a missing date."""
    for position, (_, length) in enumerate(CYCLES[: out.shape[1] // 2]):
        angle = 2 * np.pi * ((days / length) % 1.0)
        out[:, 2 * position] = np.nan_to_num(np.sin(angle))
        out[:, 2 * position + 1] = np.nan_to_num(np.cos(angle))


def read_date(found: Mapping[str, object], middle: str) -> tuple[Order, float]:
    """The order of a saved step for dates, and the date that becomes 0; DataError otherwise."""
    order = next((known for known in ORDERS if known == found["order"]), None)
    if order is None:
        raise strict.refuse("an order of day, month and year is missing", found["order"])
    if abs(strict.number(found[middle])) > MOST_DAYS:
        raise strict.refuse("a date is far outside the calendar", found[middle])
    return order, strict.number(found[middle])
