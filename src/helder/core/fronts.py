"""Layers in front of the first sum: a scale of its own for every input, and waves of every number.

Both are parts of RealMLP (Holzmueller, Grinsztajn & Steinwart 2024); the waves are periodic
embeddings (Gorishniy, Rubachev & Babenko 2022): a network bends slowly along a straight number, and
quickly along its waves. Categories have places of their own in embedding.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helder.core.checking import check_count, check_number
from helder.core.embedding import Embed
from helder.core.layers import Layer, Page, Theta
from helder.errors import ArgumentError, listed
from helder.typing import Floats, Shape


@dataclass(frozen=True)
class Scale(Layer):
    """Each input times a number of its own: `a = s x`; what does not help is scaled down."""

    n_in: int
    rate: float = 6.0  # of its learning rate: far quicker than the weights behind it

    def __post_init__(self) -> None:
        check_count("n_in", self.n_in)
        check_number("rate", self.rate, above=0)

    @property
    def n_out(self) -> int:
        """As many as go in."""
        return self.n_in

    def parameters(self) -> dict[str, Shape]:
        return {"s": (1, self.n_in)}

    def initial(self, rng: np.random.Generator) -> dict[str, Floats]:
        return {"s": np.ones((1, self.n_in))}

    def rates(self) -> dict[str, float]:
        return {"s": self.rate}

    def decays(self) -> dict[str, float]:
        return {"s": self.rate}

    def record(self, rows: int) -> dict[str, Shape]:
        return {"a": (rows, self.n_in), "dx": (rows, self.n_in)}

    def forward(self, x: Floats, theta: Theta, page: Page) -> Floats:
        page.x = x  # (B, n)
        np.multiply(x, theta.s, out=page.a)  # (B, n)
        return page.a

    def backward(self, da: Floats, theta: Theta, page: Page) -> Floats:
        np.sum(da * page.x, axis=0, keepdims=True, out=page.ds)  # (1, n)
        if page.dx is not None:
            np.multiply(da, theta.s, out=page.dx)  # (B, n)
        return page.dx


@dataclass(frozen=True)
class Periodic(Layer):
    """Each number `x_i` as `cos(x_i w_i + b_i) V_i + c_i`, before all inputs as they are.

    Args:
        n_in: The number of inputs.
        numeric: How many of them, the first ones, are numbers; the others have no waves.
        waves: How many waves each number gets.
        size: How many values its waves are summed up to.
        sigma: How quick the waves are at first, in cycles per unit: a standard deviation.
        rate: The learning rate of all of this beside that of the weights.
    """

    n_in: int
    numeric: int
    waves: int = 16
    size: int = 3
    sigma: float = 0.1
    rate: float = 0.1

    def __post_init__(self) -> None:
        check_count("n_in", self.n_in)
        check_count("numeric", self.numeric, most=self.n_in)
        check_count("waves", self.waves, most=10_000)
        check_count("size", self.size, most=10_000)
        check_number("sigma", self.sigma, above=0)
        check_number("rate", self.rate, above=0)

    @property
    def n_out(self) -> int:
        """The values of all waves, and the inputs."""
        return self.numeric * self.size + self.n_in

    def parameters(self) -> dict[str, Shape]:
        n, h, d = self.numeric, self.waves, self.size
        return {"w": (n, 1, h), "b": (1, n * h), "V": (n, h, d), "c": (1, n * d)}

    def initial(self, rng: np.random.Generator) -> dict[str, Floats]:
        shapes, limit = self.parameters(), self.waves**-0.5
        return {
            "w": rng.normal(0, 2 * np.pi * self.sigma, shapes["w"]),  # radians per unit
            "b": rng.uniform(-np.pi, np.pi, shapes["b"]),
            "V": rng.uniform(-limit, limit, shapes["V"]),
            "c": rng.uniform(-limit, limit, shapes["c"]),
        }

    def rates(self) -> dict[str, float]:
        # w is in radians here and in cycles in the paper, so its steps are 2 pi times as long.
        return {"w": 2 * np.pi * self.rate, "b": self.rate, "V": self.rate, "c": self.rate}

    def decays(self) -> dict[str, float]:
        return {"w": self.rate, "V": self.rate}

    def record(self, rows: int) -> dict[str, Shape]:
        waves, numbers = (rows, self.numeric * self.waves), (rows, self.numeric)
        names = ("angle", "wave", "dwave", "dangle")
        arrays = {**dict.fromkeys(names, waves), "dnumbers": numbers}
        return {**arrays, "a": (rows, self.n_out), "dx": (rows, self.n_in)}

    def forward(self, x: Floats, theta: Theta, page: Page) -> Floats:
        n, values = self.numeric, self.numeric * self.size
        page.x = x  # (B, n_in)
        np.matmul(by_feature(x[:, :n], n), theta.w, out=by_feature(page.angle, n))  # (n, B, h)
        np.add(page.angle, theta.b, out=page.angle)  # (B, n h)
        np.cos(page.angle, out=page.wave)  # (B, n h)
        e = page.a[:, :values]  # (B, n d)
        np.matmul(by_feature(page.wave, n), theta.V, out=by_feature(e, n))  # (n, B, d)
        np.add(e, theta.c, out=e)  # (B, n d)
        page.a[:, values:] = x  # (B, n_in)
        return page.a  # (B, n d + n_in)

    def backward(self, da: Floats, theta: Theta, page: Page) -> Floats:
        n, values = self.numeric, self.numeric * self.size
        de = da[:, :values]  # (B, n d)
        np.matmul(turned(by_feature(page.wave, n)), by_feature(de, n), out=page.dV)  # (n, h, d)
        np.sum(de, axis=0, keepdims=True, out=page.dc)  # (1, n d)
        np.matmul(by_feature(de, n), turned(theta.V), out=by_feature(page.dwave, n))  # (n, B, h)
        np.multiply(-np.sin(page.angle), page.dwave, out=page.dangle)  # (B, n h)
        x, dangle = by_feature(page.x[:, :n], n), by_feature(page.dangle, n)
        np.matmul(turned(x), dangle, out=page.dw)  # (n, 1, h)
        np.sum(page.dangle, axis=0, keepdims=True, out=page.db)  # (1, n h)
        if page.dx is not None:
            np.matmul(dangle, turned(theta.w), out=by_feature(page.dnumbers, n))  # (n, B, 1)
            page.dx[...] = da[:, values:]  # (B, n_in)
            straight = page.dx[:, :n]
            np.add(straight, page.dnumbers, out=straight)  # (B, n)
        return page.dx


Front = Scale | Periodic | Embed
FRONTS: dict[str, type[Front]] = {"scale": Scale, "periodic": Periodic, "embed": Embed}


def check_front(front: Sequence[Layer], inputs: int) -> None:
    """Raises ArgumentError where the layers in front do not take what comes before them."""
    for layer in front:
        if type(layer) not in FRONTS.values():
            raise ArgumentError(
                "no such layer in front",
                got=layer,
                accepted=listed(f"{kind.__name__}(...)" for kind in FRONTS.values()),
            )
        # All kinds have n_in and n_out, which a layer as such need not have.
        if layer.n_in != inputs:  # type: ignore[attr-defined]
            raise ArgumentError(
                "a layer in front does not take what comes before it",
                got=layer,
                accepted=f"one with n_in={inputs}",
            )
        inputs = layer.n_out  # type: ignore[attr-defined]


def by_feature(x: Floats, n: int) -> Floats:
    """A view of (B, n h) as (n, B, h): a matrix for each of n features."""
    return np.swapaxes(np.reshape(x, (-1, n, x.shape[1] // n)), 0, 1)


def turned(x: Floats) -> Floats:
    """A view of (n, a, b) as (n, b, a)."""
    return np.swapaxes(x, 1, 2)
