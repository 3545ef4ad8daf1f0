"""What is done to one column of a table to make inputs of it, for each kind of column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import numpy.typing as npt

from helder.errors import shown
from helder.table import strict
from helder.table.columns import BOOLEANS, MOST_CATEGORIES, Column, boolean_words
from helder.table.contents import Table
from helder.table.dates import ORDERS, Order, column_dates, date_text
from helder.table.missing import words
from helder.table.notes import Note, note
from helder.table.numbers import column_numbers
from helder.table.scaling import mean_and_std, standardised
from helder.text.catalogue import say

if TYPE_CHECKING:
    import polars as pl

Floats32 = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
CYCLES = (("year", 365.2425), ("week", 7.0), ("day", 1.0))  # in days


@dataclass(frozen=True)
class NumericStep:
    """A number, standardised; where training had missing values a second input says so.

    A missing value becomes the training mean, which is 0 after standardising.
    """

    kind: ClassVar[str] = "numeric"
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


@dataclass(frozen=True)
class CategoryStep:
    """A category, one input for each, 1 where the row has it.

    `other` takes the categories that are too rare for an input of their own and those not seen
    in training; without it those are 0 everywhere. `missing_indicator` is an input of its own
    for rows without a value, where training had such rows.
    """

    kind: ClassVar[str] = "category"
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
        other = counts.height > MOST_CATEGORIES
        names = counts["value"].head(MOST_CATEGORIES - 1 if other else MOST_CATEGORIES)
        return cls(column.name, tuple(sorted(names)), other, cells.null_count() > 0)

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that the column becomes."""
        names = [f"{self.name} = {category}" for category in self.categories]
        names += [f"{self.name} (other)"] * self.other
        return (*names, *[f"{self.name} (missing)"] * self.missing_indicator)

    def codes(self, table: Table) -> npt.NDArray[np.int64]:
        """(N,) each row's category; -1 for one not known, -2 for none."""
        import polars as pl

        cells = words(table.cells[self.name])
        if not self.categories:
            return np.where(cells.is_null().to_numpy(), -2, -1).astype(np.int64)
        numbers = list(range(len(self.categories)))
        found = cells.replace_strict(
            list(self.categories), numbers, default=-1, return_dtype=pl.Int64
        )
        return np.where(cells.is_null().to_numpy(), -2, found.fill_null(-2).to_numpy())

    def fill(self, table: Table, out: Floats32) -> None:
        """Writes the inputs (N, n) of the table's rows."""
        codes = self.codes(table)
        out[:] = 0.0
        known = np.flatnonzero(codes >= 0)
        out[known, codes[known]] = 1.0
        if self.other:
            out[codes == -1, len(self.categories)] = 1.0
        if self.missing_indicator:
            out[codes == -2, -1] = 1.0

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""
        codes = self.codes(table)
        new = np.flatnonzero(codes == -1)
        absent = int((codes == -2).sum())
        notes = missing_note(self.name, absent, self.missing_indicator, "treated_as_no_category")
        if len(new) == 0 or self.other:
            return notes  # with `other`, what is rare and what is new cannot be told apart
        row = int(new[0])
        said = note(
            "unseen_categories",
            column=shown(self.name),
            count=len(new),
            cell=shown(table.cells[self.name][row]),
            place=table.place(row),
            treated=say("table.treated_as_none"),
        )
        return (said, *notes)

    def __str__(self) -> str:
        other = say("table.and_other") if self.other else ""
        return say("table.step_category", count=len(self.categories), other=other)


@dataclass(frozen=True)
class BooleanStep:
    """True or false as 1 or 0; a missing value is 0.5, and has an input where training had some.

    `false` and `true` are the two words of training. Other pairs say the same (ja is yes is
    true), and case does not matter.
    """

    kind: ClassVar[str] = "boolean"
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
        new = np.flatnonzero((values == 0.5) & cells.is_not_null().to_numpy())
        if len(new) == 0:
            return notes
        row = int(new[0])
        said = note(
            "unseen_categories",
            column=shown(self.name),
            count=len(new),
            cell=shown(table.cells[self.name][row]),
            place=table.place(row),
            treated=say("table.treated_as_half"),
        )
        return (said, *notes)

    def __str__(self) -> str:
        return say("table.step_boolean", false=self.false, true=self.true)


@dataclass(frozen=True)
class DateStep:
    """A date: its day standardised, and where it stands in the year and the week.

    A position in a cycle is two inputs, its sine and cosine, so that the last day lies next to
    the first. Where training dates had a time of day, that is a third cycle. A missing date is
    0 everywhere, and has an input where training had some.
    """

    kind: ClassVar[str] = "date"
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
        for position, (_, length) in enumerate(self.cycles):
            angle = 2 * np.pi * ((days / length) % 1.0)
            out[:, 1 + 2 * position] = np.nan_to_num(np.sin(angle))
            out[:, 2 + 2 * position] = np.nan_to_num(np.cos(angle))
        if self.missing_indicator:
            out[:, -1] = np.isnan(days)

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about cells of a kind that training did not have."""
        absent = int(np.isnan(column_dates(table, self.name, self.order)).sum())
        return missing_note(self.name, absent, self.missing_indicator, "treated_as_mean")

    def __str__(self) -> str:
        return say("table.step_date", mean=date_text(self.mean), std=self.std)


Step = NumericStep | CategoryStep | BooleanStep | DateStep
STEPS: dict[str, type[Step]] = {
    step.kind: step for step in (NumericStep, CategoryStep, BooleanStep, DateStep)
}


def missing_note(name: str, absent: int, indicator: bool, treated: str) -> tuple[Note, ...]:
    """The note about missing values in a column that had none in training."""
    if absent == 0 or indicator:
        return ()
    how = say(f"table.{treated}")
    return (note("unseen_missing", column=shown(name), count=absent, treated=how),)


def step_to_dict(step: Step) -> dict[str, object]:
    """The step as plain values that JSON can hold."""
    fields = {field: getattr(step, field) for field in step.__dataclass_fields__}
    plain = {
        key: list(value) if isinstance(value, tuple) else value for key, value in fields.items()
    }
    return {"kind": step.kind, **plain}


def step_from_dict(value: object) -> Step:
    """The step that `step_to_dict` wrote; DataError where it is anything else."""
    kind = value.get("kind") if isinstance(value, dict) else None
    cls = STEPS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise strict.refuse("a step of a known kind is missing", kind)
    found = strict.record(value, ("kind", *cls.__dataclass_fields__))
    name, absent = strict.text(found["name"]), strict.truth(found["missing_indicator"])
    if cls is NumericStep:
        return NumericStep(name, strict.number(found["mean"]), strict.scale(found["std"]), absent)
    if cls is CategoryStep:
        categories = strict.texts(found["categories"], MOST_CATEGORIES)
        return CategoryStep(name, categories, strict.truth(found["other"]), absent)
    if cls is BooleanStep:
        pair = next((p for p in BOOLEANS if p == (found["false"], found["true"])), None)
        if pair is None:
            raise strict.refuse("two words for false and true are missing", found["true"])
        return BooleanStep(name, *pair, absent)
    order = next((known for known in ORDERS if known == found["order"]), None)
    if order is None:
        raise strict.refuse("an order of day, month and year is missing", found["order"])
    mean, std, timed = found["mean"], found["std"], found["time_of_day"]
    if abs(strict.number(mean)) > 1e7:
        raise strict.refuse("a date is far outside the calendar", mean)
    return DateStep(
        name, order, strict.number(mean), strict.scale(std), strict.truth(timed), absent
    )
