"""What another doubling would gain, from what the last ones gained, with an interval.

The model is a power law whose exponent may wander, and now and then breaks, as where a network has
only begun to see something: every doubling gains so many times what the one before it gained, and
how many times is known beforehand only roughly. Histories of such ratios are drawn; each is chosen
the more often the better it explains the scores, and says what comes next. docs/advice.md has how
often it is right.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from helder.typing import Floats

DRAWS = 20_000  # histories
LEVEL = 0.90  # of every interval of the advice
RATIO = 0.58  # of a doubling's gain to the one's before: the middle of what curves show
RATIO_SPREAD = 0.08  # standard deviation of its logarithm, from table to table
WANDERS = 0.12  # and from one doubling to the next
BREAKS, FURTHER = 0.15, 8.0  # how often a past doubling wanders further, and how many times so
WORTH, WORTH_SPREAD = 0.85, 0.2  # a share that a point of a smoother score is worth of a metric
WORTH_WANDERS = 0.10  # of what it is worth: how far that may change at the next doubling


class Gain(NamedTuple):
    """What something gains: a middle guess, and a 90 % interval."""

    value: float
    low: float
    high: float


class Histories(NamedTuple):
    """What doublings may have gained, each beside the one before it.

    Attributes:
        steps: The logarithm of the ratio of each gain to the one before, the last first,
            (DRAWS, D - 1).
        wanders: The standard deviation of each around the ratio that they have in common.
    """

    steps: Floats
    wanders: Floats

    @classmethod
    def drawn(cls, count: int, rng: np.random.Generator) -> Histories:
        """So many ratios, as they are known beforehand."""
        breaks = rng.random((DRAWS, count)) < BREAKS
        wanders = np.where(breaks, FURTHER * WANDERS, WANDERS)  # (DRAWS, D - 1)
        common = rng.normal(np.log(RATIO), RATIO_SPREAD, (DRAWS, 1))
        return cls(common + wanders * rng.normal(size=wanders.shape), wanders)

    @property
    def gains(self) -> Floats:
        """The gains, the last first, of which the last is 1, (DRAWS, D)."""
        return np.exp(-np.cumsum(np.pad(self.steps, ((0, 0), (1, 0))), axis=1))

    def next_ratios(self, rng: np.random.Generator) -> Floats:
        """The ratio of the next gain to the last, by what each history says of them, (DRAWS,)."""
        counts = 1 / self.wanders**2  # (DRAWS, D - 1)
        certain = 1 / RATIO_SPREAD**2 + counts.sum(axis=1)  # (DRAWS,), of the common ratio
        sums = np.log(RATIO) / RATIO_SPREAD**2 + (counts * self.steps).sum(axis=1)
        return np.exp(rng.normal(sums / certain, np.sqrt(1 / certain + WANDERS**2)))


def next_gains(gains: Floats, covariance: Floats, rng: np.random.Generator) -> Floats:
    """What the next doubling may gain, (DRAWS,).

    Args:
        gains: What each doubling so far has gained, the last one first, (D,).
        covariance: Of the errors of these, (D, D), positive definite.
        rng: Where the draws come from.
    """
    from scipy.special import ndtr, ndtri

    histories = Histories.drawn(len(gains) - 1, rng)
    shape, inverse = histories.gains, np.linalg.inv(covariance)  # (DRAWS, D), (D, D)
    precision = np.einsum("nd,de,ne->n", shape, inverse, shape)  # (DRAWS,)
    mean, spread = shape @ inverse @ gains / precision, precision**-0.5  # of the last gain
    above = np.maximum(ndtr(mean / spread), 1e-300)  # (DRAWS,), how likely nothing was lost
    # Beforehand all sums of gains of 0 and more are as likely: hence the sum beside the spread.
    fits = mean**2 * precision / 2 + np.log(above * spread * shape.sum(axis=1))
    weights = np.exp(fits - fits.max())
    chosen = rng.choice(DRAWS, DRAWS, p=weights / weights.sum())
    mean, spread, above = mean[chosen], spread[chosen], above[chosen]
    last = np.maximum(mean - spread * ndtri(above * rng.uniform(1e-12, 1, DRAWS)), 0)  # cut off
    return last * Histories(*(array[chosen] for array in histories)).next_ratios(rng)


def worth(gains: Floats, smoother: Floats, covariance: Floats) -> tuple[float, float]:
    """How much of a metric goes with a gain of a smoother score, and how sure that is.

    Args:
        gains: What each doubling has gained of the metric, (D,).
        smoother: And of the smoother score, (D,).
        covariance: Of the errors of `gains - WORTH * smoother`, (D, D), positive definite.

    Returns:
        The ratio, and the standard deviation of the next one.
    """
    inverse, before = np.linalg.inv(covariance), WORTH_SPREAD**-2  # (D, D)
    precision = smoother @ inverse @ smoother + before
    ratio = (smoother @ inverse @ gains + WORTH * before) / precision
    return float(ratio), float(np.sqrt(1 / precision + (WORTH_WANDERS * ratio) ** 2))


def interval(drawn: Floats) -> Gain:
    """The median of draws and the middle 90 % of them."""
    tail = (1 - LEVEL) / 2
    return Gain(*map(float, np.quantile(drawn, [0.5, tail, 1 - tail])))
