"""From what scikit-learn's users pass as X to the inputs of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.utils.validation import validate_data

from helder.table import Table, TablePlan, describe_frame, table_of
from helder.table.frames import frame_in
from helder.table.steps import Fit, Rows


@dataclass(frozen=True)
class Columns:
    """The columns of X in the first fit, by which every later X is read.

    Attributes:
        names: What they are called, in order.
        among_others: Whether a frame may hold others beside them, in any order; so it is for a
            network that learnt from a file, which has its target and more.
    """

    names: tuple[str, ...]
    among_others: bool = False

    def chosen(self, X: Any) -> Any:
        """X without other columns; as it is where it has no names or lacks one of them."""
        if not self.among_others or isinstance(X, np.ndarray | list | tuple):
            return X
        frame = frame_in(X)
        written = {} if frame is None else {str(name).strip(): name for name in frame.columns}
        if frame is None or not set(self.names) <= set(written):
            return X
        found = frame.select([written[name] for name in self.names])
        return nw.to_native(found, pass_through=True)


def read_table(estimator: Any, X: Any, columns: Columns | None) -> Table:
    """X as a table; `n_features_in_` and `feature_names_in_` are set, or checked.

    Args:
        estimator: Whose attributes they are.
        X: A data frame, an array, a sparse matrix or a list of lists.
        columns: The columns in the first fit; None where this is it. scikit-learn sees to it that
            those of X are these and stand in that order, so what has no names of its own gets
            these.

    Raises:
        DataError: X cannot be read.
        ValueError: Other columns than in the first fit.
    """
    X = X if columns is None else columns.chosen(X)
    table = table_of(X)
    validate_data(estimator, X, reset=columns is None, skip_check_array=True)
    return table if columns is None else renamed(table, columns.names)


def names_of(y: Any, count: int) -> tuple[str, ...]:
    """The names of the columns of y; "y", or "y1", "y2", ..., where they have none."""
    names = getattr(y, "columns", None)
    if names is None:
        names = [getattr(y, "name", None)]
    found = tuple(name.strip() for name in names if isinstance(name, str) and name.strip())
    if len(found) == count:
        return found
    return ("y",) if count == 1 else tuple(f"y{number}" for number in range(1, count + 1))


def renamed(table: Table, names: Sequence[str]) -> Table:
    """The table with other names of its columns, in the same order."""
    new = dict(zip(table.names, names, strict=True))
    return replace(
        table,
        names=tuple(names),
        cells={new[name]: cells for name, cells in table.cells.items()},
        declared={new[name]: says for name, says in table.declared.items()},
    )


def fit_plan(
    table: Table, rows: Rows, steps: Mapping[str, Fit], targets: Sequence[str]
) -> TablePlan:
    """How the columns become inputs, with the statistics of these rows alone.

    A table in which nothing varies, such as a single row, keeps all its columns: its networks
    learn a constant. To a plan that knows the target's columns, a table that has them is no
    surprise.
    """
    columns = describe_frame(table)
    if all(column.left_out for column in columns):
        columns = describe_frame(table, keep=table.names)
    plan = TablePlan.fit(table, columns, rows, steps)
    return replace(plan, roles=tuple(name for name in targets if name not in table.names))
