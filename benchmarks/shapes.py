"""The shapes that are measured: a network, its rows and batches, and how long one run of it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Shape:
    """A network and its data.

    Args:
        name: S0 to S4.
        sizes: Units of each layer, the inputs first.
        rows: Rows, whole batches only, so that everybody makes the same updates.
        batch: Rows per update.
        epochs: Epochs of one run.
        optimizer: "adam" or "sgd".
    """

    name: str
    sizes: tuple[int, ...]
    rows: int
    batch: int
    epochs: int
    optimizer: str = "adam"

    @property
    def updates(self) -> int:
        """Updates of one run."""
        return self.epochs * (self.rows // self.batch)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum((n + 1) * m for n, m in self.layers)

    @property
    def layers(self) -> list[tuple[int, int]]:
        """Inputs and outputs of each layer."""
        return list(zip(self.sizes, self.sizes[1:], strict=False))

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows (N, n_in) and the number of each one's class (N,)."""
        rng = np.random.default_rng(0)
        X = rng.standard_normal((self.rows, self.sizes[0]), dtype=np.float32)
        return X, rng.integers(0, self.sizes[-1], self.rows)

    def __str__(self) -> str:
        return f"{self.name}: {'-'.join(map(str, self.sizes))}, batch {self.batch}"


SHAPES = (
    Shape("S0", (6, 3, 2, 3), 400, 400, 2000, "sgd"),
    Shape("S1", (20, 64, 64, 3), 2016, 32, 20),
    Shape("S2", (100, 256, 256, 10), 20224, 256, 2),
    Shape("S3", (784, 512, 256, 10), 60032, 128, 1),
    Shape("S4", (784, 2048, 2048, 10), 4096, 1024, 1),
)
RATE = 0.001
