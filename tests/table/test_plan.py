"""The plan: what is done to each column, learned from the training rows alone."""

from __future__ import annotations

import copy
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helder.errors import DataError, HelderError
from helder.table import (
    PLAIN,
    STRONG,
    BooleanStep,
    CategoryStep,
    DateStep,
    NumericStep,
    TablePlan,
    describe_columns,
    read_table,
)

CONTENT = (
    "age,colour,member,since,note\n"
    "20,red,yes,2024-01-01,same\n"
    "30,blue,no,2024-01-03,same\n"
    "40,red,,2024-01-05,same\n"
    ",green,yes,,same\n"
    "1000,black,no,2030-01-01,same\n"
)
TRAINING = np.arange(4)


@pytest.fixture
def table(write):
    return read_table(write(CONTENT))


@pytest.fixture
def plan(table):
    return TablePlan.fit(table, describe_columns(table), TRAINING)


def test_each_kind_of_column_has_its_step(plan):
    assert [type(step) for step in plan.columns] == [
        NumericStep,
        CategoryStep,
        BooleanStep,
        DateStep,
    ]
    assert [(gone.what, gone.name, gone.count) for gone in plan.left_out] == [("column", "note", 1)]
    assert plan.inputs == len(plan.input_names)
    assert "'age'" in str(plan)
    assert "left out" in str(plan)


@pytest.mark.parametrize("steps", [PLAIN, STRONG])
def test_the_inputs_of_a_column_carry_its_name(table, steps):
    plan = TablePlan.fit(table, describe_columns(table), TRAINING, steps)
    named = {
        step.name: tuple(plan.input_names[number] for number in plan.inputs_of[step.name])
        for step in plan.columns
    }
    assert named == {step.name: tuple(step.input_names) for step in plan.columns}
    assert sorted(sum(plan.inputs_of.values(), ())) == list(range(plan.inputs))


def test_statistics_come_from_the_training_rows_alone(table, plan, write):
    numeric, colour = plan.columns[:2]
    assert numeric == NumericStep("age", 30.0, float(np.std([20, 30, 40])), True)
    assert colour == CategoryStep("colour", ("blue", "green", "red"), False, False)
    other = CONTENT.replace("1000,black,no,2030-01-01", "7,white,yes,1999-01-01")
    changed = read_table(write(other, "changed.csv"))
    assert TablePlan.fit(changed, describe_columns(changed), TRAINING) == plan


def test_the_inputs_of_each_row(table, plan):
    inputs = dict(zip(plan.input_names, plan.transform(table).T, strict=True))
    std = np.std([20, 30, 40])
    np.testing.assert_allclose(inputs["age"], [-10 / std, 0, 10 / std, 0, 970 / std], rtol=1e-6)
    np.testing.assert_array_equal(inputs["age (missing)"], [0, 0, 0, 1, 0])
    np.testing.assert_array_equal(inputs["colour = red"], [1, 0, 1, 0, 0])
    np.testing.assert_array_equal(inputs["colour = green"], [0, 0, 0, 1, 0])
    np.testing.assert_array_equal(inputs["member"], [1, 0, 0.5, 1, 0])
    np.testing.assert_array_equal(inputs["member (missing)"], [0, 0, 1, 0, 0])
    np.testing.assert_array_equal(inputs["since (missing)"], [0, 0, 0, 1, 0])
    angles = 2 * math.pi * ((np.array([19723, 19725, 19727]) / 7) % 1)
    np.testing.assert_allclose(inputs["since (week, sin)"][:3], np.sin(angles), rtol=1e-5)
    assert plan.transform(table).dtype == np.float32


def test_what_training_did_not_have_is_counted(table, plan, write):
    (said,) = plan.unseen(table)
    assert said.key == "unseen_categories"
    assert "1 row has a category" in said.sentence
    assert "'black'" in said.sentence
    assert "line 6" in said.sentence
    new = CONTENT.replace("note\n", "extra\n").replace("20,red", "20,")
    keys = {note.key for note in plan.unseen(read_table(write(new, "new.csv")))}
    assert keys == {"unseen_categories", "unseen_missing", "unused_columns"}


def test_more_than_fifty_categories_share_one_input(write):
    cells = [f"c{number}" for number in range(60)] * 2 + ["c59", "c58", "c7"]
    table = read_table(write("c,x\n" + "".join(f"{cell},1.5\n" for cell in cells)))
    plan = TablePlan.fit(table, describe_columns(table), np.arange(table.rows))
    (step,) = plan.columns
    assert len(step.categories) == 49
    assert {"c59", "c58", "c7"} < set(step.categories)
    assert step.other
    inputs = plan.transform(table)
    assert inputs.shape[1] == plan.inputs == 50
    np.testing.assert_array_equal(inputs.sum(axis=1), 1)


def test_the_decimal_mark_of_the_new_file_counts(write):
    american = read_table(write("x,c\n1.5,a\n2.5,b\n3.5,a\n", "a.csv"))
    dutch = read_table(write("x;c\n1,5;a\n2,5;b\n3,5;a\n", "b.csv"))
    plan = TablePlan.fit(american, describe_columns(american), np.arange(3))
    np.testing.assert_array_equal(plan.transform(american), plan.transform(dutch))


def test_a_new_file_without_a_column_or_with_text_in_it(plan, write):
    with pytest.raises(DataError, match=r"needs.*'age'(.|\n)*did you mean 'Age'"):
        plan.transform(read_table(write(CONTENT.replace("age", "Age", 1))))
    with pytest.raises(DataError, match="line 3, column 'age'"):
        plan.transform(read_table(write(CONTENT.replace("30,", "old,"))))
    with pytest.raises(DataError, match="line 3, column 'age'"):
        plan.transform(read_table(write(CONTENT.replace("30,", "inf,"))))


def test_a_hint_names_no_option_that_prediction_does_not_have(plan, write):
    for cell in ("old", "inf"):
        with pytest.raises(DataError) as caught:
            plan.transform(read_table(write(CONTENT.replace("30,", f"{cell},"))))
        assert "--category" not in str(caught.value)
        assert "learned" not in str(caught.value)
    with pytest.raises(DataError, match="training read this column as dates"):
        plan.transform(read_table(write(CONTENT.replace("2024-01-03", "later"))))


@pytest.mark.parametrize("pair", ["no yes", "NEE Ja", "False TRUE", "f T", "N y"])
def test_every_pair_of_words_for_true_and_false_is_understood(plan, write, pair):
    no, yes = pair.split()
    new = read_table(write(CONTENT.replace("yes", yes).replace(",no,", f",{no},")))
    inputs = dict(zip(plan.input_names, plan.transform(new).T, strict=True))
    np.testing.assert_array_equal(inputs["member"], [1, 0, 0.5, 1, 0])
    assert "member" not in " ".join(note.sentence for note in plan.unseen(new))


def test_columns_that_vary_only_outside_training_are_not_divided_by_zero(write):
    table = read_table(write("x,y\n0.1,1\n0.1,2\n0.1,3\n5,4.5\n"))
    plan = TablePlan.fit(table, describe_columns(table), np.arange(3))
    assert plan.columns[0] == NumericStep("x", 0.1, 1.0, False)
    assert plan.transform(table)[3, 0] == np.float32(4.9)


def test_numbers_beyond_float32_are_refused_and_huge_ones_standardised(write):
    table = read_table(write("x\n1.5\n2.5\n1e300\n"))
    columns = describe_columns(table)
    with pytest.raises(DataError, match="line 4, column 'x'"):
        TablePlan.fit(table, columns, np.arange(2)).transform(table)
    inputs = TablePlan.fit(table, columns, np.arange(3)).transform(table)
    assert np.isfinite(inputs).all()
    largest = read_table(write("x\n1.7976931348623157e308\n-1.7976931348623157e308\n1.5\n"))
    plan = TablePlan.fit(largest, describe_columns(largest), np.arange(3))
    np.testing.assert_allclose(plan.transform(largest)[:, 0], [1.2247, -1.2247, 0], atol=1e-4)


def test_a_table_without_inputs_is_refused(write):
    table = read_table(write("a,b\n1,x\n1,x\n"))
    with pytest.raises(DataError, match="no column is left"):
        TablePlan.fit(table, describe_columns(table), np.arange(2))


def test_too_many_inputs_are_refused_before_they_are_made(table, plan, monkeypatch):
    monkeypatch.setattr("helder.table.plan.MOST_BYTES", 100)
    with pytest.raises(DataError, match="too much to hold"):
        plan.transform(table)


def test_a_plan_comes_back_from_json_as_it_was(table, plan):
    again = TablePlan.from_dict(json.loads(json.dumps(plan.to_dict())))
    assert again == plan
    assert again.transform(table).tobytes() == plan.transform(table).tobytes()


@given(st.lists(st.floats(-1e30, 1e30), min_size=2, max_size=20))
def test_any_numbers_survive_json_to_the_last_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("plan") / "data.csv"
    path.write_text("x,y\n" + "".join(f"{number!r},a\n" for number in numbers))
    table = read_table(path, decimal=".")
    plan = TablePlan.fit(table, describe_columns(table, keep=["x"]), np.arange(len(numbers)))
    again = TablePlan.from_dict(json.loads(json.dumps(plan.to_dict())))
    assert again.transform(table).tobytes() == plan.transform(table).tobytes()
    assert np.abs(plan.transform(table)).max() <= math.sqrt(len(numbers)) + 1e-3


def paths_in(value, path=()):
    """Every place in a nested value."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths_in(item, (*path, key))


@pytest.mark.parametrize(
    "junk", [None, True, -1, 0, 1.5, math.nan, math.inf, 10**400, "", "x", [], {}, [[]], ["a", "a"]]
)
def test_a_damaged_plan_gives_our_error_or_a_plan(plan, table, junk):
    saved = plan.to_dict()
    for path in paths_in(saved):
        damaged = copy.deepcopy(saved)
        if not path:
            damaged = junk
        else:
            inner = damaged
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = junk
        try:
            read = TablePlan.from_dict(damaged)
            assert read.inputs == len(read.input_names)
            read.transform(table)
            str(read)
        except HelderError:
            pass


def test_a_plan_with_a_key_too_few_or_too_many_is_refused(plan):
    saved = plan.to_dict()
    for key in saved.keys() - {"decimal", "thousands"}:
        with pytest.raises(DataError, match="damaged"):
            TablePlan.from_dict({name: value for name, value in saved.items() if name != key})
    with pytest.raises(DataError, match="damaged"):
        TablePlan.from_dict({**saved, "more": 1})
