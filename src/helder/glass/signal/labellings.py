"""Labellings of one set of rows: the true one, shuffled ones, and some with a known effect.

A labelling is an order, (N,): row i gets the target of row `order[i]`. Rows that belong together,
such as those of one person or of one time, keep their targets together in every labelling, so that
what they share is not taken for something that the columns know.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from helder.glass.signal.screens import normal_scores
from helder.typing import Floats, Integers

FEWEST_STRETCHES, MOST_STRETCHES = 10, 50  # of time
QUANTILES = 400  # of a normal variable, to average over
STEPS = 64  # in which the correlation that gains so much is looked for
ALIKE = 0.1  # correlation of targets one stretch apart, from which on stretches are too short


@dataclass(frozen=True, eq=False)
class Units:
    """What changes places when labels are shuffled: rows, groups, or stretches of time.

    Args:
        rows: The numbers of the rows, one unit after another, (N,).
        sizes: How many rows each unit has, (U,).
        moments: The rows of each time, one time after another, where units are stretches of time.
    """

    rows: Integers
    sizes: Integers
    moments: Units | None = None

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def starts(self) -> Integers:
        """Where each unit begins in `rows`, (U,)."""
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def places(self) -> tuple[Integers, Integers]:
        """Of each of `rows`, the number of its unit, and its place in there, (N,) each."""
        unit = np.repeat(np.arange(len(self)), self.sizes)
        return unit, np.arange(len(self.rows)) - self.starts[unit]

    def exchanged(self, taken: Integers) -> Integers:
        """The labelling in which unit u gets the targets of unit `taken[u]`, (N,).

        Where the other unit has fewer rows, it is gone through again; where it has more, the rest
        is left out: what is one target in a unit stays one.
        """
        unit, place = self.places
        others = taken[unit]
        order = np.empty(len(self.rows), int)
        order[self.rows] = self.rows[self.starts[others] + place % self.sizes[others]]
        return order

    def means(self, values: Floats) -> Floats:
        """The mean of each unit's values, (U,)."""
        total: Floats = np.add.reduceat(values[self.rows], self.starts)
        return total / self.sizes

    def drawn(self, numbers: Integers) -> tuple[Integers, Units]:
        """The rows of these units, and the units that they are when numbered anew."""
        sizes = self.sizes[numbers]
        unit = np.repeat(numbers, sizes)  # (N',)
        place = np.arange(len(unit)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return self.rows[self.starts[unit] + place], Units(np.arange(len(unit)), sizes)


def units_of(
    targets: Floats, groups: Integers | None = None, times: Floats | Integers | None = None
) -> Units:
    """What is shuffled: each row, each group, or each stretch of neighbouring times.

    Args:
        targets: Numbers for the target of each row, (N, C).
        groups: The number of each row's group, (N,).
        times: When each row was, (N,).
    """
    rows = len(targets)
    if groups is not None:
        order = np.argsort(groups, kind="stable")
        return Units(order, sizes_between(np.flatnonzero(np.diff(groups[order])) + 1, rows))
    if times is not None:
        order = np.argsort(times, kind="stable")
        begins = np.flatnonzero(np.diff(times[order])) + 1  # rows of one time stay together
        moments = Units(order, sizes_between(begins, rows))
        cuts = np.linspace(0, rows, stretches(targets[order]) + 1)[1:-1]
        if len(begins):
            begins = np.unique(begins[np.argmin(np.abs(cuts[:, None] - begins), axis=1)])
        return Units(order, sizes_between(begins, rows), moments)
    return Units(np.arange(rows), np.ones(rows, int))


def sizes_between(cuts: Integers, rows: int) -> Integers:
    """How many rows lie between one cut and the next."""
    return np.diff(cuts, prepend=0, append=rows)


def stretches(targets: Floats) -> int:
    """In how many stretches of time to cut, so that the targets of two have little in common.

    Args:
        targets: Numbers for the target of each row, in order of time, (N, C).
    """
    rows = len(targets)
    centred = targets - targets.mean(axis=0)
    spread = np.sum(centred**2) or 1.0
    count = int(np.clip(np.sqrt(rows), FEWEST_STRETCHES, MOST_STRETCHES))
    while count > FEWEST_STRETCHES:
        long = rows // count
        if np.sum(centred[long:] * centred[:-long]) / spread <= ALIKE:
            break
        count -= 5
    return min(max(count, FEWEST_STRETCHES), rows)


def shuffled(units: Units, rng: np.random.Generator) -> Integers:
    """A labelling in which the targets of whole units change places, (N,).

    In time the whole sequence of targets is turned round by so many times instead: what changes
    slowly would leave its traces at the seams of shorter stretches. Of few times the true order
    comes up again and again, as it must: where there are ten, each is the best in one of ten.
    """
    if (moments := units.moments) is None:
        return units.exchanged(rng.permutation(len(units)))
    return moments.exchanged(np.roll(np.arange(len(moments)), rng.integers(len(moments))))


def planted(
    units: Units,
    teacher: Floats,
    y: Floats,
    correlation: float,
    rng: np.random.Generator,
) -> Integers:
    """A labelling in which targets rise with what a teacher says, and with chance, (N,).

    Args:
        units: What changes places.
        teacher: What the teacher says of each row, (N,).
        y: A number for the target of each row, (N,): classes count from 0.
        correlation: Of the teacher, as normal scores, with what the targets rise with.
        rng: Where the draw comes from.
    """
    said = normal_scores(units.means(teacher)[:, None])[:, 0]  # (U,)
    chance = rng.standard_normal(len(units))
    latent = correlation * said + np.sqrt(1 - correlation**2) * chance
    dealt = rng.permutation(len(units))  # so that equal targets come in any order
    taken = np.empty(len(units), int)
    taken[np.argsort(latent)] = dealt[np.argsort(units.means(y)[dealt], kind="stable")]
    return units.exchanged(taken)


def correlation_of_effect(shares: Floats, gain: float, most: float) -> tuple[float, float]:
    """How strongly a teacher must correlate for its best guess to gain points of accuracy.

    Classes are cut from a normal variable u, of which the teacher knows t with
    `u = r t + sqrt(1 - r^2) e`; the best guess is right in `E max_c P(c | t)` of all cases.

    Args:
        shares: Of the classes, (C,), in the order in which they are cut; they sum to one.
        gain: In accuracy over the largest class.
        most: The largest correlation: where one class is frequent, hardly any gains so much.

    Returns:
        The correlation r, and the gain that it stands for.
    """
    from scipy.special import ndtr, ndtri  # SciPy loads when first used

    t = ndtri((np.arange(QUANTILES) + 0.5) / QUANTILES)  # (Q,)
    cuts = ndtri(np.clip(np.cumsum(shares)[:-1], 0, 1))  # (C - 1,)
    for r in np.linspace(most / STEPS, most, STEPS):
        below = ndtr((cuts - r * t[:, None]) / np.sqrt(1 - r**2))  # (Q, C - 1)
        p = np.diff(below, axis=1, prepend=0.0, append=1.0)  # (Q, C)
        gained = p.max(axis=1).mean() - shares.max()
        if gained >= gain:
            break
    return float(r), float(min(gained, gain))
