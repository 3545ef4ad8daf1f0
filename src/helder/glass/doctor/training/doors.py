"""Where trainings come from: the fit of a table, a model file, a person's own network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from helder.core.targets import numbers, smoothed
from helder.engine.rows import check_finite
from helder.errors import ShapeError
from helder.glass.doctor.training.case import Training
from helder.glass.doctor.training.doctoring import diagnosed
from helder.glass.doctor.training.facts import inputs_of, some, targets_of
from helder.learn import MultilayerPerceptron
from helder.learn.history import History
from helder.model.finding import Finding
from helder.model.fitted import Fitted, Scores
from helder.model.problem import Problem
from helder.model.recipes import Recipe


def begun(problem: Problem, recipe: Recipe) -> Training:
    """A training that is about to start: what can be known from rows and recipe alone."""
    smoothing = recipe.member(problem).label_smoothing
    rows, loss = problem.rows, problem.loss
    y = some(rows.y)
    if smoothing:
        y = smoothed(y, smoothing, loss.link_name)
    batch = recipe.settings(problem).batch_size or problem.learnt
    return Training(
        architecture=recipe.architecture(problem),
        updates=-(-problem.learnt // batch),
        inputs=inputs_of(rows.X),
        targets=targets_of(y, some(rows.weights), loss),
    )


def done(
    training: Training, history: History, scores: Scores, signal: str | None = None
) -> Training:
    """The training that was begun, now that it is over.

    Args:
        training: What `begun` gave.
        history: How it went.
        scores: How good the network is, beside simple models.
        signal: What the verdict says of the data; None where nobody asked.
    """
    return replace(
        training,
        records=tuple(history.records),
        initial=history.initial,
        stopped=history.stopped,
        scores=scores,
        signal=signal,
    )


def of_file(fitted: Fitted) -> Training:
    """What a model file knows of its training: no facts about rows, which it does not keep."""
    return Training(
        architecture=fitted.net.architecture,
        records=tuple(fitted.history.records),
        initial=fitted.history.initial,
        stopped=fitted.history.stopped,
        scores=fitted.scores,
        classes=fitted.classes,
    )


def diagnose(
    net: MultilayerPerceptron, history: History, X: npt.ArrayLike, y: npt.ArrayLike
) -> tuple[Finding, ...]:
    """What went wrong in the training of a network of your own, causes before their effects.

    Args:
        net: The network, as training left it.
        history: What `net.train(X, y, look_inside=True)` returned; without the looks inside, what
            they would show stays unseen.
        X: What it learnt from, (N, n_in).
        y: The targets, as `train` takes them.

    Raises:
        ShapeError: X or y does not fit the network.
        ArgumentError: A value that no network learns from.

    Example:
        history = net.train(X, y, look_inside=True)
        for finding in helder.diagnose(net, history, X, y):
            print(finding.saw, finding.try_first)
    """
    loss = net.network.loss
    targets = loss.target(y, net.architecture.outputs)  # (N, n_out)
    inputs = np.asarray(numbers(X, "X"), net.dtype)
    if inputs.ndim != 2 or inputs.shape != (len(targets), net.architecture.inputs):
        raise ShapeError(
            "X does not fit the network and y",
            got=inputs.shape,
            accepted=f"({len(targets)}, {net.architecture.inputs})",
        )
    check_finite("X", inputs)
    training = Training(
        architecture=net.architecture,
        records=tuple(history.records),
        initial=history.initial,
        stopped=history.stopped,
        inputs=inputs_of(inputs),
        targets=targets_of(some(targets), np.ones(len(some(targets))), loss),
    )
    return diagnosed(training)
