"""A reference network in which every stage can be replaced, by the right one or by a mistake.

Somebody's gradient is recognised by making the same mistake on purpose: the same weights, the same
rows, one stage replaced, and the numbers agree. Shapes are rows by units, as in the book.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from helder.core.activations import Activation
from helder.core.probabilities import softmax
from helder.typing import Floats

SOFTMAX = "softmax"


@dataclass(frozen=True)
class Known:
    """What is known of a step: the parameters before it, the rows, and the parameters after it.

    Attributes:
        weights: Of each layer, (n_in, n_out).
        biases: Of each layer, (1, n_out); None where the network has none.
        x: The rows, (N, inputs).
        y: The targets, (N, n_out); classes as one-hot.
        after: The weights after the step, where a step was seen.
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats | None, ...]
    x: Floats
    y: Floats
    after: tuple[Floats, ...] | None = None

    @property
    def layers(self) -> int:
        """How many layers have weights."""
        return len(self.weights)


@dataclass(frozen=True)
class Shape:
    """How a network bends: the activation of each hidden layer, and the output's.

    Attributes:
        hidden: One for each hidden layer.
        output: An activation, or None for the softmax.
        link: What the link of the output computes; the right softmax unless it is a mistake.
    """

    hidden: tuple[Activation, ...]
    output: Activation | None = None
    link: Callable[[Floats], Floats] = softmax

    @property
    def name(self) -> str:
        """As a person reads it: `relu, softmax`."""
        names = list(dict.fromkeys(activation.name for activation in self.hidden))
        return ", ".join([*names, self.output_name])

    @property
    def output_name(self) -> str:
        """Of the output's activation."""
        return SOFTMAX if self.output is None else self.output.name


@dataclass(frozen=True)
class Wiring:
    """How the layers are joined going forward: each takes the activation before it, and its bias.

    Attributes:
        without_bias: Layers, from 0, that leave out their bias.
        entering: For a layer what enters it in place of the activation before it: `(kind, layer)`
            with kind `a` or `z`; `("a", -1)` are the rows themselves.
    """

    without_bias: frozenset[int] = frozenset()
    entering: tuple[tuple[int, str, int], ...] = ()


RIGHT_WIRING = Wiring()


@dataclass(frozen=True)
class Pass:
    """A forward pass: what entered each layer, its pre-activation and its activation."""

    known: Known
    shape: Shape
    entered: tuple[Floats, ...]  # (N, n_in) of each layer
    zs: tuple[Floats, ...]  # (N, n_out) of each layer
    activations: tuple[Floats, ...]  # (N, n_out) of each layer

    @property
    def p(self) -> Floats:
        """The output, (N, n_out)."""
        return self.activations[-1]

    @property
    def error(self) -> Floats:
        """The output's error, p - y, (N, n_out)."""
        return self.p - self.known.y

    def activation(self, layer: int) -> Activation | None:
        """What bends this layer."""
        return self.shape.hidden[layer] if layer < len(self.shape.hidden) else self.shape.output

    def slope(self, layer: int) -> Floats:
        """f'(z) of a layer, (N, n_out)."""
        activation = self.activation(layer)
        if activation is None:
            return self.activations[layer] * (1 - self.activations[layer])
        return activation.slope(self.zs[layer], self.activations[layer])


def forward(known: Known, shape: Shape, wiring: Wiring = RIGHT_WIRING) -> Pass:
    """Goes forward; with another wiring, as a network with that mistake would."""
    replaced = {layer: (kind, source) for layer, kind, source in wiring.entering}
    entered: list[Floats] = []
    zs: list[Floats] = []
    activations: list[Floats] = []
    for layer, (W, b) in enumerate(zip(known.weights, known.biases, strict=True)):
        x = activations[-1] if layer else known.x  # (N, n_in)
        if layer in replaced:
            kind, source = replaced[layer]
            x = known.x if source < 0 else (zs if kind == "z" else activations)[source]
        z = x @ W  # (N, n_out)
        if b is not None and layer not in wiring.without_bias:
            z = z + b
        bent = shape.hidden[layer].function if layer < len(shape.hidden) else output_of(shape)
        entered.append(x)
        zs.append(z)
        activations.append(bent(z))
    return Pass(known, shape, tuple(entered), tuple(zs), tuple(activations))


def output_of(shape: Shape) -> Callable[[Floats], Floats]:
    """What the output's pre-activation goes through."""
    return shape.link if shape.output is None else shape.output.function


def entered(p: Pass, layer: int) -> Floats:
    """What a layer's weights were multiplied with, (N, n_in)."""
    return p.entered[layer]


@dataclass(frozen=True)
class Stages:
    """The stages of going backward, each a function that a mistake may replace.

    Attributes:
        output: dz of the output, (N, n_out), from the pass.
        carried: da of a hidden layer, (N, n), from the pass, the layer after it and its dz.
        bent: The slope of a hidden layer, (N, n).
        entering: What a layer's weights are multiplied with, (N, n_in).
        summed: db of a layer, (1, n_out), from its dz.
    """

    output: Callable[[Pass], Floats]
    carried: Callable[[Pass, int, Floats], Floats] = lambda p, layer, dz: (
        dz @ p.known.weights[layer].T
    )
    bent: Callable[[Pass, int], Floats] = lambda p, layer: p.slope(layer)
    entering: Callable[[Pass, int], Floats] = entered
    summed: Callable[[Pass, int, Floats], Floats] = lambda p, layer, dz: dz.sum(0, keepdims=True)

    def end_like(self, other: Stages) -> bool:
        """Whether the last layer's gradient is the same, as nothing that it depends on differs."""
        mine, others = ((one.output, one.entering, one.summed) for one in (self, other))
        return all(a is b for a, b in zip(mine, others, strict=True))

    def with_(self, **stages: Callable[..., Floats]) -> Stages:
        """The same with other stages."""
        return replace(self, **stages)


Gradients = tuple[tuple[Floats, ...], tuple[Floats, ...]]  # dW and db of each layer


def backward(passed: Pass, stages: Stages) -> Gradients:
    """dW, (n_in, n_out), and db, (1, n_out), of each layer, summed over the rows."""
    dWs, dbs = zip(*reversed(list(layer_by_layer(passed, stages))), strict=True)
    return dWs, dbs


def layer_by_layer(passed: Pass, stages: Stages) -> Iterator[tuple[Floats, Floats]]:
    """dW and db of each layer, from the last to the first, as going backward finds them."""
    dz = stages.output(passed)  # (N, n_out)
    for layer in reversed(range(passed.known.layers)):
        dW = stages.entering(passed, layer).T @ dz  # (n_in, n_out)
        yield dW, stages.summed(passed, layer, dz)  # (1, n_out)
        if layer:
            dz = stages.carried(passed, layer, dz) * stages.bent(passed, layer - 1)
