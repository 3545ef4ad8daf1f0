"""What a call of training leaves to look at, epoch by epoch, and when there is no more to gain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.typing import Array, Floats


@dataclass(frozen=True, eq=False)
class Course:
    """The epochs of one call that were trained, in order.

    Attributes:
        losses: The mean loss of each epoch, (E,), that of each batch measured before its update.
        val_losses: The loss of the held-out rows after each epoch, (E,); NaN where there are none.
        values: The parameters after each epoch, (E, P).
        statistics: The running statistics after each epoch, (E, S).
        verdicts: What a judge says of each epoch, smaller is better, (E,); None where nobody but
            the held-out rows' loss does.
        looks: What somebody saw of the layers after each epoch, (E,); None where nobody looks.
    """

    losses: Floats
    val_losses: Floats
    values: Floats
    statistics: Floats
    verdicts: Floats | None = None
    looks: Sequence[Any] | None = None

    @property
    def judged(self) -> Floats:
        """What chooses among the epochs, smaller is better, (E,)."""
        return self.val_losses if self.verdicts is None else self.verdicts

    def __len__(self) -> int:
        return len(self.losses)


@dataclass
class Patience:
    """How long to wait for a smaller loss; `Training::run` in train.hpp waits so long or longer.

    Attributes:
        epochs: How many epochs without a smaller loss are borne.
        growth: How many times as many as led to the smallest one are borne, where that is more.
        least: The smallest loss so far, or the smallest verdict of a judge.
        best: The number of its epoch, counted from 1; 0 before the first.
        tie: The loss at that epoch, which decides between verdicts that are alike.
    """

    epochs: int
    growth: float = 0.0
    least: float = float("inf")
    best: int = 0
    tie: float = float("inf")

    def gains(self, number: int, loss: float, tie: float = 0.0) -> bool:
        """Whether the loss of this epoch is the smallest so far; it is kept in mind."""
        if not (loss, tie) < (self.least, self.tie):
            return False
        self.least, self.best, self.tie = loss, number, tie
        return True

    def is_out(self, number: int) -> bool:
        """Whether the smallest loss lies too far back."""
        return bool(number - self.best >= self.borne(self.best))

    def borne(self, best: Array | int) -> Array:
        """How many epochs without a smaller loss are borne after these best ones."""
        return np.maximum(self.epochs, self.growth * np.asarray(best))
