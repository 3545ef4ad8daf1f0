"""Training: go through the rows, look at what is held out, keep the best weights, stop in time."""

from __future__ import annotations

import numpy as np

from helder.core.network import Network
from helder.core.parameters import Parameters
from helder.engine import Engine, Task, quiet
from helder.errors import ShapeError
from helder.learn.history import History
from helder.learn.lbfgs import lbfgs
from helder.learn.optimizers import LBFGS, optimizer_named
from helder.learn.rows import Rows
from helder.learn.schedules import schedule_named
from helder.learn.settings import Settings
from helder.learn.watch import Listener, Watch
from helder.typing import Floats

OPERATIONS = 1e9  # of one call: some 50 ms
STEP = 1e5  # operations that an update costs beside its products


def train(
    network: Network,
    parameters: Parameters,
    rows: Rows,
    settings: Settings,
    held_out: Rows | None = None,
    listener: Listener | None = None,
    *,
    engine: Engine,
) -> History:
    """Trains one network in place.

    The weights that remain are those of the best epoch on the held-out rows, which therefore give
    no honest score; without such rows they are the last finite ones. Ctrl-C ends training, not
    the program: the best weights so far are kept.

    Args:
        network: The chain of layers and the loss.
        parameters: The numbers of the network.
        rows: What it learns from.
        settings: How it learns.
        held_out: Rows that choose the epoch.
        listener: Called with the record of every epoch; a text that it returns ends training.
        engine: What computes.

    Returns:
        The history.
    """
    watch = Watch(network, parameters, held_out, settings.patience, listener, engine)
    learn = lbfgs if settings.optimizer == LBFGS else descent
    with quiet():
        try:
            watch.history.stopped = learn(network, parameters, rows, settings, watch)
        except KeyboardInterrupt:
            watch.history.stopped = "interrupted"
    watch.restore()
    return watch.history


def descent(
    network: Network, parameters: Parameters, rows: Rows, settings: Settings, watch: Watch
) -> str:
    """Update after update along the gradient; returns why it ended."""
    task = Task(
        network,
        parameters,
        rows.X,
        rows.y,
        rows.weights,
        optimizer=optimizer_named(settings.optimizer),
        batch_size=settings.batch_size or len(rows),
        clip_norm=settings.clip_norm,
        seed=settings.seed,
    )
    trainer, rates = watch.engine.trainer(task), learning_rates(task, settings)
    together = 1 if watch.looks else epochs_together(task)
    for first in range(0, settings.epochs, together):
        some = rates[first : first + together]  # (epochs of this call, updates)
        for loss, of_epoch in zip(trainer.epochs(first, some), some, strict=True):
            verdict = watch.after(float(loss), float(of_epoch[-1]))
            if verdict is not None:
                return verdict
    return "epochs"


def learning_rates(task: Task, settings: Settings) -> Floats:
    """The rate of every update, (epochs, updates_per_epoch)."""
    updates = settings.epochs * task.updates_per_epoch
    progress = np.arange(updates) / updates  # (updates,)
    factors = np.asarray(schedule_named(settings.schedule)(progress), float)
    if factors.shape not in ((), progress.shape):
        raise ShapeError(
            "a schedule gives a factor for every update",
            got=factors.shape,
            accepted=f"shape {progress.shape}, as it was given",
        )
    rates = settings.learning_rate * np.broadcast_to(factors, progress.shape)
    return rates.reshape(settings.epochs, task.updates_per_epoch)


def epochs_together(task: Task) -> int:
    """How many epochs one call may train where nobody asks to look after each.

    It follows from the size of the task, not from a clock: the same seed gives the same weights
    even where a call runs off to infinity.
    """
    products = 6 * task.parameters.values.size * len(task.X)  # operations, forward and backward
    return max(1, round(OPERATIONS / (products + STEP * task.updates_per_epoch)))
