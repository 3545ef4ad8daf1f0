"""Rows of data as the network sees them."""

from __future__ import annotations

from dataclasses import dataclass

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
