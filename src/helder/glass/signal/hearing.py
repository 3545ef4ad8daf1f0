"""A hearing: what is asked, of which rows, and what keeps rows together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from helder.engine import Rows
from helder.glass.signal.labellings import Units, units_of
from helder.glass.signal.power import Case
from helder.glass.signal.probe import Bench
from helder.glass.signal.screens import standard, targets_of
from helder.glass.signal.weighing import Targets
from helder.model.problem import Problem
from helder.model.splitting import folds_of
from helder.typing import Floats, Integers

FOLDS = 5
FEWEST_UNITS = 5  # that change places: fewer have too few orders for a test at 5 %
MOST_NUMBERS = 60_000  # that the networks look at, rows times inputs
ROWS_OF_NETWORKS = (250, 2000)  # the fewest, however many inputs, and the most


@dataclass(frozen=True, eq=False)
class Hearing:
    """What is asked, of which rows.

    Args:
        problem: The rows and what is to be learnt.
        kept: The numbers of the rows that are looked at.
        groups, times: What keeps rows together, of all rows, (N,).
        seed: Where every draw comes from.
    """

    problem: Problem
    kept: Integers
    groups: Integers | None
    times: Floats | Integers | None
    seed: int

    @cached_property
    def rows(self) -> Rows:
        """The rows looked at, every input of mean 0 and standard deviation 1."""
        rows = self.problem.rows[self.kept]
        X = rows.X.astype(np.float64)
        known = np.isfinite(X)
        means = np.sum(np.where(known, X, 0.0), axis=0) / np.maximum(known.sum(axis=0), 1)  # (D,)
        inputs = standard(np.where(known, X, means))
        # Numbers of any size are learnt alike; what must not be negative is left as it is.
        y = standard(rows.y) if self.problem.loss.link_name == "linear" else rows.y
        return Rows(inputs, y.astype(np.float32), rows.weights.astype(np.float32))

    @cached_property
    def targets(self) -> Targets:
        """The targets as the screens see them."""
        return targets_of(self.rows, self.problem.loss)

    @cached_property
    def units(self) -> Units:
        """What changes places in a labelling."""
        return units_of(self.targets.values, **self.together)

    @property
    def together(self) -> dict[str, Any]:
        """What keeps the rows looked at together."""
        both = {"groups": self.groups, "times": self.times}
        return {name: None if one is None else one[self.kept] for name, one in both.items()}

    @property
    def classes(self) -> int:
        """How many classes there are; 0 where a number is predicted."""
        return self.rows.y.shape[1] if self.problem.loss.link_name == "softmax" else 0

    def for_networks(self, rng: np.random.Generator) -> Hearing:
        """The same, of no more rows than networks can look at in a short time."""
        most = int(np.clip(MOST_NUMBERS / self.problem.inputs, *ROWS_OF_NETWORKS))
        if len(self.kept) <= most:
            return self
        some = np.sort(rng.permutation(len(self.kept))[:most])
        fewer = replace(self, kept=self.kept[some])
        return self if fewer.untestable() else fewer

    def bench(self) -> Bench:
        """Where networks are tried; the folds are the same whatever the labelling."""
        there = [len(np.unique(one)) for one in self.together.values() if one is not None]
        K = min([FOLDS, len(self.rows) // 2, *there])
        folds = folds_of(len(self.rows), K, self.seed, **self.together)
        return Bench(self.rows, self.problem.loss, tuple(folds))

    def case(self) -> Case:
        """Where effects are planted."""
        y = self.rows.y.argmax(axis=1) if self.classes else self.targets.values[:, 0]  # (N,)
        return Case(self.rows.X, self.targets, y, self.classes, self.units)

    def untestable(self) -> str | None:
        """Why no test can be made; None where one can."""
        if len(self.kept) < FEWEST_UNITS or len(self.units) < FEWEST_UNITS:
            return "few_rows"
        if np.ptp(self.rows.y, axis=0).max() == 0:
            return "one_target"
        return None if self.rows.X.any() else "no_columns"
