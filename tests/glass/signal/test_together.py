"""Rows that belong together: what they share is not taken for something that the columns know."""

from __future__ import annotations

import numpy as np
import pytest

from helder.glass.signal import signal
from helder.glass.signal.labellings import shuffled, units_of

SETS = 4


def of_people(rng, sizes):
    """Rows of people: the columns tell who it is, and each person has one label, at random."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    X = rng.standard_normal((len(sizes), 5))[groups] + 0.1 * rng.standard_normal((len(groups), 5))
    return X, rng.integers(2, size=len(sizes))[groups], groups


@pytest.mark.parametrize("uneven", [False, True])
def test_columns_that_tell_the_group_are_no_signal_where_labels_belong_to_groups(problem, uneven):
    fooled = called = 0
    for seed in range(SETS):
        rng = np.random.default_rng(seed)
        sizes = rng.integers(2, 16, size=24) if uneven else np.full(24, 8)
        X, y, groups = of_people(rng, sizes)
        fooled += signal(problem(X, y), shuffles=99).signal == "signal"
        called += signal(problem(X, y), groups=groups, shuffles=99).signal == "signal"
    assert fooled == SETS  # the test can see what it must not
    assert called <= 1


def test_what_columns_tell_within_groups_is_a_signal(problem):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 4))
    groups = np.repeat(np.arange(25), 8)
    verdict = signal(problem(X, (X[:, 0] > 0).astype(int)), groups=groups)
    assert verdict.signal == "signal"


def drifting(rng, rows):
    """Numbers that change slowly with time, (rows,)."""
    steps = rng.standard_normal(rows)
    for row in range(1, rows):
        steps[row] += 0.9 * steps[row - 1]
    return steps


def test_columns_that_drift_are_no_signal_for_a_target_that_drifts_too(problem):
    fooled = called = 0
    for seed in range(SETS):
        rng = np.random.default_rng(seed)
        X = np.stack([drifting(rng, 400) for _ in range(4)], axis=1)
        y, times = drifting(rng, 400), np.arange(400)
        fooled += signal(problem(X, y), shuffles=99).signal == "signal"
        called += signal(problem(X, y), times=times, shuffles=99).signal == "signal"
    assert fooled >= 3
    assert called <= 1


def test_what_columns_tell_at_every_time_is_a_signal(problem):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 4))
    verdict = signal(problem(X, X[:, 0] + drifting(rng, 300)), times=np.arange(300))
    assert verdict.signal == "signal"


def test_a_shuffled_labelling_leaves_every_group_with_the_targets_of_one():
    rng = np.random.default_rng(0)
    groups = np.array([0, 1, 1, 2, 2, 2, 0, 2])
    units = units_of(np.zeros((8, 1)), groups=groups)
    assert len(units) == 3
    for _ in range(20):
        taken = groups[shuffled(units, rng)]
        assert all(len(set(taken[groups == group])) == 1 for group in range(3))
        assert {taken[groups == group][0] for group in range(3)} == {0, 1, 2}


def test_stretches_of_time_are_longer_where_targets_change_slowly():
    rng = np.random.default_rng(0)
    times = rng.permutation(900)
    quick = units_of(rng.standard_normal((900, 1)), times=times)
    slow = units_of(np.sin(times / 30)[:, None], times=times)
    assert len(slow) < len(quick)
    for unit in np.split(slow.rows, slow.starts[1:]):
        assert np.ptp(times[unit]) == len(unit) - 1


def test_rows_of_one_time_stay_together():
    times = np.repeat(np.arange(7), 30)
    units = units_of(np.random.default_rng(0).standard_normal((210, 1)), times=times)
    assert units.sizes.tolist() == [30] * 7


def test_in_time_all_rows_of_one_time_take_the_targets_of_another():
    times = np.repeat(np.arange(12), 5)
    units = units_of(np.zeros((60, 1)), times=times)
    for seed in range(20):
        taken = times[shuffled(units, np.random.default_rng(seed))]
        assert all(len(set(taken[times == time])) == 1 for time in range(12))


def test_of_few_times_the_true_order_comes_up_as_often_as_any_other():
    rng = np.random.default_rng(0)
    units = units_of(np.zeros((10, 1)), times=np.arange(10))
    true = sum(bool((shuffled(units, rng) == np.arange(10)).all()) for _ in range(400))
    assert 20 <= true <= 60


def test_what_is_the_same_all_day_is_no_signal_for_what_is_so_too(problem):
    fooled = called = 0
    for seed in range(SETS):
        rng = np.random.default_rng(seed)
        days = np.repeat(np.arange(8), 25)
        X, y = rng.standard_normal((8, 4))[days], rng.permutation(np.arange(8) % 2)[days]
        fooled += signal(problem(X, y), shuffles=99).signal == "signal"
        called += signal(problem(X, y), times=days, shuffles=99).signal == "signal"
    assert fooled == SETS
    assert called == 0
