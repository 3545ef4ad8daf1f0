"""Fits in limited time: how fast training goes is measured, and what does not fit is shortened.

A schedule of the learning rate has to come to its end, so the number of epochs is chosen before
training. Where even few epochs do not fit, repeats are left out first, then rows, then networks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np

from helder.core import Architecture
from helder.core.parameters import Parameters
from helder.engine import Purpose, generator
from helder.errors import HelderError
from helder.learn import Epoch, Member, Rows, Settings
from helder.learn.folds import Fold, out_of_fold
from helder.learn.watch import Listener
from helder.model.calibration import temperature
from helder.model.deadline import NEVER, TIME_IS_UP, Deadline
from helder.model.ensemble import Ensemble, fit_ensemble, part
from helder.model.problem import Problem
from helder.model.recipes import After, Recipe
from helder.model.scores import RESAMPLES, Metric, score
from helder.model.splitting import dealt_folds
from helder.model.trying import Tries
from helder.text import Count, say
from helder.typing import Floats, Integers

FEWEST_EPOCHS = 8  # with fewer, a schedule has no time to come down: fewer rows are better
FEWEST_ROWS = 1000  # that a network learns from, before there are fewer networks
FEWEST_JUDGED = 10  # rows; what is said of fewer takes no time
SAFE = 0.9  # of the time is planned with: a machine is not equally fast all the time
TRIAL_SHARE, SHORTEST_TRIAL, LONGEST_TRIAL = 0.02, 0.05, 0.5  # of the time left; seconds
TRIAL_BATCHES, TRIAL_EPOCHS = 4, 1000  # that a trial learns from; at most
JUDGED = 2000  # rows by which the time of judging all rows is measured


@dataclass(frozen=True)
class Amount:
    """How much training there is.

    Attributes:
        repeats: How often all networks are trained.
        epochs: How often each goes through its rows.
        share: Of its rows that each learns from.
        members: Networks of a repeat.
    """

    repeats: int
    epochs: int
    share: float
    members: int


@dataclass(frozen=True, eq=False)
class Outcome:
    """Networks that were trained within some time.

    Attributes:
        ensemble: The networks.
        problem: The problem, with the folds that the networks stand on.
        shortened: What was shortened, a sentence each.
    """

    ensemble: Ensemble
    problem: Problem
    shortened: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shorter(After):
    """A recipe with the network that a whole problem gets, whichever part of it is trained on.

    Args:
        recipe: The recipe.
        whole: The problem that it is asked about.
        how: How the network learns.
        times: How often all networks are trained.
    """

    whole: Problem
    how: Settings
    times: int = 1

    def architecture(self, problem: Problem) -> Architecture:
        return self.recipe.architecture(self.whole)

    def settings(self, problem: Problem) -> Settings:
        return self.how

    def member(self, problem: Problem) -> Member:
        return self.recipe.member(self.whole)

    def repeats(self, problem: Problem) -> int:
        return self.times


def fit_within(
    problem: Problem,
    recipe: Recipe,
    deadline: Deadline = NEVER,
    *,
    members: int,
    seed: int = 0,
    listener: Listener | None = None,
    engine: str = "auto",
    first: Parameters | None = None,
    tries: Tries = (),
    fewest: int = 1,
    afterwards: Callable[[Problem], float] = lambda problem: 0.0,
) -> Outcome:
    """Trains the networks of a problem, as much as fits in the time.

    Args:
        problem: The rows, and who learns which of them.
        recipe: Which network, and how it learns.
        deadline: When everything shall be done, with what comes afterwards.
        members, seed, listener, engine, first, tries: As in `fit_ensemble`.
        fewest: Networks, however little time there is; with 1, no row may be out of fold.
        afterwards: How many seconds is needed after training, for these rows.

    Raises:
        ArgumentError, HelderError, KeyboardInterrupt: As `fit_ensemble`.
    """
    how: Any = {"seed": seed, "engine": engine, "tries": tries}
    if deadline is NEVER:
        ensemble = fit_ensemble(
            problem, recipe, members=members, listener=listener, first=first, **how
        )
        return Outcome(ensemble, problem)
    K = len(problem.folds) or members
    going_on = 0 if first is None else len(first.values) // K  # repeats that must not be fewer
    R = going_on or recipe.repeats(problem)
    whole = Amount(R, recipe.settings(problem).epochs, 1.0, K)
    training = deadline.sooner(afterwards(problem))
    alone = first and part(first, 0, K)
    pace = measured(problem, recipe, training, members=members, first=alone, **how)
    training = training.sooner(R * pace.predicting)
    seconds = SAFE * training.left - R * pace.ready
    if going_on:
        one = affordable(replace(whole, repeats=1), R * pace.epoch, seconds, problem.learnt)
        amount = replace(one, repeats=R, members=K)
    else:
        amount = affordable(whole, pace.epoch, seconds, problem.learnt)
    amount = replace(amount, members=max(amount.members, min(fewest, K)))
    fewer = fewer_networks(problem, amount.members)
    taught = sampled(fewer, amount.share, seed)
    settings = replace(recipe.settings(taught), epochs=amount.epochs)  # fewer rows, smaller batches
    ensemble = fit_ensemble(
        taught,
        Shorter(recipe, problem, settings, amount.repeats),
        members=amount.members,
        listener=listener,
        deadline=training,
        first=first,
        **how,
    )
    if taught is not fewer and fewer.folds:
        ensemble = replace(ensemble, z=every_row(ensemble, fewer))
    return Outcome(ensemble, fewer, said(whole, amount, problem, ensemble))


def affordable(whole: Amount, epoch: float, seconds: float, rows: int) -> Amount:
    """As much of the training as fits.

    Args:
        whole: What is wanted.
        epoch: Seconds for one epoch of all its networks.
        seconds: That there are.
        rows: That each network is to learn from.
    """
    fits = max(seconds, 0.0) / epoch  # epochs of one repeat
    least = min(FEWEST_EPOCHS, whole.epochs)
    repeats = int(np.clip(fits // least, 1, whole.repeats))
    if fits >= least:
        return replace(whole, repeats=repeats, epochs=min(int(fits / repeats), whole.epochs))
    lowest = min(1.0, FEWEST_ROWS / rows)
    share = max(fits / least, lowest)
    members = int(np.clip(whole.members * fits / (least * share), 1, whole.members))
    return Amount(1, least, share, members)


@dataclass(frozen=True)
class Pace:
    """How many seconds things take.

    Attributes:
        epoch: One epoch of all networks.
        ready: What a training takes beside its epochs.
        predicting: Every row out of fold.
    """

    epoch: float
    ready: float
    predicting: float


def measured(
    problem: Problem, recipe: Recipe, deadline: Deadline, *, members: int, **how: Any
) -> Pace:
    """How fast training goes: the very training is tried on some of the rows, for a moment."""
    settings = replace(recipe.settings(problem), epochs=TRIAL_EPOCHS)
    share = min(1.0, TRIAL_BATCHES * (settings.batch_size or problem.learnt) / problem.learnt)
    some = sampled(problem, share, 0)
    watch = Stopwatch(float(np.clip(TRIAL_SHARE * deadline.left, SHORTEST_TRIAL, LONGEST_TRIAL)))
    try:
        trial = Shorter(recipe, problem, settings)
        ensemble = fit_ensemble(some, trial, members=members, listener=watch, **how)
    except HelderError:
        return Pace(watch.epoch / share, watch.ready, 0.0)  # training will say that it runs off
    if ensemble.history.stopped == "interrupted":
        raise KeyboardInterrupt  # there is nothing to keep yet
    ended = time.perf_counter()
    if some.folds:
        every_row(ensemble, some)
    predicting = (time.perf_counter() - ended) / share
    return Pace(watch.epoch / share, watch.ready, predicting)


class Stopwatch:
    """A listener that measures how long epochs take, and ends training when it knows.

    Several epochs are trained at once and then heard one after the other. What is heard before
    the first one of the last call is as much as what was trained since the first call ended.

    Args:
        enough: Seconds that say enough.
        clock: Says what time it is.
    """

    def __init__(self, enough: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self.enough, self.clock, self.heard = enough, clock, 0
        self.started = self.first = self.now = clock()

    def __call__(self, record: Epoch) -> str | None:
        self.now = self.clock()
        if not self.heard:
            self.first = self.now
        if self.heard and self.now - self.first >= self.enough:
            return "measured"
        self.heard += 1
        return None

    @property
    def epoch(self) -> float:
        """Seconds of an epoch."""
        return (self.now - self.first or self.now - self.started) / max(self.heard, 1)

    @property
    def ready(self) -> float:
        """Seconds before the first epoch."""
        return max(self.first - self.started - self.epoch, 0.0)


def time_to_judge(problem: Problem, metric: Metric) -> float:
    """Seconds to calibrate and score networks by all rows, measured on some of them."""
    if not problem.folds or len(problem.rows) < FEWEST_JUDGED:
        return 0.0  # no row is out of fold, or so few that it takes no time
    N, n_out = problem.rows.y.shape
    some = problem.rows[np.linspace(0, N - 1, min(JUDGED, N)).astype(int)]
    n, loss = len(some), problem.loss
    rng = generator(0, 0, Purpose.RESAMPLE)
    z = rng.normal(size=(1, n, n_out)).astype(np.float32)
    if loss.link_name == "linear":
        z[0] = rng.permutation(some.y)  # not every metric takes any number
    p = loss.link(z[0])  # (n, n_out)
    started = time.perf_counter()
    if loss.link_name != "linear":
        temperature(z, some.y, some.weights, loss, dealt_folds(np.arange(n), 2))
    if metric.scorer is not None and problem.judge is not None:
        judging = time.perf_counter()
        problem.judge(z[0], some)
        started -= RESAMPLES * (time.perf_counter() - judging)
    elif loss.link_name == "softmax":
        score(metric, np.argmax(some.y, axis=1), p, some.weights, 0)
    else:
        for truth, one in zip(some.y.T, p.T, strict=True):  # (n,), output by output
            yes_no = loss.link_name == "sigmoid"
            values = np.stack([1 - one, one], axis=1) if yes_no else one - truth.min()
            right = truth.astype(int) if yes_no else truth - truth.min()  # none below 0
            score(metric, right, values, some.weights, 0)
    return (time.perf_counter() - started) * N / n


def sampled(problem: Problem, share: float, seed: int) -> Problem:
    """The problem with a share of the rows of every network; itself where that is all of them.

    Each network gets rows of its own, of every class as many as there are in its share.
    """
    if share >= 1:
        return problem
    rng = generator(seed, 1, Purpose.SPLIT)  # the folds are drawn as member 0

    def some(rows: Rows, numbers: Integers) -> Integers:
        return numbers[chosen_of(strata(problem, rows[numbers]), share, rng)]

    if problem.folds:
        folds = [
            Fold(some(problem.rows, fold.train), some(problem.rows, fold.held_out))
            for fold in problem.folds
        ]
        return replace(problem, folds=tuple(folds))
    held_out = problem.held_out
    if held_out is not None:
        held_out = held_out[some(held_out, np.arange(len(held_out)))]
    rows = problem.rows[some(problem.rows, np.arange(len(problem.rows)))]
    return replace(problem, rows=rows, held_out=held_out)


def strata(problem: Problem, rows: Rows) -> Integers:
    """What a sample shall have its share of: classes, and rows that count nothing, (N,)."""
    classes = np.zeros(len(rows), np.int64)
    if problem.loss.link_name == "softmax":
        classes = np.argmax(rows.y, axis=1)  # (N,)
    return classes * 2 + (rows.weights == 0)


def chosen_of(strata: Integers, share: float, rng: np.random.Generator) -> Integers:
    """Numbers of rows drawn at random, the same share of each stratum, rounded up."""
    order = np.lexsort((rng.random(len(strata)), strata))  # stratum after stratum, each shuffled
    _, first, counts = np.unique(strata[order], return_index=True, return_counts=True)
    place = np.arange(len(order)) - np.repeat(first, counts)  # within its stratum, from 0
    return np.sort(order[place < np.repeat(np.ceil(share * counts), counts)])


def fewer_networks(problem: Problem, K: int) -> Problem:
    """The problem with K folds made of those that there are; with 1, its held-out rows choose."""
    folds = problem.folds
    if not folds or len(folds) <= K:
        return problem
    if K == 1:
        one = folds[0]
        rows, held_out = problem.rows[one.train], problem.rows[one.held_out]
        return replace(problem, rows=rows, held_out=held_out, folds=())
    parts = [[folds[k] for k in numbers] for numbers in np.array_split(np.arange(len(folds)), K)]
    joined = [
        Fold(
            reduce(np.intersect1d, [fold.train for fold in some]),
            np.sort(np.concatenate([fold.held_out for fold in some])),
        )
        for some in parts
    ]
    return replace(problem, folds=tuple(joined))


def every_row(ensemble: Ensemble, problem: Problem) -> Floats:
    """What the networks say that have not learnt from a row, for every row, (R, N, n_out)."""
    net, K = ensemble.net, len(problem.folds)
    repeats = range(0, len(net.parameters.values), K)
    return np.stack(
        [
            out_of_fold(
                net.network,
                part(net.parameters, first, K),
                problem.rows,
                problem.folds,
                net.engine,
            )
            for first in repeats
        ]
    )


def said(whole: Amount, amount: Amount, problem: Problem, ensemble: Ensemble) -> tuple[str, ...]:
    """What was shortened, a sentence each."""
    sentences = []
    if amount.repeats < whole.repeats:
        sentences.append(
            say("model.fewer_repeats", count=Count(amount.repeats), wanted=whole.repeats)
        )
    if amount.epochs < whole.epochs:
        sentences.append(say("model.fewer_epochs", count=Count(amount.epochs), wanted=whole.epochs))
    if amount.share < 1:
        some = Count(np.ceil(amount.share * problem.learnt))
        sentences.append(say("model.fewer_rows", count=some, wanted=problem.learnt))
    if amount.members < whole.members:
        alone = problem.folds and amount.members == 1
        key = "model.one_network" if alone else "model.fewer_networks"
        sentences.append(say(key, count=Count(amount.members), wanted=whole.members))
    done = Count(len(ensemble.history))
    if ensemble.history.stopped == TIME_IS_UP and done < amount.epochs:
        sentences.append(say("model.time_is_up", count=done, wanted=amount.epochs))
    return tuple(sentences)
