"""The tests: what the true labelling says of the columns, beside what shuffled ones say.

Where the targets have nothing to do with the columns, every labelling is as likely as any other to
stand out the most, whatever the columns are (Phipson & Smyth 2010, for p-values of such tests;
Besag & Clifford 1991, for stopping once the answer is clear). There are two tests: of all screens
together, which cost little, and of a small network. Each has its share of the 5 %.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helder.engine import Rows
from helder.glass.signal.probe import NETWORK, Bench, Trials
from helder.typing import Array, Floats, Integers

ALPHA = 0.05
BY_SCREENS, BY_NETWORKS = 0.8, 0.2  # of that
ENOUGH = 2  # shuffled labellings that gain as much as the true one: the network's test is lost
FEWEST, MOST = 19, 199  # networks on shuffled labels

Shuffle = Callable[[], Integers]


def statistic(table: Floats, among: Floats | None = None) -> Floats:
    """How far the best screen stands out on each labelling, in standard deviations, (L,).

    What a labelling shares with a screen is a sum of squares or the largest of some; its cube root
    is nearly normal (Wilson & Hilferty 1931), so that screens can be compared.

    Args:
        table: What each labelling shares with each screen, (L, S).
        among: The labellings over which screens are standardised; the same where none are given.
    """
    roots, usual = np.cbrt(table), np.cbrt(table if among is None else among)
    spread = usual.std(axis=0)
    standing: Array = (roots - usual.mean(axis=0)) / np.where(spread > 0, spread, 1.0)  # (L, S)
    return standing.max(axis=1)


def p_value(standing: Floats) -> float:
    """How often a labelling stands out as far as the first one, itself counted among them."""
    return float(np.mean(standing >= standing[0] - 1e-9))


def p_value_stopped(gains: Floats, enough: int = ENOUGH) -> float:
    """The same, counted only until so many shuffled labellings have gained as much as the first."""
    as_good = np.flatnonzero(gains[1:] >= gains[0]) + 1  # labellings shuffled by then
    if len(as_good) >= enough:
        return float(enough / as_good[enough - 1])
    return (len(as_good) + 1) / len(gains)


def together(by_screens: float, by_networks: float) -> float:
    """One p-value for both tests: a valid one, whatever they have in common (Bonferroni)."""
    return min(1.0, by_screens / BY_SCREENS, by_networks / BY_NETWORKS)


def networks_tested(bench: Bench, shuffle: Shuffle, clear: bool) -> Trials:
    """The network on the true labelling and on as many shuffled ones as make the answer clear.

    Args:
        bench: Where the network is tried.
        shuffle: Draws one labelling.
        clear: Whether the screens have found a signal, so that the network need not be tested.
    """
    trials = bench.tried(NETWORK, [np.arange(len(bench.rows)), *(shuffle() for _ in range(FEWEST))])
    while not clear and len(trials.gains) <= MOST:
        if np.sum(trials.gains[1:] >= trials.gains[0]) >= ENOUGH:
            break
        missing = min(len(trials.gains), MOST + 1 - len(trials.gains))
        trials = trials.and_then(bench.tried(NETWORK, [shuffle() for _ in range(missing)]))
    return trials


def rows_kept(rows: Rows, most: int, rng: np.random.Generator) -> Integers:
    """The numbers of the rows that are looked at: all that count, or so many drawn at random."""
    there = np.flatnonzero(rows.weights > 0)
    return there if len(there) <= most else np.sort(rng.permutation(there)[:most])
