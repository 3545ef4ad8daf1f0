"""How good predictions are: one table of metrics, each with a 95 % interval for the rows scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.engine import Purpose, generator
from helder.errors import ArgumentError, listed, pick
from helder.typing import Array, Floats, Integers

Z95 = 1.959963984540054  # 95 % of a normal distribution lie within as many standard deviations
RESAMPLES = 300  # some metrics take milliseconds each
IMBALANCED = 3.0  # a largest class this many times the smallest: accuracy alone says too little


@dataclass(frozen=True)
class Metric:
    """A way to score predictions.

    Args:
        name: What it is called.
        task: What it scores, "classification" or "regression".
        greater_is_better: Whether more of it is better.
        function: From true values (N,), predictions (N, C) or (N,), and weights (N,) to a number.
    """

    name: str
    task: str
    greater_is_better: bool
    function: Callable[[Array, Floats, Floats], float]


@dataclass(frozen=True)
class Score:
    """A metric's value on rows that the network has not seen, with its 95 % interval."""

    metric: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Judgement:
    """How good predictions are.

    Attributes:
        score: The headline metric with its interval.
        beside: Other metrics, by name.
        confusion: How often each class (row) was taken for each (column), (C, C); None for a
            regression.
        rows: How many rows were scored.
    """

    score: Score
    beside: dict[str, float]
    confusion: Integers | None
    rows: int


def accuracy(y: Array, p: Floats, weights: Floats) -> float:
    return float(np.average(np.argmax(p, axis=1) == y, weights=weights))


def balanced_accuracy(y: Array, p: Floats, weights: Floats) -> float:
    from sklearn.metrics import recall_score

    return float(recall_score(y, np.argmax(p, axis=1), **macro(y, weights)))


def f1(y: Array, p: Floats, weights: Floats) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(y, np.argmax(p, axis=1), **macro(y, weights)))


def macro(y: Array, weights: Floats) -> dict[str, Any]:
    """The mean over the classes that occur, whatever their size."""
    labels = np.unique(y)
    return {"labels": labels, "average": "macro", "sample_weight": weights, "zero_division": 0}


def log_loss(y: Array, p: Floats, weights: Floats) -> float:
    from sklearn.metrics import log_loss as sklearn_log_loss

    p = p.astype(float)
    p /= p.sum(axis=1, keepdims=True)  # (N, C), exact again after float32
    return float(sklearn_log_loss(y, p, labels=np.arange(p.shape[1]), sample_weight=weights))


def auc(y: Array, p: Floats, weights: Floats) -> float:
    """Area under the ROC curve; for several classes the mean of one against the rest."""
    from sklearn.metrics import roc_auc_score

    present = [label for label in range(p.shape[1]) if 0 < np.sum(y == label) < len(y)]
    if not present:
        return float("nan")
    if p.shape[1] == 2:
        present = [1]
    areas = [roc_auc_score(y == label, p[:, label], sample_weight=weights) for label in present]
    return float(np.mean(areas))


def r2(y: Array, prediction: Floats, weights: Floats) -> float:
    from sklearn.metrics import r2_score

    return float(r2_score(y, prediction, sample_weight=weights)) if len(y) > 1 else float("nan")


def rmse(y: Array, prediction: Floats, weights: Floats) -> float:
    return float(np.sqrt(np.average((y - prediction) ** 2, weights=weights)))


def mae(y: Array, prediction: Floats, weights: Floats) -> float:
    return float(np.average(np.abs(y - prediction), weights=weights))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "classification", True, accuracy),
        Metric("balanced_accuracy", "classification", True, balanced_accuracy),
        Metric("log_loss", "classification", False, log_loss),
        Metric("auc", "classification", True, auc),
        Metric("f1", "classification", True, f1),
        Metric("r2", "regression", True, r2),
        Metric("rmse", "regression", False, rmse),
        Metric("mae", "regression", False, mae),
    )
}

USUAL = {"classification": "accuracy", "regression": "r2"}
BESIDE = {"classification": ("balanced_accuracy", "log_loss"), "regression": ("rmse", "mae")}


def metric_named(name: str | None, task: str) -> Metric:
    """The metric of this name, or the usual one of the task where there is no name.

    Raises:
        ArgumentError: There is no such metric, or it scores another task.
    """
    metric = pick(name or USUAL[task], METRICS, "metric")
    if metric.task != task:
        fitting = [other.name for other in METRICS.values() if other.task == task]
        raise ArgumentError(
            f"this metric does not score a {task}", got=metric.name, accepted=listed(fitting)
        )
    return metric


def judged(metric: Metric, y: Array, predicted: Floats, weights: Floats, seed: int) -> Judgement:
    """The metric with its interval, the usual others beside it, and the confusion.

    Args:
        metric: The headline.
        y: Class numbers (N,), or numbers (N,).
        predicted: Probabilities (N, C), or numbers (N,).
        weights: What each row counts, (N,).
        seed: Where the resampling of the interval comes from.
    """
    beside = {
        name: METRICS[name].function(y, predicted, weights)
        for name in BESIDE[metric.task]
        if name != metric.name
    }
    counts = None
    if metric.task == "classification":
        counts = confusion(y, np.argmax(predicted, axis=1), predicted.shape[1])
    return Judgement(score(metric, y, predicted, weights, seed), beside, counts, len(y))


def score(metric: Metric, y: Array, predicted: Floats, weights: Floats, seed: int) -> Score:
    """The metric's value with its 95 % interval.

    For accuracy the interval is Wilson's (1927), which holds for few rows and near 100 %; for the
    others it is the range of the middle 95 % over rows drawn again with replacement (Efron 1979).
    """
    value = metric.function(y, predicted, weights)
    if metric.name == "accuracy":
        low, high = wilson(value, float(weights.sum() ** 2 / (weights**2).sum()))
        return Score(metric.name, value, low, high)
    rng = generator(seed, 0, Purpose.RESAMPLE)
    values = []
    for _ in range(RESAMPLES):
        rows = rng.integers(len(y), size=len(y))
        if weights[rows].any():
            values.append(metric.function(y[rows], predicted[rows], weights[rows]))
    finite = [again for again in values if np.isfinite(again)]
    low, high = np.quantile(finite, [0.025, 0.975]) if finite else (value, value)
    return Score(metric.name, value, float(low), float(high))


def wilson(share: float, rows: float) -> tuple[float, float]:
    """Wilson's 95 % interval for a share seen in so many rows."""
    middle = (share + Z95**2 / (2 * rows)) / (1 + Z95**2 / rows)
    half = Z95 / (1 + Z95**2 / rows) * np.sqrt(share * (1 - share) / rows + (Z95 / rows) ** 2 / 4)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def confusion(y: Array, predicted: Array, classes: int) -> Integers:
    """How often each class (row) was taken for each (column), (C, C)."""
    counts = np.zeros((classes, classes), np.int64)  # (C, C)
    np.add.at(counts, (y, predicted), 1)
    return counts


def imbalanced(counts: Integers) -> bool:
    """Whether accuracy alone would say too little about classes of these sizes."""
    return bool(counts.max() >= IMBALANCED * max(counts.min(), 1))
