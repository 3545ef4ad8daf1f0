"""An optimizer of somebody's own may keep nothing in Python: its update is written down once."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from helder import Architecture, MultilayerPerceptron
from helder.engine.choosing import native_is_here
from helder.errors import ArgumentError

if not native_is_here():
    pytest.skip("no compiler, so no native engine", allow_module_level=True)


def losses(engine, optimizer):
    """The loss of some epochs with an optimizer."""
    X = np.random.default_rng(0).normal(size=(60, 3))
    net = MultilayerPerceptron(Architecture(3, (4,), 2), dtype=float, engine=engine)
    return net.train(X, X[:, 0] > 0, optimizer=optimizer, epochs=4).losses


class Own:
    """An optimizer that counts its updates and remembers the last one."""

    name: ClassVar[str] = "own"
    state: ClassVar[tuple[str, ...]] = ()
    factor = None

    def __init__(self):
        self.updates, self.velocity = 0, 0.0


class Slowing(Own):
    """Its count is in a number of the update."""

    def update(self, theta, dtheta, state, now):
        self.updates += 1
        theta -= now.rate / self.updates * dtheta


class Growing(Own):
    """Its count is in a step of its own."""

    def update(self, theta, dtheta, state, now):
        self.updates += 1
        theta -= now.rate * (float(self.updates) * dtheta)


class Hesitating(Own):
    """Its steps become others."""

    def update(self, theta, dtheta, state, now):
        self.updates += 1
        theta -= now.rate * (dtheta if self.updates > 1 else np.sign(dtheta))


class WarmingUp(Own):
    """Its steps become others after many updates."""

    def update(self, theta, dtheta, state, now):
        self.updates += 1
        theta -= (now.rate if self.updates > 100 else 0.1 * now.rate) * dtheta


class WithMomentum(Own):
    """Its state is an attribute."""

    def update(self, theta, dtheta, state, now):
        self.velocity = 0.9 * self.velocity + dtheta
        theta -= now.rate * self.velocity


@pytest.mark.parametrize("optimizer", [Slowing, Growing, Hesitating, WarmingUp, WithMomentum])
def test_one_that_counts_or_remembers_is_told_of_the_time_and_the_state(optimizer):
    assert np.isfinite(losses("numpy", optimizer())).all()
    with pytest.raises(ArgumentError, match=optimizer.__name__) as error:
        losses("native", optimizer())
    assert "now.t is the number of the update" in str(error.value)
    assert "state[name]" in str(error.value)


def test_one_that_counts_elsewhere_is_told_too():
    count = []

    class Elsewhere(Own):
        """Its count is no attribute."""

        def update(self, theta, dtheta, state, now):
            count.append(1)
            theta -= now.rate / len(count) * dtheta

    with pytest.raises(ArgumentError, match=r"now\.t"):
        losses("native", Elsewhere())


class Slow(Own):
    """The time is an argument."""

    def update(self, theta, dtheta, state, now):
        theta -= now.rate / now.t * dtheta


class Lasting(Own):
    """What it works out at its first update stays as it is."""

    def update(self, theta, dtheta, state, now):
        self.factor = self.factor or 0.5
        theta -= self.factor * now.rate * dtheta


@pytest.mark.parametrize("optimizer", [Slow, Lasting])
def test_one_whose_update_follows_from_its_arguments_runs(optimizer):
    native, book = losses("native", optimizer()), losses("numpy", optimizer())
    np.testing.assert_allclose(native, book, rtol=1e-9)
