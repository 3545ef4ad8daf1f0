"""Whether there is anything to learn."""

from __future__ import annotations

import json

import numpy as np

from helder.core.losses import CategoricalCrossEntropy, MeanSquaredError
from helder.glass.signal import signal
from helder.learn import Rows
from helder.model.problem import Problem


def classes_of(numbers, count):
    """Class numbers as the loss wants them, (N, C)."""
    return np.eye(count)[numbers]


def problem(X, y):
    """Rows that all count alike; whole numbers are classes."""
    if y.dtype.kind == "i":
        return Problem(
            Rows(X, classes_of(y, y.max() + 1), np.ones(len(X))), CategoricalCrossEntropy()
        )
    return Problem(Rows(X, y[:, None], np.ones(len(X))), MeanSquaredError())


def test_columns_that_tell_the_classes_are_a_signal():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((150, 4))
    verdict = signal(problem(X, (X[:, 0] > 0).astype(int)))
    assert verdict.signal == "signal"
    assert verdict.p_value <= 0.05
    assert json.loads(json.dumps(verdict.evidence)) == verdict.evidence


def test_noise_is_no_signal():
    rng = np.random.default_rng(1)
    verdict = signal(problem(rng.standard_normal((150, 4)), rng.standard_normal(150)))
    assert verdict.signal in ("no signal found", "cannot tell")
    assert verdict.p_value > 0.05
    assert verdict.evidence["power"]["effect"] == 0.1
