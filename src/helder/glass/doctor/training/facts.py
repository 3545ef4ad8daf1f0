"""Facts about the rows of a training, which the rules read in place of the rows."""

from __future__ import annotations

import numpy as np

from helder.core.losses import Loss
from helder.glass.doctor.training.case import Inputs, Targets
from helder.typing import Floats

MOST_ROWS = 20_000  # that are looked at
FEW_CODES = 10  # as many different whole numbers, from 0 on, are taken for class numbers
LEVELS = np.linspace(0.05, 0.95, 19)  # of the targets, that a guess is tried at


def inputs_of(X: Floats) -> Inputs | None:
    """How far apart the columns of X (N, n_in) lie; None where all of them are constant."""
    X = some(X).astype(np.float64)
    spread, size = X.std(axis=0), np.sqrt(np.mean(X * X, axis=0))  # (n_in,)
    # A yes or no of which there are few has a small spread, and yet a good scale.
    low, high = X.min(axis=0), X.max(axis=0)
    two = np.all((low == X) | (high == X), axis=0)  # (n_in,)
    among = np.flatnonzero(~two & (spread > 0))
    largest = int(np.argmax(size))
    if not len(among):
        return Inputs(0.0, 0.0, float(size[largest]), (largest + 1,) * 3)
    widest, narrowest = among[np.argmax(spread[among])], among[np.argmin(spread[among])]
    return Inputs(
        float(spread[widest]),
        float(spread[narrowest]),
        float(size[largest]),
        (int(widest) + 1, int(narrowest) + 1, largest + 1),
    )


def targets_of(y: Floats, weights: Floats, loss: Loss) -> Targets:
    """The targets y (N, n_out) as the loss gets them, and what guessing alike would cost."""
    whole = np.array_equal(y, np.round(y))
    distinct = np.unique(y) if whole and y.shape[1] == 1 else y[:0]
    codes = len(distinct) if 2 <= len(distinct) <= FEW_CODES else 0
    if codes and not np.array_equal(distinct, np.arange(codes)):
        codes = 0
    single = whole and y.shape[1] > 1 and y.min() >= 0 and bool((y.sum(axis=1) == 1).all())
    guess = guessing(y, weights, loss)
    return Targets(guess, float(y.min()), float(y.max()), codes, bool(single))


def guessing(y: Floats, weights: Floats, loss: Loss) -> float:
    """The smallest mean loss of one z for all rows, among those that usually are best.

    The mean behind the loss's link, and for losses that seek another place, such as a median, the
    targets' quantiles.
    """
    y, share = y.astype(np.float64), (weights / weights.sum())[:, None]  # (N, n_out), (N, 1)
    mean = np.sum(y * share, axis=0, keepdims=True)  # (1, n_out)
    tried = [behind(mean, loss.link_name)]
    if loss.link_name == "linear":
        tried += list(np.quantile(y, LEVELS, axis=0)[:, None])  # (1, n_out) each
    with np.errstate(all="ignore"):
        costs = [np.sum(loss.value(np.tile(z, (len(y), 1)), y) * share) for z in tried]
    return float(np.nanmin(costs))


def behind(mean: Floats, link: str) -> Floats:
    """The pre-activation that a link turns into this mean."""
    tiny = 1e-12
    if link in ("softmax", "exp"):
        return np.log(np.maximum(mean, tiny))
    if link == "sigmoid":
        p = np.clip(mean, tiny, 1 - tiny)
        return np.log(p / (1 - p))
    return mean


def some(rows: Floats) -> Floats:
    """Rows all over the table, where it has very many."""
    return rows if len(rows) <= MOST_ROWS else rows[:: len(rows) // MOST_ROWS + 1]
