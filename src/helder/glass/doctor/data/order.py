"""Rules about the order of the rows: sorted, or neighbours alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from helder.glass.doctor.data.case import DataCase
from helder.glass.doctor.rules import Sighting
from helder.typing import Floats, Integers

SURE = 4.0  # standard deviations from what rows in random order show
ALIKE = 0.05  # more neighbours of one class than in random order, or so much correlation
FEWEST_ROWS = 20


def sorted_by_target(case: DataCase) -> Iterator[Sighting]:
    """Rows that are sorted by the target."""
    answers = case.answers[1]
    if is_sorted(answers, bool(case.classes)):
        yield Sighting({})


def is_sorted(answers: Floats, classes: bool) -> bool:
    """Whether each class stands in one piece, or the numbers rise or fall throughout."""
    if len(answers) < FEWEST_ROWS:
        return False
    steps = np.diff(answers)
    if classes:
        return int(np.count_nonzero(steps)) == len(np.unique(answers)) - 1
    return bool((steps >= 0).all() or (steps <= 0).all())


def neighbours_alike(case: DataCase) -> Iterator[Sighting]:
    """Rows that resemble the rows before and after them in what is to be predicted."""
    answers = case.answers[1]
    classes = bool(case.classes)
    if case.divided or len(answers) < FEWEST_ROWS or is_sorted(answers, classes):
        return
    if classes:
        same, expected, z = same_as_the_next(answers.astype(np.int64))
        if z > SURE and same - expected > ALIKE:
            said = {"same": 100 * same, "expected": 100 * expected}
            yield Sighting({"what": "class", **said})
    else:
        correlation = lag_correlation(answers)
        if correlation > max(SURE / np.sqrt(len(answers)), ALIKE):
            yield Sighting({"what": "rank", "same": 50 + 50 * correlation, "expected": 50.0})


def same_as_the_next(codes: Integers) -> tuple[float, float, float]:
    """How often neighbours have the same class, how often in random order, and the z between.

    Runs of equal classes, after Wald and Wolfowitz (1940) for several classes (Barton and David,
    1957): `E = (n(n+1) - S2)/n` runs, with S2 and S3 the sums of the squares and cubes of the
    class sizes, and `Var = (S2 (S2 + n(n+1)) - 2 n S3 - n^3) / (n^2 (n-1))`.
    """
    n = float(len(codes))
    sizes = np.bincount(codes).astype(np.float64)
    squares, cubes = float((sizes**2).sum()), float((sizes**3).sum())
    runs = 1.0 + np.count_nonzero(np.diff(codes))
    mean = (n * (n + 1) - squares) / n
    variance = (squares * (squares + n * (n + 1)) - 2 * n * cubes - n**3) / (n**2 * (n - 1))
    z = (mean - runs) / np.sqrt(max(variance, 1e-300)) if variance > 0 else 0.0
    return (n - runs) / (n - 1), (n - mean) / (n - 1), float(z)


def lag_correlation(values: Floats) -> float:
    """The correlation of the ranks of neighbouring rows."""
    ranks = np.empty(len(values))
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - counts / 2)[place]
    ranks = ranks - ranks.mean()
    return float((ranks[1:] * ranks[:-1]).sum() / max(float((ranks**2).sum()), 1e-300))
