"""Numbers as the network sees them, in their own units again, and within what training held."""

from __future__ import annotations

import numpy as np
import pytest

from helder.learn.folds import Fold
from helder.model.scale import Scale

Y, WEIGHTS = np.array([2.0, 4.0, 6.0, 100.0]), np.array([1.0, 2.0, 1.0, 0.0])


def test_numbers_that_count_have_mean_0_and_standard_deviation_1():
    scale = Scale.of(Y, WEIGHTS, clamps=False)
    seen = scale.standardised(Y)
    assert np.average(seen, weights=WEIGHTS) == pytest.approx(0)
    assert np.average(seen**2, weights=WEIGHTS) == pytest.approx(1)
    np.testing.assert_allclose(scale.in_units(seen), Y)
    assert Scale.of(np.full(3, 5.0), np.ones(3), clamps=False).std == 1.0


def test_nothing_beyond_the_numbers_that_counted_is_predicted():
    scale = Scale.of(Y, WEIGHTS, clamps=True)
    assert scale.limits == (2.0, 6.0)
    assert scale.in_units(np.array([-50.0, 0.0, 50.0])).tolist() == [2.0, 4.0, 6.0]
    wider = scale.widened(np.array([-3.0, 5.0]), np.ones(2))
    assert wider.limits == (-3.0, 6.0)
    assert wider[:2] == scale[:2]
    bare = Scale.of(Y, WEIGHTS, clamps=False)
    assert bare.widened(Y, WEIGHTS).limits is None


def test_a_fold_s_own_numbers_bound_nothing_of_it():
    y, ones = np.array([1.0, 2.0, 3.0, 9.0]), np.ones(4)
    folds = [Fold(np.array([0, 1]), np.array([2, 3])), Fold(np.array([2, 3]), np.array([0, 1]))]
    scale = Scale.of(y, ones, clamps=True)
    far = np.full(4, 100.0)
    assert scale.out_of_fold(far, y, ones, folds).tolist() == [9.0, 9.0, 2.0, 2.0]
    assert scale.out_of_fold(-far, y, ones, folds).tolist() == [3.0, 3.0, 1.0, 1.0]
