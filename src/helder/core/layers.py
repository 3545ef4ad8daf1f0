"""A layer is a frozen description with a forward and a backward; it holds no numbers itself.

Its numbers come from outside: `theta` has its parameters (and, for batch normalisation, running
statistics), `page` is its page of the tape. The forward pass writes on the page, the backward
pass reads it and writes the gradients beside it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from helder.core.activations import Activation
from helder.core.initialisers import initialiser_named
from helder.typing import Floats, Shape

Theta = SimpleNamespace  # the arrays that one layer owns, by name
Page = SimpleNamespace  # what one pass through the layer leaves behind, by name


class Layer(ABC):
    """What the network asks of every layer."""

    def parameters(self) -> dict[str, Shape]:
        """The arrays that are trained."""
        return {}

    def statistics(self) -> dict[str, Shape]:
        """The arrays that training writes and no optimizer sees."""
        return {}

    def initial(self, rng: np.random.Generator) -> dict[str, Floats]:
        """First values of the parameters and statistics."""
        return {}

    def rates(self) -> dict[str, float]:
        """What the learning rate of a parameter is multiplied by, where that is not 1."""
        return {}

    def decays(self) -> dict[str, float]:
        """What the weight decay of a parameter is multiplied by, where that is not 0."""
        return {}

    @abstractmethod
    def record(self, rows: int) -> dict[str, Shape]:
        """The arrays that a pass over so many rows writes on the page."""

    @abstractmethod
    def forward(self, x: Floats, theta: Theta, page: Page) -> Floats:
        """The output of the layer, (B, n_out)."""

    @abstractmethod
    def backward(self, da: Floats, theta: Theta, page: Page) -> Floats:
        """The gradient with respect to the layer's input, from that of its output."""

    @property
    def penalised(self) -> bool:
        """Whether the layer adds a penalty to the loss."""
        return False

    def penalty(self, theta: Theta) -> Floats:
        """What the regularisation of this layer adds to the loss, where it is penalised."""
        raise NotImplementedError  # only asked for where `penalised`, which such a layer overrides

    def for_prediction(self) -> Layer:
        """The layer that stands here once training is over."""
        return self


@dataclass(frozen=True)
class Dense(Layer):
    """Every input to every unit: `z = x W + b`, with `l1 sum|W| + l2/2 sum W^2` as penalty."""

    n_in: int
    n_out: int
    initialiser: str = "glorot"
    l1: float = 0.0
    l2: float = 0.0
    W_rate: float = 1.0
    b_rate: float = 1.0

    def rates(self) -> dict[str, float]:
        return {"W": self.W_rate, "b": self.b_rate}

    def decays(self) -> dict[str, float]:
        return {"W": 1.0}

    def parameters(self) -> dict[str, Shape]:
        return {"W": (self.n_in, self.n_out), "b": (1, self.n_out)}

    def initial(self, rng: np.random.Generator) -> dict[str, Floats]:
        W = initialiser_named(self.initialiser)(rng, self.n_in, self.n_out)
        return {"W": W, "b": np.zeros((1, self.n_out))}

    def record(self, rows: int) -> dict[str, Shape]:
        return {"z": (rows, self.n_out), "dx": (rows, self.n_in)}

    def forward(self, x: Floats, theta: Theta, page: Page) -> Floats:
        page.x = x  # (B, n_in)
        np.matmul(x, theta.W, out=page.z)  # (B, n_out)
        np.add(page.z, theta.b, out=page.z)  # (B, n_out)
        return page.z

    def backward(self, dz: Floats, theta: Theta, page: Page) -> Floats:
        page.dz = dz  # (B, n_out)
        np.matmul(page.x.T, dz, out=page.dW)  # (n_in, n_out)
        np.sum(dz, axis=0, keepdims=True, out=page.db)  # (1, n_out)
        if self.penalised:
            page.dW += self.l1 * np.sign(theta.W) + self.l2 * theta.W  # (n_in, n_out)
        if page.dx is not None:  # the first layer's is only wanted where somebody looks
            np.matmul(dz, theta.W.T, out=page.dx)  # (B, n_in)
        return page.dx

    @property
    def penalised(self) -> bool:
        return self.l1 > 0 or self.l2 > 0

    def penalty(self, theta: Theta) -> Floats:
        return self.l1 * np.sum(np.abs(theta.W)) + 0.5 * self.l2 * np.sum(theta.W * theta.W)


@dataclass(frozen=True)
class Activate(Layer):
    """The bend after the sum: `a = f(z)`."""

    units: int
    activation: Activation

    def record(self, rows: int) -> dict[str, Shape]:
        return {"a": (rows, self.units), "dz": (rows, self.units)}

    def forward(self, z: Floats, theta: Theta, page: Page) -> Floats:
        page.z = z  # (B, n)
        page.a[...] = self.activation.function(z)  # (B, n)
        return page.a

    def backward(self, da: Floats, theta: Theta, page: Page) -> Floats:
        page.da = da  # (B, n)
        np.multiply(da, self.activation.slope(page.z, page.a), out=page.dz)  # (B, n)
        return page.dz


@dataclass(frozen=True)
class ParametricActivate(Activate):
    """A bend of which each unit learns how much it takes: `a = z + alpha (f(z) - z)`."""

    rate: float = 0.1

    def parameters(self) -> dict[str, Shape]:
        return {"alpha": (1, self.units)}

    def initial(self, rng: np.random.Generator) -> dict[str, Floats]:
        return {"alpha": np.ones((1, self.units))}

    def rates(self) -> dict[str, float]:
        return {"alpha": self.rate}

    def decays(self) -> dict[str, float]:
        return {"alpha": self.rate}

    def record(self, rows: int) -> dict[str, Shape]:
        return {"f": (rows, self.units), **super().record(rows)}

    def forward(self, z: Floats, theta: Theta, page: Page) -> Floats:
        page.z = z  # (B, n)
        page.f[...] = self.activation.function(z)  # (B, n)
        page.a[...] = z + theta.alpha * (page.f - z)  # (B, n)
        return page.a

    def backward(self, da: Floats, theta: Theta, page: Page) -> Floats:
        page.da = da  # (B, n)
        np.sum(da * (page.f - page.z), axis=0, keepdims=True, out=page.dalpha)  # (1, n)
        slope = self.activation.slope(page.z, page.f)  # (B, n)
        np.multiply(da, 1 + theta.alpha * (slope - 1), out=page.dz)  # (B, n)
        return page.dz


@dataclass(frozen=True)
class Dropout(Layer):
    """In training each unit is silent with probability `rate` (Srivastava et al. 2014).

    The mask holds 0 for a silent unit and 1 / (1 - rate) for the others, so that sums keep their
    size and prediction needs no correction. It is filled before the pass: no layer draws.
    """

    units: int
    rate: float

    def record(self, rows: int) -> dict[str, Shape]:
        shape = (rows, self.units)
        return {"mask": shape, "a": shape, "dx": shape}

    def forward(self, x: Floats, theta: Theta, page: Page) -> Floats:
        np.multiply(x, page.mask, out=page.a)  # (B, n)
        return page.a

    def backward(self, da: Floats, theta: Theta, page: Page) -> Floats:
        np.multiply(da, page.mask, out=page.dx)  # (B, n)
        return page.dx

    def for_prediction(self) -> Layer:
        return Unchanged()


@dataclass(frozen=True)
class Unchanged(Layer):
    """What passes through as it is: the place of a dropout once training is over."""

    def record(self, rows: int) -> dict[str, Shape]:
        return {}

    def forward(self, x: Floats, theta: Theta, page: Page) -> Floats:
        return x

    def backward(self, da: Floats, theta: Theta, page: Page) -> Floats:
        return da
