"""Lesson one in plain loops and the library, from the same weights: the same 200 losses."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from helder import one_hot

LESSON = Path(__file__).parents[2] / "examples" / "plain_mlp.py"


@pytest.fixture(scope="module")
def plain_mlp():
    spec = importlib.util.spec_from_file_location("plain_mlp", LESSON)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=[(2, (4,), 2), (3, (5, 4), 3), (4, (), 3), (2, (3, 3, 3), 4)], ids=str)
def problem(request, net, rng):
    inputs, hidden, classes = request.param
    made = net(hidden, classes, inputs=inputs)
    for b in made.biases:
        b[...] = rng.normal(0, 0.1, b.shape)
    X = rng.normal(size=(11, inputs))
    return made, X, (np.abs(X).sum(axis=1) * 1.3).astype(int) % classes


def lists(made):
    return [W.tolist() for W in made.weights], [b[0].tolist() for b in made.biases]


def test_the_same_losses_for_two_hundred_steps(plain_mlp, problem):
    made, X, y = problem
    weights, biases = lists(made)
    Y = one_hot(y, made.architecture.outputs).tolist()
    expected = plain_mlp.train(weights, biases, X.tolist(), Y, 0.2, 200)
    history = made.train(X, y, optimizer="sgd", learning_rate=0.2, epochs=200, batch_size=None)
    np.testing.assert_allclose(history.losses, expected, rtol=1e-10)
    assert history.losses[-1] < 0.9 * history.losses[0]
    for W, plain in zip(made.weights, weights, strict=True):
        np.testing.assert_allclose(W, plain, rtol=1e-9, atol=1e-12)


def test_the_same_numbers_forward_and_back(plain_mlp, problem):
    made, X, y = problem
    weights, biases = lists(made)
    activations, zs = made.forward(X[:1])
    plain_activations, plain_zs = plain_mlp.forward(weights, biases, X[0].tolist())
    for ours, theirs in zip([*activations, *zs], [*plain_activations, *plain_zs], strict=True):
        np.testing.assert_allclose(ours[0], theirs, rtol=1e-12, atol=1e-15)
    gradients = made.backpropagation(activations, zs, y[:1])
    target = one_hot(y[:1], made.architecture.outputs)[0].tolist()
    dWs, dbs = plain_mlp.backpropagation(weights, plain_activations, plain_zs, target)
    for ours, theirs in zip(gradients.weights, dWs, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)
    for ours, theirs in zip(gradients.biases, dbs, strict=True):
        np.testing.assert_allclose(ours[0], theirs, rtol=1e-12, atol=1e-15)
