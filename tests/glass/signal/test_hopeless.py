"""Tables of which little or nothing can be said: a sensible answer, never a crash."""

from __future__ import annotations

import numpy as np
import pytest

from helder.glass.signal import signal

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 3))
COIN = RNG.integers(2, size=60)
NUMBER = RNG.standard_normal(60)


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_a_handful_of_rows(problem, rows):
    verdict = signal(problem(X[:rows], NUMBER[:rows]))
    assert (verdict.signal, verdict.p_value) == ("cannot tell", 1.0)
    assert "fewer than five rows" in verdict.sentence


def test_five_rows(problem):
    assert signal(problem(X[:5], NUMBER[:5])).signal == "cannot tell"


@pytest.mark.parametrize("y", [np.zeros(60, int), np.ones(60, int), np.full(60, 3.5)])
def test_one_target(problem, y):
    verdict = signal(problem(X, y))
    assert (verdict.signal, verdict.p_value) == ("cannot tell", 1.0)
    assert "the same in every row" in verdict.sentence


@pytest.mark.parametrize("inputs", [np.ones((60, 3)), np.full((60, 2), np.nan), np.ones((60, 0))])
def test_columns_that_are_all_the_same_or_missing(problem, inputs):
    verdict = signal(problem(inputs, COIN))
    assert (verdict.signal, verdict.p_value) == ("no signal found", 1.0)
    assert "every column is the same" in verdict.sentence


def test_cells_that_are_missing_or_without_end(problem):
    holes = X.copy()
    holes[::7, 1], holes[3, 2] = np.nan, np.inf
    verdict = signal(problem(holes, (X[:, 0] > 0).astype(int)))
    assert verdict.signal == "signal"


def test_rows_that_count_nothing_are_not_looked_at(problem):
    weights = np.ones(60)
    weights[20:] = 0
    y = np.where(np.arange(60) < 20, NUMBER, 100 * X[:, 0])
    verdict = signal(problem(X, y, weights))
    assert verdict.evidence["rows"] == 20
    assert verdict.signal == "cannot tell"
    assert signal(problem(X, y, np.zeros(60))).signal == "cannot tell"


@pytest.mark.parametrize("rare", [1, 2])
def test_a_class_with_one_row(problem, rare):
    y = COIN.copy()
    y[:rare] = 2
    assert signal(problem(X, y)).signal in ("no signal found", "cannot tell")


def test_all_rows_of_one_class_but_one(problem):
    y = np.zeros(60, int)
    y[7] = 1
    assert signal(problem(X, y)).signal == "cannot tell"


def test_groups_or_times_that_are_too_few(problem):
    few = np.arange(60) % 3
    assert signal(problem(X, COIN), groups=few).signal == "cannot tell"
    assert signal(problem(X, COIN), groups=np.zeros(60, int)).signal == "cannot tell"
    assert signal(problem(X, COIN), times=np.zeros(60)).signal == "cannot tell"


def test_numbers_out_of_all_proportion(problem):
    wild = np.exp(20 * NUMBER)
    verdict = signal(problem(X * 1e30, wild))
    assert verdict.signal in ("no signal found", "cannot tell")
    assert np.isfinite(verdict.evidence["score"])
