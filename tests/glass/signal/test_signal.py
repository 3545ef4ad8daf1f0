"""Whether there is anything to learn: what is said of tables of which we know it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from helder.glass.signal import signal


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def test_columns_that_tell_the_classes_are_a_signal(problem, rng):
    X = rng.standard_normal((150, 4))
    verdict = signal(problem(X, (X[:, 0] > 0).astype(int)))
    assert verdict.signal == "signal"
    assert verdict.p_value <= 0.01
    assert verdict.evidence["score"] > 0.9
    assert verdict.sentence.startswith("There is something to learn: a small network is right in 9")


def test_two_columns_that_tell_the_classes_only_together_are_a_signal(problem, rng):
    X = rng.standard_normal((300, 5))
    verdict = signal(problem(X, ((X[:, 0] > 0) ^ (X[:, 1] > 0)).astype(int)))
    assert verdict.signal == "signal"
    standing = verdict.evidence["standing"]
    assert standing["pairs"] > 10 > standing["columns"]


def test_what_bends_is_better_known_by_a_network_than_by_the_linear_model(problem, rng):
    X = rng.standard_normal((300, 2))
    verdict = signal(problem(X, X[:, 0] ** 2 + 0.3 * rng.standard_normal(300)))
    assert verdict.signal == "signal"
    assert verdict.evidence["better_than_linear"] > 0.95
    assert "(sure to 99.9 % or more)" in verdict.sentence  # no number of rows makes it 100
    assert "is smaller than that of a linear model (sure to" in verdict.sentence


def test_what_is_straight_is_known_to_the_linear_model_too(problem, rng):
    X = rng.standard_normal((300, 2))
    verdict = signal(problem(X, X @ [1.0, -1.0] + rng.standard_normal(300)))
    assert "A linear model does as well as this small network" in verdict.sentence


def test_noise_in_many_rows_is_no_signal_found(problem, rng):
    verdict = signal(problem(rng.standard_normal((400, 5)), rng.integers(3, size=400)))
    assert verdict.signal == "no signal found"
    assert verdict.evidence["power"]["found"] >= 0.8
    assert 0.05 < verdict.evidence["power"]["effect"] <= 0.1
    assert verdict.evidence["power"]["explained"] == pytest.approx(0.1)
    assert " % of the rows that it has not learnt from; guessing" in verdict.sentence
    assert "these columns do not tell these classes apart" in verdict.sentence


def test_where_one_class_is_frequent_a_weak_effect_must_have_been_found_too(problem, rng):
    """Knowing nearly all would gain so little accuracy there that finding it proves nothing."""
    X, y = rng.standard_normal((300, 6)), rng.permutation(np.arange(300) % 20 == 0).astype(int)
    verdict = signal(problem(X, y))
    assert verdict.signal == "cannot tell"
    power = verdict.evidence["power"]
    assert power["explained"] == pytest.approx(0.1)
    assert power["effect"] < 0.005
    assert "0 points of accuracy (10 % of the variance of what decides" in verdict.sentence


def test_noise_in_few_rows_cannot_be_told_and_how_many_would_do_is_said(problem, rng):
    verdict = signal(problem(rng.standard_normal((40, 8)), rng.standard_normal(40)))
    assert verdict.signal == "cannot tell"
    power = verdict.evidence["power"]
    assert power["found"] < 0.8
    assert 80 <= power["rows_needed"] <= 800
    assert f"About {power['rows_needed']:,} rows would show it." in verdict.sentence


def test_so_many_rows_as_are_said_to_be_needed_do(problem, rng):
    few = signal(problem(rng.standard_normal((40, 8)), rng.standard_normal(40)))
    rows = int(1.5 * few.evidence["power"]["rows_needed"])
    enough = signal(problem(rng.standard_normal((rows, 8)), rng.standard_normal(rows)))
    assert enough.signal == "no signal found"


def test_a_verdict_can_be_written_as_json_and_is_the_same_for_the_same_seed(problem, rng):
    X, y = rng.standard_normal((60, 3)), rng.standard_normal(60)
    verdict = signal(problem(X, y), seed=3)
    assert json.loads(json.dumps(verdict.evidence)) == verdict.evidence
    assert signal(problem(X, y), seed=3) == verdict


def test_more_shuffles_give_a_smaller_p_value(problem, rng):
    X = rng.standard_normal((100, 3))
    few, many = (signal(problem(X, X[:, 0]), shuffles=count).p_value for count in (99, 499))
    assert few == pytest.approx(1 / 100 / 0.8)
    assert many == pytest.approx(1 / 500 / 0.8)


def test_a_table_of_many_inputs_is_judged_on_fewer_rows_by_the_networks(problem, rng):
    X = rng.standard_normal((500, 150))
    verdict = signal(problem(X, (X[:, 0] > 0).astype(int)))
    assert verdict.signal == "signal"
    assert verdict.evidence["rows"] == 500
