"""How well one column alone predicts the target, on rows that it was not learnt from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helder.typing import Floats, Integers

INTERVALS = 64  # that numbers are cut into, at most
PER_INTERVAL = 10  # rows, at least


def skill_of_classes(codes: Integers, answers: Integers, half: npt.NDArray[np.bool_]) -> float:
    """The share of what guessing gets wrong that one column puts right.

    Each half of the rows is predicted by the most frequent class that the other half has with
    the same value; `(right - guess) / (1 - guess)`, where `guess` is the share of the largest
    class.

    Args:
        codes: (N,) the number of each row's value, from 0.
        answers: (N,) class numbers.
        half: (N,) which half a row belongs to.
    """
    classes = int(answers.max()) + 1
    right = 0
    for known, unknown in ((half, ~half), (~half, half)):
        pairs, counts = np.unique(codes[known] * classes + answers[known], return_counts=True)
        usual = int(np.bincount(answers[known]).argmax())
        best = np.full(int(codes.max()) + 1, usual)
        rising = pairs[np.argsort(counts, kind="stable")]
        best[rising // classes] = rising % classes  # of equal indices the last one counts
        right += int(np.count_nonzero(best[codes[unknown]] == answers[unknown]))
    guess = float(np.bincount(answers).max()) / len(answers)
    return (right / len(answers) - guess) / (1 - guess) if guess < 1 else 0.0


def skill_of_words(codes: Integers, answers: Floats, half: npt.NDArray[np.bool_]) -> float:
    """The same for a number to predict, by the mean of each word: `1 - MAE / MAE of the median`."""
    predicted = np.empty(len(answers))
    for known, unknown in ((half, ~half), (~half, half)):
        size = int(codes.max()) + 1
        counts = np.bincount(codes[known], minlength=size)
        sums = np.bincount(codes[known], answers[known], minlength=size)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), answers[known].mean())
        predicted[unknown] = means[codes[unknown]]
    return share_explained(predicted, answers)


def skill_of_numbers(x: Floats, answers: Floats, half: npt.NDArray[np.bool_]) -> float:
    """The same for a number to predict by numbers, in straight lines between known rows.

    The lines lead from row to row, which follows a copy of the target exactly, or between the
    means of intervals, which does not follow noise; the better counts.
    """
    skills = []
    for most in (len(x), INTERVALS):
        predicted = np.full(len(x), np.nan)
        for known, unknown in ((half, ~half), (~half, half)):
            there = known & np.isfinite(x)
            if not there.any():
                return 0.0
            cut = intervals(x[there], most)
            size = np.bincount(cut)
            at = np.bincount(cut, x[there]) / size
            level = np.bincount(cut, answers[there]) / size
            lost = answers[known & ~np.isfinite(x)]
            predicted[unknown] = np.where(
                np.isfinite(x[unknown]),
                np.interp(x[unknown], at, level),
                lost.mean() if len(lost) else answers[known].mean(),
            )
        skills.append(share_explained(predicted, answers))
    return max(skills)


def share_explained(predicted: Floats, answers: Floats) -> float:
    """`1 - MAE / MAE of the median`, 0 where the answers do not differ."""
    spread = float(np.abs(answers - np.median(answers)).mean())
    return 1 - float(np.abs(predicted - answers).mean()) / spread if spread else 0.0


def intervals(x: Floats, most: int) -> npt.NDArray[np.int64]:
    """(N,) the interval of each number, from 0: as many as there are values, but no more than this.

    Intervals of more than one value hold about the same number of rows.
    """
    found, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    if len(found) > most:
        wanted = ((np.cumsum(counts) - counts / 2) * most / len(x)).astype(np.int64)
        _, wanted = np.unique(np.minimum(wanted, most - 1), return_inverse=True)
        place = wanted[place]
    return np.asarray(place, dtype=np.int64)


def number_codes(x: Floats) -> npt.NDArray[np.int64]:
    """(N,) numbers as intervals of a few rows each; missing ones are an interval of their own."""
    codes = np.zeros(len(x), dtype=np.int64)
    there = np.isfinite(x)
    if there.any():
        codes[there] = 1 + intervals(x[there], max(2, min(INTERVALS, len(x) // PER_INTERVAL)))
    return codes
