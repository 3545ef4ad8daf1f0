"""Out-of-fold scores of networks that learnt from all rows of their folds, or from some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helder.core import Architecture
from helder.engine import Purpose, generator
from helder.learn.folds import Fold
from helder.learn.history import DONE
from helder.model.ensemble import fit_ensemble
from helder.model.problem import Problem, folds_for
from helder.model.recipes import After, Recipe, classifies
from helder.model.scale import Scale
from helder.model.scores import Metric, average, metric_named, resampled
from helder.model.splitting import shared_out
from helder.typing import Array, Floats, Integers

FOLDS = 8  # where the problem has none


def brier(y: Array, p: Floats, weights: Floats) -> Any:
    """The squared distance of probabilities to the truth (Brier 1950): smoother than hits."""
    return average(np.sum((p - np.eye(p.shape[1])[y]) ** 2, axis=1), weights)


BRIER = Metric("brier", "classification", False, brier)


@dataclass(frozen=True)
class Once(After):
    """A recipe of which every fold is learnt once, by this network however many the rows are.

    A recipe may give more rows another network. A curve that jumps there says nothing of what
    comes, so that what is compared is one network.
    """

    network: Architecture

    def architecture(self, problem: Problem) -> Architecture:
        return self.network

    def repeats(self, problem: Problem) -> int:
        return 1


@dataclass(frozen=True, eq=False)
class Scoring:
    """How out-of-fold answers to a problem are scored.

    Args:
        problem: The rows.
        metric: What they are scored by.
        scale: Of a numeric target, for a metric in the target's own units; None to score numbers
            as the networks see them.
        seed: Where rows drawn again come from: the same ones for all that is compared.
    """

    problem: Problem
    metric: Metric
    scale: Scale | None
    seed: int

    @classmethod
    def of(cls, problem: Problem, metric: Metric | None, scale: Scale | None, seed: int) -> Scoring:
        """Scored by this metric, or by the usual one."""
        task = "classification" if classifies(problem) else "regression"
        return cls(problem, metric or metric_named(None, task), scale, seed)

    @property
    def all(self) -> tuple[Scoring, ...]:
        """This, and a smoother scoring where the metric looks at decisions or ranks alone."""
        return (self, replace(self, metric=BRIER)) if self.metric.decides else (self,)

    @property
    def sign(self) -> int:
        """1 where more is better, else -1."""
        return 1 if self.metric.greater_is_better else -1

    def values(self, z: Floats) -> Floats:
        """The score of pre-activations (N, n_out), then of rows drawn again, (1 + RESAMPLES,)."""
        y, said = self._compared(z)
        weights = self.problem.rows.weights.astype(float)
        score = self.metric.function(y, said, weights)
        return np.append(score, resampled(self.metric, y, said, weights, self.seed))

    def _compared(self, z: Floats) -> tuple[Array, Floats]:
        """What is true, and what the networks say, as the metric wants both."""
        y = self.problem.rows.y
        if classifies(self.problem):
            return np.argmax(y, axis=1), self.problem.loss.link(z)  # (N,), (N, C)
        if self.scale is None:
            return y, self.problem.loss.link(z)  # (N, n_out)
        bare = self.scale._replace(limits=None)  # the truth knows no limits
        return bare.in_units(y[:, 0]), self.scale.in_units(z[:, 0])  # (N,)


def in_folds(problem: Problem, groups: Integers | None, seed: int) -> Problem:
    """The problem with folds, where it has none."""
    if problem.folds:
        return problem
    weights = problem.rows.weights
    strata = shared_out(strata_of(problem), weights)
    folds = folds_for(len(weights), FOLDS, seed, strata=strata, groups=groups)
    return replace(problem, folds=folds)


def strata_of(problem: Problem) -> Integers:
    """What every part of the rows shall have its share of, (N,): classes, else all are alike."""
    y = problem.rows.y
    return np.argmax(y, axis=1) if classifies(problem) else np.zeros(len(y), np.int64)


def out_of_fold(problem: Problem, recipe: Recipe, folds: Sequence[Fold], seed: int) -> Floats:
    """What networks say of the rows of their folds, (N, n_out), each fold learnt once.

    The folds may hold fewer rows than the problem's own; the network is that for all of them.

    Raises:
        HelderError: There is no network to keep, as its first epoch ran off to infinity.
        KeyboardInterrupt: Ctrl-C: half a training would be no answer.
    """
    cut = replace(problem, folds=tuple(folds))
    once = Once(recipe, recipe.architecture(problem))
    ensemble = fit_ensemble(cut, once, members=1, seed=seed, look_inside=False)
    if ensemble.history.stopped not in DONE or ensemble.z is None:
        raise KeyboardInterrupt
    return ensemble.z[0]  # (N, n_out)


def drawings(
    problem: Problem, parts: int, count: int, seed: int, groups: Integers | None = None
) -> list[list[Fold]]:
    """Several times the folds, of each a part of the rows that it learns from.

    Args:
        problem: The rows, and their folds.
        parts: Of how many parts each fold learns from one; no two drawings share rows of a fold.
        count: How many drawings, at most as many as there are parts.
        seed: Where the draw comes from.
        groups: Rows of one number stay together, (N,).
    """
    units = np.arange(len(problem.rows)) if groups is None else groups
    strata = strata_of(problem) if groups is None else np.zeros(len(units), np.int64)
    dealt = [
        dealt_parts(units[fold.train], strata[fold.train], parts, generator(seed, k, Purpose.SPLIT))
        for k, fold in enumerate(problem.folds)
    ]
    return [
        [
            Fold(fold.train[part == number], fold.held_out)
            for fold, part in zip(problem.folds, dealt, strict=True)
        ]
        for number in range(count)
    ]


def dealt_parts(
    units: Integers, strata: Integers, parts: int, rng: np.random.Generator
) -> Integers:
    """To which part each row goes, (rows,): each has its share of every stratum.

    Args:
        units: Rows of one number go together, (rows,).
        strata: The stratum of each row, (rows,).
        parts: How many parts.
        rng: Where the draw comes from.
    """
    _, first, unit = np.unique(units, return_index=True, return_inverse=True)
    order = rng.permutation(len(first))
    order = order[np.argsort(strata[first][order], kind="stable")]
    dealt = np.empty(len(first), np.int64)
    dealt[order] = np.arange(len(first)) % parts  # as cards: neighbours are of one stratum
    return np.asarray(rng.permutation(parts)[dealt][unit])
