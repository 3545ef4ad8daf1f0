"""A fit in limited time: it is shortened where it must be, and says so."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from helder import load
from helder.errors import ArgumentError, ShortenedWarning


def test_a_fit_that_has_the_time_is_not_shortened(classifier, blobs):
    X, y = blobs
    with warnings.catch_warnings():
        warnings.simplefilter("error", ShortenedWarning)
        model = classifier(epochs=5).fit(X, y, time_limit=3600)
    assert model.shortened_ == ()
    free = classifier(epochs=5).fit(X, y)
    assert (model.predict_proba(X) == free.predict_proba(X)).all()
    assert free.shortened_ == ()


def test_a_fit_that_has_not_the_time_says_what_it_left_out(
    classifier, regressor, blobs, waves, tmp_path
):
    for model, (X, y) in ((classifier(), blobs), (regressor(), waves)):
        model.set_params(epochs=1_000_000)
        with pytest.warns(ShortenedWarning, match=r"0\.5 s are less") as caught:
            model.fit(X, y, time_limit=0.5)
        assert len(caught) == 1
        assert "in place of 1000000" in " ".join(model.shortened_)
        assert model.n_iter_ < 1_000_000
        model.save(tmp_path / "model.helder")
        assert load(tmp_path / "model.helder").shortened_ == model.shortened_
        assert np.isfinite(model._predicted(X)).all()
        assert model.set_params(epochs=2).fit(X, y).shortened_ == ()


def test_rows_that_choose_the_epoch_may_be_given_too(classifier, blobs):
    X, y = blobs
    with pytest.warns(ShortenedWarning):
        model = classifier().fit(X[:300], y[:300], X_val=X[300:], y_val=y[300:], time_limit=1e-6)
    assert len(model.net_.parameters.values) == 1
    assert model.predict(X).shape == (400,)


def test_a_handful_of_rows_has_time_enough(classifier, regressor, blobs, waves):
    for model, (X, y) in ((classifier(), blobs), (regressor(), waves)):
        assert model.fit(X[:4], y[:4], time_limit=3600).shortened_ == ()


def test_a_limit_below_nothing_is_an_error(classifier, blobs):
    with pytest.raises(ArgumentError, match="time_limit"):
        classifier().fit(*blobs, time_limit=-1)


def test_a_metric_of_positive_numbers_alone_bears_a_limit_of_time(regressor, waves):
    X, y = waves
    model = regressor(epochs=4, metric="neg_mean_squared_log_error")
    assert model.fit(X, np.abs(y), time_limit=20).cv_score_ is not None


def test_a_handful_of_rows_in_groups_bears_a_limit_of_time(classifier):
    model = classifier(epochs=2, members=2)
    model.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1], groups=[1, 1, 2, 2], time_limit=20)
    assert model.cv_score_ is not None
