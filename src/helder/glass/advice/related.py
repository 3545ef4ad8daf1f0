"""Columns that say nearly the same, found by how their inputs go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from helder.typing import Array, Floats, Integers

ALIKE = 0.8  # association from which columns belong together
MOST_COLUMNS, MOST_CODES = 500, 1000  # that are held against each other


def related(X: Floats, columns: Mapping[str, Sequence[int]]) -> list[tuple[str, ...]]:
    """The columns in groups: within each, any two are associated by `ALIKE` or more.

    Numbers are compared by rank correlation (Spearman 1904), categories by Cramér's V and a
    category with a number's ranks by the correlation ratio, the last two less what chance alone
    would give (Bergsma 2013). With very many columns each stays alone.

    Args:
        X: Inputs of some rows, (n, n_in).
        columns: The numbers of the inputs that each column becomes.
    """
    names = list(columns)
    coded = {name: codes for name in names if (codes := codes_of(X[:, columns[name]])) is not None}
    width = sum(int(codes.max()) + 1 for codes in coded.values())
    if len(X) < 3 or len(names) > MOST_COLUMNS or width > MOST_CODES:
        return [(name,) for name in names]
    numbers = [name for name in names if name not in coded]
    alike = associations(
        np.stack([X[:, columns[name][0]] for name in numbers], axis=1)
        if numbers
        else np.empty((len(X), 0)),
        list(coded.values()),
    )
    ordered = [*numbers, *coded]
    groups = [sorted(names.index(ordered[at]) for at in group) for group in clustered(alike)]
    return [tuple(names[at] for at in group) for group in sorted(groups)]


def codes_of(inputs: Floats) -> Integers | None:
    """The category of each row, (n,), of inputs (n, width) of which one at most is 1; else None."""
    if inputs.shape[1] < 2 or not np.isin(inputs, (0, 1)).all() or inputs.sum(axis=1).max() > 1:
        return None
    codes = np.where(inputs.any(axis=1), np.argmax(inputs, axis=1), inputs.shape[1])
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)  # only those that occur


def associations(numbers: Floats, coded: Sequence[Integers]) -> Floats:
    """How strongly any two go together, from 0 to 1: those of numbers first, then categories.

    Args:
        numbers: Of so many rows, (n, p).
        coded: Category numbers, (n,) each; all from 0 to the largest occur.

    Returns:
        (p + q, p + q), ones on the diagonal.
    """
    n, p = numbers.shape
    ranks = np.apply_along_axis(ranked, 0, numbers) if p else numbers  # (n, p), mean 0
    spread = ranks.std(axis=0)  # (p,)
    ranks = ranks / np.where(spread > 0, spread, 1)
    both = np.eye(p + len(coded))
    both[:p, :p] = np.abs(ranks.T @ ranks) / n
    if coded:
        sizes = np.array([int(codes.max()) + 1 for codes in coded])  # (q,)
        first = np.cumsum(sizes) - sizes
        hot = np.zeros((n, sizes.sum()))
        for codes, start in zip(coded, first, strict=True):
            hot[np.arange(n), start + codes] = 1
        counts = hot.sum(axis=0)  # (width,), above 0
        both[p:, p:] = cramers(hot.T @ hot, counts, first, sizes, n)
        between = np.add.reduceat((hot.T @ ranks) ** 2 / counts[:, None], first, axis=0) / n
        left = (1 - between) * (n - 1) / np.maximum(n - sizes, 1)[:, None]  # (q, p)
        both[p:, :p] = np.sqrt(np.clip(1 - left, 0, 1))
        both[:p, p:] = both[p:, :p].T
    np.fill_diagonal(both, 1)
    return both


def ranked(values: Floats) -> Floats:
    """Ranks around their mean, (n,); those of equal values are their mean."""
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(counts) - (counts - 1) / 2)[at]
    return ranks - ranks.mean()


def cramers(table: Floats, counts: Floats, first: Integers, sizes: Integers, n: int) -> Floats:
    """Cramér's V of any two of q categories, (q, q), less what chance alone would give.

    Args:
        table: How often any two values occur together, (width, width).
        counts: How often each occurs, (width,).
        first, sizes: Where the values of each category begin, and how many they are, (q,).
        n: How many rows there are.
    """
    parts = table**2 / np.outer(counts, counts)
    phi = np.add.reduceat(np.add.reduceat(parts, first, axis=0), first, axis=1) - 1  # (q, q)
    free = sizes - 1
    phi = np.maximum(phi - np.outer(free, free) / (n - 1), 0)
    left = free - free**2 / (n - 1)  # (q,)
    most = np.minimum.outer(left, left)
    v: Floats = np.sqrt(np.clip(phi / np.where(most > 0, most, np.inf), 0, 1))
    return v


def clustered(alike: Floats) -> list[list[int]]:
    """Groups within which any two are alike by `ALIKE` or more: complete linkage."""
    near: Array = np.where(np.eye(len(alike), dtype=bool), -1, alike)
    groups = [[at] for at in range(len(alike))]
    while len(near) and near.max() >= ALIKE:
        one, other = np.unravel_index(int(near.argmax()), near.shape)
        groups[one] += groups[other]
        groups[other] = []
        near[one] = near[:, one] = np.minimum(near[one], near[other])
        near[other] = near[:, other] = -1
        near[one, one] = -1
    return [group for group in groups if group]
