"""helder in the race: the bare training loop of both engines, and prediction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from shapes import RATE, Shape

from helder import Architecture, MultilayerPerceptron, one_hot
from helder.core import Network, Parameters
from helder.engine import Task, engine_named
from helder.learn import OPTIMIZERS


def task(shape: Shape, members: int = 1) -> Task:
    """The first of so many networks to be trained."""
    n_in, *hidden, n_out = shape.sizes
    X, y = shape.data()
    architecture = Architecture(n_in, tuple(hidden), n_out)
    network = Network(architecture.layers, architecture.loss)
    seeds = [np.random.default_rng(seed) for seed in range(members)]
    parameters = Parameters.initial(network.layers, seeds, "float32")
    return Task(
        network,
        parameters,
        X,
        one_hot(y, n_out).astype(np.float32),
        np.ones(shape.rows, np.float32),
        optimizer=OPTIMIZERS[shape.optimizer](),
        batch_size=shape.batch,
    )


def training(engine: str, shape: Shape, members: int = 1) -> Callable[[], object]:
    """One run of so many networks side by side."""
    first, runner = task(shape, members), engine_named(engine)
    trainers = runner.trainers([replace(first, k=k, member=k) for k in range(members)])
    rates = np.full((shape.epochs, first.updates_per_epoch), RATE)
    jobs = [lambda trainer=trainer: trainer.epochs(0, rates) for trainer in trainers]
    if members == 1:
        return jobs[0]
    return lambda: runner.together(jobs)


def called(engine: str, shape: Shape, held_out: bool) -> Callable[[], object]:
    """The same run as a user calls it: history, best weights, and a fifth of the rows held out."""
    n_in, *hidden, n_out = shape.sizes
    X, y = shape.data()
    fifth = len(X) // 5
    looked_at = {"X_val": X[:fifth], "y_val": y[:fifth], "patience": 10**6} if held_out else {}
    how = {"epochs": shape.epochs, "batch_size": shape.batch, "optimizer": shape.optimizer}

    def run() -> object:
        net = MultilayerPerceptron(Architecture(n_in, tuple(hidden), n_out), engine=engine)
        return net.train(X, y, learning_rate=RATE, **how, **looked_at)

    return run


def predicting(engine: str, shape: Shape, X: np.ndarray) -> Callable[[], object]:
    """The probabilities of these rows, through what a user calls."""
    n_in, *hidden, n_out = shape.sizes
    net = MultilayerPerceptron(Architecture(n_in, tuple(hidden), n_out), engine=engine)
    return lambda: net.predict_proba(X)


def one_by_one(engine: str, shape: Shape, row: np.ndarray) -> Callable[[], object]:
    """The probabilities of one row, through a predictor that was made before."""
    n_in, *hidden, n_out = shape.sizes
    net = MultilayerPerceptron(Architecture(n_in, tuple(hidden), n_out), engine=engine)
    predictor = net.predictor()
    return lambda: predictor(row)
