"""From what scikit-learn's users pass as y to what a loss wants, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helder.core.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, MeanSquaredError
from helder.core.targets import one_hot
from helder.errors import ArgumentError, ShapeError, listed
from helder.learn.folds import Fold
from helder.learn.judging import Judge
from helder.model.judging import judge_by
from helder.model.scale import Scale
from helder.model.scorers import metric_of
from helder.model.scores import Metric, average
from helder.typing import Array, Floats, Integers


@dataclass(frozen=True, eq=False)
class Classes:
    """One class of several for each row.

    Args:
        classes: Their labels, sorted, (C,).
    """

    classes: Array
    task = "classification"

    @property
    def loss(self) -> Loss:
        """Softmax with cross-entropy."""
        return CategoricalCrossEntropy()

    def codes(self, y: Array) -> Integers:
        """The class number of every label, (N,).

        Raises:
            ArgumentError: A label that is no class.
        """
        number = {label: code for code, label in enumerate(self.classes.tolist())}
        codes = np.array([number.get(label, -1) for label in y.tolist()], np.int64)  # (N,)
        if (codes < 0).any():
            raise ArgumentError(
                "y holds a label that is none of the classes",
                got=y[codes < 0][0],
                accepted=listed(number),
                hint="classes= of the first partial_fit names all that there will be",
            )
        return codes

    def encode(self, y: Array) -> Floats:
        """One-hot rows, (N, outputs). A softmax has two outputs at least: one class gets a second.

        The second one is never right, so it is never predicted.
        """
        return one_hot(self.codes(y), max(len(self.classes), 2)).astype(np.float32)

    def strata(self, y: Array) -> Integers | None:
        """What every fold shall have its share of, (N,)."""
        return self.codes(y)

    def decode(self, p: Floats) -> Array:
        """The label of the likeliest class of every row, (N,)."""
        return self.classes[np.argmax(p[:, : len(self.classes)], axis=1)]

    def probabilities(self, p: Floats) -> Floats:
        """Those of the classes that there are, (N, C), summing to one in float64."""
        p = p[:, : len(self.classes)].astype(float)
        return p / p.sum(axis=1, keepdims=True)

    def metric(self, metric: Metric) -> Metric:
        """The metric as it stands; a person's own scorer sees the labels."""
        return metric_of(metric.scorer, self.task, self.classes) if metric.scorer else metric

    def judge(self, metric: Metric) -> Judge:
        """The judge that goes by the metric."""
        return judge_by(self.metric(metric), lambda y: np.argmax(y, axis=1), self.loss.link)


@dataclass(frozen=True, eq=False)
class Labels:
    """Yes or no for each of several labels."""

    count: int
    task = "classification"

    @property
    def classes(self) -> Array:
        """The numbers of the labels, as scikit-learn's own networks name them."""
        return np.arange(self.count)

    @property
    def loss(self) -> Loss:
        """Sigmoid with cross-entropy."""
        return BinaryCrossEntropy()

    def encode(self, y: Array) -> Floats:
        """0 or 1, (N, outputs)."""
        return columns(y, self.count)

    def strata(self, y: Array) -> Integers | None:
        """Labels have no classes that folds could share."""
        return None

    def decode(self, p: Floats) -> Array:
        """0 or 1, (N, outputs)."""
        return (p > 0.5).astype(np.int64)

    def probabilities(self, p: Floats) -> Floats:
        """The probability of each label, (N, outputs)."""
        return p.astype(float)

    def metric(self, metric: Metric) -> Metric:
        """Accuracy is that of whole rows, any other metric the mean over the labels."""
        if metric.name == "accuracy":
            return replace(metric, many=whole_rows)

        def mean(y: Array, p: Floats, weights: Floats) -> Any:
            two = np.stack([1 - p, p], axis=2)  # (N, outputs, 2)
            each = [metric.many(y[:, j], two[:, j], weights) for j in range(self.count)]
            return np.mean(each, axis=0)

        return replace(metric, many=mean)

    def judge(self, metric: Metric) -> Judge:
        """The judge that goes by the metric."""
        return judge_by(self.metric(metric), lambda y: y.astype(np.int64), self.loss.link)


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers, which the network sees with mean 0 and standard deviation 1.

    Args:
        scales: Of each output, (n_out,).
        flat: Whether y was (N,), and so predictions are.
    """

    scales: tuple[Scale, ...]
    flat: bool
    task = "regression"

    @classmethod
    def of(cls, y: Array, weights: Floats, *, clamps: bool) -> Numbers:
        """The scales of the rows that count."""
        rows = columns(y, 1 if y.ndim == 1 else y.shape[1], float)  # (N, n_out)
        return cls(tuple(Scale.of(one, weights, clamps=clamps) for one in rows.T), y.ndim == 1)

    def widened(self, y: Array, weights: Floats) -> Numbers:
        """With limits that hold these rows too."""
        rows = columns(y, len(self.scales), float)
        return replace(
            self,
            scales=tuple(
                scale.widened(one, weights) for scale, one in zip(self.scales, rows.T, strict=True)
            ),
        )

    @property
    def std(self) -> Floats:
        """Of each output, (n_out,)."""
        return np.array([scale.std for scale in self.scales])

    @property
    def loss(self) -> Loss:
        """Squared error."""
        return MeanSquaredError()

    def encode(self, y: Array) -> Floats:
        """Standardised, (N, n_out)."""
        rows = columns(y, len(self.scales), float).T  # (n_out, N)
        found = [scale.standardised(one) for scale, one in zip(self.scales, rows, strict=True)]
        return np.stack(found, axis=1).astype(np.float32)

    def strata(self, y: Array) -> Integers | None:
        """Numbers have no classes that folds could share."""
        return None

    def in_units(self, z: Floats) -> Floats:
        """What the network says, (N, n_out), in the units of y."""
        found = [scale.in_units(one) for scale, one in zip(self.scales, z.T, strict=True)]
        return np.stack(found, axis=1)

    def out_of_fold(self, z: Floats, y: Array, weights: Floats, folds: Sequence[Fold]) -> Floats:
        """The same of out-of-fold rows; what a fold's own rows are bounds nothing."""
        rows = columns(y, len(self.scales), float).T  # (n_out, N)
        each = zip(self.scales, z.T, rows, strict=True)
        found = [scale.out_of_fold(one, truth, weights, folds) for scale, one, truth in each]
        return np.stack(found, axis=1)

    def decode(self, p: Floats) -> Array:
        """The same in the shape of y: (N,) or (N, n_out)."""
        values = self.in_units(p)
        return values[:, 0] if self.flat else values

    def metric(self, metric: Metric) -> Metric:
        """The metric for one output, and the mean over several."""
        if self.flat or metric.name == "r2":  # which takes several by itself
            return metric

        def mean(y: Array, p: Floats, weights: Floats) -> Any:
            each = [metric.many(y[:, j], p[:, j], weights) for j in range(len(self.scales))]
            return np.mean(each, axis=0)

        return replace(metric, many=mean)

    def judge(self, metric: Metric) -> Judge:
        """The judge that goes by the metric, in the units of y."""
        bare = replace(self, scales=tuple(one._replace(limits=None) for one in self.scales))
        return judge_by(self.metric(metric), bare.decode, self.decode)  # truth knows no limits


Target = Classes | Labels | Numbers


def whole_rows(y: Array, p: Floats, weights: Floats) -> Any:
    """The share of the rows whose labels are all right."""
    return average(((p > 0.5) == y).all(axis=1), weights)


def columns(y: Array, outputs: int, dtype: Any = np.float32) -> Floats:
    """y (N,) or (N, outputs) as (N, outputs).

    Raises:
        ShapeError: It has another number of columns.
    """
    rows = y[:, None] if y.ndim == 1 else y
    if rows.shape[1] != outputs:
        raise ShapeError(
            "y has another number of columns than in the first fit",
            got=rows.shape[1],
            accepted=str(outputs),
        )
    return rows.astype(dtype)
