"""The functions of a lecture: one_hot, softmax, categorical_cross_entropy."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helder import categorical_cross_entropy, one_hot, softmax
from helder.errors import ArgumentError, ShapeError


def test_one_hot_puts_a_one_in_the_column_of_the_class():
    expected = [[1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0]]
    np.testing.assert_array_equal(one_hot([0, 3, 1], 4), expected)
    np.testing.assert_array_equal(one_hot([[0], [3], [1]], 4), expected)


@pytest.mark.parametrize("y", [[0.0, 2.0], np.array([0, 2], np.uint8), np.array([0, 2], ">i8")])
def test_one_hot_takes_whole_numbers_of_any_type(y):
    np.testing.assert_array_equal(one_hot(y, 3), [[1, 0, 0], [0, 0, 1]])


def test_one_hot_of_no_rows_has_no_rows():
    assert one_hot([], 3).shape == (0, 3)


def test_labels_that_count_from_one_get_the_hint():
    with pytest.raises(ArgumentError, match="got 3") as error:
        one_hot([1, 2, 3], 3)
    assert "Accepted: 0 to 2" in str(error.value)
    assert "numbers any labels from 0" in str(error.value)


@pytest.mark.parametrize("y", [[0, -1], [0.5, 1], [0, math.nan], [0, math.inf], [1e30, 0]])
def test_what_is_no_class_number_is_refused(y):
    with pytest.raises(ArgumentError, match="Accepted: 0 to 2"):
        one_hot(y, 3)


def test_text_labels_are_refused_with_the_first_of_them():
    with pytest.raises(ArgumentError, match="y holds text") as error:
        one_hot(["bad", "good"], 2)
    assert "bad" in str(error.value)


def test_one_hot_refuses_a_table():
    with pytest.raises(ShapeError, match=r"got \(2, 2\)"):
        one_hot([[0, 1], [1, 0]], 2)


def test_softmax_rows_sum_to_one_and_keep_their_order(rng):
    z = rng.normal(0, 5, (6, 4))
    p = softmax(z)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_array_equal(np.argsort(p), np.argsort(z))
    np.testing.assert_allclose(softmax(z[0]), p[0])


def test_softmax_is_the_formula_and_a_shift_changes_nothing():
    np.testing.assert_allclose(softmax([0, math.log(3)]), [0.25, 0.75])
    np.testing.assert_allclose(softmax([1000, 1000 + math.log(3)]), [0.25, 0.75])


def test_softmax_far_out_in_float32():
    with np.errstate(all="raise", under="ignore"):
        p = softmax(np.array([[1000, -1000, 0]], np.float32))
    np.testing.assert_array_equal(p, [[1, 0, 0]])
    assert p.dtype == np.float32


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_knowing_nothing_costs_the_logarithm_of_the_number_of_classes(classes):
    p = np.full((5, classes), 1 / classes)
    y = np.arange(5) % classes
    assert categorical_cross_entropy(p, y) == pytest.approx(math.log(classes), rel=1e-14)


def test_a_perfect_prediction_costs_nothing():
    y = [0, 2, 1]
    assert categorical_cross_entropy(one_hot(y, 3), y) == 0


def test_class_numbers_and_one_hot_rows_mean_the_same(rng):
    p, y = softmax(rng.normal(size=(5, 3))), rng.integers(3, size=5)
    by_hand = -np.mean([math.log(p[row, y[row]]) for row in range(5)])
    assert categorical_cross_entropy(p, y) == pytest.approx(by_hand)
    assert categorical_cross_entropy(p, one_hot(y, 3)) == pytest.approx(by_hand)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_probability_of_zero_costs_much_and_not_infinitely_much(dtype):
    with np.errstate(all="raise"):
        loss = categorical_cross_entropy(np.array([[1, 0]], dtype), [1])
    assert 80 < loss < 1000


@pytest.mark.parametrize(
    ("p", "y", "says"),
    [
        ([0.5, 0.5], [0, 1], "p holds no rows"),
        ([[0.5, 0.5]], [0, 1], r"different numbers of rows: got \(1, 2\)"),
        ([[0.2, 0.3, 0.5]], [[0, 1]], "y holds no class numbers"),
    ],
)
def test_shapes_that_do_not_fit_are_said(p, y, says):
    with pytest.raises(ShapeError, match=says):
        categorical_cross_entropy(p, y)


def test_rows_of_several_classes_at_once_get_the_hint():
    with pytest.raises(ArgumentError, match="use a sigmoid output"):
        categorical_cross_entropy([[0.5, 0.5]], [[1, 1]])


def test_rows_of_unequal_length_are_said():
    with pytest.raises(ArgumentError, match="z is no array"):
        softmax([[1, 2], [3]])


def test_cross_entropy_of_what_is_no_probability_is_refused():
    with pytest.raises(ArgumentError, match="softmax"):
        categorical_cross_entropy([[5.0, -3.0]], [0])


def test_softmax_of_nothing_is_refused():
    with pytest.raises(ShapeError, match="no pre-activations"):
        softmax([])
