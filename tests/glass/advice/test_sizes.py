"""Networks of other sizes beside the recipe's: the same folds, the same rows, an interval."""

from __future__ import annotations

import json

import numpy as np
import pytest

from helder.core.losses import CategoricalCrossEntropy
from helder.glass.advice.sizes import beside, other_sizes
from helder.learn import Rows
from helder.model.problem import Problem, folds_for
from helder.model.recipes import Adjusted, Plain
from helder.table import Layout


def recipe(hidden):
    return Adjusted(Plain(), {"hidden": hidden}, {"epochs": 60, "learning_rate": 0.02})


def ring(rows=400):
    """Rows of two numbers, and whether they lie on a ring: no straight line divides them."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 2)).astype(np.float32)
    y = (np.hypot(*X.T) > 1.177).astype(int)
    ones = np.ones(rows, np.float32)
    folds = folds_for(rows, 4, 0, strata=y)
    targets = np.eye(2, dtype=np.float32)[y]
    return Problem(Rows(X, targets, ones), CategoricalCrossEntropy(), Layout(2), folds)


def test_a_network_that_is_too_small_gains_by_more_units():
    found = other_sizes(ring(), recipe((2,)))
    assert found.others["larger"].hidden == (4,)
    assert found.others["larger"].low > 0
    assert "A larger one (4) gains" in found.sentence


def test_where_units_are_plenty_half_of_them_do_as_well():
    smaller = other_sizes(ring(), recipe((32,))).others["smaller"]
    assert smaller.hidden == (16,)
    assert smaller.low < 0 < smaller.high


def test_beside_the_linear_model_there_is_no_smaller_one():
    found = other_sizes(ring(), recipe(()))
    assert list(found.others) == ["larger"]
    assert found.others["larger"].gain > 0.1


def test_differences_are_paired_and_an_error_that_falls_is_a_gain():
    drawn = np.array([0.5, 0.4, 0.5, 0.6])
    found = beside((4,), drawn - 0.1, drawn, -1)
    assert found.gain == pytest.approx(0.1)
    assert found.high - found.low == pytest.approx(0, abs=1e-9)


def test_json_can_hold_it():
    found = other_sizes(ring(rows=120), recipe((4,))).to_dict()
    assert json.loads(json.dumps(found)) == found


def test_of_a_handful_of_rows_nobody_can_tell():
    found = other_sizes(ring(rows=60), recipe((4,)))
    assert found.others is None
    assert "60 rows" in found.sentence
