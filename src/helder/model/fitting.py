"""Fits networks to prepared rows, and scores them beside guessing and beside the linear model."""

from __future__ import annotations

from dataclasses import replace

from helder.learn import MultilayerPerceptron, Rows
from helder.learn.watch import Listener
from helder.model.baselines import guess, guess_out_of_fold, linear_model
from helder.model.calibration import calibrate
from helder.model.choices import Choices
from helder.model.ensemble import Ensemble, fit_ensemble
from helder.model.fitted import Fitted, Scores, in_units, made_by, predicted
from helder.model.preparing import Prepared
from helder.model.scores import Metric, judged, metric_named
from helder.typing import Floats


def fit(prepared: Prepared, choices: Choices, listener: Listener | None = None) -> Fitted:
    """Trains the networks and the linear model, and scores both on rows that chose nothing.

    Args:
        prepared: The rows, and in which folds, if in any.
        choices: What a person chose in place of the recipe that the rows were prepared for.
        listener: Called with the record of every epoch; a text that it returns ends training.

    Raises:
        ArgumentError: A choice that cannot be used.
        HelderError: There is no network to keep, as its first epoch ran off to infinity.
        KeyboardInterrupt: Ctrl-C before there was a network to keep.
    """
    metric = metric_named(choices.metric, prepared.target.task)
    ensemble = fit_ensemble(
        prepared.problem,
        choices.over(prepared.recipe),
        members=1,
        seed=choices.seed,
        listener=listener,
        tries=choices.tries,
    )
    linear = None
    if ensemble.history.stopped != "interrupted":
        linear = linear_model(prepared.problem, choices.seed)
    return Fitted(
        plan=prepared.plan,
        target=prepared.target,
        net=ensemble.net,
        scale=prepared.scale,
        scores=scored(prepared, ensemble, linear, metric, choices.seed),
        history=ensemble.history,
        seed=choices.seed,
        data_hash=prepared.data_hash,
        versions=made_by(),
        weights=prepared.weights,
        trials=ensemble.trials,
    )


def most_epochs(prepared: Prepared, choices: Choices) -> int:
    """How often training will go through the rows, at most."""
    return choices.over(prepared.recipe).settings(prepared.problem).epochs


def scored(
    prepared: Prepared, ensemble: Ensemble, linear: Ensemble | None, metric: Metric, seed: int
) -> Scores:
    """The networks beside what they have to beat, on the rows that chose nothing.

    Networks trained in folds are calibrated here, in place, before they predict anything else.
    """
    train, test, scale = prepared.train, prepared.test, prepared.scale
    rows = {"train": len(train), "stop": len(prepared.stop), "test": len(test) or len(train)}
    cv = None
    if ensemble.z is not None:
        p, of_linear = out_of_fold(prepared, ensemble.net, ensemble.z), None
        if linear is not None and linear.z is not None:
            of_linear = out_of_fold(prepared, linear.net, linear.z)
        cv = compared(metric, train, p, of_linear, guess_out_of_fold(prepared), seed)
        if not len(test):
            return replace(cv, rows=rows, cv=cv.test)
    scores = compared(
        metric,
        test,
        predicted(ensemble.net, test.X, scale),
        None if linear is None else predicted(linear.net, test.X, scale),
        guess(train, prepared.target.classes, len(test)),
        seed,
    )
    return replace(scores, rows=rows, cv=None if cv is None else cv.test)


def out_of_fold(prepared: Prepared, net: MultilayerPerceptron, z: Floats) -> Floats:
    """Calibrates the networks; the answer to every row by who has not learnt from it."""
    _, p = calibrate(prepared.problem, net.parameters, z)  # (N, n_out)
    return p if prepared.scale is None else in_units(p[:, 0], prepared.scale)


def compared(
    metric: Metric, rows: Rows, p: Floats, linear: Floats | None, guessed: Floats, seed: int
) -> Scores:
    """The networks' answers on some rows, beside the linear model's and guessing."""

    def measured(values: Floats) -> float:
        return metric.function(rows.y, values, rows.weights)

    return Scores(
        test=judged(metric, rows.y, p, rows.weights, seed),
        guess=measured(guessed),
        linear=None if linear is None else measured(linear),
        rows={},
    )
