"""A look inside: a few numbers of each layer after every epoch, from one pass over some rows.

They are what the doctor reads. The weights are those that training left; activations and gradients
come from the same tape that every pass writes, in prediction mode, over rows that the network
learns from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from helder.core.layers import Activate, Dense, Theta
from helder.core.network import shares
from helder.core.parameters import Parameters
from helder.core.tape import Tape
from helder.engine import Batch, Course, Engine, Task, quiet
from helder.typing import Floats

MOST_ROWS = 256  # of a look
NO_SLOPE = 0.01  # from here down an activation passes nearly nothing back
EQUAL = 1e-5  # of their length: weights of two units that differ by less are the same


class LayerLook(NamedTuple):
    """One dense layer and its activation.

    Attributes:
        weight: Root mean square of W.
        largest: The largest absolute weight.
        update: How far W has moved in the epoch: the norm of its change over its norm before.
        gradient: Root mean square of dW.
        activation: Root mean square of what the layer gives out.
        stuck: Share of its units whose activation has nearly no slope on any of the rows.
        flat: Share of all rows and units where the activation has nearly no slope.
        alike: Share of its units that have the weights and the bias of another one.
    """

    weight: float
    largest: float
    update: float
    gradient: float
    activation: float
    stuck: float
    flat: float
    alike: float


Look = tuple[LayerLook, ...]  # of every dense layer, inputs first


class Inside:
    """Looks into one network after every epoch.

    Args:
        task: What the network has to do.
        engine: What computes.
    """

    def __init__(self, task: Task, engine: Engine) -> None:
        rows = np.unique(np.linspace(0, len(task.X) - 1, MOST_ROWS).astype(int))  # (B,)
        self.batch = Batch(task.X[rows], task.y[rows], shares(task.weights[rows]))
        self.network, self.engine = task.network.for_prediction(), engine
        self.before = task.parameters.values[task.k].copy()  # (P,)
        self.initial = self.seen(task.parameters, task.k)

    def into(self, course: Course) -> Course:
        """The course with a look after each of its epochs."""
        after = Parameters(self.network.layers, course.values, course.statistics)  # an epoch each
        return replace(course, looks=[self.seen(after, epoch) for epoch in range(len(course))])

    def seen(self, parameters: Parameters, k: int) -> Look:
        """Every dense layer with these numbers."""
        with self.engine.alone(), quiet():
            passed = self.engine.recorded(self.network, parameters, self.batch, k)
            passed.run()
            before = Parameters(self.network.layers, self.before[None], parameters.statistics[:1])
            looks = looked_at(passed.tape, parameters.thetas(k), before.thetas())
        self.before = parameters.values[k].copy()
        return looks


def layers_after(course: Course, epoch: int) -> Look:
    """What was seen of the layers after an epoch; nothing where nobody looked."""
    if course.looks is None or epoch >= len(course):
        return ()
    look: Look = course.looks[epoch]
    return look


def looked_at(tape: Tape, thetas: list[Theta], before: list[Theta]) -> Look:
    """The dense layers of a pass, each with the activation behind it."""
    places = [place for place, layer in enumerate(tape.layers) if isinstance(layer, Dense)]
    looks = []
    for place, end in zip(places, [*places[1:], len(tape.layers)], strict=True):
        page, theta, gone = tape.pages[place], thetas[place], before[place]
        gradient = rms(page.dW)  # before what follows writes over this tape
        a: Floats = page.z  # (B, n)
        slopes: Floats = np.ones((1, 1))  # an output has none that could be flat
        for behind in range(place + 1, end):
            layer = tape.layers[behind]
            if isinstance(layer, Activate):
                a = tape.pages[behind].a  # (B, n)
                # A gradient of one comes back as the slope.
                slopes = layer.backward(np.ones_like(a), thetas[behind], tape.pages[behind])
        flat = np.abs(slopes) < NO_SLOPE  # (B, n)
        looks.append(
            LayerLook(
                weight=rms(theta.W),
                largest=float(np.abs(theta.W).max()),
                update=rms(theta.W - gone.W) / (rms(gone.W) or 1.0),  # from nothing: as it is
                gradient=gradient,
                activation=rms(a),
                stuck=float(flat.all(axis=0).mean()),
                flat=float(flat.mean()),
                alike=alike(np.vstack([theta.W, theta.b])),
            )
        )
    return tuple(looks)


def rms(array: Floats) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(array, dtype=np.float64))))


def alike(weights: Floats) -> float:
    """The share of columns, of (n_in + 1, n_out), that are equal to another one."""
    if weights.shape[1] < 2:
        return 0.0
    # Equal columns lie side by side once they are in the order of one of their mixtures.
    mixture = np.sin(np.arange(1, len(weights) + 1)) @ weights  # (n_out,)
    ordered = weights[:, np.argsort(mixture, kind="stable")].astype(np.float64)
    apart = np.linalg.norm(np.diff(ordered, axis=1), axis=0)  # (n_out - 1,)
    length = np.linalg.norm(ordered, axis=0)  # (n_out,)
    same = apart <= EQUAL * np.maximum(length[1:], length[:-1])
    return float((np.append(same, False) | np.append(False, same)).mean())
