"""Which rows train, which choose when to stop, and which are held out for the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helder.engine import Purpose, generator
from helder.errors import ArgumentError, DataError, listed, shown
from helder.learn.folds import Fold
from helder.table import Note
from helder.text import say
from helder.typing import Floats, Integers

TEST_SHARE = 0.2  # of all rows: they give the score
STOP_SHARE = 0.15  # of all rows: they choose the epoch, and so give no score
FEWEST_ROWS = 5


@dataclass(frozen=True)
class Split:
    """Three sets of row numbers that share no row.

    Attributes:
        train: Rows to learn from.
        stop: Rows that choose the epoch.
        test: Rows that give the score; none where a file of its own does.
        notes: How it was done, and what had to be asked less of.
    """

    train: Integers
    stop: Integers
    test: Integers
    notes: tuple[Note, ...] = ()


def split_by_class(labels: Integers, classes: tuple[str, ...], test: float, seed: int) -> Split:
    """Every class in the same shares everywhere; a class with one or two rows trains first.

    Args:
        labels: Class number of every row, (N,).
        classes: Their names.
        test: The share of the rows to test on; 0 for none.
        seed: Where the draw comes from.

    Raises:
        DataError: There are too few rows to hold any out.
    """
    check_enough(len(labels))
    rng = generator(seed, 0, Purpose.SPLIT)
    parts: list[list[Integers]] = [[], [], []]
    few = []
    for label, name in enumerate(classes):
        rows = rng.permutation(np.flatnonzero(labels == label))
        n_test, n_stop = held_out(len(rows), test)
        if len(rows) and (n_stop == 0 or (test and n_test == 0)):
            few.append(name)
        parts[0].append(rows[n_test + n_stop :])
        parts[1].append(rows[n_test : n_test + n_stop])
        parts[2].append(rows[:n_test])
    train, stop, tested = (np.sort(np.concatenate(part)) for part in parts)
    if not len(stop) or (test and not len(tested)):
        raise DataError(
            "no class has rows enough to hold some out",
            got=len(labels),
            accepted="a class with three rows or more",
            hint="is the target a number that should be predicted? --task regression",
        )
    notes = [said("stratified", train, stop, tested)]
    if few:
        notes.append(Note("small_classes", say("model.small_classes", names=named(few))))
    return Split(train, stop, tested, tuple(notes))


def split_at_random(rows: int, test: float, seed: int) -> Split:
    """Any row may go anywhere: for a numeric target."""
    check_enough(rows)
    order = generator(seed, 0, Purpose.SPLIT).permutation(rows)
    n_test, n_stop = held_out(rows, test)
    tested, stop, train = np.split(order, [n_test, n_test + n_stop])
    notes = (said("random", train, stop, tested),)
    return Split(np.sort(train), np.sort(stop), np.sort(tested), notes)


def split_by_group(groups: Integers, test: float, seed: int) -> Split:
    """All rows of a group on one side, so that nobody is met again in the test."""
    check_enough(len(groups))
    names = generator(seed, 0, Purpose.SPLIT).permutation(np.unique(groups))
    if len(names) < 3:
        raise DataError("too few groups to hold some out", got=len(names), accepted="3 or more")
    counts = np.cumsum([np.sum(groups == name) for name in names]) / len(groups)
    n_test = min(max(int(np.searchsorted(counts, test)) + 1, 1), len(names) - 2) if test else 0
    n_stop = int(np.searchsorted(counts, test + STOP_SHARE)) + 1
    n_stop = min(max(n_stop, n_test + 1), len(names) - 1)
    tested = np.flatnonzero(np.isin(groups, names[:n_test]))
    stop = np.flatnonzero(np.isin(groups, names[n_test:n_stop]))
    train = np.flatnonzero(np.isin(groups, names[n_stop:]))
    return Split(train, stop, tested, (said("grouped", train, stop, tested),))


def split_by_time(time: Floats, test: float) -> Split:
    """The latest rows test, those just before choose the epoch: no row is judged by its future."""
    earlier, tested = latest(time, test)
    n_test, n_stop = held_out(len(time), test)
    cut = nearest_to(len(time) - n_test - n_stop, changes(time[earlier]))
    train, stop = earlier[:cut], earlier[cut:]
    notes = (said("latest", train, stop, tested),)
    return Split(np.sort(train), np.sort(stop), np.sort(tested), notes)


def latest(time: Floats, test: float) -> tuple[Integers, Integers]:
    """The rows before the latest, at two times or more, and the latest: each in order of time.

    Args:
        time: When each row was, (N,).
        test: The share of the latest; 0 for none.

    Raises:
        DataError: There are too few rows, or too few different times.
    """
    check_enough(len(time))
    order = np.argsort(time, kind="stable")
    begins, least = changes(time[order]), 2 if test else 1
    if len(begins) < least:
        raise DataError(
            "too few different times to hold the latest rows out",
            got=len(begins) + 1,
            accepted=f"rows of {least + 1} times or more",
        )
    n_test, _ = held_out(len(time), test)
    last = nearest_to(len(time) - n_test, begins[1:]) if test else len(time)
    return order[:last], order[last:]


def changes(time: Floats | Integers) -> Integers:
    """Where a later time begins in times in order: rows of one time stay together."""
    return np.flatnonzero(np.diff(time)) + 1


def nearest_to(wanted: int, places: Integers) -> int:
    """The place that lies nearest to the one wanted."""
    return int(places[np.argmin(np.abs(places - wanted))])


def folds_of(
    rows: int,
    K: int,
    seed: int,
    *,
    strata: Integers | None = None,
    groups: Integers | None = None,
    times: Floats | Integers | None = None,
) -> list[Fold]:
    """K folds of neighbouring times, of whole groups, with a share of every stratum, or of any."""
    if times is not None:
        return folds_by_time(times, K)
    if groups is not None:
        return folds_by_group(groups, K, seed)
    return folds_at_random(rows, K, seed) if strata is None else folds_by_class(strata, K, seed)


def shared_out(strata: Integers | None, weights: Floats) -> Integers:
    """What every fold shall have its share of: rows of each stratum, and those that count nothing.

    Args:
        strata: Such as class numbers, (N,); None for rows that are all alike.
        weights: What each row counts, (N,).
    """
    return (0 if strata is None else strata * 2) + (weights == 0)  # (N,)


def folds_by_time(time: Floats | Integers, K: int) -> list[Fold]:
    """K folds of neighbouring times, about as many rows in each; rows of one time stay together."""
    order = np.argsort(time, kind="stable")
    begins = changes(time[order])
    if len(begins) < K - 1:
        raise DataError(
            "there are fewer different times than folds",
            got=len(begins) + 1,
            accepted=f"{K} or more",
        )
    cuts: list[int] = []
    for k in range(1, K):
        free = begins[begins > (cuts[-1] if cuts else 0)]
        cuts.append(nearest_to(len(time) * k // K, free[: len(free) - (K - 1 - k)]))
    blocks = np.split(order, cuts)
    return [Fold(np.setdiff1d(order, block), np.sort(block)) for block in blocks]


def folds_by_class(labels: Integers, K: int, seed: int) -> list[Fold]:
    """K folds with the same share of every class, as near as the rows allow, (K,)."""
    rng = generator(seed, 0, Purpose.SPLIT)
    dealt = np.concatenate(
        [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    )
    return dealt_folds(dealt, K)


def folds_at_random(rows: int, K: int, seed: int) -> list[Fold]:
    """K folds of any rows: for a numeric target."""
    return dealt_folds(generator(seed, 0, Purpose.SPLIT).permutation(rows), K)


def folds_by_group(groups: Integers, K: int, seed: int) -> list[Fold]:
    """K folds of whole groups, the largest dealt first, each to the fold with the fewest rows."""
    names, sizes = np.unique(groups, return_counts=True)
    if len(names) < K:
        raise DataError(
            "there are fewer groups than folds", got=len(names), accepted=f"{K} or more"
        )
    order = generator(seed, 0, Purpose.SPLIT).permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    rows, fold_of = np.zeros(K), np.zeros(len(names), int)
    for group in order:
        fold_of[group] = np.argmin(rows)
        rows[fold_of[group]] += sizes[group]
    member = fold_of[np.searchsorted(names, groups)]  # (N,)
    return [Fold(np.flatnonzero(member != k), np.flatnonzero(member == k)) for k in range(K)]


def dealt_folds(order: Integers, K: int) -> list[Fold]:
    """Rows dealt to K folds like cards, in this order."""
    check_enough(len(order))
    if not 2 <= K <= len(order) // 2:
        raise ArgumentError(
            "so many folds do not fit these rows", got=K, accepted=f"2 to {len(order) // 2}"
        )
    member = np.empty(len(order), int)
    member[order] = np.arange(len(order)) % K  # (N,)
    return [Fold(np.flatnonzero(member != k), np.flatnonzero(member == k)) for k in range(K)]


def held_out(rows: int, test: float) -> tuple[int, int]:
    """How many of so many rows test, and how many choose the epoch; the first row trains."""
    if rows < 2:
        return 0, 0
    n_test = max(round(rows * test), 1) if test else 0
    if rows - n_test < 2:
        return n_test, 0
    return n_test, max(round(rows * STOP_SHARE), 1)


def check_enough(rows: int) -> None:
    """A handful of rows cannot be divided."""
    if rows < FEWEST_ROWS:
        raise DataError(
            "too few rows with a target to train and test on",
            got=rows,
            accepted=f"{FEWEST_ROWS} or more",
        )


def said(how: str, train: Integers, stop: Integers, tested: Integers) -> Note:
    """How the rows were divided, in words and numbers."""
    key = f"split_{how}" if len(tested) else f"stop_{how}"
    counts = {"train": len(train), "stop": len(stop), "test": len(tested)}
    return Note(key, say(f"model.{key}", **counts))


def named(names: list[str], most: int = 5) -> str:
    """Names of classes as a sentence lists them."""
    return listed((shown(name) for name in names), most)
