"""A trace of one row of a table, through one network of a fitted thing."""

from __future__ import annotations

from helder.model.fitted import Fitted
from helder.model.trace import LEARNING_RATE, Trace, trace
from helder.table import Table
from helder.typing import Array


def trace_row(
    fitted: Fitted, row: Table, *, member: int = 1, learning_rate: float = LEARNING_RATE
) -> Trace:
    """The row through the network, and back where the row has the target.

    Args:
        fitted: The fitted thing.
        row: A table of one row.
        member: Which network, from 1.
        learning_rate: Of the update.

    Raises:
        DataError: A column is missing, or a cell does not fit; or several columns are predicted.
        ArgumentError: There is no such member, or the learning rate cannot be used.
    """
    fitted.check_one_column()
    return trace(
        fitted.net,
        fitted.plan.transform(row),
        target_of(fitted, row),
        member=member,
        learning_rate=learning_rate,
        inputs=fitted.plan.input_names,
        outputs=fitted.classes or (fitted.target.name,),
    )


def target_of(fitted: Fitted, row: Table) -> Array | None:
    """The target of the row as the network sees it, (1,); None where it is not known."""
    if fitted.target.name not in row.cells:
        return None
    values, known = fitted.target.encode(row)
    if not len(known):
        return None
    return values if fitted.scale is None else fitted.scale.standardised(values)
