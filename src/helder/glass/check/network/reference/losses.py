"""The losses that a network may be trained with, each by its dz of the output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helder.glass.check.network.reference.network import Pass
from helder.typing import Floats

TINY = 1e-12  # keeps a division by p or by 1 - p finite


@dataclass(frozen=True)
class OutputLoss:
    """A loss beside an output.

    Attributes:
        name: As a person reads it.
        output: The output that it is right for; empty for any activation.
        dz: Its gradient with respect to z, (N, n_out), of each row, up to a factor.
    """

    name: str
    output: str
    dz: Callable[[Pass], Floats]


def squared_error_softmax(p: Pass) -> Floats:
    # the whole Jacobian of the softmax: p * (e - sum(p e))
    return p.p * (p.error - np.sum(p.p * p.error, axis=1, keepdims=True))


def cross_entropy_through(p: Pass) -> Floats:
    return -p.known.y / np.maximum(p.p, TINY) * p.slope(p.known.layers - 1)


def absolute_error(p: Pass) -> Floats:
    return np.sign(p.error) * p.slope(p.known.layers - 1)


LOSSES: tuple[OutputLoss, ...] = (
    OutputLoss("cross-entropy", "softmax", lambda p: p.error),
    OutputLoss("binary cross-entropy", "sigmoid", lambda p: p.error),
    OutputLoss("squared error", "softmax", squared_error_softmax),
    OutputLoss("squared error", "", lambda p: p.error * p.slope(p.known.layers - 1)),
    OutputLoss("cross-entropy", "sigmoid", cross_entropy_through),
    OutputLoss("absolute error", "", absolute_error),
)


def losses_of(output: str) -> list[OutputLoss]:
    """The losses that fit an output."""
    softmax = output == "softmax"
    return [loss for loss in LOSSES if loss.output == output or (not loss.output and not softmax)]
