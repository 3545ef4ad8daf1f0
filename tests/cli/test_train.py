"""`helder train`: what it says, what each option does, and its answer to a program."""

from __future__ import annotations

import re

PLAIN = ("--recipe", "plain")  # one network, quickly trained: rows are held out once
QUICK = (*PLAIN, "--epochs", 3, "--json")


def train(well, file, target, *options) -> dict:
    """The answer of a short training."""
    return well("train", file, "--target", target, *QUICK, *options).json


# What it says.


def test_it_says_what_was_understood_how_it_trained_and_how_well(well, small):
    said = well("train", small, "--target", "answer", *PLAIN, "--epochs", 20).out
    for line in (
        "small.csv: 150 rows, 4 columns, separated by commas.",
        "To predict: answer, one of no, yes.",
        "From 3 columns: 2 numeric, 1 category.",
        "Nothing is left out.",
        "Score: accuracy on 30 rows that the network has not seen",
        "Truth in rows, prediction in columns",
        "The model is in small.helder.",
    ):
        assert line in said.splitlines(), line
    assert re.search(r"output +\(64, 2\) +\(1, 2\) +softmax +130\n", said)
    assert re.search(r"Trained \d+ epochs in \d+\.\d s; epoch \d+ did best", said)
    assert re.search(r"this network +[\d.]+ %  \(95 % interval [\d.]+ to [\d.]+ %\)\n", said)
    assert re.search(r"linear model +[\d.]+ %\n", said)
    assert re.search(r"always the largest class +[\d.]+ %\n", said)


def test_the_confusion_table_counts_the_scored_rows(well, small):
    said = well("train", small, "--target", "answer", *PLAIN, "--epochs", 3).out
    rows = re.findall(r"^  (?:no|yes) +(\d+) +(\d+)$", said, re.MULTILINE)
    assert len(rows) == 2
    assert sum(int(count) for row in rows for count in row) == 30


def test_a_number_is_scored_beside_its_mean(well, amounts):
    said = well("train", amounts, "--target", "y", *PLAIN, "--epochs", 3).out
    assert "To predict: y, a number." in said
    assert "R2, the share of the variance explained" in said
    assert "always the mean" in said
    assert re.search(r"also: root mean squared error [\d.]+, mean absolute error [\d.]+", said)
    assert "Truth in rows" not in said


def test_under_imbalance_it_adds_balanced_accuracy_and_log_loss(well, write, small):
    even = well("train", small, "--target", "answer", *PLAIN, "--epochs", 3).out
    assert "balanced accuracy" not in even
    rows = [(row, row % 7, "rare" if row % 10 == 0 else "common") for row in range(200)]
    file = write(("a", "b", "kind"), rows)
    said = well("train", file, "--target", "kind", *PLAIN, "--epochs", 3, "--keep", "a").out
    assert re.search(r"also: balanced accuracy [\d.]+ %, log-loss [\d.]+", said)


def test_everything_left_out_is_shown_with_its_reason(well, write):
    rows = [(row, 7, row % 13, "" if row < 4 else "xy"[row % 2]) for row in range(100)]
    file = write(("id", "same", "a", "kind"), rows)
    lines = well("train", file, "--target", "kind", *PLAIN, "--epochs", 2).out.splitlines()
    assert "Left out: column same, as it has the same value in every row." in lines
    assert any(
        line.startswith("Left out: column id, as it looks like a row number") for line in lines
    )
    assert "Left out: 4 rows of kind: they have no target." in lines


def test_the_model_goes_to_the_files_stem_in_the_current_folder(well, write, small, folder):
    (folder / "deep").mkdir()
    (folder / "deep" / "my.data.csv").write_bytes((folder / small).read_bytes())
    answer = train(well, "deep/my.data.csv", "answer")
    assert answer["model"] == "my.data.helder"
    assert (folder / "my.data.helder").is_file()
    assert sorted(path.name for path in (folder / "deep").iterdir()) == ["my.data.csv"]


def test_a_model_that_stands_there_is_replaced_and_that_is_said(well, small, folder):
    first = well("train", small, "--target", "answer", *PLAIN, "--epochs", 2)
    before = (folder / "small.helder").read_bytes()
    second = well("train", small, "--target", "answer", *PLAIN, "--epochs", 3)
    assert first.out.endswith("The model is in small.helder.\n")
    replaced = "The model is in small.helder; the one that stood there was replaced.\n"
    assert second.out.endswith(replaced)
    assert (folder / "small.helder").read_bytes() != before
    assert sorted(path.name for path in folder.iterdir()) == ["small.csv", "small.helder"]


def test_a_class_with_few_rows_asks_less_and_that_is_said(well, write):
    rows = [(row % 7, row % 5, "xy"[row % 2]) for row in range(60)] + [(1, 2, "once")]
    said = well(
        "train",
        write(("a", "b", "kind"), rows),
        "--target",
        "kind",
        *PLAIN,
        "--epochs",
        2,
    ).out
    assert "Too few rows to be held out everywhere: class 'once'." in said


# The answer to a program.


def test_json_is_one_object_with_the_promised_keys(well, small):
    answer = train(well, small, "answer")
    assert answer["task"] == "classification"
    assert answer["target"] == "answer"
    assert answer["classes"] == ["no", "yes"]
    assert answer["rows"] == {"train": 97, "stop": 23, "test": 30}
    assert answer["columns"] == [
        {"name": "a", "kind": "numeric"},
        {"name": "b", "kind": "numeric"},
        {"name": "colour", "kind": "category"},
    ]
    assert answer["left_out"] == []
    assert answer["architecture"] == {
        "layer_sizes": [5, 64, 64, 2],
        "activation": "relu",
        "parameters": 5 * 64 + 64 + 64 * 64 + 64 + 64 * 2 + 2,
    }
    assert answer["epochs"] == 3
    assert isinstance(answer["seconds"], float)
    assert answer["seconds"] > 0
    score = answer["score"]
    assert set(score) == {"metric", "value", "low", "high"}
    assert score["metric"] == "accuracy"
    assert 0 <= score["low"] <= score["value"] <= score["high"] <= 1
    assert set(answer["baseline"]) == {"largest_class", "mean", "linear"}
    assert answer["baseline"]["mean"] is None
    assert 0 <= answer["baseline"]["largest_class"] <= 1
    assert 0 <= answer["baseline"]["linear"] <= 1
    assert answer["model"] == "small.helder"


def test_json_of_a_number_has_null_where_classes_would_be(well, amounts):
    answer = train(well, amounts, "y")
    assert (answer["task"], answer["classes"], answer["confusion"]) == ("regression", None, None)
    assert answer["score"]["metric"] == "r2"
    assert answer["baseline"]["largest_class"] is None
    assert isinstance(answer["baseline"]["mean"], float)


def test_json_lists_what_was_left_out(well, write):
    rows = [(7, row % 13, "" if row < 4 else "xy"[row % 2]) for row in range(100)]
    answer = train(well, write(("same", "a", "kind"), rows), "kind")
    assert answer["left_out"] == [
        {
            "what": "column",
            "name": "same",
            "count": 1,
            "why": "it has the same value in every row",
        },
        {"what": "row", "name": "kind", "count": 4, "why": "they have no target"},
    ]
    assert sum(answer["rows"].values()) == 96


def test_json_and_the_screen_tell_the_same_score(well, small):
    value = train(well, small, "answer")["score"]["value"]
    said = well("train", small, "--target", "answer", *PLAIN, "--epochs", 3).out
    assert re.search(rf"this network +{100 * value:.1f} %", said)


def test_quiet_says_nothing_and_still_writes_the_model(well, small, folder):
    assert well("train", small, "--target", "answer", *PLAIN, "--epochs", 2, "--quiet").out == ""
    assert (folder / "small.helder").is_file()
    assert train(well, small, "answer", "--quiet")["epochs"] == 3
