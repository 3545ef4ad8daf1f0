"""From what scikit-learn's users pass as X to the inputs of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sklearn.utils.validation import validate_data

from helder.table import Table, TablePlan, describe_frame, table_of
from helder.table.steps import Fit, Rows


def read_table(estimator: Any, X: Any, names: Sequence[str] | None) -> Table:
    """X as a table; `n_features_in_` and `feature_names_in_` are set, or checked.

    Args:
        estimator: Whose attributes they are.
        X: A data frame, an array, a sparse matrix or a list of lists.
        names: The names of the columns in the first fit; None where this is it. scikit-learn has
            seen to it that the columns are those and stand in that order, so what has no names of
            its own gets these.

    Raises:
        DataError: X cannot be read.
        ValueError: Other columns than in the first fit.
    """
    table = table_of(X)
    validate_data(estimator, X, reset=names is None, skip_check_array=True)
    return table if names is None else renamed(table, names)


def renamed(table: Table, names: Sequence[str]) -> Table:
    """The table with other names of its columns, in the same order."""
    new = dict(zip(table.names, names, strict=True))
    return replace(
        table,
        names=tuple(names),
        cells={new[name]: cells for name, cells in table.cells.items()},
        declared={new[name]: says for name, says in table.declared.items()},
    )


def fit_plan(table: Table, rows: Rows, steps: Mapping[str, Fit]) -> TablePlan:
    """How the columns become inputs, with the statistics of these rows alone.

    A table in which nothing varies, such as a single row, keeps all its columns: its networks
    learn a constant.
    """
    columns = describe_frame(table)
    if all(column.left_out for column in columns):
        columns = describe_frame(table, keep=table.names)
    return TablePlan.fit(table, columns, rows, steps)
