"""Training: go through the rows, look at what is held out, keep the best weights, stop in time."""

from __future__ import annotations

import numpy as np

from helder.core.network import Network
from helder.core.parameters import Parameters
from helder.engine import Trainer, quiet
from helder.learn.history import History
from helder.learn.lbfgs import lbfgs
from helder.learn.optimizers import LBFGS, optimizer_named
from helder.learn.rows import Rows
from helder.learn.schedules import schedule_named
from helder.learn.settings import Settings
from helder.learn.watch import Listener, Watch


def train(
    network: Network,
    parameters: Parameters,
    rows: Rows,
    settings: Settings,
    held_out: Rows | None = None,
    listener: Listener | None = None,
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

    Returns:
        The history.
    """
    watch = Watch(network, parameters, held_out, settings.patience, listener)
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
    trainer = Trainer(
        network,
        parameters,
        rows.X,
        rows.y,
        rows.weights,
        optimizer=optimizer_named(settings.optimizer),
        batch_size=settings.batch_size or len(rows.X),
        clip_norm=settings.clip_norm,
        seed=settings.seed,
    )
    schedule, steps = schedule_named(settings.schedule), trainer.steps_per_epoch
    for epoch in range(settings.epochs):
        progress = (epoch * steps + np.arange(steps)) / (settings.epochs * steps)  # (steps,)
        rates = settings.learning_rate * schedule(progress)  # (steps,)
        loss = trainer.epoch(epoch, rates)
        verdict = watch.after(loss, float(rates[-1]))
        if verdict is not None:
            return verdict
    return "epochs"
