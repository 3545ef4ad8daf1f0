"""What rows count when targets change places: weights of classes go with them, others stay."""

from __future__ import annotations

import numpy as np

from helder.core.losses import CategoricalCrossEntropy, MeanSquaredError
from helder.engine import Rows
from helder.glass.signal import signal
from helder.glass.signal.screens import Screens, targets_of
from helder.glass.signal.testing import p_value, statistic
from helder.glass.signal.weighing import Weighing

SETS = 40


def test_weights_that_go_with_a_column_are_no_signal():
    called = 0
    for seed in range(SETS):
        rng = np.random.default_rng(seed)
        X, y = rng.standard_normal((200, 4)), np.eye(2)[rng.integers(2, size=200)]
        rows = Rows(X, y, np.exp(X[:, 0] ** 2 / 2).clip(0, 50))
        orders = [np.arange(200), *(rng.permutation(200) for _ in range(99))]
        table = Screens.of(X, rng).shared(targets_of(rows, CategoricalCrossEntropy()), orders)
        called += p_value(statistic(table)) <= 0.05
    assert called <= 5  # 16 where weights move along with the targets


def test_what_only_counted_rows_tell_is_a_signal(problem):
    """A table of counts: every combination stands there once, and says how often it came."""
    rng = np.random.default_rng(0)
    X = np.repeat(rng.standard_normal((60, 2)), 2, axis=0)
    y = np.tile([0, 1], 60)
    counts = np.where((X[:, 0] > 0) == y, 30.0, 10.0)
    assert signal(problem(X, y, counts)).signal == "signal"


def test_a_weight_of_a_class_goes_with_the_class_and_another_stays_with_its_row():
    y = np.eye(2)[[0, 0, 0, 1]]
    order = np.array([3, 0, 1, 2])
    balanced = Weighing.of(Rows(y, y, np.array([1.0, 1, 1, 3])), CategoricalCrossEntropy())
    assert balanced.under(order).tolist() == (np.array([3.0, 1, 1, 1]) / 1.5).tolist()
    survey = np.array([1.0, 2, 3, 2])
    assert np.allclose(
        Weighing.of(Rows(y, y, survey), CategoricalCrossEntropy()).under(order), survey / 2
    )
    numbers = Weighing.of(Rows(y, y[:, :1], survey), MeanSquaredError())
    assert np.allclose(numbers.under(order), survey / 2)


def test_under_every_labelling_weighted_targets_have_mean_0():
    rng = np.random.default_rng(0)
    rows = Rows(np.ones((50, 1)), np.eye(3)[rng.integers(3, size=50)], rng.random(50) + 0.1)
    orders = np.stack([np.arange(50), rng.integers(50, size=50)], axis=1)
    under = targets_of(rows, CategoricalCrossEntropy()).under(orders)
    assert under.shape == (50, 2, 3)
    assert np.allclose(under.sum(axis=0), 0, atol=1e-3)
