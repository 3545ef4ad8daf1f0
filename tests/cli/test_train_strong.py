"""`helder train` as it comes: the strong recipe in folds, on all rows."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import helder as library
from helder import MLPClassifier, MLPRegressor, store

SLEEP = Path(__file__).parents[2] / "examples" / "sleep.csv"


def train(well, file, target, *options) -> dict:
    """The answer of a short training."""
    return well("train", file, "--target", target, "--epochs", 3, "--json", *options).json


def keys(answer) -> list[str]:
    """The kinds of the notes."""
    return [note["key"] for note in answer["notes"]]


@pytest.fixture
def moments(write):
    """Writes 300 rows over 100 moments; what a tells turns around in the last fifth of them."""
    rng = np.random.default_rng(4)
    a, when = rng.normal(size=300).round(3), rng.permutation(300) // 3
    answers = np.where((a > 0) ^ (when >= 80), "yes", "no")
    return write(("a", "when", "answer"), zip(a.tolist(), when.tolist(), answers, strict=True))


def test_it_says_that_every_row_is_scored_by_who_has_not_learnt_from_it(well, small):
    said = well("train", small, "--target", "answer", "--epochs", 3).out
    assert "8 folds: each network is scored on the rows that it has not learnt from" in said
    assert "Score: accuracy on 150 rows, each by the network that has not learnt from it" in said
    assert re.search(r"this network +[\d.]+ %  \(95 % interval [\d.]+ to [\d.]+ %\)\n", said)
    assert re.search(r"linear model +[\d.]+ %\n", said)
    assert re.search(r"always the largest class +[\d.]+ %\n", said)
    assert "periodic" in said


def test_all_rows_train_and_all_give_the_score(well, small):
    answer = train(well, small, "answer")
    assert answer["recipe"] == "strong"
    assert answer["rows"] == {"train": 150, "stop": 0, "test": 150}
    assert answer["score"] == answer["cv_score"]
    assert answer["architecture"]["layer_sizes"][1:] == [128, 128, 2]
    assert answer["architecture"]["activation"] == "mish"
    assert np.sum(answer["confusion"]) == 150


@pytest.mark.parametrize("target", ["answer", "y"])
def test_it_is_the_fit_of_the_estimator(well, small, amounts, target):
    file = small if target == "answer" else amounts
    answer = train(well, file, target, "--seed", 5)
    frame = pl.read_csv(file)
    kind = MLPClassifier if target == "answer" else MLPRegressor
    model = kind(epochs=3, random_state=5).fit(frame.drop(target), frame[target])
    loaded = library.load(answer["model"])
    assert loaded.temperature_ == pytest.approx(model.temperature_)
    assert answer["score"]["value"] == pytest.approx(model.cv_score_.value, abs=1e-6)
    np.testing.assert_allclose(
        loaded.net_.parameters.values, model.net_.parameters.values, rtol=1e-4, atol=1e-6
    )


def test_the_model_file_knows_how_sure_to_be(well, small, amounts):
    train(well, small, "answer")
    fitted, loaded = store.load("small.helder"), library.load("small.helder")
    assert (fitted.recipe, len(fitted.net.parameters.values)) == ("strong", 2 * 8)
    assert fitted.temperature != 1
    assert loaded.predict_set(pl.read_csv(small).head(5), coverage=0.9).shape == (5, 2)
    train(well, amounts, "y")
    low, high = library.load("amounts.helder").predict_interval(pl.read_csv(amounts).head(5)).T
    assert (low < high).all()


def test_folds_are_as_many_as_asked_for_or_as_rows_and_groups_allow(well, small, write):
    assert len(store.load(train(well, small, "answer")["model"]).net.parameters.values) == 2 * 8
    three = train(well, small, "answer", "--folds", 3)
    assert len(store.load(three["model"]).net.parameters.values) == 2 * 3
    few = write(("a", "b", "kind"), [(row % 7, row % 5, "xy"[row % 2]) for row in range(9)])
    once = train(well, few, "kind")  # so few rows are not learnt twice
    assert len(store.load(once["model"]).net.parameters.values) == 4
    rows = [(row % 11, row % 5, f"p{row // 17}", "xy"[row % 2]) for row in range(17 * 5)]
    file = write(("a", "b", "patient", "kind"), rows, "groups.csv")
    grouped = train(well, file, "kind", "--groups", "patient")
    assert keys(grouped).count("folds_grouped") == 1
    assert len(store.load("groups.helder").net.parameters.values) == 2 * 5


def test_a_handful_of_rows_is_too_few(helder, write):
    file = write(("a", "kind"), [(row, "xy"[row % 2]) for row in range(4)])
    said = helder("train", file, "--target", "kind", "--keep", "a")
    assert said.status == 1
    assert "too few rows" in said.err


def test_a_test_file_gives_the_score_and_the_folds_another(well, small, yes_or_no):
    answer = train(well, small, "answer", "--test", yes_or_no("other.csv", rows=70, seed=5))
    assert answer["rows"] == {"train": 150, "stop": 0, "test": 70}
    assert answer["score"] != answer["cv_score"]


def test_time_scores_on_the_latest_rows_and_the_earlier_ones_are_folds(well, moments):
    answer = train(well, moments, "answer", "--time", "when", "--epochs", 40)
    assert answer["rows"] == {"train": 240, "stop": 0, "test": 60}
    assert answer["score"]["value"] < 0.2  # the world has turned around
    assert answer["cv_score"]["value"] > 0.8
    (note,) = [note for note in answer["notes"] if note["key"] == "folds_latest"]
    assert "the latest 60 rows" in note["sentence"]
    assert "240 before them are 8 folds" in note["sentence"]


def test_time_with_folds_or_a_test_file(well, moments):
    answer = train(well, moments, "answer", "--time", "when", "--folds", 3)
    assert len(store.load(answer["model"]).net.parameters.values) == 2 * 3
    whole = train(well, moments, "answer", "--time", "when", "--test", moments)
    assert (whole["rows"]["train"], whole["rows"]["test"]) == (300, 300)
    assert "folds_time" in keys(whole)
    plain = train(well, moments, "answer", "--time", "when", "--folds", 3, "--recipe", "plain")
    assert plain["rows"] == {"train": 240, "stop": 0, "test": 60}


def test_what_a_person_chooses_takes_the_recipes_place(well, small):
    chosen = ("--hidden", "7,3", "--activation", "tanh", "--learning-rate", 0.01)
    answer = train(well, small, "answer", *chosen)
    assert answer["architecture"]["layer_sizes"][1:] == [7, 3, 2]
    assert answer["architecture"]["activation"] == "tanh"
    linear = train(well, small, "answer", "--hidden", "none")["architecture"]
    assert (len(linear["layer_sizes"]), linear["parameters"]) == (
        2,
        linear["layer_sizes"][0] * 2 + 2,
    )


def test_candidates_are_tried_in_every_fold(well, small):
    tried = train(well, small, "answer", "--folds", 3, "--try", "dropout=0,0.4")["tried"]
    assert [one["values"]["dropout"] for one in tried] == [0, 0.4]
    assert sum(one["kept"] for one in tried) == 2 * 3  # each fold twice


def test_a_metric_that_is_asked_for_chooses_the_epoch(well, small):
    options = ("--epochs", 20, "--hidden", "8")
    train(well, small, "answer", *options)
    by_loss = store.load("small.helder").net.parameters.values
    train(well, small, "answer", *options, "--metric", "auc")
    by_auc = store.load("small.helder").net.parameters.values
    assert (by_loss != by_auc).any()


def test_the_score_of_the_example_comes_near_to_the_best_that_there_is(well):
    answer = train(well, SLEEP, "Sleep_Quality", "--epochs", 20)
    best = 0.8696  # of any prediction: examples/make_sleep.py says why
    assert answer["score"]["value"] > 0.95 * best
    assert answer["baseline"]["linear"] < answer["score"]["low"]
    new = well("evaluate", "sleep.helder", SLEEP.with_name("sleep_new.csv"), "--json").json
    assert new["score"]["value"] > 0.95 * best
