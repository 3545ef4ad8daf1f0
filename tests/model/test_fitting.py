"""A fit learns from its training rows alone, and stands beside what it has to beat."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression

from helder.errors import ArgumentError, DataError
from helder.model import Choices, Question, evaluate, fit, prepare
from helder.model.baselines import guess
from helder.model.scores import METRICS
from helder.model.splitting import TEST_SHARE, split_at_random, split_by_class
from helder.table import read_target

QUICK = Choices(hidden=(8,), epochs=5)
plainly = partial(Question, recipe="plain")  # rows are held out once


def without(columns: dict, *names: str) -> dict:
    return {name: values for name, values in columns.items() if name not in names}


# What the rows are used for.


def test_the_three_parts_are_the_splits(table_of, noisy):
    columns = without(noisy(300), "price")
    table = table_of(**columns)
    prepared = prepare(table, plainly("kind", seed=4))
    target = read_target(table, "kind")
    split = split_by_class(target.values, target.classes, TEST_SHARE, 4)
    for part, rows in (
        (prepared.train, split.train),
        (prepared.stop, split.stop),
        (prepared.test, split.test),
    ):
        assert part.y.tolist() == target.values[rows].tolist()
        step = prepared.plan.columns[0]
        a = (np.array(columns["a"])[rows] - step.mean) / step.std
        np.testing.assert_allclose(part.X[:, 0], a, atol=1e-6)


def test_rows_that_train_know_their_number_in_the_table(table_of, noisy):
    columns = without(noisy(60), "price")
    columns["kind"][3] = columns["kind"][40] = ""  # no target: left out
    prepared = prepare(table_of(**columns), Question("kind"))
    kept = [number for number in range(1, 61) if number not in (4, 41)]
    assert prepared.numbers.tolist() == kept
    given = [prepared.target.classes[code] for code in prepared.train.y]
    assert given == [columns["kind"][number - 1] for number in kept]


def test_the_statistics_come_from_the_training_rows_alone(table_of, noisy):
    columns = without(noisy(300), "kind")
    table = table_of(**columns)
    split = split_at_random(300, TEST_SHARE, 0)
    step = prepare(table, plainly("price")).plan.columns[0]
    assert step.mean == pytest.approx(np.mean(np.array(columns["a"])[split.train]))
    assert step.std == pytest.approx(np.std(np.array(columns["a"])[split.train]))
    for part in (split.stop, split.test):
        shifted = np.array(columns["a"])
        shifted[part] += 1000
        other = prepare(table_of(**{**columns, "a": shifted.tolist()}), plainly("price"))
        assert other.plan.columns[0] == step
        assert other.train.X.tobytes() == prepare(table, plainly("price")).train.X.tobytes()


def test_the_test_rows_change_nothing_but_the_score(table_of, noisy):
    columns = without(noisy(300), "kind")
    split = split_at_random(300, TEST_SHARE, 0)
    price = np.array(columns["price"])
    price[split.test] += 50
    first = fit(prepare(table_of(**columns), plainly("price")), QUICK)
    changed = table_of("other.csv", **{**columns, "price": price.tolist()})
    second = fit(prepare(changed, plainly("price")), QUICK)
    assert second.net.parameters.values.tobytes() == first.net.parameters.values.tobytes()
    assert second.history == first.history
    assert second.scale == first.scale
    assert second.scores.test.score.value < first.scores.test.score.value - 1


def test_the_stop_rows_choose_the_epoch_and_give_no_score(table_of, noisy):
    columns = without(noisy(300), "kind")
    split = split_at_random(300, TEST_SHARE, 0)
    price = np.array(columns["price"])
    price[split.stop] *= -1
    choices = Choices(hidden=(8,), epochs=30, learning_rate=0.01)
    first = fit(prepare(table_of(**columns), plainly("price")), choices)
    prepared = prepare(
        table_of("other.csv", **{**columns, "price": price.tolist()}), plainly("price")
    )
    second = fit(prepared, choices)
    assert second.history.losses == first.history.losses[: len(second.history)]
    assert second.history.best < first.history.best
    assert second.scores.rows == {"train": 195, "stop": 45, "test": 60}
    p = second.net.predict(prepared.test.X) * second.scale[1] + second.scale[0]
    expected = METRICS["r2"].function(prepared.test.y, p, prepared.test.weights)
    assert second.scores.test.score.value == pytest.approx(expected, abs=1e-6)
    assert second.scores.test.rows == 60


def test_rows_without_a_target_take_no_part(table_of, noisy):
    columns = without(noisy(200), "price")
    columns["kind"][:10] = [""] * 10
    prepared = prepare(table_of(**columns), plainly("kind"))
    assert len(prepared.train) + len(prepared.stop) + len(prepared.test) == 190
    (gone,) = prepared.left_out
    assert (gone.what, gone.name, gone.count) == ("row", "kind", 10)


def test_a_test_table_is_read_by_the_training_tables_plan(table_of, noisy):
    train = table_of(**without(noisy(200), "kind"))
    columns = without(noisy(50, seed=9), "kind")
    columns["a"] = [value + 100 for value in columns["a"]]
    prepared = prepare(train, plainly("price"), table_of("test.csv", **columns))
    assert len(prepared.test) == 50
    assert len(prepared.train) + len(prepared.stop) == 200
    step = prepared.plan.columns[0]
    expected = (np.array(columns["a"]) - step.mean) / step.std
    np.testing.assert_allclose(prepared.test.X[:, 0], expected, rtol=1e-5)


# What the score stands beside.


def guess_of(prepared):
    """Guessing on the test rows by who has seen the training rows."""
    return guess(prepared.train, prepared.target.classes, len(prepared.test))


@pytest.mark.parametrize("weighted", [False, True])
def test_guessing_classes_is_scikit_learns_prior(table_of, noisy, weighted):
    columns = without(noisy(400, shares=3), "price")
    columns["w"] = np.random.default_rng(1).uniform(0.1, 5, size=400).round(3).tolist()
    question = plainly("kind", weights="w" if weighted else None)
    prepared = prepare(table_of(**columns), question)
    train, test = prepared.train, prepared.test
    dummy = DummyClassifier(strategy="prior").fit(train.X, train.y, train.weights)
    np.testing.assert_allclose(
        guess_of(prepared),
        dummy.predict_proba(test.X),
    )
    fitted = fit(prepared, QUICK)
    assert fitted.scores.guess == pytest.approx(dummy.score(test.X, test.y, test.weights))


@pytest.mark.parametrize("weighted", [False, True])
def test_guessing_a_number_is_scikit_learns_mean(table_of, noisy, weighted):
    columns = without(noisy(400), "kind")
    columns["w"] = np.random.default_rng(1).uniform(0.1, 5, size=400).round(3).tolist()
    prepared = prepare(table_of(**columns), plainly("price", weights="w" if weighted else None))
    train, test = prepared.train, prepared.test
    dummy = DummyRegressor().fit(train.X, train.y, train.weights)
    np.testing.assert_allclose(guess_of(prepared), dummy.predict(test.X))
    fitted = fit(prepared, QUICK)
    assert fitted.scores.guess == pytest.approx(dummy.score(test.X, test.y, test.weights))


@pytest.mark.parametrize("shares", [2, 3])
def test_the_linear_model_is_logistic_regression(table_of, noisy, shares):
    prepared = prepare(table_of(**without(noisy(3000, shares=shares), "price")), plainly("kind"))
    train, test = prepared.train, prepared.test
    peer = LogisticRegression(C=1e6, max_iter=1000).fit(train.X, train.y)
    expected = METRICS["log_loss"].function(test.y, peer.predict_proba(test.X), test.weights)
    fitted = fit(prepared, Choices(hidden=(4,), epochs=1, metric="log_loss"))
    assert fitted.scores.linear == pytest.approx(expected, rel=0.01)
    accuracy = fit(prepared, Choices(hidden=(4,), epochs=1)).scores.linear
    assert accuracy == pytest.approx(peer.score(test.X, test.y), abs=0.01)


def test_the_linear_model_is_linear_regression(table_of, noisy):
    prepared = prepare(table_of(**without(noisy(2000), "kind")), plainly("price"))
    peer = LinearRegression().fit(prepared.train.X, prepared.train.y)
    fitted = fit(prepared, Choices(hidden=(4,), epochs=1))
    expected = peer.score(prepared.test.X, prepared.test.y)
    assert fitted.scores.linear == pytest.approx(expected, abs=0.002)


def test_a_network_beats_the_linear_model_where_the_truth_is_bent(table_of):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 1200)).round(4)
    kind = np.where(a * b > 0, "same", "other")
    prepared = prepare(table_of(a=a.tolist(), b=b.tolist(), kind=kind.tolist()), plainly("kind"))
    scores = fit(prepared, Choices(epochs=60)).scores
    assert scores.test.score.value > 0.93
    assert scores.linear < 0.65


# Weights, and the target's units.


def test_weights_change_the_fit_and_the_score(table_of, noisy):
    columns = without(noisy(400), "kind")
    columns["w"] = np.random.default_rng(1).uniform(0.01, 9, size=400).round(3).tolist()
    table = table_of(**columns)
    plain = fit(prepare(table, plainly("price", drop=("w",))), QUICK)
    prepared = prepare(table, plainly("price", weights="w"))
    weighted = fit(prepared, QUICK)
    assert weighted.net.parameters.values.tobytes() != plain.net.parameters.values.tobytes()
    test = prepared.test
    p = weighted.net.predict(test.X) * weighted.scale[1] + weighted.scale[0]
    expected = METRICS["r2"].function(test.y, p, test.weights)
    assert weighted.scores.test.score.value == pytest.approx(expected, abs=1e-6)
    assert expected != pytest.approx(METRICS["r2"].function(test.y, p, np.ones(len(p))), abs=1e-4)


def test_weights_of_two_are_rows_that_stand_there_twice(table_of, noisy):
    columns = without(noisy(300), "kind")
    prepared = prepare(table_of(**{**columns, "w": [2] * 300}), plainly("price", weights="w"))
    plain = prepare(table_of(**columns), plainly("price"))
    first, second = fit(prepared, QUICK), fit(plain, QUICK)
    np.testing.assert_allclose(first.history.losses, second.history.losses, rtol=1e-5)
    assert first.scores.test.score.value == pytest.approx(second.scores.test.score.value, abs=1e-4)


def test_the_target_is_standardised_and_predictions_are_in_its_own_units(table_of, noisy):
    columns = without(noisy(300), "kind")
    large = [5_000_000 + 1000 * value for value in columns["price"]]
    near, far = table_of(**columns), table_of("far.csv", **{**columns, "price": large})
    small = fit(prepare(near, plainly("price")), QUICK)
    prepared = prepare(far, plainly("price"))
    fitted = fit(prepared, QUICK)
    y = prepared.train.y
    assert fitted.scale[:2] == pytest.approx((y.mean(), y.std()))
    expected = 5_000_000 + 1000 * small.predict(near)
    np.testing.assert_allclose(fitted.predict(far), expected, atol=1)
    assert fitted.scores.test.score.value == pytest.approx(small.scores.test.score.value, abs=1e-3)


# Predicting and evaluating.


def test_predict_names_the_likeliest_class(table_of, noisy):
    table = table_of(**without(noisy(200, shares=3), "price"))
    fitted = fit(prepare(table, plainly("kind", classes=("top", "middle", "low"))), QUICK)
    p = fitted.predict_values(table)
    assert p.shape == (200, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-6)
    names = np.array(["top", "middle", "low"])[p.argmax(axis=1)]
    assert fitted.predict(table).tolist() == names.tolist()


def test_evaluating_the_test_rows_gives_the_score_of_the_fit(table_of, noisy):
    columns = without(noisy(400), "price")
    table = table_of(**columns)
    fitted = fit(prepare(table, plainly("kind")), QUICK)
    target = read_target(table, "kind")
    rows = split_by_class(target.values, target.classes, TEST_SHARE, 0).test
    held_out = table_of("held.csv", **{k: np.array(v)[rows].tolist() for k, v in columns.items()})
    found = evaluate(fitted, held_out)
    assert found.judgement.score == fitted.scores.test.score
    assert found.judgement.confusion.tolist() == fitted.scores.test.confusion.tolist()
    assert found.notes == ()
    assert [note.key for note in evaluate(fitted, table).notes] == ["trained_on"]


def test_a_listener_ends_training_and_sees_every_epoch(table_of, noisy):
    prepared = prepare(table_of(**without(noisy(200), "price")), plainly("kind"))
    seen = []

    def listen(record):
        seen.append(record.epoch)
        return "enough" if record.epoch == 3 else None

    history = fit(prepared, Choices(epochs=50), listen).history
    assert (seen, history.stopped) == ([1, 2, 3], "enough")


# What cannot be asked.


def test_questions_that_contradict_themselves():
    with pytest.raises(ArgumentError, match="--groups or --time"):
        Question("y", groups="a", time="b")
    for roles in ({"weights": "y"}, {"groups": "y"}, {"time": "y"}):
        with pytest.raises(ArgumentError, match="two roles: got 'y'"):
            Question("y", **roles)
    with pytest.raises(ArgumentError, match="two roles: got 'a'"):
        Question("y", groups="a", weights="a")


@pytest.mark.parametrize("choice", [{"activation": "rellu"}, {"metric": "x"}, {"epochs": 0},
    {"hidden": (0,)}, {"learning_rate": 0.0}, {"batch_size": 0}, {"seed": -1}])  # fmt: skip
def test_choices_that_cannot_be_used(table_of, noisy, choice):
    table = table_of(**without(noisy(100), "price"))
    with pytest.raises(ArgumentError):
        fit(prepare(table, plainly("kind")), Choices(**choice))


def test_rows_that_all_weigh_nothing(table_of, noisy):
    columns = without(noisy(200), "kind")
    split = split_at_random(200, TEST_SHARE, 0)
    for part, what in ((split.test, "give the score"), (split.train, "train")):
        weights = np.ones(200, int)
        weights[part] = 0
        table = table_of(**{**columns, "w": weights.tolist()})
        with pytest.raises(DataError, match=f"all rows that shall {what} have weight zero"):
            prepare(table, plainly("price", weights="w"))


def test_stop_rows_that_weigh_nothing_choose_as_if_they_counted_alike(table_of, noisy):
    columns = without(noisy(200), "kind")
    weights = np.ones(200, int)
    weights[split_at_random(200, TEST_SHARE, 0).stop] = 0
    prepared = prepare(
        table_of(**{**columns, "w": weights.tolist()}), plainly("price", weights="w")
    )
    plain = prepare(table_of(**columns), plainly("price"))
    assert fit(prepared, QUICK).history == fit(plain, QUICK).history
