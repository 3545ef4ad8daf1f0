"""The table plan: what was done to each column, so that it can be done again to new rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from helder.errors import DataError, listed, shown
from helder.table import strict
from helder.table.columns import Column
from helder.table.contents import Table, unknown_column
from helder.table.marks import read_like, shown_marks
from helder.table.notes import LeftOut, Note, note
from helder.table.steps import PLAIN, CategoryStep, Fit, Floats32, Rows, Step
from helder.table.stored import step_from_dict, step_to_dict
from helder.text.catalogue import say

MOST_INPUTS = 100_000
MARKS = ("decimal", "thousands")  # came later than the first saved plans
MOST_BYTES = 8 << 30  # of inputs for one table


@dataclass(frozen=True)
class Layout:
    """How the inputs lie that a table becomes.

    Args:
        numeric: How many of them, the first ones, are real numbers.
        blocks: For each column of which a row has one input at 1 and the others at 0, the first
            of its inputs and the one after its last.
    """

    numeric: int = 0
    blocks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class TablePlan:
    """How the columns of a table become inputs.

    The numbers of the strong plan come first, as many as `numeric` says, then all other inputs;
    apart from that inputs stand in the table's order.

    `columns` holds one step for each column that is an input, in the table's order; `left_out`
    the columns that are none, and why; `roles` the columns that are something else, such as the
    target. `decimal` and `thousands` are the marks of the training table's numbers, None where
    it showed none: a new table that leaves its marks open is read by them.
    """

    columns: tuple[Step, ...]
    left_out: tuple[LeftOut, ...] = ()
    roles: tuple[str, ...] = ()
    decimal: str | None = None
    thousands: str | None = None

    @classmethod
    def fit(
        cls,
        table: Table,
        columns: Sequence[Column],
        rows: Rows,
        steps: Mapping[str, Fit] = PLAIN,
    ) -> TablePlan:
        """The plan for these columns, with the statistics of the training rows alone.

        Args:
            table: The whole table.
            columns: What `describe_columns` or `describe_frame` found.
            rows: Indices of the training rows.
            steps: What is done to a column of each kind: PLAIN or STRONG.

        Raises:
            DataError: No column is left as an input, or there are too many inputs.
        """
        rows = np.asarray(rows, dtype=np.int64)
        used = [column for column in columns if column.left_out is None]
        unused = [column for column in columns if column.left_out is not None]
        left_out = tuple(
            LeftOut("column", column.name, 1, column.left_out or "")
            for column in unused
            if column.role is None
        )
        if not used:
            gone = listed(f"{shown(gone.name)} ({gone.why})" for gone in left_out)
            how = "--keep NAME keeps one of those left out" if table.path else "left out were"
            raise DataError(
                "no column is left as an input",
                hint=f"{how}: {gone}" if gone else "the table needs more columns",
                where=table.place(None),
            )
        fitted = tuple(steps[column.kind](table, column, rows) for column in used)
        roles = tuple(column.name for column in unused if column.role is not None)
        plan = cls(fitted, left_out, roles, *shown_marks(table))
        plan.check_size(table)
        return plan

    @cached_property
    def input_names(self) -> tuple[str, ...]:
        """The names of the inputs, in order."""
        names = [(step.input_names, step.leading) for step in self.columns]
        first = [name for own, leading in names for name in own[:leading]]
        return (*first, *(name for own, leading in names for name in own[leading:]))

    @cached_property
    def layout(self) -> Layout:
        """Which inputs are real numbers, and which stand for one category each."""
        blocks, at = [], self.numeric
        for step, width in zip(self.columns, self.widths, strict=True):
            if step.one_of:
                blocks.append((at, at + width))
            at += width - step.leading
        return Layout(self.numeric, tuple(blocks))

    @cached_property
    def inputs_of(self) -> dict[str, tuple[int, ...]]:
        """The numbers, from 0, of the inputs that each column becomes."""
        found, first, rest = {}, 0, self.numeric
        for step, width in zip(self.columns, self.widths, strict=True):
            others = width - step.leading
            leads, follows = range(first, first + step.leading), range(rest, rest + others)
            found[step.name] = (*leads, *follows)
            first, rest = first + step.leading, rest + others
        return found

    @cached_property
    def numeric(self) -> int:
        """How many inputs, the first ones, are real numbers; 0 for the plain plan."""
        return sum(step.leading for step in self.columns)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """The number of inputs that each column becomes."""
        return tuple(len(step.input_names) for step in self.columns)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a person should know of how columns become inputs."""
        return tuple(
            note("shared_categories", column=shown(step.name), count=len(step.categories))
            for step in self.columns
            if isinstance(step, CategoryStep) and step.other
        )

    @property
    def not_numbers(self) -> frozenset[str]:
        """The columns that are read as something else than numbers, or not at all."""
        others = [step.name for step in self.columns if step.kind != "numeric"]
        return frozenset((*others, *(gone.name for gone in self.left_out)))

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return len(self.input_names)

    def check_size(self, table: Table) -> None:
        """Raises DataError where the inputs of a table would not fit in memory."""
        if self.inputs > MOST_INPUTS or 4 * self.inputs * table.rows > MOST_BYTES:
            raise DataError(
                f"{table.rows} rows with {self.inputs} inputs are too much to hold",
                accepted=f"at most {MOST_INPUTS} inputs, and {MOST_BYTES >> 30} GiB of them",
                hint="drop columns with many categories (--drop NAME), or take a sample of rows",
                where=table.place(None),
            )

    def check_columns(self, table: Table) -> None:
        """Raises DataError where the table lacks one of the columns."""
        for step in self.columns:
            if step.name not in table.cells:
                raise unknown_column(table, step.name, "a column that the model needs")

    def transform(self, table: Table) -> Floats32:
        """The inputs (N, inputs) of the table's rows, in float32, all finite.

        Raises:
            DataError: A column is missing, a numeric column holds text or an infinite number,
                or the inputs would be too large.
        """
        self.check_columns(table)
        self.check_size(table)
        table = read_like(table, self)
        out = np.empty((table.rows, self.inputs), dtype=np.float32)
        first, rest = 0, self.numeric
        for step, width in zip(self.columns, self.widths, strict=True):
            leading, others = step.leading, width - step.leading
            if not others:
                step.fill(table, out[:, first : first + leading])
            elif not leading:
                step.fill(table, out[:, rest : rest + others])
            else:
                own = np.empty((table.rows, width), dtype=np.float32)
                step.fill(table, own)
                out[:, first : first + leading] = own[:, :leading]
                out[:, rest : rest + others] = own[:, leading:]
            first, rest = first + leading, rest + others
        return out

    def unseen(self, table: Table) -> tuple[Note, ...]:
        """Notes about what this table has and the training rows had not."""
        self.check_columns(table)
        known_notes, table = table.notes, read_like(table, self)
        notes = list(table.notes[len(known_notes) :])
        notes += [said for step in self.columns for said in step.unseen(table)]
        known = {step.name for step in self.columns} | set(self.roles)
        known |= {gone.name for gone in self.left_out}
        extra = [name for name in table.names if name not in known]
        if extra:
            names = listed(shown(name) for name in extra)
            notes.append(note("unused_columns", count=len(extra), columns=names))
        return tuple(notes)

    def to_dict(self) -> dict[str, object]:
        """The plan as plain values that JSON can hold exactly."""
        return {
            "columns": [step_to_dict(step) for step in self.columns],
            "left_out": [
                {"what": gone.what, "name": gone.name, "count": gone.count, "why": gone.why}
                for gone in self.left_out
            ],
            "roles": list(self.roles),
            "decimal": self.decimal,
            "thousands": self.thousands,
        }

    @classmethod
    def from_dict(cls, value: object) -> TablePlan:
        """The plan that `to_dict` wrote.

        Raises:
            DataError: It is anything else.
        """
        found = strict.record(value, ("columns", "left_out", "roles"), MARKS)
        steps = tuple(step_from_dict(step) for step in strict.items(found["columns"]))
        gone = tuple(left_out_from_dict(item) for item in strict.items(found["left_out"]))
        plan = cls(steps, gone, strict.texts(found["roles"]), *strict.marks(found))
        names = [step.name for step in steps]
        if not names or len(set(names)) != len(names):
            raise strict.refuse("it has no columns, or one of them twice")
        if plan.inputs > MOST_INPUTS:
            raise strict.refuse("it has too many inputs", plan.inputs)
        return plan

    def __str__(self) -> str:
        rows = [(shown(step.name), step.kind, str(step)) for step in self.columns]
        rows += [(shown(gone.name), say("table.left_out"), gone.why) for gone in self.left_out]
        wide, kind = (max(len(row[part]) for row in rows) for part in (0, 1))
        return "\n".join(f"{a:<{wide}}  {b:<{kind}}  {c}".rstrip() for a, b, c in rows)


def left_out_from_dict(value: object) -> LeftOut:
    """One record of what was left out; DataError where it is none."""
    found = strict.record(value, ("what", "name", "count", "why"))
    if found["what"] not in ("column", "row"):
        raise strict.refuse("a column or row is missing", found["what"])
    name, why = strict.text(found["name"]), strict.text(found["why"])
    return LeftOut(
        "column" if found["what"] == "column" else "row", name, strict.count(found["count"]), why
    )
