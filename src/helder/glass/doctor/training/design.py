"""Rules that need no training: the inputs, the loss, the layers and the first weights."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from helder.core.layers import Dense
from helder.core.losses import OUTPUTS
from helder.glass.doctor.rules import Sighting
from helder.glass.doctor.training.case import Training, layer_name

APART = 100.0  # times as wide as the narrowest column
FAR = 100.0  # the size of a column, or of a target
ALIKE = 0.9  # of a layer's units, that have the weights of another one
TOO_LARGE, TOO_SMALL = 10.0, 0.03  # times the size that keeps sums at the size of the inputs
STRONG_DROPOUT = 0.5
BEYOND = 0.01  # of the targets' range, that an output may miss


def unscaled_inputs(training: Training) -> Iterable[Sighting]:
    """Columns of which one is far wider than another, or far from zero."""
    inputs = training.inputs
    if inputs is None:
        return
    wide, narrow, large = inputs.columns
    if inputs.widest > APART * inputs.narrowest > 0:
        times = inputs.widest / inputs.narrowest
        yield Sighting({"wide": wide, "narrow": narrow, "times": times}, where=f"input {wide}")
    elif inputs.largest > FAR:
        values = {"wide": large, "narrow": "the others", "times": inputs.largest}
        yield Sighting(values, where=f"input {large}")


def unscaled_targets(training: Training) -> Iterable[Sighting]:
    """Amounts that lie far from where a network begins."""
    targets, loss = training.targets, training.architecture.loss
    if targets is None or loss.link_name != "linear":
        return
    if max(abs(targets.low), abs(targets.high)) > FAR:
        yield Sighting({"low": targets.low, "high": targets.high}, where="output layer")


def output_loss_mismatch(training: Training) -> Iterable[Sighting]:
    """Targets that the output cannot say, or that another loss is made for."""
    targets, loss = training.targets, training.architecture.loss
    if targets is None:
        return
    amounts = loss.link_name not in ("softmax", "sigmoid", "exp")
    what = ""
    if targets.one_hot and loss.link_name != "softmax":
        what = "rows that hold a single 1, as classes do"
    elif targets.codes and amounts:
        what = f"the whole numbers 0 to {targets.codes - 1}, as class numbers are"
    elif missed(training):
        what = f"numbers from {targets.low:.4g} to {targets.high:.4g}, which this output cannot say"
    if what:
        better = "softmax" if targets.one_hot or targets.codes > 2 else "sigmoid"
        better = better if targets.one_hot or targets.codes else "linear"
        values = {"what": what, "loss": loss.name, "output": better, "right": OUTPUTS[better].name}
        yield Sighting(values, where="output layer")


def missed(training: Training) -> bool:
    """Whether the targets reach beyond all that the output's link can say."""
    targets, loss = training.targets, training.architecture.loss
    if targets is None or loss.link_name == "softmax":
        return False
    room = BEYOND * max(targets.high - targets.low, 1e-12)
    top, bottom = end_of(training, 1.0), end_of(training, -1.0)
    return targets.high > top + room or targets.low < bottom - room


def end_of(training: Training, side: float) -> float:
    """What the output's link comes to far out on one side; infinity where it never ends."""
    loss, one = training.architecture.loss, np.full((1, training.architecture.outputs), side)
    with np.errstate(all="ignore"):
        near, far = (float(np.mean(loss.link(z * one))) for z in (1e3, 1e6))
    ends = np.isfinite(far) and abs(far - near) <= BEYOND * (abs(near) + BEYOND)
    return far if ends else side * np.inf


def symmetric_weights(training: Training) -> Iterable[Sighting]:
    """Hidden layers whose units begin all alike."""
    look = training.initial or next(iter(training.looks), ())
    for number, layer in enumerate(training.hidden(look), 1):
        units = training.architecture.hidden_layers[number - 1].units
        if units > 1 and layer.alike >= ALIKE:
            name = layer_name(number, training.depth)
            values = {"layer": name, "share": layer.alike, "size": layer.weight}
            yield Sighting(values, where=name)
            return


def first_weights(training: Training) -> Iterable[Sighting]:
    """First weights far from the size that keeps signals at theirs."""
    dense = [layer for layer in training.architecture.layers if isinstance(layer, Dense)]
    for number, (look, layer) in enumerate(zip(training.initial, dense, strict=False), 1):
        usual = np.sqrt(2 / layer.n_in)
        last = number == len(dense)  # whose weights may well begin at nothing
        small = 0 < look.weight < TOO_SMALL * usual and not last
        if look.weight > TOO_LARGE * usual or small:
            name = layer_name(number, training.depth)
            times = look.weight / usual
            yield Sighting({"layer": name, "size": look.weight, "times": times}, where=name)
            return


def linear_stack(training: Training) -> Iterable[Sighting]:
    """Hidden layers that bend nothing."""
    if training.bends and all(bend.name == "identity" for bend in training.bends):
        yield Sighting({"layers": training.depth}, fix={"activation": "relu"})


def strong_dropout(training: Training) -> Iterable[Sighting]:
    """A layer of which more than half is silent at any time."""
    for number, layer in enumerate(training.architecture.hidden_layers, 1):
        if (layer.dropout or 0.0) > STRONG_DROPOUT:
            name = layer_name(number, training.depth)
            yield Sighting({"layer": name, "rate": layer.dropout}, where=name)
            return
