"""A schedule is a factor on the learning rate, as a function of how far training has come.

Each is a frozen value that is called with the progress, from 0 at the first update to 1 after the
last, as an array, and returns the factors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from helder.core.checking import check_count, check_number
from helder.errors import ShapeError, pick
from helder.typing import Floats

Schedule = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Constant:
    """The same learning rate throughout."""

    def __call__(self, progress: Floats) -> Floats:
        return np.ones_like(progress)


@dataclass(frozen=True)
class StepDecay:
    """After every part `every` of the training the rate falls to `factor` of what it was."""

    every: float = 0.3
    factor: float = 0.3

    def __post_init__(self) -> None:
        check_number("every", self.every, above=0, below=1)

    def __call__(self, progress: Floats) -> Floats:
        return np.power(self.factor, np.floor(progress / self.every))


@dataclass(frozen=True)
class Cosine:
    """Half a cosine wave from 1 down to `end` (Loshchilov & Hutter 2016)."""

    end: float = 0.0

    def __call__(self, progress: Floats) -> Floats:
        return self.end + (1 - self.end) * 0.5 * (1 + np.cos(np.pi * progress))


@dataclass(frozen=True)
class WarmUp:
    """A straight climb over the first part `warm`, then another schedule over the rest."""

    warm: float = 0.1
    then: Schedule = field(default_factory=Constant)

    def __post_init__(self) -> None:
        check_number("warm", self.warm, above=0, below=1)

    def __call__(self, progress: Floats) -> Floats:
        rest = np.maximum(progress - self.warm, 0) / (1 - self.warm)
        return np.minimum(progress / self.warm, 1) * self.then(rest)


@dataclass(frozen=True)
class OneCycle:
    """Up along half a cosine over the part `warm`, then down to almost nothing (Smith 2017)."""

    warm: float = 0.3
    start: float = 0.04
    end: float = 1e-4

    def __post_init__(self) -> None:
        check_number("warm", self.warm, above=0, below=1)

    def __call__(self, progress: Floats) -> Floats:
        up = np.minimum(progress / self.warm, 1)
        down = np.maximum(progress - self.warm, 0) / (1 - self.warm)
        climb = Cosine(self.start)(1 - up)
        return np.where(progress < self.warm, climb, Cosine(self.end)(down))


@dataclass(frozen=True)
class MultiCycle:
    """Waves that grow longer, from 0 up and back to 0: short trials first, then a long one.

    `(1 - cos(2 pi log2(1 + (2^cycles - 1) progress))) / 2` (Holzmueller, Grinsztajn & Steinwart
    2024, there called coslog).
    """

    cycles: int = 4

    def __post_init__(self) -> None:
        check_count("cycles", self.cycles, most=20)

    def __call__(self, progress: Floats) -> Floats:
        turns = np.log2(1 + (2**self.cycles - 1) * progress)
        return 0.5 * (1 - np.cos(2 * np.pi * turns))


SCHEDULES: dict[str, type[Constant | StepDecay | Cosine | WarmUp | OneCycle | MultiCycle]] = {
    "constant": Constant,
    "step": StepDecay,
    "cosine": Cosine,
    "warm_up": WarmUp,
    "one_cycle": OneCycle,
    "multi_cycle": MultiCycle,
}


def schedule_named(schedule: str | Schedule) -> Schedule:
    """The schedule of this name; a function of the progress passes through.

    Raises:
        ArgumentError: There is no schedule of that name.
    """
    if isinstance(schedule, type):
        return schedule()
    if callable(schedule):
        return schedule
    return pick(schedule, SCHEDULES, "schedule", "a function of the progress such as Cosine()")()


def learning_rates(
    learning_rate: float, schedule: str | Schedule, epochs: int, updates_per_epoch: int
) -> Floats:
    """The rate of every update, (epochs, updates_per_epoch).

    Raises:
        ShapeError: A schedule of a person's own that gives something else than a factor for each.
    """
    updates = epochs * updates_per_epoch
    progress = np.arange(updates) / updates  # (updates,)
    factors = np.asarray(schedule_named(schedule)(progress), float)
    if factors.shape not in ((), progress.shape):
        raise ShapeError(
            "a schedule gives a factor for every update",
            got=factors.shape,
            accepted=f"shape {progress.shape}, as it was given",
        )
    rates = learning_rate * np.broadcast_to(factors, progress.shape)
    return rates.reshape(epochs, updates_per_epoch)
