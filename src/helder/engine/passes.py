"""Single passes, forward and backward: the loss of a batch, its gradient, a tape where asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from helder.core.network import Network
from helder.core.parameters import Parameters
from helder.core.tape import Tape
from helder.errors import ShapeError
from helder.typing import Floats

Masks = list[tuple[int, float, Floats]]


@dataclass(frozen=True)
class Batch:
    """Rows for one pass.

    Args:
        X: Inputs, (B, n_in).
        y: Targets as the loss wants them, (B, n_out).
        share: The part of each row in the mean loss, (B, 1); see `core.network.shares`.
    """

    X: Floats
    y: Floats
    share: Floats

    def __len__(self) -> int:
        return len(self.X)

    def check(self, network: Network) -> None:
        """Whether the arrays fit a network and each other.

        Raises:
            ShapeError: One does not, or there are no rows.
        """
        rows = max(len(self), 1)
        for what, columns in (("X", network.inputs), ("y", network.outputs), ("share", 1)):
            shape = getattr(self, what).shape
            if shape != (rows, columns):
                raise ShapeError(
                    f"{what} does not fit this pass", got=shape, accepted=f"({rows}, {columns})"
                )


class Objective(Protocol):
    """The loss of some rows as a function of a network's parameters.

    It reads the parameters, the rows and the masks as they are at each `run`, and writes the
    network's running statistics as any pass in training does.

    Attributes:
        gradient: (P,), as the last run left it; the next one writes over it.
        masks: For each dropout its place in the chain, its rate, and the mask; no pass draws, so
            they are filled before the first run.
    """

    @property
    def gradient(self) -> Floats: ...

    @property
    def masks(self) -> Masks: ...

    def run(self) -> float:
        """Forward and backward; returns the loss, with its penalties."""


class Recorded(Objective, Protocol):
    """The same, with everything that it computes on a tape, which each run writes over.

    Attributes:
        tape: As the book fills it, with the gradient of the inputs.
    """

    @property
    def tape(self) -> Tape: ...


class NumpyPass:
    """The book itself, from a tape to be written."""

    def __init__(
        self,
        network: Network,
        parameters: Parameters,
        batch: Batch,
        k: int,
        tape: Tape,
    ) -> None:
        self.network, self.thetas, self.tape = network, parameters.thetas(k), tape
        self.batch = batch
        self.gradient, self.masks = tape.gradients.flat, tape.masks

    def run(self) -> float:
        X, y, share = self.batch.X, self.batch.y, self.batch.share
        self.network.forward(X, self.thetas, self.tape)
        loss = float(self.network.value(y, share, self.thetas, self.tape))
        self.network.backward(y, share, self.thetas, self.tape)
        return loss
