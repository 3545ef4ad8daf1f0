"""scikit-learn's scorers are metrics: they score what a stand-in predicts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from helder.errors import ArgumentError
from helder.model.scorers import metric_of
from helder.model.scores import metric_named, score

RNG = np.random.default_rng(0)
Y = RNG.integers(2, size=80)
SECOND = np.clip(0.3 * Y + RNG.uniform(0, 0.7, 80), 0, 1)
P = np.column_stack([1 - SECOND, SECOND]).astype(np.float32)
WEIGHTS = RNG.uniform(0.5, 2, 80)
TRUTH = RNG.uniform(1, 3, 80)
GUESS = TRUTH + RNG.uniform(-0.5, 0.5, 80)


@pytest.mark.parametrize("weights", [np.ones(80), WEIGHTS])
def test_a_scorer_of_classes_scores_what_is_given(weights):
    decided = P.argmax(axis=1)
    expected = {
        "precision": sk.precision_score(Y, decided, sample_weight=weights),
        "average_precision": sk.average_precision_score(Y, SECOND, sample_weight=weights),
        "matthews_corrcoef": sk.matthews_corrcoef(Y, decided, sample_weight=weights),
        "neg_brier_score": -sk.brier_score_loss(Y, SECOND, sample_weight=weights),
    }
    for name, value in expected.items():
        metric = metric_named(name, "classification")
        assert metric.function(Y, P, weights) == pytest.approx(value, rel=1e-5), name
        assert metric.name == name
        assert metric.greater_is_better
        assert metric.decides == (name in ("precision", "matthews_corrcoef"))


@pytest.mark.parametrize("weights", [np.ones(80), WEIGHTS])
def test_a_scorer_of_numbers_scores_what_is_given(weights):
    metric = metric_named("neg_mean_absolute_percentage_error", "regression")
    expected = -sk.mean_absolute_percentage_error(TRUTH, GUESS, sample_weight=weights)
    assert metric.function(TRUTH, GUESS, weights) == pytest.approx(expected)
    found = score(metric, TRUTH, GUESS, weights, 0)
    assert found.low < found.value < found.high


def test_a_person_s_own_scorer_sees_the_labels_and_the_predictions():
    def gain(estimator, X, y):
        return 3 * np.sum((estimator.predict(X) == "yes") & (y == "yes")) / len(y)

    metric = metric_of(gain, "classification", np.array(["no", "yes"]))
    assert metric.name == "gain"
    hits = np.sum((P.argmax(axis=1) == 1) & (Y == 1))
    assert metric.function(Y, P, np.ones(80)) == pytest.approx(3 * hits / 80)
    twice = metric.function(Y, P, 1.0 + (Y == 1))  # a row that counts twice stands there twice
    assert twice == pytest.approx(6 * hits / (80 + Y.sum()))
    with pytest.raises(ArgumentError, match="takes none"):
        metric.function(Y, P, WEIGHTS)


def test_a_scorer_made_of_a_function_has_its_name():
    made = metric_named(sk.make_scorer(sk.fbeta_score, beta=2), "classification")
    assert made.name == "fbeta_score"
    assert made.decides
    expected = sk.fbeta_score(Y, P.argmax(axis=1), beta=2)
    assert made.function(Y, P, np.ones(80)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "task"),
    [("precision", "regression"), ("neg_mean_squared_error", "classification")],
)
def test_a_scorer_of_the_other_task_is_refused(name, task):
    with pytest.raises(ArgumentError, match=f"does not score a {task}"):
        metric_named(name, task)


def test_a_name_that_nobody_knows_is_refused():
    with pytest.raises(ArgumentError, match="scikit-learn scorer"):
        metric_named("precission", "classification")
    with pytest.raises(ArgumentError, match="no metric"):
        metric_named(3, "classification")
