"""Normalisation gives pre-activations mean zero and spread one, then lets gamma and beta undo it.

`xhat = (x - mean) / std` and `z = gamma xhat + beta`: over the rows of a batch for each unit
(batch), over the units of each row (layer), or with statistics kept from training (stored).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helder.core.layers import Layer, Page, Theta
from helder.typing import Floats, Shape

EPSILON = 1e-5  # keeps the quotient finite where nothing varies


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Each unit over the rows of the batch (Ioffe & Szegedy 2015); running statistics for later."""

    units: int
    momentum: float = 0.9

    def parameters(self) -> dict[str, Shape]:
        return {"gamma": (1, self.units), "beta": (1, self.units)}

    def statistics(self) -> dict[str, Shape]:
        return {"running_mean": (1, self.units), "running_variance": (1, self.units)}

    def initial(self, rng: np.random.Generator) -> dict[str, Floats]:
        one, zero = np.ones((1, self.units)), np.zeros((1, self.units))
        return {"gamma": one, "beta": zero, "running_mean": zero, "running_variance": one}

    def record(self, rows: int) -> dict[str, Shape]:
        full, one = (rows, self.units), (1, self.units)
        return {"xhat": full, "z": full, "dx": full, "mean": one, "std": one}

    def forward(self, x: Floats, theta: Theta, page: Page) -> Floats:
        rows = x.shape[0]
        np.divide(np.sum(x, axis=0, keepdims=True), rows, out=page.mean)  # (1, n)
        np.subtract(x, page.mean, out=page.xhat)  # (B, n)
        variance = np.sum(page.xhat * page.xhat, axis=0, keepdims=True) / rows  # (1, n)
        np.sqrt(variance + EPSILON, out=page.std)  # (1, n)
        np.divide(page.xhat, page.std, out=page.xhat)  # (B, n)
        np.multiply(page.xhat, theta.gamma, out=page.z)  # (B, n)
        np.add(page.z, theta.beta, out=page.z)  # (B, n)
        for running, batch in (
            (theta.running_mean, page.mean),
            (theta.running_variance, variance),
        ):
            running[...] = self.momentum * running + (1 - self.momentum) * batch  # (1, n)
        return page.z

    def backward(self, dz: Floats, theta: Theta, page: Page) -> Floats:
        rows = dz.shape[0]
        np.sum(dz * page.xhat, axis=0, keepdims=True, out=page.dgamma)  # (1, n)
        np.sum(dz, axis=0, keepdims=True, out=page.dbeta)  # (1, n)
        # The batch's mean and std depend on x too: two terms leave dxhat again.
        mean, tilt = page.dbeta / rows, page.dgamma / rows  # (1, n), of dz and of dz xhat
        np.multiply(dz - mean - page.xhat * tilt, theta.gamma / page.std, out=page.dx)  # (B, n)
        return page.dx

    def for_prediction(self) -> Layer:
        return StoredNorm(self.units)


@dataclass(frozen=True)
class StoredNorm(Layer):
    """Batch normalisation once training is over: the running statistics, the same for any batch."""

    units: int

    def parameters(self) -> dict[str, Shape]:
        return BatchNorm(self.units).parameters()

    def statistics(self) -> dict[str, Shape]:
        return BatchNorm(self.units).statistics()

    def record(self, rows: int) -> dict[str, Shape]:
        full = (rows, self.units)
        return {"xhat": full, "z": full, "dx": full, "std": (1, self.units)}

    def forward(self, x: Floats, theta: Theta, page: Page) -> Floats:
        np.sqrt(theta.running_variance + EPSILON, out=page.std)  # (1, n)
        np.subtract(x, theta.running_mean, out=page.xhat)  # (B, n)
        np.divide(page.xhat, page.std, out=page.xhat)  # (B, n)
        np.multiply(page.xhat, theta.gamma, out=page.z)  # (B, n)
        np.add(page.z, theta.beta, out=page.z)  # (B, n)
        return page.z

    def backward(self, dz: Floats, theta: Theta, page: Page) -> Floats:
        np.sum(dz * page.xhat, axis=0, keepdims=True, out=page.dgamma)  # (1, n)
        np.sum(dz, axis=0, keepdims=True, out=page.dbeta)  # (1, n)
        np.multiply(dz, theta.gamma / page.std, out=page.dx)  # (B, n)
        return page.dx


@dataclass(frozen=True)
class LayerNorm(Layer):
    """Each row over its units (Ba, Kiros & Hinton 2016); the same in training and prediction."""

    units: int

    def parameters(self) -> dict[str, Shape]:
        return {"gamma": (1, self.units), "beta": (1, self.units)}

    def initial(self, rng: np.random.Generator) -> dict[str, Floats]:
        return {"gamma": np.ones((1, self.units)), "beta": np.zeros((1, self.units))}

    def record(self, rows: int) -> dict[str, Shape]:
        full, one = (rows, self.units), (rows, 1)
        return {"xhat": full, "z": full, "dx": full, "mean": one, "std": one}

    def forward(self, x: Floats, theta: Theta, page: Page) -> Floats:
        np.divide(np.sum(x, axis=1, keepdims=True), self.units, out=page.mean)  # (B, 1)
        np.subtract(x, page.mean, out=page.xhat)  # (B, n)
        variance = np.sum(page.xhat * page.xhat, axis=1, keepdims=True) / self.units  # (B, 1)
        np.sqrt(variance + EPSILON, out=page.std)  # (B, 1)
        np.divide(page.xhat, page.std, out=page.xhat)  # (B, n)
        np.multiply(page.xhat, theta.gamma, out=page.z)  # (B, n)
        np.add(page.z, theta.beta, out=page.z)  # (B, n)
        return page.z

    def backward(self, dz: Floats, theta: Theta, page: Page) -> Floats:
        np.sum(dz * page.xhat, axis=0, keepdims=True, out=page.dgamma)  # (1, n)
        np.sum(dz, axis=0, keepdims=True, out=page.dbeta)  # (1, n)
        dxhat = dz * theta.gamma  # (B, n)
        mean = np.sum(dxhat, axis=1, keepdims=True) / self.units  # (B, 1)
        tilt = np.sum(dxhat * page.xhat, axis=1, keepdims=True) / self.units  # (B, 1)
        np.divide(dxhat - mean - page.xhat * tilt, page.std, out=page.dx)  # (B, n)
        return page.dx


NORMALISATIONS: dict[str, type[BatchNorm] | type[LayerNorm] | None] = {
    "none": None,
    "batch": BatchNorm,
    "layer": LayerNorm,
}
