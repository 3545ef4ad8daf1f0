"""The NumPy engine runs the book itself, batch by batch: the specification, open to a debugger."""

from __future__ import annotations

import functools
import threading
from contextlib import AbstractContextManager, ExitStack
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np

from helder.core.network import Network, shares
from helder.core.parameters import Parameters, trained
from helder.core.tape import Tape
from helder.engine.streams import fill_mask, shuffled
from helder.typing import Floats, Integers

PREDICTED_AT_ONCE = 4096  # rows: enough to keep a matrix product busy, little enough to hold


class Update(NamedTuple):
    """What an optimizer is told about an update.

    Args:
        rate: The learning rate.
        t: The number of the update, counted from 1.
        decays: Which parameters weight decay may shrink, (P,): 1 for weights, 0 for the others.
    """

    rate: float
    t: int
    decays: Floats


class Optimizer(Protocol):
    """What training asks of an optimizer; `helder.learn.optimizers` has them."""

    state: ClassVar[tuple[str, ...]]  # names of the buffers (P,) that it carries on, zero at first

    def update(self, theta: Floats, dtheta: Floats, state: dict[str, Floats], now: Update) -> None:
        """Writes the parameters (P,) after the update over those before it."""


class Trainer:
    """One network, the rows that it learns from, and its way to learn.

    Args:
        network: The chain of layers and the loss.
        parameters: The numbers of the network; trained in place.
        X: Inputs, (N, n_in), of the parameters' type.
        y: Targets as the loss wants them, (N, n_out).
        weights: What each row counts, (N,).
        optimizer: The update.
        batch_size: Rows per update; the last batch of an epoch holds what is left.
        clip_norm: The longest gradient, as its Euclidean norm; a longer one is shortened to it.
        seed: Where shuffles and dropout masks come from.
    """

    def __init__(
        self,
        network: Network,
        parameters: Parameters,
        X: Floats,
        y: Floats,
        weights: Floats,
        *,
        optimizer: Optimizer,
        batch_size: int,
        clip_norm: float | None,
        seed: int,
    ) -> None:
        self.network, self.parameters = network, parameters
        self.X, self.y, self.weights = X, y, weights
        self.optimizer, self.clip_norm, self.seed = optimizer, clip_norm, seed
        self.batch_size = min(batch_size, len(X))
        self.thetas = parameters.thetas()
        self.theta = parameters.values[0]  # (P,)
        self.decays = decaying(network).astype(self.theta.dtype)  # (P,)
        self.state = {name: np.zeros_like(self.theta) for name in optimizer.state}
        self.tapes: dict[int, Tape] = {}  # by number of rows: full batches, and the last one
        self.t = 0

    @property
    def steps_per_epoch(self) -> int:
        """Updates in one epoch."""
        return -(-len(self.X) // self.batch_size)

    def epoch(self, number: int, rates: Floats) -> float:
        """Goes through all rows once, at the given learning rate for each update.

        Returns:
            The mean loss, that of each batch measured before its update.
        """
        order = self._order(number)
        total = 0.0
        for batch, rate in enumerate(rates):
            rows = order[batch * self.batch_size : (batch + 1) * self.batch_size]
            total += self._step(rows, float(rate), number, batch) * float(
                np.sum(self.weights[rows])
            )
        return total / float(np.sum(self.weights))

    def _order(self, epoch: int) -> Integers:
        if self.batch_size == len(self.X):
            return np.arange(len(self.X))  # one batch: an order would change nothing but rounding
        return shuffled(len(self.X), self.seed, 0, epoch)

    def _step(self, rows: Integers, rate: float, epoch: int, batch: int) -> float:
        tape = self._tape(len(rows))
        for layer, dropout, mask in tape.masks:
            fill_mask(mask, dropout, self.seed, 0, epoch, batch, layer)
        y, share = self.y[rows], shares(self.weights[rows])
        self.network.forward(self.X[rows], self.thetas, tape)
        loss = float(self.network.value(y, share, self.thetas, tape))
        dtheta = self.network.backward(y, share, self.thetas, tape).flat  # (P,)
        if self.clip_norm is not None:
            clip(dtheta, self.clip_norm)
        self.t += 1
        self.optimizer.update(self.theta, dtheta, self.state, Update(rate, self.t, self.decays))
        return loss

    def _tape(self, rows: int) -> Tape:
        if rows not in self.tapes:
            self.tapes[rows] = self.network.tape(rows, self.theta.dtype)
        return self.tapes[rows]


def decaying(network: Network) -> Floats:
    """Which parameters weight decay may shrink, (P,): 1 for weights, 0 for all the others."""
    layout = trained(network.layers)
    mask = np.zeros(layout.size)  # (P,)
    for arrays in layout.views(mask):
        if "W" in arrays:
            arrays["W"][...] = 1
    return mask


def clip(dtheta: Floats, longest: float) -> None:
    """Shortens a gradient that is longer than `longest`, keeping its direction."""
    norm = np.sqrt(np.sum(dtheta * dtheta))
    dtheta *= longest / np.maximum(norm, longest)


def outputs(network: Network, parameters: Parameters, X: Floats, k: int = 0) -> Floats:
    """The pre-activation of the outputs for every row, (N, n_out), in prediction mode.

    It works on tapes of its own, so that many threads can predict at once.
    """
    predicting, thetas = network.for_prediction(), parameters.thetas(k)
    parts = []
    for start in range(0, max(len(X), 1), PREDICTED_AT_ONCE):
        rows = X[start : start + PREDICTED_AT_ONCE]
        tape = predicting.tape(len(rows), parameters.values.dtype)
        parts.append(predicting.forward(rows, thetas, tape).z)
    return np.concatenate(parts)  # (N, n_out)


def mean_loss(
    network: Network, parameters: Parameters, X: Floats, y: Floats, weights: Floats
) -> float:
    """The loss of these rows in prediction mode, without penalties."""
    rows = network.loss.value(outputs(network, parameters, X), y)  # (N, 1)
    return float(np.sum(rows * shares(weights)))


@functools.cache
def _threads() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


class OneThread(AbstractContextManager[None]):
    """Holds NumPy's products at one thread until the last call inside has left.

    The products of a process have one number of threads between them: calls that overlap must
    not each put back what they found.
    """

    lock: ClassVar[threading.Lock] = threading.Lock()
    inside: ClassVar[int] = 0
    limiter: ClassVar[Any] = None

    def __enter__(self) -> None:
        with OneThread.lock:
            if OneThread.inside == 0:
                OneThread.limiter = _threads().limit(limits=1)
            OneThread.inside += 1

    def __exit__(self, *raised: object) -> None:
        with OneThread.lock:
            OneThread.inside -= 1
            if OneThread.inside == 0:
                # From 3.8 on threadpoolctl listens to the thread that limited first and to no
                # other; the last to leave may be another one.
                from threadpoolctl import OpenBLASController

                release = getattr(
                    OpenBLASController, "clear_controlling_thread", lambda force: None
                )
                release(force=True)
                OneThread.limiter.restore_original_limits()
                release(force=True)


def quiet() -> AbstractContextManager[Any]:
    """One thread for NumPy's products, and no warning where a training runs off to infinity.

    The products here are small: more threads wait for each other longer than they compute, and
    their number would show in the last bits. A loss that is not finite is looked for instead.
    """
    stack = ExitStack()
    stack.enter_context(OneThread())
    stack.enter_context(np.errstate(all="ignore"))
    return stack
