"""A probe: a small network with fixed choices, trained on many labellings of the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from helder.core import Architecture
from helder.core.losses import Loss
from helder.engine import Rows
from helder.errors import pick
from helder.learn import AdamW, Member, MultilayerPerceptron, Settings
from helder.learn.folds import Fold
from helder.learn.training import train
from helder.typing import Floats, Integers

UPDATES, SMALLEST_BATCH = 20, 32  # of an epoch, roughly; and the fewest rows of an update
MOST_BYTES = 1e8  # of the rows that are copied for networks trained together
BELIEVED = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.3])  # of what a probe says, (S,)
RAREST = 1e-3  # a class that nobody has seen in training is thought to be that frequent


@dataclass(frozen=True)
class Probe:
    """A network that is trained alike on every labelling: nothing is chosen by any row.

    Args:
        name: What it is called.
        hidden: The units of its hidden layers; none for the linear model.
        learning_rate: The largest, of one cycle.
        weight_decay: How strongly weights are held back.
        repeats: How many networks learn from the same rows and answer with their mean.
        epochs: How often they go through the rows.
    """

    name: str
    hidden: tuple[int, ...]
    learning_rate: float
    weight_decay: float
    repeats: int = 1
    epochs: int = 20

    def members(self, labelling: Integers, folds: Sequence[Fold], rows: Rows) -> list[Member]:
        """The networks that learn one labelling, K folds time after time; all begin alike."""
        y, weights = rows.y[labelling], rows.weights[labelling]  # (N, n_out), (N,)
        return [
            Member(seed=repeat * len(folds) + k, rows=fold.train, y=y, weights=weights)
            for repeat in range(self.repeats)
            for k, fold in enumerate(folds)
        ]


LINEAR = Probe("linear", (), learning_rate=0.02, weight_decay=0.1)
NETWORK = Probe("network", (16,), learning_rate=0.01, weight_decay=0.3, repeats=2)


def answers(
    probe: Probe,
    rows: Rows,
    loss: Loss,
    folds: Sequence[Fold],
    labellings: Sequence[Integers],
    engine: str = "auto",
) -> Iterator[Floats]:
    """What the probe says of every row that it has not learnt from, for one labelling and another.

    Args:
        probe: The network.
        rows: Inputs (N, n_in), targets (N, n_out) as the loss wants them, and weights (N,).
        loss: What the networks make small.
        folds: Which rows are learnt from, and which are then predicted, (K,).
        labellings: Orders of the targets, (N,) each.
        engine: What computes, by name.

    Returns:
        For each labelling the pre-activation of the outputs, (N, n_out).
    """
    each = probe.repeats * len(folds)
    together = max(1, int(MOST_BYTES / (each * rows.X.nbytes)))
    for first in range(0, len(labellings), together):
        some = labellings[first : first + together]
        members = [one for order in some for one in probe.members(order, folds, rows)]
        net = MultilayerPerceptron(
            Architecture(rows.X.shape[1], probe.hidden, rows.y.shape[1], output=loss),
            members=members,
            engine=engine,
        )
        train(
            net.network, net.parameters, rows, how(probe, rows), members=members, engine=net.engine
        )
        for number in range(len(some)):
            yield spoken(net, rows.X, folds, number * each, probe.repeats)


def how(probe: Probe, rows: Rows) -> Settings:
    """How the networks of a probe learn from so many rows."""
    return Settings(
        learning_rate=probe.learning_rate,
        epochs=probe.epochs,
        batch_size=max(SMALLEST_BATCH, len(rows) // UPDATES),
        optimizer=AdamW(probe.weight_decay),
        schedule="one_cycle",
    )


def spoken(
    net: MultilayerPerceptron, X: Floats, folds: Sequence[Fold], first: int, repeats: int
) -> Floats:
    """What networks `first`, `first + 1`, ... say of the rows held out, on average, (N, n_out)."""
    z = np.zeros((len(X), net.architecture.outputs))
    with net.engine.alone():
        for number in range(repeats * len(folds)):
            held_out = folds[number % len(folds)].held_out
            said = net.engine.outputs(net.network, net.parameters, X[held_out], first + number)
            z[held_out] += said / repeats
    return z


def guesses(rows: Rows, loss: Loss, folds: Sequence[Fold], labelling: Integers) -> Floats:
    """What one says of each fold who knows no column, as a pre-activation, (N, n_out)."""
    y, weights = rows.y[labelling], rows.weights[labelling]
    inverse = pick(loss.link_name, INVERSES, "link that can be turned round")
    z = np.zeros(y.shape)
    for fold in folds:
        counted = weights[fold.train]
        mean = np.average(y[fold.train], axis=0, weights=counted if counted.any() else None)
        z[fold.held_out] = inverse(mean)
    return z


INVERSES: dict[str, Callable[[Floats], Floats]] = {
    "softmax": lambda p: np.log(np.maximum(p, RAREST)),
    "sigmoid": lambda p: np.log(np.maximum(p, RAREST)) - np.log(np.maximum(1 - p, RAREST)),
    "linear": lambda mean: mean,
    "exp": lambda mean: np.log(np.maximum(mean, RAREST)),
}


def losses_believed(
    z: Floats, guess: Floats, rows: Rows, loss: Loss, labelling: Integers
) -> Floats:
    """The loss of every row if a probe is believed in part: guess + s (z - guess), (S, N)."""
    y = rows.y[labelling]
    return np.stack([loss.value(guess + s * (z - guess), y)[:, 0] for s in BELIEVED])


def gain(z: Floats, guess: Floats, rows: Rows, loss: Loss, labelling: Integers) -> float:
    """By how much the probe's mean loss is smaller than that of guessing.

    How far it is believed is chosen by the very rows, and alike for every labelling: a network that
    is too sure of itself has learnt something all the same.
    """
    weights = rows.weights[labelling]
    believed = losses_believed(z, guess, rows, loss, labelling) @ weights  # (S,)
    guessed = loss.value(guess, rows.y[labelling])[:, 0] @ weights
    return float((guessed - believed.min()) / weights.sum())
