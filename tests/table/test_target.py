"""The target, and the columns of weights, groups and times."""

from __future__ import annotations

import json

import numpy as np
import pytest

from helder.errors import ArgumentError, DataError
from helder.table import (
    TargetPlan,
    group_notes,
    read_groups,
    read_table,
    read_target,
    read_time,
    read_weights,
)

ACCEPTED_JUNK = [("name", "x"), ("bins", None), ("decimal", None), ("thousands", None)]


def of(write, cells, name="data.csv"):
    """A table whose column `y` has these cells."""
    rows = "".join(f"{cell};1.5\n" for cell in cells)
    return read_table(write(f"y;x\n{rows}", name), separator=";")


def test_words_are_classes_sorted(write):
    target = read_target(of(write, ["good", "bad", "", "good"]), "y")
    assert (target.task, target.classes) == ("classification", ("bad", "good"))
    assert target.values.tolist() == [1, 0, 1]
    assert target.values.dtype == np.int64
    assert target.rows.tolist() == [0, 1, 3]
    (gone,) = target.left_out
    assert (gone.what, gone.count) == ("row", 1)
    assert [note.key for note in target.notes] == ["task_text"]


def test_the_order_a_person_gives(write):
    table = of(write, ["good", "bad", "medium"])
    target = read_target(table, "y", classes=["bad", "medium", "good"])
    assert target.values.tolist() == [2, 0, 1]
    with pytest.raises(DataError, match=r"line 4, column 'y'(.|\n)*'medium'"):
        read_target(table, "y", classes=["bad", "good"])
    more = read_target(table, "y", classes=["bad", "medium", "good", "best"])
    assert more.classes == ("bad", "medium", "good", "best")
    assert "classes_without_rows" in [note.key for note in more.notes]
    for wrong in (["bad"], ["bad", "bad"], ["bad", ""], []):
        with pytest.raises(ArgumentError):
            read_target(table, "y", classes=wrong)


def test_up_to_ten_whole_numbers_are_classes_in_the_order_of_their_values(write):
    target = read_target(of(write, [10, 9, "1.0", 1]), "y")
    assert target.classes == ("1", "9", "10")
    assert target.values.tolist() == [2, 1, 0, 0]
    assert [note.key for note in target.notes] == ["task_few_numbers"]
    assert "--task" in target.notes[0].sentence
    assert read_target(of(write, range(10)), "y").task == "classification"
    assert read_target(of(write, range(11)), "y").task == "regression"
    assert read_target(of(write, ["1.5", "2", "3"]), "y").task == "regression"


def test_number_labels_keep_the_text_of_the_file(write):
    assert read_target(of(write, ["01", "02", "01"]), "y").classes == ("01", "02")
    assert read_target(of(write, ["1.0", "2.0"]), "y").classes == ("1.0", "2.0")


def test_the_task_a_person_gives(write):
    table = of(write, [1, 2, 1, 3])
    target = read_target(table, "y", task="regression")
    assert target.values.dtype == np.float64
    assert target.classes is None
    assert target.notes == ()
    halves = read_target(of(write, ["0.5", "1.5", "0.5"]), "y", task="classification")
    assert halves.classes == ("0.5", "1.5")
    with pytest.raises(DataError, match=r"line 2.*column of text, and --task regression"):
        read_target(of(write, ["low", "high"]), "y", task="regression")
    with pytest.raises(DataError, match="no values"):
        read_target(of(write, ["", "NA"]), "y", task="regression")
    for wrong in ({"task": "guess"}, {"task": "regression", "classes": ["1", "2"]}):
        with pytest.raises(ArgumentError):
            read_target(table, "y", **wrong)


@pytest.mark.parametrize("cells", [["a", "a"], [3, 3, 3], ["0.5", "0.5"], ["", "NA"]])
def test_a_target_that_never_changes_is_refused(write, cells):
    with pytest.raises(DataError, match="column 'y'"):
        read_target(of(write, cells), "y")


def test_a_target_that_is_infinite_or_an_identifier(write):
    with pytest.raises(DataError, match="line 4, column 'y'"):
        read_target(of(write, ["1.5", "2.5", "inf"]), "y")
    with pytest.raises(DataError, match="identifier"):
        read_target(of(write, [f"u{row}" for row in range(50)]), "y")
    many = [f"u{row % 1200}" for row in range(2400)]
    with pytest.raises(DataError, match="too many classes"):
        read_target(of(write, many), "y")


class TestBins:
    """Thresholds cut a number into classes."""

    @pytest.mark.parametrize(
        ("bins", "codes"),
        [("bad<4<=medium<8<=good", [0, 1, 1, 2]), ("bad<=4<medium<=8<good", [0, 0, 1, 1])],
    )
    def test_where_a_threshold_belongs(self, write, bins, codes):
        target = read_target(of(write, ["1.5", "4", "7.99", "8"]), "y", bins=bins)
        assert target.classes == ("bad", "medium", "good")
        assert target.values.tolist() == codes

    @pytest.mark.parametrize(
        "bins",
        [
            "",
            "bad",
            "bad<4",
            "bad<4<medium",
            "bad<=4<=good",
            "bad<x<=good",
            "a<8<=b<4<=c",
            "a<4<=a",
            "<4<=b",
            "a<inf<=b",
            "a<nan<=b",
            "a<4<=b<",
            "4<=a<5",
        ],
    )
    def test_bins_that_cannot_be_read(self, write, bins):
        with pytest.raises(ArgumentError, match="bad<4<=medium<8<=good"):
            read_target(of(write, ["1.5", "4", "8"]), "y", bins=bins)

    def test_bins_with_other_options_or_text(self, write):
        table = of(write, ["1.5", "4", "8"])
        for wrong in ({"classes": ["a", "b"]}, {"task": "regression"}):
            with pytest.raises(ArgumentError):
                read_target(table, "y", bins="a<4<=b", **wrong)
        with pytest.raises(DataError, match=r"line 2.*column of text, and --bins"):
            read_target(of(write, ["low", "high"]), "y", bins="a<4<=b")


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (["b", "a", ""], {}),
        (["1", "2.0", "NA"], {}),
        (["1.5", "2.5"], {}),
        (["1.5", "9.5"], {"bins": "a<4<=b"}),
        (["b", "a"], {"classes": ["b", "a"]}),
    ],
)
def test_the_target_plan_does_the_same_again(write, cells, options):
    table = of(write, cells)
    target = read_target(table, "y", **options)
    plan = TargetPlan.from_dict(json.loads(json.dumps(target.plan.to_dict())))
    assert plan == target.plan
    values, rows = plan.encode(table)
    np.testing.assert_array_equal(values, target.values)
    np.testing.assert_array_equal(rows, target.rows)


def test_a_label_not_seen_in_training(write):
    plan = read_target(of(write, ["good", "bad"]), "y").plan
    with pytest.raises(
        DataError, match=r"line 3, column 'y'(.|\n)*'god'(.|\n)*did you mean 'good'"
    ):
        plan.encode(of(write, ["bad", "god"], "test.csv"))
    numbers = read_target(of(write, [1, 2]), "y").plan
    with pytest.raises(DataError, match=r"line 3, column 'y'(.|\n)*'3'"):
        numbers.encode(of(write, ["1", "3"], "test.csv"))
    with pytest.raises(DataError, match=r"line 3, column 'y'(.|\n)*'x'"):
        numbers.encode(of(write, ["1", "x"], "test.csv"))


@pytest.mark.parametrize("junk", [None, 1, "x", [], ["a"], ["a", "a"], {}, {"thresholds": [1]}])
def test_a_damaged_target_plan_is_refused(write, junk):
    for bins in (None, "a<4<=b"):
        saved = read_target(of(write, ["1", "9"]), "y", bins=bins).plan.to_dict()
        for key in saved:
            if (key, junk) in ACCEPTED_JUNK:
                continue
            with pytest.raises(DataError, match="damaged"):
                TargetPlan.from_dict({**saved, key: junk})


def test_weights(write):
    assert read_weights(of(write, [0, 1, "2.5"]), "y").tolist() == [0, 1, 2.5]
    for cells in ([1, -1], [1, ""], [1, "x"], [1, "inf"]):
        with pytest.raises(DataError, match="line 3, column 'y'"):
            read_weights(of(write, cells), "y")
    with pytest.raises(DataError, match="zero"):
        read_weights(of(write, [0, 0]), "y")
    with pytest.raises(DataError, match="weights"):
        read_weights(of(write, [0, 1]), "z")


def test_groups_keep_equal_cells_together_and_a_row_without_one_stands_alone(write):
    table = of(write, ["b", "a", "", "b", "NA"])
    codes = read_groups(table, "y").tolist()
    assert codes[0] == codes[3]
    assert sorted(set(codes)) == [0, 1, 2, 3]
    (said,) = group_notes(table, "y")
    assert "2 rows have no 'y'" in said.sentence
    assert group_notes(of(write, ["b", "a"]), "y") == ()
    assert read_groups(of(write, ["b", "a", "b"]), "y").tolist() == [1, 0, 1]


def test_times_are_numbers_or_dates(write):
    assert read_time(of(write, [3, 1, "2.5"]), "y").tolist() == [3, 1, 2.5]
    dates = read_time(of(write, ["31-01-2024", "01-02-2024", "30-12-2023 12:00"]), "y")
    assert dates.tolist() == [19753, 19754, 19721.5]
    for cells in (["2024-01-31", "later"], [1, ""], [1, "x"]):
        with pytest.raises(DataError, match="line 3, column 'y'"):
            read_time(of(write, cells), "y")
