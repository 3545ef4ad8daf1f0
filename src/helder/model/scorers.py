"""From a scikit-learn scorer to a metric: it asks an estimator that answers what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.metrics import get_scorer, get_scorer_names

from helder.errors import ArgumentError
from helder.model.scores import Metric
from helder.typing import Array, Floats

Scorer = Callable[..., float]  # of an estimator, X, y, and perhaps sample_weight

# How the names of scikit-learn's scorers of numbers begin; all others are of classes.
OF_NUMBERS = ("d2_absolute", "explained", "neg_m", "neg_root", "r2")
MOST_COPIES = 4  # rows that stand for weights, as a multiple of the rows there are


class Given(BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """An estimator whose X are predictions: it passes them on."""

    def predict(self, X: Floats) -> Array:
        return X


class GivenNumbers(RegressorMixin, Given):  # type: ignore[misc]
    """Predicts the numbers (N,) that it is given."""


class GivenClasses(ClassifierMixin, Given):  # type: ignore[misc]
    """Predicts classes with the probabilities (N, C) that it is given."""

    def __init__(self, classes: Array) -> None:
        self.classes_ = classes

    def predict(self, X: Floats) -> Array:
        return self.classes_[np.argmax(X, axis=1)]

    def predict_proba(self, X: Floats) -> Floats:
        X = X.astype(float)
        return X / X.sum(axis=1, keepdims=True)  # (N, C), exact again after float32


def is_scorer(name: str) -> bool:
    """Whether scikit-learn has a scorer of this name."""
    return name in get_scorer_names()


def scorer_named(name: str, task: str) -> Metric | None:
    """The metric behind scikit-learn's scorer of this name; None where there is none.

    It sees the numbers of classes, so that of two the second one is the positive one.

    Raises:
        ArgumentError: The scorer is of another task.
    """
    if not is_scorer(name):
        return None
    if (task == "regression") != name.startswith(OF_NUMBERS):
        raise ArgumentError(f"this metric does not score a {task}", got=name)
    return replace(metric_of(get_scorer(name), task), name=name, scorer=None)


def metric_of(scorer: Scorer, task: str, classes: Array | None = None) -> Metric:
    """A scorer as a metric.

    Args:
        scorer: From an estimator, X, y, and where rows weigh differently `sample_weight`, to a
            number, greater is better. X are the predictions, since the metric has nothing else.
        task: "classification" or "regression".
        classes: The labels that it sees, (C,); None for their numbers.
    """

    def many(y: Array, predicted: Floats, weights: Floats) -> Any:
        rows = weights.reshape(-1, len(y))
        values = [one(y, predicted, counted) for counted in rows]
        return np.reshape(values, weights.shape[:-1])

    def one(y: Array, predicted: Floats, weights: Floats) -> float:
        if task == "regression":
            return asked(scorer, GivenNumbers(), predicted, y, weights)
        labels = np.arange(predicted.shape[1]) if classes is None else classes
        predicted = predicted[:, : len(labels)]
        return asked(scorer, GivenClasses(labels), predicted, labels[y], weights)

    decides = task == "classification" and getattr(scorer, "_response_method", "") == "predict"
    function = getattr(scorer, "_score_func", scorer)  # where make_scorer made it
    name = getattr(function, "__name__", type(function).__name__)
    return Metric(name, task, True, many, decides, scorer)


def asked(scorer: Scorer, given: Given, predicted: Floats, y: Array, weights: Floats) -> float:
    """What a scorer says; a row that counts several times is there so often.

    Raises:
        ArgumentError: Rows weigh differently, and the scorer takes no weights.
    """
    counts = weights.astype(int)
    if (counts == weights).all() and 0 < counts.sum() <= MOST_COPIES * len(y):
        rows = np.repeat(np.arange(len(y)), counts)
        return float(scorer(given, predicted[rows], y[rows]))
    try:
        return float(scorer(given, predicted, y, sample_weight=weights))
    except TypeError as error:
        raise ArgumentError(
            "rows have weights, and this scorer takes none",
            got=scorer,
            accepted="scorer(estimator, X, y, sample_weight=None)",
        ) from error
