"""The mistakes that people make going backward, each as the stage that it replaces.

A mistake is recognised when the person's gradients are those of the reference network with that
stage replaced, and of no other. So each stands here once, as a formula beside its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from helder.core.activations import Activation
from helder.glass.check.network.reference.losses import OutputLoss
from helder.glass.check.network.reference.network import Pass, Stages
from helder.glass.check.network.reference.slopes import (
    OTHERS,
    Slope,
    slopes_of_another,
    wrong_slopes,
)
from helder.typing import Floats

Stage = tuple[str, str, Callable[[Pass], Floats]]  # a cause, a formula, what it gives


@dataclass(frozen=True)
class Mistake:
    """A way to go backward that is not right.

    Attributes:
        cause: Its name in `causes.CAUSES`.
        saw: What the person's gradient is, as a formula.
        stages: The stages, with the one that is wrong.
        layer: The layer that it concerns, from 0; None for the output or for all.
        also: The causes of other mistakes in the same gradient.
    """

    cause: str
    saw: str
    stages: Stages
    layer: int | None = None
    also: tuple[str, ...] = ()


def mistakes(passed: Pass, loss: OutputLoss) -> Iterator[Mistake]:
    """All mistakes that can be made with this network and loss."""
    right = Stages(output=loss.dz)
    yield from at_the_output(passed, right)
    yield from in_every_slope(passed, right)
    yield from hidden_mistakes(passed, right)
    yield from in_a_layer(passed, right)


def hidden_mistakes(passed: Pass, right: Stages) -> Iterator[Mistake]:
    """Those between the output and the first layer."""
    yield from in_slopes(passed, right)
    yield from on_the_way_back(passed, right)


def in_slopes(passed: Pass, right: Stages) -> Iterator[Mistake]:
    """f'(z) of hidden layers."""
    yield from in_a_slope(passed, right)
    yield from in_different_slopes(passed, right)


def at_the_output(passed: Pass, right: Stages) -> Iterator[Mistake]:
    """dz of the output."""
    last = passed.known.layers - 1
    output = passed.activation(last)
    found = at_a_softmax(last) if output is None else at_an_activation(output, last)
    for cause, saw, dz in found:
        yield Mistake(cause, saw, right.with_(output=dz), last)


def at_a_softmax(last: int) -> Iterator[Stage]:
    """dz of softmax and cross-entropy, which is p - y."""
    yield "softmax-derivative-twice", "(p - y) p (1 - p)", lambda p: p.error * p.p * (1 - p.p)
    yield "derivative-formula", "-y / p", lambda p: -p.known.y / p.p
    saw = "-y / p times p (1 - p), the diagonal of the softmax's derivative alone"
    yield "derivative-formula", saw, lambda p: -p.known.y * (1 - p.p)
    yield "loss-ignores-labels", "p", lambda p: p.p
    for name in OTHERS:
        for cause, saw, slope in slopes_of_another(name):
            yield cause, f"(p - y) {saw}", bent_error(slope, last)


def at_an_activation(output: Activation, last: int) -> Iterator[Stage]:
    """dz of a loss behind an activation, such as (a - y) f'(z)."""
    if output.name not in ("identity", "sigmoid"):
        yield "missing-output-derivative", "a - y", lambda p: p.error
    twice = "(a - y) f'(z) f'(z)"
    yield "softmax-derivative-twice", twice, lambda p: p.error * p.slope(last) * p.slope(last)
    for cause, saw, slope in wrong_slopes(output):
        yield cause, f"(a - y) {saw}", bent_error(slope, last)
    yield (
        "derivative-formula",
        "(a - y)² f'(z), the loss in place of its derivative a - y",
        lambda p: np.sum(p.error**2, axis=1, keepdims=True) * p.slope(last),
    )
    if output.name == "sigmoid":
        saw = "(y - a) / (a (1 - a)) without f'(z)"
        yield "derivative-formula", saw, lambda p: p.error / (p.p * (1 - p.p))
        for cause, saw, slope in wrong_slopes(output):
            yield cause, f"(a - y) / (a (1 - a)) times {saw}", through_slope(slope, last)


def through_slope(slope: Slope, layer: int) -> Callable[[Pass], Floats]:
    """The derivative of binary cross-entropy with respect to a, times a slope."""
    return lambda p: p.error / (p.p * (1 - p.p)) * slope(p.zs[layer], p.activations[layer])


def bent_error(slope: Slope, layer: int) -> Callable[[Pass], Floats]:
    """The output's error times a slope."""
    return lambda p: p.error * slope(p.zs[layer], p.activations[layer])


def in_a_slope(passed: Pass, right: Stages) -> Iterator[Mistake]:
    """f'(z) of a hidden layer, of one or of all."""
    hidden = passed.shape.hidden
    for name in dict.fromkeys(activation.name for activation in hidden):
        layers = [at for at, activation in enumerate(hidden) if activation.name == name]
        groups = [frozenset(layers)] + [frozenset({at}) for at in layers if len(layers) > 1]
        for cause, saw, slope in wrong_slopes(hidden[layers[0]]):
            for group in groups:
                where = min(group) if len(group) == 1 else None
                yield Mistake(cause, saw, right.with_(bent=bent_at(group, slope)), where)


def in_different_slopes(passed: Pass, right: Stages) -> Iterator[Mistake]:
    """f'(z) of hidden layers with different activations, in the same way in all."""
    hidden = passed.shape.hidden
    if len({activation.name for activation in hidden}) < 2:
        return
    of_each = [{(cause, saw): slope for cause, saw, slope in wrong_slopes(a)} for a in hidden]
    for cause, saw in of_each[0]:
        if all((cause, saw) in slopes for slopes in of_each):
            slopes = [each[cause, saw] for each in of_each]
            yield Mistake(cause, saw, right.with_(bent=bent_each(slopes)))


def bent_each(slopes: Sequence[Slope]) -> Callable[[Pass, int], Floats]:
    """The stage with another slope in every layer."""
    return lambda p, layer: slopes[layer](p.zs[layer], p.activations[layer])


def in_every_slope(passed: Pass, right: Stages) -> Iterator[Mistake]:
    """f'(z) of the output, and of the hidden layers that share its activation, in the same way."""
    last = passed.known.layers - 1
    output = passed.activation(last)
    if output is None:
        return
    alike = [at for at, one in enumerate(passed.shape.hidden) if one.name == output.name]
    for cause, saw, slope in wrong_slopes(output) if alike else ():
        stages = right.with_(output=bent_error(slope, last), bent=bent_at(frozenset(alike), slope))
        yield Mistake(cause, f"(a - y) {saw}, and {saw} in the layers before", stages)


def bent_at(layers: frozenset[int], slope: Slope) -> Callable[[Pass, int], Floats]:
    """The stage with another slope in some layers."""

    def bent(p: Pass, layer: int) -> Floats:
        return slope(p.zs[layer], p.activations[layer]) if layer in layers else p.slope(layer)

    return bent


def on_the_way_back(passed: Pass, right: Stages) -> Iterator[Mistake]:
    """da of a hidden layer: what is carried through which weights."""
    known = passed.known
    last = known.layers - 1

    def raw(p: Pass, layer: int, dz: Floats) -> Floats:
        return (p.error if layer == last else dz) @ known.weights[layer].T

    yield Mistake("hidden-error-from-raw-error", "(a - y) Wᵀ", right.with_(carried=raw), last)
    yield Mistake(
        "hidden-error-from-raw-error",
        "the error carried back through every W without any slope",
        right.with_(carried=carried_error),
        None,
    )
    every = frozenset(range(1, known.layers))
    groups = [every, *(frozenset({at}) for at in every if len(every) > 1)]
    for group in groups if known.after is not None else ():
        saw = "dz Wᵀ with the W of after the update"
        yield Mistake("update-before-use", saw, right.with_(carried=updated(group)))
    for layer in range(1, last):
        if known.weights[layer].shape[0] == known.weights[last].shape[0]:
            saw = f"the dz and W of the output where those of layer {layer + 1} belong"
            yield Mistake(
                "gradient-copied", saw, right.with_(carried=skipping(layer, right)), layer
            )
    square = [at for at in range(1, known.layers) if len(set(known.weights[at].shape)) == 1]
    groups = [frozenset({at}) for at in square]
    groups += [frozenset(square)] if len(square) > 1 else []
    for group in groups:
        saw = "dz W in place of dz Wᵀ"
        yield Mistake("weights-not-transposed", saw, right.with_(carried=not_turned(group)))


def updated(layers: frozenset[int]) -> Callable[[Pass, int, Floats], Floats]:
    """The stage with the W of some layers as it is after the update."""

    def carried(p: Pass, layer: int, dz: Floats) -> Floats:
        after = p.known.after
        weights = after if after is not None and layer in layers else p.known.weights
        return dz @ weights[layer].T

    return carried


def skipping(target: int, right: Stages) -> Callable[[Pass, int, Floats], Floats]:
    """The stage in which the error of the output comes in again before a layer in the middle."""

    def carried(p: Pass, layer: int, dz: Floats) -> Floats:
        if layer != target:
            return right.carried(p, layer, dz)
        return right.output(p) @ p.known.weights[-1].T

    return carried


def not_turned(layers: frozenset[int]) -> Callable[[Pass, int, Floats], Floats]:
    """The stage with the W of some layers as it is, not transposed."""

    def carried(p: Pass, layer: int, dz: Floats) -> Floats:
        W = p.known.weights[layer]
        return dz @ (W if layer in layers else W.T)

    return carried


def carried_error(p: Pass, layer: int, dz: Floats) -> Floats:
    """The output's error, through all the weights from the output to this layer."""
    error = p.error
    for W in reversed(p.known.weights[layer:]):
        error = error @ W.T
    return error


def wrong_sums() -> Iterator[tuple[str, str, Callable[[Floats], Floats]]]:
    """What people take for db in place of dz summed over the rows: cause, formula, function."""
    scalar = "bias-gradient-scalar"
    saw = "one number for all units: dz summed over the units too"
    yield scalar, saw, lambda dz: np.full((1, dz.shape[1]), dz.sum())
    yield (
        scalar,
        "one number for all units: the mean of dz",
        lambda dz: np.full((1, dz.shape[1]), dz.mean()),
    )
    yield "bias-gradient-one-row", "dz of the last row alone", lambda dz: dz[-1:]
    yield "bias-gradient-one-row", "dz of the first row alone", lambda dz: dz[:1]


def in_a_layer(passed: Pass, right: Stages) -> Iterator[Mistake]:
    """dW and db of one layer."""
    layers = passed.known.layers
    for layer in range(layers):
        n_in, rows = passed.entered[layer].shape[1], len(passed.known.x)
        for saw, source in others_of(passed, layer):
            if source.shape == (rows, n_in):
                yield Mistake(
                    "weight-gradient-input",
                    f"{saw}ᵀ dz",
                    right.with_(entering=entering_at(layer, source)),
                    layer,
                )
    for group in [frozenset(range(layers)), *(frozenset({at}) for at in range(layers))]:
        where = min(group) if len(group) == 1 else None
        for word, place in (("last", -1), ("first", 0)):
            saw = f"the weights of the {word} input never change"
            stage = right.with_(entering=without_input(place, group))
            yield Mistake("parameter-not-updated", saw, stage, where)
        for cause, saw, summed in wrong_sums():
            yield Mistake(cause, saw, right.with_(summed=summed_at(group, summed)), where)


def others_of(passed: Pass, layer: int) -> Iterator[tuple[str, Floats]]:
    """What else than the input of a layer its dz may be multiplied with."""
    if layer:
        yield "z", passed.zs[layer - 1]
        yield "x", passed.known.x
    for other in range(layer - 1):
        yield f"a{other + 1}", passed.activations[other]
    yield "a of the layer itself", passed.activations[layer]


def without_input(place: int, layers: frozenset[int]) -> Callable[[Pass, int], Floats]:
    """The stage in which one input of some layers counts for nothing."""

    def entering(p: Pass, layer: int) -> Floats:
        x = p.entered[layer]
        if layer in layers:
            x = x.copy()
            x[:, place] = 0
        return x

    return entering


def entering_at(layer: int, source: Floats) -> Callable[[Pass, int], Floats]:
    """The stage with another input in one layer."""
    return lambda p, at: source if at == layer else p.entered[at]


def summed_at(
    layers: frozenset[int], summed: Callable[[Floats], Floats]
) -> Callable[[Pass, int, Floats], Floats]:
    """The stage with another sum in some layers."""
    return lambda p, at, dz: summed(dz) if at in layers else dz.sum(0, keepdims=True)
