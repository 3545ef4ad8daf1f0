"""How numbers of the target and what a network says of them belong together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from helder.learn.folds import Fold
from helder.typing import Floats


class Scale(NamedTuple):
    """Of one number: the network sees it with mean 0 and standard deviation 1.

    Attributes:
        mean, std: In training.
        limits: The smallest and the largest number in training, beyond which nothing is predicted;
            None where nothing is held back.
    """

    mean: float
    std: float
    limits: tuple[float, float] | None = None

    @classmethod
    def of(cls, y: Floats, weights: Floats, *, clamps: bool) -> Scale:
        """The scale of the numbers (N,) that count."""
        mean = np.average(y, weights=weights)
        std = np.sqrt(np.average((y - mean) ** 2, weights=weights))
        limits = limits_of(y, weights) if clamps else None
        return cls(float(mean), float(std) or 1.0, limits)

    def widened(self, y: Floats, weights: Floats) -> Scale:
        """With limits that hold these numbers (N,) too; the network sees them as before."""
        if self.limits is None:
            return self
        low, high = limits_of(y, weights)
        return self._replace(limits=(min(low, self.limits[0]), max(high, self.limits[1])))

    def standardised(self, y: Floats) -> Floats:
        """Numbers as the network sees them."""
        return (y - self.mean) / self.std

    def in_units(self, z: Floats) -> Floats:
        """What the network says, in the target's own units."""
        values = z.astype(float) * self.std + self.mean
        return values if self.limits is None else np.clip(values, *self.limits)

    def out_of_fold(self, z: Floats, y: Floats, weights: Floats, folds: Sequence[Fold]) -> Floats:
        """The same of out-of-fold rows (N,): each fold within the limits of the rows it had not.

        Args:
            z: What the networks say, (N,).
            y: The true numbers, (N,).
            weights: What each row counts, (N,).
            folds: The folds of the rows.
        """
        values = self.in_units(z)
        if self.limits is not None:
            for fold in folds:
                limits = limits_of(y[fold.train], weights[fold.train])
                values[fold.held_out] = self._replace(limits=limits).in_units(z[fold.held_out])
        return values


def limits_of(y: Floats, weights: Floats) -> tuple[float, float]:
    """The smallest and the largest of the numbers that count."""
    counted = y[weights > 0]
    return float(counted.min()), float(counted.max())
