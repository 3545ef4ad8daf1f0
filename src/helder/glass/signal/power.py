"""The power: how often the same test finds an effect of a known size in the same columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helder.glass.signal.labellings import planted
from helder.glass.signal.testing import Bench, statistic
from helder.typing import Floats, Integers

PLANTED = 20  # labellings with a known effect
TAUGHT_BY = 5  # columns, at most, that the effect comes from
ALPHA, POWER = 0.05, 0.8
STANDS_OUT = 2.49  # standard deviations that are found so often: normal quantiles of both


def with_effect(
    bench: Bench, units: Sequence[Integers], share: float, rng: np.random.Generator
) -> list[Integers]:
    """Labellings that follow a few columns in a share of the rows, each other columns."""
    X, y = bench.rows.X, bench.rows.y
    values = y.argmax(axis=1) if bench.loss.link_name == "softmax" else y[:, 0]  # (N,)
    told = np.flatnonzero(X.std(axis=0) > 0)
    orders = []
    for _ in range(PLANTED):
        columns = rng.permutation(told)[:TAUGHT_BY]
        teacher = X[:, columns] @ rng.standard_normal(len(columns))  # (N,)
        orders.append(planted(units, teacher, values, share, rng))
    return orders


def found(null: Floats, effects: Floats) -> tuple[float, float]:
    """How often known effects were found, and how far they stand out in standard deviations.

    Args:
        null: Gains of shuffled labellings and probes, (L, P).
        effects: Gains of those with an effect, (M, P).
    """
    usual, standing = statistic(null, null), statistic(effects, null)  # (L,), (M,)
    threshold = np.quantile(usual, 1 - ALPHA)
    spread = usual.std() or 1.0
    return float(np.mean(standing > threshold)), float((standing.mean() - usual.mean()) / spread)


def rows_needed(rows: int, stands_out: float) -> int | None:
    """How many rows would find the effect as often as `POWER` says; None where nobody can say.

    How far an effect stands out grows with the square root of the rows, or faster.
    """
    if stands_out <= 0:
        return None
    return int(np.ceil(rows * max(1.0, (STANDS_OUT / stands_out) ** 2)))
