"""The settings of a training: how to learn, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass

from helder.core.checking import check_count, check_number
from helder.engine import Optimizer, Patience
from helder.learn.optimizers import optimizer_named
from helder.learn.schedules import Schedule, schedule_named


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
        patience_growth: How many times the best epoch so far is waited at least for a better one.
        look_inside: Whether each epoch's record says how the layers of the first network fare.
    """

    learning_rate: float = 0.001
    epochs: int = 200
    batch_size: int | None = 32
    optimizer: str | Optimizer = "adam"
    schedule: str | Schedule = "constant"
    clip_norm: float | None = None
    patience: int = 20
    seed: int = 0
    patience_growth: float = 0.0
    look_inside: bool = False

    def __post_init__(self) -> None:
        check_number("learning_rate", self.learning_rate, above=0)
        check_count("epochs", self.epochs)
        check_count("patience", self.patience)
        check_number("patience_growth", self.patience_growth, least=0)
        if self.batch_size is not None:
            check_count("batch_size", self.batch_size)
        if self.clip_norm is not None:
            check_number("clip_norm", self.clip_norm, above=0)
        schedule_named(self.schedule)
        optimizer_named(self.optimizer)

    @property
    def waits(self) -> Patience:
        """A patience of its own for whoever asks."""
        return Patience(self.patience, self.patience_growth)
