"""What out-of-fold rows say: temperatures, calibration errors, conformal sets and intervals."""

from __future__ import annotations

import numpy as np
import pytest

from helder import Architecture, MultilayerPerceptron, one_hot, softmax
from helder.core.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    MeanSquaredError,
    Poisson,
)
from helder.errors import ArgumentError
from helder.model.calibration import (
    Conformal,
    Temperature,
    calibration_error,
    cool,
    temperature,
    together,
)
from helder.model.problem import folds_for

LOSS = CategoricalCrossEntropy()


def drawn(rng, rows, sureness):
    """Class numbers drawn from softmax(z), and z as one that is too sure says it, (1, N, 3)."""
    z = rng.normal(0, 1.5, size=(rows, 3))
    y = np.array([rng.choice(3, p=p) for p in softmax(z)])
    return sureness * z[None], y


@pytest.mark.parametrize("sureness", [0.4, 1.0, 3.0])
def test_the_temperature_is_how_much_too_sure_the_network_was(rng, sureness):
    z, y = drawn(rng, 4000, sureness)
    found = temperature(z, one_hot(y, 3), np.ones(4000), LOSS, folds_for(4000, 8, 0))
    assert found.value == pytest.approx(sureness, rel=0.1)
    np.testing.assert_allclose(found.by_fold, sureness, rtol=0.15)


def test_networks_that_predict_together_are_cooled_less(rng):
    z, y = drawn(rng, 400, 2.0)
    few, many = (
        temperature(z, one_hot(y, 3), np.ones(400), LOSS, folds_for(400, K, 0)) for K in (2, 8)
    )
    assert many.value == pytest.approx(few.value)
    assert few.value > few.together > many.together > many.value / 1.15


def test_a_parabola_finds_the_lowest_loss_there_is(rng):
    z, y = drawn(rng, 300, 2.2)
    hot, weights = one_hot(y, 3), rng.uniform(0, 3, 300)
    value = temperature(z, hot, weights, LOSS, folds_for(300, 4, 0)).value

    def loss(T):
        doubt = np.log(T) ** 2 / 2
        return np.sum(weights / weights.mean() * LOSS.value(z[0] / T, hot)[:, 0]) + doubt

    assert loss(value) < min(loss(T) for T in np.geomspace(1 / 8, 8, 1000)) + 0.02


def test_the_temperature_of_a_fold_is_chosen_by_the_others(rng):
    z, y = drawn(rng, 400, 2.0)
    folds, hot = folds_for(400, 4, 0), one_hot(y, 3)
    before = temperature(z, hot, np.ones(400), LOSS, folds)
    changed = hot.copy()
    changed[folds[1].held_out] = one_hot(rng.integers(3, size=100), 3)
    after = temperature(z, changed, np.ones(400), LOSS, folds)
    assert after.by_fold[1] == pytest.approx(before.by_fold[1], rel=1e-9)
    assert (after.by_fold[[0, 2, 3]] != before.by_fold[[0, 2, 3]]).all()
    cooled = before.cooled(z, folds, LOSS)
    for fold, T in zip(folds, before.by_fold, strict=True):
        np.testing.assert_allclose(cooled[fold.held_out], z[0, fold.held_out] / T)


def test_no_loss_gets_worse_and_nothing_runs_off(rng):
    for rows in (6, 10, 40):
        for _ in range(20):
            z, y = drawn(rng, rows, 1.0)
            found = temperature(z, one_hot(y, 3), np.ones(rows), LOSS, folds_for(rows, 3, 0))
            before, after = (LOSS.value(z[0] / T, one_hot(y, 3)).sum() for T in (1, found.value))
            assert after <= before
            assert 1 / 8 < found.value < 8
    apart = 50 * (one_hot(y, 3) - 0.5)  # separated perfectly
    found = temperature(apart[None], one_hot(y, 3), np.ones(40), LOSS, folds_for(40, 3, 0))
    assert found.value == pytest.approx(1, abs=0.1)


def test_labels_have_a_temperature_too(rng):
    z = rng.normal(size=(3000, 2))
    y = (rng.uniform(size=z.shape) < 1 / (1 + np.exp(-z))).astype(float)
    folds = folds_for(3000, 4, 0)
    found = temperature(2 * z[None], y, np.ones(3000), BinaryCrossEntropy(), folds)
    assert found.value == pytest.approx(2, rel=0.15)


@pytest.mark.parametrize("loss", [LOSS, BinaryCrossEntropy(), MeanSquaredError()])
def test_several_networks_together_predict_the_mean_of_their_predictions(rng, loss):
    z = rng.normal(0, 3, size=(4, 50, 3))
    np.testing.assert_allclose(loss.link(together(z, loss)), loss.link(z).mean(axis=0), rtol=1e-9)
    assert (together(z[:1], loss) == z[0]).all()
    far = 200 * z.astype(np.float32)  # probabilities of 0 and 1, yet no infinity
    assert np.isfinite(together(far, loss)).all()


def test_a_mean_of_counts_is_not_known(rng):
    with pytest.raises(ArgumentError, match="link"):
        together(rng.normal(size=(2, 5, 1)), Poisson())


def test_the_temperature_of_several_is_that_of_their_mean(rng):
    """Networks that err each in its own way are too sure alone, and together less so."""
    z, y = drawn(rng, 3000, 1.0)
    noisy = z + rng.normal(0, 1.0, size=(6, 3000, 3))
    folds, hot = folds_for(3000, 4, 0), one_hot(y, 3)
    alone = temperature(noisy[:1], hot, np.ones(3000), LOSS, folds)
    found = temperature(noisy, hot, np.ones(3000), LOSS, folds)
    assert found.value < 0.9 * alone.value

    def loss(T):
        p = softmax(noisy / T).mean(axis=0)  # (N, C)
        return -np.log(p[np.arange(3000), y]).mean()

    assert loss(found.value) < min(loss(T) for T in np.geomspace(0.3, 3, 200)) + 1e-4
    p = LOSS.link(found.cooled(noisy, folds, LOSS))
    first = folds[0].held_out
    np.testing.assert_allclose(
        p[first], softmax(noisy[:, first] / found.by_fold[0]).mean(axis=0), rtol=1e-6
    )


def test_two_networks_for_each_row_tell_how_sure_the_mean_of_many_is(rng):
    z, y = drawn(rng, 6000, 1.0)
    noisy = z + rng.normal(0, 0.7, size=(16, 6000, 3))  # two repeats of eight networks
    folds, hot = folds_for(6000, 8, 0), one_hot(y, 3)
    one, two, all_of_them = (
        temperature(noisy[:n], hot, np.ones(6000), LOSS, folds) for n in (1, 2, 16)
    )
    assert two.alone == pytest.approx(one.value, rel=0.03)
    assert two.together == pytest.approx(all_of_them.value, rel=0.06)
    assert all_of_them.value < 0.9 * two.value


def test_a_cooled_network_says_the_softmax_of_z_over_the_temperature(rng):
    net = MultilayerPerceptron(Architecture(3, (5,), 3), members=2)
    X = rng.normal(size=(10, 3))
    z = [net.member(k).forward(X).z.copy() for k in range(2)]
    cool(net.parameters, 2.5)
    expected = np.mean([softmax(one / 2.5) for one in z], axis=0)
    np.testing.assert_allclose(net.predict_proba(X), expected, rtol=1e-5)


def test_the_calibration_error_is_the_gap_between_sureness_and_truth():
    p = np.array([[0.9, 0.1]] * 10 + [[0.3, 0.7]] * 10)
    y = np.array([0] * 9 + [1] + [1] * 4 + [0] * 6)
    assert calibration_error(y, p) == pytest.approx((0.0 + 0.3) / 2)
    assert calibration_error(y, p, np.repeat([0.0, 1.0], 10)) == pytest.approx(0.3)
    assert calibration_error(np.zeros(3, int), np.eye(3)[[0, 0, 0]]) == 0


def test_quantiles_count_the_new_row_too():
    nine = Conformal.of(np.arange(9, 0, -1.0)[:, None])
    assert nine.quantile(0.9) == 9  # the 9th of 9 covers 9 of 10
    assert nine.quantile(0.5) == 5
    assert nine.quantile(0.91) == np.inf


def test_intervals_and_sets_cover_what_they_say(rng):
    covered, sizes = [], []
    for _ in range(300):
        z, y = drawn(rng, 60, 1.0)
        p = softmax(z[0])
        seen = Conformal.of(-p[np.arange(40), y[:40], None])
        sets = seen.classes(p[40:], 0.8)
        assert sets.any(axis=1).all()
        covered.append(sets[np.arange(20), y[40:]].mean())
        sizes.append(sets.sum(axis=1).mean())
    assert 0.79 < np.mean(covered) < 0.84
    assert 1 < np.mean(sizes) < 2
    wrong = rng.exponential(size=(400, 50))
    ends = [Conformal.of(row[:30, None]).interval(np.zeros((1, 1)), 0.9) for row in wrong]
    inside = [(row[30:] <= end[0, 0, 1]).mean() for row, end in zip(wrong, ends, strict=True)]
    assert 0.88 < np.mean(inside) < 0.92


def test_few_networks_never_make_the_mean_of_many_much_surer():
    wild = Temperature(1.0, 8.0, 2, np.ones(8))
    assert wild.together == pytest.approx(1 / 1.5)
