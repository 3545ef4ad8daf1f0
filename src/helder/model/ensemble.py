"""The seam between rows and networks: a problem and a recipe go in, trained networks come out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from helder.core.losses import Loss
from helder.core.parameters import Parameters, trained
from helder.errors import ArgumentError, DataError, HelderError
from helder.learn import Epoch, MultilayerPerceptron, Rows
from helder.learn.folds import Fold, train_folds
from helder.learn.history import DONE, History, MembersHistory
from helder.learn.judging import Judge
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
from helder.table import Layout
from helder.typing import Floats, Integers

TIME_IS_UP = "time limit"  # why a training stopped that had only so many seconds
GOLDEN = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: its multiples lie far apart


@dataclass(frozen=True, eq=False)
class Problem:
    """Rows to learn from, and what is to be learnt.

    Args:
        rows: Inputs (N, n_in), targets (N, n_out) as the loss wants them, and weights (N,).
        loss: What the networks make small.
        layout: Which of the inputs are numbers, and which stand for categories.
        folds: The folds of the rows; where there are some, each network learns all but one fold.
        held_out: Where there are no folds, rows of their own that choose the epoch.
        judge: What chooses the epoch by those rows, or by the folds; None for the loss.
    """

    rows: Rows
    loss: Loss
    layout: Layout = field(default_factory=Layout)
    folds: tuple[Fold, ...] = ()
    held_out: Rows | None = None
    judge: Judge | None = None

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
        net: The networks, R K rows of parameters: K of the first repeat, then of the next.
        history: How training went.
        z: For every row and repeat the pre-activation of the outputs by the network that has not
            learnt from it, (R, N, n_out); None where there are no folds.
        chosen: The epoch, counted from 1, at which each network was kept, (R K,).
    """

    net: MultilayerPerceptron
    history: History
    z: Floats | None
    chosen: tuple[int, ...]


def stacked(ensembles: Sequence[Ensemble]) -> Ensemble:
    """Ensembles that stand on the same folds as one, that predicts with the mean of all.

    Args:
        ensembles: One or more, of networks with the same parameters.

    Raises:
        ArgumentError: Their networks differ in more than dropout and penalties.
    """
    first, *others = ensembles
    if not others:
        return first
    layers = first.net.parameters.layers
    if any(trained(one.net.parameters.layers) != trained(layers) for one in others):
        raise ArgumentError("networks of different shapes cannot be stacked")
    net = MultilayerPerceptron(
        first.net.architecture,
        seed=first.net.seed,
        dtype=first.net.dtype,
        engine=first.net.engine.name,
        parameters=Parameters(
            layers,
            np.concatenate([one.net.parameters.values for one in ensembles]),  # (R K, P)
            np.concatenate([one.net.parameters.statistics for one in ensembles]),  # (R K, S)
        ),
        members=[member for one in ensembles for member in one.net.members],
    )
    history = MembersHistory.of([one.history for one in ensembles])
    history.stopped = ensembles[-1].history.stopped
    if history.val_losses:
        history.best = 1 + int(np.argmin(history.val_losses))
    out_of_fold = [one.z for one in ensembles if one.z is not None]
    return Ensemble(
        net,
        history,
        np.concatenate(out_of_fold) if out_of_fold else None,  # (R, N, n_out)
        tuple(epoch for one in ensembles for epoch in one.chosen),
    )


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
    """Trains the networks of a problem side by side, and again as often as the recipe says.

    Args:
        problem: The rows, and who learns which of them.
        recipe: Which network, and how it learns.
        members: How many networks, where no folds say so; each repeat has as many.
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
    K = len(problem.folds) or members
    R = recipe.repeats(problem) if first is None else len(first.values) // K
    if first is not None and len(first.values) != max(R, 1) * K:
        raise ArgumentError(
            "training goes on with as many networks as there are",
            got=f"{K} networks for these rows",
            accepted=str(len(first.values)),
            hint="warm_start=False begins anew",
        )
    heard = listener if time_limit is None else limited(listener, time_limit)
    ensembles: list[Ensemble] = []
    for repeat in range(R):
        net = MultilayerPerceptron(
            recipe.architecture(problem),
            seed=seed_of_repeat(seed, repeat),
            engine=engine,
            members=K,
            parameters=first and part(first, repeat * K, K),
        )
        if first is None:
            recipe.begin(net, problem)
        try:
            ensembles.append(trained_ensemble(net, problem, recipe, heard))
        except KeyboardInterrupt:
            if not ensembles:
                raise
            ensembles[-1].history.stopped = "interrupted"
        if ensembles[-1].history.stopped not in DONE:
            break
    return stacked(ensembles)


def seed_of_repeat(seed: int, repeat: int) -> int:
    """Where the draws of a repeat come from; those of the first come from the seed itself."""
    return (seed + repeat * GOLDEN) % 2**64


def part(parameters: Parameters, first: int, count: int) -> Parameters:
    """A copy of the numbers of some networks."""
    rows = slice(first, first + count)
    values, statistics = parameters.values[rows].copy(), parameters.statistics[rows].copy()
    return Parameters(parameters.layers, values, statistics)


def trained_ensemble(
    net: MultilayerPerceptron, problem: Problem, recipe: Recipe, listener: Listener | None
) -> Ensemble:
    """Trains the networks of one repeat in place."""
    settings, member = replace(recipe.settings(problem), seed=net.seed), recipe.member(problem)
    if problem.folds:
        folded, z = train_folds(
            net.network,
            net.parameters,
            problem.rows,
            problem.folds,
            settings,
            listener,
            candidates=(member,),
            judge=problem.judge,
            engine=net.engine,
        )
        check_kept(folded, settings.learning_rate)
        return Ensemble(net, folded, z[None], folded.chosen)  # (1, N, n_out)
    histories = train(
        net.network,
        net.parameters,
        problem.rows,
        settings,
        problem.held_out,
        listener,
        members=[member] * len(net.parameters.values),
        judge=problem.judge,
        engine=net.engine,
    )
    history = histories[0] if len(histories) == 1 else MembersHistory.of(histories)
    check_kept(history, settings.learning_rate)
    return Ensemble(net, history, None, tuple(one.best for one in histories))


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
