"""How an estimator is fitted: what chooses the epoch, what counts, what is repeated."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import check_random_state

from helder import Hidden, MLPClassifier, MLPRegressor
from helder.errors import ArgumentError, DataError, HelderError
from helder.learn.folds import FoldHistory


def test_members_are_folds(classifier, blobs):
    model = classifier().fit(*blobs)
    assert isinstance(model.history_, FoldHistory)
    assert len(model.net_.parameters.values) == len(model.history_.chosen) == 2 * 4
    assert model.n_iter_ == len(model.loss_curve_) == len(model.validation_curve_)
    assert 1 <= model.best_iter_ <= model.n_iter_


def test_one_member_is_one_network_without_a_score(classifier, blobs):
    model = classifier(members=1).fit(*blobs)
    assert len(model.net_.parameters.values) == 1
    assert model.validation_curve_
    assert model.cv_score_ is None
    assert model.oof_proba_ is None
    assert model.temperature_ == 1.0


def test_rows_given_for_it_choose_the_epoch_and_give_no_score(classifier, blobs):
    X, y = blobs
    model = classifier().fit(X[:300], y[:300], X_val=X[300:], y_val=y[300:])
    assert len(model.net_.parameters.values) == 4
    assert not (model.net_.parameters.values[0] == model.net_.parameters.values[1]).all()
    assert model.validation_curve_
    assert model.cv_score_ is None
    assert model.oof_proba_ is None
    weighted = classifier().fit(
        X[:300], y[:300], X_val=X[300:], y_val=y[300:], sample_weight_val=np.arange(100)
    )
    assert weighted.validation_curve_ != model.validation_curve_
    with pytest.raises(ArgumentError, match="need both"):
        classifier().fit(X, y, X_val=X)
    with pytest.raises(ArgumentError, match="groups"):
        classifier().fit(X, y, X_val=X, y_val=y, groups=y)


def test_a_group_is_never_predicted_by_who_learnt_from_it(classifier):
    """Each group has a class of its own, drawn by lot: who has met the group knows the class."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 10)
    X = rng.normal(size=(40, 6))[groups] + 0.01 * rng.normal(size=(400, 6))
    y = rng.integers(2, size=40)[groups]
    apart = classifier(epochs=60).fit(X, y, groups=[f"group {g}" for g in groups])
    mixed = classifier(epochs=60).fit(X, y)
    assert mixed.cv_score_.value > 0.85 > 0.7 > apart.cv_score_.value
    with pytest.raises(DataError, match="one group"):
        classifier().fit(X, y, groups=np.zeros(400))


def test_a_row_is_not_predicted_by_who_has_met_the_times_around_it(regressor):
    """The target has a level of its own in each month: who has met the month knows it."""
    rng = np.random.default_rng(0)
    day = rng.permutation(np.arange(480) % 240)
    levels = np.append(10 * rng.normal(size=11), 40)  # the last month is unlike all others
    y = levels[day // 20] + rng.normal(size=480)
    X = np.column_stack([*(day // 20 == month for month in range(12)), rng.normal(size=480)])
    how = {"metric": "r2", "epochs": 40}
    apart, mixed = (regressor(**how).fit(X, y, times=times).cv_score_ for times in (day, None))
    assert mixed.value > 0.9 > 0.5 > apart.value
    latest, any_of_them = (
        min(regressor(members=1, **how).fit(X, y, times=times).validation_curve_)
        for times in (day, None)
    )
    assert latest > 2 * any_of_them


@pytest.mark.parametrize("kind", ["dates", "texts", "objects"])
def test_times_may_be_of_any_kind(regressor, waves, kind):
    X, y = waves
    days = np.random.default_rng(3).permutation(np.arange(400) // 10)
    dates = np.datetime64("2024-02-20") + days
    times = {"dates": dates, "texts": dates.astype(str), "objects": dates.tolist()}[kind]
    expected = regressor(epochs=1).fit(X, y, times=days).oof_prediction_
    np.testing.assert_array_equal(
        regressor(epochs=1).fit(X, y, times=times).oof_prediction_, expected
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"times": np.zeros(400)}, "one time"),
        ({"times": np.arange(399)}, "inconsistent"),
        ({"times": ["soon"] * 400}, "when it was"),
        ({"times": [None, *range(399)]}, "when it was"),
        ({"times": np.full(400, np.nan)}, "when it was"),
        ({"times": np.full(400, "NaT", "datetime64[D]")}, "when it was"),
        ({"times": np.zeros((400, 2))}, "when it was"),
        ({"times": np.arange(400), "groups": np.arange(400)}, "groups as well as times"),
    ],
)
def test_times_that_say_nothing_are_refused(regressor, waves, given, said):
    with pytest.raises(ValueError, match=said):
        regressor(epochs=1).fit(*waves, **given)


def test_rows_that_count_nothing_teach_nothing(classifier, blobs):
    X, y = blobs
    weights = (y != "cat").astype(float)
    model = classifier(epochs=60).fit(X, y, sample_weight=weights)
    assert (model.predict(X) != "cat").mean() > 0.99
    assert model.oof_proba_.shape == (400, 3)


def test_the_same_seed_gives_the_same_networks(classifier, blobs):
    X, y = blobs
    p = classifier(epochs=5).fit(X, y).predict_proba(X)
    assert (classifier(epochs=5).fit(X, y).predict_proba(X) == p).all()
    assert (classifier(epochs=5, random_state=1).fit(X, y).predict_proba(X) != p).any()
    drawn = [classifier(epochs=5, random_state=check_random_state(7)) for _ in range(2)]
    first, second = (model.fit(X, y).predict_proba(X) for model in drawn)
    assert (first == second).all()


def test_what_a_person_chooses_holds(classifier, blobs):
    X, y = blobs
    model = classifier(
        hidden=(7, Hidden(5, dropout=0.5)), activation="tanh", dropout=0.2, epochs=4, batch_size=100
    ).fit(X, y)
    first, second = model.net_.architecture.hidden_layers
    assert (first.units, first.dropout, first.activation.name) == (7, 0.2, "tanh")
    assert (second.units, second.dropout) == (5, 0.5)
    assert model.n_iter_ <= 4
    linear = classifier(hidden=()).fit(X, y)
    assert linear.net_.architecture.layer_sizes == [8, 3]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"recipe": "strongest"}, "no recipe has this name"),
        ({"members": 0}, "members is a count"),
        ({"hidden": (0,)}, "units is a count"),
        ({"activation": "rellu"}, "relu"),
        ({"dropout": 1.0}, "dropout"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"epochs": 1.5}, "epochs is a count"),
        ({"engine": "cuda"}, "no engine has this name"),
        ({"metric": "accurracy"}, "did you mean 'accuracy'"),
        ({"learning_rate": 1e30, "hidden": (16, 16)}, "ran off to infinity"),
    ],
)
def test_a_choice_that_cannot_be_is_an_error_that_says_so(classifier, blobs, chosen, said):
    with pytest.raises(HelderError, match=said):
        classifier(**chosen).fit(*blobs)


@pytest.mark.parametrize("made", ["folds", "one", "X_val"])
def test_a_metric_that_is_asked_for_chooses_the_epoch(classifier, blobs, made):
    """This one wants mistakes, which the loss does not: the first epochs are its best."""
    X, y = blobs

    def mistakes(estimator, X, y):
        return float(np.mean(estimator.predict(X) != y))

    more = {"X_val": X, "y_val": y} if made == "X_val" else {}
    how = {"members": 1 if made == "one" else 4, "epochs": 12, "learning_rate": 0.003}
    asked = classifier(metric=mistakes, **how).fit(X, y, **more)
    usual = classifier(**how).fit(X, y, **more)
    assert asked.best_iter_ < usual.best_iter_
    assert mistakes(asked, X, y) > mistakes(usual, X, y)
    assert asked.validation_curve_ == usual.validation_curve_[: asked.n_iter_]
    if made == "folds":
        assert asked.cv_score_.metric == "mistakes"


def test_what_the_loss_measures_anyway_changes_no_bit(classifier, regressor, blobs, waves):
    X, y = blobs
    usual, asked = (
        classifier(epochs=8, metric=metric).fit(X, y).predict_proba(X)
        for metric in (None, "log_loss")
    )
    np.testing.assert_array_equal(usual, asked)
    X, y = waves
    found = [
        regressor(epochs=8, metric=metric).fit(X, y).predict(X) for metric in (None, "r2", "rmse")
    ]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_the_mean_absolute_error_is_judged_in_the_units_of_several_targets(regressor, waves):
    X, y = waves
    model = regressor(epochs=8, metric="mae").fit(X, np.column_stack([y, 1e-3 * y]))
    errors = np.abs(model.oof_prediction_ - np.column_stack([y, 1e-3 * y])).mean(axis=0)
    assert model.cv_score_.value == pytest.approx(errors.mean())


def test_a_warm_start_goes_on_with_its_plan_and_its_folds(regressor, waves):
    X, y = waves
    model = regressor(epochs=5, warm_start=True).fit(X, y)
    plan, first = model.plan_, model.cv_score_.value
    model.fit(X, y)
    assert model.plan_ is plan
    assert model.cv_score_.value < first  # RMSE
    # These rows may have taught any network before, so nothing about them is out of fold.
    model.fit(X[:300], y[:300])
    assert model.cv_score_ is None
    assert model.oof_prediction_ is None
    model.fit(X[:300], y[:300])  # the same rows again, and they have taught every network
    assert model.cv_score_ is None
    cold = regressor(epochs=5).fit(X, y)
    cold.fit(X, y)
    assert cold.cv_score_.value == first
    with pytest.raises(ArgumentError, match="as many networks"):
        model.set_params(members=3).fit(X, y)


def test_a_warm_start_undoes_the_temperature_first(classifier, blobs):
    X, y = blobs
    model = classifier(epochs=8, warm_start=True).fit(X, y)
    T, output = model.temperature_, model.net_.weights[-1].copy()
    model.set_params(epochs=1, learning_rate=1e-9).fit(X, y)
    assert T != 1.0
    np.testing.assert_allclose(model.net_.weights[-1] * model.temperature_, output * T, rtol=1e-4)


def test_five_rows_give_no_wild_predictions_with_the_default_recipe():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(55, 2))
    y = X[:, 0] + 0.1 * rng.normal(size=55)
    model = MLPRegressor(random_state=2).fit(X[:5], y[:5])
    assert np.abs(model.predict(X[5:])).max() < 6


def test_rows_of_weight_zero_teach_the_default_recipe_nothing(blobs):
    X, y = blobs
    weights = np.where(np.arange(len(y)) % 4, 1.0, 0.0)
    moved = np.where(weights[:, None] > 0, X, 5 * X)
    how = {"random_state": 0, "members": 2, "epochs": 3}
    found = [
        MLPClassifier(**how).fit(rows, y, sample_weight=weights).predict_proba(X)
        for rows in (X, moved)
    ]
    np.testing.assert_array_equal(*found)


def test_partial_fit_gets_somewhere_with_the_default_recipe(waves):
    X, y = waves
    model = MLPRegressor(random_state=0)
    for _ in range(30):
        model.partial_fit(X, y)
    assert model.score(X, y) > 0.8


def test_a_pickle_predicts_the_same(classifier, regressor, blobs, waves):
    for model, (X, y) in ((classifier(), blobs), (regressor(), waves)):
        model.fit(X, y)
        again = pickle.loads(pickle.dumps(model))
        assert (again.predict(X) == model.predict(X)).all()
        assert again.cv_score_ == model.cv_score_
        assert not hasattr(clone(again), "net_")


def test_an_engine_may_be_chosen(classifier, blobs):
    X, y = blobs
    p = [classifier(epochs=3, engine=name).fit(X, y).predict_proba(X) for name in ("auto", "numpy")]
    np.testing.assert_allclose(*p, rtol=1e-2, atol=1e-3)


def test_the_package_loads_scikit_learn_with_the_first_estimator():
    code = (
        "import sys, helder; assert 'sklearn' not in sys.modules;"
        "helder.MLPClassifier; assert 'sklearn' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert {"MLPClassifier", "MLPRegressor"} == {MLPClassifier.__name__, MLPRegressor.__name__}


def test_rows_that_count_nothing_teach_no_fold_and_that_is_said(regressor, waves):
    X, y = waves
    one = np.zeros(len(y))
    one[0] = 1
    with pytest.raises(ArgumentError, match="count nothing"):
        regressor(epochs=2).fit(X, y, sample_weight=one)
