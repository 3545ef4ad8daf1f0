"""Small tables, and estimators that are quick to fit."""

from __future__ import annotations

import numpy as np
import pytest

from helder import MLPClassifier, MLPRegressor

QUICK = {"hidden": (16,), "epochs": 30, "learning_rate": 0.01, "batch_size": 32, "random_state": 0}


@pytest.fixture
def classifier():
    """Makes a classifier that is quick to fit, with four members."""
    return lambda **chosen: MLPClassifier(**{"members": 4, **QUICK, **chosen})


@pytest.fixture
def regressor():
    """Makes a regressor that is quick to fit, with four members."""
    return lambda **chosen: MLPRegressor(**{"members": 4, "metric": "rmse", **QUICK, **chosen})


@pytest.fixture(scope="session")
def blobs():
    """Three classes as text that overlap a little: X (400, 4), y (400,)."""
    rng = np.random.default_rng(0)
    codes = rng.integers(3, size=400)
    centres = rng.normal(size=(3, 4))
    X = centres[codes] + 0.8 * rng.normal(size=(400, 4))
    return X, np.array(["cat", "dog", "elk"])[codes]


@pytest.fixture(scope="session")
def waves():
    """A number that follows from two of three columns, with noise: X (400, 3), y (400,)."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(400, 3))
    return X, 100 + 20 * np.sin(X[:, 0]) + 10 * X[:, 1] + 4 * rng.normal(size=400)
