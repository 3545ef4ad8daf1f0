"""Trains the networks of a cross-validation side by side, and lets no fold choose for itself.

Network k learns from all rows but those of fold k, which it then predicts. The epoch at which it
does so is the best one of the other folds' mean loss, or of what a judge says of them, never of its
own: else the score would come from rows that chose something, and pure noise would look like a
little signal. Where several candidates are tried, the other folds choose the candidate too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from helder.core.network import Network
from helder.core.parameters import Parameters
from helder.engine import Course, Engine, Patience, Rows, quiet
from helder.errors import ArgumentError
from helder.learn.history import Epoch, MembersHistory
from helder.learn.judging import Judge, first_best
from helder.learn.learners import Learners
from helder.learn.looking import Look, layers_after
from helder.learn.members import Member, task_of
from helder.learn.optimizers import LBFGS
from helder.learn.settings import Settings
from helder.learn.watch import Listener
from helder.typing import Array, Floats, Integers


@dataclass(frozen=True)
class Fold:
    """Row numbers: those that network k learns from, and those that it predicts."""

    train: Integers
    held_out: Integers


@dataclass(repr=False)
class FoldHistory(MembersHistory):
    """The history of a cross-validation: losses are the means of all networks.

    Attributes:
        chosen: The epoch, counted from 1, at which each fold was predicted and each network kept.
        picked: The number of the candidate, from 0, that each fold was predicted by.
        candidate: The number of the candidate that is best over all folds; the records are its.
        least: The mean loss of each candidate at its best epoch.
        members: The history of each repeat, where the folds were trained several times.
    """

    chosen: tuple[int, ...] = ()
    picked: tuple[int, ...] = ()
    candidate: int = 0
    least: tuple[float, ...] = ()


class FoldWatch:
    """Looks after every epoch of all networks: keeps each one's weights where the others say so.

    Args:
        parameters: The first numbers of the networks, C candidates with K folds each, (C K, P).
        C, K: How many candidates and folds.
        patience: How long to wait for the others to get better.
    """

    def __init__(self, parameters: Parameters, C: int, K: int, patience: Patience) -> None:
        self.C, self.K, self.patience = C, K, patience
        self.kept = parameters.copy()
        self.least = np.full((C, K), np.inf)  # of the mean verdict of the other folds
        self.ties = np.full((C, K), np.inf)  # their mean loss then
        self.chosen = np.zeros((C, K), int)  # epochs from 1; 0 is before the first
        self.losses, self.held = [], []  # type: ignore[var-annotated] # by epoch, (C,) each
        self.verdicts, self.rates = [], []  # type: ignore[var-annotated] # by epoch
        self.looks: list[Look] = []  # into the first network, by epoch
        self.initial: Look = ()  # before the first one
        self.finite = np.ones(C * K, bool)  # whether a network has not run off

    @property
    def waiting(self) -> Array:
        """The candidates that some fold's others have not yet run out of patience with, (C,)."""
        waits = self._waits()  # (C, K)
        return np.asarray(waits.any(axis=1))

    @property
    def active(self) -> list[int]:
        """The networks that are still in training: somebody waits, and their numbers are finite."""
        return [int(n) for n in np.flatnonzero(np.repeat(self.waiting, self.K) & self.finite)]

    def look(self, courses: dict[int, Course], epoch: int, rate: float) -> Epoch:
        """Looks at one epoch of a call: the record, and the weights that got better."""
        losses, held, verdicts = (np.full((self.C, self.K), np.inf) for _ in range(3))
        waits = self._waits()  # (C, K), each by its own others
        for n, course in courses.items():
            if epoch < len(course) and np.isfinite(course.val_losses[epoch]):
                losses.flat[n] = course.losses[epoch]
                held.flat[n] = course.val_losses[epoch]
                verdicts.flat[n] = course.judged[epoch]
        self.losses.append(losses.mean(axis=1))  # (C,)
        self.held.append(held.mean(axis=1))  # (C,)
        self.verdicts.append(verdicts.mean(axis=1))  # (C,)
        self.rates.append(rate)
        first = courses.get(0)
        self.looks.append(layers_after(first, epoch) if first is not None else ())
        number = len(self.held)
        for k in range(self.K):
            others = np.delete(verdicts, k, axis=1).mean(axis=1)  # (C,)
            ties = np.delete(held, k, axis=1).mean(axis=1)  # (C,)
            alike = (others == self.least[:, k]) & (ties < self.ties[:, k])
            for c in np.flatnonzero(((others < self.least[:, k]) | alike) & waits[:, k]):
                mine = courses.get(int(c) * self.K + k)
                if mine is not None and self._keep(int(c), k, number, mine, epoch):
                    self.least[c, k], self.ties[c, k] = others[c], ties[c]
        return self._record(number - 1, int(np.argmin(self.held[-1])))

    def _waits(self) -> Array:
        waits: Array = len(self.held) - self.chosen < self.patience.borne(self.chosen)
        return waits  # (C, K)

    def _keep(self, c: int, k: int, number: int, course: Course, epoch: int) -> bool:
        """Keeps a network's weights, which may have run off while the others go on."""
        if epoch >= len(course) or not np.isfinite(course.values[epoch]).all():
            return False
        n = c * self.K + k
        self.chosen[c, k] = number
        self.kept.values[n] = course.values[epoch]
        self.kept.statistics[n] = course.statistics[epoch]
        return True

    def _record(self, epoch: int, candidate: int) -> Epoch:
        loss, val_loss = self.losses[epoch][candidate], self.held[epoch][candidate]
        # Looks go into the first network, which is of the first candidate.
        rate, layers = self.rates[epoch], () if candidate else self.looks[epoch]
        return Epoch(epoch + 1, float(loss), float(val_loss), rate, layers)

    def finish(self, parameters: Parameters, stopped: str) -> FoldHistory:
        """Writes the weights that each fold's others chose, (K, P), and closes the history."""
        folds, picked = np.arange(self.K), first_best(self.least, self.ties)  # (K,)
        parameters.values[...] = self.kept.values[picked * self.K + folds]
        parameters.statistics[...] = self.kept.statistics[picked * self.K + folds]
        held, verdicts = (np.array(by).reshape(-1, self.C) for by in (self.held, self.verdicts))
        best, candidate, least = 0, 0, np.full(self.C, np.inf)
        if len(held):  # (epochs, C)
            best, candidate = divmod(int(first_best(verdicts.ravel(), held.ravel())), self.C)
            least = held[first_best(verdicts, held), np.arange(self.C)]  # (C,)
        chosen = self.chosen[picked, folds]  # (K,)
        return FoldHistory(
            [self._record(epoch, candidate) for epoch in range(len(held))],
            stopped,
            # Where a fold was never predicted, there is no network to keep.
            best + 1 if chosen.all() else 0,
            () if candidate else self.initial,
            chosen=tuple(map(int, chosen)),
            picked=tuple(map(int, picked)),
            candidate=candidate,
            least=tuple(map(float, least)),
        )


def train_folds(
    network: Network,
    parameters: Parameters,
    rows: Rows,
    folds: Sequence[Fold],
    settings: Settings,
    listener: Listener | None = None,
    *,
    candidates: Sequence[Member] = (Member(),),
    judge: Judge | None = None,
    engine: Engine,
) -> tuple[FoldHistory, Floats]:
    """Trains one network per fold and candidate, all together, and keeps one per fold in place.

    Args:
        network: The chain of layers and the loss.
        parameters: The numbers of K networks, a row each.
        rows: All rows.
        folds: For each network the rows that it learns from and those that it predicts.
        settings: How to learn; patience runs until the mean of the others has run out of it for
            every fold.
        listener: Called with the mean record of every epoch; a text that it returns ends training.
        candidates: What is tried; the other folds choose one for each fold.
        judge: What chooses the epoch by held-out rows; None for their loss.
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
    C, K = len(candidates), len(folds)
    tried = Parameters(
        network.layers,
        np.tile(parameters.values, (C, 1)),  # (C K, P)
        np.tile(parameters.statistics, (C, 1)),
    )
    members = [
        replace(one, rows=fold.train, held_out=fold.held_out)
        for one in candidates
        for fold in folds
    ]
    tasks = [
        replace(task_of(member, n, network, tried, rows, settings), member=n % K)
        for n, member in enumerate(members)
    ]
    watch = FoldWatch(tried, C, K, settings.waits)
    with quiet():
        try:
            own = [member.settings(settings) for member in members]
            learners = Learners(tasks, own, engine, judge)
            watch.initial = learners.initial
            stopped = side_by_side(watch, learners, listener)
        except KeyboardInterrupt:
            stopped = "interrupted"
    history = watch.finish(parameters, stopped)
    return history, out_of_fold(network, parameters, rows, folds, engine)


def side_by_side(watch: FoldWatch, learners: Learners, listener: Listener | None) -> str:
    """All networks, epoch by epoch; returns why it ended."""
    while learners.done < learners.epochs:
        active = watch.active
        if not active:
            return "patience" if watch.finite.any() else "not finite"
        first = learners.done
        courses = dict(zip(active, learners.call(active, [None] * len(active)), strict=True))
        learners.done += learners.at_once
        for n, course in courses.items():
            watch.finite[n] = np.isfinite(course.losses[-1])
        for epoch in range(max(map(len, courses.values()))):
            record = watch.look(courses, epoch, float(learners.rates[0][first + epoch, -1]))
            said = listener(record) if listener else None
            if said is not None:
                return said
            if not watch.waiting.any():
                break
    return "epochs"


def out_of_fold(
    network: Network, parameters: Parameters, rows: Rows, folds: Sequence[Fold], engine: Engine
) -> Floats:
    """The outputs' pre-activation for every row, (N, n_out), by the network of its fold."""
    z = np.zeros((len(rows), network.outputs), parameters.values.dtype)
    with engine.alone():
        for k, fold in enumerate(folds):
            z[fold.held_out] = engine.outputs(network, parameters, rows.X[fold.held_out], k)
    return z
