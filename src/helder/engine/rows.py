"""Rows of data as the network sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helder.errors import ArgumentError
from helder.typing import Floats, Integers


@dataclass(frozen=True)
class Rows:
    """Inputs X (N, n_in), targets y (N, n_out) as the loss wants them, and weights (N,)."""

    X: Floats
    y: Floats
    weights: Floats

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, chosen: Integers) -> Rows:
        return Rows(self.X[chosen], self.y[chosen], self.weights[chosen])


def check_finite(what: str, values: Floats) -> None:
    """A network learns from numbers, and NaN and infinity are none.

    Args:
        what: What the values are, for the error.
        values: Rows (N, n), or one row (n,).

    Raises:
        ArgumentError: One of them is NaN or infinite.
    """
    finite = np.isfinite(values)
    if np.count_nonzero(finite) < finite.size:  # for a single row twice as fast as finite.all()
        place = tuple(np.argwhere(~finite)[0])
        where = zip(("column", "row"), reversed(place), strict=False)
        named = ", ".join(f"{axis} {number + 1}" for axis, number in reversed([*where]))
        raise ArgumentError(
            f"{what} holds a value that is no finite number, in {named}",
            got=float(values[place]),
            hint="fill in or leave out what is missing; a value beyond float32 wants dtype float64",
        )
