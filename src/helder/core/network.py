"""A network is a chain of layers and a loss: one forward and one backward, used by everything.

Forward, each layer's output is the next one's input. Backward, the loss's gradient enters at the
end, and each layer turns the gradient of its output into that of its input (the chain rule),
leaving the gradients of its own parameters on the tape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.core.layers import Activate, Dense, Theta
from helder.core.losses import Loss
from helder.core.parameters import Chain, Gradients
from helder.core.tape import Tape
from helder.errors import ArgumentError, ShapeError
from helder.typing import Floats


@dataclass(frozen=True)
class Network:
    """A chain of layers and the loss at its end; the numbers are passed in."""

    layers: Chain
    loss: Loss

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        first: Any = self.layers[0]
        return int(first.n_in)

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return self.layers[-1].parameters()["W"][1]

    def tape(self, rows: int, dtype: Any, *, input_gradient: bool = False) -> Tape:
        """An empty tape for a pass of so many rows."""
        return Tape.blank(self.layers, self.loss, rows, dtype, input_gradient=input_gradient)

    def forward(self, X: Floats, thetas: list[Theta], tape: Tape) -> Tape:
        """From the inputs X (B, n_in) to the outputs' pre-activation, written on the tape."""
        a = X  # (B, n_in)
        for layer, theta, page in zip(self.layers, thetas, tape.pages, strict=True):
            a = layer.forward(a, theta, page)  # (B, n_out of the layer)
        return tape

    def backward(self, y: Floats, share: Floats, thetas: list[Theta], tape: Tape) -> Gradients:
        """From the targets y (B, n_out) back to the gradient of every parameter.

        Args:
            y: Targets as the loss wants them, (B, n_out).
            share: The part of each row in the mean loss, (B, 1); see `shares`.
            thetas: The parameters of every layer.
            tape: What the forward pass wrote.
        """
        dz: Floats = self.loss.gradient(tape.z, y) * share  # (B, n_out)
        steps = list(zip(self.layers, thetas, tape.pages, strict=True))
        da = dz  # what the last layer gives out is the outputs' z
        for layer, theta, page in reversed(steps):
            da = layer.backward(da, theta, page)  # (B, n_in of the layer)
        return tape.gradients

    def value(self, y: Floats, share: Floats, thetas: list[Theta], tape: Tape) -> Floats:
        """The loss of the rows on the tape: their weighted mean, plus every layer's penalty."""
        loss: Floats = np.sum(self.loss.value(tape.z, y) * share)  # type: ignore[assignment]
        for layer, theta in zip(self.layers, thetas, strict=True):
            if layer.penalised:
                loss = loss + layer.penalty(theta)
        return loss

    def for_prediction(self) -> Network:
        """The same network once training is over: no dropout, stored statistics."""
        return Network(tuple(layer.for_prediction() for layer in self.layers), self.loss)

    def tape_of(self, activations: list[Floats], zs: list[Floats], dtype: Any) -> Tape:
        """The tape that these two lists stand for, where they say all that backward needs.

        Raises:
            ArgumentError: The network has dropout or normalisation, or the lists do not fit.
        """
        for layer in self.layers:
            if not isinstance(layer, Dense | Activate):
                raise ArgumentError(
                    "two lists do not hold what this network's backpropagation needs",
                    got=type(layer).__name__,
                    accepted="a network of dense layers and activations",
                    hint="pass the tape: backpropagation(net.forward(X), y)",
                )
        count = sum(isinstance(layer, Dense) for layer in self.layers)
        if len(zs) != count or len(activations) != count + 1:
            raise ShapeError(
                f"a network with {count} dense layers has {count + 1} activations and {count} zs",
                got=(len(activations), len(zs)),
            )
        arrays = [np.asarray(array) for array in activations]
        kept = [np.asarray(array) for array in zs]
        self._check_shapes(arrays, kept)
        activations, zs, tape = arrays, kept, self.tape(len(arrays[0]), dtype)
        depth = 0
        for layer, page in zip(self.layers, tape.pages, strict=True):
            if isinstance(layer, Dense):
                page.x, page.z = activations[depth], zs[depth]
                depth += 1
            else:
                page.z, page.a = zs[depth - 1], activations[depth]
        return tape

    def _check_shapes(self, activations: list[Floats], zs: list[Floats]) -> None:
        """Each list holds an array per layer, rows by units."""
        dense = [layer for layer in self.layers if isinstance(layer, Dense)]
        widths = [layer.n_in for layer in dense] + [self.outputs]
        rows = activations[0].shape[:1]
        for what, arrays, units in (("activations", activations, widths), ("zs", zs, widths[1:])):
            for place, (array, width) in enumerate(zip(arrays, units, strict=True)):
                if array.shape != (*rows, width):
                    raise ShapeError(
                        f"{what}[{place}] does not fit this network",
                        got=array.shape,
                        accepted=f"({rows[0] if rows else 'rows'}, {width})",
                    )


def shares(weights: Floats) -> Floats:
    """Each row's part in the mean loss, (B, 1): its weight divided by the batch's sum."""
    total = np.maximum(np.sum(weights), np.finfo(weights.dtype).tiny)  # no row may count at all
    return (weights / total)[:, None]  # (B, 1)
