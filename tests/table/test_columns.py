"""What each column is taken for, and which are left out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from helder.errors import DataError
from helder.table import column_numbers, describe_columns, parse_numbers, read_table


def kinds(table, **options) -> dict[str, str]:
    return {column.name: column.kind for column in describe_columns(table, **options)}


def column_of(write, cells, other="x", **options):
    """The description of a column `c` of these cells, beside one that settles the decimal mark."""
    rows = "".join(f"{cell};{other}\n" for cell in cells)
    table = read_table(write(f"c;other\n{rows}"), separator=";", decimal=".")
    return describe_columns(table, **options)[0]


def test_numbers_in_every_common_form():
    cells = ["1e-3", "+5", "7", ".5", "-2.", "1E5", "−3.5", None, "NA", "n.v.t.", "?", "-", "#N/A"]
    values, bad = parse_numbers(pl.Series(cells, dtype=pl.String))
    np.testing.assert_array_equal(values[:7], [0.001, 5, 7, 0.5, -2, 1e5, -3.5])
    assert np.isnan(values[7:]).all()
    assert len(bad) == 0


@pytest.mark.parametrize(
    "cell", ["abc", "1,5", "1 2", "0x10", "1_000", "٣", "--5", "5 kg", "1.2.3"]
)
def test_cells_that_are_no_number(cell):
    values, bad = parse_numbers(pl.Series([cell, "1"]))
    assert np.isnan(values[0])
    assert bad.tolist() == [0]


def test_infinite_numbers_stay_infinite_for_the_caller_to_refuse():
    values, bad = parse_numbers(pl.Series(["inf", "-Infinity", "1e999"]))
    assert np.isinf(values).all()
    assert len(bad) == 0


def test_a_column_is_numeric_from_95_percent_of_its_filled_cells(write):
    numbers = [f"{row % 50}.5" for row in range(94)]
    assert column_of(write, [*numbers, "NA", "", *["low", "high"] * 3]).kind == "category"
    with pytest.raises(DataError, match=r"line 96(.|\n)*--category c"):
        column_of(write, [*numbers, *["low"] * 4])
    forced = column_of(write, [*numbers, *["low"] * 4], categories=["c"])
    assert forced.kind == "category"
    assert column_of(write, [*numbers, *["low"] * 4], drop=["c"]).left_out is not None


def test_numeric_facts(write):
    column = column_of(write, ["1.5", "2.5", "NA", "", "5"])
    assert (column.kind, column.missing, column.distinct) == ("numeric", 2, 3)
    assert (column.minimum, column.maximum, column.mean) == (1.5, 5.0, 3.0)
    assert column.left_out is None
    assert column.range == ("1.5", "5")


def test_words_that_are_often_categories_stay_categories(write):
    column = column_of(write, ["none", "guarantor", "none", "-", "unknown", "?", "NA"])
    assert column.kind == "category"
    assert (column.missing, column.distinct) == (2, 4)
    assert column.frequent[0] == ("none", 2)


@pytest.mark.parametrize("pair", ["yes no", "True FALSE", "ja nee", "t f", "Y N"])
def test_booleans(write, pair):
    first, second = pair.split()
    assert column_of(write, [first, second, "", first.lower()]).kind == "boolean"
    assert column_of(write, [first, second, "maybe"]).kind == "category"
    assert column_of(write, ["0", "1", "0"]).kind == "numeric"


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2024-01-31", "2023-12-01", "NA"], "ymd"),
        (["2024-01-31T10:00:00Z", "2024-01-31 23:59:59.5+02:00", ""], "ymd"),
        (["2024/1/31", "2023.12.1"], "ymd"),
        (["31-01-2024", "01-02-2023"], "dmy"),
        (["31.01.2024", "1.2.2023 13:45"], "dmy"),
        (["01/31/2024", "02/01/2023 1:45 PM"], "mdy"),
    ],
)
def test_dates_and_their_order(write, cells, order):
    column = column_of(write, cells)
    assert (column.kind, column.order) == ("date", order)
    assert column.notes == ()


def test_dates_that_fit_both_orders_are_read_as_european_and_that_is_said(write):
    column = column_of(write, ["01/02/2024", "03/04/2024"])
    assert (column.kind, column.order) == ("date", "dmy")
    assert column.range == ("2024-02-01", "2024-04-03")
    assert [note.key for note in column.notes] == ["date_order"]


def test_a_date_that_no_calendar_has_is_text(write):
    assert column_of(write, ["2024-02-30", "2023-13-01"]).kind == "category"


def test_row_numbers_and_identifiers_are_left_out_and_said(write):
    row_number = column_of(write, range(100, 130))
    assert row_number.kind == "id"
    assert "row number" in row_number.left_out
    shuffled = column_of(write, np.random.default_rng(0).permutation(30))
    assert shuffled.kind == "id"
    words = column_of(write, [f"user{row}" for row in range(30)])
    assert words.kind == "id"
    assert "identifier" in words.left_out


@pytest.mark.parametrize("step", [1, -1])
def test_row_numbers_of_which_some_were_taken_out_are_left_out(write, step):
    numbers = [row for row in range(1, 61) if row % 3][::step]
    assert "row number" in column_of(write, numbers).left_out
    shuffled = np.random.default_rng(0).permutation(numbers)
    assert column_of(write, shuffled).kind == "id"
    assert column_of(write, numbers, keep=["c"]).left_out is None


SPREAD = np.random.default_rng(0).permutation(np.arange(30) ** 2 * 7 + 1)


@pytest.mark.parametrize(
    ("name", "is_key"),
    [
        ("id", True),
        ("ID", True),
        ("customer_id", True),
        ("PassengerId", True),
        ("customerID", True),
        ("id_student", True),
        ("Order Nr.", True),
        ("house-no", True),
        ("row", True),
        ("zipCode", True),
        ("UUID", True),
        ("paid", False),
        ("humid", False),
        ("price", False),
        ("indexed_sum", False),
        ("key_figure", False),
        ("arrow", False),
    ],
)
def test_whole_numbers_that_are_all_different_are_a_key_by_name_or_a_question(write, name, is_key):
    rows = "".join(f"{number};1.5\n" for number in SPREAD)
    path = write(f"{name};other\n{rows}")
    column = describe_columns(read_table(path))[0]
    assert (column.kind == "id") == is_key
    if is_key:
        assert "identifier" in column.left_out
    else:
        assert [said.key for said in column.notes] == ["all_different"]
        assert "--drop" in column.notes[0].sentence
    kept = describe_columns(read_table(path), keep=[name])[0]
    assert (kept.kind, kept.left_out, kept.notes) == ("numeric", None, ())
    target = describe_columns(read_table(path), roles={name: "target"})[0]
    assert target.notes == ()


def test_keys_too_large_for_a_float_are_still_all_different(write):
    rows = "".join(f"{9007199254740993 + 2 * row + row % 2};1.5\n" for row in range(0, 300, 7))
    (column, _) = describe_columns(read_table(write(f"key;other\n{rows}")))
    assert column.kind == "id"


def test_a_name_like_a_key_says_nothing_of_numbers_that_repeat_or_are_not_whole(write):
    for cells in ([row % 25 for row in range(30)], [f"{row * 9}.5" for row in range(30)]):
        rows = "".join(f"{cell};1.5\n" for cell in cells)
        column = describe_columns(read_table(write(f"id;other\n{rows}")))[0]
        assert (column.kind, column.left_out, column.notes) == ("numeric", None, ())


@pytest.mark.parametrize(("words", "kind"), [(2, "category"), (20, "category"), (31, "id")])
def test_text_that_is_mostly_numbers_is_said_and_no_identifier(write, words, kind):
    cells = [*(f"{row}.5" for row in range(30)), "oops", *(f"w{row}" for row in range(words - 1))]
    column = column_of(write, cells)
    assert column.kind == kind
    if kind == "id":
        assert column.notes == ()
        return
    (said,) = (note for note in column.notes if note.key == "mostly_numbers")
    share = 93 if words == 2 else 60
    assert f"{share} %" in said.sentence
    assert "'oops'" in said.sentence
    assert "line 32" in said.sentence


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        (["12.3%", "4 %", ""], "numbers_with_sign"),
        (["$12.50", "$ 4", "-$3"], "numbers_with_sign"),
        (["€12,50", "€ 1.234,00", "12 EUR"], "numbers_with_sign"),
        (["1/5/23", "2/6/23"], "unread_dates"),
        (["01 Jan 2023", "2 februari 2023"], "unread_dates"),
        (["Jan 1, 2023", "Sept. 30, 2023 12:30"], "unread_dates"),
        (["01:30", "23:59:59"], "unread_dates"),
        (["1:30 PM", "NA"], "unread_dates"),
        (["2024-02-30", "2023-13-01"], "unread_dates"),
        (["low", "high"], None),
        (["decile 1", "decile 2"], None),
        (["Junior 2", "Marker 5"], None),
        (["5 kg", "6 kg"], None),
    ],
)
def test_text_that_was_meant_for_numbers_or_dates_is_said(write, cells, key):
    notes = column_of(write, cells).notes
    assert [note.key for note in notes] == ([key] if key else [])
    if key:
        assert cells[0] in notes[0].sentence
    assert column_of(write, cells, drop=["c"]).notes == ()


def test_what_is_no_identifier(write):
    assert column_of(write, [f"{row}.5" for row in range(30)]).kind == "numeric"
    assert column_of(write, [2 * row for row in range(30)]).kind == "numeric"
    assert column_of(write, range(10)).kind == "numeric"
    assert column_of(write, [f"user{row}" for row in range(10)]).kind == "category"
    assert column_of(write, [f"2024-01-{day:02}" for day in range(1, 31)]).kind == "date"


def test_constant_and_empty_columns_are_left_out(write):
    assert column_of(write, ["5", "5", "5"]).kind == "constant"
    assert column_of(write, ["a", "a"]).kind == "constant"
    # One value or none at all still tells rows apart.
    assert column_of(write, ["a", "", "a"]).kind == "category"
    empty = column_of(write, ["", "NA", "?"])
    assert (empty.kind, empty.missing) == ("empty", 3)
    assert empty.left_out


def test_keep_keeps_and_drop_drops(write):
    kept = column_of(write, range(30), keep=["c"])
    assert (kept.kind, kept.left_out) == ("numeric", None)
    assert column_of(write, [f"u{row}" for row in range(30)], keep=["c"]).kind == "category"
    assert column_of(write, ["5", "5"], keep=["c"]).left_out is None
    dropped = column_of(write, ["1.5", "2"], drop=["c"])
    assert dropped.kind == "numeric"
    assert "request" in dropped.left_out
    with pytest.raises(ValueError, match="both kept and dropped"):
        column_of(write, ["1.5", "2"], drop=["c"], keep=["c"])


def test_a_column_with_a_role_is_no_input_and_its_cells_are_not_judged(write):
    cells = [*(f"{row}.5" for row in range(99)), "text"]
    column = column_of(write, cells, roles={"c": "target"})
    assert column.role == "target"
    assert "target" in column.left_out
    assert column_of(write, cells, roles=["c"]).left_out


def test_column_numbers_names_the_place(write):
    table = read_table(write('a,b\n1.5,"x\ny"\nabc,z\n'))
    with pytest.raises(DataError, match="line 4, column 'a'"):
        column_numbers(table, "a")
