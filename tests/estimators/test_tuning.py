"""`tune=True`: several ensembles predict together, as one estimator."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from helder import load
from helder.errors import ArgumentError
from helder.model import tuning


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Three are tried."""
    monkeypatch.setattr(tuning, "MOST_TRIED", 3)


def test_what_was_tried_and_kept_is_said(classifier, regressor, blobs, waves):
    for model, (X, y) in ((classifier(tune=True), blobs), (regressor(tune=True), waves)):
        model.set_params(epochs=8).fit(X, y)
        assert len(model.tuned_) == 3
        assert model.tuned_[0].values == {}
        networks = len(model.net_.parameters.values)
        assert networks == sum(one.kept for one in model.tuned_) >= 4
        assert model.shortened_ == ()
        assert model.cv_score_ is not None
        assert model.predict_std(X).shape[0] == 400


def test_a_tuned_estimator_is_saved_and_pickled(classifier, blobs, tmp_path):
    X, y = blobs
    model = classifier(tune=True, epochs=8).fit(X, y)
    model.save(tmp_path / "tuned.helder")
    again = load(tmp_path / "tuned.helder")
    np.testing.assert_allclose(again.predict_proba(X), model.predict_proba(X), rtol=1e-6)
    assert again.tune
    assert pickle.loads(pickle.dumps(model)).tuned_ == model.tuned_


def test_rows_given_for_it_choose_what_is_kept(classifier, blobs):
    X, y = blobs
    model = classifier(tune=True, epochs=8).fit(X[:300], y[:300], X_val=X[300:], y_val=y[300:])
    assert len(model.tuned_) == 3
    assert model.cv_score_ is None


def test_few_rows_leave_nobody_to_choose(classifier, blobs):
    X, y = blobs
    model = classifier(tune=True, epochs=3).fit(X[:4], y[:4])
    assert [one.kept for one in model.tuned_] == [len(model.net_.parameters.values)]


def test_tuning_does_not_go_on_from_networks(classifier, blobs):
    with pytest.raises(ArgumentError, match="anew"):
        classifier(tune=True, warm_start=True).fit(*blobs)


def test_without_tuning_nothing_was_tried(classifier, blobs):
    assert classifier(epochs=2).fit(*blobs).tuned_ == ()
