"""How good predictions are: one table of metrics, each with a 95 % interval for the rows scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from helder.engine import Purpose, generator
from helder.errors import ArgumentError, listed, pick
from helder.typing import Array, Floats, Integers

Z95 = 1.959963984540054  # 95 % of a normal distribution lie within as many standard deviations
RESAMPLES = 300  # of the rows, for an interval
COUNTS_AT_ONCE = 2**18  # numbers that stay in the cache
IMBALANCED = 3.0  # a largest class this many times the smallest: accuracy alone says too little


@dataclass(frozen=True)
class Metric:
    """A way to score predictions.

    Args:
        name: What it is called.
        task: What it scores, "classification" or "regression".
        greater_is_better: Whether more of it is better.
        many: From true values (N,), predictions (N, C) or (N,), and weights (..., N) to numbers
            (...): one for every row of weights, so that rows drawn again cost little.
        decides: Whether it looks at the class that is decided for, not at probabilities.
        scorer: A person's own scorer, which sees labels as that person wrote them.
    """

    name: str
    task: str
    greater_is_better: bool
    many: Callable[[Array, Floats, Floats], Any]
    decides: bool = False
    scorer: Any = None

    def function(self, y: Array, predicted: Floats, weights: Floats) -> float:
        """The score of predictions (N, C) or (N,) with weights (N,); NaN where it has none."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(self.many(y, predicted, weights))


@dataclass(frozen=True)
class Score:
    """A metric's value on rows that the network has not seen, with its 95 % interval."""

    metric: str
    value: float
    low: float
    high: float


class Lead(NamedTuple):
    """How much better one model is than another on the same rows.

    Attributes:
        value: The mean over the rows of what the other's errors are larger: of classes 1 for each
            wrong one, so that it is a difference in accuracy; of numbers their squared distance in
            variances of the truth, so that it is a difference in R2.
        error: Its standard error, row by row, so that rows hard for both do not blur it.
    """

    value: float
    error: float


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


def accuracy(y: Array, p: Floats, weights: Floats) -> Any:
    return average(np.argmax(p, axis=1) == y, weights)


def balanced_accuracy(y: Array, p: Floats, weights: Floats) -> Any:
    """The mean over the classes that occur of the share that is recognised."""
    hits, there, _ = by_class(y, p, weights)
    return of_those_that_occur(hits / there, there)


def f1(y: Array, p: Floats, weights: Floats) -> Any:
    """The mean over the classes that occur of `2 hits / (rows of it + rows taken for it)`."""
    hits, there, taken = by_class(y, p, weights)
    return of_those_that_occur(2 * hits / (there + taken), there)


def by_class(y: Array, p: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """The weight of each class's rows that are right, that there are, and that are taken for it.

    Each is (..., C).
    """
    taken, C = np.argmax(p, axis=1), p.shape[1]
    hits = summed(np.where(taken == y, y, C), weights, C + 1)[..., :C]
    return hits, summed(y, weights, C), summed(taken, weights, C)


def summed(numbers: Array, weights: Floats, count: int) -> Floats:
    """The weights (..., N) of the rows of each number, (..., count)."""
    rows = weights.reshape(-1, len(numbers))
    sums = [np.bincount(numbers, row, count) for row in rows]
    return np.array(sums, float).reshape(*weights.shape[:-1], count)


def of_those_that_occur(values: Floats, there: Floats) -> Floats:
    """The mean of values (..., C) over the classes with rows, (...); NaN where there are none."""
    occurs = there > 0
    return np.where(occurs, values, 0).sum(axis=-1) / occurs.sum(axis=-1)


def log_loss(y: Array, p: Floats, weights: Floats) -> Any:
    """The mean of -log of what the right class gets, no probability below the smallest step."""
    p = p.astype(float)
    right = p[np.arange(len(p)), y] / p.sum(axis=1)  # (N,), exact again after float32
    least = np.finfo(float).eps
    return average(-np.log(np.clip(right, least, 1 - least)), weights)


def auc(y: Array, p: Floats, weights: Floats) -> Any:
    """Area under the ROC curve; for several classes the mean of one against the rest."""
    labels = [1] if p.shape[1] == 2 else range(p.shape[1])
    areas = np.stack([area(y == label, p[:, label], weights) for label in labels], axis=-1)
    return of_those_that_occur(areas, np.isfinite(areas))


def area(positive: Array, p: Floats, weights: Floats) -> Floats:
    """The share of the pairs, one of them positive, in which that one is the likelier, (...).

    A pair that is alike counts half (Mann & Whitney 1947). NaN where one side has no rows.
    """
    order = np.argsort(p, kind="stable")
    ours, others = order[positive[order]], order[~positive[order]]
    first, last = (np.searchsorted(p[others], p[ours], side) for side in ("left", "right"))
    below = np.zeros((*weights.shape[:-1], len(others) + 1))  # what the others add up to
    np.cumsum(weights.take(others, axis=-1), axis=-1, out=below[..., 1:])
    mine = weights.take(ours, axis=-1)
    pairs = mine * (below.take(first, axis=-1) + below.take(last, axis=-1))  # each twice
    return pairs.sum(axis=-1) / (2 * mine.sum(axis=-1) * below[..., -1])


def r2(y: Array, prediction: Floats, weights: Floats) -> Any:
    """The share of the variance that is explained, (...); of several outputs (N, n) the mean."""
    if len(y) < 2:
        return np.full(weights.shape[:-1], np.nan)
    columns = zip(y.reshape(len(y), -1).T, prediction.reshape(len(y), -1).T, strict=True)
    return np.mean([explained(truth, p, weights) for truth, p in columns], axis=0)


def explained(y: Floats, prediction: Floats, weights: Floats) -> Floats:
    """The same, of one output; of a truth that does not vary all or nothing is explained."""
    centred = y - np.mean(y)  # (N,), so that squares keep their digits
    left = average((y - prediction) ** 2, weights)
    spread = average(centred**2, weights) - average(centred, weights) ** 2
    return np.where(spread > 0, 1 - left / spread, (left == 0).astype(float))


def rmse(y: Array, prediction: Floats, weights: Floats) -> Any:
    return np.sqrt(average((y - prediction) ** 2, weights))


def mae(y: Array, prediction: Floats, weights: Floats) -> Any:
    return average(np.abs(y - prediction), weights)


def average(values: Array, weights: Floats) -> Any:
    """The weighted mean of one value per row (N,), for every row of weights (..., N): (...)."""
    return weights @ values.astype(float) / weights.sum(axis=-1)


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "classification", True, accuracy, True),
        Metric("balanced_accuracy", "classification", True, balanced_accuracy, True),
        Metric("log_loss", "classification", False, log_loss),
        Metric("auc", "classification", True, auc),
        Metric("f1", "classification", True, f1, True),
        Metric("r2", "regression", True, r2),
        Metric("rmse", "regression", False, rmse),
        Metric("mae", "regression", False, mae),
    )
}

OTHERS = "the name of a scikit-learn scorer"  # what else is a metric
USUAL = {"classification": "accuracy", "regression": "r2"}
BESIDE = {"classification": ("balanced_accuracy", "log_loss"), "regression": ("rmse", "mae")}


def metric_named(given: Any, task: str) -> Metric:
    """The metric of this name, or the usual one of the task where there is no name.

    Args:
        given: A name here or of one of scikit-learn's scorers, a scorer, or None.
        task: What is to be scored.

    Raises:
        ArgumentError: There is no such metric, or it scores another task.
    """
    name = USUAL[task] if given is None else given
    if callable(name) or (isinstance(name, str) and name not in METRICS):
        from helder.model.scorers import metric_of, scorer_named

        if callable(name):
            return metric_of(name, task)
        if (scorer := scorer_named(name, task)) is not None:
            return scorer
    metric = pick(name, METRICS, "metric", OTHERS)
    if metric.task != task:
        fitting = [other.name for other in METRICS.values() if other.task == task]
        raise ArgumentError(
            f"this metric does not score a {task}", got=metric.name, accepted=listed(fitting)
        )
    return metric


def check_metric(name: str) -> None:
    """Raises ArgumentError where nothing is measured by this name, whatever the task."""
    if name not in METRICS:
        from helder.model.scorers import is_scorer

        if not is_scorer(name):
            pick(name, METRICS, "metric", OTHERS)


def certain(codes: Integers, C: int) -> Floats:
    """Decisions as probabilities, (N, C), for a metric that looks at nothing else."""
    return np.eye(C)[codes]


def judged(
    metric: Metric,
    y: Array,
    predicted: Floats,
    weights: Floats,
    seed: int,
    decided: Integers | None = None,
) -> Judgement:
    """The metric with its interval, the usual others beside it, and the confusion.

    Args:
        metric: The headline.
        y: Class numbers (N,), or numbers (N,).
        predicted: Probabilities (N, C), or numbers (N,).
        weights: What each row counts, (N,).
        seed: Where the resampling of the interval comes from.
        decided: The classes decided for, (N,), where they are not the likeliest ones.
    """

    def seen(by: Metric) -> Floats:
        if decided is None or not by.decides:
            return predicted
        return certain(decided, predicted.shape[1])

    beside = {
        name: METRICS[name].function(y, seen(METRICS[name]), weights)
        for name in BESIDE[metric.task]
        if name != metric.name
    }
    counts = None
    if metric.task == "classification":
        codes = np.argmax(predicted, axis=1) if decided is None else decided
        counts = confusion(y, codes, predicted.shape[1])
    return Judgement(score(metric, y, seen(metric), weights, seed), beside, counts, len(y))


def lead(y: Array, ours: Floats, theirs: Floats, weights: Floats) -> Lead:
    """How much better our predictions (N, C) or (N,) are than theirs, in pairs of the same row."""
    if ours.ndim == 2:
        gains = (theirs.argmax(axis=1) != y) * 1.0 - (ours.argmax(axis=1) != y)  # (N,)
    else:
        spread = float(average((y - average(y, weights)) ** 2, weights)) or 1.0
        gains = ((theirs - y) ** 2 - (ours - y) ** 2) / spread  # (N,)
    mean, rows = float(average(gains, weights)), weights.sum() ** 2 / (weights**2).sum()
    error = np.sqrt(average((gains - mean) ** 2, weights) / max(rows - 1, 1))
    return Lead(mean, float(error))


def score(metric: Metric, y: Array, predicted: Floats, weights: Floats, seed: int) -> Score:
    """The metric's value with its 95 % interval.

    For accuracy the interval is Wilson's (1927), which holds for few rows and near 100 %; for the
    others it is the range of the middle 95 % over rows drawn again with replacement (Efron 1979).
    """
    value = metric.function(y, predicted, weights)
    if metric.name == "accuracy" and metric.scorer is None:
        low, high = wilson(value, float(weights.sum() ** 2 / (weights**2).sum()))
        return Score(metric.name, value, low, high)
    drawn = resampled(metric, y, predicted, weights, seed)
    finite = drawn[np.isfinite(drawn)]
    low, high = np.quantile(finite, [0.025, 0.975]) if len(finite) else (value, value)
    return Score(metric.name, value, float(low), float(high))


def resampled(metric: Metric, y: Array, predicted: Floats, weights: Floats, seed: int) -> Floats:
    """The metric's values over rows drawn again with replacement, (RESAMPLES,).

    A row that is drawn twice counts twice, so that what follows from the rows alone, such as
    their order by probability, is worked out once for many draws.
    """
    rng, N = generator(seed, 0, Purpose.RESAMPLE), len(y)
    at_once = max(1, COUNTS_AT_ONCE // N)
    values: list[Floats] = []
    for first in range(0, RESAMPLES, at_once):
        draws = range(first, min(first + at_once, RESAMPLES))
        counts = [np.bincount(rng.integers(N, size=N), minlength=N) for _ in draws]
        with np.errstate(invalid="ignore", divide="ignore"):
            values.append(metric.many(y, predicted, np.array(counts) * weights))
    return np.concatenate(values)


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
