"""Which class is decided for: by a threshold, by costs, and by rows that chose nothing."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from helder.errors import ArgumentError, HelderError
from helder.learn.folds import Fold
from helder.model.scores import METRICS
from helder.model.thresholds import (
    LIKELIEST,
    Decision,
    best_thresholds,
    cost_table,
    decision_of,
    threshold_of,
)

TWO, THREE = np.array(["no", "yes"]), np.array(["a", "b", "c"])


def both(second):
    return np.column_stack([1 - second, second])


def dealt(count, K):
    member = np.arange(count) % K
    return [Fold(np.flatnonzero(member != k), np.flatnonzero(member == k)) for k in range(K)]


def rare(seed, count=600):
    """One row of twenty is positive, and its probability is a little larger: y (N,), p (N, 2)."""
    rng = np.random.default_rng(seed)
    y = (rng.uniform(size=count) < 0.05).astype(int)
    z = rng.normal(size=count) - 3 + 2 * y
    return y, both(1 / (1 + np.exp(-z)))


def test_the_second_class_is_decided_for_above_the_threshold():
    p = both(np.array([0.1, 0.3, 0.30001, 0.9]))
    assert Decision(0.3).codes(p).tolist() == [0, 0, 1, 1]
    assert LIKELIEST.codes(p).tolist() == [0, 0, 0, 1]


def test_the_class_of_least_expected_cost_is_decided_for():
    p = np.array([[0.5, 0.4, 0.1], [0.2, 0.7, 0.1]])
    costs = np.array([[0, 1, 1], [1, 0, 1], [20, 20, 0.0]])  # c must not be missed
    expected = [[np.sum(row * costs[:, j]) for j in range(3)] for row in p]
    assert Decision(costs=costs).codes(p).tolist() == np.argmin(expected, axis=1).tolist() == [2, 2]
    equal = cost_table({}, THREE)
    np.testing.assert_array_equal(Decision(costs=equal).codes(p), LIKELIEST.codes(p))


def test_costs_of_two_classes_are_a_threshold():
    costs = cost_table({("yes", "no"): 9.0}, TWO)
    assert costs.tolist() == [[0, 1], [9, 0]]
    assert threshold_of(costs) == pytest.approx(0.1)
    for table in (costs, np.array([[-2.0, 3.0], [4.0, 1.0]])):
        p = both(np.random.default_rng(0).uniform(size=200))
        by_costs = Decision(costs=table).codes(p)
        np.testing.assert_array_equal(Decision(threshold_of(table)).codes(p), by_costs)


def test_costs_may_be_an_array_or_a_dict_of_any_labels():
    by_label = decision_of(None, {(2, 7): 3, (7, 2): 1}, np.array([2, 7]))
    by_array = decision_of(None, [[0, 3], [1, 0]], np.array([2, 7]))
    assert by_label.threshold == by_array.threshold == 0.75
    assert decision_of(None, np.ones((3, 3)) - np.eye(3), THREE).threshold is None


@pytest.mark.parametrize(
    ("threshold", "costs", "classes", "said"),
    [
        (0.3, [[0, 1], [1, 0]], TWO, "costs decide by themselves"),
        (0.3, None, THREE, "divides two classes"),
        ("metric", None, THREE, "divides two classes"),
        (0, None, TWO, "above 0, below 1"),
        (1.0, None, TWO, "above 0, below 1"),
        ("best", None, TWO, "threshold is no such number"),
        (None, np.eye(2), TWO, "mistakes cost more"),
        (None, np.zeros((2, 2)), TWO, "mistakes cost more"),
        (None, [[0, np.nan], [1, 0]], TWO, "mistakes cost more"),
        (None, np.zeros((2, 2)), THREE, "a row for each true class"),
        (None, {("no", "maybe"): 1}, TWO, "by .true, predicted."),
        (None, {"no": 1}, TWO, "by .true, predicted."),
    ],
)
def test_what_cannot_be_is_an_error_that_says_so(threshold, costs, classes, said):
    with pytest.raises(HelderError, match=said):
        decision_of(threshold, costs, classes)


def test_the_best_threshold_is_the_best_of_all():
    y, p = rare(0)
    found = best_thresholds(METRICS["f1"], y, p, np.ones(600), dealt(600, 4))
    reached = f1_score(y, Decision(found.value).codes(p), average="macro")
    every = [f1_score(y, p[:, 1] > t, average="macro") for t in p[:, 1]]
    assert reached == pytest.approx(max(every), abs=0.01)
    assert reached > f1_score(y, p[:, 1] > 0.5, average="macro") + 0.05


def test_a_fold_does_not_choose_its_own_threshold():
    (y, p), folds = rare(1), dealt(600, 4)
    other = y.copy()
    other[folds[2].held_out] = 1 - y[folds[2].held_out]
    one, two = (
        best_thresholds(METRICS["f1"], labels, p, np.ones(600), folds) for labels in (y, other)
    )
    # The rows of a fold lend their probabilities to what is tried, and their labels to nothing.
    assert one.by_fold[2] == pytest.approx(two.by_fold[2], abs=0.05)
    assert one.value != two.value
    decided = one.codes(p, folds)
    for k, fold in enumerate(folds):
        assert (decided[fold.held_out] == (p[fold.held_out, 1] > one.by_fold[k])).all()


def test_a_threshold_that_noise_chose_scores_like_noise():
    metric, scores = METRICS["balanced_accuracy"], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        y, p = rng.integers(2, size=100), both(rng.uniform(size=100))
        folds = dealt(100, 4)
        codes = best_thresholds(metric, y, p, np.ones(100), folds).codes(p, folds)
        scores.append(metric.function(y, np.eye(2)[codes], np.ones(100)))
    assert np.mean(scores) < 0.51


def test_rows_of_weight_zero_choose_nothing():
    (y, p), weights = rare(2), np.ones(600)
    weights[::3] = 0
    moved = np.where(weights > 0, y, 1 - y)
    one, two = (
        best_thresholds(METRICS["f1"], labels, p, weights, dealt(600, 4)) for labels in (y, moved)
    )
    assert one.value == pytest.approx(two.value, abs=0.05)


def test_where_every_threshold_is_alike_it_is_a_half():
    y, p = np.array([0, 1] * 10), both(np.full(20, 0.4))
    found = best_thresholds(METRICS["accuracy"], y, p, np.ones(20), dealt(20, 4))
    assert found.value == 0.5
    with pytest.raises(ArgumentError):
        decision_of(0.5, {}, TWO)
