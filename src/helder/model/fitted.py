"""The fitted thing: a network together with all that is needed to use and to judge it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helder.learn import MultilayerPerceptron
from helder.learn.history import History
from helder.model.scores import Judgement
from helder.model.trying import Trial
from helder.table import Table, TablePlan, TargetPlan
from helder.typing import Array, Floats


@dataclass(frozen=True)
class Scores:
    """How good a network is on rows that chose nothing.

    Attributes:
        test: The network on the rows that give the score: those of a test file where there is
            one, else those held out, else every row by the network that has not learnt from it.
        cv: Every row by the network that has not learnt from it; None without folds.
        guess: The same metric for always guessing alike: the largest class, or the mean.
        linear: The same metric for the linear model; None where it was not trained.
        rows: How many rows trained, chose the epoch, and gave the score.
    """

    test: Judgement
    guess: float
    linear: float | None
    rows: dict[str, int]
    cv: Judgement | None = None


@dataclass(frozen=True)
class Fitted:
    """A trained network that takes tables as they come.

    Attributes:
        plan: How the columns become inputs.
        target: What is predicted, and how the target column is read.
        net: The network, or with folds all of them; they predict with their mean.
        scale: Mean and standard deviation of a numeric target in training, else None.
        scores: How good it is.
        history: How training went.
        seed: Where every draw came from.
        data_hash: The SHA-256 of the table that it learned from.
        versions: Versions of the packages that made it.
        weights: The column that said what each row counts; None where all counted alike.
        trials: What was tried, and what came of it.
    """

    plan: TablePlan
    target: TargetPlan
    net: MultilayerPerceptron
    scale: tuple[float, float] | None
    scores: Scores
    history: History
    seed: int
    data_hash: str
    versions: dict[str, str]
    weights: str | None = None
    trials: tuple[Trial, ...] = ()

    @property
    def classes(self) -> tuple[str, ...] | None:
        """The classes in order; None for a regression."""
        return self.target.classes

    def predict(self, table: Table) -> Array:
        """The predicted class names (N,), or numbers (N,), one for every row of the table.

        Raises:
            DataError: A column is missing, or a cell does not fit its column.
        """
        values = self.predict_values(table)
        if self.classes is None:
            return values
        return np.array(self.classes, dtype=object)[np.argmax(values, axis=1)]  # (N,)

    def predict_values(self, table: Table) -> Floats:
        """Probabilities (N, C) for classes, numbers (N,) for a regression."""
        return predicted(self.net, self.plan.transform(table), self.scale)


def predicted(net: MultilayerPerceptron, X: Floats, scale: tuple[float, float] | None) -> Floats:
    """Probabilities (N, C), or numbers (N,) in the target's own units, for rows of inputs."""
    return net.predict_proba(X) if scale is None else in_units(net.predict(X), scale)


def in_units(values: Floats, scale: tuple[float, float]) -> Floats:
    """Standardised numbers (N,) in the target's own units."""
    mean, std = scale
    return values.astype(float) * std + mean
