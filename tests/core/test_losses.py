"""Every loss of the book: its gradient, its limits, and its agreement with scikit-learn."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn import metrics

from helder.core import LOSSES, Huber, Poisson, Quantile, categorical_cross_entropy, softmax
from helder.core.losses import OUTPUTS, STEEPEST, loss_named
from helder.errors import ArgumentError, ShapeError
from helder.glass.gradients import compare

VALUES = [*(loss() for loss in LOSSES.values()), Huber(0.3), Huber(4.0), Quantile(0.1)]

every = pytest.mark.parametrize("loss", VALUES, ids=repr)
ROWS, OUTPUTS_OF_ROW = 7, 3


@pytest.fixture
def z(rng):
    return rng.normal(0, 2, (ROWS, OUTPUTS_OF_ROW))


@every
def test_gradient_is_the_derivative_of_the_value(loss, z, rng, targets):
    y = targets(loss, rng, *z.shape)
    found = compare(lambda: float(loss.value(z, y).sum()), {"z": (z, loss.gradient(z, y))})
    assert found.verdict == "ok", found


@every
def test_each_row_has_a_value_of_its_own(loss, z, rng, targets):
    y = targets(loss, rng, *z.shape)
    together = loss.value(z, y)
    assert together.shape == (ROWS, 1)
    alone = [loss.value(z[[row]], y[[row]]) for row in range(ROWS)]
    np.testing.assert_array_equal(together, np.concatenate(alone))


@every
def test_far_out_in_float32_all_is_finite_and_nothing_complains(loss, rng, targets):
    z = np.array(list(itertools.product([-1000, 0, 1000], repeat=3)), np.float32)
    y = targets(loss, rng, *z.shape).astype(np.float32)
    with np.errstate(all="raise", under="ignore"):
        for result in loss.value(z, y), loss.gradient(z, y), loss.link(z):
            assert np.isfinite(result).all()
            assert result.dtype == np.float32


@every
def test_z_and_y_are_left_as_they_were(loss, z, rng, targets):
    y = targets(loss, rng, *z.shape)
    before = z.copy(), y.copy()
    loss.value(z, y), loss.gradient(z, y), loss.link(z)
    np.testing.assert_array_equal(z, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_cross_entropy_agrees_with_scikit_learn_and_with_the_lecture(z, rng):
    loss, labels = LOSSES["categorical_cross_entropy"](), rng.integers(3, size=ROWS)
    mean = loss.value(z, loss.target(labels, 3)).mean()
    np.testing.assert_allclose(mean, metrics.log_loss(labels, softmax(z), labels=[0, 1, 2]))
    np.testing.assert_allclose(mean, categorical_cross_entropy(softmax(z), labels), rtol=1e-12)


def test_binary_cross_entropy_agrees_with_scikit_learn_output_by_output(z, rng):
    loss, y = LOSSES["binary_cross_entropy"](), rng.integers(2, size=z.shape)
    by_output = [
        metrics.log_loss(y[:, k], loss.link(z)[:, k], labels=[0, 1]) for k in range(z.shape[1])
    ]
    np.testing.assert_allclose(loss.value(z, y).mean(), sum(by_output))


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("mean_squared_error", metrics.mean_squared_error),
        ("mean_absolute_error", metrics.mean_absolute_error),
    ],
)
def test_errors_of_numbers_agree_with_scikit_learn(name, metric, z, rng):
    y = rng.normal(size=z.shape)
    np.testing.assert_allclose(LOSSES[name]().value(z, y).mean(), metric(y, z))


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_quantile_agrees_with_the_pinball_loss(level, z, rng):
    y = rng.normal(size=z.shape)
    expected = metrics.mean_pinball_loss(y, z, alpha=level)
    np.testing.assert_allclose(Quantile(level).value(z, y).mean(), expected)


def test_poisson_is_half_the_deviance_up_to_a_term_of_y_alone(z, rng):
    y = rng.integers(1, 6, size=z.shape).astype(float)
    deviance = metrics.mean_poisson_deviance(y.ravel(), np.exp(z).ravel())
    constant = np.mean(y * np.log(y) - y)
    np.testing.assert_allclose(Poisson().value(z, y).mean() + constant, deviance / 2)


@pytest.mark.parametrize("delta", [0.3, 1.0, 4.0])
def test_huber_is_squared_near_the_target_and_absolute_far_from_it(delta, z, rng):
    y = rng.normal(size=z.shape)
    far = np.abs(z - y)
    assert (far < delta).any()
    by_hand = np.where(far <= delta, far**2 / 2, delta * (far - delta / 2))
    np.testing.assert_allclose(Huber(delta).value(z, y), by_hand.mean(axis=1, keepdims=True))


def test_a_confident_right_answer_keeps_its_small_loss_in_float32():
    # log(1 + e^-12): the difference of two numbers near 12 would keep one digit of it.
    small = np.log1p(np.exp(-12.0))
    z = np.array([[12]], np.float32)
    binary = LOSSES["binary_cross_entropy"]()
    np.testing.assert_allclose(binary.value(z, np.ones_like(z)), small, rtol=1e-5)
    np.testing.assert_allclose(binary.value(-z, np.zeros_like(z)), small, rtol=1e-5)


def test_what_all_pre_activations_share_costs_the_loss_no_digits():
    z, y = np.array([[1000, 995]], np.float32), np.array([[1, 0]], np.float32)
    expected = np.log1p(np.exp(-5.0))
    loss = LOSSES["categorical_cross_entropy"]()
    np.testing.assert_allclose(loss.value(z, y), expected, rtol=2e-5)


def test_a_poisson_mean_goes_on_as_a_straight_line_where_the_exponential_gets_too_steep():
    z = STEEPEST + np.array([[-1e-9], [1e-9], [1.0]])
    mean = Poisson().link(z)
    np.testing.assert_allclose(mean[0], mean[1])  # no jump
    np.testing.assert_allclose(mean[2], 2 * np.exp(STEEPEST))


@pytest.mark.parametrize(("output", "loss"), OUTPUTS.items())
def test_an_output_names_the_loss_that_belongs_to_it(output, loss):
    assert loss_named(output) == loss()


def test_a_loss_itself_passes_through_and_a_misspelt_one_is_told_the_nearest():
    assert loss_named(Huber(2.0)) == Huber(2.0)
    with pytest.raises(ArgumentError, match="did you mean 'softmax'"):
        loss_named("sofmax")


@pytest.mark.parametrize("wrong", [lambda: Huber(0), lambda: Huber(-1), lambda: Quantile(1)])
def test_a_loss_refuses_a_setting_that_makes_no_sense(wrong):
    with pytest.raises(ArgumentError, match="Accepted"):
        wrong()


@pytest.mark.parametrize(
    ("output", "y", "says"),
    [
        ("sigmoid", [0, 1, 2], "a sigmoid is compared with 0 and 1: got 2.0"),
        ("exp", [3, -1, 2], "a count is never negative: got -1.0"),
        ("linear", ["a", "b", "c"], "y holds text"),
    ],
)
def test_a_target_that_the_loss_cannot_use_is_said(output, y, says):
    with pytest.raises(ArgumentError, match=says):
        loss_named(output).target(y, 1)


def test_a_target_of_the_wrong_shape_is_said():
    with pytest.raises(ShapeError, match=r"got \(3,\)"):
        loss_named("linear").target([1, 2, 3], 2)
