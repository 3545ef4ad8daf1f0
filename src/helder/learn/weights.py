"""How much each row counts: sample weights, times the weight of its class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from helder.core.targets import numbers
from helder.errors import ArgumentError, ShapeError
from helder.typing import Floats, Integers

ClassWeight = Mapping[int, float] | str


def row_weights(
    rows: int,
    sample_weight: npt.ArrayLike | None,
    class_weight: ClassWeight | None,
    labels: Integers | None,
) -> Floats:
    """The weight of every row, (rows,), in float64.

    Args:
        rows: How many rows there are.
        sample_weight: What each row counts, (rows,); None for all alike.
        class_weight: What each class number counts, or "balanced": N / (C * rows of the class).
        labels: The class number of each row, (rows,); None where there are no classes.

    Raises:
        ShapeError: There is not one weight per row.
        ArgumentError: A weight is negative or not finite, or all are zero.
    """
    weights = np.ones(rows)  # (N,)
    if sample_weight is not None:
        weights = numbers(sample_weight, "sample_weight").astype(float)
        if weights.shape != (rows,):
            raise ShapeError("one weight per row", got=weights.shape, accepted=f"({rows},)")
        if not np.isfinite(weights).all() or (weights < 0).any():
            bad = weights[~(np.isfinite(weights) & (weights >= 0))][0]
            raise ArgumentError("a weight cannot be used", got=float(bad), accepted="0 and up")
    if class_weight is not None:
        weights = weights * class_weights(class_weight, labels, weights)[labels]
    if not weights.any():
        raise ArgumentError("all weights are zero", hint="give at least one row a weight above 0")
    return weights  # (N,)


def class_weights(chosen: ClassWeight, labels: Integers | None, weights: Floats) -> Floats:
    """The weight of every class number, (C,)."""
    if labels is None:
        raise ArgumentError(
            "class_weight needs classes", accepted="class numbers or one-hot rows as y"
        )
    counts = np.bincount(labels, weights)  # (C,)
    if isinstance(chosen, str):
        if chosen != "balanced":
            raise ArgumentError(
                "no class_weight has this name", got=chosen, accepted='"balanced" or a dict'
            )
        present = counts > 0  # a class whose rows count nothing takes no part
        share = counts.sum() / np.maximum(present.sum(), 1)
        return np.divide(share, counts, out=np.zeros_like(counts), where=present)
    if not isinstance(chosen, Mapping):
        raise ArgumentError(
            "class_weight names each class number with its weight",
            got=chosen,
            accepted='"balanced" or a dict such as {0: 1.0, 1: 5.0}',
        )
    for label in chosen:
        if not isinstance(label, int | np.integer) or label < 0:
            raise ArgumentError("a key of class_weight is no class number", got=label)
    by_class = np.ones(max(len(counts), max(chosen, default=0) + 1))  # (C,)
    for label, weight in chosen.items():
        if not 0 <= weight < np.inf:
            raise ArgumentError("a class weight cannot be used", got=weight, accepted="0 and up")
        by_class[label] = weight
    return by_class
