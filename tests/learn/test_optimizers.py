"""Optimizers by hand: what two steps do to a few numbers, and that all of them go downhill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from helder.engine import Update
from helder.errors import ArgumentError
from helder.learn import OPTIMIZERS, SGD, Adam, AdamW, Cosine, Momentum, Nesterov, RMSprop

START = np.array([1.0, -2.0, 0.5])
FIRST, SECOND = np.array([0.3, -0.1, 2.0]), np.array([-0.2, 0.4, 1.0])
RATE = 0.1


def after_two_steps(optimizer, decays=(1, 1, 1)):
    theta = START.copy()
    state = {name: np.zeros(3) for name in optimizer.state}
    for t, gradient in enumerate((FIRST, SECOND), start=1):
        before = gradient.copy()
        optimizer.update(theta, gradient, state, Update(RATE, t, np.array(decays, float)))
        np.testing.assert_array_equal(gradient, before)
    return theta


def test_sgd():
    np.testing.assert_allclose(after_two_steps(SGD()), START - 0.1 * FIRST - 0.1 * SECOND)


def test_momentum():
    v1 = -0.1 * FIRST
    v2 = 0.8 * v1 - 0.1 * SECOND
    np.testing.assert_allclose(after_two_steps(Momentum(0.8)), START + v1 + v2)


def test_nesterov_is_momentum_that_evaluates_the_gradient_ahead():
    # Sutskever's form walks theta, ours walks the point ahead of it, theta + momentum v.
    v1 = -0.1 * FIRST
    v2 = 0.8 * v1 - 0.1 * SECOND
    ahead = START + v1 + v2 + 0.8 * v2
    np.testing.assert_allclose(after_two_steps(Nesterov(0.8)), ahead)


def test_rmsprop():
    v1 = 0.1 * FIRST**2
    v2 = 0.9 * v1 + 0.1 * SECOND**2
    by_hand = START - 0.1 * FIRST / (np.sqrt(v1) + 1e-8) - 0.1 * SECOND / (np.sqrt(v2) + 1e-8)
    np.testing.assert_allclose(after_two_steps(RMSprop()), by_hand)


def adam_by_hand(shrink=0.0):
    m1, v1 = 0.1 * FIRST, 0.001 * FIRST**2
    m2, v2 = 0.9 * m1 + 0.1 * SECOND, 0.999 * v1 + 0.001 * SECOND**2
    theta = START * (1 - shrink)
    theta = theta - 0.1 * (m1 / 0.1) / (np.sqrt(v1 / 0.001) + 1e-8)
    theta = theta * (1 - shrink)
    return theta - 0.1 * (m2 / (1 - 0.9**2)) / (np.sqrt(v2 / (1 - 0.999**2)) + 1e-8)


def test_adam():
    np.testing.assert_allclose(after_two_steps(Adam()), adam_by_hand(), rtol=1e-12)


def test_the_first_step_of_adam_is_the_rate_whatever_the_size_of_the_gradient():
    for size in (1e-3, 1.0, 1e6):
        theta = np.zeros(1)
        state = {"m": np.zeros(1), "v": np.zeros(1)}
        Adam().update(theta, np.array([size]), state, Update(0.1, 1, np.ones(1)))
        np.testing.assert_allclose(theta, -0.1, rtol=1e-4)


def test_adamw_shrinks_what_decays_and_nothing_else():
    found = after_two_steps(AdamW(weight_decay=0.5), decays=(1, 0, 1))
    shrunk, whole = adam_by_hand(0.1 * 0.5), adam_by_hand()
    np.testing.assert_allclose(found, [shrunk[0], whole[1], shrunk[2]], rtol=1e-12)


def test_weight_decay_reaches_weights_but_no_biases_and_no_normalisation(net):
    made = net((3,), outputs=1, inputs=2, output="linear", normalisation="batch")
    for b in made.biases:
        b[...] = 0.7
    gamma = made.parameters.thetas()[1].gamma
    before = [W.copy() for W in made.weights]
    # Weight decay alone: a gradient that is zero, since no row of y differs from the output.
    X = np.zeros((4, 2))
    made.weights[1][...] = 0
    made.train(
        X, np.full(4, 0.7), optimizer=AdamW(0.5), learning_rate=0.1, epochs=1, batch_size=None
    )
    np.testing.assert_allclose(made.weights[0], 0.95 * before[0])
    np.testing.assert_array_equal(made.biases[0], 0.7)
    np.testing.assert_array_equal(made.biases[1], 0.7)
    np.testing.assert_array_equal(gamma, 1)


@pytest.mark.parametrize("batch_size", [None, 16])
@pytest.mark.parametrize("name", [*OPTIMIZERS, "lbfgs"])
def test_every_optimizer_goes_downhill(name, batch_size, net, moons):
    history = net().train(
        *moons, optimizer=name, learning_rate=0.02, epochs=150, batch_size=batch_size
    )
    share = 0.9 if name == "sgd" else 0.5  # plain descent is slow, and takes what it is given
    assert history.losses[-1] < share * history.losses[0]


@dataclass(frozen=True)
class SignDescent:
    """Somebody's own: a step of one size along every axis."""

    state: ClassVar[tuple[str, ...]] = ()

    def update(self, theta, dtheta, state, step):
        theta -= step.rate * np.sign(dtheta)


def test_an_optimizer_of_your_own_trains(net, moons):
    history = net().train(*moons, optimizer=SignDescent(), learning_rate=0.003, epochs=100)
    assert history.losses[-1] < 0.5 * history.losses[0]


def test_a_misspelt_optimizer_is_told_the_nearest(net, moons):
    with pytest.raises(ArgumentError, match="did you mean 'adam'") as error:
        net().train(*moons, optimizer="adm")
    assert "lbfgs" in str(error.value)
    with pytest.raises(ArgumentError, match="did you mean 'lbfgs'"):
        net().train(*moons, optimizer="lbfsg")


def test_an_optimizer_and_a_schedule_may_be_named_by_their_class(net, moons):
    history = net().train(*moons, optimizer=Momentum, schedule=Cosine, epochs=2)
    assert len(history) == 2


def test_lbfgs_gets_further_than_adam_on_small_data(net, moons):
    adam = net().train(*moons, optimizer="adam", learning_rate=0.01, epochs=200, batch_size=None)
    lbfgs = net().train(*moons, optimizer="lbfgs", epochs=200)
    assert lbfgs.losses[-1] < 0.5 * adam.losses[-1]


def test_lbfgs_finds_the_answer_of_linear_least_squares(net, rng):
    X = rng.normal(size=(50, 3))
    y = X @ [1.0, -2.0, 0.5] + 0.3 + 0.1 * rng.normal(size=50)
    made = net((), 1, inputs=3, output="linear")
    history = made.train(X, y, optimizer="lbfgs")
    assert history.stopped == "converged"
    answer, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(50)]), y)
    np.testing.assert_allclose(made.weights[0][:, 0], answer[:3], rtol=1e-4)
    np.testing.assert_allclose(made.biases[0][0, 0], answer[3], rtol=1e-4)


def test_lbfgs_refuses_dropout_with_a_hint(net, moons):
    with pytest.raises(ArgumentError, match="dropout makes another of it") as error:
        net(dropout=0.2).train(*moons, optimizer="lbfgs")
    assert 'optimizer="adam"' in str(error.value)


def test_lbfgs_predicts_with_the_statistics_of_its_last_weights(net, moons):
    X, y = moons
    made = net(normalisation="batch")
    history = made.train(X + 50, y, optimizer="lbfgs", epochs=15)
    loss = -np.mean(np.log(made.predict_proba(X + 50)[np.arange(len(y)), y]))
    assert loss == pytest.approx(history.losses[-1], rel=1e-3)
