"""An architecture is a network in numbers that a person thinks in: how many units, by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from helder.core.activations import Activation, activation_named
from helder.core.checking import check_count, check_number
from helder.core.fronts import check_front
from helder.core.initialisers import initialiser_for, initialiser_named
from helder.core.layers import Activate, Dense, Dropout, Layer, ParametricActivate
from helder.core.losses import Loss, loss_named
from helder.core.normalisation import NORMALISATIONS
from helder.core.summary import summary
from helder.core.targets import numbers, output_of
from helder.errors import ArgumentError, ShapeError, pick

MOST_UNITS = 1_000_000  # of one layer: beyond it, a size is a mistake
MOST_LAYERS = 1000

# What the learning rates of a layer with so many inputs are multiplied by.
PARAMETRISATIONS: dict[str, Callable[[int], dict[str, float]]] = {
    "standard": lambda n_in: {},
    "ntk": lambda n_in: {"W_rate": n_in**-0.5, "b_rate": 0.1},
}


@dataclass(frozen=True)
class Hidden:
    """One hidden layer; what is None follows the architecture.

    Args:
        units: How many units.
        activation: Name of an activation, or an `Activation` of your own.
        dropout: The probability that a unit is silent in training, from 0 to below 1.
        normalisation: "batch", "layer" or "none", between the sum and the activation.
        l1: Strength of the penalty `l1 sum|W|` on the weights that lead into the layer.
        l2: Strength of the penalty `l2/2 sum W^2`.
        initialiser: Name of an initialiser; by default the one that suits the activation.
        parametric: Whether each unit learns how much of the activation it takes.
    """

    units: int
    activation: str | Activation | None = None
    dropout: float | None = None
    normalisation: str | None = None
    l1: float | None = None
    l2: float | None = None
    initialiser: str | None = None
    parametric: bool | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, plain(getattr(self, field.name)))
        check_count("units", self.units, MOST_UNITS)
        if self.activation is not None:
            activation_named(self.activation)
        if self.dropout is not None:
            check_number("dropout", self.dropout, least=0, below=1)
        if self.normalisation is not None:
            pick(self.normalisation, NORMALISATIONS, "normalisation")
        for name, strength in (("l1", self.l1), ("l2", self.l2)):
            if strength is not None:
                check_number(name, strength, least=0)
        if self.initialiser is not None:
            initialiser_named(self.initialiser)
        if not isinstance(self.parametric, bool | None):
            raise ArgumentError("parametric is a yes or a no", got=self.parametric)

    def chain(self, n_in: int, rates: dict[str, float]) -> list[Layer]:
        """What a filled-in hidden layer computes, in order: sum, normalise, bend, drop out."""
        assert isinstance(self.activation, Activation)
        assert self.initialiser is not None
        normalise = NORMALISATIONS[self.normalisation or "none"]
        bend = ParametricActivate if self.parametric else Activate
        return [
            Dense(n_in, self.units, self.initialiser, self.l1 or 0.0, self.l2 or 0.0, **rates),
            *([normalise(self.units)] if normalise else []),
            bend(self.units, self.activation),
            *([Dropout(self.units, self.dropout)] if self.dropout else []),
        ]


@dataclass(frozen=True)
class Architecture:
    """The description of a network: frozen, printable, and all that is needed to build it.

    Args:
        inputs: Number of inputs.
        hidden: For each hidden layer its number of units, or a `Hidden`. `()` is a linear model.
        outputs: Number of outputs: for a softmax the number of classes.
        activation: The activation of every hidden layer that names none.
        output: What the outputs are, "softmax", "sigmoid", "linear" or "exp", or a loss by name
            or value: "mean_absolute_error", `Huber(delta=2.0)`. Link and loss belong together.
        dropout, normalisation, l1, l2, initialiser, parametric: What holds for every hidden layer
            that names none (see `Hidden`); l1, l2 and initialiser hold for the output layer too.
        parametrisation: How far weights move in a step: "standard", all alike, or "ntk", those of
            a layer with n inputs 1 / sqrt(n) as far, and biases a tenth (Jacot et al. 2018).
        front: Layers before the first sum, such as `Periodic(...)` and `Scale(...)`.

    Raises:
        ArgumentError: A size, share or name that cannot be used.
    """

    inputs: int
    hidden: Sequence[int | Hidden] = (64, 64)
    outputs: int = 1
    activation: str | Activation = "relu"
    output: str | Loss = "softmax"
    dropout: float = 0.0
    normalisation: str = "none"
    l1: float = 0.0
    l2: float = 0.0
    initialiser: str | None = None
    parametric: bool = False
    parametrisation: str = "standard"
    front: Sequence[Layer] = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, plain(getattr(self, field.name)))
        object.__setattr__(self, "front", tuple(self.front))
        pick(self.parametrisation, PARAMETRISATIONS, "parametrisation")
        hidden = (self.hidden,) if isinstance(self.hidden, int | Hidden) else self.hidden
        if isinstance(hidden, str) or not isinstance(hidden, Iterable):
            raise ArgumentError("hidden is no list of layers", got=hidden, accepted="as (8, 4)")
        hidden = tuple(plain(entry) for entry in hidden)
        object.__setattr__(self, "hidden", hidden)
        if len(hidden) > MOST_LAYERS:
            raise ArgumentError("too many layers", got=len(hidden), accepted=f"up to {MOST_LAYERS}")
        check_count("inputs", self.inputs, MOST_UNITS)
        check_front(self.front, self.inputs)
        check_count("outputs", self.outputs, MOST_UNITS)
        # The defaults keep the same rules as a layer's own, also where no layer takes them.
        Hidden(1, **{field.name: getattr(self, field.name) for field in fields(Hidden)[1:]})
        for entry in hidden:
            check_count("units", entry.units if isinstance(entry, Hidden) else entry, MOST_UNITS)
        if self.loss.link_name == "softmax" and self.outputs < 2:
            raise ArgumentError(
                "a softmax chooses among classes",
                got=self.outputs,
                accepted="outputs of 2 and up",
                hint='one yes or no is outputs=1 with output="sigmoid", a number output="linear"',
            )

    @classmethod
    def from_data(cls, X: npt.ArrayLike, y: npt.ArrayLike, **described: Any) -> Architecture:
        """The architecture whose inputs and outputs follow from the data.

        Whole numbers in one column are class numbers, and so are one-hot rows; several columns of
        0 and 1 are a multilabel target; all else is a regression.

        Args:
            X: Inputs, shape (N, n_in).
            y: Targets, shape (N,) or (N, n_out).
            **described: Everything else that `Architecture` takes.
        """
        X, y = numbers(X, "X"), numbers(y, "y")
        if X.ndim != 2:
            raise ShapeError("X is no table", got=X.shape, accepted="(rows, columns)")
        if len(y) != len(X):
            raise ShapeError("X and y have different numbers of rows", got=(len(X), len(y)))
        if {"outputs", "output"} <= set(described):
            return cls(**{"inputs": X.shape[1]} | described)
        outputs, output = output_of(y, described.get("output"))
        return cls(**{"inputs": X.shape[1], "outputs": outputs, "output": output} | described)

    @property
    def hidden_layers(self) -> tuple[Hidden, ...]:
        """The hidden layers, with everything filled in that they left to the architecture."""
        return tuple(self._filled_in(entry) for entry in self.hidden)

    def _filled_in(self, entry: int | Hidden) -> Hidden:
        layer = entry if isinstance(entry, Hidden) else Hidden(entry)
        missing = [field.name for field in fields(layer) if getattr(layer, field.name) is None]
        layer = replace(layer, **{name: getattr(self, name) for name in missing})
        activation = activation_named(layer.activation or self.activation)
        chosen = layer.initialiser or initialiser_for(activation.name)
        return replace(layer, activation=activation, initialiser=chosen)

    @property
    def loss(self) -> Loss:
        """The loss that the outputs are trained with."""
        return loss_named(self.output)

    @property
    def layer_sizes(self) -> list[int]:
        """Units of every layer, inputs first: `[6, 3, 2, 3]`."""
        return [self.inputs, *(layer.units for layer in self.hidden_layers), self.outputs]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The chain of layers that this architecture describes, as it is trained."""
        chain, n_in = list(self.front), self.inputs
        if chain:
            n_in = chain[-1].n_out  # type: ignore[attr-defined] # check_front has seen to it
        rates = PARAMETRISATIONS[self.parametrisation]
        for layer in self.hidden_layers:
            chain += layer.chain(n_in, rates(n_in))
            n_in = layer.units
        first = self.initialiser or "glorot"
        chain.append(Dense(n_in, self.outputs, first, self.l1, self.l2, **rates(n_in)))
        return tuple(chain)

    def to_dict(self) -> dict[str, Any]:
        """A form that JSON can hold; formulas of your own appear by their name."""
        from helder.core.descriptions import to_dict

        return to_dict(self)

    @classmethod
    def from_dict(
        cls, described: Mapping[str, Any], own: Mapping[str, Activation | Loss] | None = None
    ) -> Architecture:
        """The architecture that `to_dict` described, with formulas of your own by name.

        Raises:
            ArgumentError: A size, share or name that cannot be used.
        """
        from helder.core.descriptions import from_dict

        return from_dict(described, own or {})

    def __str__(self) -> str:
        return summary(self.layers, self.loss.link_name)


def plain(value: Any) -> Any:
    """A number of NumPy's as one of Python's, which JSON can hold; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value
