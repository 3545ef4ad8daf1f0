"""The power: how often the same test finds an effect of a known size in columns like these."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from helder.glass.signal.labellings import Units, correlation_of_effect, planted, shuffled
from helder.glass.signal.screens import Screens
from helder.glass.signal.testing import ALPHA, BY_SCREENS, statistic
from helder.glass.signal.weighing import Targets
from helder.typing import Floats, Integers

EFFECT = 0.1  # points of accuracy, and share of the variance: the largest that may be missed
POWER = 0.8  # how often it must be found to call it missing
PLANTED, SHUFFLED = 200, 150  # labellings with the effect, and without where rows are added
TAUGHT_BY = 5  # columns, at most, that the effect comes from
STANDS_OUT = 2.59  # standard deviations that are found so often: normal quantiles of both
GROWTH = 1.5  # by which rows are added until the effect is found often enough
MOST_GROWN, MOST_GROWTH = 4000, 12.0  # rows that are tried, and times the rows there are


@dataclass(frozen=True)
class Power:
    """How well a known effect would be found.

    Attributes:
        effect: Points of accuracy over guessing, or the share of the variance that is explained.
        explained: That share; of classes the share of the variance of what they are cut from.
        found: In which share of labellings with such an effect it was found.
        rows_needed: How many rows would find it in `POWER` of them; None where nobody can say, or
            where those there are suffice.
    """

    effect: float
    explained: float
    found: float
    rows_needed: int | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """Rows in which effects are planted.

    Args:
        X: Inputs, standardised, (N, n_in).
        targets: Those of the rows, as the screens see them.
        y: A number for each row's target: that of its class, or itself, (N,).
        classes: How many classes there are; 0 for numbers.
        units: What changes places in a labelling.
    """

    X: Floats
    targets: Targets
    y: Floats
    classes: int
    units: Units

    @cached_property
    def effect(self) -> tuple[float, float]:
        """How strongly a teacher correlates, and what it gains."""
        most = math.sqrt(EFFECT)
        if not self.classes:
            return most, EFFECT
        counts = np.bincount(self.y.astype(int), minlength=self.classes)
        return correlation_of_effect(counts / counts.sum(), EFFECT, most)

    def with_effect(self, rng: np.random.Generator) -> list[Integers]:
        """Labellings that rise with the weighted sum of a few columns, each with other ones."""
        correlation, _ = self.effect
        told = np.flatnonzero(self.X.std(axis=0) > 0)
        orders = []
        for _ in range(PLANTED):
            columns = rng.permutation(told)[:TAUGHT_BY]
            teacher = self.X[:, columns] @ rng.standard_normal(len(columns))  # (N,)
            orders.append(planted(self.units, teacher, self.y, correlation, rng))
        return orders

    def grown(self, units: int, rng: np.random.Generator) -> Case:
        """As many units as are wanted, drawn from those there are."""
        rows, places = self.units.drawn(rng.integers(len(self.units), size=units))
        targets = self.targets.take(rows)
        return replace(self, X=self.X[rows], targets=targets, y=self.y[rows], units=places)


def power_of(case: Case, screens: Screens, null: Floats, rng: np.random.Generator) -> Power:
    """How well the effect would be found by the screens; with the network it can only be better.

    Args:
        case: Where the effect is planted.
        screens: Of its rows.
        null: What shuffled labellings share with each screen, (L, S).
        rng: Where every draw comes from.
    """
    often, stands_out = found(case, screens, null, rng)
    correlation, effect = case.effect
    power = Power(effect, correlation**2, often)
    if often >= POWER:
        return power
    return replace(power, rows_needed=rows_needed(case, stands_out, rng))


def found(
    case: Case, screens: Screens, null: Floats, rng: np.random.Generator
) -> tuple[float, float]:
    """How often the effect is found, and how far it stands out in standard deviations."""
    effects = screens.shared(case.targets, case.with_effect(rng))  # (M, S)
    alone, standing = statistic(null), statistic(effects, null)  # (L,), (M,)
    threshold = np.quantile(alone, 1 - ALPHA * BY_SCREENS)
    spread = alone.std() or 1.0
    return float(np.mean(standing > threshold)), float((standing.mean() - alone.mean()) / spread)


def rows_needed(case: Case, stands_out: float, rng: np.random.Generator) -> int | None:
    """How many rows would find the effect as often as `POWER` says; None where nobody can say.

    Rows like those there are get more until they do. Where that would take too many, how far the
    effect stands out is taken to grow with the square root of the rows, or faster.
    """
    rows, most = len(case.X), min(MOST_GROWN, MOST_GROWTH * len(case.X))
    units = len(case.units)
    while rows * GROWTH <= most:
        units = int(np.ceil(units * GROWTH))
        larger = case.grown(units, rng)
        rows = len(larger.X)
        screens = Screens.of(larger.X, rng)
        null = [shuffled(larger.units, rng) for _ in range(SHUFFLED)]
        often, stands_out = found(larger, screens, screens.shared(larger.targets, null), rng)
        if often >= POWER:
            return rounded(rows)
    if stands_out <= 0:
        return None
    return rounded(rows * max(GROWTH, (STANDS_OUT / stands_out) ** 2))


def rounded(rows: float) -> int:
    """A number of rows with two digits: more would say more than is known."""
    unit = 10 ** max(0, len(str(int(rows))) - 2)
    return int(np.ceil(rows / unit) * unit)
