"""The options of `helder train`: each does what its help says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from helder import store

PLAIN = ("--recipe", "plain")  # one network, quickly trained: rows are held out once
QUICK = (*PLAIN, "--epochs", 3, "--json")


def train(well, file, target, *options) -> dict:
    """The answer of a short training."""
    return well("train", file, "--target", target, *QUICK, *options).json


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
    options = (*PLAIN, "--epochs", 30, "--learning-rate", 0.01)
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


@pytest.mark.parametrize("metric", ["log_loss", "auc", "average_precision"])
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
    said = well("train", small, "--target", "answer", "--folds", 3, *PLAIN, "--epochs", 5)
    assert "of 3 networks" in said.out
    assert "best for the others" in said.out
    assert "each by the network that has not learnt from it" in said.out


def test_folds_that_run_off_leave_no_model(helder, small, folder):
    said = helder(
        *("train", small, "--target", "answer", "--folds", 3),
        *("--learning-rate", "1e30", *PLAIN, "--epochs", 3),
    )
    assert said.status == 1
    assert "a smaller learning rate" in said.err
    assert not list(folder.glob("*.helder"))


def test_try_tells_every_candidate_and_keeps_the_best(well, small):
    rates = ("--try", "learning_rate=0.00001,0.05")
    said = well("train", small, "--target", "answer", *PLAIN, "--epochs", 30, *rates).out
    assert re.search(r"learning_rate 0.05 +loss 0\.\d+  kept: 1", said)
    tried = train(well, small, "answer", *rates, "--folds", 3)["tried"]
    assert [one["values"]["learning_rate"] for one in tried] == [0.00001, 0.05]
    assert sum(one["kept"] for one in tried) == 3


@pytest.mark.parametrize(
    "wrong", ["learning_rate", "learning_rate=", "rate=0.1", "dropout=1", "learning_rate=a"]
)
def test_what_cannot_be_tried_is_wrong_usage(helder, small, wrong):
    ended = helder("train", small, "--target", "answer", "--try", wrong)
    assert ended.status == 2


# Options that say how long.


def test_time_limit_shortens_what_does_not_fit_and_says_so(well, small):
    answer = train(well, small, "answer", "--epochs", 1_000_000, "--time-limit", 1)
    said = [note["sentence"] for note in answer["notes"] if note["key"] == "shortened"]
    assert any("in place of 1000000" in sentence for sentence in said)
    assert answer["epochs"] < 1_000_000
    assert "shortened" not in [
        note["key"] for note in train(well, small, "answer", "--time-limit", 3600)["notes"]
    ]


def test_in_next_to_no_time_rows_are_scored_all_the_same(well, small):
    answer = train(well, small, "answer", "--recipe", "strong", "--time-limit", 0.001)
    assert answer["cv_score"] is not None
    assert answer["model"] != "model.helder"


def test_tune_tries_candidates_and_keeps_the_best_together(well, small, monkeypatch):
    monkeypatch.setattr("helder.model.tuning.MOST_TRIED", 3)
    answer = train(well, small, "answer", "--folds", 3, "--tune")
    assert len(answer["tried"]) == 3
    assert answer["tried"][0]["values"] == {}
    assert sum(one["kept"] for one in answer["tried"]) % 3 == 0
    lines = well("train", small, "--target", "answer", *PLAIN, "--epochs", 3, "--tune").out
    assert "the recipe" in lines


def test_what_is_tried_is_either_said_or_tuned(helder, small):
    tried = ("--try", "learning_rate=0.1,0.2")
    said = helder("train", small, "--target", "answer", "--tune", *tried)
    assert said.status == 2
    assert "--tune" in said.err
