"""Which class is decided for: the likeliest, or what a threshold or the costs of mistakes say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.core.checking import check_number
from helder.errors import ArgumentError, listed
from helder.learn.folds import Fold
from helder.model.scores import Metric, certain
from helder.typing import Array, Floats, Integers

HALF = 0.5  # of two classes the likelier one
BY_METRIC = "metric"  # the threshold that makes the metric best
TRIED = 100  # thresholds, among the probabilities of the rows of each class


@dataclass(frozen=True, eq=False)
class Decision:
    """From probabilities to classes.

    Attributes:
        threshold: Of two classes the second one is decided for where its probability is above
            this; None for the likeliest class, or where costs decide.
        costs: What it costs to decide for each class (column) where each (row) is true, (C, C);
            the class of least expected cost is decided for.
    """

    threshold: float | None = None
    costs: Floats | None = None

    def codes(self, p: Floats) -> Integers:
        """The number of the class decided for, (N,), given probabilities (N, C)."""
        if self.threshold is not None:
            p = p.astype(float)
            second = p[:, 1] / p.sum(axis=1)  # (N,), exact again after float32
            return (second > self.threshold).astype(np.int64)
        return np.argmax(p, axis=1) if self.costs is None else np.argmin(p @ self.costs, axis=1)


LIKELIEST = Decision()


def decision_of(threshold: Any, costs: Any, classes: Array) -> Decision:
    """What a person chose of how to decide between these classes.

    Args:
        threshold: A number, None, or "metric", which is 0.5 until out-of-fold rows say another.
        costs: By (true, predicted) as a dict of labels, or as an array (C, C); or None.
        classes: The labels, (C,).

    Raises:
        ArgumentError: They cannot be used, with these classes or with each other.
    """
    if threshold is not None and costs is not None:
        raise ArgumentError(
            "costs decide by themselves where the threshold lies",
            got=threshold,
            accepted="threshold or costs",
        )
    if costs is not None:
        table = cost_table(costs, classes)
        return Decision(threshold_of(table)) if len(classes) == 2 else Decision(costs=table)
    if threshold is None:
        return Decision(HALF if len(classes) == 2 else None)
    if len(classes) != 2:
        raise ArgumentError(
            "a threshold divides two classes",
            got=f"{len(classes)} of them",
            accepted="threshold=None",
            hint="costs= decides between any number of classes",
        )
    if isinstance(threshold, str) and threshold == BY_METRIC:
        return Decision(HALF)
    check_number("threshold", threshold, above=0, below=1)
    return Decision(float(threshold))


def cost_table(costs: Any, classes: Array) -> Floats:
    """Costs as an array (C, C); of a dict, what is not named costs 1, and being right 0.

    Raises:
        ArgumentError: A label that is no class, another shape, no numbers, or a mistake that costs
            less than being right.
    """
    C = len(classes)
    if isinstance(costs, Mapping):
        table, number = 1 - np.eye(C), {label: code for code, label in enumerate(classes.tolist())}
        for pair, cost in costs.items():
            if not isinstance(pair, tuple) or len(pair) != 2 or not set(pair) <= set(number):
                raise ArgumentError(
                    "costs are by (true, predicted)", got=pair, accepted=listed(number)
                )
            table[number[pair[0]], number[pair[1]]] = cost
    else:
        table = np.asarray(costs, float)
        if table.shape != (C, C):
            raise ArgumentError(
                "costs have a row for each true class and a column for each predicted one",
                got=table.shape,
                accepted=f"({C}, {C})",
            )
    right = np.diag(table)[:, None]  # (C, 1)
    if not np.isfinite(table).all() or (table < right).any() or not (table > right).any():
        raise ArgumentError(
            "mistakes cost more than being right",
            got=table.tolist(),
            accepted="finite numbers, the smallest of each row where the class is right",
        )
    return table


def threshold_of(costs: Floats) -> float:
    """The probability of the second of two classes above which it is the cheaper one (Elkan 2001).

    Args:
        costs: By true and predicted class, (2, 2).
    """
    false_alarm, miss = costs[0, 1] - costs[0, 0], costs[1, 0] - costs[1, 1]
    return float(false_alarm / (false_alarm + miss))


@dataclass(frozen=True, eq=False)
class Thresholds:
    """Thresholds that out-of-fold rows chose.

    Attributes:
        value: The one that all rows chose.
        by_fold: For each fold the one that the other folds chose, (K,).
    """

    value: float
    by_fold: Floats

    def codes(self, p: Floats, folds: Sequence[Fold]) -> Integers:
        """The class of every row, (N,), each fold by its own threshold: none chose for itself."""
        codes = np.zeros(len(p), np.int64)
        for fold, threshold in zip(folds, self.by_fold, strict=True):
            codes[fold.held_out] = Decision(float(threshold)).codes(p[fold.held_out])
        return codes


def best_thresholds(
    metric: Metric, y: Integers, p: Floats, weights: Floats, folds: Sequence[Fold]
) -> Thresholds:
    """The thresholds that make a metric best; of several alike the one nearest to a half.

    Args:
        metric: A metric of decisions.
        y: Class numbers, (N,).
        p: Out-of-fold probabilities, (N, 2).
        weights: What each row counts, (N,).
        folds: The folds of the rows, (K,).
    """
    counted = np.tile(weights, (len(folds) + 1, 1))  # (K + 1, N), the last one of all rows
    for k, fold in enumerate(folds):
        counted[k, fold.held_out] = 0
    tried = candidates(p[:, 1], y)  # (T,)
    sign = -1 if metric.greater_is_better else 1
    with np.errstate(invalid="ignore", divide="ignore"):
        wrong = sign * np.array(
            [metric.many(y, certain(Decision(t).codes(p), 2), counted) for t in tried]
        )  # (T, K + 1)
    away = np.broadcast_to(np.abs(tried - HALF)[:, None], wrong.shape)
    best = tried[np.lexsort((away, wrong), axis=0)[0]]  # (K + 1,), NaN sorts last
    return Thresholds(float(best[-1]), best[:-1])


def candidates(p: Floats, y: Integers) -> Floats:
    """Thresholds between the probabilities (N,) of the rows of each class, and a half, (T,)."""
    shares = np.linspace(0, 1, TRIED)
    seen = [np.quantile(p[y == label], shares, method="nearest") for label in np.unique(y)]
    places = np.unique(np.concatenate(seen))
    return np.append((places[1:] + places[:-1]) / 2, HALF)
