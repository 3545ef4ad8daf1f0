"""Small problems with a known answer, for the tests of learning."""

from __future__ import annotations

import numpy as np
import pytest

from helder import Architecture, MultilayerPerceptron


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def moons(rng):
    """Two classes that no straight line parts: (X, y) with 120 rows."""
    angle = rng.uniform(0, np.pi, 120)
    y = np.arange(120) % 2
    side = 1 - 2 * y
    X = np.stack([np.cos(angle) * side + y, np.sin(angle) * side + 0.4 * y], axis=1)
    return X + rng.normal(0, 0.1, X.shape), y


@pytest.fixture
def noisy(rng):
    """Classes that are mostly chance, to learn by heart: (X, y, X_val, y_val)."""
    X = rng.normal(size=(80, 5))
    y = (X[:, 0] + 2 * rng.normal(size=80) > 0).astype(int)
    return X[:40], y[:40], X[40:], y[40:]


@pytest.fixture
def net():
    """A small network of two inputs, in float64."""

    def build(hidden=(16,), outputs=2, *, inputs=2, seed=0, dtype=np.float64, **described):
        architecture = Architecture(inputs, hidden, outputs, **described)
        return MultilayerPerceptron(architecture, seed=seed, dtype=dtype)

    return build
