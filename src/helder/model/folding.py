"""Fits one network per fold, and scores every row by the network that has not learnt from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from helder.core import Network, Parameters
from helder.engine import Purpose, generator
from helder.learn import AdamW, MultilayerPerceptron, Rows, Settings
from helder.learn.folds import FoldHistory, train_folds
from helder.learn.watch import Listener
from helder.model.fitted import Fitted, in_units, predicted
from helder.model.fitting import (
    Choices,
    architecture,
    batch_size,
    check_trained,
    compared,
    finished,
    guess,
    standardised,
    target_scale,
    weight_decay,
)
from helder.model.preparing import Prepared
from helder.model.scores import metric_named
from helder.model.trying import Trial, candidates, described, settled, with_room
from helder.typing import Floats

LINEAR = Choices(hidden=(), learning_rate=0.01)  # the linear model bears longer steps


def fit_folds(prepared: Prepared, choices: Choices, listener: Listener | None = None) -> Fitted:
    """Trains the networks of all folds side by side, and the linear models likewise.

    Args:
        prepared: The rows and their folds.
        choices: The network and its training.
        listener: Called with the mean record of every epoch; a text that it returns ends training.

    Raises:
        ArgumentError: A choice that cannot be used.
        HelderError: There is no network to keep, as training ran off to infinity at once.
    """
    metric = metric_named(choices.metric, prepared.target.task)
    net, history, p = cross_validated(prepared, choices, listener)
    check_trained(history, choices)
    linear = linear_p = None
    if history.stopped != "interrupted":
        linear, _, linear_p = cross_validated(prepared, replace(LINEAR, seed=choices.seed), None)
    train, test = prepared.train, prepared.test
    scores = compared(metric, train, p, linear_p, guess_out_of_fold(prepared), choices.seed)
    rows, cv = {"train": len(train), "stop": 0, "test": len(train)}, scores.test
    if len(test):
        scale, rows["test"] = target_scale(prepared), len(test)
        scores = compared(
            metric,
            test,
            predicted(net, test.X, scale),
            None if linear is None else predicted(linear, test.X, scale),
            guess(train, prepared.target.classes, len(test)),
            choices.seed,
        )
    scores = replace(scores, rows=rows, cv=cv)
    return finished(prepared, choices, net, scores, history, trials(choices, history))


def trials(choices: Choices, history: FoldHistory) -> tuple[Trial, ...]:
    """What came of each candidate; none where nothing was tried."""
    return tuple(
        Trial(values, history.least[number], history.picked.count(number))
        for number, values in enumerate(described(choices.tries))
        if choices.tries
    )


def cross_validated(
    prepared: Prepared, choices: Choices, listener: Listener | None
) -> tuple[MultilayerPerceptron, FoldHistory, Floats]:
    """The networks of all folds, how they trained, and the answer to every row out of fold."""
    shape = with_room(architecture(prepared, choices, choices.hidden), choices.tries)
    K, scale = len(prepared.folds), target_scale(prepared)
    network = Network(shape.layers, shape.loss)
    streams = [generator(choices.seed, k, Purpose.INITIAL) for k in range(K)]
    parameters = Parameters.initial(network.layers, streams, np.float32)  # (K, P)
    net = MultilayerPerceptron(shape, seed=choices.seed, parameters=parameters)
    learnt = len(prepared.train) * (K - 1) // K  # rows that each network learns from
    settings = Settings(
        choices.learning_rate,
        choices.epochs,
        choices.batch_size or batch_size(learnt),
        AdamW(weight_decay(learnt)),
        seed=choices.seed,
    )
    train = prepared.train
    y = network.loss.target(standardised(train.y, scale), shape.outputs)
    rows = Rows(train.X, y.astype(np.float32), train.weights.astype(np.float32))
    history, z = train_folds(
        network,
        parameters,
        rows,
        prepared.folds,
        settings,
        listener,
        candidates=candidates(choices.tries, choices.seed),
        engine=net.engine,
    )
    if choices.tries:
        net.architecture = settled(shape, described(choices.tries)[history.candidate])
    p = network.loss.link(z)  # (N, n_out)
    return net, history, p if scale is None else in_units(p[:, 0], scale)


def guess_out_of_fold(prepared: Prepared) -> Floats:
    """What one says of each fold who knows no column and has seen the others."""
    train, classes = prepared.train, prepared.target.classes
    answers: list[Floats] = []
    for fold in prepared.folds:
        others = Rows(train.X[:0], train.y[fold.train], train.weights[fold.train])
        answers.append(guess(others, classes, len(fold.held_out)))
    order = np.argsort(np.concatenate([fold.held_out for fold in prepared.folds]))
    return np.concatenate(answers)[order]  # (N, C), or (N,)
