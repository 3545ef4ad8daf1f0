"""What more rows would gain: said with an interval, from scores on fewer rows."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from helder.core.losses import CategoricalCrossEntropy, MeanSquaredError
from helder.glass.advice.curve import drawings, in_folds, out_of_fold
from helder.glass.advice.extrapolation import interval, next_gains, worth
from helder.glass.advice.rows import more_rows, twice
from helder.learn import Rows
from helder.model.problem import Problem, folds_for
from helder.model.recipes import Adjusted, Plain
from helder.model.scale import Scale
from helder.model.scores import METRICS
from helder.table import Layout

QUICK = Adjusted(Plain(), {"hidden": (8,)}, {"epochs": 30, "learning_rate": 0.01})


def of_classes(rows=320, classes=2, seed=0, folds=4):
    """Rows of which two of six columns say the class, with some noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 6)).astype(np.float32)
    hidden = X[:, 0] + X[:, 1] + 0.5 * rng.normal(size=rows)
    y = np.searchsorted(np.quantile(hidden, np.arange(1, classes) / classes), hidden)
    dealt = folds_for(rows, folds, seed, strata=y) if folds else ()
    ones = np.ones(rows, np.float32)
    targets = np.eye(classes, dtype=np.float32)[y]
    return Problem(Rows(X, targets, ones), CategoricalCrossEntropy(), Layout(6), dealt)


def of_numbers(rows=320, seed=0):
    """Rows of which two of six columns say the number, with some noise."""
    problem, rng = of_classes(rows, seed=seed), np.random.default_rng(seed)
    y = problem.rows.X[:, :2].sum(axis=1) + 0.5 * rng.normal(size=rows)
    scale = Scale.of(y, np.ones(rows), clamps=False)
    targets = scale.standardised(y).astype(np.float32)[:, None]
    rows_ = Rows(problem.rows.X, targets, problem.rows.weights)
    return Problem(rows_, MeanSquaredError(), problem.layout, problem.folds), scale


def next_gain(gains, error):
    """The gain of the next doubling, where those before are known so well."""
    gains = np.array(gains)
    covariance = np.eye(len(gains)) * error**2
    return interval(next_gains(gains, covariance, np.random.default_rng(0)))


def curve(scores, error, smoother=()):
    """Curves as `twice` takes them, the most rows first: scores, then those of other rows."""
    rng = np.random.default_rng(0)
    each = [np.array(one)[:, None] for one in (scores, *smoother)]
    drawn = [one + error * rng.normal(size=(len(one), 300)) for one in each]
    return np.stack([np.hstack(pair) for pair in zip(each, drawn, strict=True)])


def test_a_power_law_goes_on_as_it_was():
    gain = next_gain([0.04, 0.08, 0.16], 0.001)
    assert gain.value == pytest.approx(0.02, abs=0.004)
    assert gain.low < 0.02 < gain.high


def test_a_network_that_has_only_begun_to_see_something_is_believed_in_its_last_step():
    gain = next_gain([0.20, 0.02, 0.0], 0.001)
    assert gain.low > 0.05
    assert gain.high < 0.20
    assert gain.high - gain.low > 0.05


def test_noisy_scores_make_a_wide_interval():
    exact, noisy = (next_gain([0.04, 0.08, 0.16], error) for error in (0.001, 0.05))
    assert noisy.high - noisy.low > 2 * (exact.high - exact.low)


def test_where_nothing_was_gained_nothing_will_be():
    assert 0 <= next_gain([0.0, 0.0, 0.0], 0.003).high < 0.01


def test_scores_that_fell_promise_little():
    gain = next_gain([-0.01, -0.01, -0.01], 0.01)
    assert 0 <= gain.value < 0.01


def test_a_gain_of_a_smoother_score_is_worth_what_it_was():
    ratio, sure = worth(np.array([0.02, 0.04]), np.array([0.04, 0.08]), np.eye(2) * 1e-6)
    assert ratio == pytest.approx(0.5, abs=0.01)
    assert 0 < sure < 0.2


def test_scores_that_are_alike_allow_that_nothing_is_gained():
    gain = twice(curve([0.9, 0.9, 0.9, 0.9], 0.01), 1000, seed=0)
    assert gain.low < 0 < gain.high < 0.03


def test_a_smoother_score_that_still_rises_promises_a_gain():
    flat, rising = [0.80, 0.79, 0.78, 0.76], [0.80, 0.76, 0.68, 0.52]
    without = twice(curve(flat, 0.02), 1000, seed=0)
    beside = twice(curve(flat, 0.02, smoother=[rising]), 1000, seed=0)
    assert beside.value > without.value


def test_more_rows_are_worth_something_where_scores_still_rise():
    found = more_rows(of_classes(), QUICK)
    assert found.sizes == (240, 120, 60, 30)
    assert found.scores[0] > found.scores[-1]
    assert found.low < found.gain < found.high
    assert f"{100 * found.gain:.1f} points of accuracy" in found.sentence


def test_json_can_hold_it():
    found = more_rows(of_classes(rows=160), QUICK)
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
    assert {"sentence", "gain", "low", "high"} <= set(found.to_dict())


def test_the_same_seed_says_the_same():
    problem = of_classes(rows=160)
    assert more_rows(problem, QUICK, seed=3) == more_rows(problem, QUICK, seed=3)


def test_of_a_handful_of_rows_nobody_can_tell():
    found = more_rows(of_classes(rows=60), QUICK)
    assert found.gain is None
    assert found.sentence == "With 60 rows nobody can tell what more of them would gain."


def test_of_few_rows_no_eighth_is_learnt():
    assert more_rows(of_classes(rows=120), QUICK).sizes == (90, 45, 22)


def test_numbers_are_scored_by_r2():
    problem, _ = of_numbers()
    found = more_rows(problem, QUICK)
    assert found.metric == "r2"
    assert 0.3 < found.scores[0] < 1


def test_less_of_an_error_is_a_gain_and_in_the_targets_own_units():
    problem, scale = of_numbers()
    found = more_rows(problem, QUICK, metric=METRICS["rmse"], scale=scale._replace(std=100.0))
    assert found.scores[0] > 10
    assert found.scores[0] < found.scores[-1]
    assert found.gain > 0


def test_without_folds_some_are_dealt():
    found = more_rows(of_classes(folds=0), QUICK)
    assert found.sizes[0] == 280  # seven eighths


def test_the_parts_of_a_fold_share_no_row_and_have_all_classes():
    problem = of_classes(classes=4)
    drawn = drawings(problem, 8, 8, seed=0)
    for k, fold in enumerate(problem.folds):
        parts = [folds[k].train for folds in drawn]
        assert sorted(np.concatenate(parts)) == sorted(fold.train)
        for part in parts:
            counts = problem.rows.y[part].sum(axis=0)
            assert counts.min() >= 6  # of 60 rows of each class in the fold, an eighth
        assert all(np.array_equal(folds[k].held_out, fold.held_out) for folds in drawn)


def test_groups_stay_whole():
    problem = of_classes(folds=0)
    groups = np.arange(320) // 8
    folded = in_folds(problem, groups, seed=0)
    assert all(not set(groups[f.train]) & set(groups[f.held_out]) for f in folded.folds)
    for folds in drawings(folded, 4, 2, 0, groups):
        for part, whole in zip(folds, folded.folds, strict=True):
            left = np.setdiff1d(whole.train, part.train)
            assert not set(groups[part.train]) & set(groups[left])


def test_networks_of_fewer_rows_are_the_same_network():
    made = []

    class Jumps(Adjusted):
        """Gives fewer than 200 rows a network of one unit."""

        def architecture(self, problem):
            few = replace(super().architecture(problem), hidden=(1,))
            made.append(problem.learnt)
            return few if problem.learnt < 200 else super().architecture(problem)

    jumping = Jumps(QUICK.recipe, QUICK.network, QUICK.training)
    problem = of_classes()
    assert more_rows(problem, jumping) == more_rows(problem, QUICK)
    assert set(made) == {240}


def test_no_row_is_judged_by_a_network_that_has_learnt_from_it():
    rng = np.random.default_rng(0)
    problem = of_classes(rows=200)
    noise = np.eye(2, dtype=np.float32)[rng.integers(2, size=200)]
    learnt = Rows(problem.rows.X, noise, problem.rows.weights)
    nothing = Problem(learnt, problem.loss, problem.layout, problem.folds)
    z = out_of_fold(nothing, QUICK, nothing.folds, seed=0)
    assert np.mean(z.argmax(axis=1) == noise.argmax(axis=1)) < 0.62  # 0.5 and 3.4 standard errors
