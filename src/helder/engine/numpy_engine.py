"""The NumPy engine runs the book itself, batch by batch: the specification, open to a debugger."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from copy import copy
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np

from helder.core.network import Network, shares
from helder.core.parameters import Parameters
from helder.core.tape import Tape
from helder.engine.course import Course, Patience
from helder.engine.passes import Batch, NumpyPass
from helder.engine.rows import Rows
from helder.engine.streams import fill_mask, shuffled
from helder.engine.task import Engine, Task, Update, own_decays, own_rates
from helder.engine.threads import quiet
from helder.typing import Floats, Integers

T = TypeVar("T")

PREDICTED_AT_ONCE = 4096  # rows: enough to keep a matrix product busy, little enough to hold


class NumpyEngine:
    """Runs the book with NumPy: anything that NumPy can do, a layer or loss of your own can."""

    name: ClassVar[str] = "numpy"

    def alone(self) -> AbstractContextManager[Any]:
        return quiet()

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        return [job() for job in jobs]  # Python runs one at a time anyway

    def trainers(self, tasks: Sequence[Task]) -> list[NumpyTrainer]:
        return [NumpyTrainer(task, self) for task in tasks]

    def outputs(self, network: Network, parameters: Parameters, X: Floats, k: int = 0) -> Floats:
        predicting, thetas = network.for_prediction(), parameters.thetas(k)
        parts = []
        for start in range(0, max(len(X), 1), PREDICTED_AT_ONCE):
            rows = X[start : start + PREDICTED_AT_ONCE]
            tape = predicting.tape(len(rows), parameters.values.dtype)
            parts.append(predicting.forward(rows, thetas, tape).z)
        return np.concatenate(parts)  # (N, n_out)

    def predictions(
        self, network: Network, parameters: Parameters, X: Floats, k: int = 0
    ) -> Floats:
        return network.loss.link(self.outputs(network, parameters, X, k))

    def predictor(
        self, network: Network, parameters: Parameters, k: int = 0
    ) -> Callable[[Floats], Floats]:
        predicting, thetas = network.for_prediction(), parameters.thetas(k)
        tape, alone = predicting.tape(1, parameters.values.dtype), threading.Lock()

        def predict(row: Floats) -> Floats:
            with alone, np.errstate(all="ignore"):
                z = predicting.forward(row, thetas, tape).z
                return network.loss.link(z.copy())  # the next row goes over the tape's

        return predict

    def objective(
        self, network: Network, parameters: Parameters, batch: Batch, k: int = 0
    ) -> NumpyPass:
        batch.check(network)
        tape = network.tape(len(batch), parameters.values.dtype)
        return NumpyPass(network, parameters, batch, k, tape)

    def recorded(
        self, network: Network, parameters: Parameters, batch: Batch, k: int = 0
    ) -> NumpyPass:
        batch.check(network)
        tape = network.tape(len(batch), parameters.values.dtype, input_gradient=True)
        return NumpyPass(network, parameters, batch, k, tape)


class Updated(NamedTuple):
    """An update that was made.

    Attributes:
        rows: The numbers of its rows, (B,).
        loss: Their loss before it.
        tape: What the passes wrote; the next update of as many rows writes over it.
    """

    rows: Integers
    loss: float
    tape: Tape


class NumpyTrainer:
    """One network in training, batch by batch."""

    def __init__(self, task: Task, engine: NumpyEngine) -> None:
        self.task, self.engine = task, engine
        self.thetas = task.parameters.thetas(task.k)
        self.theta = task.parameters.values[task.k]  # (P,)
        self.decays = own_decays(task.network).astype(self.theta.dtype)  # (P,)
        factors = own_rates(task.network)
        self.factors = 1.0 if factors is None else factors.astype(self.theta.dtype)  # (P,)
        self.state = {name: np.zeros_like(self.theta) for name in task.optimizer.state}
        self.tapes: dict[int, Tape] = {}  # by number of rows: full batches, and the last one
        self.t = 0

    def epochs(self, first: int, rates: Floats, patience: Patience | None = None) -> Course:
        losses, val_losses, values, statistics = [], [], [], []
        waiting = copy(patience)
        for number, of_epoch in enumerate(rates, first + 1):
            losses.append(self._epoch(number - 1, of_epoch))
            val_losses.append(self._val_loss())
            values.append(self.theta.copy())
            statistics.append(self.task.parameters.statistics[self.task.k].copy())
            if not np.isfinite(losses[-1]):
                break
            if waiting is None or waiting.gains(number, val_losses[-1]):
                continue
            if waiting.is_out(number) or not np.isfinite(val_losses[-1]):
                break
        return Course(
            np.array(losses), np.array(val_losses), np.array(values), np.array(statistics)
        )

    def _val_loss(self) -> float:
        task = self.task
        if task.held_out is None:
            return float("nan")
        return held_out_loss(self.engine, task.network, task.parameters, task.held_out, task.k)

    def _epoch(self, epoch: int, rates: Floats) -> float:
        total, weights = 0.0, self.task.weights
        for made in self.updates(epoch, rates):
            total += made.loss * float(np.sum(weights[made.rows]))
        return total / float(np.sum(weights))

    def updates(self, epoch: int, rates: Floats) -> Iterator[Updated]:
        """The updates of an epoch one by one, each with what its passes left on the tape.

        Args:
            epoch: Its number, from 0.
            rates: The learning rate of each update, (updates,).
        """
        order, size = self._order(epoch), self.task.rows_per_update
        for batch, rate in enumerate(rates):
            rows = order[batch * size : (batch + 1) * size]
            loss = self._update(rows, float(rate), epoch, batch)
            yield Updated(rows, loss, self._tape(len(rows)))

    def _order(self, epoch: int) -> Integers:
        count = len(self.task.X)
        if self.task.updates_per_epoch == 1:
            return np.arange(count)  # one batch: an order would change nothing but rounding
        return shuffled(count, self.task.seed, self.task.member, epoch)

    def _update(self, rows: Integers, rate: float, epoch: int, batch: int) -> float:
        task, tape = self.task, self._tape(len(rows))
        for layer, dropout, mask in tape.masks:
            fill_mask(mask, dropout, task.seed, task.member, epoch, batch, layer)
        y, share = task.y[rows], shares(task.weights[rows])
        task.network.forward(task.X[rows], self.thetas, tape)
        loss = float(task.network.value(y, share, self.thetas, tape))
        dtheta = task.network.backward(y, share, self.thetas, tape).flat  # (P,)
        if task.clip_norm is not None:
            clip(dtheta, task.clip_norm)
        self.t += 1
        now = Update(rate * self.factors, self.t, self.decays)
        task.optimizer.update(self.theta, dtheta, self.state, now)
        return loss

    def _tape(self, rows: int) -> Tape:
        if rows not in self.tapes:
            self.tapes[rows] = self.task.network.tape(rows, self.theta.dtype)
        return self.tapes[rows]


def clip(dtheta: Floats, longest: float) -> None:
    """Shortens a gradient that is longer than `longest`, keeping its direction."""
    norm = np.sqrt(np.sum(dtheta * dtheta))
    dtheta *= longest / np.maximum(norm, longest)


def held_out_loss(
    engine: Engine, network: Network, parameters: Parameters, rows: Rows, k: int = 0
) -> float:
    """The mean loss of rows in prediction mode."""
    z = engine.outputs(network, parameters, rows.X, k)  # (N, n_out)
    return float(np.sum(network.loss.value(z, rows.y) * shares(rows.weights)))
