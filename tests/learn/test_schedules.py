"""Schedules: factors on the learning rate from progress 0 to 1."""

from __future__ import annotations

import numpy as np
import pytest

from helder.errors import ArgumentError
from helder.learn import SCHEDULES, Constant, Cosine, OneCycle, StepDecay, WarmUp


@pytest.mark.parametrize(
    ("schedule", "start", "middle", "end"),
    [
        (Constant(), 1, 1, 1),
        (StepDecay(every=0.5, factor=0.1), 1, 0.1, 0.01),
        (StepDecay(every=0.3, factor=0.3), 1, 0.3, 0.027),
        (Cosine(), 1, 0.5, 0),
        (Cosine(end=0.2), 1, 0.6, 0.2),
        (WarmUp(warm=0.1), 0, 1, 1),
        (WarmUp(warm=0.5, then=Cosine()), 0, 1, 0),
        (OneCycle(warm=0.5, start=0.04, end=0.001), 0.04, 1, 0.001),
    ],
    ids=repr,
)
def test_factors_at_the_start_the_middle_and_the_end(schedule, start, middle, end):
    found = schedule(np.array([0, 0.5, 1]))
    np.testing.assert_allclose(found, [start, middle, end], rtol=1e-12, atol=1e-15)


def test_warm_up_climbs_straight_and_then_begins_the_other_schedule():
    progress = np.array([0.05, 0.1, 0.2, 0.6, 1.0])
    found = WarmUp(0.2, then=Cosine())(progress)
    np.testing.assert_allclose(found, [0.25, 0.5, 1, 0.5, 0], atol=1e-15)


def test_one_cycle_has_no_jump_and_its_top_at_the_end_of_the_climb():
    progress = np.linspace(0, 1, 10_001)
    factors = OneCycle(warm=0.3)(progress)
    assert np.abs(np.diff(factors)).max() < 1e-3
    assert progress[np.argmax(factors)] == pytest.approx(0.3)
    assert factors.max() == pytest.approx(1)
    assert (np.diff(factors[progress < 0.3]) > 0).all()
    assert (np.diff(factors[progress > 0.3]) < 0).all()


def test_training_follows_the_schedule(net, moons):
    history = net().train(
        *moons, learning_rate=0.02, epochs=4, batch_size=None, schedule=Cosine(end=0.5)
    )
    rates = [record.learning_rate for record in history]
    np.testing.assert_allclose(rates, 0.02 * Cosine(0.5)(np.array([0, 0.25, 0.5, 0.75])))


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_has_a_name_and_trains(name, net, moons):
    history = net().train(*moons, learning_rate=0.05, epochs=100, schedule=name)
    assert history.losses[-1] < 0.5 * history.losses[0]


def test_a_function_of_the_progress_is_a_schedule(net, moons):
    history = net().train(*moons, epochs=2, learning_rate=1.0, batch_size=None, schedule=np.exp)
    assert [record.learning_rate for record in history] == pytest.approx([1, np.exp(0.5)])


@pytest.mark.parametrize("wrong", [lambda: StepDecay(0), lambda: WarmUp(1), lambda: OneCycle(0)])
def test_a_part_that_is_none_is_refused(wrong):
    with pytest.raises(ArgumentError, match="is no such number"):
        wrong()


def test_a_misspelt_schedule_is_told_the_nearest(net, moons):
    with pytest.raises(ArgumentError, match="did you mean 'cosine'"):
        net().train(*moons, schedule="cosin")
