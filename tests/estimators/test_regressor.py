"""The regressor: numbers in their own units, intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest

from helder import MLPRegressor, load
from helder.errors import ArgumentError


def test_numbers_come_back_in_their_own_units(regressor, waves):
    X, y = waves
    model = regressor(metric=None).fit(X, y)
    assert model.predict(X).shape == (400,)
    assert model.score(X, y) > 0.8
    assert abs(model.predict(X).mean() - y.mean()) < 3
    assert model.cv_score_.metric == "r2"
    assert model.oof_prediction_.shape == (400,)
    assert model.cv_score_.low < 1 - np.var(y - model.oof_prediction_) / np.var(y)


def test_intervals_hold_as_many_new_rows_as_they_say(regressor, waves):
    X, y = waves
    model = regressor().fit(X[:250], y[:250])
    for coverage in (0.6, 0.9):
        low, high = model.predict_interval(X[250:], coverage=coverage).T
        inside = ((low <= y[250:]) & (y[250:] <= high)).mean()
        assert coverage - 0.08 < inside < coverage + 0.15
        assert (low + high) / 2 == pytest.approx(model.predict(X[250:]), rel=1e-5)
    few = regressor().fit(X[:20], y[:20]).predict_interval(X, coverage=0.99)
    assert np.isinf(few).all()
    with pytest.raises(ArgumentError, match="coverage"):
        model.predict_interval(X, coverage=90)


def test_several_numbers_at_once(regressor, waves):
    X, y = waves
    both = np.column_stack([y, 1000 * X[:, 2]])
    for metric in (None, "mae"):
        model = regressor(metric=metric).fit(X, both)
    assert model.predict(X).shape == model.oof_prediction_.shape == (400, 2)
    assert model.predict_std(X).shape == (400, 2)
    assert model.score(X, both) > 0.8
    ends = model.predict_interval(X)
    assert ends.shape == (400, 2, 2)
    widths = np.diff(ends[0], axis=1)[:, 0]
    assert widths[1] > 3 * widths[0]  # each in its own units
    with pytest.raises(ArgumentError, match="columns"):
        model.fit(X, y, X_val=X, y_val=both)


@pytest.mark.parametrize("rows", [1, 2, 4, 5, 9])
def test_a_handful_of_rows_is_enough_to_fit(regressor, waves, rows):
    X, y = waves
    model = regressor(members=8).fit(X[:rows], y[:rows])
    assert np.isfinite(model.predict(X)).all()
    assert (model.oof_prediction_ is None) == (rows < 5)
    if rows < 5:
        with pytest.raises(ArgumentError, match="out of fold"):
            model.predict_interval(X)


def test_a_number_that_never_varies_is_predicted(regressor, waves):
    X, _ = waves
    model = regressor().fit(X, np.full(400, 7.5))
    np.testing.assert_allclose(model.predict(X), 7.5, atol=0.2)


def test_large_and_small_numbers_keep_their_digits(regressor, waves):
    X, y = waves
    plain = regressor().fit(X, y).predict(X)
    shifted = regressor().fit(X, 1e9 + 1e-3 * y).predict(X)
    np.testing.assert_allclose((shifted - 1e9) * 1e3, plain, rtol=1e-3)


def test_partial_fit_goes_on(regressor, waves):
    X, y = waves
    model = regressor()
    for _ in range(30):
        model.partial_fit(X, y)
    assert model.n_iter_ == 30
    assert model.score(X, y) > 0.6
    assert model.cv_score_ is None
    fitted = regressor().fit(X, y)
    before = fitted.score(X, y)
    fitted.partial_fit(X, y)
    assert len(fitted.net_.parameters.values) == 2 * 4
    assert fitted.score(X, y) > before - 0.05
    with pytest.raises(ArgumentError, match="out of fold"):
        fitted.predict_interval(X)


def test_the_strong_recipe_predicts_no_number_beyond_those_of_training(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = np.column_stack([3 * X[:, 0] + 7, X[:, 1]])
    how = {"epochs": 8, "members": 2, "random_state": 0}
    far = 40 * X
    for target in (y, y[:, 0]):
        model = MLPRegressor(**how).fit(X, target)
        found = model.predict(far)
        assert (found >= target.min(axis=0)).all()
        assert (found <= target.max(axis=0)).all()
        at_an_end = (found == target.max(axis=0)) | (found == target.min(axis=0))
        assert at_an_end.any()  # so that something was held back
        model.save(tmp_path / "model.helder")
        assert (load(tmp_path / "model.helder").predict(far) == found).all()
    free = MLPRegressor(recipe="plain", **how).fit(X, y[:, 0])
    assert free.predict(far).max() > y[:, 0].max()


def test_parts_of_the_rows_widen_what_may_be_predicted():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = 10 * X[:, 0]
    low, high = X[:, 0] < 0, X[:, 0] >= 0
    model = MLPRegressor(random_state=0).partial_fit(X[low], y[low])
    assert model.predict(X).max() <= y[low].max()
    for _ in range(20):
        model.partial_fit(X[high], y[high])
    assert model.predict(X).max() > 10
