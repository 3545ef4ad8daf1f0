"""Single passes in the native engine: its memory, seen as the tape that the book would fill."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from helder.core.layers import Layer, Page
from helder.core.network import Network
from helder.core.parameters import Gradients, Parameters
from helder.core.tape import Tape
from helder.engine.native_engine import Compiled
from helder.engine.passes import Batch
from helder.engine.program import objective_program, recording_program
from helder.engine.remembering import remembered
from helder.engine.trace import BATCH, Place, Symbol
from helder.typing import Floats


class NativePass:
    """A program of one pass, and memory for it.

    Args:
        compiled: The program.
        parameters: The numbers of the network, read at each run.
        batch: The rows, read at each run where their arrays are contiguous and writable, and of
            the parameters' type; otherwise they are copied now.
        k: Which row of the parameters the network is.
    """

    def __init__(self, compiled: Compiled, parameters: Parameters, batch: Batch, k: int) -> None:
        self.compiled, self.rows = compiled, len(batch)
        named = {"X": batch.X, "y": batch.y, "share": batch.share}
        given = {
            name: np.require(array, compiled.dtype, ["C", "W", "A"]).reshape(-1)
            for name, array in named.items()
        }
        theta, statistics = parameters.values[k], parameters.statistics[k]
        spaces = compiled.spaces(theta=theta, statistics=statistics, **given)
        self.spaces = dict(zip(compiled.sizes, spaces, strict=True))
        known = {"rows": np.asarray(float(self.rows))}
        for number, scalar in enumerate(compiled.trace.scalars):
            self.spaces["scalars"][number] = scalar.value(known)
        self.gradient = self.spaces["dtheta"]  # (P,)
        self.masks = [(layer, rate, self.array(at)) for layer, rate, at in compiled.trace.masks]

    def run(self) -> float:
        from helder.engine import _native

        _native.run(self.compiled.program, list(self.spaces.values()), self.rows)
        return float(self.spaces["loss"][0])

    def array(self, place: Place) -> Floats:
        """The array that lies at a place, as a view; many matrices are (groups, rows, cols)."""
        numbers = self.spaces[place.space][place.start :]
        rows = self.rows if place.rows == BATCH else place.rows
        shape, apart = (place.groups, rows, place.cols), (place.step, place.distance, 1)
        matrices = as_strided(numbers, shape, [far * numbers.itemsize for far in apart])
        array = matrices if place.groups > 1 else matrices[0]
        return np.swapaxes(array, -1, -2) if place.transposed else array


class NativeRecorded(NativePass):
    """A pass that leaves everything in place.

    Args:
        compiled, parameters, batch, k: As above.
        tape: The tape that the program was traced with; it says where each array lies.
    """

    def __init__(
        self, compiled: Compiled, parameters: Parameters, batch: Batch, k: int, tape: Tape
    ) -> None:
        super().__init__(compiled, parameters, batch, k)
        pages = [
            Page(**{name: self._seen(name, value, layer) for name, value in vars(page).items()})
            for layer, page in zip(tape.layers, tape.pages, strict=True)
        ]
        gradients = Gradients(tape.layers, self.gradient)
        self.tape = Tape(tape.layers, tape.loss, pages, gradients)

    def _seen(self, name: str, value: Any, layer: Layer) -> Any:
        if not isinstance(value, Symbol):
            return value
        array = self.array(value.place)
        shape = layer.parameters().get(name.removeprefix("d"))  # of a gradient
        return array[None] if shape is not None and len(shape) > array.ndim else array


@remembered(16)
def objective_of(network: Network, rows: int, dtype: np.dtype[Any]) -> Compiled:
    """The compiled loss and gradient of a batch of so many rows."""
    return Compiled(objective_program(network, rows, dtype))


@remembered(16)
def recording_of(network: Network, rows: int, dtype: np.dtype[Any]) -> tuple[Compiled, Tape]:
    """The compiled pass that leaves everything in place, and where each array lies."""
    trace, tape = recording_program(network, rows, dtype)
    return Compiled(trace), tape
