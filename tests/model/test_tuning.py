"""Tuning: what is tried, when it ends, and that its score stays honest."""

from __future__ import annotations

import numpy as np
import pytest

from helder import one_hot
from helder.core.losses import CategoricalCrossEntropy, MeanSquaredError
from helder.learn import Rows
from helder.model import tuning
from helder.model.calibration import calibrate
from helder.model.deadline import Deadline
from helder.model.problem import Problem, folds_for
from helder.model.recipes import RECIPES, Adjusted
from helder.model.shortening import fit_within
from helder.model.tuning import Varied, drawn, fit_tuned
from helder.table import Layout

QUICK = Adjusted(RECIPES["plain"], {"hidden": (8,)}, {"epochs": 6, "learning_rate": 0.01})
STRONG = Adjusted(RECIPES["strong"])


class Clock:
    """A clock on which each look at it takes a second."""

    now = 0.0

    def __call__(self):
        self.now += 1.0
        return self.now


def classes(rng, rows=200, signal=True):
    """Rows of three columns with two classes, in four folds."""
    X = rng.normal(size=(rows, 3)).astype(np.float32)
    labels = (X[:, 0] > 0).astype(int) if signal else rng.integers(2, size=rows)
    target = one_hot(labels, 2).astype(np.float32)
    return Problem(
        Rows(X, target, np.ones(rows, np.float32)),
        CategoricalCrossEntropy(),
        Layout(3),
        folds=folds_for(rows, 4, 0),
    )


@pytest.fixture
def few(monkeypatch):
    """At most so many are tried."""
    return lambda count: monkeypatch.setattr(tuning, "MOST_TRIED", count)


def test_candidates_are_drawn_around_the_recipe_and_what_a_person_chose_stays(rng):
    problem = classes(rng)
    draws = [drawn(problem, STRONG, rng) for _ in range(200)]
    names = {name for one in draws for name in one}
    assert names == {"learning_rate", "weight_decay", "dropout", "label_smoothing", "sigma"}
    rates = [one["learning_rate"] for one in draws if "learning_rate" in one]
    assert np.median(rates) == pytest.approx(0.04, rel=0.25)
    assert all(0 <= one.get("dropout", 0) <= 0.3 for one in draws)
    chosen = Adjusted(RECIPES["strong"], {"dropout": 0.2}, {"learning_rate": 0.03})
    assert not {"dropout", "learning_rate"} & {
        name for _ in range(50) for name in drawn(problem, chosen, rng)
    }
    assert {name for _ in range(50) for name in drawn(problem, QUICK, rng)} == {
        "weight_decay",
        "label_smoothing",
    }


def test_numbers_are_not_smoothed(rng):
    problem = classes(rng)
    numbers = Problem(problem.rows, MeanSquaredError(), problem.layout)
    assert not any("label_smoothing" in drawn(numbers, STRONG, rng) for _ in range(50))


def test_a_varied_recipe_says_what_was_drawn(rng):
    problem = classes(rng)
    values = {"learning_rate": 0.1, "weight_decay": 0.5, "dropout": 0.0, "sigma": 0.4}
    varied = Varied(STRONG, values)
    assert varied.architecture(problem).front[0].sigma == 0.4
    member = varied.member(problem)
    assert (member.learning_rate, member.weight_decay, member.dropout) == (0.1, 0.5, 0.0)
    assert member.label_smoothing == STRONG.member(problem).label_smoothing
    assert Varied(STRONG, {}).architecture(problem) == STRONG.architecture(problem)


def test_what_is_kept_is_at_least_as_good_out_of_fold_as_the_recipe_alone(rng, few):
    few(4)
    problem = classes(rng)
    outcome = fit_tuned(problem, QUICK, Deadline.after(3600), members=1)
    trials = outcome.ensemble.trials
    assert len(trials) == 4
    assert trials[0].values == trials[1].values == {}
    assert trials[0].val_loss != trials[1].val_loss
    networks = outcome.ensemble.net.parameters.values
    assert sum(one.kept for one in trials) == len(networks) == len(np.unique(networks, axis=0))
    assert any(one.kept for one in trials if one.val_loss <= trials[0].val_loss)
    assert outcome.ensemble.z.shape[1:] == (200, 2)


def test_with_no_time_for_more_the_networks_are_the_recipe_s(rng):
    problem = classes(rng)
    outcome = fit_tuned(problem, QUICK, Deadline.after(300, Clock()), members=1)
    alone = fit_within(problem, QUICK, members=1)
    assert len(outcome.ensemble.trials) > 1
    little = fit_tuned(problem, QUICK, Deadline.after(18, Clock()), members=1)
    assert [one.kept for one in little.ensemble.trials] == [4]
    np.testing.assert_array_equal(
        little.ensemble.net.parameters.values, alone.ensemble.net.parameters.values
    )


def test_on_pure_noise_tuning_shows_no_signal(few):
    few(5)
    scores, largest = [], []
    for seed in range(20):
        problem = classes(np.random.default_rng(seed), rows=100, signal=False)
        ensemble = fit_tuned(problem, QUICK, Deadline.after(3600), members=1, seed=seed).ensemble
        _, p = calibrate(problem, ensemble.net.parameters, ensemble.z)
        truth = problem.rows.y
        scores.append(np.mean(p.argmax(axis=1) == truth.argmax(axis=1)))
        largest.append(truth.mean(axis=0).max())
    assert np.mean(scores) <= np.mean(largest)


def test_ctrl_c_keeps_what_was_done_before(rng, few):
    few(6)
    heard = []

    def interrupt(record):
        heard.append(record.epoch)
        if len(heard) == 15:
            raise KeyboardInterrupt

    outcome = fit_tuned(classes(rng), QUICK, Deadline.after(3600), members=1, listener=interrupt)
    assert outcome.ensemble.history.stopped == "interrupted"
    assert len(outcome.ensemble.trials) == 3
    assert outcome.ensemble.trials[2].kept == 0


def test_a_candidate_that_runs_off_is_not_kept(rng, few, monkeypatch):
    few(3)
    monkeypatch.setattr(tuning, "drawn", lambda *given: {"learning_rate": 1e30})
    trials = fit_tuned(classes(rng), QUICK, Deadline.after(3600), members=1).ensemble.trials
    assert (trials[2].val_loss, trials[2].kept) == (np.inf, 0)
