"""What the doctor finds in data, before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence

from helder.glass.doctor.data.case import DataCase
from helder.glass.doctor.data.noted import untold
from helder.glass.doctor.data.rules import RULES
from helder.model.finding import Finding
from helder.table import Column, Note, Table, TargetPlan

__all__ = ["RULES", "DataCase", "findings_in", "untold"]

MOST_ALIKE = 1000  # findings of one rule


def findings_in(
    table: Table,
    columns: Sequence[Column],
    target: TargetPlan | None = None,
    *,
    notes: Sequence[Note] | None = None,
    test: Table | None = None,
) -> tuple[Finding, ...]:
    """What stands out in a table, problems first; of one rule a thousand findings at most.

    Args:
        table: The table.
        columns: What each of its columns holds; their roles say which are inputs.
        target: How its target is read, where one is named.
        notes: What has been said of it already, which findings say again with what to try
            (`untold` keeps the others); None for what table and columns say themselves.
        test: The table that gives the score, where it is another.

    Raises:
        DataError: The target cannot be read.
    """
    if notes is None:
        notes = (*table.notes, *(said for column in columns for said in column.notes))
    case = DataCase(table, tuple(columns), target, tuple(notes), test)
    return tuple(found for rule in RULES for found in rule.findings(case)[:MOST_ALIKE])
