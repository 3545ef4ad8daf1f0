"""The classifier: classes of any kind, honest probabilities, sets that cover."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss

from helder.errors import ArgumentError, HelderError
from helder.table import table_of


def test_text_labels_come_back_as_text(classifier, blobs):
    X, y = blobs
    model = classifier().fit(X, y)
    assert model.classes_.tolist() == ["cat", "dog", "elk"]
    assert set(model.predict(X)) <= {"cat", "dog", "elk"}
    assert model.score(X, y) > 0.8
    p = model.predict_proba(X)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-12)
    assert (model.classes_[p.argmax(axis=1)] == model.predict(X)).all()


@pytest.mark.parametrize("labels", [(False, True), (2.0, 7.0), (-3, 40), ("b", "a")])
def test_two_classes_may_be_of_any_kind(classifier, blobs, labels):
    X, y = blobs
    given = np.array(labels)[(y == "cat").astype(int)]
    model = classifier(epochs=5).fit(X, given)
    assert model.classes_.dtype == given.dtype
    assert model.classes_.tolist() == sorted(labels)
    assert model.predict_proba(X).shape == (400, 2)


def test_out_of_fold_probabilities_score_like_new_rows(classifier, blobs):
    X, y = blobs
    model = classifier(random_state=2).fit(X[:300], y[:300])
    assert model.oof_proba_.shape == (300, 3)
    score = model.cv_score_
    right = model.classes_[model.oof_proba_.argmax(axis=1)] == y[:300]
    assert score.metric == "accuracy"
    assert score.value == pytest.approx(right.mean())
    assert score.low < model.score(X[300:], y[300:]) < score.high


def test_noise_is_seen_to_be_noise(classifier):
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(300, 8)), rng.integers(2, size=300)
    model = classifier(metric="auc").fit(X, y)
    assert model.cv_score_.low < 0.5 < model.cv_score_.high


def test_the_metric_is_the_one_asked_for(classifier, blobs):
    X, y = blobs
    model = classifier(metric="log_loss", epochs=5).fit(X, y)
    assert model.cv_score_.value == pytest.approx(log_loss(y, model.oof_proba_))
    with pytest.raises(ArgumentError, match="rmse"):
        classifier(metric="rmse").fit(X, y)


def test_a_network_that_is_too_sure_is_cooled(classifier):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(600, 5))
    y = (X[:, 0] + 2 * rng.normal(size=600) > 0).astype(int)
    weights = rng.uniform(0.5, 2, 600)
    model = classifier(learning_rate=0.03, epochs=12).fit(X, y, sample_weight=weights)
    assert model.temperature_ != 1.0
    # The temperature is in the weights of the output layer: the network itself is calibrated.
    inputs = model.plan_.transform(table_of(X))
    np.testing.assert_allclose(model.predict_proba(X), model.net_.predict_proba(inputs), rtol=1e-5)


def test_sets_cover_and_are_never_empty(classifier, blobs):
    X, y = blobs
    model = classifier().fit(X[:250], y[:250])
    codes = np.searchsorted(model.classes_, y[250:])
    for coverage in (0.8, 0.95):
        sets = model.predict_set(X[250:], coverage=coverage)
        assert sets.shape == (150, 3)
        assert sets.dtype == bool
        assert sets.any(axis=1).all()
        assert sets[np.arange(150), codes].mean() > coverage - 0.06
    wider = model.predict_set(X[250:], coverage=0.99)
    assert (wider >= sets).all()


def test_so_few_rows_cannot_promise_much(classifier, blobs):
    X, y = blobs
    model = classifier().fit(X[:20], y[:20])
    assert model.predict_set(X[20:30], coverage=0.99).all()


def test_several_labels_at_once(classifier):
    rng = np.random.default_rng(4)
    X = rng.normal(size=(300, 4))
    y = (X[:, :3] + 0.3 * rng.normal(size=(300, 3)) > 0).astype(int)
    model = classifier(metric="f1").fit(X, y)
    assert model.predict(X).shape == model.predict_proba(X).shape == (300, 3)
    assert model.score(X, y) > 0.5
    assert model.oof_proba_.shape == (300, 3)
    assert 0.8 < model.cv_score_.value < 1
    assert classifier(epochs=5).fit(X, y).cv_score_.value < 0.9  # all three labels are right
    with pytest.raises(ArgumentError, match="one label for each"):
        model.predict_set(X)
    with pytest.raises(ArgumentError, match="several outputs are yes or no each"):
        classifier().fit(X, y + (X[:, :3] > 1))


def test_class_weight_moves_the_border(classifier, blobs):
    X, y = blobs
    heavy = classifier(class_weight={"cat": 20.0, "dog": 1.0, "elk": 1.0}).fit(X, y)
    even = classifier().fit(X, y)
    assert (heavy.predict(X) == "cat").sum() > (even.predict(X) == "cat").sum()
    rare = np.flatnonzero((y != "cat") | (np.arange(400) % 10 == 0))
    balanced = classifier(class_weight="balanced").fit(X[rare], y[rare])
    assert (balanced.predict(X) == "cat").sum() > 60


def test_one_class_is_always_predicted(classifier, blobs):
    X, _ = blobs
    model = classifier(epochs=3).fit(X, np.full(400, "x"))
    assert (model.predict(X) == "x").all()
    assert (model.predict_proba(X) == np.ones((400, 1))).all()


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 7, 9, 15])
def test_a_handful_of_rows_is_enough_to_fit(classifier, blobs, rows):
    X, y = blobs
    model = classifier(members=8).fit(X[:rows], y[:rows])
    assert model.predict(X).shape == (400,)
    assert (model.oof_proba_ is None) == (rows < 5)
    assert classifier(members=1).fit(X[:rows], y[:rows]).predict(X).shape == (400,)


def test_members_lie_apart_where_there_is_doubt(classifier, blobs):
    X, y = blobs
    model = classifier().fit(X, y)
    spread = model.predict_std(X)
    assert spread.shape == (400, 3)
    assert spread.max() > 10 * spread.min() >= 0
    single = classifier(members=1).fit(X, y)
    assert (single.predict_std(X) == 0).all()


def test_partial_fit_trains_one_network_bit_by_bit(classifier, blobs):
    X, y = blobs
    model = classifier()
    with pytest.raises(ArgumentError, match="which classes"):
        model.partial_fit(X[:50], y[:50])
    for first in range(0, 400, 50):
        batch = slice(first, first + 50)
        model.partial_fit(X[batch], y[batch], classes=["cat", "dog", "elk"])
    for _ in range(10):
        model.partial_fit(X, y)
    assert len(model.net_.parameters.values) == 1
    assert model.n_iter_ == len(model.loss_curve_) == 18
    assert model.oof_proba_ is None
    assert model.score(X, y) > 0.75
    with pytest.raises(ArgumentError, match="none of the classes"):
        model.partial_fit(X[:2], np.array(["cat", "cow"]))
    with pytest.raises(ArgumentError, match="how frequent"):
        classifier(class_weight="balanced").partial_fit(X, y, classes=["cat", "dog", "elk"])


@pytest.mark.parametrize("weight", [float("nan"), -1.0])
def test_a_class_weight_that_cannot_be_is_an_error_that_names_it(classifier, blobs, weight):
    with pytest.raises(HelderError, match="a weight cannot be used"):
        classifier(class_weight={"cat": weight}).fit(*blobs)
