"""The tape records one pass: the forward pass writes it, and backpropagation reads it.

Whatever explains a network reads the same tape, so an explanation cannot drift from the
computation.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from helder.core.layers import Activate, Dense, Dropout, Page
from helder.core.losses import Loss
from helder.core.parameters import Chain, Gradients, trained
from helder.typing import Floats


class Tape:
    """The record of one pass of B rows through a chain of layers.

    A page per layer holds what the layer writes: `x`, `z`, `a`, masks and batch statistics going
    forward; `dz`, `dx`, `dW`, `db` coming back. It unpacks as `activations, zs = tape`.

    Args:
        layers: The chain.
        loss: The loss; its link turns the last z into the prediction p.
        pages: A page for each layer, with the arrays of `Layer.record` and its gradients.
        gradients: Where the pages' gradients lie.
    """

    def __init__(self, layers: Chain, loss: Loss, pages: list[Page], gradients: Gradients) -> None:
        self.layers, self.loss, self.pages, self.gradients = layers, loss, pages, gradients

    @classmethod
    def blank(
        cls,
        layers: Chain,
        loss: Loss,
        rows: int,
        dtype: npt.DTypeLike,
        *,
        input_gradient: bool = False,
    ) -> Tape:
        """A tape to be written, for so many rows.

        Args:
            layers: The chain.
            loss: The loss.
            rows: B, the number of rows.
            dtype: The type of every array.
            input_gradient: Whether backpropagation also fills the gradient of the inputs.
        """
        gradients = Gradients(layers, np.zeros(trained(layers).size, dtype))  # (P,)
        views = trained(layers).views(gradients.flat, prefix="d")
        pages = []
        for layer, mine in zip(layers, views, strict=True):
            arrays = {name: np.empty(shape, dtype) for name, shape in layer.record(rows).items()}
            pages.append(Page(**arrays, **mine))
        if not input_gradient:
            pages[0].dx = None
        return cls(layers, loss, pages, gradients)

    @property
    def rows(self) -> int:
        """B, the number of rows."""
        return len(self.X)

    @property
    def X(self) -> Floats:  # noqa: N802, the field's name for a table of inputs
        """The rows that went in, (B, n_in)."""
        return self.pages[0].x

    @property
    def z(self) -> Floats:
        """The pre-activation of the outputs, (B, n_out)."""
        return self.pages[-1].z

    @property
    def p(self) -> Floats:
        """The prediction, (B, n_out): probabilities, or the mean."""
        return self.loss.link(self.z)

    @property
    def activations(self) -> list[Floats]:
        """The input of every dense layer, each (B, n_in), then the prediction p."""
        return [page.x for page in self._pages_of(Dense)] + [self.p]

    @property
    def zs(self) -> list[Floats]:
        """The pre-activations of every hidden layer, each (B, n), then those of the outputs."""
        return [page.z for page in self._pages_of(Activate)] + [self.z]

    @property
    def masks(self) -> list[tuple[int, float, Floats]]:
        """For each dropout its place in the chain, its rate, and the mask to be filled."""
        pairs = enumerate(zip(self.layers, self.pages, strict=True))
        return [
            (place, layer.rate, page.mask)
            for place, (layer, page) in pairs
            if isinstance(layer, Dropout)
        ]

    def __iter__(self) -> Iterator[list[Floats]]:
        yield self.activations
        yield self.zs

    def _pages_of(self, kind: type[Dense] | type[Activate]) -> list[Page]:
        pairs = zip(self.layers, self.pages, strict=True)
        return [page for layer, page in pairs if isinstance(layer, kind)]
