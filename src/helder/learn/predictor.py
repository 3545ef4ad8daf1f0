"""A predictor for one row at a time: what can be made ready before the row comes is ready."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from helder.core.network import Network
from helder.core.parameters import Parameters
from helder.core.targets import numbers
from helder.engine import Engine
from helder.engine.rows import check_finite
from helder.errors import ShapeError
from helder.typing import Floats


class Predictor:
    """Predicts row after row with the numbers that the network has at that moment.

    Training goes on changing what it predicts. Many threads can use it at once.

    Args:
        engine: What computes.
        network: The chain of layers and the loss.
        parameters: The numbers of one network, or of several that predict with their mean.
    """

    def __init__(self, engine: Engine, network: Network, parameters: Parameters) -> None:
        self.inputs, self.dtype = network.inputs, parameters.values.dtype
        self.members = [
            engine.predictor(network, parameters, k) for k in range(len(parameters.values))
        ]

    def __call__(self, row: npt.ArrayLike) -> Floats:
        """The prediction for one row, (n_out,): probabilities, or numbers.

        Args:
            row: The inputs, (n_in,).

        Raises:
            ShapeError: The row has another length than the network has inputs.
            ArgumentError: The row holds text, NaN or infinity.
        """
        given = numbers(row, "the row")
        if given.shape != (self.inputs,):
            raise ShapeError(
                f"the row does not fit a network with {self.inputs} inputs",
                got=given.shape,
                accepted=f"({self.inputs},)",
                hint="predict and predict_proba take many rows" if given.ndim == 2 else None,
            )
        if given.dtype != self.dtype:
            with np.errstate(over="ignore"):  # infinity is looked for below
                given = given.astype(self.dtype)
        check_finite("the row", given)
        X = given[None]  # (1, n_in)
        return mean([member(X) for member in self.members])[0]  # (n_out,)


def mean(predictions: Iterable[Floats]) -> Floats:
    """The mean of the predictions of one or several networks.

    They are added one after the other, so that a row has the same bits beside any others.
    """
    total, *others = predictions
    for p in others:
        total = total + p  # (N, n_out)
    return total / (1 + len(others)) if others else total
