"""The settings of a training: how to learn, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from helder.engine import Optimizer
from helder.errors import ArgumentError
from helder.learn.optimizers import Adam, optimizer_named
from helder.learn.schedules import Constant, Schedule, schedule_named


@dataclass(frozen=True)
class Settings:
    """How to learn.

    Args:
        learning_rate: The size of a step, before the schedule.
        epochs: How often to go through the rows at most.
        batch_size: Rows per update; None for all of them at once.
        optimizer: A name or a value, or "lbfgs": all rows, line search, SciPy.
        schedule: A name or a value.
        clip_norm: The longest gradient; None for no limit.
        patience: Epochs without a better loss on the held-out rows before training stops.
        seed: Where first weights, shuffles and masks come from.
    """

    learning_rate: float = 0.001
    epochs: int = 200
    batch_size: int | None = 32
    optimizer: str | Optimizer = field(default_factory=Adam)
    schedule: str | Schedule = field(default_factory=Constant)
    clip_norm: float | None = None
    patience: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.learning_rate < float("inf"):
            raise ArgumentError("no learning rate", got=self.learning_rate, accepted="above 0")
        for name, count in (("epochs", self.epochs), ("patience", self.patience)):
            check_count(name, count)
        if self.batch_size is not None:
            check_count("batch_size", self.batch_size)
        if self.clip_norm is not None and not self.clip_norm > 0:
            raise ArgumentError("clip_norm is a length", got=self.clip_norm, accepted="above 0")
        schedule_named(self.schedule)
        optimizer_named(self.optimizer)


def check_count(name: str, count: int) -> None:
    """Epochs, patience and rows of a batch are counted from 1."""
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise ArgumentError(f"{name} is a count", got=count, accepted="whole numbers from 1")
