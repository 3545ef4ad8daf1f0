"""An estimator that was saved and loaded is the estimator that it was, to the last bit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.metrics import make_scorer, r2_score

import helder
from helder import Activation, Hidden, MLPClassifier, MLPRegressor, store
from helder.errors import ArgumentError, DataError, HelderError, ModelFileError
from helder.model import Choices, Question, evaluate, fit, prepare
from helder.table import read_table

COMMAND = Path(sys.executable).with_name("helder")
EXAMPLES = Path(__file__).parents[2] / "examples"
PREDICT = ("predict", "predict_proba", "predict_set", "predict_interval", "predict_std")
AFTER_FIT = ("temperature_", "cv_score_", "n_iter_", "best_iter_", "n_features_in_", "n_outputs_",
    "shortened_", "loss_curve_", "validation_curve_", "plan_")  # fmt: skip
BRIEF = Choices(epochs=3)
VALUES = {
    "str": ["cat", "dog", "elk"],
    "object": ["cat", "dog", "elk"],
    "int64": [-1, 3, 20],
    "int8": [0, 1, 2],
    "float64": [0.0, 1.0, 2.0],
    "bool": [False, True],
}


def identical(first, second) -> None:
    first, second = np.asarray(first), np.asarray(second)
    assert (first.dtype, first.shape) == (second.dtype, second.shape)
    assert first.tolist() == second.tolist()


def again(model, path, X, y):
    """The model saved and loaded, and found to be the same."""
    model.save(path)
    loaded = helder.load(path)
    assert type(loaded) is type(model)
    assert loaded.get_params() == model.get_params()
    for name in PREDICT:
        if hasattr(model, name):
            identical(outcome(loaded, name, X), outcome(model, name, X))
    assert loaded.score(X, y) == model.score(X, y)
    for name in AFTER_FIT:
        found = getattr(loaded, name)
        assert found == getattr(model, name), name
        assert type(found) is type(getattr(model, name)), name
    assert loaded.history_.records == model.history_.records
    assert loaded.history_.stopped == model.history_.stopped
    for name in ("oof_proba_", "oof_prediction_", "classes_", "feature_names_in_"):
        assert hasattr(loaded, name) == hasattr(model, name), name
        if hasattr(model, name):
            identical(getattr(loaded, name), getattr(model, name))
    other = path.with_name("again.helder")
    loaded.save(other)
    assert other.read_bytes() == path.read_bytes()
    return loaded


def outcome(model, name: str, X):
    """What it answers, or the error that it raises."""
    try:
        return getattr(model, name)(X)
    except ArgumentError as error:
        return str(error)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.helder"


@pytest.mark.parametrize("kind", VALUES)
def test_classes_of_every_type(classifier, blobs, path, kind):
    X, y = blobs
    labels = np.array(VALUES[kind], kind)
    y = labels[np.unique(y, return_inverse=True)[1] % len(labels)]
    loaded = again(classifier(epochs=3).fit(X, y), path, X, y)
    identical(loaded.classes_, labels)
    identical(loaded.predict(X[:5]) == y[:5], loaded.predict(X)[:5] == y[:5])


@pytest.mark.parametrize("recipe", ["plain", "strong"])
@pytest.mark.parametrize("members", [1, 3])
def test_both_recipes_one_member_and_many(blobs, waves, path, recipe, members):
    chosen = {"recipe": recipe, "members": members, "epochs": 3, "random_state": 4}
    again(MLPClassifier(**chosen).fit(*blobs), path, *blobs)
    again(MLPRegressor(**chosen).fit(*waves), path, *waves)


def test_several_labels_and_several_numbers(classifier, regressor, waves, path):
    X, y = waves
    labels = np.c_[y > 100, X[:, 2] > 0].astype(int)
    again(classifier(epochs=3).fit(X, labels), path, X, labels)
    numbers = np.c_[y, 5 * X[:, 1]]
    again(regressor(epochs=3).fit(X, numbers), path, X, numbers)


def test_rows_that_choose_the_epoch_leave_nothing_out_of_fold(classifier, blobs, path):
    X, y = blobs
    model = classifier(epochs=3).fit(X[:300], y[:300], X_val=X[300:], y_val=y[300:])
    loaded = again(model, path, X, y)
    assert loaded.cv_score_ is None
    assert loaded.oof_proba_ is None


@pytest.mark.parametrize("in_frame", [pd.DataFrame, pl.DataFrame])
def test_a_frame_with_columns_of_every_kind(classifier, path, in_frame):
    rng = np.random.default_rng(0)
    columns = {
        "size": [None if row % 9 == 0 else float(rng.normal()) for row in range(200)],
        " colour ": [("red", "green", "blue")[row % 3] for row in range(200)],
        "member": [row % 2 == 0 for row in range(200)],
    }
    frame, y = in_frame(columns), np.array(["no", "yes"])[np.arange(200) % 2]
    loaded = again(classifier(epochs=3).fit(frame, y), path, frame, y)
    assert loaded.feature_names_in_.tolist() == list(columns)
    # As strict as before: other columns are still an error.
    with pytest.raises(ValueError, match="feature names"):
        loaded.predict(frame[["size", "member"]])


def test_training_goes_on_as_it_would_have(classifier, regressor, blobs, waves, path):
    X, y = blobs
    for model, (X, y) in ((classifier(), blobs), (regressor(), waves)):
        model.set_params(epochs=4).fit(X, y).save(path)
        loaded = helder.load(path)
        for one in (model, loaded):
            one.partial_fit(X[:50], y[:50]).partial_fit(X[50:], y[50:])
        identical(loaded.predict(X), model.predict(X))
        loaded = again(model, path, X, y)
        for one in (model, loaded):
            one.partial_fit(X, y)
        identical(loaded.predict(X), model.predict(X))


def test_a_warm_start_goes_on_and_knows_whether_rows_are_still_out_of_fold(classifier, blobs, path):
    X, y = blobs
    model = classifier(epochs=4, warm_start=True).fit(X, y)
    model.save(path)
    same_rows, other_rows = helder.load(path).fit(X, y), helder.load(path).fit(X[::-1], y[::-1])
    assert same_rows.cv_score_ == model.fit(X, y).cv_score_ is not None
    assert other_rows.cv_score_ is None
    identical(same_rows.predict_proba(X), model.predict_proba(X))


def test_a_fit_anew_forgets_the_file(classifier, regressor, blobs, path):
    X, y = blobs
    classifier(epochs=3).fit(X, y).save(path)
    loaded = helder.load(path).fit(X[:, :2], y == "cat")
    fresh = classifier(epochs=3).fit(X[:, :2], y == "cat")
    again(loaded, path, X[:, :2], y == "cat")
    identical(loaded.predict_proba(X[:, :2]), fresh.predict_proba(X[:, :2]))


def test_parameters_that_the_book_describes_come_back_and_others_are_none(blobs, path):
    X, y = blobs
    given = {
        "members": 2,
        "epochs": np.int64(2),
        "hidden": [Hidden(6, activation="tanh", dropout=0.1), 4],
        "learning_rate": 0.01,
        "class_weight": {"cat": 2, "dog": 1.0, "elk": 1},
        "engine": "numpy",
    }
    model = MLPClassifier(**given, random_state=np.random.RandomState(3)).fit(X, y)
    model.save(path)
    loaded = helder.load(path)
    found = loaded.get_params()
    assert {name: found[name] for name in given} == given
    assert found["random_state"] is None
    model.set_params(hidden=np.array([6, 4]), class_weight={(1, "cat"): None}).save(path)
    second = helder.load(path)
    identical(second.hidden, np.array([6, 4]))
    assert second.class_weight == {(1, "cat"): None}
    assert loaded.net_.engine.name == "numpy"
    identical(loaded.predict_proba(X), model.predict_proba(X))


def test_an_activation_of_ones_own_is_asked_for_by_name(blobs, path):
    X, y = blobs
    bump = Activation("bump", lambda z: np.exp(-z * z), lambda z, a: -2 * z * a)
    hidden = (Hidden(6, activation=bump), 5)
    model = MLPClassifier(hidden=hidden, activation=bump, members=2, epochs=2, random_state=0)
    model.fit(X, y).save(path)
    with pytest.raises(ModelFileError, match="'bump'"):
        helder.load(path)
    loaded = helder.load(path, formulas={"bump": bump})
    assert loaded.get_params() == model.get_params()
    identical(loaded.predict_proba(X), model.predict_proba(X))


def test_a_score_by_ones_own_scorer_is_kept(classifier, blobs, path):
    def caught_cats(y, predicted):
        return np.mean(predicted[y == "cat"] == "cat")

    X, y = blobs
    model = classifier(epochs=2, metric=make_scorer(caught_cats)).fit(X, y)
    model.save(path)
    loaded = helder.load(path)
    assert loaded.cv_score_ == model.cv_score_
    assert loaded.cv_score_.metric == "caught_cats"
    assert loaded.metric is None
    # The command line, which cannot measure by it, takes the usual metric.
    assert store.load(path).scores.test.score.metric == "accuracy"


@pytest.mark.parametrize("metric", ["neg_log_loss", "auc", "jaccard_macro"])
def test_a_metric_with_a_name_comes_back(classifier, blobs, path, metric):
    again(classifier(epochs=2, metric=metric).fit(*blobs), path, *blobs)
    assert store.load(path).scores.test.score.metric == metric


def test_what_cannot_be_saved_says_so_and_leaves_the_old_file(classifier, blobs, path):
    X, y = blobs
    path.write_bytes(b"old")
    with pytest.raises(NotFittedError):
        classifier().save(path)
    with pytest.raises(ArgumentError, match="one class"):
        classifier(epochs=2).fit(X, np.full(len(X), "cat")).save(path)
    with pytest.raises(HelderError, match="half a character"):
        classifier(epochs=2).fit(X, np.where(y == "cat", "\ud800", y)).save(path)
    assert path.read_bytes() == b"old"


def test_the_file_holds_no_row_and_no_true_value_but_quantiles_of_columns(regressor, path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 2))
    y = rng.normal(size=2000)
    model = regressor(epochs=3).fit(X, y)
    model.save(path)
    data = path.read_bytes()
    quantiles = {knot for step in model.plan_.columns for knot in step.knots}
    assert len(quantiles) <= 2 * 102
    others = [value for value in X[:40].ravel() if value not in quantiles]
    assert len(others) > 60
    for value in (*others, *y[:40]):
        assert np.float64(value).tobytes() not in data
        assert np.float32(value).tobytes() not in data
        assert repr(float(value)).encode() not in data


# The command line and estimators read each other's files.


def command(*words: object) -> str:
    done = subprocess.run([COMMAND, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("folds", [None, 3])
@pytest.mark.parametrize("target", ["Sleep_Quality", "Sleep_Duration"])
def test_a_model_of_the_command_line_is_an_estimator(tmp_path, path, folds, target):
    columns = pl.read_csv(EXAMPLES / "sleep.csv").head(300)
    data = tmp_path / "sleep.csv"
    columns.write_csv(data)
    order = ("medium", "good", "bad") if target == "Sleep_Quality" else None
    question = Question(target, classes=order, folds=folds, recipe="plain")
    fitted = fit(prepare(read_table(data), question), BRIEF)
    store.save(fitted, path)
    loaded = helder.load(path)
    expected = fitted.predict_values(read_table(data))
    for frame in (pl.read_csv(data), pd.read_csv(data), pd.read_csv(data).iloc[:, ::-1]):
        if fitted.classes is None:
            np.testing.assert_allclose(loaded.predict(frame), expected, rtol=1e-6)
            continue
        place = [fitted.classes.index(label) for label in loaded.classes_]
        assert loaded.classes_.tolist() == sorted(fitted.classes)
        np.testing.assert_allclose(loaded.predict_proba(frame), expected[:, place], atol=1e-6)
        assert loaded.predict(frame).tolist() == fitted.predict(read_table(data)).tolist()
        assert 0.3 < loaded.score(frame, frame[target]) <= 1
    with pytest.raises(ValueError, match="feature names"):
        loaded.predict(pl.read_csv(data).drop(loaded.feature_names_in_[0]))
    assert loaded.cv_score_ == (fitted.scores.cv.score if folds else None)
    # Saved again, and trained a little more: still one format.
    loaded.save(tmp_path / "again.helder")
    second = helder.load(tmp_path / "again.helder")
    identical(second.predict(frame), loaded.predict(frame))
    second.partial_fit(frame, frame[target]).save(tmp_path / "third.helder")
    found = evaluate(store.load(tmp_path / "third.helder"), read_table(data))
    score = second.score(frame, frame[target])
    assert found.judgement.score.value == pytest.approx(score)
    assert "unused_columns" not in [said.key for said in found.notes]


@pytest.mark.parametrize("target", ["Sleep_Quality", "Sleep_Duration"])
def test_a_model_of_the_command_line_has_sets_and_intervals(tmp_path, path, target):
    data = tmp_path / "sleep.csv"
    frame = pl.read_csv(EXAMPLES / "sleep.csv").head(400)
    frame[:300].write_csv(data)
    order = ("medium", "good", "bad") if target == "Sleep_Quality" else None
    question = Question(target, classes=order, folds=3)
    fitted = fit(prepare(read_table(data), question), Choices(epochs=20))
    store.save(fitted, path)
    loaded, y, new = helder.load(path), frame[target].to_numpy()[:300], frame[300:]
    assert (loaded.recipe, loaded.members) == ("strong", 6)
    assert loaded.temperature_ == fitted.temperature
    assert loaded.cv_score_ == fitted.scores.cv.score
    if target == "Sleep_Quality":
        assert loaded.temperature_ != 1
        found = loaded.classes_[np.argmax(loaded.oof_proba_, axis=1)]
        assert loaded.cv_score_.value == pytest.approx(np.mean(found == y))
        sets = loaded.predict_set(new, coverage=0.9)
        right = sets[np.arange(100), np.searchsorted(loaded.classes_, new[target])]
    else:
        score = r2_score(y, loaded.oof_prediction_)
        assert loaded.cv_score_.value == pytest.approx(score)
        low, high = loaded.predict_interval(new, coverage=0.9).T
        right = (low <= new[target].to_numpy()) & (new[target].to_numpy() <= high)
    assert 0.8 < right.mean() <= 1


def test_classes_that_are_numbers_in_a_file_are_numbers_in_an_estimator(tmp_path, path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.normal(size=90), "kind": rng.integers(1, 4, 90)})
    frame["size"] += frame["kind"]
    frame.to_csv(tmp_path / "data.csv", index=False)
    store.save(fit(prepare(read_table(tmp_path / "data.csv"), Question("kind")), BRIEF), path)
    loaded = helder.load(path)
    identical(loaded.classes_, np.array([1, 2, 3]))
    assert loaded.score(frame, frame["kind"]) > 0


def test_the_command_line_predicts_and_scores_with_an_estimators_file(tmp_path, path):
    people = pl.read_csv(EXAMPLES / "sleep.csv").head(300)
    data = tmp_path / "sleep.csv"
    people.write_csv(data)
    frame, quality = people.drop("Sleep_Quality"), people["Sleep_Quality"]
    model = MLPClassifier(members=2, epochs=3, metric="jaccard_macro", random_state=0)
    model.fit(frame, quality).save(path)
    lines = command("predict", path, data).splitlines()
    assert lines[0] == "prediction,p_bad,p_good,p_medium"
    assert [line.split(",")[0] for line in lines[1:]] == model.predict(frame).tolist()
    text = command("evaluate", path, data)
    found = evaluate(store.load(path), read_table(data)).judgement
    assert (
        f"jaccard_macro on the 300 rows of this file\n  this network  {found.score.value:.4g}"
        in text
    )
    assert found.confusion.trace() == round(300 * model.score(frame, quality))
    assert "not there in training" not in text


def test_numbers_in_their_own_units_from_an_estimators_file(regressor, waves, tmp_path, path):
    X, y = waves
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = regressor(epochs=3).fit(frame, pd.Series(y, name="height"))
    model.save(path)
    frame.assign(height=y).to_csv(tmp_path / "data.csv", index=False)
    table = read_table(tmp_path / "data.csv")
    np.testing.assert_allclose(store.load(path).predict_values(table), model.predict(frame))
    found = evaluate(store.load(path), table).judgement
    assert found.rows == 400
    assert found.score.metric == "rmse"


def test_several_targets_are_for_python_alone(regressor, waves, tmp_path, path):
    X, y = waves
    targets = pd.DataFrame({"height": y, "width": X[:, 0]})
    regressor(epochs=2).fit(X, targets).save(path)
    pd.DataFrame(X, columns=["x1", "x2", "x3"]).to_csv(tmp_path / "data.csv", index=False)
    fitted, table = store.load(path), read_table(tmp_path / "data.csv")
    for use in (fitted.predict, fitted.predict_values, lambda table: evaluate(fitted, table)):
        with pytest.raises(DataError, match="several columns") as caught:
            use(table)
        assert "'height, width'" in str(caught.value)
