"""Metrics are scikit-learn's, and their intervals hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from helder.engine import Purpose, generator
from helder.errors import ArgumentError
from helder.model.scores import (
    METRICS,
    RESAMPLES,
    confusion,
    imbalanced,
    judged,
    metric_named,
    resampled,
    score,
    wilson,
)

RNG = np.random.default_rng(0)
Y = RNG.integers(3, size=200)
LOGITS = RNG.normal(size=(200, 3)) + 1.5 * np.eye(3)[Y]
P = (np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)).astype(np.float32)
LABELS = P.argmax(axis=1)
TRUTH = RNG.normal(size=200)
GUESS = TRUTH + RNG.normal(size=200) * 0.5
WEIGHTS = RNG.uniform(0, 3, size=200)


@pytest.mark.parametrize("weights", [np.ones(200), WEIGHTS])
def test_metrics_of_classes_equal_scikit_learns(weights):
    w = {"sample_weight": weights}
    exact = P.astype(float) / P.astype(float).sum(axis=1, keepdims=True)
    areas = [sk.roc_auc_score(label == Y, P[:, label], **w) for label in range(3)]
    expected = {
        "accuracy": sk.accuracy_score(Y, LABELS, **w),
        "balanced_accuracy": sk.balanced_accuracy_score(Y, LABELS, **w),
        "log_loss": sk.log_loss(Y, exact, **w),
        "f1": sk.f1_score(Y, LABELS, average="macro", **w),
        "auc": np.mean(areas),
    }
    for name, value in expected.items():
        assert METRICS[name].function(Y, P, weights) == pytest.approx(value, rel=1e-12), name


def test_the_area_of_rows_that_are_alike_counts_half():
    y, p = (Y > 0).astype(int), np.round(P[:, 1], 1)
    expected = sk.roc_auc_score(y, p, sample_weight=WEIGHTS)
    both = np.column_stack([1 - p, p])
    assert METRICS["auc"].function(y, both, WEIGHTS) == pytest.approx(expected, rel=1e-6)


def test_the_area_of_several_classes_is_one_against_the_rest():
    exact = P.astype(float) / P.astype(float).sum(axis=1, keepdims=True)
    expected = sk.roc_auc_score(Y, exact, multi_class="ovr", average="macro")
    assert METRICS["auc"].function(Y, P, np.ones(200)) == pytest.approx(expected, rel=1e-6)


def test_the_area_of_two_classes_is_that_of_the_second():
    y, p = (Y > 0).astype(int), np.column_stack([P[:, 0], 1 - P[:, 0]])
    expected = sk.roc_auc_score(y, p[:, 1])
    assert METRICS["auc"].function(y, p, np.ones(200)) == pytest.approx(expected)


@pytest.mark.parametrize("weights", [np.ones(200), WEIGHTS])
def test_metrics_of_numbers_equal_scikit_learns(weights):
    w = {"sample_weight": weights}
    expected = {
        "r2": sk.r2_score(TRUTH, GUESS, **w),
        "rmse": sk.root_mean_squared_error(TRUTH, GUESS, **w),
        "mae": sk.mean_absolute_error(TRUTH, GUESS, **w),
    }
    for name, value in expected.items():
        assert METRICS[name].function(TRUTH, GUESS, weights) == pytest.approx(value, rel=1e-12)


def test_a_class_that_does_not_occur_is_no_part_of_a_mean():
    y = np.array([0, 0, 1, 1])
    p = np.eye(3)[[0, 0, 1, 0]].astype(np.float32)
    ones = np.ones(4)
    assert METRICS["balanced_accuracy"].function(y, p, ones) == pytest.approx(0.75)
    assert METRICS["f1"].function(y, p, ones) == pytest.approx((0.8 + 2 / 3) / 2)
    assert np.isfinite(METRICS["log_loss"].function(y, p, ones))


def test_one_class_alone_has_no_area_and_one_row_no_r2():
    assert np.isnan(METRICS["auc"].function(np.zeros(4, int), P[:4], np.ones(4)))
    assert np.isnan(METRICS["r2"].function(TRUTH[:1], GUESS[:1], np.ones(1)))


@pytest.mark.parametrize(
    ("hits", "rows", "low", "high"),  # Newcombe 1998, table I, method 3
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(hits, rows, low, high):
    assert wilson(hits / rows, rows) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.85, 0.97])
def test_wilson_covers_the_truth_19_times_of_20(share):
    hits = np.random.default_rng(2).binomial(80, share, size=4000)
    ends = np.array([wilson(hit / 80, 80) for hit in range(81)])
    covered = (ends[hits, 0] <= share) & (share <= ends[hits, 1])
    assert 0.925 < covered.mean() < 0.98


def test_wilson_stays_between_0_and_1():
    assert wilson(0.0, 5)[0] == 0.0
    assert wilson(1.0, 5)[1] == 1.0
    assert wilson(1.0, 5)[0] > 0.5


def test_the_interval_of_accuracy_is_wilsons_with_rows_counted_by_their_weights():
    value = METRICS["accuracy"].function(Y, P, np.ones(200))
    found = score(METRICS["accuracy"], Y, P, np.ones(200), 0)
    assert (found.low, found.high) == wilson(value, 200)
    half = np.repeat([1.0, 0.0], 100)  # rows of weight zero are no rows
    counted = score(METRICS["accuracy"], Y, P, half, 0)
    alone = score(METRICS["accuracy"], Y[:100], P[:100], np.ones(100), 0)
    assert (counted.value, counted.low, counted.high) == (alone.value, alone.low, alone.high)


@pytest.mark.parametrize("name", [name for name in METRICS if name != "accuracy"])
def test_a_resampled_interval_holds_the_value_and_follows_the_seed(name):
    metric = METRICS[name]
    y, p = (Y, P) if metric.task == "classification" else (TRUTH, GUESS)
    found = score(metric, y, p, np.ones(200), 0)
    assert found.low < found.value < found.high
    if name in ("log_loss", "mae"):
        assert score(metric, y, p, np.ones(200), 0) == found
        other = score(metric, y, p, np.ones(200), 1)
        assert other.value == found.value
        assert other.low != found.low


@pytest.mark.parametrize("weights", [np.ones(60), WEIGHTS[:60]])
@pytest.mark.parametrize("name", [name for name in METRICS if name != "accuracy"])
def test_rows_drawn_again_count_as_if_they_stood_there_again(name, weights):
    metric, rng = METRICS[name], generator(5, 0, Purpose.RESAMPLE)
    alike = np.round(P, 1) + np.float32(0.01)  # many rows of one probability
    y, p = (Y, alike) if metric.task == "classification" else (TRUTH, GUESS)
    y, p = y[:60], p[:60]
    found = resampled(metric, y, p, weights, 5)
    for value in found:
        rows = rng.integers(60, size=60)
        assert value == pytest.approx(metric.function(y[rows], p[rows], weights[rows]), rel=1e-9)
    assert len(found) == RESAMPLES


def test_a_target_that_does_not_vary_is_explained_or_not():
    same, ones = np.full(5, 3.0), np.ones(5)
    assert METRICS["r2"].function(same, same, ones) == sk.r2_score(same, same) == 1.0
    assert METRICS["r2"].function(same, same + 1, ones) == sk.r2_score(same, same + 1) == 0.0


def test_r2_of_several_outputs_is_their_mean():
    truth, guess = np.column_stack([TRUTH, GUESS]), np.column_stack([GUESS, TRUTH**2])
    found = METRICS["r2"].function(truth, guess, WEIGHTS)
    assert found == pytest.approx(sk.r2_score(truth, guess, sample_weight=WEIGHTS), rel=1e-12)


def test_a_resampled_interval_covers_the_truth_most_of_the_time():
    rng = np.random.default_rng(3)
    truth, covered = np.sqrt(2 / np.pi), []  # the mean absolute value of a standard normal
    for seed in range(60):
        errors = rng.normal(size=150)
        found = score(METRICS["mae"], errors, np.zeros(150), np.ones(150), seed)
        covered.append(found.low <= truth <= found.high)
    assert 0.85 < np.mean(covered) <= 1


def test_the_confusion_has_a_row_for_each_true_class():
    assert confusion(Y, LABELS, 3).tolist() == sk.confusion_matrix(Y, LABELS).tolist()
    assert confusion(np.array([0, 0]), np.array([1, 1]), 3).tolist() == [
        [0, 2, 0],
        [0] * 3,
        [0] * 3,
    ]


def test_a_judgement_has_the_usual_metrics_beside_its_own():
    found = judged(METRICS["accuracy"], Y, P, np.ones(200), 0)
    assert set(found.beside) == {"balanced_accuracy", "log_loss"}
    assert found.rows == found.confusion.sum() == 200
    number = judged(METRICS["rmse"], TRUTH, GUESS, np.ones(200), 0)
    assert set(number.beside) == {"mae"}
    assert number.confusion is None


def test_classes_are_imbalanced_from_three_to_one():
    assert imbalanced(np.array([30, 10]))
    assert not imbalanced(np.array([29, 10]))
    assert imbalanced(np.array([5, 0]))


def test_metrics_by_name():
    assert metric_named(None, "classification").name == "accuracy"
    assert metric_named(None, "regression").name == "r2"
    with pytest.raises(ArgumentError, match="does not score a regression"):
        metric_named("auc", "regression")
    with pytest.raises(ArgumentError, match="did you mean 'accuracy'"):
        metric_named("acuracy", "classification")
