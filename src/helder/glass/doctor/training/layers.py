"""Rules about the layers: gradients that die out or grow, units that pass nothing on."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from helder.glass.doctor.rules import Sighting
from helder.glass.doctor.training.case import Training, layer_name
from helder.text import say
from helder.typing import Floats

FIRST, LAST = 3, 3  # looks at the beginning and at the end that have to agree
GONE = 1e-3  # of the gradient of the outputs is left in the first layer
GROWN = 100.0  # times the size of the inputs, that a layer gives out
SILENT = 0.75  # of a layer's units
SATURATED = 0.65  # of a layer's units and rows
BOUNDED = ("tanh", "sigmoid")  # what saturates; the others die
STILL = 3  # epochs in which a weight has not moved


def seen(training: Training, name: str) -> Floats:
    """One number of every hidden layer at each look, the initial one first, (looks, layers)."""
    looks = [look for look in (training.initial, *training.looks) if look]
    numbers = [[getattr(layer, name) for layer in training.hidden(look)] for look in looks]
    return np.array(numbers).reshape(len(looks), training.depth)


def vanishing_gradient(training: Training) -> Iterable[Sighting]:
    """A first layer that hardly anything of the gradient reaches."""
    looks = [look for look in (training.initial, *training.looks[:FIRST]) if look]
    if training.depth < 2 or len(looks) < FIRST:
        return
    left = max(look[0].gradient / max(look[-1].gradient, 1e-30) for look in looks)
    if 0 < left < GONE:
        values = {"share": left, "layers": training.depth, "bend": training.bends[0].name}
        if training.bends[0].name in BOUNDED:
            fix: dict[str, object] = {"activation": "relu"}
        else:
            fix = {"hidden": shallower(training)}
        yield Sighting(values, where="layer 1", fix=fix)


def exploding_gradient(training: Training) -> Iterable[Sighting]:
    """Layers that give out far more than they get, so that gradients are as large."""
    size = max(1.0, training.inputs.largest if training.inputs else 1.0)
    given = seen(training, "activation")
    if not given.size:
        return
    grown = np.nanmax(np.where(np.isfinite(given), given, np.inf), axis=0) / size  # (layers,)
    if (grown > GROWN).any():
        first = int(np.argmax(grown > GROWN))
        name = layer_name(first + 1, training.depth)
        key = "grown_by" if np.isfinite(grown[first]) else "grown_beyond"
        given_out = say(f"doctor.{key}", times=float(grown[first]))
        values = {"layer": name, "grown": given_out, "layers": training.depth}
        fix = {"hidden": shallower(training)} if training.depth > 2 else {}
        yield Sighting(values, where=name, fix=fix)


def shallower(training: Training) -> tuple[int, ...]:
    """The first two hidden layers."""
    return tuple(layer.units for layer in training.architecture.hidden_layers[:2])


def dead_units(training: Training) -> Iterable[Sighting]:
    """Units that are silent for every row, so that nothing reaches what lies before them."""
    silent = seen(training, "stuck")
    if len(silent) < LAST:
        return
    dead = silent[-LAST:].min(axis=0)  # (layers,)
    for number, bend in enumerate(training.bends):
        if bend.name not in BOUNDED and dead[number] >= SILENT:
            name = layer_name(number + 1, training.depth)
            values = {"layer": name, "share": dead[number], "bend": bend.name}
            yield Sighting(values, where=name, fix={"activation": "leaky_relu"})
            return


def saturation(training: Training) -> Iterable[Sighting]:
    """Units at the flat ends of their activation, from the beginning or in the end."""
    flat = seen(training, "flat")
    if len(flat) < FIRST:
        return
    share = np.maximum(flat[:FIRST].min(axis=0), flat[-LAST:].min(axis=0))  # (layers,)
    for number, bend in enumerate(training.bends):
        if bend.name in BOUNDED and share[number] >= SATURATED:
            name = layer_name(number + 1, training.depth)
            values = {"layer": name, "share": share[number], "bend": bend.name}
            yield Sighting(values, where=name, fix={"activation": "relu"})
            return


def weights_stuck(training: Training) -> Iterable[Sighting]:
    """Layers whose weights do not move at all."""
    looks = training.looks
    if len(looks) < STILL:
        return
    moved = np.array([[layer.update for layer in look] for look in looks[:STILL]])
    for number in np.flatnonzero((moved == 0).all(axis=0)):
        name = layer_name(int(number) + 1, training.depth)
        yield Sighting({"layer": name, "epochs": STILL}, where=name)
        return
