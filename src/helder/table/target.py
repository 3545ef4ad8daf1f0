"""The target: the column to predict, as class numbers or as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from helder.errors import ArgumentError, DataError, shown
from helder.table.bins import parse_bins
from helder.table.contents import Table, unknown_column
from helder.table.dialect import PLAIN
from helder.table.labels import (
    TargetPlan,
    Task,
    class_names,
    found_labels,
)
from helder.table.marks import shown_marks
from helder.table.notes import LeftOut, Note, note
from helder.table.numbers import MOSTLY, parse_numbers
from helder.text.catalogue import say

FEW_NUMBERS = 10  # distinct whole numbers that are still classes
MOST_CLASSES = 1000
ID_ROWS, ID_SHARE = 20, 0.95  # so many rows, nearly all different: an identifier, no class


@dataclass(frozen=True, eq=False)
class Target:
    """What to predict, for the M rows that have it.

    `values` (M,) holds class numbers (int64) or numbers (float64), `rows` (M,) the index in the
    table of each. `classes` names the classes in order, None for regression. `left_out` counts
    the rows without a target. `plan` does the same to another file.
    """

    name: str
    task: Task
    values: npt.NDArray[Any]
    classes: tuple[str, ...] | None
    rows: npt.NDArray[np.int64]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Note, ...]
    plan: TargetPlan


def read_target(
    table: Table,
    name: str,
    *,
    task: str | None = None,
    classes: Sequence[str] | None = None,
    bins: str | None = None,
) -> Target:
    """The target column of a table.

    Text, booleans and at most ten distinct whole numbers are classes, sorted (by value where
    all are numbers); anything else is a number to predict.

    Args:
        table: The table.
        name: The column.
        task: "classification" or "regression", where the choice above is not wanted.
        classes: All classes, in the order wanted.
        bins: Thresholds that cut a numeric column into classes, "bad<4<=medium<8<=good".

    Raises:
        ArgumentError: The options do not go together, or the bins cannot be read.
        DataError: There is no such column; no row has a value; there is one class only, or far
            too many; a value is none of the given classes, infinite, or text among numbers.
    """
    check_options(task, classes, bins)
    marks = shown_marks(table)
    if name not in table.cells:
        raise unknown_column(table, name, "the target")
    cut = parse_bins(bins) if bins is not None else None
    numeric = is_numeric(table, name)
    if not numeric and (bins is not None or task == "regression"):
        refuse_text(table, name, "--task regression" if bins is None else "--bins")
    if cut is not None:
        plan = TargetPlan(name, "classification", cut.classes, False, cut, *marks)
        return finish(table, plan, ())
    chosen = task or ("classification" if classes is not None else None)
    notes: tuple[Note, ...] = ()
    if chosen is None:
        chosen, notes = guess_task(table, name, numeric)
    if chosen == "regression":
        return finish(table, TargetPlan(name, "regression", None, True, None, *marks), notes)
    plan = TargetPlan(name, "classification", (), numeric, None)
    if classes is None:
        labels = found_labels(table, plan)
        check_classes(table, name, labels.names, len(labels.rows))
        names = labels.names
    else:
        names = class_names(classes, numeric)
    return finish(table, TargetPlan(name, "classification", names, numeric, None, *marks), notes)


def check_options(task: str | None, classes: Sequence[str] | None, bins: str | None) -> None:
    """Raises ArgumentError where the options do not go together."""
    if task not in (None, "classification", "regression"):
        raise ArgumentError(
            "there is no such task", got=task, accepted="classification or regression"
        )
    if task == "regression" and (classes is not None or bins is not None):
        raise ArgumentError("regression has no classes", hint="leave out --classes and --bins")
    if classes is not None and bins is not None:
        raise ArgumentError("--bins names the classes already", hint="leave out --classes")


def is_numeric(table: Table, name: str) -> bool:
    """Whether 95 % or more of the filled cells of a column are numbers."""
    values, bad = parse_numbers(table.cells[name], table.dialect or PLAIN)
    numbers = int(np.count_nonzero(~np.isnan(values)))
    return numbers > 0 and numbers >= MOSTLY * (numbers + len(bad))


def refuse_text(table: Table, name: str, option: str) -> None:
    """Raises DataError where a column of text has no number at all or too few for the option."""
    _, bad = parse_numbers(table.cells[name], table.dialect or PLAIN)
    if not len(bad):
        return  # nothing but missing values, which has an error of its own
    raise DataError(
        f"the target is a column of text, and {option} needs numbers",
        got=table.cells[name][int(bad[0])],
        accepted="a column of numbers",
        hint=f"without {option} its texts are classes",
        where=table.place(int(bad[0]), name),
    )


def guess_task(table: Table, name: str, numeric: bool) -> tuple[Task, tuple[Note, ...]]:
    """The task that a column suggests, with a note that says why and how to choose another."""
    if not numeric:
        return "classification", (note("task_text", column=shown(name)),)
    values, _ = parse_numbers(table.cells[name], table.dialect or PLAIN)
    distinct = np.unique(values[~np.isnan(values)])
    whole = bool((distinct == np.floor(distinct)).all())
    if len(distinct) <= FEW_NUMBERS and whole:
        said = note("task_few_numbers", column=shown(name), count=len(distinct))
        return "classification", (said,)
    return "regression", (note("task_numbers", column=shown(name), count=len(distinct)),)


def check_classes(table: Table, name: str, names: Sequence[str], filled: int) -> None:
    """Raises DataError where the values of a column are too many to be classes."""
    if len(names) > MOST_CLASSES:
        problem, got = "the target has too many classes", f"{len(names)} different values"
    elif filled >= ID_ROWS and len(names) >= ID_SHARE * filled:
        problem = "the target looks like an identifier: nearly every row has a value of its own"
        got = f"{len(names)} different values in {filled} rows"
    else:
        return
    raise DataError(
        problem,
        got=got,
        accepted=f"at most {MOST_CLASSES} classes, each with several rows",
        hint="choose another target; for a column of numbers --task regression, or --bins",
        where=table.place(None, name),
    )


def finish(table: Table, plan: TargetPlan, notes: tuple[Note, ...]) -> Target:
    """The target that a plan makes of a table.

    Raises:
        DataError: There is nothing to tell apart: no values, or the same in every row.
    """
    values, rows = plan.encode(table)
    gone = table.rows - len(rows)
    left_out: tuple[LeftOut, ...] = ()
    if gone:
        left_out = (LeftOut("row", plan.name, gone, say("table.no_target")),)
    found = np.unique(values)
    where = table.place(None, plan.name)
    if len(found) == 0:
        raise DataError("the target has no values", where=where)
    if len(found) == 1:
        got = plan.classes[int(found[0])] if plan.classes is not None else float(found[0])
        raise DataError(
            "the target is the same in every row: there is nothing to tell apart",
            got=got,
            accepted="two or more classes" if plan.classes is not None else "different values",
            where=where,
        )
    if plan.classes is not None and len(found) < len(plan.classes):
        absent = [plan.classes[code] for code in range(len(plan.classes)) if code not in found]
        said = note("classes_without_rows", classes=", ".join(shown(label) for label in absent))
        notes = (*notes, said)
    return Target(plan.name, plan.task, values, plan.classes, rows, left_out, notes, plan)
