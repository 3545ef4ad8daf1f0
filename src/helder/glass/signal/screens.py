"""Screens: what targets share with single columns, with their sums and their pairs, by formula.

None of them is trained, so thousands of labellings cost as much as a few networks: each is a set of
directions A over the rows, (N, P), and what targets share with a direction is `(A'y)^2 / N`. A weak
signal shows there before a network can use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helder.core.losses import Loss
from helder.engine import Rows
from helder.glass.signal.weighing import Targets, Weighing
from helder.typing import Array, Floats, Integers

RIDGE = 0.1  # of the rows: how strongly a sum of columns is held back
RAREST = 5  # rows, at least, in which a column must differ from its usual value
MOST_INPUTS = 300  # in a sum; more are mixed at random into so many
MOST_DIRECTIONS = 4e6  # numbers in the pairs of columns, rows times pairs
AT_ONCE = 2e7  # numbers of targets that are held at once, or of what they share with directions
NAMES = ("columns", "sums", "pairs")


@dataclass(frozen=True, eq=False)
class Screens:
    """Directions over the rows, each column of mean 0.

    Attributes:
        columns: Each input as it is, by rank, and by the square of the rank, (N, P).
        sums: The principal directions of all inputs, held back as a ridge holds them, (N, Q).
        pairs: Products of two inputs' ranks, (N, R); of many inputs some pairs drawn at random.
    """

    columns: Floats
    sums: Floats
    pairs: Floats

    @classmethod
    def of(cls, X: Floats, rng: np.random.Generator) -> Screens:
        """The directions of inputs, (N, n_in)."""
        varied = X[:, often_varied(X)]
        by_rank = standard(2 * ranks(varied) - 1)  # (N, n)
        by_itself = np.concatenate([standard(varied), by_rank, standard(by_rank**2)], axis=1)
        return cls(by_itself, held_back(standard(X), rng), paired(by_rank, rng))

    def shared(self, targets: Targets, labellings: Sequence[Integers]) -> Floats:
        """What each labelling shares with each screen, (L, 3).

        Args:
            targets: Of the rows.
            labellings: Orders of the targets, (N,) each.
        """
        rows, C = targets.values.shape
        most = max(rows, *(one.shape[1] for one in (self.columns, self.sums, self.pairs)))
        some = max(1, int(AT_ONCE // (most * C)))
        parts = [
            self._shared(targets.under(np.stack(labellings[first : first + some], axis=1)))
            for first in range(0, len(labellings), some)
        ]
        return np.concatenate(parts)

    def _shared(self, y: Floats) -> Floats:
        total = np.maximum(np.sum(y**2, axis=(0, 2)), 1e-12)  # (L,), of y (N, L, C)
        found = (largest(self.columns, y), np.sum(of(self.sums, y), axis=0), largest(self.pairs, y))
        return np.stack(found, axis=1) / total[:, None]


def of(directions: Floats, y: Floats) -> Floats:
    """What targets (N, L, C) share with directions (N, P), over all their numbers, (P, L)."""
    products = directions.T @ y.reshape(len(y), -1)  # (P, L C)
    shared: Array = np.sum(products.reshape(len(products), *y.shape[1:]) ** 2, axis=2)
    return shared


def largest(directions: Floats, y: Floats) -> Floats:
    """What targets share with that direction that says the most, (L,)."""
    return of(directions, y).max(axis=0, initial=0.0)


def targets_of(rows: Rows, loss: Loss) -> Targets:
    """Numbers for the target of each row, and what it counts.

    Classes count alike, as in the analysis of variance: what is rare is as much worth knowing.
    Numbers are replaced by their normal scores, so that one outlier does not decide.
    """
    y: Floats = rows.y.astype(np.float64)
    if loss.link_name == "softmax":
        shares = np.average(y, axis=0, weights=rows.weights)  # (C,)
        y = (y - shares) / np.sqrt(np.maximum(shares, RAREST / len(y)))
        y = y[:, :-1] if y.shape[1] == 2 else y  # the second class is the first one's mirror
    else:
        y = normal_scores(y)
    return Targets(y.astype(np.float32), Weighing.of(rows, loss))


def normal_scores(y: Floats) -> Floats:
    """The quantiles of the normal distribution at each number's rank, (N, n)."""
    from scipy.special import ndtri  # SciPy loads when first used

    scores: Floats = ndtri(ranks(y))
    return scores


def ranks(X: Floats) -> Floats:
    """The rank of each number in its column, between 0 and 1; equal numbers share theirs."""
    found = np.empty(X.shape)
    for j in range(X.shape[1]):
        _, place, counts = np.unique(X[:, j], return_inverse=True, return_counts=True)
        found[:, j] = ((np.cumsum(counts) - counts / 2) / len(X))[place.ravel()]
    return found


def standard(X: Floats) -> Floats:
    """Columns of mean 0 and standard deviation 1, (N, n); a constant one is 0."""
    centred = X - X.mean(axis=0)
    spread = centred.std(axis=0)
    steady = spread <= 1e-6 * np.abs(X).max(axis=0, initial=0.0)
    scaled: Array = (centred * ~steady / np.where(steady, 1.0, spread)).astype(np.float32)
    return scaled


def often_varied(X: Floats) -> Array:
    """Which columns differ from their usual value often enough to say something alone, (n_in,)."""
    usual = [np.unique(X[:, j], return_counts=True)[1].max() for j in range(X.shape[1])]
    return len(X) - np.array(usual, int) >= RAREST


def held_back(X: Floats, rng: np.random.Generator) -> Floats:
    """The principal directions, each in so far as a ridge believes it, (N, Q)."""
    if X.shape[1] > MOST_INPUTS:
        X = X @ rng.standard_normal((X.shape[1], MOST_INPUTS)).astype(np.float32)
        X = standard(X)
    if len(X) < X.shape[1]:
        U, s, _ = np.linalg.svd(X, full_matrices=False)  # (N, N), (N,)
        return U * (s / np.sqrt(s**2 + RIDGE * len(X)))
    # Of many rows U s = X V with the eigenvectors of X'X takes a tenth of the time.
    squares, V = np.linalg.eigh((X.T @ X).astype(np.float64))  # s^2 (n_in,), (n_in, n_in)
    shrunk = V / np.sqrt(np.maximum(squares, 0.0) + RIDGE * len(X))
    believed: Array = X @ shrunk.astype(np.float32)
    return believed


def paired(X: Floats, rng: np.random.Generator) -> Floats:
    """Products of two columns, (N, R): all pairs, or as many as the budget bears."""
    first, second = np.triu_indices(X.shape[1], 1)
    most = int(MOST_DIRECTIONS / len(X))
    if len(first) > most:
        drawn = rng.choice(len(first), most, replace=False)
        first, second = first[drawn], second[drawn]
    products: Floats = standard(X[:, first] * X[:, second])
    return products
