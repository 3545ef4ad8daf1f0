"""From what scikit-learn's users pass as X to the inputs of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.typing import Floats, Integers

SPARSE = ("csr", "csc", "coo")  # others are turned into the first of these


@dataclass(frozen=True, eq=False)
class NumberPlan:
    """Columns of numbers, each centred on its mean and divided by its standard deviation."""

    mean: Floats
    std: Floats

    @classmethod
    def fit(cls, X: Floats, rows: Integers) -> NumberPlan:
        """The plan with the statistics of these rows alone."""
        seen = X[rows]
        there = ~np.isnan(seen)
        count = np.maximum(there.sum(axis=0), 1)
        mean = np.where(there, seen, 0).sum(axis=0) / count
        std = np.sqrt(np.where(there, (seen - mean) ** 2, 0).sum(axis=0) / count)
        return cls(mean, np.where(std > 0, std, 1))

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return len(self.mean)

    @property
    def numeric(self) -> int:
        """How many of the inputs, from the first on, are numbers."""
        return len(self.mean)

    def transform(self, X: Floats) -> Floats:
        """The inputs of the rows, (N, inputs), in float32."""
        return np.nan_to_num((X - self.mean) / self.std, nan=0.0).astype(np.float32)


def read_table(estimator: Any, X: Any, *, reset: bool) -> Any:
    """X as a table; `n_features_in_` and `feature_names_in_` are set, or checked.

    Args:
        estimator: Whose attributes they are.
        X: A data frame, an array or a sparse matrix.
        reset: Whether these are the rows that the estimator learns from.
    """
    from sklearn.utils.validation import validate_data

    X = validate_data(
        estimator, X, reset=reset, accept_sparse=SPARSE, dtype=float, ensure_all_finite="allow-nan"
    )
    return X.toarray() if hasattr(X, "toarray") else X


def fit_plan(table: Any, rows: Integers) -> NumberPlan:
    """How the columns become inputs, with the statistics of these rows alone."""
    return NumberPlan.fit(table, rows)
