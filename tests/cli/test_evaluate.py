"""`helder evaluate`: the score on labelled rows, class by class."""

from __future__ import annotations

import csv
import re

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score


@pytest.fixture
def model(well, small) -> str:
    well("train", small, "--target", "answer", "--epochs", 10, "--quiet")
    return "small.helder"


def test_it_agrees_with_scikit_learn_on_the_predictions(well, model, yes_or_no, folder):
    new = yes_or_no("new.csv", rows=90, seed=8)
    answer = well("evaluate", model, new, "--json").json
    lines = (folder / new).read_text().splitlines()
    truth = [row["answer"] for row in csv.DictReader(lines)]
    predicted = well("predict", model, new, "--json").json["predictions"]
    assert answer["rows"] == 90
    assert answer["score"]["metric"] == "accuracy"
    assert answer["score"]["value"] == pytest.approx(accuracy_score(truth, predicted))
    assert answer["score"]["low"] < answer["score"]["value"] < answer["score"]["high"]
    confusion = np.array(answer["confusion"])
    assert confusion.sum() == 90
    assert confusion.sum(axis=1).tolist() == [truth.count("no"), truth.count("yes")]
    assert confusion.sum(axis=0).tolist() == [predicted.count("no"), predicted.count("yes")]
    for one in answer["per_class"]:
        of = {"pos_label": one["name"]}
        assert one["rows"] == truth.count(one["name"])
        assert one["recall"] == pytest.approx(recall_score(truth, predicted, **of))
        assert one["precision"] == pytest.approx(precision_score(truth, predicted, **of))
        assert one["f1"] == pytest.approx(f1_score(truth, predicted, **of))


def test_it_says_score_classes_and_confusion(well, model, yes_or_no):
    said = well("evaluate", model, yes_or_no("new.csv", rows=90, seed=8)).out
    assert "Score: accuracy on the 90 rows of this file" in said
    assert re.search(r"class +rows +recall +precision\n", said)
    assert "Truth in rows, prediction in columns" in said
    assert "remembers" not in said


def test_the_training_table_itself_is_said(well, model, small):
    assert "This is the table that the network was trained on" in well("evaluate", model, small).out
    notes = well("evaluate", model, small, "--json").json["notes"]
    assert [note["key"] for note in notes] == ["trained_on"]


def test_a_number_has_no_classes(well, amounts):
    well("train", amounts, "--target", "y", "--epochs", 30, "--quiet", "--metric", "mae")
    answer = well("evaluate", "amounts.helder", amounts, "--json").json
    assert (answer["per_class"], answer["confusion"], answer["classes"]) == (None, None, None)
    assert answer["score"]["metric"] == "mae"
    assert set(answer["beside"]) == {"rmse"}
    assert "mean absolute error" in well("evaluate", "amounts.helder", amounts).out


def test_a_label_never_seen_in_training_is_an_error_with_its_line(helder, model, write):
    rows = [(1, 2, "red", "yes"), (1, 2, "red", "perhaps")]
    new = write(("a", "b", "colour", "answer"), rows, "new.csv")
    said = helder("evaluate", model, new, "--json")
    assert (said.status, said.out) == (1, "")
    for part in ("new.csv, line 3, column 'answer'", "'perhaps'", "'no', 'yes'"):
        assert part in said.err


def test_rows_without_a_target_are_counted(well, model, write):
    rows = [(1, 2, "red", "yes"), (1, 2, "red", ""), (1, 2, "red", "NA"), (-1, -2, "red", "no")]
    new = write(("a", "b", "colour", "answer"), rows, "new.csv")
    answer = well("evaluate", model, new, "--json").json
    assert answer["rows"] == 2
    (gone,) = answer["left_out"]
    assert (gone["what"], gone["name"], gone["count"]) == ("row", "answer", 2)
    assert "Left out: 2 rows of answer" in well("evaluate", model, new).out


@pytest.mark.parametrize("cells", [[""], ["", "NA"]])
def test_no_row_with_a_target_is_an_error(helder, model, write, cells):
    rows = [(1, 2, "red", cell) for cell in cells]
    new = write(("a", "b", "colour", "answer"), rows, "new.csv")
    said = helder("evaluate", model, new)
    assert (said.status, said.out) == (1, "")
    assert "no row has a target" in said.err


def test_a_file_without_the_target_is_an_error(helder, model, write):
    new = write(("a", "b", "colour"), [(1, 2, "red")], "new.csv")
    said = helder("evaluate", model, new)
    assert (said.status, said.out) == (1, "")
    assert "'answer'" in said.err
