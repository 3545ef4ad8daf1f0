"""The seam between rows and networks: a problem and a recipe go in, trained networks come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from helder.core.parameters import Parameters, trained
from helder.errors import ArgumentError, NothingKeptError
from helder.learn import Member, MultilayerPerceptron, Rows, Settings
from helder.learn.folds import FoldHistory, train_folds
from helder.learn.history import DONE, History, MembersHistory
from helder.learn.judging import Judge, first_best
from helder.learn.training import train
from helder.learn.watch import Listener
from helder.model.deadline import NEVER, Deadline, Limited
from helder.model.problem import Problem
from helder.model.recipes import Recipe
from helder.model.trying import (
    Trial,
    Tries,
    candidates,
    described,
    settled,
    trials_together,
    with_room,
)
from helder.typing import Floats

GOLDEN = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: its multiples lie far apart


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Networks that were trained on one problem, and predict with their mean.

    Attributes:
        net: The networks, R K rows of parameters: K of the first repeat, then of the next.
        history: How training went.
        z: For every row and repeat the pre-activation of the outputs by the network that has not
            learnt from it, (R, N, n_out); None where there are no folds.
        chosen: The epoch, counted from 1, at which each network was kept, (R K,).
        trials: What was tried, and what came of it; none where nothing was.
        settings: How they learnt, but for what was tried; of the first where they differ.
    """

    net: MultilayerPerceptron
    history: History
    z: Floats | None
    chosen: tuple[int, ...]
    trials: tuple[Trial, ...] = ()
    settings: Settings | None = None


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
    chosen = tuple(epoch for one in ensembles for epoch in one.chosen)
    history: MembersHistory = MembersHistory.of([one.history for one in ensembles])
    if all(isinstance(one.history, FoldHistory) for one in ensembles):
        best = history.best
        history = FoldHistory(
            history.records,
            best=best,
            initial=history.initial,
            chosen=chosen,
            members=history.members,
        )
    history.stopped = ensembles[-1].history.stopped
    out_of_fold = [one.z for one in ensembles if one.z is not None]
    return Ensemble(
        net,
        history,
        np.concatenate(out_of_fold) if out_of_fold else None,  # (R, N, n_out)
        chosen,
        trials_together([one.trials for one in ensembles]),
        first.settings,
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
    deadline: Deadline = NEVER,
    engine: str = "auto",
    first: Parameters | None = None,
    tries: Tries = (),
    look_inside: bool = True,
) -> Ensemble:
    """Trains the networks of a problem side by side, and again as often as the recipe says.

    Args:
        problem: The rows, and who learns which of them.
        recipe: Which network, and how it learns.
        members: How many networks, where no folds say so; each repeat has as many.
        seed: Where first weights, shuffles and masks come from.
        listener: Called with the record of every epoch; a text that it returns ends training.
        deadline: When training ends; the best networks so far are kept.
        engine: What computes, by name.
        first: Numbers to go on from; None to draw first ones.
        tries: What else is tried, by name. The other folds choose for each fold; without folds
            the rows held out choose one network.
        look_inside: Whether the history says how the layers fare; where nobody will read that, a
            small network trains in less time without.

    Raises:
        ArgumentError: A choice that cannot be used, or numbers of another count of networks.
        NothingKeptError: There is no network to keep, as its first epoch ran off to infinity.
        KeyboardInterrupt: Ctrl-C before there was a network to keep.
    """
    check_teachers(problem)
    K = len(problem.folds) or (1 if tries else members)
    R = recipe.repeats(problem) if first is None else len(first.values) // K
    if first is not None and len(first.values) != max(R, 1) * K:
        raise ArgumentError(
            "training goes on with as many networks as there are",
            got=f"{K} networks for these rows",
            accepted=str(len(first.values)),
            hint="warm_start=False begins anew",
        )
    heard = listener if deadline is NEVER else Limited(listener, deadline)
    ensembles: list[Ensemble] = []
    for repeat in range(R):
        net = MultilayerPerceptron(
            with_room(recipe.architecture(problem), tries),
            seed=seed_of_repeat(seed, repeat),
            engine=engine,
            members=K,
            parameters=first and part(first, repeat * K, K),
        )
        if first is None:
            recipe.begin(net, problem)
        try:
            ensembles.append(trained_ensemble(net, problem, recipe, heard, tries, look_inside))
        except KeyboardInterrupt:
            if not ensembles:
                raise
            ensembles[-1].history.stopped = "interrupted"
        if ensembles[-1].history.stopped not in DONE:
            break
    return stacked(ensembles)


def check_teachers(problem: Problem) -> None:
    """Raises ArgumentError where the rows that a network learns from all count nothing."""
    weights = problem.rows.weights
    learns = [weights[fold.train] for fold in problem.folds] or [weights]
    if not all(counts.any() for counts in learns):
        raise ArgumentError(
            "the rows that a member learns from count nothing",
            accepted="some row of a weight above 0 in every fold's training rows",
            hint="fewer members, or more rows that count",
        )


def seed_of_repeat(seed: int, repeat: int) -> int:
    """Where the draws of a repeat come from; those of the first come from the seed itself."""
    return (seed + repeat * GOLDEN) % 2**64


def part(parameters: Parameters, first: int, count: int) -> Parameters:
    """A copy of the numbers of some networks."""
    rows = slice(first, first + count)
    values, statistics = parameters.values[rows].copy(), parameters.statistics[rows].copy()
    return Parameters(parameters.layers, values, statistics)


def trained_ensemble(
    net: MultilayerPerceptron,
    problem: Problem,
    recipe: Recipe,
    listener: Listener | None,
    tries: Tries,
    look_inside: bool,
) -> Ensemble:
    """Trains the networks of one repeat in place."""
    how, member = recipe.settings(problem), recipe.member(problem)
    settings = replace(how, seed=net.seed, look_inside=look_inside)
    if problem.folds:
        ensemble = fit_folds(net, problem, settings, member, listener, tries)
    elif tries:
        ensemble = fit_best(net, problem, settings, member, listener, tries)
    else:
        ensemble = fit_alike(net, problem, settings, member, listener)
    check_kept(ensemble.history, settings.learning_rate)
    return replace(ensemble, settings=how)


def fit_folds(
    net: MultilayerPerceptron,
    problem: Problem,
    settings: Settings,
    member: Member,
    listener: Listener | None,
    tries: Tries,
) -> Ensemble:
    """A network for each fold, which predicts it; the others choose its epoch and candidate."""
    history, z = train_folds(
        net.network,
        net.parameters,
        problem.rows,
        problem.folds,
        settings,
        listener,
        candidates=candidates(member, tries),
        judge=problem.judge,
        engine=net.engine,
    )
    if not tries:
        return Ensemble(net, history, z[None], history.chosen)  # (1, N, n_out)
    tried = described(tries)
    trials = tuple(
        Trial(values, history.least[number], history.picked.count(number))
        for number, values in enumerate(tried)
    )
    kept = settled(net, tried[history.candidate])
    return Ensemble(kept, history, z[None], history.chosen, trials)  # (1, N, n_out)


def fit_alike(
    net: MultilayerPerceptron,
    problem: Problem,
    settings: Settings,
    member: Member,
    listener: Listener | None,
) -> Ensemble:
    """Networks that learn from the same rows, and differ by their seeds alone."""
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
    together = histories[0] if len(histories) == 1 else MembersHistory.of(histories)
    return Ensemble(net, together, None, tuple(one.best for one in histories))


def fit_best(
    net: MultilayerPerceptron,
    problem: Problem,
    settings: Settings,
    member: Member,
    listener: Listener | None,
    tries: Tries,
) -> Ensemble:
    """The candidate that does best on the rows held out; all share first weights and shuffles."""
    if problem.held_out is None:
        raise ArgumentError(
            "nothing can be tried where no rows choose", accepted="folds, or rows held out"
        )
    tried, first = described(tries), net.parameters
    C = len(tried)
    parameters = Parameters(
        net.network.layers,
        np.tile(first.values, (C, 1)),  # (C, P)
        np.tile(first.statistics, (C, 1)),
    )
    histories = train(
        net.network,
        parameters,
        problem.rows,
        settings,
        problem.held_out,
        listener,
        members=candidates(replace(member, seed=settings.seed), tries),
        judge=problem.judge,
        engine=net.engine,
    )
    least = np.array([one.val_losses[one.best - 1] if one.best else np.inf for one in histories])
    verdicts = least  # (C,)
    if problem.judge is not None:
        after = [judged_once(net, parameters, problem.held_out, problem.judge, c) for c in range(C)]
        verdicts = np.where(np.isfinite(least), after, np.inf)
    best = int(first_best(verdicts, least))
    first.values[...], first.statistics[...] = parameters.values[best], parameters.statistics[best]
    history = histories[best]
    if any(one.stopped == "interrupted" for one in histories):
        history.stopped = "interrupted"  # training was, though this candidate had ended before
    trials = tuple(
        Trial(values, float(loss), int(number == best))
        for number, (values, loss) in enumerate(zip(tried, least, strict=True))
    )
    return Ensemble(settled(net, tried[best]), history, None, (history.best,), trials)


def judged_once(
    net: MultilayerPerceptron, parameters: Parameters, rows: Rows, judge: Judge, k: int
) -> float:
    """What the judge says of network k after training; 0, alike for all, where it cannot say."""
    with net.engine.alone():
        verdict = judge(net.engine.outputs(net.network, parameters, rows.X, k), rows)
    return 0.0 if np.isnan(verdict) else verdict


def check_kept(history: History, learning_rate: float) -> None:
    """There are networks to keep."""
    if history.best == 0 and history.stopped == "interrupted":
        raise KeyboardInterrupt
    if history.best == 0:
        raise NothingKeptError(
            "training ran off to infinity before there was a network to keep",
            got=learning_rate,
            hint="a smaller learning rate, such as a tenth of this one",
        )
