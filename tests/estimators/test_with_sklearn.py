"""The estimators inside scikit-learn's own tools."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn
from scipy import sparse
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def test_grid_search_chooses_among_parameters(classifier, blobs):
    X, y = blobs
    search = GridSearchCV(classifier(epochs=5), {"hidden": [(), (8,)], "members": [1, 2]}, cv=2)
    search.fit(X, y)
    assert set(search.best_params_) == {"hidden", "members"}
    assert search.score(X, y) > 0.7


def test_cross_val_score_agrees_with_the_score_of_one_fit(classifier, blobs):
    X, y = blobs
    outer = cross_val_score(classifier(), X, y, cv=3).mean()
    score = classifier().fit(X, y).cv_score_
    assert score.low < outer < score.high


def test_a_pipeline_passes_weights_and_gives_probabilities(classifier, blobs):
    X, y = blobs
    pipeline = make_pipeline(StandardScaler(), classifier())
    pipeline.fit(X, y, mlpclassifier__sample_weight=np.ones(len(y)))
    assert pipeline.predict_proba(X).shape == (400, 3)
    assert pipeline.score(X, y) > 0.8


def test_routed_weights_arrive(regressor, waves):
    X, y = waves
    weights = np.random.default_rng(0).uniform(0.1, 5, len(y))
    with sklearn.config_context(enable_metadata_routing=True):
        model = regressor(epochs=5).set_fit_request(sample_weight=True)
        routed = make_pipeline(model).fit(X, y, sample_weight=weights)
    direct = regressor(epochs=5).fit(X, y, sample_weight=weights)
    assert (routed.predict(X) == direct.predict(X)).all()
    assert (routed.predict(X) != regressor(epochs=5).fit(X, y).predict(X)).any()


def test_permutation_importance_finds_the_column_that_says_nothing(regressor, waves):
    X, y = waves
    model = regressor().fit(X, y)
    found = permutation_importance(model, X, y, n_repeats=3, random_state=0)
    assert np.argmin(found.importances_mean) == 2


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
def test_sparse_rows_are_rows(classifier, blobs, kind):
    X, y = blobs
    X = np.where(X > 0.5, X, 0)
    dense = classifier(epochs=3).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(
        classifier(epochs=3).fit(kind(X), y).predict_proba(kind(X)), dense, rtol=1e-5
    )


def test_missing_values_are_taken_as_they_come(classifier, blobs):
    X, y = blobs
    X = np.where(np.random.default_rng(0).uniform(size=X.shape) < 0.1, np.nan, X)
    model = classifier().fit(X, y)
    assert np.isfinite(model.predict_proba(X)).all()
    assert model.score(X, y) > 0.7
