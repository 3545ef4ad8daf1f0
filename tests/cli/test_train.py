"""`helder train`: what it says, what each option does, and its answer to a program."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from helder import store

QUICK = ("--epochs", 3, "--json")


def train(well, file, target, *options) -> dict:
    """The answer of a short training."""
    return well("train", file, "--target", target, *QUICK, *options).json


# What it says.


def test_it_says_what_was_understood_how_it_trained_and_how_well(well, small):
    said = well("train", small, "--target", "answer", "--epochs", 20).out
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
    said = well("train", small, "--target", "answer", "--epochs", 3).out
    rows = re.findall(r"^  (?:no|yes) +(\d+) +(\d+)$", said, re.MULTILINE)
    assert len(rows) == 2
    assert sum(int(count) for row in rows for count in row) == 30


def test_a_number_is_scored_beside_its_mean(well, amounts):
    said = well("train", amounts, "--target", "y", "--epochs", 3).out
    assert "To predict: y, a number." in said
    assert "R2, the share of the variance explained" in said
    assert "always the mean" in said
    assert re.search(r"also: root mean squared error [\d.]+, mean absolute error [\d.]+", said)
    assert "Truth in rows" not in said


def test_under_imbalance_it_adds_balanced_accuracy_and_log_loss(well, write, small):
    even = well("train", small, "--target", "answer", "--epochs", 3).out
    assert "balanced accuracy" not in even
    rows = [(row, row % 7, "rare" if row % 10 == 0 else "common") for row in range(200)]
    file = write(("a", "b", "kind"), rows)
    said = well("train", file, "--target", "kind", "--epochs", 3, "--keep", "a").out
    assert re.search(r"also: balanced accuracy [\d.]+ %, log-loss [\d.]+", said)


def test_everything_left_out_is_shown_with_its_reason(well, write):
    rows = [(row, 7, row % 13, "" if row < 4 else "xy"[row % 2]) for row in range(100)]
    file = write(("id", "same", "a", "kind"), rows)
    lines = well("train", file, "--target", "kind", "--epochs", 2).out.splitlines()
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
    first = well("train", small, "--target", "answer", "--epochs", 2)
    before = (folder / "small.helder").read_bytes()
    second = well("train", small, "--target", "answer", "--epochs", 3)
    assert first.out.endswith("The model is in small.helder.\n")
    replaced = "The model is in small.helder; the one that stood there was replaced.\n"
    assert second.out.endswith(replaced)
    assert (folder / "small.helder").read_bytes() != before
    assert sorted(path.name for path in folder.iterdir()) == ["small.csv", "small.helder"]


def test_a_class_with_few_rows_asks_less_and_that_is_said(well, write):
    rows = [(row % 7, row % 5, "xy"[row % 2]) for row in range(60)] + [(1, 2, "once")]
    said = well("train", write(("a", "b", "kind"), rows), "--target", "kind", "--epochs", 2).out
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
    said = well("train", small, "--target", "answer", "--epochs", 3).out
    assert re.search(rf"this network +{100 * value:.1f} %", said)


def test_quiet_says_nothing_and_still_writes_the_model(well, small, folder):
    assert well("train", small, "--target", "answer", "--epochs", 2, "--quiet").out == ""
    assert (folder / "small.helder").is_file()
    assert train(well, small, "answer", "--quiet")["epochs"] == 3


# Options that say which rows and columns.


def test_test_scores_on_another_file_and_leaves_all_rows_to_training(well, small, yes_or_no):
    other = yes_or_no("other.csv", rows=70, seed=5)
    rows = train(well, small, "answer", "--test", other)["rows"]
    assert rows["test"] == 70
    assert rows["train"] + rows["stop"] == 150


def test_the_training_table_as_test_file_is_said(well, small):
    notes = train(well, small, "answer", "--test", small)["notes"]
    assert "tested_on_training" in [note["key"] for note in notes]
    other = train(well, small, "answer")["notes"]
    assert "tested_on_training" not in [note["key"] for note in other]


def test_model_says_where_the_model_goes(well, small, folder):
    answer = train(well, small, "answer", "--model", "mine.helder")
    assert answer["model"] == "mine.helder"
    assert (folder / "mine.helder").is_file()
    assert not (folder / "small.helder").exists()


def test_task_overrules_what_the_column_looks_like(well, write):
    rows = [(row % 7, 1 + row % 3) for row in range(90)]
    few = write(("a", "stars"), rows)
    assert train(well, few, "stars")["task"] == "classification"
    assert train(well, few, "stars", "--task", "regression")["task"] == "regression"
    halves = write(("a", "size"), [(row % 7, 0.5 + row % 3) for row in range(90)])
    assert train(well, halves, "size")["task"] == "regression"
    answer = train(well, halves, "size", "--task", "classification")
    assert answer["classes"] == ["0.5", "1.5", "2.5"]


def test_weights_say_what_each_row_counts(well, write):
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 400)).round(3)
    wrong = np.arange(400) % 5 < 2  # as many rows as nearly turn the truth around
    answers = np.where((a > 0) ^ wrong, "yes", "no")
    trust = np.where(wrong, 0, 1)
    rows = zip(a.tolist(), b.tolist(), trust.tolist(), answers, strict=True)
    file = write(("a", "b", "trust", "answer"), rows)
    options = ("--epochs", 40, "--learning-rate", 0.01)
    blind = train(well, file, "answer", "--drop", "trust", *options)
    weighted = train(well, file, "answer", "--weights", "trust", *options)
    assert blind["score"]["value"] < 0.75
    assert weighted["score"]["value"] > 0.9
    assert [column["name"] for column in weighted["columns"]] == ["a", "b"]


def test_groups_stay_on_one_side(well, write):
    rows = [(row % 11, row % 5, f"p{row // 17}", "xy"[row % 2]) for row in range(17 * 12)]
    file = write(("a", "b", "patient", "kind"), rows)
    answer = train(well, file, "kind", "--groups", "patient")
    assert [count % 17 for count in answer["rows"].values()] == [0, 0, 0]
    assert [column["name"] for column in answer["columns"]] == ["a", "b"]
    assert [count % 17 for count in train(well, file, "kind")["rows"].values()] != [0, 0, 0]


def test_time_scores_on_the_latest_rows(well, write):
    rng = np.random.default_rng(4)
    a = rng.normal(size=300).round(3)
    when = rng.permutation(300)
    turned = when >= 240  # the world turns around in the last fifth
    answers = np.where((a > 0) ^ turned, "yes", "no")
    file = write(("a", "when", "answer"), zip(a.tolist(), when.tolist(), answers, strict=True))
    options = ("--epochs", 30, "--learning-rate", 0.01)
    latest = train(well, file, "answer", "--time", "when", *options)
    mixed = train(well, file, "answer", "--drop", "when", *options)
    assert latest["rows"]["test"] == 60
    assert latest["score"]["value"] < 0.1
    assert mixed["score"]["value"] > 0.5
    assert [column["name"] for column in latest["columns"]] == ["a"]


def test_drop_leaves_columns_out(well, small):
    answer = train(well, small, "answer", "--drop", "a,colour")
    assert [column["name"] for column in answer["columns"]] == ["b"]
    why = {gone["name"]: gone["why"] for gone in answer["left_out"]}
    assert why == dict.fromkeys(("a", "colour"), "it was dropped on request")


def test_keep_takes_columns_that_look_useless(well, write):
    rows = [(row, row % 13, "xy"[row % 2]) for row in range(100)]
    file = write(("id", "a", "kind"), rows)
    assert [column["name"] for column in train(well, file, "kind")["columns"]] == ["a"]
    kept = train(well, file, "kind", "--keep", "id")
    assert kept["columns"][0] == {"name": "id", "kind": "numeric"}


def test_category_reads_numbers_as_categories(well, write):
    rows = [(row % 4, row % 13, "xy"[row % 2]) for row in range(100)]
    file = write(("shop", "a", "kind"), rows)
    assert train(well, file, "kind")["architecture"]["layer_sizes"][0] == 2
    answer = train(well, file, "kind", "--category", "shop")
    assert answer["columns"][0] == {"name": "shop", "kind": "category"}
    assert answer["architecture"]["layer_sizes"][0] == 5


def test_classes_give_the_order(well, helder, small):
    assert train(well, small, "answer", "--classes", "yes,no")["classes"] == ["yes", "no"]
    said = helder("train", small, "--target", "answer", "--classes", "yes,maybe")
    assert said.status == 1
    assert "'no'" in said.err
    assert "line 2" in said.err or "line 3" in said.err


def test_bins_cut_a_number_into_classes(well, amounts):
    answer = train(well, amounts, "y", "--bins", "low<980<=middle<1020<=high")
    assert (answer["task"], answer["classes"]) == ("classification", ["low", "middle", "high"])
    plain = store.load("amounts.helder").target.bins
    assert plain.thresholds == (980.0, 1020.0)


def test_sep_decides_what_separates(well, write):
    rows = "".join(f"{row % 9},5;{row % 7},{row % 3};{'xy'[row % 2]}\n" for row in range(60))
    file = write(f"a;b,c;kind\n{rows}")
    answer = train(well, file, "kind", "--sep", ";", "--decimal", ",")
    assert [column["name"] for column in answer["columns"]] == ["a", "b,c"]
    looked = well("look", write("a|b;c\n1|2;3\n2|3;4\n3|5;6\n"), "--sep", ";", "--json").json
    assert [column["name"] for column in looked["columns"]] == ["a|b", "c"]
    looked = well("look", "data.csv", "--sep", "|", "--json").json
    assert [column["name"] for column in looked["columns"]] == ["a", "b;c"]


@pytest.mark.parametrize(
    ("options", "mean"), [(("--decimal", "."), 1.5), (("--thousands", "."), 1500.0)]
)
def test_decimal_and_thousands_settle_what_the_file_leaves_open(well, helder, write, options, mean):
    rows = "".join(f"{1 + row % 2}.000;{row % 7};{'xyz'[row % 3]}\n" for row in range(60))
    file = write(f"a;b;kind\n{rows}")
    asked = helder("train", file, "--target", "kind")
    assert asked.status == 1
    assert "--decimal" in asked.err
    assert "--thousands" in asked.err
    train(well, file, "kind", *options)
    assert store.load("data.helder").plan.columns[0].mean == pytest.approx(mean, rel=0.1)


# Options that say how to train.


def losses(path: str = "small.helder") -> list[float]:
    """The training losses that a model file remembers."""
    return store.load(path).history.losses


def test_hidden_gives_the_layers(well, small):
    assert train(well, small, "answer", "--hidden", "7,3")["architecture"] == {
        "layer_sizes": [5, 7, 3, 2],
        "activation": "relu",
        "parameters": 5 * 7 + 7 + 7 * 3 + 3 + 3 * 2 + 2,
    }
    linear = train(well, small, "answer", "--hidden", "none")["architecture"]
    assert linear["layer_sizes"] == [5, 2]


def test_activation_bends_the_hidden_layers(well, small):
    assert train(well, small, "answer", "--activation", "tanh")["architecture"]["activation"] == (
        "tanh"
    )
    curved = losses()
    train(well, small, "answer")
    assert losses() != curved


def test_epochs_are_the_most_that_are_trained(well, small):
    answer = train(well, small, "answer", "--epochs", 7)
    assert (answer["epochs"], answer["stopped"]) == (7, "epochs")
    early = train(well, small, "answer", "--epochs", 500, "--learning-rate", 0.05)
    assert (early["stopped"], early["epochs"]) == ("patience", early["best_epoch"] + 20)


def test_the_linear_model_does_not_suffer_from_few_epochs(well, small):
    short, long = (train(well, small, "answer", "--epochs", epochs) for epochs in (1, 60))
    assert short["baseline"] == long["baseline"]
    assert short["baseline"]["linear"] > 0.9


def test_learning_rate_is_the_size_of_a_step(well, small):
    train(well, small, "answer", "--learning-rate", 0.02)
    assert {epoch.learning_rate for epoch in store.load("small.helder").history} == {0.02}
    fast = losses()
    train(well, small, "answer", "--learning-rate", 0.000001)
    slow = losses()
    assert slow[0] - slow[-1] < 0.001 < fast[0] - fast[-1]


def test_batch_size_is_the_rows_of_an_update(well, small):
    def first_loss(*options: object) -> float:
        train(well, small, "answer", *options)
        return losses()[0]

    # The loss of a batch is measured before its update: with all rows in one batch, the first
    # epoch's loss knows nothing of the learning rate.
    slow, fast = ("--learning-rate", 0.001), ("--learning-rate", 0.1)
    assert first_loss("--batch-size", 97, *slow) == first_loss("--batch-size", 97, *fast)
    assert first_loss("--batch-size", 10, *slow) != first_loss("--batch-size", 10, *fast)


@pytest.mark.parametrize("metric", ["log_loss", "auc"])
def test_metric_chooses_the_score(well, small, metric):
    answer = train(well, small, "answer", "--metric", metric)
    assert answer["score"]["metric"] == metric
    assert answer["score"]["low"] <= answer["score"]["value"] <= answer["score"]["high"]
    assert metric not in answer["beside"]


@pytest.mark.parametrize("metric", ["rmse", "mae"])
def test_metric_of_a_number(well, amounts, metric):
    answer = train(well, amounts, "y", "--metric", metric)
    assert answer["score"]["metric"] == metric
    assert answer["baseline"]["linear"] < answer["baseline"]["mean"]


def test_the_seed_decides_every_draw(well, small):
    def made(seed: int) -> bytes:
        train(well, small, "answer", "--seed", seed)
        return Path("small.helder").read_bytes()

    assert made(5) == made(5)
    assert made(5) != made(6)


def test_a_column_whose_name_holds_a_comma_is_named_in_quotes(well, folder):
    lines = [f"{row % 7},{row % 5},{'xy'[row % 2]}" for row in range(60)]
    (folder / "comma.csv").write_text('"Height, cm",b,kind\n' + "\n".join(lines) + "\n")
    said = well(
        *("train", "comma.csv", "--target", "kind", "--drop", '"Height, cm"'),
        *("--epochs", 2, "--json"),
    )
    assert [column["name"] for column in said.json["columns"]] == ["b"]


def test_a_list_may_be_given_again_and_again(well, small):
    said = well(
        "train",
        small,
        "--target",
        "answer",
        "--drop",
        "a",
        "--drop",
        "colour",
        "--epochs",
        2,
        "--json",
    )
    assert [column["name"] for column in said.json["columns"]] == ["b"]


def test_folds_are_told_with_the_epochs_that_the_others_chose(well, small):
    said = well("train", small, "--target", "answer", "--folds", 3, "--epochs", 5)
    assert "of 3 networks" in said.out
    assert "best for the others" in said.out
    assert "each by the network that has not learnt from it" in said.out


def test_folds_that_run_off_leave_no_model(helder, small, folder):
    said = helder(
        *("train", small, "--target", "answer", "--folds", 3),
        *("--learning-rate", "1e30", "--epochs", 3),
    )
    assert said.status == 1
    assert "a smaller --learning-rate" in said.err
    assert not list(folder.glob("*.helder"))
