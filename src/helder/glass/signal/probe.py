"""A probe: a small network with fixed choices, trained on many labellings of the same rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from helder.core import Architecture
from helder.core.losses import Loss
from helder.engine import Rows
from helder.errors import pick
from helder.glass.signal.weighing import Weighing
from helder.learn import AdamW, Member, MultilayerPerceptron, Settings
from helder.learn.folds import Fold
from helder.learn.training import train
from helder.typing import Floats, Integers

EPOCHS = 20
UPDATES, SMALLEST_BATCH = 20, 32  # of an epoch, roughly; and the fewest rows of an update
MOST_BYTES = 1e8  # of the rows that are copied for networks trained together
BELIEVED = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.3])  # of what a probe says, (S,)
RAREST = 1e-3  # a class that nobody has seen in training is thought to be that frequent


@dataclass(frozen=True)
class Probe:
    """A network that is trained alike on every labelling: nothing is chosen by any row.

    Args:
        hidden: The units of its hidden layers; none for the linear model.
        learning_rate: The largest, of one cycle.
        weight_decay: How strongly weights are held back.
    """

    hidden: tuple[int, ...]
    learning_rate: float
    weight_decay: float

    def settings(self, rows: int) -> Settings:
        """How its networks learn from so many rows."""
        return Settings(
            learning_rate=self.learning_rate,
            epochs=EPOCHS,
            batch_size=max(SMALLEST_BATCH, rows // UPDATES),
            optimizer=AdamW(self.weight_decay),
            schedule="one_cycle",
        )


LINEAR = Probe((), learning_rate=0.1, weight_decay=0.1)
NETWORK = Probe((16,), learning_rate=0.01, weight_decay=0.3)


@dataclass(frozen=True, eq=False)
class Trials:
    """What a probe gained on some labellings, the true one first.

    Attributes:
        gains: By how much its mean loss was smaller than that of guessing, (L,).
        scores: Its accuracy, or by which share its loss was smaller than that of guessing, (L,).
        said: What it said on the first one, (N, n_out).
    """

    gains: Floats
    scores: Floats
    said: Floats

    def and_then(self, more: Trials) -> Trials:
        """These labellings, and more."""
        gains, scores = (
            np.concatenate([getattr(one, what) for one in (self, more)])
            for what in ("gains", "scores")
        )
        return Trials(gains, scores, self.said)


@dataclass(frozen=True, eq=False)
class Bench:
    """The rows on which probes are tried.

    Args:
        rows: Inputs (N, n_in), standardised; targets (N, n_out) as the loss wants them; weights.
        loss: What the networks make small.
        folds: Which rows are learnt from, and which are then predicted, whatever the labelling.
        engine: What computes, by name.
    """

    rows: Rows
    loss: Loss
    folds: tuple[Fold, ...]
    engine: str = "auto"

    @cached_property
    def weighing(self) -> Weighing:
        """What rows count on a labelling."""
        return Weighing.of(self.rows, self.loss)

    def tried(self, probe: Probe, labellings: Sequence[Integers]) -> Trials:
        """What a probe gains on each of these labellings."""
        gains, scores, said = [], [], []
        for order, z in zip(labellings, self.answers(probe, labellings), strict=True):
            guess = self.guesses(order)
            gains.append(self.gain(z, guess, order))
            scores.append(self.score(z, guess, order))
            said.append(z)
        return Trials(np.array(gains), np.array(scores), said[0])

    def answers(self, probe: Probe, labellings: Sequence[Integers]) -> Iterator[Floats]:
        """What a probe says of every row that it has not learnt from, a labelling at a time.

        Returns:
            For each labelling the pre-activation of the outputs, (N, n_out).
        """
        K, rows = len(self.folds), self.rows
        together = max(1, int(MOST_BYTES / (K * rows.X.nbytes)))
        for first in range(0, len(labellings), together):
            some = labellings[first : first + together]
            members = [
                Member(seed=k, rows=fold.train, y=rows.y[order], weights=weights)
                for order in some
                for weights in [self.weighing.under(order)]
                for k, fold in enumerate(self.folds)
            ]
            net = MultilayerPerceptron(
                Architecture(rows.X.shape[1], probe.hidden, rows.y.shape[1], output=self.loss),
                members=members,
                engine=self.engine,
            )
            how = probe.settings(len(rows))
            train(net.network, net.parameters, rows, how, members=members, engine=net.engine)
            for number in range(len(some)):
                yield self._said(net, number * K)

    def _said(self, net: MultilayerPerceptron, first: int) -> Floats:
        z = np.zeros(self.rows.y.shape)  # (N, n_out)
        with net.engine.alone():
            for k, fold in enumerate(self.folds, first):
                inputs = self.rows.X[fold.held_out]
                z[fold.held_out] = net.engine.outputs(net.network, net.parameters, inputs, k)
        return np.nan_to_num(z, posinf=0.0, neginf=0.0)

    def guesses(self, labelling: Integers) -> Floats:
        """What one says of each fold who knows no column, as a pre-activation, (N, n_out)."""
        y, weights = self.rows.y[labelling], self.weighing.under(labelling)
        inverse = pick(self.loss.link_name, INVERSES, "link that can be turned round")
        z = np.zeros(y.shape)
        for fold in self.folds:
            z[fold.held_out] = inverse(
                np.average(y[fold.train], axis=0, weights=weights[fold.train])
            )
        return z

    def believed(self, z: Floats, guess: Floats, labelling: Integers) -> Floats:
        """The loss of every row if a probe is believed in part: guess + s (z - guess), (S, N)."""
        y = self.rows.y[labelling]
        return np.stack([self.loss.value(guess + s * (z - guess), y)[:, 0] for s in BELIEVED])

    def gain(self, z: Floats, guess: Floats, labelling: Integers) -> float:
        """By how much the probe's mean loss is smaller than that of guessing.

        How far it is believed is chosen by the very rows, and alike for every labelling: a network
        that is too sure of itself has learnt something all the same.
        """
        weights = self.weighing.under(labelling)
        believed = self.believed(z, guess, labelling) @ weights  # (S,)
        guessed = self.loss.value(guess, self.rows.y[labelling])[:, 0] @ weights
        return float((guessed - believed.min()) / weights.sum())

    def score(self, z: Floats, guess: Floats, labelling: Integers) -> float:
        """The accuracy of a probe on one labelling, or the share of the guess's loss it removes."""
        y, weights = self.rows.y[labelling], self.weighing.under(labelling)
        if self.loss.link_name == "softmax":
            return float(np.average(z.argmax(axis=1) == y.argmax(axis=1), weights=weights))
        wrong, spread = (self.loss.value(said, y)[:, 0] @ weights for said in (z, guess))
        return float(1 - wrong / spread) if spread > 0 else 0.0

    def surely_better(self, said: Floats, other: Floats) -> float:
        """How sure it is that what one probe said is closer to the truth than what another did.

        Args:
            said, other: The pre-activation of the outputs on the true labelling, (N, n_out).
        """
        true = np.arange(len(self.rows))
        guess, weights = self.guesses(true), self.rows.weights / self.rows.weights.sum()
        curves = [self.believed(z, guess, true) for z in (said, other)]  # (S, N) each
        mine, others = (curve[np.argmin(curve @ weights)] for curve in curves)  # (N,)
        gained = others - mine
        mean = gained @ weights
        error = math.sqrt(weights**2 @ (gained - mean) ** 2)
        return 0.5 * (1 + math.erf(mean / error / math.sqrt(2))) if error > 0 else 0.5


INVERSES: dict[str, Callable[[Floats], Floats]] = {
    "softmax": lambda p: np.log(np.maximum(p, RAREST)),
    "sigmoid": lambda p: np.log(np.maximum(p, RAREST)) - np.log(np.maximum(1 - p, RAREST)),
    "linear": lambda mean: mean,
    "exp": lambda mean: np.log(np.maximum(mean, RAREST)),
}
