"""The test: what probes gain on the true labelling, beside what they gain on shuffled ones.

The probes are standardised over all labellings, true and shuffled alike, and the best of them
counts; where the targets have nothing to do with the columns, every labelling is then as likely as
any other to gain the most, whatever the columns are (Phipson & Smyth 2010, for p-values of such
tests; Besag & Clifford 1991, for stopping once the answer is clear).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from helder.core.losses import Loss
from helder.engine import Rows
from helder.glass.signal.probe import LINEAR, NETWORK, Probe, answers, gain, guesses
from helder.learn.folds import Fold
from helder.typing import Array, Floats, Integers

PROBES = (LINEAR, NETWORK)
ENOUGH = 10  # shuffled labellings that gain as much as the true one: there is no more to learn
STAGES = (19, 39, 79, 139, 199)  # shuffled labellings after which is looked whether to stop


@dataclass(eq=False)
class Gains:
    """What each probe gained on each labelling, and what it said of the rows of some.

    Attributes:
        labellings: The orders of the targets, (N,) each.
        gains: By how much the loss was smaller than that of guessing, for each probe, (L,) each.
        said: What the probes said of every row, one after the other, for each labelling: the
            pre-activation (N, n_out).
        guessed: What one says who knows no column, for each labelling, (N, n_out).
    """

    labellings: list[Integers] = field(default_factory=list)
    gains: dict[str, list[float]] = field(default_factory=dict)
    said: dict[str, list[Floats]] = field(default_factory=dict)
    guessed: list[Floats] = field(default_factory=list)

    @property
    def table(self) -> Floats:
        """Of each labelling and probe, (L, P)."""
        return np.array(list(self.gains.values())).T


@dataclass(frozen=True, eq=False)
class Bench:
    """The rows on which probes are tried.

    Args:
        rows: Inputs (N, n_in), standardised; targets (N, n_out) as the loss wants them; weights.
        loss: What the networks make small.
        folds: Which rows are learnt from, and which are then predicted, whatever the labelling.
        probes: Which networks are tried.
        engine: What computes, by name.
    """

    rows: Rows
    loss: Loss
    folds: tuple[Fold, ...]
    probes: tuple[Probe, ...] = PROBES
    engine: str = "auto"

    def try_on(self, labellings: Sequence[Integers], gains: Gains | None = None) -> Gains:
        """What the probes gain on these labellings, after those that they were tried on before."""
        gains = gains or Gains()
        gains.labellings += labellings
        fresh = [guesses(self.rows, self.loss, self.folds, order) for order in labellings]
        gains.guessed += fresh
        for probe in self.probes:
            so_far = gains.gains.setdefault(probe.name, [])
            said = gains.said.setdefault(probe.name, [])
            spoken = answers(probe, self.rows, self.loss, self.folds, labellings, self.engine)
            for order, guess, z in zip(labellings, fresh, spoken, strict=True):
                so_far.append(gain(z, guess, self.rows, self.loss, order))
                said.append(z)
        return gains


def statistic(table: Floats, among: Floats) -> Floats:
    """How far the best probe stands out on each labelling, in standard deviations, (L,).

    Args:
        table: Gains of each labelling and probe, (L, P).
        among: Gains over which the probes are standardised, (M, P).
    """
    spread = among.std(axis=0)
    standing: Array = (table - among.mean(axis=0)) / np.where(spread > 0, spread, 1.0)  # (L, P)
    return standing.max(axis=1)


def p_value(table: Floats) -> float:
    """How often a labelling gains as much as the first one, itself counted among them."""
    standing = statistic(table, table)
    return float(np.mean(standing >= standing[0]))


def compared(
    bench: Bench, shuffle: Callable[[], Integers], most: int = STAGES[-1], enough: int = ENOUGH
) -> Gains:
    """The probes on the true labelling and on so many shuffled ones as make the answer clear.

    Args:
        bench: The rows.
        shuffle: Draws one labelling.
        most: How many are shuffled at most.
        enough: How many that gain as much as the true one end the test.
    """
    gains = bench.try_on([np.arange(len(bench.rows))])
    for until in [*(stage for stage in STAGES if stage < most), most]:
        gains = bench.try_on([shuffle() for _ in range(until + 1 - len(gains.labellings))], gains)
        if p_value(gains.table) * len(gains.labellings) > enough:
            break
    return gains
