"""A loss says how wrong a prediction is: its value for each row, beside its gradient.

Link and loss belong together, so both start from the output's pre-activation `z`: softmax with
cross-entropy then gives `p - y` once, with nothing to multiply on top of it, and no logarithm
ever meets a zero. `value` and `gradient` are per row; the network weighs and averages them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from helder.core.activations import identity, sigmoid
from helder.core.checking import check_number
from helder.core.probabilities import softmax
from helder.core.targets import class_rows, count_columns, number_columns, yes_no_columns
from helder.errors import name_is_taken, pick
from helder.typing import Floats

STEEPEST = 30.0  # above this z, the exponential of a Poisson mean goes on as a straight line


class Loss(Protocol):
    """What the network asks of a loss; write a frozen dataclass like these to add your own."""

    name: ClassVar[str]
    link_name: ClassVar[str]

    @property
    def target(self) -> Callable[[npt.ArrayLike, int], Floats]:
        """The target as the formulas want it, (B, n_out), from what a person has."""

    @property
    def link(self) -> Callable[[Floats], Floats]:
        """The prediction p, (B, n_out), from the pre-activation z."""

    def value(self, z: Floats, y: Floats) -> Floats:
        """The loss of each row, (B, 1)."""

    def gradient(self, z: Floats, y: Floats) -> Floats:
        """The gradient of each row's loss with respect to z, (B, n_out)."""


@dataclass(frozen=True)
class CategoricalCrossEntropy:
    """One of C classes: `-sum(y log p)` with `p = softmax(z)`. The rows of y sum to one."""

    name: ClassVar[str] = "categorical_cross_entropy"
    link_name: ClassVar[str] = "softmax"

    target = staticmethod(class_rows)  # (B, C)
    link = staticmethod(softmax)  # (B, C)

    def value(self, z: Floats, y: Floats) -> Floats:
        z = z - np.max(z, axis=1, keepdims=True)  # (B, C), which changes no p
        log_sum = np.log(np.sum(np.exp(z), axis=1, keepdims=True))  # (B, 1)
        return log_sum - np.sum(y * z, axis=1, keepdims=True)  # (B, 1)

    def gradient(self, z: Floats, y: Floats) -> Floats:
        return softmax(z) - y  # (B, C): p - y


@dataclass(frozen=True)
class BinaryCrossEntropy:
    """Yes or no for every output, summed: `-(y log p + (1 - y) log(1 - p))`, `p = sigmoid(z)`."""

    name: ClassVar[str] = "binary_cross_entropy"
    link_name: ClassVar[str] = "sigmoid"

    target = staticmethod(yes_no_columns)  # (B, n_out)
    link = staticmethod(sigmoid)  # (B, n_out)

    def value(self, z: Floats, y: Floats) -> Floats:
        # softplus(z) - y z, its large parts subtracted first: what is left keeps its digits.
        rows = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))  # (B, n_out)
        return np.sum(rows, axis=1, keepdims=True)  # (B, 1)

    def gradient(self, z: Floats, y: Floats) -> Floats:
        return sigmoid(z) - y  # (B, n_out): p - y


@dataclass(frozen=True)
class MeanSquaredError:
    """Numbers: `(z - y)^2`, the mean over the outputs."""

    name: ClassVar[str] = "mean_squared_error"
    link_name: ClassVar[str] = "linear"

    target = staticmethod(number_columns)  # (B, n_out)
    link = staticmethod(identity)  # (B, n_out)

    def value(self, z: Floats, y: Floats) -> Floats:
        return np.sum((z - y) * (z - y), axis=1, keepdims=True) / z.shape[1]  # (B, 1)

    def gradient(self, z: Floats, y: Floats) -> Floats:
        return 2 * (z - y) / z.shape[1]  # (B, n_out)


@dataclass(frozen=True)
class MeanAbsoluteError:
    """Numbers with outliers: `|z - y|`, the mean over the outputs; it seeks the median."""

    name: ClassVar[str] = "mean_absolute_error"
    link_name: ClassVar[str] = "linear"

    target = staticmethod(number_columns)  # (B, n_out)
    link = staticmethod(identity)  # (B, n_out)

    def value(self, z: Floats, y: Floats) -> Floats:
        return np.sum(np.abs(z - y), axis=1, keepdims=True) / z.shape[1]  # (B, 1)

    def gradient(self, z: Floats, y: Floats) -> Floats:
        return np.sign(z - y) / z.shape[1]  # (B, n_out)


@dataclass(frozen=True)
class Huber:
    """Squared near the target, absolute further than `delta` from it (Huber 1964)."""

    delta: float = 1.0
    name: ClassVar[str] = "huber"
    link_name: ClassVar[str] = "linear"

    def __post_init__(self) -> None:
        check_number("delta", self.delta, above=0)

    target = staticmethod(number_columns)  # (B, n_out)
    link = staticmethod(identity)  # (B, n_out)

    def value(self, z: Floats, y: Floats) -> Floats:
        near = np.minimum(np.maximum(z - y, -self.delta), self.delta)  # (B, n_out)
        return np.sum(near * (z - y - 0.5 * near), axis=1, keepdims=True) / z.shape[1]  # (B, 1)

    def gradient(self, z: Floats, y: Floats) -> Floats:
        return np.minimum(np.maximum(z - y, -self.delta), self.delta) / z.shape[1]  # (B, n_out)


@dataclass(frozen=True)
class Poisson:
    """Counts: `mean - y log(mean)` with `mean = exp(z)`, up to a term that no weight can change."""

    name: ClassVar[str] = "poisson"
    link_name: ClassVar[str] = "exp"

    target = staticmethod(count_columns)  # (B, n_out)

    def link(self, z: Floats) -> Floats:
        return np.exp(np.minimum(z, STEEPEST)) * (1 + np.maximum(z - STEEPEST, 0))  # (B, n_out)

    def value(self, z: Floats, y: Floats) -> Floats:
        return np.sum(self.link(z) - y * z, axis=1, keepdims=True) / z.shape[1]  # (B, 1)

    def gradient(self, z: Floats, y: Floats) -> Floats:
        return (np.exp(np.minimum(z, STEEPEST)) - y) / z.shape[1]  # (B, n_out)


@dataclass(frozen=True)
class Quantile:
    """The number that a share `level` of the targets lies below (Koenker & Bassett 1978)."""

    level: float = 0.5
    name: ClassVar[str] = "quantile"
    link_name: ClassVar[str] = "linear"

    def __post_init__(self) -> None:
        check_number("level", self.level, above=0, below=1)

    target = staticmethod(number_columns)  # (B, n_out)
    link = staticmethod(identity)  # (B, n_out)

    def value(self, z: Floats, y: Floats) -> Floats:
        above, below = self.level * (y - z), (self.level - 1) * (y - z)  # (B, n_out)
        return np.sum(np.maximum(above, below), axis=1, keepdims=True) / z.shape[1]  # (B, 1)

    def gradient(self, z: Floats, y: Floats) -> Floats:
        # -level where z is below y, 1 - level where it is above
        return (0.5 - self.level + 0.5 * np.sign(z - y)) / z.shape[1]  # (B, n_out)


LOSSES: dict[str, type[Loss]] = {
    loss.name: loss
    for loss in (
        CategoricalCrossEntropy,
        BinaryCrossEntropy,
        MeanSquaredError,
        MeanAbsoluteError,
        Huber,
        Poisson,
        Quantile,
    )
}

# What a person calls an output, and the loss that belongs to it.
OUTPUTS: dict[str, type[Loss]] = {
    "softmax": CategoricalCrossEntropy,
    "sigmoid": BinaryCrossEntropy,
    "linear": MeanSquaredError,
    "exp": Poisson,
}


def loss_named(output: str | Loss) -> Loss:
    """The loss of this name, or of the output of this name; a loss itself passes through.

    Raises:
        ArgumentError: There is no such loss or output.
    """
    loss = output() if isinstance(output, type) else output
    if isinstance(loss, str) or not hasattr(loss, "gradient"):
        return pick(loss, OUTPUTS | LOSSES, "output or loss", "a loss such as Huber(delta=2.0)")()
    if type(loss) is not LOSSES.get(loss.name, type(loss)):
        raise name_is_taken(loss.name)
    return loss


def settings(loss: Loss) -> dict[str, float]:
    """The numbers that a loss was made with, such as Huber's `delta`."""
    # Every loss of the book is a dataclass, which the protocol does not ask for.
    return asdict(loss)  # type: ignore[call-overload]
