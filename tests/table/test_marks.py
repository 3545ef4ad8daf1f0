"""The decimal mark and the thousands separator: those of training hold for new files."""

from __future__ import annotations

import numpy as np
import pytest

from helder.errors import DataError
from helder.table import (
    TablePlan,
    TargetPlan,
    column_numbers,
    describe_columns,
    read_table,
    read_target,
)

COMMAS = "dosis;leeftijd\n1,5;20\n2,25;35\n0,125;60\n"
POINTS = "dosis;leeftijd\n1.5;20\n2.25;35\n0.125;60\n"
GROUPED = "dosis;leeftijd\n1.500,5;20\n2.250,25;35\n3.000,5;60\n"


def fitted(write, content) -> TablePlan:
    table = read_table(write(content, "train.csv"))
    plan = TablePlan.fit(table, describe_columns(table), np.arange(table.rows))
    return TablePlan.from_dict(plan.to_dict())


def read_back(plan: TablePlan, table) -> float:
    """The number that the plan reads in the first row of its first column."""
    step = plan.columns[0]
    return float(plan.transform(table)[0, 0]) * step.std + step.mean


def keys(notes) -> list[str]:
    return [note.key for note in notes]


@pytest.mark.parametrize(
    ("training", "cell", "value"),
    [
        (COMMAS, "1,234", 1.234),
        (COMMAS, "1.234", 1234),
        (POINTS, "1.234", 1.234),
        (POINTS, "1,234", 1234),
        (GROUPED, "1.234", 1234),
        (GROUPED, "1,234", 1.234),
        (COMMAS, "-1.234", -1234),
    ],
)
def test_a_new_file_that_leaves_it_open_is_read_as_training_was(write, training, cell, value):
    plan = fitted(write, training)
    path = write(f"dosis;leeftijd\n{cell};30\n5;40\n6;50\n7;60\n")
    table = read_table(path, like=plan)
    assert column_numbers(table, "dosis")[0] == value
    assert read_back(plan, table) == pytest.approx(value, abs=0.01)
    if not cell.startswith("-"):
        assert "marks_of_training" in keys(table.notes)
        with pytest.raises(DataError, match="--decimal"):
            read_table(path)


def test_a_table_that_was_read_without_the_plan_is_read_by_it_all_the_same(write):
    plan = fitted(write, COMMAS)
    table = read_table(write("dosis;leeftijd\n1,234;30\n-1,5000;x\n".replace("x", "40")))
    assert table.dialect.decimal == ","
    other = read_table(write("dosis;leeftijd\n-1.234;30\n5;40\n"))
    assert column_numbers(other, "dosis")[0] == -1.234
    assert read_back(plan, other) == pytest.approx(-1234, abs=0.01)
    assert "thousands_found" in keys(plan.unseen(other))


@pytest.mark.parametrize(
    ("training", "rows", "value"),
    [
        (COMMAS, "1.234;30\n0.5;40\n", 1.234),
        (POINTS, "1,234;30\n0,5;40\n", 1.234),
        (POINTS, "1.234;30\n1.234.567,8;40\n", 1234),
        (POINTS, "1.234;30\n1.234.567;40\n", 1234),
        (COMMAS, "1,234;30\n1,234,567.8;40\n", 1234),
    ],
)
def test_a_file_that_shows_other_marks_wins_and_that_is_said(write, training, rows, value):
    plan = fitted(write, training)
    path = write(f"dosis;leeftijd\n{rows}")
    for table in (read_table(path, like=plan), read_table(path)):
        assert read_back(plan, table) == pytest.approx(value, abs=0.01)
        assert keys((*table.notes, *plan.unseen(table))).count("marks_changed") == 1


def test_the_marks_of_training_win_where_a_file_shows_both(write):
    plan = fitted(write, COMMAS)
    content = "dosis;leeftijd;a;b\n1,234;30;0.5;1.5\n2,5;40;0.5;1.5\n"
    assert read_back(plan, read_table(write(content), like=plan)) == pytest.approx(1.234, abs=0.01)


def test_columns_that_training_read_as_text_show_no_marks(write):
    training = "dosis;versie;leeftijd\n1,5;1.5;2,5\n2,5;1.7;3,5\n3,5;x;7,5\n"
    plan = fitted(write, training)
    assert plan.not_numbers == {"versie"}
    path = write("dosis;versie;leeftijd\n1,234;1.5;2\n5;1.7;3\n")
    table = read_table(path, like=plan)
    assert column_numbers(table, "dosis")[0] == 1.234
    alone = read_table(write("versie;dosis;leeftijd\n1.5;3;2\n1.7;5;3\n"), like=plan)
    assert alone.dialect.decimal == ","


def test_a_table_without_a_column_of_numbers_is_read_too(write):
    plan = fitted(write, "a;b\nx;u\ny;v\nx;v\n")
    table = read_table(write("a;b\nx;u\ny;1.5\n"), like=plan)
    assert plan.transform(table).shape == (2, 4)


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({"decimal": "."}, 1.234),
        ({"thousands": ","}, 1.234),
        ({"thousands": ""}, 1.234),
        ({"decimal": ","}, 1234),
        ({"thousands": "."}, 1234),
    ],
)
@pytest.mark.parametrize("training", [COMMAS, POINTS, GROUPED])
def test_what_a_person_says_about_a_file_counts_more_than_training(write, training, options, value):
    plan = fitted(write, training)
    path = write("dosis;leeftijd\n1.234;30\n5;40\n")
    for like in (plan, None):
        table = read_table(path, **options, like=like)
        assert column_numbers(table, "dosis")[0] == value
        assert read_back(plan, table) == pytest.approx(value, abs=0.01)


def test_training_that_shows_no_marks_leaves_the_question_open(write):
    plan = fitted(write, "dosis;leeftijd\n1;20\n2;35\n4;60\n")
    assert (plan.decimal, plan.thousands) == (None, None)
    with pytest.raises(DataError, match="--decimal"):
        read_table(write("dosis;leeftijd\n1.234;30\n5;40\n"), like=plan)


def test_a_plan_of_an_older_file_has_no_marks_and_a_damaged_one_is_refused(write):
    saved = fitted(write, GROUPED).to_dict()
    assert (saved["decimal"], saved["thousands"]) == (",", ".")
    old = {key: value for key, value in saved.items() if key not in ("decimal", "thousands")}
    assert TablePlan.from_dict(old).decimal is None
    for wrong in ({"decimal": ";"}, {"thousands": ","}, {"decimal": 1}, {"thousands": "x"}):
        with pytest.raises(DataError, match="damaged"):
            TablePlan.from_dict({**saved, **wrong})


def test_the_target_too_is_read_by_the_marks_of_training(write):
    content = "x;y\na;1,5\nb;2,25\nc;0,125\n"
    plan = read_target(read_table(write(content, "train.csv")), "y").plan
    plan = TargetPlan.from_dict(plan.to_dict())
    assert (plan.decimal, plan.thousands) == (",", None)
    new = read_table(write("x;y\na;-1.234\nb;5\n"))
    assert plan.encode(new)[0].tolist() == [-1234, 5]
    old = {k: v for k, v in plan.to_dict().items() if k not in ("decimal", "thousands")}
    assert TargetPlan.from_dict(old).decimal is None


class TestThousandsFound:
    """A thousands separator that nobody named is said, or asked for."""

    @pytest.mark.parametrize("few", ["950", "0", "7"])
    @pytest.mark.parametrize("cell", ["1.050", "3,103"])
    def test_some_grouped_cells_among_small_whole_numbers_are_a_question(self, write, few, cell):
        rows = "".join(f"{few};a\n" for _ in range(9))
        with pytest.raises(DataError, match=r"line 11, column 'x'(.|\n)*--thousands"):
            read_table(write(f"x;n\n{rows}{cell};b\n"))

    def test_larger_whole_numbers_show_a_point_to_be_decimal_but_no_comma(self, write):
        table = read_table(write("x;n\n1500;a\n1.234;b\n"))
        assert column_numbers(table, "x").tolist() == [1500, 1.234]
        with pytest.raises(DataError, match="--decimal"):
            read_table(write("x;n\n1500;a\n1,234;b\n"))

    @pytest.mark.parametrize(
        ("rows", "shown", "option"),
        [
            ("3,103;0.5\n12;1.5\n", "'3,103'", "--decimal ,"),
            ("3.103;0,5\n12;1,5\n", "'3.103'", "--decimal ."),
            ("3 103;0,5\n12;1,5\n", "'3 103'", '--thousands ""'),
            ("3'103;0.5\n12;1.5\n", "3'103", '--thousands ""'),
        ],
    )
    def test_a_note_names_a_cell_and_the_option(self, write, rows, shown, option):
        table = read_table(write(f"x;n\n{rows}"))
        assert column_numbers(table, "x").tolist() == [3103, 12]
        (note,) = [note for note in table.notes if note.key == "thousands_found"]
        assert shown in note.sentence
        assert option in note.sentence
        given = read_table(write(f"x;n\n{rows}"), thousands=table.dialect.thousands)
        assert "thousands_found" not in keys(given.notes)
