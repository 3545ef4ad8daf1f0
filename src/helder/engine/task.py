"""What an engine is given to do: a network, the rows it learns from, and its way to learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

import numpy as np

from helder.core.network import Network
from helder.core.parameters import Parameters, trained
from helder.engine.course import Course, Patience
from helder.engine.passes import Batch, Objective, Recorded
from helder.engine.rows import Rows
from helder.typing import Floats

T = TypeVar("T")


class Update(NamedTuple):
    """What an optimizer is told about an update.

    Args:
        rate: The learning rate; where layers have rates of their own, that of each parameter, (P,).
        t: The number of the update, counted from 1.
        decays: How strongly weight decay may shrink each parameter, (P,): 1 for weights, 0 for
            most others.
    """

    rate: float | Floats
    t: int
    decays: Floats


class Optimizer(Protocol):
    """What training asks of an optimizer; `helder.learn.optimizers` has them."""

    state: ClassVar[tuple[str, ...]]  # names of the buffers (P,) that it carries on, zero at first

    def update(self, theta: Floats, dtheta: Floats, state: dict[str, Floats], now: Update) -> None:
        """Writes the parameters (P,) after the update over those before it."""


@dataclass(frozen=True)
class Task:
    """One network to be trained.

    Args:
        network: The chain of layers and the loss.
        parameters: The numbers of the network; trained in place.
        X: Inputs, (N, n_in), of the parameters' type.
        y: Targets as the loss wants them, (N, n_out).
        weights: What each row counts, (N,).
        optimizer: The update.
        batch_size: Rows per update; the last batch of an epoch holds what is left.
        clip_norm: The longest gradient, as its Euclidean norm; a longer one is shortened to it.
        seed, member: Where shuffles and dropout masks come from.
        k: Which row of the parameters the network is.
        held_out: Rows that are looked at after each epoch, and never learnt from.
    """

    network: Network
    parameters: Parameters
    X: Floats
    y: Floats
    weights: Floats
    optimizer: Optimizer
    batch_size: int
    clip_norm: float | None = None
    seed: int = 0
    member: int = 0
    k: int = 0
    held_out: Rows | None = None

    @property
    def rows_per_update(self) -> int:
        """Rows of a full batch."""
        return min(self.batch_size, len(self.X))

    @property
    def updates_per_epoch(self) -> int:
        """Updates in one epoch."""
        return -(-len(self.X) // self.rows_per_update)


class Trainer(Protocol):
    """A task under way; its state of optimizer and time lives on between calls."""

    def epochs(self, first: int, rates: Floats, patience: Patience | None = None) -> Course:
        """Goes through all rows again and again, at the given learning rates.

        Training ends early after a loss that is not finite, and where patience is out.

        Args:
            first: The number of the first of these epochs, from 0.
            rates: The rate of each update, (epochs, updates_per_epoch).
            patience: How long to wait for a smaller loss of the held-out rows; it stays as it is.
        """


class Engine(Protocol):
    """What computes: it trains, it predicts, and it makes single passes."""

    name: ClassVar[str]

    def alone(self) -> AbstractContextManager[Any]:
        """What the engine asks of NumPy while it works: no threads, or no warnings."""

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """The results of jobs that do not touch each other's networks, in order."""

    def trainers(self, tasks: Sequence[Task]) -> Sequence[Trainer]:
        """Begins tasks, of networks that are to be trained side by side."""

    def outputs(self, network: Network, parameters: Parameters, X: Floats, k: int = 0) -> Floats:
        """The pre-activation of the outputs for every row, (N, n_out), in prediction mode.

        It works in memory of its own, so that many threads can predict at once.
        """

    def predictions(
        self, network: Network, parameters: Parameters, X: Floats, k: int = 0
    ) -> Floats:
        """The same, and the loss's link after it: the prediction p for every row.

        Raises:
            ArgumentError: The link is none that the engine can run.
        """

    def predictor(
        self, network: Network, parameters: Parameters, k: int = 0
    ) -> Callable[[Floats], Floats]:
        """Everything made ready for one row at a time, from (1, n_in) to p (1, n_out).

        It follows the parameters, and many threads can use it at once.

        Raises:
            ArgumentError: The link is none that the engine can run.
        """

    def objective(
        self, network: Network, parameters: Parameters, batch: Batch, k: int = 0
    ) -> Objective:
        """The loss of a batch and its gradient, to be asked again and again.

        Args:
            network: The network, as it is trained or as it predicts.
            parameters: The numbers, of which network k is row k.
            batch: The rows, of the parameters' type.
            k: Which row of the parameters the network is.

        Raises:
            ShapeError: A batch that does not fit the network.
        """

    def recorded(
        self, network: Network, parameters: Parameters, batch: Batch, k: int = 0
    ) -> Recorded:
        """The same, and all that a pass computes stays on a tape."""


def own_rates(network: Network) -> Floats | None:
    """What the learning rate of each parameter is multiplied by, (P,); None where all are 1."""
    factors = of_parameters(network, [layer.rates() for layer in network.layers], 1.0)
    return None if (factors == 1).all() else factors


def own_decays(network: Network) -> Floats:
    """How strongly weight decay may shrink each parameter, (P,).

    It is divided by the parameter's own rate, since an optimizer multiplies both.
    """
    decays = of_parameters(network, [layer.decays() for layer in network.layers], 0.0)
    factors = own_rates(network)
    return decays if factors is None else decays / factors


def of_parameters(network: Network, named: list[dict[str, float]], otherwise: float) -> Floats:
    """A number for each parameter, (P,), from one for each array of each layer."""
    layout = trained(network.layers)
    numbers = np.full(layout.size, otherwise)  # (P,)
    for arrays, known in zip(layout.views(numbers), named, strict=True):
        for name, array in arrays.items():
            array[...] = known.get(name, otherwise)
    return numbers
