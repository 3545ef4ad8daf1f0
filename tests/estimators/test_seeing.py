"""An estimator traces one row through one of its networks."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from helder import MLPClassifier
from helder.errors import ArgumentError, ShapeError


def test_the_mean_of_the_members_traces_is_the_prediction(classifier, blobs):
    X, y = blobs
    model = classifier(epochs=3).fit(X, y)
    networks = len(model.net_.parameters.values)
    traces = [model.trace(X[4:5], "dog", member=k + 1) for k in range(networks)]
    mean = np.mean([one.result.named("p") for one in traces], axis=0)
    np.testing.assert_allclose(mean, model.predict_proba(X[4:5]), rtol=1e-5)
    assert traces[0].outputs == ("cat", "dog", "elk")
    np.testing.assert_array_equal(traces[0].result.named("y"), [[0, 1, 0]])


def test_a_number_is_traced_in_the_networks_scale(regressor, waves):
    X, y = waves
    model = regressor(epochs=3, members=1).fit(X, y)
    found = model.trace(X[:1], y[0])
    np.testing.assert_allclose(model._target.decode(found.result.named("p")), model.predict(X[:1]))
    np.testing.assert_allclose(model._target.decode(found.result.named("y")), y[:1], rtol=1e-5)


def test_several_outputs_take_several_targets(regressor, waves):
    X, y = waves
    model = regressor(epochs=2).fit(X, np.stack([y, -y], axis=1))
    found = model.trace(X[:1], [y[0], -y[0]])
    assert found.result.named("y").shape == (1, 2)
    assert len(found.outputs) == 2


def test_what_cannot_be_traced_is_said(classifier, blobs):
    X, y = blobs
    with pytest.raises(NotFittedError):
        MLPClassifier().trace(X[:1])
    model = classifier(epochs=1).fit(X, y)
    with pytest.raises(ShapeError, match="one row"):
        model.trace(X[:2])
    with pytest.raises(ArgumentError, match="none of the classes"):
        model.trace(X[:1], "bird")
    with pytest.raises(ArgumentError, match="no such member"):
        model.trace(X[:1], member=len(model.net_.parameters.values) + 1)
