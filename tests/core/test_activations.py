"""Every activation of the book: its slope, its limits, its known values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helder import Activation, Architecture, HelderError, MultilayerPerceptron
from helder.core import ACTIVATIONS
from helder.errors import ArgumentError, ShapeError

BENT = {"relu", "leaky_relu", "selu"}  # those with a kink at zero
STEP = 1e-6

every = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def strict():
    """Every floating-point complaint is an error; a number that rounds to zero is none."""
    return np.errstate(all="raise", under="ignore")


@every
def test_slope_is_the_derivative_of_the_function(activation):
    z = np.linspace(-8, 8, 160)  # no kink: zero is not among them
    if activation.name not in BENT:
        z = np.append(z, 0.0)
    f = activation.function
    expected = (f(z + STEP) - f(z - STEP)) / (2 * STEP)
    np.testing.assert_allclose(activation.slope(z, f(z)), expected, rtol=1e-7, atol=1e-6)


@every
@both_types
def test_far_out_and_at_zero_all_is_finite_and_nothing_complains(activation, dtype):
    z = np.array([-1000, -100, -0.0, 0.0, 100, 1000], dtype)
    with strict():
        a = activation.function(z)
        slope = activation.slope(z, a)
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()


@every
@both_types
def test_the_type_and_shape_are_kept(activation, dtype):
    z = np.linspace(-2, 2, 6).astype(dtype).reshape(2, 3)
    a = activation.function(z)
    assert (a.dtype, a.shape) == (dtype, (2, 3))
    assert (activation.slope(z, a).dtype, activation.slope(z, a).shape) == (dtype, (2, 3))


@every
@both_types
def test_a_nan_stays_a_nan_and_spoils_no_other(activation, dtype):
    z = np.array([-1, np.nan, 1], dtype)
    with strict():
        a = activation.function(z)
    assert np.isnan(a).tolist() == [False, True, False]


@every
def test_the_input_is_left_as_it_was(activation):
    z = np.linspace(-2, 2, 5)
    a = activation.function(z)
    activation.slope(z, a)
    np.testing.assert_array_equal(z, np.linspace(-2, 2, 5))
    assert not np.shares_memory(a, z)


@every
def test_every_activation_says_where_it_comes_from(activation):
    assert ACTIVATIONS[activation.name] is activation
    assert activation.source != "your own"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("relu", [0, 0, 0, 1, 2]),
        ("leaky_relu", [-0.02, -0.01, 0, 1, 2]),
        ("identity", [-2, -1, 0, 1, 2]),
        ("sigmoid", [0.119203, 0.268941, 0.5, 0.731059, 0.880797]),
        ("tanh", [-0.964028, -0.761594, 0, 0.761594, 0.964028]),
        ("elu", [-0.864665, -0.632121, 0, 1, 2]),
        ("selu", [-1.520166, -1.111331, 0, 1.050701, 2.101402]),
        ("softplus", [0.126928, 0.313262, 0.693147, 1.313262, 2.126928]),
        ("silu", [-0.238406, -0.268941, 0, 0.731059, 1.761594]),
        ("mish", [-0.252501, -0.303401, 0, 0.865098, 1.943959]),
        ("gelu", [-0.045402, -0.158808, 0, 0.841192, 1.954598]),
        ("gelu_exact", [-0.045500, -0.158655, 0, 0.841345, 1.954500]),
    ],
)
def test_known_values_at_minus_two_to_two(name, values):
    a = ACTIVATIONS[name].function(np.array([-2.0, -1, 0, 1, 2]))
    np.testing.assert_allclose(a, values, atol=5e-7)


def test_sigmoid_is_as_exact_far_below_zero_as_near_it():
    a = ACTIVATIONS["sigmoid"].function(np.array([-80], np.float32))
    np.testing.assert_allclose(a, 1 / (1 + math.exp(80)), rtol=1e-6)


def test_an_activation_of_your_own_in_one_line_trains(rng):
    square = Activation("square", lambda z: z * z, lambda z, a: 2 * z)
    X = rng.uniform(-1, 1, (64, 2))
    net = MultilayerPerceptron(Architecture(2, (8,), 1, activation=square, output="linear"))
    history = net.train(X, X[:, 0] * X[:, 1], learning_rate=0.02, epochs=150)
    assert history.losses[-1] < 0.02 * history.losses[0]  # a product is a sum of squares


def test_a_misspelt_activation_is_told_the_nearest():
    with pytest.raises(HelderError, match="did you mean 'sigmoid'") as error:
        Architecture(2, (3,), 2, activation="sigmiod")
    assert "got 'sigmiod'" in str(error.value)
    assert "leaky_relu" in str(error.value)


def test_an_activation_of_your_own_that_does_not_work_number_by_number_is_refused():
    total = Activation("total", lambda z: z.sum(), lambda z, a: z)
    with pytest.raises(ShapeError, match="total does not work number by number"):
        Architecture(2, (3,), 2, activation=total)
    hard = Activation("hard", lambda z: z if z > 0 else 0 * z, lambda z, a: np.sign(a))
    with pytest.raises(ArgumentError, match=r"np\.where"):
        Architecture(2, (3,), 2, activation=hard)


def test_a_name_in_the_book_is_not_free_for_another_formula():
    with pytest.raises(ArgumentError, match="has this name already: got 'relu'"):
        Architecture(2, (3,), 2, activation=Activation("relu", np.tanh, lambda z, a: 1 - a * a))
    assert Architecture(2, (3,), 2, activation=ACTIVATIONS["relu"]).hidden_layers
