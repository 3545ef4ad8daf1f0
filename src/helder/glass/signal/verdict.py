"""The verdict: signal, no signal found, or cannot tell, with what it rests on."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial

import numpy as np

from helder.engine import Purpose, generator
from helder.glass.signal.hearing import Hearing
from helder.glass.signal.labellings import shuffled
from helder.glass.signal.power import POWER, power_of
from helder.glass.signal.probe import LINEAR, Bench, Trials
from helder.glass.signal.screens import NAMES, Screens
from helder.glass.signal.sentences import Evidence, in_words, without_a_test
from helder.glass.signal.testing import (
    ALPHA,
    MOST,
    networks_tested,
    p_value,
    p_value_stopped,
    rows_kept,
    statistic,
    together,
)
from helder.model.problem import Problem
from helder.model.verdict import CANNOT_TELL, NOTHING, SIGNAL, Verdict
from helder.typing import Floats, Integers

MOST_ROWS = 10_000  # that are looked at: what cannot be found there is worth little
EACH_SIDE = 0.05  # of the scores on shuffled labels is left out of what is said of them


def signal(
    problem: Problem,
    *,
    groups: Integers | None = None,
    times: Floats | Integers | None = None,
    seed: int = 0,
    shuffles: int = MOST,
) -> Verdict:
    """Whether the columns of a problem say anything about its target: a test at 5 %.

    Args:
        problem: The rows that train; nothing else of it is looked at.
        groups: Rows of one number stay together in folds and labellings, (N,).
        times: When each row was, (N,): folds and labellings keep neighbouring times together.
        seed: Where every draw comes from.
        shuffles: With how many shuffled labellings the true one is compared.
    """
    rng = generator(seed, 0, Purpose.RESAMPLE)
    hearing = Hearing(problem, rows_kept(problem.rows, MOST_ROWS, rng), groups, times, seed)
    if (why := hearing.untestable()) is not None:
        verdict = NOTHING if why == "no_columns" else CANNOT_TELL
        return Verdict(verdict, without_a_test(why), 1.0, {"rows": len(hearing.kept)})
    screens = Screens.of(hearing.rows.X, rng)
    shuffle = partial(shuffled, hearing.units, rng)
    labellings = [np.arange(len(hearing.rows)), *(shuffle() for _ in range(shuffles))]
    table = screens.shared(hearing.targets, labellings)  # (L, S)
    by_screens = p_value(statistic(table))
    clear = together(by_screens, 1.0) <= ALPHA
    smaller = hearing.for_networks(rng)
    bench = smaller.bench()
    trials = networks_tested(bench, partial(shuffled, smaller.units, rng), clear)
    p = together(by_screens, p_value_stopped(trials.gains))
    found = replace(measured(bench, trials, table), rows=len(hearing.kept))
    if p > ALPHA:
        found = replace(found, power=power_of(hearing.case(), screens, table[1:], rng))
    else:
        linear = bench.tried(LINEAR, [np.arange(len(bench.rows))])
        found = replace(found, better_than_linear=bench.surely_better(trials.said, linear.said))
    verdict = SIGNAL
    if found.power is not None:
        verdict = NOTHING if found.power.found >= POWER else CANNOT_TELL
    return Verdict(verdict, in_words(found), p, asdict(found))


def measured(bench: Bench, trials: Trials, table: Floats) -> Evidence:
    """What came of the tests.

    Args:
        bench: Where the networks were tried.
        trials: What they gained on the true labelling and on shuffled ones.
        table: What each labelling shares with each screen, (L, S).
    """
    shares = np.average(bench.rows.y, axis=0, weights=bench.rows.weights)  # (C,)
    roots = np.cbrt(table)
    spread = np.maximum(roots[1:].std(axis=0), 1e-12)
    standing = (roots[0] - roots[1:].mean(axis=0)) / spread  # (S,)
    return Evidence(
        score=float(trials.scores[0]),
        guess=float(shares.max()) if bench.loss.link_name == "softmax" else 0.0,
        shuffled=[float(end) for end in np.quantile(trials.scores[1:], [EACH_SIDE, 1 - EACH_SIDE])],
        networks=len(trials.scores) - 1,
        p_networks=p_value_stopped(trials.gains),
        shuffles=len(table) - 1,
        p_screens=p_value(statistic(table)),
        standing={name: round(float(z), 2) for name, z in zip(NAMES, standing, strict=True)},
        rows=len(bench.rows),
    )
