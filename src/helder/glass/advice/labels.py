"""Which labels are likely wrong: those that networks which never saw them find the least likely.

A network that learns long enough remembers wrong labels as well as right ones. One that has not
learnt from a row has nothing to remember, and so its probability of the row's label says how
surprising that label is. The rows nearby say how far the network can be trusted there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.glass.advice.conflicts import shown_target
from helder.model.calibration import Conformal
from helder.model.scores import wilson
from helder.text import Count, say
from helder.typing import Array, Floats, Integers

LISTED = 20  # rows that are named
CANDIDATES = 400  # rows of the least likely labels, whose neighbours are looked at
NEIGHBOURS = 25
FLIPPED = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)  # shares of made wrong labels that thresholds let through
HOPELESS = 0.5  # labels that may be wrong, from which nothing can be told
USUAL, FAR = 0.95, 2.0  # a number is suspect this many times as far off as this share of rows
SAMPLE = 2000  # rows that say what is usual
AT_ONCE = 1 << 24  # distances


@dataclass(frozen=True)
class Suspect:
    """A row whose label or number is likely wrong.

    Attributes:
        row: Its number, counted from 1.
        given: The label or number that it has.
        likelier: The label or number that networks which have not learnt from it expect.
        probability: Of the likelier label; None for a number.
    """

    row: int
    given: Any
    likelier: Any
    probability: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "row": self.row,
            "given": self.given,
            "likelier": self.likelier,
            "probability": self.probability,
        }


@dataclass(frozen=True)
class WrongLabels:
    """The labels that are likeliest wrong.

    Attributes:
        suspects: The likeliest first.
        rows: How many rows were looked at.
        most: The share of labels that are wrong at most, if they are wrong at random: an upper
            95 % limit. None for numbers.
    """

    suspects: tuple[Suspect, ...]
    rows: int
    most: float | None = None

    @property
    def sentence(self) -> str:
        """The same in words and numbers."""
        if self.most is not None and self.most >= HOPELESS:
            return say("advice.labels_hopeless")
        of, none = "advice.labels", "advice.labels_none"
        if self.most is None:
            of, none = "advice.numbers", "advice.numbers_none"
        said = say(none, rows=Count(self.rows))
        for first in self.suspects[:1]:
            said = say(
                of,
                count=Count(len(self.suspects)),
                row=first.row,
                given=shown_target(first.given),
                likelier=shown_target(first.likelier),
                probability=first.probability,
            )
        return said if self.most is None else said + " " + say("advice.labels_most", most=self.most)

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "sentence": self.sentence,
            "rows": self.rows,
            "most": self.most,
            "suspects": [suspect.to_dict() for suspect in self.suspects],
        }


def wrong_labels(
    p: Floats,
    codes: Integers,
    classes: Sequence[str],
    X: Floats,
    *,
    weights: Floats | None = None,
    numbers: Integers | None = None,
) -> WrongLabels:
    """The rows whose label is likeliest wrong.

    A row's score is the probability of its label by networks that have not learnt from it, times
    the mean of what the networks say of that label for the `NEIGHBOURS` rows nearest to it. The
    first alone is the usual score (Northcutt, Jiang & Chuang 2021), with which docs/advice.md
    compares it.

    Args:
        p: Out-of-fold probabilities, (N, C).
        codes: The class number of each row, (N,).
        classes: The names of the classes, (C,).
        X: The inputs, (N, n_in), as the networks see them.
        weights: What each row counts, (N,); those that count nothing are not looked at.
        numbers: The number of each row in its table, from 1, (N,); None for 1 to N.
    """
    numbers = np.arange(1, len(codes) + 1) if numbers is None else numbers
    kept = np.arange(len(codes)) if weights is None else np.flatnonzero(weights > 0)
    p, codes, X, numbers = p[kept], codes[kept], X[kept], numbers[kept]
    N, own = len(codes), p[np.arange(len(codes)), codes]  # (N,)
    most = most_wrong(p, codes)
    if most >= HOPELESS:
        return WrongLabels((), N, most)
    doubted = np.flatnonzero(own < p.max(axis=1))
    doubted = doubted[np.argsort(own[doubted], kind="stable")][:CANDIDATES]
    near = nearest(X, doubted)  # (n, NEIGHBOURS)
    score = own[doubted] * p[near, codes[doubted, None]].mean(axis=1)  # (n,)
    suspects = tuple(
        Suspect(
            int(numbers[i]), classes[codes[i]], classes[int(np.argmax(p[i]))], float(p[i].max())
        )
        for i in doubted[np.argsort(score, kind="stable")][:LISTED]
    )
    return WrongLabels(suspects, N, most)


def most_wrong(p: Floats, codes: Integers) -> float:
    """The share of labels that are wrong at most, if they are wrong at random.

    The networks say the same of a row whatever its own label is, so it is known how often a label
    drawn at random from the other classes would look as unlikely as a threshold. If so many of
    those fall below it, then the labels that do are at least that share of the wrong ones: what
    is seen divided by it bounds how many are wrong, at every threshold. The lowest bound counts,
    each with an upper 95 % limit (Wilson 1927).

    Args:
        p: Out-of-fold probabilities, (N, C).
        codes: The class number of each row, (N,).

    Returns:
        At most 1.
    """
    N, C = p.shape
    if not N or C == 1:  # no other label to draw
        return 1.0
    own = p[np.arange(N), codes]  # (N,)
    others = p[np.arange(C) != codes[:, None]]  # (N (C - 1),) of labels made wrong
    bounds = [1.0]
    for limit in np.quantile(others, FLIPPED):
        seen = float(np.mean(own <= limit))
        bounds.append(wilson(seen, N)[1] / float(np.mean(others <= limit)))
    return min(bounds)


def nearest(X: Floats, rows: Integers) -> Integers:
    """The numbers of the rows of X nearest to some of them, (n, NEIGHBOURS), in any order.

    Args:
        X: Inputs, (N, n_in); distances are Euclidean.
        rows: The numbers of these, (n,); none is its own neighbour.
    """
    k = min(NEIGHBOURS, len(X) - 1)
    near = np.empty((len(rows), k), np.int64)
    squares = np.einsum("ij,ij->i", X, X)  # (N,)
    at_once = max(1, AT_ONCE // len(X))
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        distance: Array = squares - 2 * X[some] @ X.T  # (n, N), but for the row's own square
        distance[np.arange(len(some)), some] = np.inf
        near[start : start + at_once] = np.argpartition(distance, k - 1, axis=1)[:, :k]
    return near


def wrong_numbers(
    predicted: Floats,
    y: Floats,
    X: Floats,
    *,
    weights: Floats | None = None,
    numbers: Integers | None = None,
) -> WrongLabels:
    """The rows whose number is much further from what the networks expect than rows like it are.

    An error is divided by the median error of the `NEIGHBOURS` nearest rows, so that a number that
    nobody can predict well is no suspect. Suspect is what is `FAR` times as far off as `USUAL` of
    all rows are. Rare but right numbers look the same: these are rows to look at, no more.

    Args:
        predicted: Out-of-fold predictions, (N,).
        y: The numbers, (N,).
        X: The inputs, (N, n_in), as the networks see them.
        weights: What each row counts, (N,); those that count nothing are not looked at.
        numbers: The number of each row in its table, from 1, (N,); None for 1 to N.
    """
    numbers = np.arange(1, len(y) + 1) if numbers is None else numbers
    kept = np.arange(len(y)) if weights is None else np.flatnonzero(weights > 0)
    predicted, y, X, numbers = predicted[kept], y[kept], X[kept], numbers[kept]
    if len(y) <= NEIGHBOURS:
        return WrongLabels((), len(y))
    wrong = np.abs(y - predicted)  # (N,)
    least = max(np.median(wrong) / 2, 1e-9 * y.std(), 1e-30)  # where neighbours agree by chance

    def relative(rows: Integers) -> Floats:
        return wrong[rows] / np.maximum(np.median(wrong[nearest(X, rows)], axis=1), least)

    some = np.linspace(0, len(y) - 1, min(len(y), SAMPLE)).astype(np.int64)
    limit = FAR * Conformal.of(relative(some)[:, None]).quantile(USUAL)[0]
    doubted = np.argsort(-wrong, kind="stable")[:CANDIDATES]
    score = relative(doubted)
    suspects = tuple(
        Suspect(int(numbers[i]), float(y[i]), float(predicted[i]))
        for i, far in sorted(zip(doubted, score, strict=True), key=lambda one: -one[1])[:LISTED]
        if far > limit
    )
    return WrongLabels(suspects, len(y))
