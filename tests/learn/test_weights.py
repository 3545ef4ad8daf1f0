"""How much each row counts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from helder.errors import ArgumentError, ShapeError
from helder.learn.weights import row_weights

LABELS = np.array([0, 0, 0, 0, 1, 1, 2])


def test_rows_count_alike_by_default():
    np.testing.assert_array_equal(row_weights(4, None, None, None), np.ones(4))


def test_balanced_is_scikit_learns():
    by_class = compute_class_weight("balanced", classes=np.arange(3), y=LABELS)
    np.testing.assert_allclose(row_weights(7, None, "balanced", LABELS), by_class[LABELS])


def test_balanced_gives_every_class_the_same_weight_whatever_its_rows_count():
    weights = row_weights(7, [1, 2, 3, 4, 5, 6, 7], "balanced", LABELS)
    np.testing.assert_allclose(np.bincount(LABELS, weights), 28 / 3)


def test_a_class_without_rows_or_without_weight_takes_no_part():
    labels = np.repeat([0, 2], [300, 100])
    weights = row_weights(400, None, "balanced", labels)
    np.testing.assert_allclose(np.bincount(labels, weights), [200, 0, 200])
    silent = row_weights(7, [1, 1, 1, 1, 0, 0, 1], "balanced", LABELS)
    np.testing.assert_allclose(np.bincount(LABELS, silent), [2.5, 0, 2.5])


def test_class_weights_by_number_multiply_the_row_weights():
    weights = row_weights(7, np.arange(1.0, 8), {1: 10, 2: 0}, LABELS)
    np.testing.assert_array_equal(weights, [1, 2, 3, 4, 50, 60, 0])


@pytest.mark.parametrize(
    ("sample_weight", "class_weight", "error", "says"),
    [
        ([1, 2], None, ShapeError, r"one weight per row: got \(2,\)"),
        ([1, 1, 1, 1, 1, 1, -2], None, ArgumentError, "cannot be used: got -2.0"),
        ([1, 1, 1, 1, 1, 1, np.nan], None, ArgumentError, "cannot be used: got nan"),
        ([1, 1, 1, 1, 1, 1, np.inf], None, ArgumentError, "cannot be used: got inf"),
        (["a"] * 7, None, ArgumentError, "sample_weight holds text"),
        ([0] * 7, None, ArgumentError, "all weights are zero"),
        (None, "balance", ArgumentError, "no class_weight has this name: got 'balance'"),
        (None, {0: -1}, ArgumentError, "a class weight cannot be used: got -1"),
        (None, {"bad": 2}, ArgumentError, "is no class number: got 'bad'"),
        (None, {-1: 2}, ArgumentError, "is no class number: got -1"),
    ],
)
def test_weights_that_cannot_be_used_are_said(sample_weight, class_weight, error, says):
    with pytest.raises(error, match=says):
        row_weights(7, sample_weight, class_weight, LABELS)


def test_class_weight_of_a_regression_is_refused(net, rng):
    with pytest.raises(ArgumentError, match="class_weight needs classes"):
        net(outputs=1, output="linear").train(
            rng.normal(size=(5, 2)), np.arange(5.0), class_weight="balanced"
        )


def test_balanced_training_attends_to_the_rare_class(net, rng):
    X = rng.normal(size=(300, 2))
    y = (X[:, 0] + 1.5 * rng.normal(size=300) > 2).astype(int)
    settings = {"learning_rate": 0.05, "epochs": 100, "batch_size": None}
    plain, balanced = net(()), net(())
    plain.train(X, y, **settings)
    balanced.train(X, y, class_weight="balanced", **settings)
    found = [np.mean(made.predict(X)[y == 1]) for made in (plain, balanced)]
    assert found[1] > found[0] + 0.3


def test_a_row_of_weight_two_trains_like_two_rows(net, moons):
    X, y = moons
    settings = {"learning_rate": 0.1, "epochs": 30, "batch_size": None, "optimizer": "momentum"}
    one, other = net(), net()
    weights = 1.0 + (np.arange(120) < 40)
    history = one.train(X, y, sample_weight=weights, **settings)
    repeated = np.repeat(np.arange(120), weights.astype(int))
    expected = other.train(X[repeated], y[repeated], **settings)
    np.testing.assert_allclose(history.losses, expected.losses, rtol=1e-10)
    np.testing.assert_allclose(one.parameters.values, other.parameters.values, rtol=1e-8)
