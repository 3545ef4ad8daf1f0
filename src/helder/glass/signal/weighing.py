"""What rows count when their targets change places.

A weight that belongs to the target, such as that of a rare class, goes with it; a weight that
belongs to the row, such as that of a person in a survey, stays. Where targets took all weights
with them, a weight that goes with the columns would be found as a signal, and it would be none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helder.core.losses import Loss
from helder.engine import Rows
from helder.typing import Array, Floats, Integers


@dataclass(frozen=True, eq=False)
class Weighing:
    """What rows count: the product of two weights.

    Args:
        rows: What each row counts, whatever its target is, (N,).
        targets: What the target of each row counts, whatever the row is, (N,).
    """

    rows: Floats
    targets: Floats

    @classmethod
    def of(cls, rows: Rows, loss: Loss) -> Weighing:
        """The weights of these rows in two; a target's is the mean of its class."""
        weights = rows.weights / rows.weights.mean()  # (N,)
        if loss.link_name != "softmax":
            return cls(weights, np.ones_like(weights))
        code = rows.y.argmax(axis=1)  # (N,)
        mean = np.bincount(code, weights) / np.maximum(np.bincount(code), 1)  # (C,)
        targets = mean[code].astype(weights.dtype)
        return cls(weights / targets, targets)

    def under(self, labelling: Integers) -> Floats:
        """What each row counts with the target of another, (N,) or (N, L) like the labelling."""
        own = self.rows.reshape(-1, *[1] * (labelling.ndim - 1))
        return own * self.targets[labelling]

    def take(self, rows: Integers) -> Weighing:
        """Those of some rows."""
        return Weighing(self.rows[rows], self.targets[rows])


@dataclass(frozen=True, eq=False)
class Targets:
    """Targets in numbers, and what their rows count.

    Args:
        values: (N, C).
        weighing: Of these rows.
    """

    values: Floats
    weighing: Weighing

    def under(self, labellings: Integers) -> Floats:
        """The targets under labellings (N, L), weighted and of mean 0, (N, L, C)."""
        weights = self.weighing.under(labellings)  # (N, L)
        y = self.values[labellings]  # (N, L, C)
        y -= np.einsum("nl,nlc->lc", weights, y) / weights.sum(axis=0)[:, None]
        weighted: Array = y * weights[:, :, None]
        return weighted

    def take(self, rows: Integers) -> Targets:
        """Those of some rows."""
        return Targets(self.values[rows], self.weighing.take(rows))
