"""Encodes a target column: from labels or numbers in a table to class numbers or values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from helder.errors import ArgumentError, DataError, did_you_mean, listed, nearest, shown
from helder.table import strict
from helder.table.bins import Bins, bins_from_dict
from helder.table.contents import Table, unknown_column
from helder.table.marks import read_like
from helder.table.missing import words
from helder.table.numbers import parse_numbers, refuse_infinite
from helder.table.typed import as_text

if TYPE_CHECKING:
    import polars as pl

Task = Literal["classification", "regression"]


@dataclass(frozen=True)
class TargetPlan:
    """How a target column becomes class numbers or values, to be done again to another file.

    `numeric` says that the cells are numbers: labels are then compared as numbers, so that "1"
    and "1.0" are one class. `bins` cuts numbers into classes. `decimal` and `thousands` are the
    marks of the training table, as in the plan of its columns.
    """

    name: str
    task: Task
    classes: tuple[str, ...] | None
    numeric: bool
    bins: Bins | None
    decimal: str | None = None
    thousands: str | None = None

    def encode(self, table: Table) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
        """The values (M,) of the rows that have a target, and the indices (M,) of those rows.

        Raises:
            DataError: The column is missing, or a value is not one that the plan knows; the
                message names line and label.
        """
        if self.name not in table.cells:
            raise unknown_column(table, self.name, "the target")
        table = read_like(table, self)
        if self.bins is not None or self.classes is None:
            numbers = target_numbers(table, self.name)
            rows = np.flatnonzero(~np.isnan(numbers)).astype(np.int64)
            values = numbers[rows]
            return (values if self.bins is None else self.bins.codes(values)), rows
        labels = found_labels(table, self)
        known = {key_of(label, self.numeric): code for code, label in enumerate(self.classes)}
        table_codes = np.array([known.get(key, -1) for key in labels.keys], dtype=np.int64)
        codes = table_codes[labels.codes] if len(table_codes) else labels.codes
        unknown = np.flatnonzero(codes < 0)
        if len(unknown):
            raise self.unknown_label(table, int(labels.rows[int(unknown[0])]))
        return codes, labels.rows

    @property
    def not_numbers(self) -> frozenset[str]:
        """The target, where its classes are text."""
        return frozenset(() if self.numeric or self.bins is not None else (self.name,))

    def unknown_label(self, table: Table, row: int) -> DataError:
        """The error for a label that is none of the classes."""
        cell = str(table.cells[self.name][row])
        classes = self.classes or ()
        near = nearest(cell[:100], classes[:1000])
        return DataError(
            "this value is none of the classes",
            got=cell,
            accepted=listed(shown(label) for label in classes),
            hint=did_you_mean(near),
            where=table.place(row, self.name),
        )

    def to_dict(self) -> dict[str, object]:
        """The plan as plain values that JSON can hold exactly."""
        return {
            "name": self.name,
            "task": self.task,
            "classes": None if self.classes is None else list(self.classes),
            "numeric": self.numeric,
            "bins": None if self.bins is None else self.bins.to_dict(),
            "decimal": self.decimal,
            "thousands": self.thousands,
        }

    @classmethod
    def from_dict(cls, value: object) -> TargetPlan:
        """The plan that `to_dict` wrote.

        Raises:
            DataError: It is anything else.
        """
        found = strict.record(
            value, ("name", "task", "classes", "numeric", "bins"), ("decimal", "thousands")
        )
        marks = strict.marks(found)
        name, numeric = strict.text(found["name"]), strict.truth(found["numeric"])
        if found["task"] == "regression":
            if found["classes"] is not None or found["bins"] is not None:
                raise strict.refuse("a regression has classes")
            return cls(name, "regression", None, numeric, None, *marks)
        if found["task"] != "classification":
            raise strict.refuse("a task is missing", found["task"])
        classes = strict.texts(found["classes"], 100_000)
        if len(classes) < 2 or len({key_of(label, numeric) for label in classes}) < len(classes):
            raise strict.refuse("there are not two or more different classes", len(classes))
        bins = None if found["bins"] is None else bins_from_dict(found["bins"], classes)
        return cls(name, "classification", classes, numeric, bins, *marks)


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels in a column: `rows` (M,) that have one, `codes` (M,) into `keys` and `names`.

    `names` are in their natural order: sorted, by value where the labels are numbers; `keys`
    are what they are compared by.
    """

    rows: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int64]
    keys: tuple[float | str, ...]
    names: tuple[str, ...]


def key_of(label: str, numeric: bool) -> float | str:
    """What a label is compared by: its number where labels are numbers, else its text."""
    if not numeric:
        return label
    try:
        return float(label)
    except ValueError:
        return label


def class_names(classes: Sequence[str], numeric: bool) -> tuple[str, ...]:
    """The classes that a person gave, in their order.

    Raises:
        ArgumentError: There are fewer than two, or two that are the same.
    """
    names = tuple(str(label).strip() for label in classes)
    distinct = {key_of(label, numeric) for label in names}
    if len(names) < 2 or len(distinct) < len(names) or not all(names):
        raise ArgumentError(
            "these are not two or more different classes", got=",".join(map(str, classes))
        )
    return names


def found_labels(table: Table, plan: TargetPlan) -> Labels:
    """The labels that stand in the plan's column.

    Raises:
        DataError: The labels are numbers, and a cell is infinite or none.
    """
    import polars as pl

    cells = table.cells[plan.name]
    if plan.numeric:
        values = target_numbers(table, plan.name)
        rows = np.flatnonzero(~np.isnan(values)).astype(np.int64)
        numbers, codes = np.unique(values[rows], return_inverse=True)
        names = number_names(as_text(cells).gather(rows), codes, numbers)
        return Labels(rows, codes.astype(np.int64), tuple(map(float, numbers)), names)
    text = words(cells)
    rows = text.is_not_null().arg_true().to_numpy().astype(np.int64)
    filled = text.drop_nulls()
    words_found = tuple(filled.unique().sort().to_list())
    numbered = filled.replace_strict(
        list(words_found), list(range(len(words_found))), return_dtype=pl.Int64
    )
    return Labels(rows, numbered.to_numpy(), words_found, words_found)


def number_names(
    cells: pl.Series, codes: npt.NDArray[np.integer[Any]], numbers: npt.NDArray[np.float64]
) -> tuple[str, ...]:
    """The text of each class that is a number.

    It is the text of the file ("01", "1.0") where the file writes the number in one way that
    anybody reads as this number, else its shortest form.
    """
    import polars as pl

    pairs = pl.DataFrame({"code": codes, "text": cells}).unique()
    written: dict[int, list[str]] = {}
    for code, text in pairs.rows():
        written.setdefault(code, []).append(text)
    names = []
    for code, number in enumerate(numbers):
        only = written[code][0] if len(written[code]) == 1 else ""
        same = key_of(only, True) == number
        names.append(only if same else f"{number:.0f}" if number % 1 == 0 else repr(float(number)))
    return tuple(names)


def target_numbers(table: Table, name: str) -> npt.NDArray[np.float64]:
    """(N,) the numbers of a target, NaN where missing.

    Raises:
        DataError: A cell is text, or infinite; the message names line and column.
    """
    values, bad = parse_numbers(table.cells[name], table.dialect)
    if len(bad):
        raise DataError(
            "the target is a number, and here it is text",
            got=table.cells[name][int(bad[0])],
            accepted="a number, or an empty cell where it is not known",
            hint="correct the cell, or leave it empty",
            where=table.place(int(bad[0]), name),
        )
    refuse_infinite(table, name, values)
    return values
