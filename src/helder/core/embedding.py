"""A layer in front that gives every category of a column a place, which is learnt.

Entity embeddings (Guo & Berkhahn 2016), as RealMLP has them (Holzmueller, Grinsztajn & Steinwart
2024): what many categories have to say goes through few numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import index

import numpy as np

from helder.core.checking import check_count, check_number
from helder.core.layers import Layer, Page, Theta
from helder.errors import ArgumentError
from helder.typing import Floats, Shape


@dataclass(frozen=True)
class Embed(Layer):
    """Each block of inputs, of which one is 1, as the place of that one: `e = x V`.

    All other inputs come first, as they are. A row with nothing but 0 in a block lies at 0.

    Args:
        n_in: The number of inputs.
        blocks: The first input of each block and the one after its last, in ascending order.
        size: How many numbers a place has.
        rate: The learning rate of the places beside that of the weights.
    """

    n_in: int
    blocks: tuple[tuple[int, int], ...]
    size: int = 8
    rate: float = 1.0

    def __post_init__(self) -> None:
        check_count("n_in", self.n_in)
        check_count("size", self.size, most=10_000)
        check_number("rate", self.rate, above=0)
        object.__setattr__(self, "blocks", check_blocks(self.blocks, self.n_in))

    @property
    def others(self) -> list[tuple[int, int]]:
        """The inputs between the blocks, as the blocks are given."""
        starts = [0, *(stop for _, stop in self.blocks)]
        stops = [*(start for start, _ in self.blocks), self.n_in]
        return [(a, b) for a, b in zip(starts, stops, strict=True) if a < b]

    @property
    def n_out(self) -> int:
        """The inputs outside the blocks, and a place for each block."""
        return sum(b - a for a, b in self.others) + len(self.blocks) * self.size

    def parameters(self) -> dict[str, Shape]:
        return {"V": (self.size, sum(b - a for a, b in self.blocks))}  # a column for each place

    def initial(self, rng: np.random.Generator) -> dict[str, Floats]:
        return {"V": rng.normal(size=self.parameters()["V"])}

    def rates(self) -> dict[str, float]:
        return {"V": self.rate}

    def decays(self) -> dict[str, float]:
        return {"V": 1.0}

    def record(self, rows: int) -> dict[str, Shape]:
        return {"a": (rows, self.n_out), "dx": (rows, self.n_in)}

    def forward(self, x: Floats, theta: Theta, page: Page) -> Floats:
        page.x = x  # (B, n_in)
        for inputs, outputs in self.passed():
            page.a[:, outputs] = x[:, inputs]  # (B, n)
        for inputs, codes, outputs in self.placed():
            np.matmul(x[:, inputs], theta.V[:, codes].T, out=page.a[:, outputs])  # (B, d)
        return page.a  # (B, n_out)

    def backward(self, da: Floats, theta: Theta, page: Page) -> Floats:
        for inputs, codes, outputs in self.placed():
            np.matmul(da[:, outputs].T, page.x[:, inputs], out=page.dV[:, codes])  # (d, c)
            if page.dx is not None:
                np.matmul(da[:, outputs], theta.V[:, codes], out=page.dx[:, inputs])  # (B, c)
        if page.dx is not None:
            for inputs, outputs in self.passed():
                page.dx[:, inputs] = da[:, outputs]  # (B, n)
        return page.dx

    def passed(self) -> Iterator[tuple[slice, slice]]:
        """Where inputs outside the blocks come from, and where they go."""
        at = 0
        for start, stop in self.others:
            yield slice(start, stop), slice(at, at + stop - start)
            at += stop - start

    def placed(self) -> Iterator[tuple[slice, slice, slice]]:
        """Where each block's inputs are, its columns of V, and where its place goes."""
        code, at = 0, self.n_out - len(self.blocks) * self.size
        for start, stop in self.blocks:
            yield slice(start, stop), slice(code, code + stop - start), slice(at, at + self.size)
            code, at = code + stop - start, at + self.size


def check_blocks(blocks: object, n_in: int) -> tuple[tuple[int, int], ...]:
    """The blocks as pairs of numbers; ArgumentError where they are none, or lie in each other."""
    try:
        # What cannot be gone through raises the TypeError that is met below.
        pairs = tuple((int(index(a)), int(index(b))) for a, b in blocks)  # type: ignore[attr-defined]
        ends = [0, *(end for pair in pairs for end in pair), n_in]
    except (TypeError, ValueError):
        pairs, ends = (), []
    empty = any(a == b for a, b in pairs)
    if not pairs or empty or ends != sorted(ends):
        raise ArgumentError(
            "blocks are ranges of inputs, one after the other",
            got=blocks,
            accepted=f"as ((0, 4), (4, 9)), the second of each not included, none above {n_in}",
        )
    return pairs
