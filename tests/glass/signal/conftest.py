"""Problems for the signal to judge."""

from __future__ import annotations

import numpy as np
import pytest

from helder.core.losses import CategoricalCrossEntropy, MeanSquaredError
from helder.learn import Rows
from helder.model.problem import Problem


def as_problem(X, y, weights=None):
    """The rows as a problem: whole numbers are classes."""
    weights = np.ones(len(X)) if weights is None else weights
    if y.dtype.kind == "i":
        return Problem(Rows(X, np.eye(y.max() + 1)[y], weights), CategoricalCrossEntropy())
    return Problem(Rows(X, y[:, None], weights), MeanSquaredError())


@pytest.fixture
def problem():
    return as_problem
