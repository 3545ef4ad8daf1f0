"""What a fit of ours promises beside its predictions, measured on rows that it has not seen.

Sets and intervals of 90 %: how often they hold the truth, and how large they are beside split
conformal ones (Lei et al. 2018) made from the same predictions. And whether the fit errs more than
the linear model does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from accuracy_data import Split, Table
from accuracy_peers import ENTRANTS, LINEAR
from accuracy_results import Record

COVERAGE = 0.9


def honesty(table: Table, parts: Split, fitted: Any, seed: int) -> Record:
    """All of it for one fit on one split."""
    if table.classify:
        return of_classes(table, parts, fitted, seed)
    return of_numbers(table, parts, fitted, seed)


def of_classes(table: Table, parts: Split, fitted: Any, seed: int) -> Record:
    """Coverage and size of the sets, and how much more often ours is wrong than the linear model.

    A class that training had not is in no set, and has probability 0.
    """
    classes = np.unique(table.y)
    y = np.searchsorted(classes, parts.y_test.to_numpy())  # (N,)
    known = np.searchsorted(classes, fitted.classes_)
    p, sets = np.zeros((len(y), len(classes))), np.zeros((len(y), len(classes)), bool)  # (N, C)
    p[:, known] = fitted.predict_proba(parts.test)
    sets[:, known] = fitted.predict_set(parts.test, coverage=COVERAGE)
    every = np.arange(len(y))
    held = float(sets[every, y].mean())
    covered, sizes = [], []  # of each half
    for seen, new in halves(len(y), seed):
        beside = -p[new] <= quantile(-p[seen, y[seen]], held)  # (M, C)
        covered.append(beside[np.arange(len(new)), y[new]].mean())
        sizes.append(beside.sum(1).mean())
    other = ENTRANTS[LINEAR].build(True, seed, table.text).fit(parts.train, parts.y_train)
    wrong = (classes[p.argmax(1)] != parts.y_test).to_numpy()
    wrong_too = other.predict(parts.test) != parts.y_test.to_numpy()
    return {
        "test_rows": len(y),
        "coverage": held,
        "size": float(sets.sum(1).mean()),
        "empty": int((~sets.any(1)).sum()),
        "split_coverage": float(np.mean(covered)),
        "split_size": float(np.mean(sizes)),
        **gap(wrong.astype(float), wrong_too.astype(float)),
    }


def of_numbers(table: Table, parts: Split, fitted: Any, seed: int) -> Record:
    """Coverage and width of the intervals, and how much larger our squared errors are.

    Widths and errors are in standard deviations of the target's whole column.
    """
    spread = float(table.y.std())
    y = parts.y_test.to_numpy() / spread  # (N,)
    ends = fitted.predict_interval(parts.test, coverage=COVERAGE) / spread  # (N, 2)
    wrong = np.abs(np.asarray(fitted.predict(parts.test)) / spread - y)  # (N,)
    held = float(((ends[:, 0] <= y) & (y <= ends[:, 1])).mean())
    reach = [(quantile(wrong[seen], held), new) for seen, new in halves(len(y), seed)]
    other = ENTRANTS[LINEAR].build(False, seed, table.text).fit(parts.train, parts.y_train)
    wrong_too = np.ravel(other.predict(parts.test)) / spread - y
    return {
        "test_rows": len(y),
        "coverage": held,
        "size": float(np.mean(ends[:, 1] - ends[:, 0])),
        "split_coverage": float(np.mean([(wrong[new] <= far).mean() for far, new in reach])),
        "split_size": float(np.mean([2 * far for far, _ in reach])),
        **gap(wrong**2, wrong_too**2),
    }


def halves(rows: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """One half to learn a quantile from and the other to judge it on, and the other way round."""
    order = np.random.default_rng(seed).permutation(rows)
    first, second = order[: rows // 2], order[rows // 2 :]
    yield first, second
    yield second, first


def quantile(scores: np.ndarray, coverage: float) -> float:
    """What a new score stays at or below in this share of cases; the largest where too few say."""
    rank = int(np.ceil((len(scores) + 1) * coverage - 1e-9))
    return float(np.sort(scores)[min(max(rank, 1), len(scores)) - 1])


def gap(ours: np.ndarray, theirs: np.ndarray) -> Record:
    """Both mean losses over the rows (N,), and the standard error of their difference."""
    return {
        "own_loss": float(ours.mean()),
        "linear_loss": float(theirs.mean()),
        "gap_error": float(np.std(ours - theirs, ddof=1) / len(ours) ** 0.5),
    }
