"""The programs of a network: what the book writes down for training it and for predicting.

Here symbols take the place of arrays, so to the type checker they are anything.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from helder.core.layers import Page, Theta
from helder.core.network import Network
from helder.core.parameters import Gradients
from helder.core.tape import Tape
from helder.engine.numpy_engine import clip
from helder.engine.task import Task, Update
from helder.engine.trace import BATCH, Place, Symbol, Trace
from helder.errors import ArgumentError


def training_program(task: Task, dtype: np.dtype[Any]) -> Trace:
    """One update: forward, loss, backward, clip, optimizer.

    Args:
        task: The network and its way to learn.
        dtype: The type of every array.
    """
    network, trace = task.network, Trace(task.rows_per_update, dtype)
    thetas, tape = symbolic(network, trace)
    trace.masks = [(layer, rate, mask.place) for layer, rate, mask in masks_of(tape)]
    y, share = blocks(network, trace)
    theta, dtheta = whole(trace, "theta"), whole(trace, "dtheta")
    network.forward(inputs(network, trace), thetas, tape)
    trace.symbol("loss", 1, 1)[...] = network.value(y, share, thetas, tape)
    network.backward(y, share, thetas, tape)
    if task.clip_norm is not None:
        clip(dtheta, task.clip_norm)
    size = trace.sizes["theta"]
    state: dict[str, Any] = {
        name: trace.symbol(f"state {name}", 1, size) for name in task.optimizer.state
    }
    rate, t, decays = trace.scalar("rate"), trace.scalar("t"), trace.symbol("decays", 1, size)
    now: Any = Update(rate, t, decays)  # type: ignore[arg-type]
    task.optimizer.update(theta, dtheta, state, now)
    return trace


def prediction_program(network: Network, capacity: int, dtype: np.dtype[Any]) -> Trace:
    """One prediction: from the inputs to the outputs' pre-activation `z`, copied to its space."""
    trace = Trace(capacity, dtype)
    predicting = network.for_prediction()
    thetas, tape = symbolic(predicting, trace)
    predicting.forward(inputs(network, trace), thetas, tape)
    trace.symbol("z", BATCH, tape.z.shape[1])[...] = tape.z
    return trace


def looking_program(network: Network, capacity: int, dtype: np.dtype[Any]) -> Trace:
    """The loss of some held-out rows, in prediction mode: their part of the mean."""
    trace = Trace(capacity, dtype)
    predicting = network.for_prediction()
    thetas, tape = symbolic(predicting, trace)
    y, share = blocks(network, trace)
    predicting.forward(inputs(network, trace), thetas, tape)
    trace.symbol("loss", 1, 1)[...] = np.sum(network.loss.value(tape.z, y) * share)
    if trace.scalars:
        raise ArgumentError(
            "the loss of a row cannot depend on how many rows come with it",
            hint="value and gradient are per row; the network divides by the number of rows",
        )
    return trace


def symbolic(network: Network, trace: Trace) -> tuple[list[Theta], Tape]:
    """The network's parameters and a tape for it, as symbols."""
    thetas, pages = [], []
    for layer in network.layers:
        mine = trace.symbols("theta", layer.parameters())
        also = trace.symbols("statistics", layer.statistics())
        thetas.append(Theta(**mine, **also))
        named = {f"d{name}": shape for name, shape in layer.parameters().items()}
        arrays = trace.symbols("tape", layer.record(BATCH))
        pages.append(Page(**arrays, **trace.symbols("dtheta", named)))
    pages[0].dx = None
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
