"""A trace: one row through one network in prediction, every number of it, in both directions.

It is read from one recorded tape, so that what it shows is what was computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from helder.core.checking import check_number
from helder.core.layers import Dense, Layer, Theta
from helder.core.network import Network
from helder.core.tape import Tape
from helder.engine import Batch, NumpyEngine
from helder.engine.passes import NumpyPass
from helder.errors import ArgumentError, ShapeError
from helder.learn import MultilayerPerceptron
from helder.model.formulas import loss_formulas, written
from helder.typing import Floats

LEARNING_RATE = 0.1  # of the one step of plain gradient descent that a trace ends with


@dataclass(frozen=True, eq=False)
class Quantity:
    """One array of a pass.

    Attributes:
        name: As the book calls it: `z`, `dW`; the parameter after the update is `W_new`.
        role: "input", "parameter", "statistic", "forward", "backward" or "update".
        formula: How it is computed; None for what was there before.
        values: The array, read-only; what has a row for each row of data has one.
    """

    name: str
    role: str
    formula: str | None
    values: Floats

    def to_dict(self) -> dict[str, Any]:
        """Plain values; each number is exactly the one of the array."""
        return {
            "name": self.name,
            "role": self.role,
            "formula": self.formula,
            "shape": list(self.values.shape),
            "values": self.values.astype(float).tolist(),
        }


class Quantities(tuple[Quantity, ...]):
    """Arrays in the order in which they are computed, also by name."""

    def named(self, name: str) -> Floats:
        """The array of this name; KeyError where there is none."""
        for one in self:
            if one.name == name:
                return one.values
        raise KeyError(name)

    def of(self, *roles: str) -> list[Quantity]:
        """Those of some roles."""
        return [one for one in self if one.role in roles]


@dataclass(frozen=True, eq=False)
class TracedLayer:
    """One layer of the chain and what passed through it.

    Attributes:
        number: Which dense layer it belongs to, from 1; 0 for what stands in front.
        trained_as: The layer as it is trained; one such as dropout is inactive here.
        layer: The layer as it computes here.
        numbers: Every array of it.
    """

    number: int
    trained_as: Layer
    layer: Layer
    numbers: Quantities

    @property
    def kind(self) -> str:
        """What the layer is called in the book."""
        return type(self.trained_as).__name__

    def __getitem__(self, name: str) -> Floats:
        return self.numbers.named(name)


@dataclass(frozen=True, eq=False)
class Trace:
    """One row through one network.

    Attributes:
        layers: The chain, inputs first.
        result: The prediction `p`, and where the target is known `y` and the `loss`.
        link: How p comes from the last z: "softmax", "sigmoid", "linear" or "exp".
        learning_rate: Of the update.
        inputs: A name for each input.
        outputs: A name for each output.
    """

    layers: tuple[TracedLayer, ...]
    result: Quantities
    link: str
    learning_rate: float
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def has_target(self) -> bool:
        """Whether the way back is there too."""
        return any(one.name == "y" for one in self.result)

    @property
    def dense(self) -> list[TracedLayer]:
        """The dense layers; a person counts them from 1."""
        return [one for one in self.layers if isinstance(one.layer, Dense)]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, each number exactly as it was computed."""
        return {
            "link": self.link,
            "learning_rate": self.learning_rate,
            "inputs": list(self.inputs),
            "outputs": list(self.outputs),
            "layers": [
                {
                    "number": one.number,
                    "kind": one.kind,
                    "numbers": [number.to_dict() for number in one.numbers],
                }
                for one in self.layers
            ],
            "result": [number.to_dict() for number in self.result],
        }


def trace(
    net: MultilayerPerceptron,
    x: Floats,
    y: npt.ArrayLike | None = None,
    *,
    member: int = 1,
    learning_rate: float = LEARNING_RATE,
    inputs: tuple[str, ...] = (),
    outputs: tuple[str, ...] = (),
) -> Trace:
    """One row through one network: forward, and where the target is given back again.

    Args:
        net: The networks.
        x: The inputs of the row, (1, n_in).
        y: Its target as the network sees it, such as a class number, or None.
        member: Which of the networks, from 1.
        learning_rate: Of the update by plain gradient descent: no momentum, no decay, no schedule,
            and the same rate for every parameter.
        inputs, outputs: Their names; without, they are numbered.

    Raises:
        ArgumentError: There is no such member, or the learning rate cannot be used.
        ShapeError: The row is not one row of as many inputs as the network has.
    """
    check_number("learning_rate", learning_rate, above=0)
    members = len(net.parameters.values)
    if not 1 <= member <= members:
        raise ArgumentError(
            "there is no such member",
            got=member,
            accepted=f"1 to {members}, all networks, of which a fold may have several",
        )
    network = net.network.for_prediction()
    if np.shape(x) != (1, network.inputs):
        raise ShapeError(
            "a trace is of one row", got=np.shape(x), accepted=f"(1, {network.inputs})"
        )
    X = np.ascontiguousarray(x, net.dtype)  # (1, n_in)
    target = None if y is None else network.loss.target(y, network.outputs).astype(net.dtype)
    tape, loss = recorded(network, net, X, target, member - 1)
    return trace_of(
        tape,
        net.parameters.thetas(member - 1),
        net.network.layers,
        target,
        loss,
        learning_rate,
        inputs=inputs,
        outputs=outputs,
    )


def recorded(
    network: Network, net: MultilayerPerceptron, X: Floats, y: Floats | None, k: int
) -> tuple[Tape, float]:
    """The tape of one row through network k, forward alone where there is no target, and the loss.

    The book itself computes; the native engine's own tape agrees with it to rounding.
    """
    share = np.ones((1, 1), net.dtype)
    known = np.zeros((1, network.outputs), net.dtype) if y is None else y
    one = NumpyEngine().recorded(network, net.parameters, Batch(X, known, share), k)
    with np.errstate(all="ignore"):
        loss = one.run() if y is not None else forward(one)
    return one.tape, loss


def forward(one: NumpyPass) -> float:
    """The way forward alone."""
    one.network.forward(one.batch.X, one.thetas, one.tape)
    return float("nan")


def trace_of(
    tape: Tape,
    thetas: list[Theta],
    trained_as: tuple[Layer, ...],
    y: Floats | None,
    loss: float,
    learning_rate: float,
    *,
    inputs: tuple[str, ...] = (),
    outputs: tuple[str, ...] = (),
) -> Trace:
    """What a tape of one row says, whichever engine recorded it.

    Args:
        tape: A pass of one row in prediction.
        thetas: The parameters of its layers.
        trained_as: The layers as they are trained.
        y: The target as the loss wants it, (1, n_out), or None where the tape has no way back.
        loss: With the penalties.
        learning_rate: Of the update.
        inputs, outputs: Their names.
    """
    pages = [*zip(tape.layers, thetas, tape.pages, trained_as, strict=True)]
    going_in = passed_on(tape)
    coming_back = returned(tape) if y is not None else [None] * len(pages)
    layers, number = [], 0
    for place, (layer, theta, page, original) in enumerate(pages):
        number += isinstance(layer, Dense)
        numbers = [*way_forward(layer, theta, page, going_in[place])]
        dout = coming_back[place]
        if dout is not None:
            gradient = loss_formulas(tape.loss)[2] if place == len(pages) - 1 else None
            numbers += way_back(layer, page, dout, gradient)
            numbers += update(layer, theta, page, learning_rate)
        layers.append(TracedLayer(number, original, layer, Quantities(numbers)))
    return Trace(
        tuple(layers),
        Quantities(result(tape, y, loss)),
        tape.loss.link_name,
        learning_rate,
        inputs or numbered("x", tape.X.shape[1]),
        outputs or numbered("p", tape.z.shape[1]),
    )


def passed_on(tape: Tape) -> list[Floats]:
    """What goes into each layer."""
    given = [tape.X]
    for layer, page in zip(tape.layers[:-1], tape.pages[:-1], strict=True):
        given.append(getattr(page, written(layer).out, given[-1]))
    return given


def returned(tape: Tape) -> list[Floats]:
    """The gradient that each layer gets of its output, from the layer behind it."""
    got = [tape.pages[-1].dz]
    for layer, page in zip(reversed(tape.layers[1:]), reversed(tape.pages[1:]), strict=True):
        got.append(getattr(page, f"d{written(layer).x}", got[-1]))
    return got[::-1]


def way_forward(layer: Layer, theta: Theta, page: Any, x: Floats) -> Iterator[Quantity]:
    """What a layer has, and computes from its input."""
    formulas = written(layer)
    yield quantity(formulas.x, "input", None, x)
    for role, names in (("parameter", layer.parameters()), ("statistic", layer.statistics())):
        for name in names:
            yield quantity(name, role, None, getattr(theta, name))
    for name, formula in formulas.forward:
        yield quantity(name, "forward", formula, getattr(page, name, x))


def way_back(layer: Layer, page: Any, dout: Floats, gradient: str | None) -> Iterator[Quantity]:
    """What a layer computes from the gradient of its output."""
    formulas = written(layer)
    yield quantity(f"d{formulas.out}", "backward", gradient, dout)
    for name, formula in formulas.backward:
        yield quantity(name, "backward", formula, getattr(page, name, dout))


def update(layer: Layer, theta: Theta, page: Any, rate: float) -> Iterator[Quantity]:
    """The parameters after one step of plain gradient descent."""
    for name in layer.parameters():
        formula = f"{name} - {rate:g} * d{name}"
        after = getattr(theta, name) - rate * getattr(page, f"d{name}")
        yield quantity(f"{name}_new", "update", formula, after)


def result(tape: Tape, y: Floats | None, loss: float) -> Iterator[Quantity]:
    """What comes out at the end."""
    link, value, _ = loss_formulas(tape.loss)
    linked = f"{tape.loss.link_name}(z) = {link}" if link != "z" else link
    yield quantity("p", "forward", linked, tape.p)
    if y is not None:
        penalised = any(layer.penalised for layer in tape.layers)
        yield quantity("y", "input", None, y)
        formula = value + (" + penalties of the weights" if penalised else "")
        yield quantity("loss", "forward", formula, np.asarray(loss, tape.z.dtype))


def quantity(name: str, role: str, formula: str | None, values: Floats) -> Quantity:
    """A copy that nobody writes over."""
    kept = np.array(values)
    kept.flags.writeable = False
    return Quantity(name, role, None if formula is None else f"{name} = {formula}", kept)


def numbered(name: str, count: int) -> tuple[str, ...]:
    """Names for what has none."""
    return tuple(f"{name}{place + 1}" for place in range(count))
