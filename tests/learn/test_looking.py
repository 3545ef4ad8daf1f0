"""A look inside says after every epoch how each layer fares, and changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from helder import Architecture, MultilayerPerceptron
from helder.core.network import shares
from helder.engine import Rows
from helder.learn import Member, Settings
from helder.learn.folds import Fold, train_folds
from helder.learn.training import train

HOW = Settings(learning_rate=0.01, epochs=4, batch_size=32, look_inside=True)
ENGINES = ("numpy", "native")


@pytest.fixture
def rows():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(300, 5)).astype(np.float32)
    y = np.eye(2, dtype=np.float32)[(X[:, 0] > 0).astype(int)]
    return Rows(X, y, np.ones(300, np.float32))


def network(activation="relu", hidden=(8, 6), engine="auto", **how):
    return MultilayerPerceptron(
        Architecture(5, hidden, 2, activation=activation), seed=3, engine=engine, **how
    )


def trained(net, rows, settings=HOW):
    [history] = train(net.network, net.parameters, rows, settings, engine=net.engine)
    return history


@pytest.mark.parametrize("engine", ENGINES)
def test_the_numbers_are_those_of_the_weights_and_of_one_pass_over_evenly_spaced_rows(rows, engine):
    net = network(engine=engine)
    before = [W.copy() for W in net.weights]
    history = trained(net, rows, replace(HOW, epochs=1))
    some = np.unique(np.linspace(0, 299, 256).astype(int))
    seen = rows[some]
    tape = net.forward(seen.X)
    gradients = net.backpropagation(tape, seen.y)
    assert len(history[0].layers) == 3
    for i, look in enumerate(history[0].layers):
        W = net.weights[i]
        assert look.weight == pytest.approx(np.sqrt(np.mean(W**2)), rel=1e-5)
        assert look.largest == pytest.approx(np.abs(W).max(), rel=1e-5)
        moved = np.linalg.norm(W - before[i]) / np.linalg.norm(before[i])
        assert look.update == pytest.approx(moved, rel=1e-4)
        assert look.gradient == pytest.approx(np.sqrt(np.mean(gradients.weights[i] ** 2)), rel=1e-3)
        if i < 2:
            a = tape.activations[i + 1]
            assert look.activation == pytest.approx(np.sqrt(np.mean(a**2)), rel=1e-4)
            assert look.flat == pytest.approx(np.mean(a == 0))
            assert look.stuck == pytest.approx(np.mean((a == 0).all(axis=0)))
    assert shares(seen.weights).sum() == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
def test_training_is_the_same_to_the_bit_with_and_without_it(rows, engine):
    looked, left = network(engine=engine), network(engine=engine)
    history = trained(looked, rows)
    blind = trained(left, rows, replace(HOW, look_inside=False))
    assert np.array_equal(looked.parameters.values, left.parameters.values)
    assert history.losses == blind.losses
    assert not blind.initial
    assert not blind[0].layers


def test_the_first_look_is_before_training(rows):
    net = network()
    first = [float(np.abs(W).max()) for W in net.weights]
    history = trained(net, rows)
    assert [look.largest for look in history.initial] == pytest.approx(first)
    assert [look.update for look in history.initial] == [0, 0, 0]


def test_units_that_never_answer_are_stuck(rows):
    net = network()
    net.biases[0][0, :4] = -100
    look = trained(net, rows, replace(HOW, epochs=1)).initial[0]
    assert look.stuck == 0.5
    assert 0.5 < look.flat < 1


def test_a_saturated_tanh_is_flat_and_so_stuck(rows):
    net = network("tanh")
    net.weights[0][...] *= 1000
    look = trained(net, rows, replace(HOW, epochs=1)).initial[0]
    assert look.flat > 0.95
    assert trained(network("tanh"), rows, replace(HOW, epochs=1)).initial[0].flat < 0.05


def test_units_with_the_same_weights_are_alike_all_through_training(rows):
    net = network(hidden=(8,))
    for W in net.weights:
        W[...] = 0.1
    history = trained(net, rows)
    assert [look.alike for look in history.initial] == [1, 1]
    assert history[-1].layers[0].alike == 1
    assert [look.alike for look in trained(network(), rows).initial] == [0, 0, 0]


def test_two_pairs_of_equal_units_among_others_are_found(rows):
    net = network()
    net.weights[0][:, 1] = net.weights[0][:, 5]
    net.weights[0][:, 2] = net.weights[0][:, 7]
    assert trained(net, rows, replace(HOW, epochs=1)).initial[0].alike == 0.5


def test_folds_are_looked_into_through_the_network_of_the_first_one(rows):
    net = network(members=2)
    half = np.arange(300) < 150
    folds = [
        Fold(np.flatnonzero(~half), np.flatnonzero(half)),
        Fold(np.flatnonzero(half), np.flatnonzero(~half)),
    ]
    history, _ = train_folds(
        net.network, net.parameters, rows, folds, HOW, candidates=(Member(),), engine=net.engine
    )
    assert len(history.initial) == 3
    assert all(len(record.layers) == 3 for record in history)


def test_records_for_a_data_frame_stay_flat(rows):
    assert set(trained(network(), rows).to_dicts()[0]) == {
        "epoch",
        "loss",
        "val_loss",
        "learning_rate",
    }
