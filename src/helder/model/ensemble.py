"""The seam between rows and networks: a problem and a recipe go in, trained networks come out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from helder.core.losses import Loss
from helder.core.parameters import Parameters
from helder.errors import ArgumentError, DataError, HelderError
from helder.learn import Epoch, MultilayerPerceptron, Rows
from helder.learn.folds import Fold, train_folds
from helder.learn.history import History, MembersHistory
from helder.learn.training import train
from helder.learn.watch import Listener
from helder.model.recipes import Recipe
from helder.model.splitting import (
    FEWEST_ROWS,
    STOP_SHARE,
    folds_at_random,
    folds_by_class,
    folds_by_group,
)
from helder.typing import Floats, Integers

TIME_IS_UP = "time limit"  # why a training stopped that had only so many seconds


@dataclass(frozen=True, eq=False)
class Problem:
    """Rows to learn from, and what is to be learnt.

    Args:
        rows: Inputs (N, n_in), targets (N, n_out) as the loss wants them, and weights (N,).
        loss: What the networks make small.
        numeric: How many of the inputs, from the first on, are numbers, not codes of categories.
        folds: The folds of the rows; where there are some, each network learns all but one fold.
        held_out: Where there are no folds, rows of their own that choose the epoch.
    """

    rows: Rows
    loss: Loss
    numeric: int = 0
    folds: tuple[Fold, ...] = ()
    held_out: Rows | None = None

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return int(self.rows.X.shape[1])

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return int(self.rows.y.shape[1])

    @property
    def learnt(self) -> int:
        """How many rows each network learns from, at least."""
        return min((len(fold.train) for fold in self.folds), default=len(self.rows))

    @property
    def watched(self) -> bool:
        """Whether there are rows that choose the epoch."""
        return bool(self.folds) or self.held_out is not None


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Networks that were trained on one problem, and predict with their mean.

    Attributes:
        net: The networks, K rows of parameters.
        history: How training went.
        z: For every row the pre-activation of the outputs by the network that has not learnt from
            it, (N, n_out); None where there are no folds.
        chosen: The epoch, counted from 1, at which each network was kept, (K,).
    """

    net: MultilayerPerceptron
    history: History
    z: Floats | None
    chosen: tuple[int, ...]


def each(net: MultilayerPerceptron, X: Floats) -> Iterator[Floats]:
    """What each of the networks alone predicts for the rows, (N, n_out) time after time."""
    X = np.ascontiguousarray(X, net.dtype)
    with net.engine.alone():
        for k in range(len(net.parameters.values)):
            yield net.engine.predictions(net.network, net.parameters, X, k)


def fit_ensemble(
    problem: Problem,
    recipe: Recipe,
    *,
    members: int,
    seed: int = 0,
    listener: Listener | None = None,
    time_limit: float | None = None,
    engine: str = "auto",
    first: Parameters | None = None,
) -> Ensemble:
    """Trains the networks of a problem side by side.

    Args:
        problem: The rows, and who learns which of them.
        recipe: Which network, and how it learns.
        members: How many networks, where no folds say so.
        seed: Where first weights, shuffles and masks come from.
        listener: Called with the record of every epoch; a text that it returns ends training.
        time_limit: After so many seconds training ends; the best networks so far are kept.
        engine: What computes, by name.
        first: Numbers to go on from; None to draw first ones.

    Raises:
        ArgumentError: A choice that cannot be used, or numbers of another count of networks.
        HelderError: There is no network to keep, as its first epoch ran off to infinity.
        KeyboardInterrupt: Ctrl-C before there was a network to keep.
    """
    architecture, settings = recipe.architecture(problem), recipe.settings(problem)
    K = len(problem.folds) or members
    if first is not None and len(first.values) != K:
        raise ArgumentError(
            "training goes on with as many networks as there are",
            got=f"{K} networks for these rows",
            accepted=str(len(first.values)),
            hint="warm_start=False begins anew",
        )
    net = MultilayerPerceptron(
        architecture, seed=seed, engine=engine, members=K, parameters=first and first.copy()
    )
    if first is None:
        recipe.begin(net, problem)
    settings, member = replace(settings, seed=seed), recipe.member(problem)
    heard = listener if time_limit is None else limited(listener, time_limit)
    if problem.folds:
        history, z = train_folds(
            net.network,
            net.parameters,
            problem.rows,
            problem.folds,
            settings,
            heard,
            candidates=(member,),
            engine=net.engine,
        )
        check_kept(history, settings.learning_rate)
        return Ensemble(net, history, z, history.chosen)
    histories = train(
        net.network,
        net.parameters,
        problem.rows,
        settings,
        problem.held_out,
        heard,
        members=[member] * K,
        engine=net.engine,
    )
    together = histories[0] if K == 1 else MembersHistory.of(histories)
    check_kept(together, settings.learning_rate)
    return Ensemble(net, together, None, tuple(one.best for one in histories))


def check_kept(history: History, learning_rate: float) -> None:
    """There are networks to keep."""
    if history.best == 0 and history.stopped == "interrupted":
        raise KeyboardInterrupt
    if history.best == 0:
        raise HelderError(
            "training ran off to infinity before there was a network to keep",
            got=learning_rate,
            hint="a smaller learning_rate, such as a tenth of this one",
        )


def limited(listener: Listener | None, seconds: float) -> Listener:
    """A listener that also ends training when the time is up."""
    end = time.monotonic() + seconds

    def heard(record: Epoch) -> str | None:
        said = listener(record) if listener else None
        return said or (TIME_IS_UP if time.monotonic() >= end else None)

    return heard


def folds_for(
    rows: int,
    members: int,
    seed: int,
    *,
    strata: Integers | None = None,
    groups: Integers | None = None,
) -> tuple[Fold, ...]:
    """As many folds as members, or fewer where so many do not fit; none where two do not.

    Args:
        rows: How many rows there are, N.
        members: How many folds are wanted.
        seed: Where the draw comes from.
        strata: What every fold shall have its share of, such as class numbers, (N,).
        groups: Rows of one number stay in one fold, (N,).

    Raises:
        DataError: There is one group alone.
    """
    if groups is not None:
        there = len(np.unique(groups))
        if there < 2:
            raise DataError(
                "all rows are of one group, so none can be held out", accepted="2 groups or more"
            )
        return tuple(folds_by_group(groups, min(members, there), seed))
    K = min(members, rows // 2)
    if rows < FEWEST_ROWS or K < 2:
        return ()
    if strata is None:
        return tuple(folds_at_random(rows, K, seed))
    return tuple(folds_by_class(strata, K, seed))


def held_out_for(
    rows: int, seed: int, *, strata: Integers | None = None, groups: Integers | None = None
) -> Fold | None:
    """The rows that one network learns from, and those that choose its epoch; None for too few."""
    parts = folds_for(rows, round(1 / STOP_SHARE), seed, strata=strata, groups=groups)
    return parts[0] if parts else None
