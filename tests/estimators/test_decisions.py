"""What a classifier predicts where mistakes differ: thresholds and costs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, make_scorer, precision_score

from helder import load
from helder.errors import ArgumentError, HelderWarning


@pytest.fixture(scope="module")
def rare():
    """Text labels of which one row of twenty is the second: X (1500, 4), y (1500,)."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1500, 4))
    score = 1.2 * X[:, 0] + X[:, 1] + 1.5 * rng.normal(size=1500)
    return X, np.where(score > np.quantile(score, 0.95), "sick", "fine")


def test_a_threshold_that_the_metric_chose_finds_more_of_a_rare_class(classifier, rare):
    X, y = rare
    half = classifier(metric="f1").fit(X[:1000], y[:1000])
    tuned = classifier(metric="f1", threshold="metric").fit(X[:1000], y[:1000])
    assert half.threshold_ == 0.5 > tuned.threshold_ > 0
    np.testing.assert_array_equal(half.predict_proba(X), tuned.predict_proba(X))
    assert tuned.cv_score_.value > half.cv_score_.value
    half_f1, tuned_f1 = (
        f1_score(y[1000:], model.predict(X[1000:]), average="macro") for model in (half, tuned)
    )
    assert tuned_f1 > half_f1 + 0.03
    sick = tuned.predict_proba(X)[:, 1] > tuned.threshold_
    assert (tuned.predict(X) == np.where(sick, "sick", "fine")).all()


def test_the_score_is_that_of_folds_whose_others_chose_the_threshold(classifier, rare):
    X, y = rare
    tuned = classifier(metric="f1", threshold="metric", epochs=5).fit(X, y)
    own = np.where(tuned.oof_proba_[:, 1] > tuned.threshold_, "sick", "fine")
    assert tuned.cv_score_.value != f1_score(y, own, average="macro")  # which would be too good
    given = classifier(metric="f1", threshold=0.2, epochs=5).fit(X, y)
    decided = np.where(given.oof_proba_[:, 1] > 0.2, "sick", "fine")
    assert given.threshold_ == 0.2
    assert given.cv_score_.value == pytest.approx(f1_score(y, decided, average="macro"))
    auc = classifier(metric="auc", threshold=0.2, epochs=5).fit(X, y)
    even = classifier(metric="auc", epochs=5).fit(X, y)
    assert auc.cv_score_ == even.cv_score_  # probabilities are as they were


def test_a_scorer_of_decisions_chooses_a_threshold_too(classifier, rare):
    X, y = rare
    precise = make_scorer(precision_score, pos_label="sick", zero_division=0)
    tuned = classifier(metric=precise, threshold="metric", epochs=10).fit(X, y)
    assert tuned.cv_score_.metric == "precision_score"
    assert 0 < tuned.threshold_ < 1
    with pytest.raises(ArgumentError, match="make_scorer"):
        classifier(metric=lambda model, X, y: 0.5, threshold=0.3).fit(X, y)


def test_costs_move_what_is_predicted_and_no_probability(classifier, blobs, rare):
    X, y = rare
    even, careful = (
        classifier(costs=costs, epochs=10).fit(X, y) for costs in (None, {("sick", "fine"): 19})
    )
    assert careful.threshold_ == pytest.approx(0.05)
    assert (careful.predict(X) == "sick").sum() > (even.predict(X) == "sick").sum()
    X, y = blobs
    model = classifier(costs={("elk", "cat"): 30, ("elk", "dog"): 30}, epochs=10).fit(X, y)
    assert model.threshold_ is None
    p = model.predict_proba(X)
    table = np.array([[0, 1, 1], [1, 0, 1], [30, 30, 0]])
    assert (model.predict(X) == model.classes_[np.argmin(p @ table, axis=1)]).all()
    decided = model.classes_[np.argmin(model.oof_proba_ @ table, axis=1)]
    assert model.cv_score_.value == pytest.approx((decided == y).mean())


def test_threshold_is_none_for_more_classes_than_two(classifier, blobs):
    assert classifier(epochs=2).fit(*blobs).threshold_ is None


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"threshold": "metric", "metric": "auc"}, "whatever the threshold"),
        ({"threshold": "metric", "metric": "neg_brier_score"}, "whatever the threshold"),
        ({"threshold": "metric", "members": 1}, "there are none"),
        ({"threshold": 0.4, "costs": {}}, "costs decide by themselves"),
        ({"threshold": 1.5}, "threshold is no such number"),
    ],
)
def test_a_decision_that_cannot_be_made_is_an_error_before_training(
    classifier, rare, chosen, said, capsys
):
    with pytest.raises(ArgumentError, match=said):
        classifier(verbose=True, **chosen).fit(*rare)
    assert not capsys.readouterr().out


def test_several_labels_and_parts_of_the_rows_have_no_such_threshold(classifier, rare):
    X, y = rare
    with pytest.raises(ArgumentError, match="several labels"):
        classifier(threshold=0.3).fit(X, (X[:, :2] > 0).astype(int))
    with pytest.raises(ArgumentError, match="out of fold"):
        classifier(threshold="metric").partial_fit(X, y, classes=["fine", "sick"])
    part = classifier(threshold=0.3).partial_fit(X, y, classes=["fine", "sick"])
    assert part.threshold_ == 0.3


def test_a_decision_is_saved_with_the_model(classifier, blobs, rare, tmp_path):
    for (X, y), chosen in (
        (rare, {"threshold": "metric", "metric": "f1"}),
        (rare, {"costs": np.array([[0, 1], [19, 0]])}),
        (blobs, {"costs": {("elk", "cat"): 30}}),
        (blobs, {}),
    ):
        model = classifier(epochs=5, **chosen).fit(X, y)
        model.save(tmp_path / "model.helder")
        again = load(tmp_path / "model.helder")
        assert again.threshold_ == model.threshold_
        assert (again.predict(X) == model.predict(X)).all()
        again.set_params(epochs=2).fit(X, y)  # what was asked for was kept, too
        assert (again.threshold_ is None) == (model.threshold_ is None)


def test_where_no_row_is_out_of_fold_it_is_said_that_the_threshold_is_a_half(classifier, rare):
    X, y = rare
    model = classifier(metric="f1", threshold="metric", warm_start=True, epochs=3).fit(X, y)
    assert model.threshold_ < 0.5
    with pytest.warns(HelderWarning, match="it is 0.5"):
        model.fit(X[:700], y[:700])  # each network may have met any of them before
    assert model.threshold_ == 0.5
