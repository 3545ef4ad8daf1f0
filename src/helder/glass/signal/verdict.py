"""The verdict: signal, no signal found, or cannot tell, with what it rests on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np

from helder.engine import Purpose, Rows, generator
from helder.glass.signal.labellings import share_of_effect, shuffled, units_of
from helder.glass.signal.power import ALPHA, POWER, found, rows_needed, with_effect
from helder.glass.signal.probe import losses_believed
from helder.glass.signal.testing import PROBES, STAGES, Bench, Gains, compared, p_value
from helder.model.problem import Problem
from helder.model.splitting import folds_of
from helder.model.verdict import CANNOT_TELL, NOTHING, SIGNAL, Verdict
from helder.text import say
from helder.typing import Floats, Integers

FOLDS = 5
MOST_ROWS = 2000  # that the probe looks at: what it cannot find there is worth little
EFFECT = 0.1  # points of accuracy, or share of the variance: the largest that may be missed
ENOUGH_FOR_POWER = 39  # shuffled labellings that say how much stands out
SURE = 0.95  # from which on the network is said to do better than the linear model

Shuffle = Callable[[], Integers]


@dataclass(frozen=True)
class Power:
    """How well a known effect would be found.

    Attributes:
        effect: Points of accuracy over guessing, or the share of the variance that is explained.
        found: In which share of labellings with such an effect it was found.
        rows_needed: How many rows would find it in `POWER` of them; None where nobody can say.
    """

    effect: float
    found: float
    rows_needed: int | None


@dataclass(frozen=True)
class Evidence:
    """The numbers that a verdict rests on.

    Attributes:
        score: The probe's accuracy, or share of the variance explained, out of fold.
        guess: The same for guessing alike.
        shuffled: Between which scores nine in ten networks on shuffled labels lie.
        shuffles: How many labellings were shuffled.
        rows: How many rows the probe looked at.
        better_than_linear: How sure it is that a small network does better than the linear model.
        power: How well a known effect would be found; None where there is a signal.
    """

    score: float
    guess: float
    shuffled: tuple[float, float]
    shuffles: int
    rows: int
    better_than_linear: float
    power: Power | None = None


def signal(
    problem: Problem,
    *,
    groups: Integers | None = None,
    times: Floats | Integers | None = None,
    seed: int = 0,
    shuffles: int = STAGES[-1],
) -> Verdict:
    """Whether the columns of a problem say anything about its target.

    Args:
        problem: The rows that train; nothing else of it is looked at.
        groups: Rows of one number stay together in folds and labellings, (N,).
        times: When each row was, (N,): folds and labellings keep neighbouring times together.
        seed: Where every draw comes from.
        shuffles: How many labellings are shuffled at most.
    """
    rng = generator(seed, 0, Purpose.RESAMPLE)
    chosen = some_rows(len(problem.rows), rng)
    rows = standardised(problem.rows[chosen])
    groups = None if groups is None else groups[chosen]
    times = None if times is None else times[chosen]
    folds = folds_of(len(rows), FOLDS, seed, groups=groups, times=times)
    bench = Bench(rows, problem.loss, tuple(folds))
    units = units_of(len(rows), groups, times)
    gains = compared(bench, partial(shuffled, units, rng), shuffles)
    p = p_value(gains.table)
    found_out = scored(bench, gains)
    verdict = SIGNAL
    if p > ALPHA:
        power = power_of(bench, gains, units, rng, partial(shuffled, units, rng))
        verdict = NOTHING if power.found >= POWER else CANNOT_TELL
        found_out = replace(found_out, power=power)
    return Verdict(verdict, in_words(verdict, found_out), p, asdict(found_out))


def some_rows(rows: int, rng: np.random.Generator) -> Integers:
    """The numbers of the rows that the probe looks at: all, or so many drawn at random."""
    if rows <= MOST_ROWS:
        return np.arange(rows)
    return np.sort(rng.permutation(rows)[:MOST_ROWS])


def standardised(rows: Rows) -> Rows:
    """The rows with every input of mean 0 and standard deviation 1; a constant one is 0."""
    spread = rows.X.std(axis=0)
    X = (rows.X - rows.X.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return Rows(*(values.astype(np.float32) for values in (X, rows.y, rows.weights)))


def power_of(
    bench: Bench, gains: Gains, units: list[Integers], rng: np.random.Generator, shuffle: Shuffle
) -> Power:
    """How well an effect would be found that is as large as may be missed at most."""
    missing = ENOUGH_FOR_POWER + 1 - len(gains.labellings)
    if missing > 0:
        gains = bench.try_on([shuffle() for _ in range(missing)], gains)
    if classes(bench):
        shares = np.average(bench.rows.y, axis=0, weights=bench.rows.weights)
        share, effect = share_of_effect(shares, EFFECT)
    else:
        share, effect = math.sqrt(EFFECT), EFFECT
    planted = bench.try_on(with_effect(bench, units, share, rng))
    often, stands_out = found(gains.table[1:], planted.table)
    return Power(effect, often, rows_needed(len(bench.rows), stands_out))


def scored(bench: Bench, gains: Gains) -> Evidence:
    """What came of the test, without its sentence."""
    scores = [score(bench, gains, number) for number in range(len(gains.labellings))]
    low, high = np.quantile(scores[1:], [0.05, 0.95])
    return Evidence(
        score=scores[0],
        guess=guessed(bench),
        shuffled=(float(low), float(high)),
        shuffles=len(scores) - 1,
        rows=len(bench.rows),
        better_than_linear=better_than_linear(bench, gains),
    )


def classes(bench: Bench) -> bool:
    """Whether one of several classes is predicted, so that answers are right or wrong."""
    return bench.loss.link_name == "softmax"


def score(bench: Bench, gains: Gains, number: int) -> float:
    """The accuracy of the probes together on one labelling, or their share of the variance."""
    order = gains.labellings[number]
    z = np.mean([said[number] for said in gains.said.values()], axis=0)  # (N, n_out)
    y, weights = bench.rows.y[order], bench.rows.weights[order]
    if classes(bench):
        return float(np.average(z.argmax(axis=1) == y.argmax(axis=1), weights=weights))
    wrong, spread = (
        np.average(bench.loss.value(said, y)[:, 0], weights=weights)
        for said in (z, gains.guessed[number])
    )
    return float(1 - wrong / spread) if spread > 0 else 0.0


def guessed(bench: Bench) -> float:
    """The score of guessing alike for all rows: the share of the largest class, or 0."""
    if not classes(bench):
        return 0.0
    return float(np.average(bench.rows.y, axis=0, weights=bench.rows.weights).max())


def better_than_linear(bench: Bench, gains: Gains) -> float:
    """How sure it is that the network's loss is smaller than the linear model's, row by row."""
    order, guess = gains.labellings[0], gains.guessed[0]
    weights = bench.rows.weights / bench.rows.weights.sum()  # (N,)
    losses = []
    for probe in PROBES:
        curves = losses_believed(gains.said[probe.name][0], guess, bench.rows, bench.loss, order)
        losses.append(curves[np.argmin(curves @ weights)])  # (N,)
    linear, network = losses
    gained = linear - network  # (N,)
    mean = gained @ weights
    error = math.sqrt(weights**2 @ (gained - mean) ** 2)
    return 0.5 * (1 + math.erf(mean / error / math.sqrt(2))) if error > 0 else 0.5


def in_words(verdict: str, found: Evidence) -> str:
    """The sentence: what was seen, what it means, and how sure that is."""
    kind = "r2" if found.guess == 0 else "accuracy"
    low, high = found.shuffled
    key = f"signal.signal_{kind}" if verdict == SIGNAL else f"signal.nothing_{kind}"
    numbers = {kind: found.score, "guess": found.guess, "low": low, "high": high}
    parts = [say(key, **numbers)]
    if found.power is None:
        better = found.better_than_linear
        parts.append(
            say("signal.network_better" if better >= SURE else "signal.linear_enough", sure=better)
        )
        return " ".join(parts)
    parts.append(say(f"signal.power_{kind}", **asdict(found.power)))
    if verdict == CANNOT_TELL:
        parts.insert(1, say("signal.few_rows"))
        if found.power.rows_needed is not None:
            parts.append(say("signal.rows_needed", rows=found.power.rows_needed))
    return " ".join(parts)
