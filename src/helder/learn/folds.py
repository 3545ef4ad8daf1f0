"""Trains the networks of a cross-validation side by side, and lets no fold choose for itself.

Network k learns from all rows but those of fold k, which it then predicts. The epoch at which it
does so is the best one of the other folds' mean loss, never of its own: else the score would come
from rows that chose something, and pure noise would look like a little signal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from helder.core.network import Network, shares
from helder.core.parameters import Parameters
from helder.engine import Engine, Task, Trainer, quiet
from helder.errors import ArgumentError
from helder.learn.history import Epoch, History
from helder.learn.optimizers import LBFGS, optimizer_named
from helder.learn.rows import Rows
from helder.learn.settings import Settings
from helder.learn.training import learning_rates
from helder.learn.watch import Listener
from helder.typing import Floats, Integers


@dataclass(frozen=True)
class Fold:
    """Row numbers: those that network k learns from, and those that it predicts."""

    train: Integers
    held_out: Integers


@dataclass(repr=False)
class FoldHistory(History):
    """The history of a cross-validation: losses are the means of all networks.

    Attributes:
        chosen: The epoch, counted from 1, at which each fold was predicted and each network kept.
    """

    chosen: tuple[int, ...] = ()


class FoldWatch:
    """Looks after every epoch of all networks: keeps each one's weights where the others say so."""

    def __init__(
        self,
        network: Network,
        parameters: Parameters,
        rows: Rows,
        folds: Sequence[Fold],
        engine: Engine,
    ) -> None:
        self.network, self.parameters, self.engine = network, parameters, engine
        self.rows, self.folds = rows, folds
        self.history, self.kept = FoldHistory(), parameters.copy()
        self.least = np.full(len(folds), np.inf)  # of the mean of the other folds, for each
        self.chosen = np.zeros(len(folds), int)  # epochs from 1; 0 is before the first
        self.z = np.zeros((len(rows), network.outputs), parameters.values.dtype)  # out of fold

    def after(self, losses: Floats, rate: float) -> Epoch:
        """Writes the record of one more epoch, (K,) training losses, and keeps what got better."""
        number = len(self.history) + 1
        outputs = self.engine.together([self._predicting(k) for k in range(len(self.folds))])
        held = np.array([self._loss(z, fold) for z, fold in zip(outputs, self.folds, strict=True)])
        held[~np.isfinite(held)] = np.inf
        for k, fold in enumerate(self.folds):
            others = np.delete(held, k).mean()
            if others < self.least[k] and np.isfinite(self.parameters.values[k]).all():
                self.least[k], self.chosen[k] = others, number
                self.kept.values[k] = self.parameters.values[k]
                self.kept.statistics[k] = self.parameters.statistics[k]
                self.z[fold.held_out] = outputs[k]
        record = Epoch(number, float(losses.mean()), float(held.mean()), rate)
        self.history.records.append(record)
        return record

    def out_of_patience(self, patience: int) -> bool:
        """Whether no fold's others have got better for so many epochs."""
        return bool((len(self.history) - self.chosen >= patience).all())

    def finish(self, stopped: str) -> FoldHistory:
        """Writes the kept weights over the last ones, and closes the history."""
        self.parameters.values[...] = self.kept.values
        self.parameters.statistics[...] = self.kept.statistics
        curve = self.history.val_losses
        # Where a fold was never predicted, there is no network to keep.
        self.history.best = int(np.argmin(curve)) + 1 if self.chosen.all() else 0
        self.history.chosen = tuple(int(epoch) for epoch in self.chosen)
        self.history.stopped = stopped
        return self.history

    def _predicting(self, k: int) -> Callable[[], Floats]:
        X = self.rows.X[self.folds[k].held_out]
        return lambda: self.engine.outputs(self.network, self.parameters, X, k)

    def _loss(self, z: Floats, fold: Fold) -> float:
        y, weights = self.rows.y[fold.held_out], self.rows.weights[fold.held_out]
        return float(np.sum(self.network.loss.value(z, y) * shares(weights)))


def train_folds(
    network: Network,
    parameters: Parameters,
    rows: Rows,
    folds: Sequence[Fold],
    settings: Settings,
    listener: Listener | None = None,
    *,
    engine: Engine,
) -> tuple[FoldHistory, Floats]:
    """Trains one network per fold in place, all together, epoch by epoch.

    Args:
        network: The chain of layers and the loss.
        parameters: The numbers of K networks, a row each.
        rows: All rows.
        folds: For each network the rows that it learns from and those that it predicts.
        settings: How to learn; patience runs until the mean of the others has run out of it for
            every fold.
        listener: Called with the mean record of every epoch; a text that it returns ends training.
        engine: What computes.

    Returns:
        The history, and the pre-activation of the outputs for every row, (N, n_out), each row by
        the network that has not learnt from it.

    Raises:
        ArgumentError: L-BFGS, which has no epochs that networks could share; fewer than two folds.
    """
    if settings.optimizer == LBFGS or len(folds) < 2:
        raise ArgumentError(
            "folds are trained epoch by epoch, two or more side by side",
            got=LBFGS if settings.optimizer == LBFGS else len(folds),
            accepted='two folds or more, and an optimizer such as "adam"',
        )
    watch = FoldWatch(network, parameters, rows, folds, engine)
    tasks = [fold_task(watch, settings, k) for k in range(len(folds))]
    with quiet():
        try:
            stopped = side_by_side(watch, tasks, settings, listener)
        except KeyboardInterrupt:
            stopped = "interrupted"
    return watch.finish(stopped), watch.z


def fold_task(watch: FoldWatch, settings: Settings, k: int) -> Task:
    """What network k has to do."""
    learn = watch.folds[k].train
    return Task(
        watch.network,
        watch.parameters,
        watch.rows.X[learn],
        watch.rows.y[learn],
        watch.rows.weights[learn],
        optimizer=optimizer_named(settings.optimizer),
        batch_size=settings.batch_size or len(learn),
        clip_norm=settings.clip_norm,
        seed=settings.seed,
        member=k,
        k=k,
    )


def side_by_side(
    watch: FoldWatch, tasks: list[Task], settings: Settings, listener: Listener | None
) -> str:
    """All networks, epoch by epoch; returns why it ended."""
    trainers = [watch.engine.trainer(task) for task in tasks]
    rates = [learning_rates(task, settings) for task in tasks]

    def one_epoch(trainer: Trainer, mine: Floats, epoch: int) -> Callable[[], float]:
        return lambda: float(trainer.epochs(epoch, mine[epoch : epoch + 1])[0])

    for epoch in range(settings.epochs):
        jobs = [one_epoch(*pair, epoch) for pair in zip(trainers, rates, strict=True)]
        losses = np.array(watch.engine.together(jobs))  # (K,)
        record = watch.after(losses, float(rates[0][epoch, -1]))
        said = listener(record) if listener else None
        if not np.isfinite(losses).any():
            return "not finite"
        if said is not None:
            return said
        if watch.out_of_patience(settings.patience):
            return "patience"
    return "epochs"
