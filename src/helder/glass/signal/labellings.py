"""Labellings of one set of rows: the true one, shuffled ones, and some with a known effect.

A labelling is an order, (N,): row i gets the target and the weight of row `order[i]`. Rows that
belong together, such as those of one person or of one stretch of time, keep their targets together
in every labelling, so that what they share is not taken for something that the columns know.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helder.typing import Array, Floats, Integers

FEWEST_STRETCHES, MOST_STRETCHES = 10, 50  # of time


def units_of(
    rows: int, groups: Integers | None = None, times: Floats | Integers | None = None
) -> list[Integers]:
    """What is shuffled: each row, each group, or each stretch of neighbouring times.

    Args:
        rows: How many rows there are, N.
        groups: The number of each row's group, (N,).
        times: When each row was, (N,).
    """
    if groups is not None:
        order = np.argsort(groups, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    if times is not None:
        count = int(np.clip(np.sqrt(rows), FEWEST_STRETCHES, MOST_STRETCHES))
        return np.array_split(np.argsort(times, kind="stable"), min(count, rows))
    return [np.array([row]) for row in range(rows)]


def shuffled(units: Sequence[Integers], rng: np.random.Generator) -> Integers:
    """A labelling in which the targets of whole units change places, (N,)."""
    taken = np.concatenate([units[unit] for unit in rng.permutation(len(units))])  # (N,)
    order = np.empty(len(taken), int)
    order[np.concatenate(units)] = taken
    return order


def planted(
    units: Sequence[Integers], teacher: Floats, y: Floats, share: float, rng: np.random.Generator
) -> Integers:
    """A labelling in which a share of the units' targets rise with what a teacher says, (N,).

    Args:
        units: What changes places.
        teacher: What the teacher says of each row, (N,).
        y: A number for the target of each row, (N,): classes count from 0.
        share: How many of the units follow the teacher; the others are shuffled.
        rng: Where the draw comes from.
    """
    drawn = rng.permutation(len(units))  # unit u gets the targets of unit drawn[u]
    follows = np.flatnonzero(rng.random(len(units)) < share)
    means = np.array([[teacher[unit].mean(), y[unit].mean()] for unit in units])  # (U, 2)
    rising = follows[np.argsort(means[follows, 0], kind="stable")]
    drawn[rising] = drawn[follows][np.argsort(means[drawn[follows], 1], kind="stable")]
    order = np.empty(len(teacher), int)
    order[np.concatenate(units)] = np.concatenate([units[unit] for unit in drawn])
    return order


def share_of_effect(shares: Floats, gain: float) -> tuple[float, float]:
    """How many rows must follow the teacher so that knowing it gains so many points of accuracy.

    Where a share s of the targets follows the teacher, which then knows the class c exactly, and
    the rest have classes at random with shares pi, the best guess is right in
    `sum(pi_c max(s + (1 - s) pi_c, (1 - s) max(pi)))` of all cases.

    Args:
        shares: Of the classes, (C,); they sum to one.
        gain: In accuracy over the largest class; at most half of what is wrong there is gained.

    Returns:
        The share of followers, and the gain that it stands for.
    """
    largest = shares.max()
    gain = min(gain, (1 - largest) / 2)
    s = np.linspace(0, 1, 1001)  # (S,)
    right = np.maximum(s + (1 - s) * shares[:, None], (1 - s) * largest)  # (C, S)
    accuracy: Array = shares @ right  # (S,)
    return float(s[np.searchsorted(accuracy, largest + gain)]), float(gain)
