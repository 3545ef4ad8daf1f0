"""Softmax and cross-entropy as a lecture states them: functions of arrays, for anyone to call."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helder.core.targets import class_rows, floats
from helder.errors import ArgumentError, ShapeError
from helder.typing import Floats


def softmax(z: npt.ArrayLike) -> Floats:
    """Probabilities from pre-activations: `exp(z) / sum(exp(z))` along the last axis.

    The largest entry of a row is subtracted first, which changes nothing in the quotient and
    keeps every exponent at or below zero.

    Args:
        z: Pre-activations, shape (B, C) or (C,).

    Returns:
        Probabilities of the same shape; each row sums to one.

    Raises:
        ArgumentError: z holds text.

    Source: Bridle 1990; Goodfellow, Bengio & Courville 2016, section 4.1.
    """
    z = floats(z, "z")
    if z.shape[-1:] in ((), (0,)):
        raise ShapeError("z holds no pre-activations", got=z.shape, accepted="(B, C) or (C,)")
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))  # (B, C)
    return e / np.sum(e, axis=-1, keepdims=True)  # (B, C)


def categorical_cross_entropy(p: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """The mean over the rows of `-log(probability of the right class)`.

    Training works from pre-activations instead (`CategoricalCrossEntropy`); this is the formula
    of the lecture, for probabilities that are there already. A probability of zero counts as the
    smallest positive number, so the result is large, not infinite.

    Args:
        p: Probabilities, shape (B, C).
        y: Class numbers, shape (B,), or one-hot rows, shape (B, C).

    Returns:
        The mean loss, in nats.

    Raises:
        ShapeError: p and y do not fit each other.
        ArgumentError: y is no class number, or the rows of p or y do not sum to one.

    Source: Goodfellow, Bengio & Courville 2016, section 6.2.
    """
    p = floats(p, "p")
    if p.ndim != 2 or not p.size:
        raise ShapeError("p holds no rows of probabilities", got=p.shape, accepted="(B, C)")
    if (p < 0).any() or not np.allclose(p.sum(axis=1), 1, atol=1e-3):
        raise ArgumentError(
            "the rows of p are no probabilities",
            got=[float(share) for share in p[0]],
            accepted="rows that are not negative and sum to one",
            hint="softmax(z) makes probabilities of pre-activations",
        )
    y = class_rows(y, p.shape[1])
    if len(y) != len(p):
        raise ShapeError("p and y have different numbers of rows", got=(len(p), len(y)))
    log_p = np.log(np.maximum(p, np.finfo(p.dtype).tiny))  # (B, C)
    return float(-np.sum(y * log_p) / len(y))
