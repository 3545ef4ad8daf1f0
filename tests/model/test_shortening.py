"""What a fit leaves out when it has not the time for all."""

from __future__ import annotations

import numpy as np
import pytest

from helder import one_hot
from helder.core.losses import CategoricalCrossEntropy
from helder.learn import Epoch, Rows
from helder.model.deadline import Deadline
from helder.model.problem import Problem, folds_for
from helder.model.recipes import RECIPES, Adjusted
from helder.model.scores import METRICS
from helder.model.shortening import (
    FEWEST_EPOCHS,
    FEWEST_ROWS,
    Amount,
    Stopwatch,
    affordable,
    fewer_networks,
    fit_within,
    sampled,
    time_to_judge,
)

WANTED = Amount(repeats=2, epochs=64, share=1.0, members=8)
QUICK = Adjusted(RECIPES["plain"], {"hidden": (8,)}, {"epochs": 6, "learning_rate": 0.01})


@pytest.fixture
def problem(rng):
    """800 rows of four columns with three classes, one of them with 20 rows, in eight folds."""
    X = rng.normal(size=(800, 4)).astype(np.float32)
    classes = (X[:, 0] > 0).astype(int)
    classes[rng.permutation(800)[:20]] = 2
    rows = Rows(X, one_hot(classes, 3).astype(np.float32), np.ones(800, np.float32))
    folds = folds_for(800, 8, 0, strata=classes)
    return Problem(rows, CategoricalCrossEntropy(), folds=folds)


def afforded(seconds, rows=50_000):
    """What fits where an epoch of all networks takes a second."""
    return affordable(WANTED, 1.0, seconds, rows)


def test_with_time_enough_all_is_done():
    assert afforded(128) == afforded(1000) == WANTED


def test_epochs_are_left_out_first():
    assert afforded(60) == Amount(2, 30, 1.0, 8)
    assert afforded(16) == Amount(2, FEWEST_EPOCHS, 1.0, 8)


def test_then_repeats_then_rows_then_networks():
    assert afforded(15) == Amount(1, 15, 1.0, 8)
    assert afforded(4) == Amount(1, FEWEST_EPOCHS, 0.5, 8)
    least = FEWEST_ROWS / 50_000
    assert afforded(FEWEST_EPOCHS * least / 2) == Amount(1, FEWEST_EPOCHS, least, 4)


def test_there_is_always_one_network():
    assert afforded(0) == afforded(-5) == Amount(1, FEWEST_EPOCHS, FEWEST_ROWS / 50_000, 1)
    assert afforded(0, rows=100) == Amount(1, FEWEST_EPOCHS, 1.0, 1)


def test_epochs_that_a_person_wants_few_of_stay_few():
    few = Amount(1, 3, 1.0, 8)
    assert affordable(few, 1.0, 100, 50_000) == few
    assert affordable(few, 1.0, 1.5, 50_000) == Amount(1, 3, 0.5, 8)


def test_a_sample_has_its_share_of_every_class_and_rows_of_its_own_for_every_network(problem):
    some = sampled(problem, 0.1, 0)
    classes = problem.rows.y.argmax(axis=1)
    for fold, whole in zip(some.folds, problem.folds, strict=True):
        assert set(fold.train) <= set(whole.train)
        assert set(fold.held_out) <= set(whole.held_out)
        counts, all_counts = np.bincount(classes[fold.train]), np.bincount(classes[whole.train])
        assert (counts == np.ceil(0.1 * all_counts)).all()
    assert len(np.intersect1d(some.folds[0].train, some.folds[1].train)) < 30
    assert sampled(problem, 1.0, 0) is problem


def test_rows_that_choose_the_epoch_are_sampled_too(problem):
    parts = problem.rows[np.arange(600)], problem.rows[np.arange(600, 800)]
    some = sampled(Problem(parts[0], problem.loss, held_out=parts[1]), 0.25, 0)
    assert len(some.rows) in range(150, 154)
    assert len(some.held_out) in range(50, 54)


def test_fewer_networks_stand_on_larger_folds(problem):
    fewer = fewer_networks(problem, 3)
    assert len(fewer.folds) == 3
    held_out = np.concatenate([fold.held_out for fold in fewer.folds])
    assert sorted(held_out) == list(range(800))
    for fold in fewer.folds:
        assert sorted([*fold.train, *fold.held_out]) == list(range(800))
    alone = fewer_networks(problem, 1)
    assert alone.folds == ()
    assert (len(alone.rows), len(alone.held_out)) == (700, 100)


def test_a_stopwatch_measures_epochs_that_are_trained_several_at_once():
    now = [0.0]
    watch, said = Stopwatch(2.5, lambda: now[0]), None
    for call in range(10):
        now[0] += 5.0 if call == 0 else 1.0  # the first one makes things ready
        for _ in range(4):
            said = said or watch(Epoch(1, 0.0, 0.0, 0.1))
        if said:
            break
    assert call == 3
    assert watch.epoch == 0.25
    assert watch.ready == 4.75


def test_with_no_time_there_is_still_a_network(problem):
    outcome = fit_within(problem, QUICK, Deadline.after(1e-6), members=1)
    assert outcome.problem.folds == ()
    assert outcome.ensemble.z is None
    assert len(outcome.ensemble.net.parameters.values) == 1
    assert np.isfinite(outcome.ensemble.net.predict_proba(problem.rows.X)).all()
    assert any("One network in place of 8" in sentence for sentence in outcome.shortened)


def test_with_time_enough_the_networks_are_those_without_a_limit(problem):
    outcome = fit_within(problem, QUICK, Deadline.after(3600), members=1)
    assert outcome.shortened == ()
    assert outcome.problem is problem
    free = fit_within(problem, QUICK, members=1)
    np.testing.assert_array_equal(
        outcome.ensemble.net.parameters.values, free.ensemble.net.parameters.values
    )


def test_networks_that_learnt_from_few_rows_predict_every_row_out_of_fold(problem, monkeypatch):
    monkeypatch.setattr("helder.model.shortening.affordable", lambda *given: Amount(1, 4, 0.25, 4))
    outcome = fit_within(problem, QUICK, Deadline.after(3600), members=1)
    assert outcome.ensemble.z.shape == (1, 800, 3)
    assert outcome.ensemble.z.any(axis=2).all()
    assert len(outcome.problem.folds) == 4
    assert [sentence.partition(".")[0] for sentence in outcome.shortened] == [
        "Training went through the rows 4 times in place of 6",
        "Each network learnt from 175 rows drawn out of 700",
        "4 networks in place of 8",
    ]


def test_networks_that_go_on_stay_as_many_as_they_are(problem):
    before = fit_within(problem, QUICK, members=1).ensemble.net.parameters
    outcome = fit_within(problem, QUICK, Deadline.after(1e-6), members=1, first=before)
    assert len(outcome.ensemble.net.parameters.values) == 8


@pytest.mark.parametrize("metric", ["accuracy", "auc"])
def test_the_time_of_judging_is_measured(problem, metric):
    assert 0 < time_to_judge(problem, METRICS[metric]) < 60
