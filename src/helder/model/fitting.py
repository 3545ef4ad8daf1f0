"""Fits networks to prepared rows, and scores them beside guessing and beside the linear model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from helder.learn import MultilayerPerceptron, Rows
from helder.learn.watch import Listener
from helder.model.baselines import guess, guess_out_of_fold, linear_model
from helder.model.calibration import Conformal, calibrate
from helder.model.choices import Choices
from helder.model.deadline import NEVER, TIME_IS_UP, Deadline
from helder.model.ensemble import Ensemble
from helder.model.fitted import Fitted, Scores, made_by, predicted
from helder.model.judging import loss_says
from helder.model.preparing import Prepared
from helder.model.problem import Problem
from helder.model.scores import Metric, judged, lead, metric_named
from helder.model.shortening import Outcome, fit_within, time_to_judge
from helder.model.tuning import fit_tuned
from helder.text import say
from helder.typing import Floats

FEWEST = 2  # folds, so that every row is scored
LINEAR_SHARE = 0.15  # of the time left is for the linear model
JUDGED = 3  # times all rows are judged: the networks, the linear model, and what stands beside


def fit(
    prepared: Prepared,
    choices: Choices,
    listener: Listener | None = None,
    deadline: Deadline = NEVER,
) -> Fitted:
    """Trains the networks and the linear model, and scores both on rows that chose nothing.

    Args:
        prepared: The rows, and in which folds, if in any.
        choices: What a person chose in place of the recipe that the rows were prepared for.
        listener: Called with the record of every epoch; a text that it returns ends training.
        deadline: When all shall be done; what does not fit is shortened.

    Raises:
        ArgumentError: A choice that cannot be used.
        NothingKeptError: There is no network to keep, as its first epoch ran off to infinity.
        KeyboardInterrupt: Ctrl-C before there was a network to keep.
    """
    metric = metric_named(choices.metric, prepared.target.task)
    problem = prepared.problem
    if choices.metric is not None and not loss_says(metric):
        problem = replace(problem, judge=prepared.judge(metric))
    room = JUDGED * time_to_judge(problem, metric) if deadline is not NEVER else 0.0
    outcome = trained(problem, prepared, choices, listener, deadline.sooner(room))
    ensemble, problem = outcome.ensemble, outcome.problem
    prepared, shortened = replace(prepared, folds=problem.folds), outcome.shortened
    linear = None
    if ensemble.history.stopped != "interrupted":
        linear = linear_model(problem, choices.seed, deadline.sooner(room))
        if linear is not None and linear.history.stopped == TIME_IS_UP:
            shortened += (say("model.linear_shortened"),)
    ours = calibrated(prepared, ensemble)
    beside = None if linear is None else calibrated(prepared, linear)
    said = ours.out_of_fold
    return Fitted(
        plan=prepared.plan,
        target=prepared.target,
        net=ours.net,
        scale=prepared.scale,
        scores=scored(prepared, ours, beside, metric, choices.seed),
        history=ensemble.history,
        seed=choices.seed,
        data_hash=prepared.data_hash,
        versions=made_by(),
        weights=prepared.weights,
        trials=ensemble.trials,
        shortened=shortened,
        recipe=prepared.recipe,
        temperature=ours.temperature,
        conformal=conformal(prepared, ours),
        out_of_fold=None if said is None else said.reshape(len(said), -1),  # (N, C) or (N, 1)
        settings=ensemble.settings,
        folds=problem.folds,
    )


def trained(
    problem: Problem,
    prepared: Prepared,
    choices: Choices,
    listener: Listener | None,
    deadline: Deadline,
) -> Outcome:
    """The networks, in the time that is left beside the linear model."""
    kind = fit_tuned if choices.tune else partial(fit_within, tries=choices.tries)
    return kind(
        problem,
        choices.over(prepared.recipe),
        deadline.sooner(LINEAR_SHARE * deadline.left),
        members=1,
        fewest=FEWEST,
        seed=choices.seed,
        listener=listener,
    )


def most_epochs(prepared: Prepared, choices: Choices) -> int:
    """How often training will go through the rows, at most, all repeats together."""
    recipe, problem = choices.over(prepared.recipe), prepared.problem
    return recipe.settings(problem).epochs * recipe.repeats(problem)


@dataclass(frozen=True, eq=False)
class Calibrated:
    """Networks that are done, and what they said of rows that they had not learnt from.

    Attributes:
        net: The networks, cooled.
        temperature: What their outputs were divided by.
        out_of_fold: Probabilities (N, C) or numbers (N,) for every row in folds; else None.
    """

    net: MultilayerPerceptron
    temperature: float
    out_of_fold: Floats | None


def calibrated(prepared: Prepared, ensemble: Ensemble) -> Calibrated:
    """Calibrates the networks in place, before they predict anything else."""
    if ensemble.z is None:
        return Calibrated(ensemble.net, 1.0, None)
    T, p = calibrate(prepared.problem, ensemble.net.parameters, ensemble.z)  # p (N, n_out)
    if prepared.scale is not None:
        rows = prepared.train
        p = prepared.scale.out_of_fold(p[:, 0], rows.y, rows.weights, prepared.folds)  # (N,)
    return Calibrated(ensemble.net, T, p)


def conformal(prepared: Prepared, ours: Calibrated) -> Conformal | None:
    """How wrong the networks were on rows that they had not learnt from."""
    rows, p = prepared.train, ours.out_of_fold
    if p is None:
        return None
    if prepared.scale is None:
        return Conformal.of_classes(p, rows.y.astype(np.int64), rows.weights)
    return Conformal.of_numbers(p[:, None], rows.y[:, None], rows.weights)


def scored(
    prepared: Prepared, ours: Calibrated, linear: Calibrated | None, metric: Metric, seed: int
) -> Scores:
    """The networks beside what they have to beat, on the rows that chose nothing."""
    train, test, scale = prepared.train, prepared.test, prepared.scale
    rows = {"train": len(train), "stop": len(prepared.stop), "test": len(test) or len(train)}
    cv = None
    if ours.out_of_fold is not None:
        beside = None if linear is None else linear.out_of_fold
        guessed = guess_out_of_fold(prepared)
        cv = compared(metric, train, ours.out_of_fold, beside, guessed, seed)
        if not len(test):
            return replace(cv, rows=rows, cv=cv.test)
    scores = compared(
        metric,
        test,
        predicted(ours.net, test.X, scale),
        None if linear is None else predicted(linear.net, test.X, scale),
        guess(train, prepared.target.classes, len(test)),
        seed,
    )
    return replace(scores, rows=rows, cv=None if cv is None else cv.test)


def compared(
    metric: Metric, rows: Rows, p: Floats, linear: Floats | None, guessed: Floats, seed: int
) -> Scores:
    """The networks' answers on some rows, beside the linear model's and guessing."""

    def measured(values: Floats) -> float:
        return metric.function(rows.y, values, rows.weights)

    beside = {"guess": guessed} if linear is None else {"guess": guessed, "linear": linear}
    return Scores(
        test=judged(metric, rows.y, p, rows.weights, seed),
        guess=measured(guessed),
        linear=None if linear is None else measured(linear),
        rows={},
        leads={name: lead(rows.y, p, other, rows.weights) for name, other in beside.items()},
    )
