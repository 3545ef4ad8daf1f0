"""A fit in folds: every row gives a score, and the networks predict with their mean."""

from __future__ import annotations

import numpy as np
import pytest

from helder import store
from helder.errors import ArgumentError, DataError
from helder.model import Choices, Question, fit, prepare
from helder.table import read_table

CHOICES = Choices(hidden=(16,), epochs=15, learning_rate=0.01)


@pytest.fixture
def table(tmp_path):
    """A table of 240 rows: two classes, an amount, and 60 people with four rows each."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 240))
    lines = ["a,b,person,kind,amount"]
    for row in range(240):
        kind = "high" if a[row] * b[row] > 0 else "low"
        lines.append(f"{a[row]:.3f},{b[row]:.3f},{row // 4},{kind},{100 + 30 * a[row]:.2f}")
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines) + "\n")
    return read_table(str(path))


def prepared(table, target="kind", **asked):
    drop = tuple({"kind", "amount", "person"} - {target, asked.get("groups")})
    return prepare(table, Question(target=target, drop=drop, folds=5, recipe="plain", **asked))


def test_every_row_gives_the_score_and_trains_in_all_folds_but_one(table):
    ready = prepared(table)
    held = np.concatenate([fold.held_out for fold in ready.folds])
    assert sorted(held) == list(range(240))
    for fold in ready.folds:
        assert sorted([*fold.train, *fold.held_out]) == list(range(240))
    fitted = fit(ready, CHOICES)
    assert fitted.scores.test.rows == 240
    assert fitted.scores.cv == fitted.scores.test
    assert fitted.scores.test.confusion.sum() == 240
    assert fitted.scores.test.score.value > fitted.scores.linear + 0.1  # a product of two columns


def test_each_fold_has_the_same_share_of_every_class(table):
    ready = prepared(table)
    shares = [ready.train.y[fold.held_out].mean() for fold in ready.folds]
    assert np.ptp(shares) < 0.03


def test_groups_stay_together(table):
    ready = prepared(table, groups="person")
    for fold in ready.folds:
        people = {int(row) // 4 for row in fold.held_out}
        assert len(fold.held_out) == 4 * len(people)
    with pytest.raises(DataError, match="fewer groups than folds"):
        prepare(table.take(np.arange(12)), Question("kind", groups="person", folds=5))


def test_rows_that_count_are_dealt_to_all_folds_alike(table, tmp_path):
    lines = (tmp_path / "table.csv").read_text().splitlines()
    weighted = [f"{line},{int(row < 15)}" for row, line in enumerate(lines[1:])]
    path = tmp_path / "weighted.csv"
    path.write_text("\n".join([lines[0] + ",w", *weighted]) + "\n")
    ready = prepared(read_table(str(path)), target="amount", weights="w")
    counts = [ready.train.weights[fold.held_out].sum() for fold in ready.folds]
    assert counts == [3] * 5


def test_a_number_is_predicted_out_of_fold_in_its_own_units(table):
    fitted = fit(prepared(table, target="amount"), CHOICES)
    assert fitted.scores.test.score.value > 0.9
    assert fitted.scores.test.beside["mae"] < 10
    assert abs(fitted.predict(table).mean() - 100) < 5


def test_a_test_file_gives_the_score_and_the_folds_another(table):
    asked = Question(target="kind", drop=("amount", "person"), folds=4, recipe="plain")
    ready = prepare(table.take(np.arange(200)), asked, table.take(np.arange(200, 240)))
    scores = fit(ready, CHOICES).scores
    assert (scores.test.rows, scores.cv.rows) == (40, 200)


def test_the_networks_predict_with_their_mean_and_so_they_do_from_a_file(table, tmp_path):
    fitted = fit(prepared(table), CHOICES)
    store.save(fitted, tmp_path / "folds.helder")
    again = store.load(tmp_path / "folds.helder")
    assert again.net.parameters.values.shape[0] == 5
    np.testing.assert_array_equal(again.predict_values(table), fitted.predict_values(table))
    assert again.scores.cv.score == fitted.scores.cv.score
    X = fitted.plan.transform(table)
    one_by_one = []
    for k in range(5):
        z = fitted.net.engine.outputs(fitted.net.network, fitted.net.parameters, X, k)
        one_by_one.append(fitted.net.network.loss.link(z))
    np.testing.assert_allclose(
        fitted.predict_values(table), np.mean(one_by_one, axis=0), rtol=1e-5, atol=1e-7
    )


def test_guessing_is_scored_out_of_fold_too(table):
    ready = prepared(table, target="amount")
    assert fit(ready, CHOICES).scores.guess <= 0  # the mean of the other rows explains nothing


@pytest.mark.parametrize("folds", [1, 200])
def test_a_number_of_folds_that_does_not_fit_is_said(table, folds):
    with pytest.raises(ArgumentError, match="2 to 120"):
        prepare(table, Question(target="kind", folds=folds))
