"""Wrong labels are found by networks that never saw them, and by what they say of rows nearby."""

from __future__ import annotations

import json

import numpy as np
import pytest

from helder.glass.advice import wrong_labels, wrong_numbers
from helder.glass.advice.labels import LISTED, most_wrong, nearest
from helder.model import Choices, Question, fit, prepare
from helder.table import read_table

N, CLASSES = 1500, ("a", "b", "c")


@pytest.fixture
def made():
    """Inputs, probabilities that are right on average, and labels drawn from them."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 2))
    z = 4 * X @ rng.normal(size=(2, 3))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)  # (N, 3)
    codes = np.array([rng.choice(3, p=one) for one in p])
    wrong = rng.choice(N, round(0.03 * N), replace=False)
    codes[wrong] = (codes[wrong] + rng.integers(1, 3, len(wrong))) % 3
    return X, p, codes, wrong


def test_the_likeliest_wrong_labels_come_first(made):
    X, p, codes, wrong = made
    found = wrong_labels(p, codes, CLASSES, X)
    hits = [suspect.row - 1 in wrong for suspect in found.suspects]
    assert len(hits) == LISTED
    assert np.mean(hits) >= 0.8


def test_each_suspect_says_what_it_has_and_what_is_likelier(made):
    X, p, codes, _ = made
    numbers = np.arange(N) * 2 + 5
    for suspect in wrong_labels(p, codes, CLASSES, X, numbers=numbers).suspects:
        at = (suspect.row - 5) // 2
        assert suspect.given == CLASSES[codes[at]]
        assert suspect.likelier == CLASSES[p[at].argmax()]
        assert suspect.probability == p[at].max()


def test_a_label_that_is_the_likeliest_is_no_suspect(made):
    X, p, _, _ = made
    found = wrong_labels(p, p.argmax(axis=1), CLASSES, X)
    assert found.suspects == ()
    assert "find its label the likeliest in all of 1,500 rows" in found.sentence


def test_rows_nearby_keep_one_surprised_network_from_being_believed():
    """Two rows are as surprising; around one of them the networks doubt that label less."""
    X = np.concatenate([np.zeros((30, 1)), np.full((30, 1), 9.0)])
    p = np.array([[0.95, 0.05]] * 30 + [[0.6, 0.4]] * 30)
    codes = np.zeros(60, int)
    codes[[7, 40]] = 1
    p[40] = p[7]
    assert [suspect.row for suspect in wrong_labels(p, codes, CLASSES[:2], X).suspects] == [8, 41]


def test_rows_that_count_nothing_are_not_looked_at(made):
    X, p, codes, wrong = made
    weights = np.ones(N)
    weights[wrong] = 0
    rows = {
        suspect.row - 1 for suspect in wrong_labels(p, codes, CLASSES, X, weights=weights).suspects
    }
    assert rows
    assert not rows & set(wrong)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.0, 0.03, 0.1])
def test_no_more_labels_are_wrong_than_the_bound_says(made, seed, share):
    _, p, _, _ = made
    rng = np.random.default_rng(seed)
    codes = np.array([rng.choice(3, p=one) for one in p])
    wrong = rng.choice(N, round(share * N), replace=False)
    codes[wrong] = (codes[wrong] + rng.integers(1, 3, len(wrong))) % 3
    assert share <= most_wrong(p, codes) <= share + 0.06


def test_of_noise_nothing_can_be_told():
    rng = np.random.default_rng(1)
    p = rng.dirichlet([9, 9, 9], size=300)
    found = wrong_labels(p, rng.integers(3, size=300), CLASSES, rng.normal(size=(300, 2)))
    assert found.suspects == ()
    assert "cannot tell a wrong label from a right one" in found.sentence


def test_nearest_rows_are_those_of_smallest_distance_and_never_the_row_itself(monkeypatch):
    monkeypatch.setattr("helder.glass.advice.labels.AT_ONCE", 100)  # one row at a time
    X = np.random.default_rng(0).normal(size=(90, 3))
    rows = np.array([0, 5, 89])
    distance = np.linalg.norm(X[rows, None] - X, axis=2)
    distance[np.arange(3), rows] = np.inf
    wanted = np.argsort(distance, axis=1)[:, :25]
    assert [set(row) for row in nearest(X, rows)] == [set(row) for row in wanted]


def test_a_number_far_off_among_steady_ones_is_a_suspect_and_one_among_wild_ones_is_not():
    rng = np.random.default_rng(2)
    X = np.concatenate([np.zeros((500, 1)), np.full((500, 1), 9.0)]) + rng.normal(size=(1000, 1))
    spread = np.repeat([1.0, 10.0], 500)
    y = rng.uniform(-1, 1, size=1000) * spread
    y[3], y[700] = 9.0, 12.0
    found = wrong_numbers(np.zeros(1000), y, X)
    assert [(suspect.row, suspect.given) for suspect in found.suspects] == [(4, 9.0)]
    assert found.sentence.startswith("1 number is worth a second look: row 4 has 9")
    assert wrong_numbers(np.zeros(1000), y / y, X).suspects == ()


def test_of_few_rows_nothing_is_said():
    X = np.zeros((5, 1))
    assert wrong_labels(np.full((5, 2), 0.5), np.array([0, 1, 0, 1, 0]), "ab", X).suspects == ()
    assert wrong_numbers(np.zeros(5), np.array([0, 0, 0, 0, 99.0]), X).suspects == ()


def test_a_single_number_that_is_off_stands_out_of_perfect_ones():
    y = np.arange(100.0)
    y[40] = 0
    found = wrong_numbers(np.arange(100.0), y, np.arange(100.0)[:, None])
    assert [suspect.row for suspect in found.suspects] == [41]


def test_a_network_finds_labels_planted_in_its_table(columns, tmp_path):
    labels, rng = columns["class"].copy(), np.random.default_rng(3)
    far = np.flatnonzero(np.abs(columns["price"]) > 3)
    wrong = rng.choice(far, 15, replace=False)
    labels[wrong] = np.where(labels[wrong] == "yes", "no", "yes")
    path, names = tmp_path / "data.csv", ("strong", "weak", "noise")
    rows = zip(*(columns[name] for name in names), labels, strict=True)
    lines = [",".join(map(str, row)) for row in rows]
    lines.insert(100, "1,1,1,")  # without a target
    path.write_text("\n".join([",".join([*names, "class"]), *lines]))
    prepared = prepare(read_table(path), Question("class"))
    fitted = fit(prepared, Choices(epochs=10))
    train = prepared.train
    found = wrong_labels(
        fitted.out_of_fold, train.y, fitted.classes, train.X, numbers=prepared.numbers
    )
    there = {int(row) + 1 + (row >= 100) for row in wrong}
    assert np.mean([suspect.row in there for suspect in found.suspects[:10]]) >= 0.7
    assert json.loads(json.dumps(found.to_dict()))["suspects"][0]["given"] in ("yes", "no")


def test_of_one_class_or_of_rows_that_all_count_nothing_nothing_can_be_told():
    X = np.zeros((3, 2))
    alone = wrong_labels(np.ones((3, 1)), np.zeros(3, int), ("a",), X)
    weightless = wrong_labels(np.eye(3)[:, :2], np.zeros(3, int), "ab", X, weights=np.zeros(3))
    for found in (alone, weightless):
        assert (found.suspects, found.most) == ((), 1.0)
        assert "cannot tell a wrong label from a right one" in found.sentence
