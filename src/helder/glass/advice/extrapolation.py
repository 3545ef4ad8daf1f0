"""What another doubling would gain, from what the last ones gained, with an interval.

The model is a power law whose exponent may wander, and now and then breaks, as where a network has
only begun to see something: every doubling gains so many times what the one before it gained, and
how many times is known beforehand only roughly. Histories of such ratios are drawn; each is weighed
by how well it explains the scores, and says what comes next. docs/advice.md has how often it is
right.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from helder.engine import Purpose, generator
from helder.typing import Floats

DRAWS = 10_000  # histories that are weighed
LEVEL = 0.90  # of every interval of the advice
RATIO = 0.60  # of a doubling's gain to the one's before: the middle of what curves show
RATIO_SPREAD = 0.12  # standard deviation of its logarithm, from table to table
WANDERS = 0.12  # and from one doubling to the next
BREAKS, FURTHER = 0.25, 8.0  # how often a past doubling wanders further, and how many times so


class Gain(NamedTuple):
    """What something gains: a middle guess, and a 90 % interval."""

    value: float
    low: float
    high: float


def next_gain(gains: Floats, covariance: Floats, luck: float, seed: int) -> Gain:
    """What the next doubling gains.

    Args:
        gains: What each doubling so far has gained, the last one first, (D,).
        covariance: Of the errors of these, (D, D), positive definite.
        luck: The standard deviation of what the next one gains, by the luck of which rows come.
        seed: Where the draws come from.
    """
    from scipy.special import ndtr, ndtri

    rng, D = generator(seed, 1, Purpose.RESAMPLE), len(gains)
    wanders = np.where(rng.random((DRAWS, D)) < BREAKS, FURTHER * WANDERS, WANDERS)
    wanders[:, 0] = WANDERS  # the next doubling is no past one
    ratio = rng.normal(np.log(RATIO), RATIO_SPREAD, (DRAWS, 1))
    steps = ratio + wanders * rng.normal(size=(DRAWS, D))
    before = np.exp(-np.cumsum(steps, axis=1))  # (DRAWS, D), of a next gain of 1
    inverse = np.linalg.inv(covariance)  # (D, D)
    precision = np.einsum("nd,de,ne->n", before, inverse, before)  # (DRAWS,)
    mean, spread = before @ inverse @ gains / precision, precision**-0.5  # of the next gain
    above = np.maximum(ndtr(mean / spread), 1e-300)  # (DRAWS,), how likely none is lost
    # Beforehand all sums of gains of 0 and more are as likely: hence the sum beside the spread.
    fits = mean**2 * precision / 2 + np.log(above * spread * before.sum(axis=1))
    drawn = mean - spread * ndtri(above * rng.uniform(1e-12, 1, DRAWS))  # normal, cut off at 0
    drawn = np.maximum(drawn, 0) + luck * rng.normal(size=DRAWS)
    return interval(drawn, np.exp(fits - fits.max()))


def interval(drawn: Floats, weights: Floats) -> Gain:
    """The median of weighted draws (DRAWS,) and the middle 90 % of them."""
    order = np.argsort(drawn)
    share = np.cumsum(weights[order]) / weights.sum()
    tail = (1 - LEVEL) / 2
    at = np.searchsorted(share, [0.5, tail, 1 - tail])
    return Gain(*map(float, drawn[order][np.minimum(at, len(drawn) - 1)]))
