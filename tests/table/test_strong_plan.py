"""The strong plan: numbers first and bent, categories kept, rare and missing ones in place."""

from __future__ import annotations

import copy
import json
import math
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helder.errors import DataError, HelderError
from helder.table import (
    PLAIN,
    STRONG,
    Layout,
    OneHotStep,
    PairStep,
    RobustDateStep,
    RobustStep,
    SignStep,
    TablePlan,
    describe_columns,
    describe_frame,
    read_table,
    table_of,
)
from helder.table.robust import median_and_spread, rank_knots, rank_scores, smooth_clip

CONTENT = (
    "colour,age,member,since,kind,size\n"
    "red,20,yes,2024-01-01 10:00,a,1\n"
    "blue,30,no,2024-01-03,b,2\n"
    "red,40,,2024-01-05,a,3\n"
    "green,,yes,,,5\n"
    "black,1000,no,2030-01-01,a,7\n"
)
TRAINING = np.arange(4)
SIXTH = NormalDist().inv_cdf(5 / 6)  # the score of the largest of three


@pytest.fixture
def table(write):
    return read_table(write(CONTENT))


@pytest.fixture
def plan(table):
    columns = describe_columns(table, keep=["size"])
    return TablePlan.fit(table, columns, TRAINING, steps=STRONG)


def strong(values, **more):
    """The plan of one column."""
    table = table_of(pl.DataFrame({"x": values, **more}))
    return table, TablePlan.fit(table, describe_frame(table), np.arange(table.rows), STRONG)


# The worked values of the papers.


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ([0, 0, 0, 0, 10], [10, 0], [1.664101, 0]),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [-0.948683, -0.493197, 0, 0.493197, 0.948683]),
        ([7, 7, 7], [7, 8, -1e300], [0, 0, 0]),
        ([1, 2, 3, 4, 5], [1e6, -1e6], [3, -3]),
        ([0] * 9 + [1], [1, 0], [1.664101, 0]),
        ([1, np.nan, 3, np.nan], [np.nan, 2], [0, 0]),
        ([np.nan], [5, np.nan], [0, 0]),
    ],
)
def test_worked_values(column, values, expected):
    scaled = smooth_clip(np.array(values, float), *median_and_spread(np.array(column, float)))
    np.testing.assert_allclose(scaled, expected, atol=1e-5)


@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=9), st.floats(-1e308, 1e308))
@example([1.7e308, -1.7e308, 1.7e308, -1.7e308], 1.7e308)
@example([5e-324, 0.0], 1.0)
@example([0.0, 1.7976931348623157e308], 0.0)
def test_any_numbers_stay_within_three_and_in_their_order(column, value):
    median, spread = median_and_spread(np.array(column))
    assert math.isfinite(median)
    assert 0 <= spread < math.inf
    values = np.sort(np.array([*column, value, -1.7e308, 1.7e308]))
    scaled = smooth_clip(values, median, spread)
    assert (np.abs(scaled) <= 3).all()
    assert (np.diff(scaled[~np.isnan(values)]) >= -1e-12).all()


def test_scaling_does_not_depend_on_the_unit(rng):
    column = rng.lognormal(size=200)
    a, b = (smooth_clip(c, *median_and_spread(c)) for c in (column, 1e-290 * column))
    np.testing.assert_allclose(a, b, atol=1e-9)


def test_the_rank_spreads_what_lies_close_together(rng):
    values = np.concatenate([rng.lognormal(0, 3, 2000), [1e9, np.nan]])
    knots, scores = rank_knots(values)
    found = rank_scores(values, knots, scores)
    assert len(knots) <= 102
    order = np.argsort(values[:-1])
    expected = [NormalDist().inv_cdf((rank + 0.5) / 2001) for rank in range(2001)]
    np.testing.assert_allclose(found[order][20:-20], expected[20:-20], atol=0.05)
    assert found[-1] == 0
    np.testing.assert_array_equal(rank_scores(np.array([-1e300, 1e300]), knots, scores), [-3, 3])


def test_values_that_are_alike_share_the_middle_of_their_ranks():
    knots, scores = rank_knots(np.array([0.0] * 8 + [1.0, 5.0]))
    assert knots == (0.0, 1.0, 5.0)
    quantiles = [NormalDist().inv_cdf(share) for share in (0.4, 0.85, 0.95)]
    assert scores == pytest.approx(quantiles)
    assert rank_knots(np.array([3.0, 3.0, 4.0, np.nan])) == ((), ())  # a rank says no more


@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=9), st.floats(-1e308, 1e308))
@example([1.7e308, -1.7e308, 0.0], 1.0)
@example([5e-324, 0.0, 1e-323], 2e-323)
@example([-0.0, 0.0, 1.7976931348623157e308, 1.0], 2.0)
def test_any_ranks_stay_within_three_and_in_their_order(column, value):
    knots, scores = rank_knots(np.array(column))
    if knots:
        values = np.sort(np.array([*column, value, -1.7e308, 1.7e308]))
        found = rank_scores(values, knots, scores)
        assert (np.abs(found) <= 3).all()
        assert (np.diff(found[~np.isnan(values)]) >= -1e-9).all()


# The steps.


def test_each_kind_of_column_has_its_step(plan):
    assert [type(step) for step in plan.columns] == [
        OneHotStep,
        RobustStep,
        SignStep,
        RobustDateStep,
        PairStep,
        RobustStep,
    ]


def test_numbers_come_first_and_are_counted(plan, table):
    assert plan.numeric == 5
    assert plan.input_names == (
        "age",
        "age (rank)",
        "since",
        "size",
        "size (rank)",
        *(f"colour = {colour}" for colour in ("blue", "green", "red")),
        "age (missing)",
        "member",
        "member (missing)",
        *(f"since ({cycle}, {f})" for cycle in ("year", "week", "day") for f in ("sin", "cos")),
        "since (missing)",
        "kind",
        "kind (missing)",
    )
    plain = TablePlan.fit(table, describe_columns(table, keep=["size"]), TRAINING, PLAIN)
    assert plain.numeric == 0
    assert plain.input_names[0] == "colour = blue"


def test_the_inputs_of_each_row(table, plan):
    inputs = dict(zip(plan.input_names, plan.transform(table).T, strict=True))
    near = 1 / math.sqrt(1 + 1 / 9)
    np.testing.assert_allclose(inputs["age"], [-near, 0, near, 0, 2.998566], atol=1e-5)
    np.testing.assert_allclose(inputs["age (rank)"], [-SIXTH, 0, SIXTH, 0, SIXTH], atol=1e-6)
    np.testing.assert_array_equal(inputs["age (missing)"], [0, 0, 0, 1, 0])
    np.testing.assert_array_equal(inputs["colour = red"], [1, 0, 1, 0, 0])
    np.testing.assert_array_equal(inputs["colour = green"], [0, 0, 0, 1, 0])
    np.testing.assert_array_equal(inputs["member"], [1, -1, 0, 1, -1])
    np.testing.assert_array_equal(inputs["member (missing)"], [0, 0, 1, 0, 0])
    np.testing.assert_array_equal(inputs["kind"], [-1, 1, -1, 0, -1])
    np.testing.assert_array_equal(inputs["kind (missing)"], [0, 0, 0, 1, 0])
    np.testing.assert_array_equal(inputs["since (missing)"], [0, 0, 0, 1, 0])
    assert inputs["since"][1] == 0
    assert inputs["since (day, sin)"][0] == pytest.approx(math.sin(2 * math.pi * 10 / 24))
    assert inputs["since (week, cos)"][3] == 0
    assert plan.transform(table).dtype == np.float32


def test_statistics_come_from_the_rows_given_alone(table, plan, write):
    scores = (-SIXTH, 0.0, SIXTH)
    assert plan.columns[1] == RobustStep("age", 30.0, 10.0, (20.0, 30.0, 40.0), scores, True)
    other = CONTENT.replace("black,1000,no,2030-01-01,a,7", "white,7,yes,1999-01-01,c,8")
    changed = read_table(write(other, "changed.csv"))
    columns = describe_columns(changed, keep=["size"])
    assert TablePlan.fit(changed, columns, TRAINING, STRONG) == plan


def test_rare_categories_share_an_input_where_there_are_many():
    frequent = [name for name in "abcdefghij" for _ in range(6)]
    table, plan = strong([*frequent, *(f"rare {row}" for row in range(12)), None])
    (step,) = plan.columns
    assert step == OneHotStep("x", tuple("abcdefghij"), True, True)
    inputs = plan.transform(table)
    np.testing.assert_array_equal(inputs.sum(axis=1), 1)
    assert inputs[:, 10].sum() == 12
    new = table_of(pl.DataFrame({"x": ["a", "never seen", None]}))
    np.testing.assert_array_equal(np.argmax(plan.transform(new), axis=1), [0, 10, 11])
    assert plan.unseen(new) == ()


def test_a_few_categories_have_an_input_each_however_rare():
    _, plan = strong([*"abcdefg", *"h" * 20])
    assert plan.columns[0].categories == tuple("abcdefgh")
    new = table_of(pl.DataFrame({"x": ["z", "NA"]}))
    np.testing.assert_array_equal(plan.transform(new), 0)
    keys = {said.key for said in plan.unseen(new)}
    assert keys == {"unseen_categories", "unseen_missing"}
    _, many = strong([f"{row % 12}c" for row in range(24)])
    assert (len(many.columns[0].categories), many.columns[0].other) == (8, True)


def test_at_most_a_thousand_categories_have_an_input_of_their_own():
    table, plan = strong([f"c{row % 1100}" for row in range(6600)])
    assert plan.inputs == 1001
    np.testing.assert_array_equal(plan.transform(table).sum(axis=1), 1)


@pytest.mark.parametrize(("steps", "own"), [(STRONG, 10), (PLAIN, 49)])
def test_categories_that_share_an_input_are_said(steps, own):
    cells = [name for name in "abcdefghij" for _ in range(6)]
    table = table_of(pl.DataFrame({"x": [*cells, *(f"rare {row % 45}" for row in range(90))]}))
    plan = TablePlan.fit(table, describe_frame(table), np.arange(table.rows), steps)
    (said,) = plan.notes
    assert said.key == "shared_categories"
    assert f"'x': the {own} most frequent categories have an input each" in said.sentence
    assert f"each of {own} categories, the most frequent, and one for all" in str(plan)
    few = TablePlan.fit(table, describe_frame(table), np.arange(60), steps)
    assert few.notes == ()


def test_the_layout_says_which_inputs_are_of_one_column():
    kinds = {"code": ["a", "b", "c"] * 4, "pair": ["x", "y"] * 6, "more": ["d", "e", None, "f"] * 3}
    _, plan = strong([float(row) for row in range(12)], **kinds)
    assert plan.layout == Layout(2, ((2, 5), (6, 10)))
    names = plan.input_names
    assert names[2:5] == ("code = a", "code = b", "code = c")
    assert names[6:10] == ("more = d", "more = e", "more = f", "more (missing)")


def test_what_is_new_after_training_is_in_the_middle_and_said():
    more = {"pair": ["a", "b", "a"], "truth": [True, False, True], "day": [1.0, 2.0, 4.0]}
    table, plan = strong([1.5, 2.5, 3.5], **more)
    new = table_of(pl.DataFrame({"x": [None], "pair": ["c"], "truth": ["maybe"], "day": [None]}))
    np.testing.assert_array_equal(plan.transform(new), 0)
    said = [(note.key, note.sentence) for note in plan.unseen(new)]
    assert [key for key, _ in said] == [
        "unseen_missing",
        "unseen_categories",
        "unseen_categories",
        "unseen_missing",
    ]
    assert "the median of training stands in" in said[0][1]
    assert "'c' at row 1; they count as neither of the two known ones" in said[1][1]
    nothing = table_of(pl.DataFrame({"x": [1.0], "pair": [None], "truth": [None], "day": [1.0]}))
    assert [note.key for note in plan.unseen(nothing)] == ["unseen_missing"] * 2
    assert plan.unseen(table) == ()


def test_a_column_that_varies_only_outside_the_rows_given_says_nothing():
    table = table_of(np.array([[1.0, 5], [2, 5], [3, 6]]))
    plan = TablePlan.fit(table, describe_frame(table), np.arange(2), STRONG)
    np.testing.assert_array_equal(plan.transform(table)[:, 1], 0)
    assert "did not vary" in str(plan)


def test_the_plan_says_what_is_done(plan):
    lines = str(plan).splitlines()
    assert lines[1] == (
        "'age'     numeric   median 30 becomes 0, 10 above it becomes 0.95, nothing lies beyond 3,"
        " and its rank as a normal score"
        "; an input says where it is missing"
    )
    assert "'no' becomes -1, 'yes' becomes 1" in lines[2]
    assert "its place in the year and the week" in lines[3]
    assert "'a' becomes -1, 'b' becomes 1" in lines[4]


def test_a_table_without_inputs_says_what_was_left_out():
    table = table_of(np.ones((3, 2)))
    with pytest.raises(DataError, match=r"(?s)no column is left.*left out were: 'x1' \(it has the"):
        strong_plan(table)


def strong_plan(table):
    """The strong plan of all rows of a table from memory."""
    return TablePlan.fit(table, describe_frame(table), np.arange(table.rows), STRONG)


# Storing.


def test_a_plan_comes_back_from_json_as_it_was(table, plan):
    again = TablePlan.from_dict(json.loads(json.dumps(plan.to_dict())))
    assert again == plan
    assert again.numeric == plan.numeric
    assert again.transform(table).tobytes() == plan.transform(table).tobytes()


def paths_in(value, path=()):
    """Every place in a nested value."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths_in(item, (*path, key))


JUNK = [
    None, True, -1, 0, 1.5, math.nan, math.inf, 10**400, "", "x", [], {}, [[]], ["a", "a"],
    "one-hot", "robust number", 1e308, -5e-324,
]  # fmt: skip


@pytest.mark.parametrize("junk", JUNK)
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
            assert np.isfinite(read.transform(table)).all()
            str(read)
        except HelderError:
            pass


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((1, "spread"), -1.0),
        ((1, "median"), math.inf),
        ((0, "categories"), [f"{number}" for number in range(1001)]),
        ((3, "median"), 1e8),
        ((4, "second"), "a"),
        ((2, "true"), "perhaps"),
        ((1, "kind"), "numeric"),
        ((1, "knots"), [20.0, 40.0, 30.0]),
        ((1, "knots"), [20.0, 40.0]),
        ((1, "scores"), [-1.0, 0.0, 4.0]),
    ],
)
def test_values_that_no_plan_can_have_are_refused(plan, place, value):
    saved = plan.to_dict()
    saved["columns"][place[0]][place[1]] = value
    with pytest.raises(DataError, match="damaged"):
        TablePlan.from_dict(saved)


def test_a_step_with_a_value_too_few_or_too_many_is_refused(plan):
    saved = plan.to_dict()
    for at, step in enumerate(saved["columns"]):
        for key in step:
            changed = copy.deepcopy(saved)
            del changed["columns"][at][key]
            with pytest.raises(DataError, match="damaged"):
                TablePlan.from_dict(changed)
        changed = copy.deepcopy(saved)
        changed["columns"][at]["leading"] = 1
        with pytest.raises(DataError, match="damaged"):
            TablePlan.from_dict(changed)
