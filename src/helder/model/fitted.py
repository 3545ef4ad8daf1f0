"""The fitted thing: a network together with all that is needed to use and to judge it."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

from helder.errors import DataError
from helder.learn import MultilayerPerceptron, Settings
from helder.learn.folds import Fold
from helder.learn.history import History
from helder.model.calibration import Conformal
from helder.model.finding import Finding
from helder.model.kept import KeptRows
from helder.model.scale import Scale
from helder.model.scores import Judgement, Lead
from helder.model.thresholds import LIKELIEST, Decision
from helder.model.trying import Trial
from helder.model.verdict import Verdict
from helder.table import Table, TablePlan, TargetPlan
from helder.typing import Array, Floats

RECORDED = ("helder", "numpy", "polars", "scikit-learn")  # their versions are kept with a model


@dataclass(frozen=True)
class Scores:
    """How good a network is on rows that chose nothing.

    Attributes:
        test: The network on the rows that give the score: those of a test file where there is
            one, else those held out, else every row by the network that has not learnt from it.
        cv: Every row by the network that has not learnt from it; None without folds.
        guess: The same metric for always guessing alike: the largest class, or the mean; NaN where
            nobody asked.
        linear: The same metric for the linear model; None where it was not trained.
        rows: How many rows trained, chose the epoch, and gave the score.
        leads: How much better the network is than "guess" and "linear" on the very same rows.
    """

    test: Judgement
    guess: float
    linear: float | None
    rows: dict[str, int]
    cv: Judgement | None = None
    leads: Mapping[str, Lead] = field(default_factory=dict)


@dataclass(frozen=True)
class Output:
    """One of several columns that are predicted together.

    Attributes:
        name: What the column is called.
        scale: Of a number; None for a yes or no.
    """

    name: str
    scale: Scale | None


@dataclass(frozen=True)
class Estimated:
    """What an estimator is beside a fitted network, in plain values that JSON can hold.

    Attributes:
        parameters: What its constructor was given, as `helder.estimators.saving` describes it.
        columns: The names of all columns of X, in order.
        features: Their names as X wrote them; None where it had none.
        among_others: Whether a frame may hold other columns beside these, in any order, as the
            file has from which the command line learnt.
        labels: What kind of Python value each class is, and the type of their array; None for
            numbers and for several labels.
        calls: How often `partial_fit` was called.
        learnt: What tells the rows and folds of its fit from others; None where no out-of-fold
            score can come of it any more.
        shortened: What a limit of time took from its fit, a sentence each.
    """

    parameters: Mapping[str, Any]
    columns: tuple[str, ...]
    features: tuple[str, ...] | None
    among_others: bool
    labels: tuple[str, str] | None
    calls: int
    learnt: str | None
    shortened: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fitted:
    """A trained network that takes tables as they come.

    Attributes:
        plan: How the columns become inputs.
        target: What is predicted, and how the target column is read.
        net: The network, or with folds all of them; they predict with their mean.
        scale: Of a numeric target, else None.
        scores: How good it is.
        history: How training went.
        seed: Where every draw came from.
        data_hash: The SHA-256 of the table that it learned from.
        versions: Versions of the packages that made it.
        weights: The column that said what each row counts; None where all counted alike.
        trials: What was tried, and what came of it.
        shortened: What a limit of time took from the fit, a sentence each.
        recipe: The name of the recipe; None where it was none, or is not known.
        temperature: What the outputs were divided by to be calibrated; the network holds it.
        conformal: How wrong out-of-fold predictions were; None where nothing was out of fold.
        out_of_fold: Probabilities (N, C) or numbers (N, n_out) for every row of training by the
            network that has not learnt from it, or None.
        outputs: The columns that are predicted, where they are several; `target` is then the plan
            of the first, and they are all alike.
        decision: Which class is decided for, given probabilities.
        estimated: What an estimator adds; None for what the command line trained.
        settings: How the networks learnt; None where nobody wrote it down.
        folds: The folds that `out_of_fold` stands on, by row of training; none after loading.
        findings: What the doctor saw in data and training; None where nobody asked.
        verdict: Whether there is anything to learn, and what would help; None where nobody asked.
        kept: Rows of the training table as they were written, where somebody asked for them.
    """

    plan: TablePlan
    target: TargetPlan
    net: MultilayerPerceptron
    scale: Scale | None
    scores: Scores
    history: History
    seed: int
    data_hash: str
    versions: dict[str, str]
    weights: str | None = None
    trials: tuple[Trial, ...] = ()
    shortened: tuple[str, ...] = ()
    recipe: str | None = None
    temperature: float = 1.0
    conformal: Conformal | None = None
    out_of_fold: Floats | None = None
    outputs: tuple[Output, ...] = ()
    decision: Decision = LIKELIEST
    estimated: Estimated | None = None
    settings: Settings | None = None
    folds: tuple[Fold, ...] = ()
    findings: tuple[Finding, ...] | None = None
    verdict: Verdict | None = None
    kept: KeptRows | None = None

    @property
    def classes(self) -> tuple[str, ...] | None:
        """The classes in order; None for a regression."""
        return self.target.classes

    def predict(self, table: Table) -> Array:
        """The predicted class names (N,), or numbers (N,), one for every row of the table.

        Raises:
            DataError: A column is missing, or a cell does not fit its column; or several columns
                are predicted, which an estimator alone can do.
        """
        values = self.predict_values(table)
        if self.classes is None:
            return values
        return np.array(self.classes, dtype=object)[self.decision.codes(values)]  # (N,)

    def predict_values(self, table: Table) -> Floats:
        """Probabilities (N, C) for classes, numbers (N,) for a regression."""
        self.check_one_column()
        return predicted(self.net, self.plan.transform(table), self.scale)

    def check_one_column(self) -> None:
        """Raises DataError where several columns are predicted: a table has one target."""
        if self.outputs:
            raise DataError(
                "this model predicts several columns at once, and here its target has to be one",
                got=", ".join(output.name for output in self.outputs),
                hint="helder.load(path).predict(frame) in Python predicts them all",
            )


def made_by() -> dict[str, str]:
    """The versions of the packages that make a model."""
    return {name: version(name) for name in RECORDED} | {"python": platform.python_version()}


def predicted(net: MultilayerPerceptron, X: Floats, scale: Scale | None) -> Floats:
    """Probabilities (N, C), or numbers (N,) in the target's own units, for rows of inputs."""
    return net.predict_proba(X) if scale is None else scale.in_units(net.predict(X))
