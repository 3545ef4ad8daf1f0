"""All numbers of K networks in one buffer: a row per network, with a named view for each array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from helder.core.layers import Dense, Layer, Theta
from helder.typing import Floats, Shape

Chain = tuple[Layer, ...]


@dataclass(frozen=True)
class Layout:
    """Where the arrays of each layer lie in a row, one after the other."""

    shapes: tuple[dict[str, Shape], ...]

    @property
    def size(self) -> int:
        """How many numbers a row holds."""
        return sum(prod(shape) for layer in self.shapes for shape in layer.values())

    def views(self, row: Floats, prefix: str = "") -> list[dict[str, Floats]]:
        """Each layer's arrays as views into a row, under their names with a prefix."""
        views: list[dict[str, Floats]] = []
        start = 0
        for layer in self.shapes:
            views.append({})
            for name, shape in layer.items():
                end = start + prod(shape)
                views[-1][prefix + name] = row[start:end].reshape(shape)
                start = end
        return views


def trained(layers: Chain) -> Layout:
    """The layout of what is trained: W, b, gamma, ..."""
    return Layout(tuple(layer.parameters() for layer in layers))


def kept(layers: Chain) -> Layout:
    """The layout of the statistics that training writes and no optimizer sees."""
    return Layout(tuple(layer.statistics() for layer in layers))


@dataclass
class Parameters:
    """The numbers of K networks.

    Attributes:
        layers: The chain that the numbers belong to.
        values: (K, P), what is trained.
        statistics: (K, S), what training writes and no optimizer sees.
    """

    layers: Chain
    values: Floats
    statistics: Floats

    @classmethod
    def zeros(cls, layers: Chain, K: int, dtype: npt.DTypeLike) -> Parameters:
        """Numbers that are all zero, to be written over."""
        values = np.zeros((K, trained(layers).size), dtype)  # (K, P)
        return cls(layers, values, np.zeros((K, kept(layers).size), dtype))  # (K, S)

    @classmethod
    def initial(
        cls, layers: Chain, streams: Sequence[np.random.Generator], dtype: npt.DTypeLike
    ) -> Parameters:
        """First numbers for as many networks as there are random streams."""
        parameters = cls.zeros(layers, len(streams), dtype)
        for k, stream in enumerate(streams):
            for layer, theta in zip(layers, parameters.thetas(k), strict=True):
                for name, value in layer.initial(stream).items():
                    getattr(theta, name)[...] = value
        return parameters

    def thetas(self, k: int = 0) -> list[Theta]:
        """The arrays of network k, one namespace per layer; writing to them writes the buffer."""
        values = trained(self.layers).views(self.values[k])
        statistics = kept(self.layers).views(self.statistics[k])
        return [Theta(**mine, **also) for mine, also in zip(values, statistics, strict=True)]

    def weights(self, k: int = 0) -> list[Floats]:
        """W of every dense layer of network k, each (n_in, n_out)."""
        return dense_arrays(self.layers, self.values[k], "W")

    def biases(self, k: int = 0) -> list[Floats]:
        """b of every dense layer of network k, each (1, n_out)."""
        return dense_arrays(self.layers, self.values[k], "b")

    def copy(self) -> Parameters:
        """The same numbers in buffers of their own."""
        return Parameters(self.layers, self.values.copy(), self.statistics.copy())


@dataclass
class Gradients:
    """The gradient of the loss for every parameter of one network.

    Attributes:
        layers: The chain that the numbers belong to.
        flat: (P,), in the order of the parameter buffer.
    """

    layers: Chain
    flat: Floats

    @property
    def weights(self) -> list[Floats]:
        """dW of every dense layer, each (n_in, n_out)."""
        return dense_arrays(self.layers, self.flat, "W")

    @property
    def biases(self) -> list[Floats]:
        """db of every dense layer, each (1, n_out)."""
        return dense_arrays(self.layers, self.flat, "b")


def dense_arrays(layers: Chain, row: Floats, name: str) -> list[Floats]:
    """One array of every dense layer, as views into a row."""
    views = trained(layers).views(row)
    return [mine[name] for layer, mine in zip(layers, views, strict=True) if type(layer) is Dense]
