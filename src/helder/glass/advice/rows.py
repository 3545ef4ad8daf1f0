"""What more rows would gain: scores on fewer rows, and where they are heading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.engine import Purpose, generator
from helder.errors import HelderError
from helder.glass.advice.curve import Scoring, drawings, in_folds, out_of_fold
from helder.glass.advice.extrapolation import WORTH, Gain, interval, next_gains, worth
from helder.glass.advice.words import amounts
from helder.model.ensemble import seed_of_repeat
from helder.model.problem import Problem
from helder.model.recipes import FEW, REPEATED, Recipe
from helder.model.scale import Scale
from helder.model.scores import Metric
from helder.text import Count, say
from helder.typing import Floats, Integers

# Each fold learns from all of its rows, a half, a quarter, an eighth; and how often from one.
PARTS = {1: 1, 2: 2, 4: 2, 8: 2}
FEWEST_ROWS = 100  # in the table: with fewer, nobody can tell
FEWEST_POINTS = 3  # of the curve
LUCK = 0.4  # of the last gain's standard error: how far a gain varies with the rows that come
FLOOR = 0.5  # rows: no score is known more exactly


@dataclass(frozen=True)
class MoreRows:
    """What twice the rows would gain.

    Attributes:
        sentence: The same in words.
        rows: How many rows there are.
        metric: What is scored.
        sizes: How many rows each network learnt from, the most first; empty where there are too
            few to tell.
        scores: How good networks were that learnt from so many, out of fold.
        gain: By how much the score would get better; None where nobody can tell.
        low, high: Its 90 % interval.
    """

    sentence: str
    rows: int
    metric: str
    sizes: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    gain: float | None = None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {**vars(self), "sizes": list(self.sizes), "scores": list(self.scores)}


def more_rows(
    problem: Problem,
    recipe: Recipe,
    *,
    metric: Metric | None = None,
    scale: Scale | None = None,
    groups: Integers | None = None,
    seed: int = 0,
) -> MoreRows:
    """What twice the rows would gain, by networks of the recipe that learn from fewer.

    Each fold is learnt once from all of its rows, once from a half of them, and from two
    quarters and two eighths. All are scored on the same rows, each row by networks that have not
    learnt from it.

    Args:
        problem: The rows, and their folds; where it has none, they are dealt here.
        recipe: Which network, and how it learns.
        metric: What is scored; None for accuracy or R2.
        scale: Of a numeric target, for a metric in the target's own units.
        groups: Rows of one number stay together, (N,).
        seed: Where every draw comes from.

    Raises:
        HelderError: There is no network to keep, as its first epoch ran off to infinity.
        KeyboardInterrupt: Ctrl-C.
    """
    problem = in_folds(problem, groups, seed)
    scoring, N = Scoring.of(problem, metric, scale, seed), len(problem.rows)
    name = scoring.metric.name
    if N < FEWEST_ROWS or not problem.folds:
        return MoreRows(say("advice.rows_few", rows=Count(N)), N, name)
    sizes, scored = points(scoring, recipe, groups, seed)
    scores = tuple(map(float, scored[0, :, 0]))
    if len(sizes) < FEWEST_POINTS or not np.isfinite(scored).all():
        return MoreRows(say("advice.rows_few", rows=Count(N)), N, name, sizes, scores)
    signs = np.array([one.sign for one in scoring.all])[:, None, None]
    gain = twice(signs * scored, N, seed)
    return MoreRows(in_words(gain, name), N, name, sizes, scores, *gain)


def points(
    scoring: Scoring, recipe: Recipe, groups: Integers | None, seed: int
) -> tuple[tuple[int, ...], Floats]:
    """The curve, the most rows first: how many each network learnt from, and their scores.

    Returns:
        The sizes, (L,), and what `Scoring.values` of every `Scoring.all` is, the mean of all
        drawings, (S, L, 1 + RESAMPLES).
    """
    problem, sizes, scored = scoring.problem, [], list[Floats]()
    for parts, often in PARTS.items():
        own = seed_of_repeat(seed, parts)
        count = often if problem.learnt <= REPEATED else 1
        drawn = drawings(problem, parts, count, own, groups)
        learnt = min(len(fold.train) for folds in drawn for fold in folds)
        if learnt < FEW:
            break
        try:
            said = [
                out_of_fold(problem, recipe, folds, seed_of_repeat(own, number))
                for number, folds in enumerate(drawn)
            ]
        except HelderError:  # so few rows lead nowhere; more did
            if parts == 1:
                raise
            break
        sizes.append(learnt)
        each = [[one.values(z) for z in said] for one in scoring.all]
        scored.append(np.mean(each, axis=1))  # (S, 1 + RESAMPLES)
    return tuple(sizes), np.stack(scored, axis=1)


def twice(scored: Floats, rows: int, seed: int) -> Gain:
    """What twice the rows would gain.

    Args:
        scored: The curve (S, L, 1 + RESAMPLES), more of it better: of the metric, and of a
            smoother score where S is 2. That one's next gain is known better; the metric's is
            what it is worth.
        rows: How many rows were scored.
        seed: Where the draws come from.
    """
    rng = generator(seed, 1, Purpose.RESAMPLE)
    gains = scored[:, :-1] - scored[:, 1:]  # (S, D, 1 + RESAMPLES)
    least = FLOOR / rows * np.abs(scored[0, :, 0]).max()
    drawn = next_gains(gains[-1, :, 0], errors(gains[-1], least), rng)  # (DRAWS,)
    if len(scored) > 1:
        between = errors(gains[0] - WORTH * gains[1], least)
        drawn *= rng.normal(*worth(gains[0, :, 0], gains[1, :, 0], between), len(drawn))
    luck = LUCK * float(np.sqrt(errors(gains[0], least)[0, 0]))
    return interval(drawn + luck * rng.normal(size=len(drawn)))


def errors(gains: Floats, least: float) -> Floats:
    """The covariance of the errors of gains (D, 1 + RESAMPLES), each of some size at least."""
    return np.asarray(np.cov(gains[:, 1:]) + np.eye(len(gains)) * (least**2 or 1.0))  # (D, D)


def in_words(gain: Gain, metric: str) -> str:
    """The sentence."""
    unit, values = amounts(metric, *gain)
    key = f"advice.rows_nothing_{unit}" if gain.low <= 0 else f"advice.rows_gain_{unit}"
    return say(key, metric=metric, **values)
