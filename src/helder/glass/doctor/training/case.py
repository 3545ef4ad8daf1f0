"""What the doctor is told of a training: the network, its history, and facts about the rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from helder.core import Architecture
from helder.core.activations import Activation, activation_named
from helder.learn.history import Epoch
from helder.learn.looking import LayerLook, Look
from helder.model.fitted import Scores
from helder.model.verdict import CANNOT_TELL, NOTHING


class Inputs(NamedTuple):
    """The inputs as the network gets them.

    Attributes:
        widest, narrowest: The largest and the smallest standard deviation of a column that holds
            more than two different numbers.
        largest: The largest root mean square of a column.
        columns: The numbers, from 1, of the widest, the narrowest and the largest one.
    """

    widest: float
    narrowest: float
    largest: float
    columns: tuple[int, int, int]


class Targets(NamedTuple):
    """The targets as the loss gets them.

    Attributes:
        guess: The smallest loss of a network that says the same of every row.
        low, high: The smallest and the largest target.
        codes: How many classes these look like, as whole numbers from 0 in one column; 0 where
            they do not.
        one_hot: Whether every row holds a single 1 in one of several columns, and 0 elsewhere.
    """

    guess: float
    low: float
    high: float
    codes: int
    one_hot: bool


@dataclass(frozen=True, eq=False)
class Training:
    """A training, under way or done; what nobody knows is None.

    Attributes:
        architecture: The network.
        records: What each epoch left to look at.
        initial: How each dense layer fared before the first update.
        stopped: Why it ended; None while it goes on.
        updates: How many updates an epoch has.
        inputs, targets: Facts about the rows.
        scores: How good the network is on rows that chose nothing, beside simple models.
        classes: The names of the classes.
        signal: What the verdict says: is there anything to learn?
        leaks: What gives the target away, by the rules for data.
        began: Where numbers stopped being finite: step and layer.
    """

    architecture: Architecture
    records: tuple[Epoch, ...] = ()
    initial: Look = ()
    stopped: str | None = None
    updates: int | None = None
    inputs: Inputs | None = None
    targets: Targets | None = None
    scores: Scores | None = None
    classes: tuple[str, ...] | None = None
    signal: str | None = None
    leaks: tuple[str, ...] = ()
    began: str | None = None

    @cached_property
    def looks(self) -> tuple[Look, ...]:
        """What was seen of the layers after each epoch, as long as the first network trained."""
        return tuple(record.layers for record in self.records if record.layers)

    @cached_property
    def losses(self) -> np.ndarray:
        """The training loss of every epoch, (E,)."""
        return np.array([record.loss for record in self.records])

    @cached_property
    def val_losses(self) -> np.ndarray:
        """The loss of held-out rows after every epoch, (E,); empty where there are none."""
        found = [record.val_loss for record in self.records if record.val_loss is not None]
        return np.array(found)

    @property
    def learning_rate(self) -> float:
        """The largest rate that training has had."""
        return max(record.learning_rate for record in self.records)

    @cached_property
    def bends(self) -> tuple[Activation, ...]:
        """The activation of each hidden layer."""
        layers = self.architecture.hidden_layers
        return tuple(activation_named(layer.activation or "relu") for layer in layers)

    @property
    def depth(self) -> int:
        """The number of hidden layers."""
        return len(self.bends)

    def hidden(self, look: Look) -> tuple[LayerLook, ...]:
        """The hidden layers of a look: all but the last."""
        return look[: self.depth]

    @property
    def nothing_there(self) -> bool:
        """Whether the verdict found no signal, or could not tell: then nobody learns much."""
        return self.signal in (NOTHING, CANNOT_TELL)


def layer_name(number: int, depth: int) -> str:
    """What a dense layer is called, as the table of the network does, counted from 1."""
    return f"layer {number}" if number <= depth else "output layer"
