"""The programs of a network: what the book writes down for training, single passes, prediction.

Here symbols take the place of arrays, so to the type checker they are anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from helder.core.layers import Page, Theta
from helder.core.network import Network
from helder.core.parameters import Gradients
from helder.core.tape import Tape
from helder.engine.numpy_engine import clip
from helder.engine.task import Optimizer, Task, Update, own_rates
from helder.engine.trace import BATCH, Place, Scalar, Symbol, Trace
from helder.errors import ArgumentError


def training_program(task: Task, dtype: np.dtype[Any]) -> Trace:
    """One update: forward, loss, backward, clip, optimizer.

    Args:
        task: The network and its way to learn.
        dtype: The type of every array.
    """
    trace = objective_program(task.network, task.rows_per_update, dtype)
    theta, dtheta = whole(trace, "theta"), whole(trace, "dtheta")
    if task.clip_norm is not None:
        clip(dtheta, task.clip_norm)
    size = trace.sizes["theta"]
    state = {name: trace.symbol(f"state {name}", 1, size) for name in task.optimizer.state}
    rate, t, decays = trace.scalar("rate"), trace.scalar("t"), trace.symbol("decays", 1, size)
    if own_rates(task.network) is not None:
        rate = rate * trace.symbol("factors", 1, size)
    now = Update(rate, t, decays)  # type: ignore[arg-type]
    write_update(task.optimizer, (theta, dtheta, state, now), trace)
    return trace


def write_update(optimizer: Optimizer, given: tuple[Any, Any, Any, Update], trace: Trace) -> None:
    """Lets an optimizer write its update down, twice, to see that it writes the same again.

    Raises:
        ArgumentError: It does not: it counts or remembers in Python, where no program can look.
    """
    steps, sizes, scalars = trace.steps, trace.sizes, trace.scalars
    writings = []
    for _ in range(2):
        trace.steps, trace.sizes, trace.scalars = list(steps), dict(sizes), list(scalars)
        optimizer.update(*given)
        attributes = repr(getattr(optimizer, "__dict__", None))
        writings.append((trace.steps, some_values(trace.scalars), attributes))
    if writings[0] != writings[1]:
        raise ArgumentError(
            "an optimizer that counts or remembers by itself writes no program",
            got=type(optimizer).__name__,
            accepted="an update that follows from theta, dtheta, state and now",
            hint="now.t is the number of the update, and state[name] keeps what `state` names",
        )


def some_values(scalars: list[Scalar]) -> list[bytes]:
    """What scalars are worth in three updates, to tell them apart."""
    known = {"rate": np.array([1e-3, 0.1, 0.7]), "t": np.arange(1.0, 4), "rows": np.full(3, 5.0)}
    with np.errstate(all="ignore"):
        return [np.broadcast_to(scalar.value(known), 3).tobytes() for scalar in scalars]


def objective_program(network: Network, rows: int, dtype: np.dtype[Any]) -> Trace:
    """Forward, loss, backward: what is asked for is the loss and the gradient, in "dtheta"."""
    trace = Trace(rows, dtype)
    thetas, tape = symbolic(network, trace, "tape")
    tape.pages[0].dx = None  # nobody looks at it
    one_pass(network, thetas, tape, trace)
    return trace


def recording_program(network: Network, rows: int, dtype: np.dtype[Any]) -> tuple[Trace, Tape]:
    """The same, and every array that the book leaves on a page of its tape is there in the end.

    Returns:
        The program, and the tape that says where each array lies.
    """
    trace = Trace(rows, dtype)
    thetas, tape = symbolic(network, trace, "record")  # a space that nothing is left out of
    one_pass(network, thetas, tape, trace)
    for page in tape.pages:
        for name, value in vars(page).items():
            if isinstance(value, Symbol) and value.place.space == "temporary":
                kept = trace.symbol("record", value.place.rows, value.place.cols)
                kept[...] = Symbol(trace, replace(value.place, transposed=False))
                setattr(page, name, kept.T if value.place.transposed else kept)
    return trace, tape


def one_pass(network: Network, thetas: list[Theta], tape: Tape, trace: Trace) -> None:
    """Forward, loss, backward."""
    trace.masks = [(layer, rate, mask.place) for layer, rate, mask in masks_of(tape)]
    y, share = blocks(network, trace)
    network.forward(inputs(network, trace), thetas, tape)
    trace.symbol("loss", 1, 1)[...] = network.value(y, share, thetas, tape)
    network.backward(y, share, thetas, tape)


def prediction_program(network: Network, capacity: int, dtype: np.dtype[Any]) -> Trace:
    """One prediction: from the inputs to the outputs' pre-activation `z`, copied to its space."""
    trace = Trace(capacity, dtype)
    predicting = network.for_prediction()
    thetas, tape = symbolic(predicting, trace, "tape")
    predicting.forward(inputs(network, trace), thetas, tape)
    trace.symbol("z", BATCH, tape.z.shape[1])[...] = tape.z
    return trace


def looking_program(network: Network, capacity: int, dtype: np.dtype[Any]) -> Trace:
    """The loss of some held-out rows, in prediction mode: their part of the mean."""
    trace = Trace(capacity, dtype)
    predicting = network.for_prediction()
    thetas, tape = symbolic(predicting, trace, "tape")
    y, share = blocks(network, trace)
    predicting.forward(inputs(network, trace), thetas, tape)
    trace.symbol("loss", 1, 1)[...] = np.sum(network.loss.value(tape.z, y) * share)
    if trace.scalars:
        raise ArgumentError(
            "the loss of a row cannot depend on how many rows come with it",
            hint="value and gradient are per row; the network divides by the number of rows",
        )
    return trace


def symbolic(network: Network, trace: Trace, record: str) -> tuple[list[Theta], Tape]:
    """The network's parameters, and a tape for it in a space of this name, as symbols."""
    thetas, pages = [], []
    for layer in network.layers:
        mine = trace.symbols("theta", layer.parameters())
        also = trace.symbols("statistics", layer.statistics())
        thetas.append(Theta(**mine, **also))
        named = {f"d{name}": shape for name, shape in layer.parameters().items()}
        arrays = trace.symbols(record, layer.record(BATCH))
        pages.append(Page(**arrays, **trace.symbols("dtheta", named)))
    gradients = Gradients(network.layers, whole(trace, "dtheta"))
    return thetas, Tape(network.layers, network.loss, pages, gradients)


def whole(trace: Trace, space: str) -> Any:
    """Everything in a space so far, as one row."""
    return Symbol(trace, Place(space, 0, 1, trace.sizes[space]))


def inputs(network: Network, trace: Trace) -> Any:
    """The block of inputs, (B, n_in)."""
    return trace.symbol("X", BATCH, network.inputs)


def blocks(network: Network, trace: Trace) -> tuple[Any, Any]:
    """The blocks of targets (B, n_out), and of each row's share in the loss (B, 1)."""
    return trace.symbol("y", BATCH, network.outputs), trace.symbol("share", BATCH, 1)


def masks_of(tape: Tape) -> Any:
    """For each dropout its place in the chain, its rate, and its mask."""
    return tape.masks
