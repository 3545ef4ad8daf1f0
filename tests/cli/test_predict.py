"""`helder predict`: one line for each row, in order, and labels that do no harm."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from helder import store
from helder.table import read_table

DANGEROUS = ["=1+1", "+cmd", "-cmd|calc", "@x"]
NUMBERS = ["-1", "+2", "-1,5", "-3e5"]


def read_back(text: str) -> list[list[str]]:
    """The lines of a CSV as a program reads them."""
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def labelled(well, write):
    """Trains on a column that tells the label; gives the file whose row N has label N."""

    def make(labels: list[str], *options: object) -> str:
        rows = [(f"c{at}", at, label) for _ in range(12) for at, label in enumerate(labels)]
        file = write(("code", "number", "label"), rows, "labels.csv")
        well(
            "train", file, "--target", "label", "--task", "classification", "--quiet",
            "--epochs", 150, "--learning-rate", 0.02, *options,
        )  # fmt: skip
        return write(("code", "number"), [row[:2] for row in rows[: len(labels)]], "ask.csv")

    return make


def test_one_line_for_each_row_in_order(helder, labelled):
    ask = labelled(["first", "second", "third, and last"])
    said = helder("predict", "labels.helder", ask)
    assert (said.status, said.err) == (0, "")
    header, *lines = read_back(said.out)
    assert header == ["prediction", "p_first", "p_second", "p_third, and last"]
    assert [line[0] for line in lines] == ["first", "second", "third, and last"]


def test_probabilities_sum_to_one_and_name_the_prediction(well, small):
    well("train", small, "--target", "answer", "--epochs", 5, "--quiet")
    said = well("predict", "small.helder", small)
    header, *lines = read_back(said.out)
    p = np.array([line[1:] for line in lines], dtype=float)
    assert p.shape == (150, 2)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-6)
    names = [name.removeprefix("p_") for name in header[1:]]
    assert [line[0] for line in lines] == [names[at] for at in p.argmax(axis=1)]


def test_the_numbers_read_back_as_the_same_numbers(well, small, amounts):
    for file, target in ((small, "answer"), (amounts, "y")):
        well("train", file, "--target", target, "--epochs", 3, "--quiet")
        model = file.replace(".csv", ".helder")
        _, *lines = read_back(well("predict", model, file).out)
        expected = store.load(model).predict_values(read_table(file))
        first = 0 if expected.ndim == 1 else 1
        found = np.array([line[first:] for line in lines], dtype=expected.dtype)
        np.testing.assert_array_equal(found.reshape(expected.shape), expected)


def test_a_number_has_one_column_in_its_own_units(well, amounts):
    well("train", amounts, "--target", "y", "--epochs", 100, "--quiet")
    header, *lines = read_back(well("predict", "amounts.helder", amounts).out)
    assert header == ["prediction"]
    values = np.array(lines, dtype=float)
    assert values.shape == (150, 1)
    assert 950 < values.mean() < 1050
    assert 20 < values.std() < 100


def test_formulas_get_a_quote_and_that_is_said(helder, labelled):
    ask = labelled([*DANGEROUS, "plain"])
    said = helder("predict", "labels.helder", ask)
    header, *lines = read_back(said.out)
    assert [line[0] for line in lines] == [*(f"'{name}" for name in DANGEROUS), "plain"]
    assert header[1:] == sorted(f"p_{name}" for name in [*DANGEROUS, "plain"])
    assert "a quote in front" in said.err
    for name in DANGEROUS:
        assert name in said.err
    assert "plain" not in said.err


def test_raw_writes_labels_as_they_are(well, labelled):
    ask = labelled([*DANGEROUS, "plain"])
    _, *lines = read_back(well("predict", "labels.helder", ask, "--raw").out)
    assert [line[0] for line in lines] == [*DANGEROUS, "plain"]


def test_numbers_are_left_alone(well, labelled):
    ask = labelled([*NUMBERS, "plain", "more"])
    _, *lines = read_back(well("predict", "labels.helder", ask).out)
    assert [line[0] for line in lines] == [*NUMBERS, "plain", "more"]


def test_control_characters_are_written_as_codes_and_that_is_said(helder, well, labelled):
    evil = ["\x1b[31mred", "two\nlines", "two\rlines", "c1\x9b31m", "plain"]
    ask = labelled(evil)
    said = helder("predict", "labels.helder", ask)
    coded = ["\\x1b[31mred", "two\\nlines", "two\\rlines", "c1\\x9b31m", "plain"]
    _, *lines = read_back(said.out)
    assert [line[0] for line in lines] == coded
    assert len(said.out.splitlines()) == 1 + len(evil)
    assert "control characters in" in said.err
    raw = well("predict", "labels.helder", ask, "--raw", "--out", "raw.csv", "--quiet")
    assert raw.out == ""
    with open("raw.csv", newline="", encoding="utf-8") as file:
        _, *lines = csv.reader(file)
    assert [line[0] for line in lines] == evil


def test_out_writes_the_same_text_to_a_file(well, helder, small, folder):
    well("train", small, "--target", "answer", "--epochs", 2, "--quiet")
    shown = well("predict", "small.helder", small).out
    said = helder("predict", "small.helder", small, "--out", "p.csv")
    assert (said.status, said.out) == (0, "")
    assert said.err == "150 predictions are in p.csv.\n"
    assert (folder / "p.csv").read_text() == shown


def test_unseen_categories_and_missing_values_get_a_line_and_a_note(well, helder, small, write):
    well("train", small, "--target", "answer", "--epochs", 5, "--quiet")
    rows = [("1", "1", "red"), ("-1", "", "red"), ("1", "2", "violet"), ("", "", "")]
    new = write(("a", "b", "colour"), rows, "new.csv")
    said = helder("predict", "small.helder", new)
    assert said.status == 0
    _, *lines = read_back(said.out)
    assert len(lines) == 4
    assert all(line[0] in ("yes", "no") for line in lines)
    assert "'violet' at new.csv, line 4" in said.err
    assert "Column 'b': 2 rows have no value" in said.err
    assert helder("predict", "small.helder", new, "--quiet").err == ""


def test_a_column_that_the_model_needs_is_named(helder, well, small, write):
    well("train", small, "--target", "answer", "--epochs", 2, "--quiet")
    said = helder("predict", "small.helder", write(("a", "colour"), [(1, "red")], "new.csv"))
    assert (said.status, said.out) == (1, "")
    assert "'b'" in said.err


def test_json_holds_labels_as_they_are_and_the_probabilities(well, labelled):
    ask = labelled([*DANGEROUS, "plain"])
    answer = well("predict", "labels.helder", ask, "--json").json
    assert answer["rows"] == 5
    assert answer["predictions"] == [*DANGEROUS, "plain"]
    assert np.shape(answer["probabilities"]) == (5, 5)
    assert answer["classes"] == sorted([*DANGEROUS, "plain"])
    assert answer["out"] is None


def test_a_prediction_file_is_read_with_the_marks_of_training(well, helder, folder):
    doses = [f"{1 + row / 1000:.3f}".replace(".", ",") for row in range(60)]
    answers = ["ja" if row >= 30 else "nee" for row in range(60)]
    rows = [f"{dose};{answer}" for dose, answer in zip(doses, answers, strict=True)]
    (folder / "doses.csv").write_text("dose;answer\n0,5;nee\n" + "\n".join(rows) + "\n")
    (folder / "new.csv").write_text("dose\n1,001\n")
    well("train", "doses.csv", "--target", "answer", "--epochs", 300, "--quiet")
    small = helder("predict", "doses.helder", "new.csv")
    assert small.status == 0
    assert small.out.splitlines()[1].startswith("nee,")  # one and a bit, not a thousand and one
