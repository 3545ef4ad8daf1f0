"""Prediction in the native engine: programs that end with z or with p, and memory kept for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from helder.core.losses import MeanSquaredError
from helder.core.network import Network
from helder.core.parameters import Chain
from helder.engine.native_engine import Compiled
from helder.engine.program import prediction_program
from helder.engine.remembering import remembered
from helder.engine.trace import BATCH, Place, Symbol, Trace
from helder.errors import ArgumentError
from helder.typing import Floats

PREDICTED_AT_ONCE = 256  # rows: their activations stay in the cache
NOTHING = np.empty(0)


class Prediction:
    """A compiled program that predicts, and its memory, which goes from call to call.

    A call takes memory for itself alone, and makes new memory where all is in use: so many
    threads can predict at once.

    Args:
        trace: What the book wrote down.
        result: The space that holds what is wanted of it.

    Raises:
        ArgumentError: The program asks for the number of rows, on which no prediction depends.
    """

    def __init__(self, trace: Trace, result: str) -> None:
        from helder.engine import _native

        if trace.scalars:
            raise ArgumentError(
                "a row is predicted in the same way whatever rows are beside it",
                got="a formula with the number of rows, shape[0]",
            )
        trace.sizes.setdefault("statistics", 0)
        self.compiled, self.predict = Compiled(trace), _native.predict
        self.dtype, self.columns = trace.dtype, trace.sizes[result] // trace.capacity
        self.X, self.result = self.compiled.number("X"), self.compiled.number(result)
        self.theta, self.statistics = map(self.compiled.number, ("theta", "statistics"))
        self.free = [self.compiled.spaces()]

    def __call__(self, theta: Floats, statistics: Floats, X: Floats) -> Floats:
        """The result for every row of X (N, n_in), with the numbers of one network."""
        rows = np.ascontiguousarray(X, self.dtype)
        result = np.empty((len(rows), self.columns), self.dtype)  # (N, n_out)
        try:
            spaces = self.free.pop()
        except IndexError:
            spaces = self.compiled.spaces()
        spaces[self.theta], spaces[self.statistics] = theta, statistics
        self.predict(self.compiled.program, spaces, self.X, self.result, rows, result)
        spaces[self.theta] = spaces[self.statistics] = NOTHING  # holds on to nobody's weights
        self.free.append(spaces)
        return result


def outputs_of(network: Network, dtype: np.dtype[Any]) -> Prediction:
    """The compiled way from the inputs to the outputs' pre-activation z."""
    return z_of(network.layers, dtype)


@remembered(64)
def z_of(layers: Chain, dtype: np.dtype[Any]) -> Prediction:
    """The same, of the layers: no loss has a part in z."""
    network = Network(layers, MeanSquaredError())
    return Prediction(prediction_program(network, PREDICTED_AT_ONCE, dtype), "z")


@remembered(64)
def predictions_of(network: Network, dtype: np.dtype[Any]) -> Prediction:
    """The compiled way from the inputs to the prediction p.

    Raises:
        ArgumentError: The loss has a link that no program can say.
    """
    trace = prediction_program(network, PREDICTED_AT_ONCE, dtype)
    link(network, Symbol(trace, Place("z", 0, BATCH, network.outputs)))
    return Prediction(trace, "p")


def check_link(network: Network, dtype: np.dtype[Any]) -> None:
    """A network that could not predict is better not trained first.

    Raises:
        ArgumentError: The loss has a link that no program can say.
    """
    link(network, Trace(1, dtype).symbol("z", BATCH, network.outputs))


def link(network: Network, z: Symbol) -> None:
    """Writes the link from z to the prediction p down, which gets a space of its own."""
    trace, p = z.trace, network.loss.link(z)  # type: ignore[arg-type]
    if not isinstance(p, Symbol) or p.place.shape[0] != BATCH:
        raise ArgumentError(
            "a link turns each row of z into a row of predictions",
            got=type(network.loss).__name__,
            accepted="a link such as np.exp(z)",
        )
    trace.symbol("p", *p.place.shape)[...] = p
