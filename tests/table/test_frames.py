"""Tables from memory: every kind of frame, array and list gives the same inputs, or our error."""

from __future__ import annotations

import datetime
import subprocess
import sys

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from helder.errors import ArgumentError, DataError, HelderError
from helder.table import (
    STRONG,
    TablePlan,
    arrays,
    data_hash,
    describe_columns,
    describe_frame,
    read_table,
    read_target,
    table_of,
)

DAY = datetime.date(2024, 1, 1)
DATA = {
    "age": [20.0, 31.0, None, 47.0, 52.5, 20.0],
    "children": [0, 2, 1, 0, 3, 1],
    "colour": ["red", "blue", None, "green", "red", "red"],
    "member": [True, False, None, True, True, False],
    "since": [None, *(DAY + datetime.timedelta(days=days) for days in (0, 3, 9, 30, 400))],
}
CSV = (
    "age,children,colour,member,since\n"
    "20,0,red,true,\n"
    "31,2,blue,false,2024-01-01\n"
    ",1,,,2024-01-04\n"
    "47,0,green,true,2024-01-10\n"
    "52.5,3,red,true,2024-01-31\n"
    "20,1,red,false,2025-02-04\n"
)
ROWS = np.arange(6)
SOURCES = {
    "polars": lambda: pl.DataFrame(DATA),
    "polars with categories": lambda: pl.DataFrame(DATA).with_columns(
        pl.col("colour").cast(pl.Categorical), pl.col("children").cast(pl.Int8)
    ),
    "pandas": lambda: pd.DataFrame(DATA).astype({"since": "datetime64[ns]"}),
    "pandas, its own types": lambda: pd.DataFrame(DATA).astype(
        {"age": "Float64", "children": "UInt16", "colour": "category", "member": "boolean"}
    ),
    "pandas on arrow": lambda: pd.DataFrame(DATA).convert_dtypes(dtype_backend="pyarrow"),
    "pandas of objects": lambda: pd.DataFrame(DATA, dtype=object),
    "arrow": lambda: pa.table(DATA),
    "arrow batch": lambda: pa.table(DATA).to_batches()[0],
    "arrow dictionary": lambda: pa.table(
        {**DATA, "colour": pa.array(DATA["colour"]).dictionary_encode()}
    ),
    "narwhals": lambda: nw.from_native(pd.DataFrame(DATA)),
    "array of objects": lambda: np.array(list(zip(*DATA.values(), strict=True)), dtype=object),
    "rows": lambda: [list(row) for row in zip(*DATA.values(), strict=True)],
    "columns in another order": lambda: pl.DataFrame(DATA)[["since", *list(DATA)[:4]]],
    "more columns": lambda: pl.DataFrame(DATA).with_columns(more=pl.lit("x")),
}


def strong(table, **options):
    """The strong plan of all rows."""
    return TablePlan.fit(
        table, describe_frame(table, **options), np.arange(table.rows), steps=STRONG
    )


@pytest.fixture(scope="module")
def plan():
    return strong(table_of(pl.DataFrame(DATA)))


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_gives_the_same_inputs(plan, name):
    table = table_of(SOURCES[name](), names=list(DATA))
    np.testing.assert_array_equal(
        plan.transform(table), plan.transform(table_of(pl.DataFrame(DATA)))
    )


@pytest.mark.parametrize("name", list(SOURCES)[:-2])
def test_every_source_gives_the_same_plan(plan, name):
    assert strong(table_of(SOURCES[name](), names=list(DATA))) == plan


def test_a_file_gives_the_same_inputs_as_a_frame_and_the_other_way_round(plan, write):
    file, frame = read_table(write(CSV)), table_of(pl.DataFrame(DATA))
    np.testing.assert_array_equal(plan.transform(file), plan.transform(frame))
    plain = TablePlan.fit(file, describe_columns(file, keep=DATA), ROWS)
    np.testing.assert_array_equal(plain.transform(file), plain.transform(frame))


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "u1", "i2", ">f4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_numbers_of_any_type_and_layout(dtype, order):
    X = np.arange(12).reshape(4, 3).astype(dtype, order=order)
    native = X.astype(X.dtype.newbyteorder("="))
    for source in (X, np.repeat(X, 2, axis=0)[::2], sparse.csr_array(native), X.tolist()):
        table = table_of(source)
        assert table.names == ("x1", "x2", "x3")
        for at, name in enumerate(table.names):
            np.testing.assert_array_equal(table.cells[name].to_numpy(), X[:, at])


def test_the_table_keeps_its_numbers_when_the_array_changes():
    X = np.ones((3, 1), order="F")
    table = table_of(X)
    X[:] = 7
    np.testing.assert_array_equal(table.cells["x1"].to_numpy(), 1)


def test_numbers_in_the_columns_of_an_array_are_never_taken_for_identifiers():
    X = np.column_stack([np.arange(100), np.full(100, 3), np.full(100, np.nan), np.arange(100)])
    for table in (table_of(X), table_of(pd.DataFrame(X, columns=["id", "a", "b", "key"]))):
        columns = describe_frame(table)
        assert [column.kind for column in columns] == ["numeric", "constant", "empty", "numeric"]
    texts = table_of(np.array([[f"{row}", f"key {row}"] for row in range(100)]))
    assert [column.kind for column in describe_frame(texts)] == ["numeric", "id"]


def test_the_type_of_a_frame_decides_what_its_text_is():
    frame = pd.DataFrame(
        {
            "text": ["1", "2", "3"],
            "objects": pd.Series([1, 2.5, None], dtype=object),
            "category": pd.Categorical([3.0, 4.0, None]),
            "yes": ["Yes", "no", None],
            "when": ["2024-01-31", None, "2024-02-01"],
            "mixed": pd.Series([1, "a", True], dtype=object),
        }
    )
    columns = {column.name: column for column in describe_frame(table_of(frame))}
    kinds = {name: column.kind for name, column in columns.items()}
    assert kinds == {
        "text": "category",
        "objects": "numeric",
        "category": "category",
        "yes": "boolean",
        "when": "date",
        "mixed": "category",
    }
    assert columns["category"].frequent == (("3", 1), ("4", 1))
    assert [said.key for said in columns["text"].notes] == ["text_of_numbers"]
    assert describe_frame(table_of([["1"], ["2"]]))[0].kind == "numeric"  # lists have no types
    for codes in (pl.Categorical, pl.Enum(["1", "2"])):
        (column,) = describe_frame(
            table_of(pl.DataFrame({"c": pl.Series(["1", "2"], dtype=codes)}))
        )
        assert column.kind == "category"


def test_options_choose_otherwise():
    X = np.column_stack([np.arange(6) % 2, np.ones(6)])
    table = table_of(X)
    kinds = [c.kind for c in describe_frame(table, categories=["x1"], keep=["x2"])]
    assert kinds == ["category", "numeric"]
    dropped = describe_frame(table, drop=["x1"])[0]
    assert dropped.left_out is not None
    assert strong(table, categories=["x1"]).columns[0].first == "0"
    with pytest.raises(ArgumentError, match="not a column of this table"):
        describe_frame(table, keep=["y1"])
    with pytest.raises(ArgumentError, match="both kept and dropped"):
        describe_frame(table, keep=["x1"], drop=["x1"])


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([True, None, False], dtype=object),
        [1.0, float("nan"), 0.0],
        ["ja", None, "NEE"],
        pd.array([True, pd.NA, False], dtype="boolean"),
    ],
)
def test_truths_are_understood_in_any_type(plan, values):
    frame = pd.DataFrame(DATA)[:3].assign(member=values)
    inputs = dict(zip(plan.input_names, plan.transform(table_of(frame)).T, strict=True))
    np.testing.assert_array_equal(inputs["member"], [1, 0, -1])


def test_dates_of_every_type_are_the_same_days():
    moments = [datetime.datetime(2024, 1, 1, 12), None, datetime.datetime(2025, 6, 1, 6)]
    east = datetime.timezone(datetime.timedelta(hours=2))
    aware = [None if when is None else when.replace(tzinfo=datetime.UTC) for when in moments]
    shifted = [None if when is None else when.astimezone(east) for when in aware]
    sources = [
        pl.DataFrame({"x": moments}),
        pl.DataFrame({"x": pl.Series(moments, dtype=pl.Datetime("ns"))}),
        pl.DataFrame({"x": pl.Series(aware).dt.convert_time_zone("Europe/Amsterdam")}),
        pd.DataFrame({"x": pd.to_datetime(moments)}),
        pd.DataFrame({"x": pd.Series(shifted, dtype=object)}),
        np.array(moments, dtype="datetime64[s]").reshape(-1, 1),
        [[when] for when in shifted],
        [[None if when is None else np.datetime64(when)] for when in moments],
    ]
    plan = strong(table_of(sources[0], names=["x"]))
    assert plan.columns[0].time_of_day
    expected = plan.transform(table_of(sources[0]))
    for source in sources[1:]:
        np.testing.assert_array_equal(plan.transform(table_of(source, names=["x"])), expected)


def test_durations_become_days():
    frame = {"x": [datetime.timedelta(days=1), datetime.timedelta(hours=12), None]}
    for source in (pl.DataFrame(frame), pd.DataFrame(frame)):
        np.testing.assert_array_equal(table_of(source).cells["x"].to_numpy(), [1, 0.5, np.nan])


BAD = {
    "infinite": (np.array([[1.0, 2], [3, np.inf]]), r"row 2, column 'x2': Input X contains inf"),
    "infinite in a frame": (pd.DataFrame({"age": [1, -np.inf]}), "row 2, column 'age': Input X"),
    "infinite in polars": (pl.DataFrame({"age": [np.inf]}), "row 1, column 'age': Input X"),
    "infinite among objects": ([[1.5, None], [float("inf"), "a"]], "row 2, column 'x1': Input X"),
    "complex": (np.array([[1j]]), "Complex data not supported"),
    "complex in a frame": (pd.DataFrame({"z": [1j]}), "Complex data not supported"),
    "no rows": (np.empty((0, 3)), r"0 sample\(s\) \(shape=\(0, 3\)\) while a minimum of 1 is req"),
    "no columns": (np.empty((12, 0)), r"0 feature\(s\) \(shape=\(12, 0\)\) while a minimum of 1 "),
    "an empty frame": (pl.DataFrame(), "0 sample"),
    "one dimension": (np.arange(3), "Expected 2D array, got 1D array instead"),
    "a list": ([1, 2], "Expected 2D array, got 1D array instead"),
    "a column": (pd.Series([1, 2]), "Expected 2D array, got 1D array instead"),
    "a column of polars": (pl.Series([1, 2]), "Expected 2D array, got 1D array instead"),
    "three dimensions": (np.zeros((2, 2, 2)), "Expected 2D array, got 3D array instead"),
    "nothing": (None, "Expected 2D array, got scalar array instead"),
    "a mapping": ({"x": [1]}, "Expected 2D array, got scalar array instead"),
    "uneven rows": ([[1, 2], [3]], "each needs as many values"),
    "lists in cells": (pl.DataFrame({"x": [[1], [2]]}), "column 'x': this column does not hold"),
    "times": (pl.DataFrame({"x": [datetime.time(1)]}), "column 'x': this column does not hold"),
    "a lazy frame": (pl.LazyFrame({"x": [1]}), "collect"),
    "a name twice": (pd.DataFrame([[1, 2]], columns=["a", "a"]), "same name: got 'a'"),
    "names alike as text": (pd.DataFrame([[1, 2]], columns=[1, "1"]), "same name: got '1'"),
    "half a character": ([["a"], ["\ud800"]], "column 'x1': a text holds half a character"),
    "a huge integer": ([[10**400], [None]], "column 'x1'.*float64"),
    "no calendar": (np.array([["9999999-01-01"]], dtype="datetime64[D]"), "column 'x1': this date"),
    "far": ([[np.datetime64("-99999-01-01")], [None]], "column 'x1': this date"),
    "records": (np.zeros((2, 2), dtype=[("a", "f8")]), "array of this type"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_table_gives_our_error_in_known_words(name):
    X, match = BAD[name]
    with pytest.raises(DataError, match=match) as caught:
        table_of(X)
    assert isinstance(caught.value, ValueError)


def test_names_must_be_as_many_as_columns():
    with pytest.raises(ArgumentError, match="3 columns, and there are 2 names"):
        table_of(np.ones((2, 3)), names=["a", "b"])


def test_a_sparse_matrix_is_written_out_up_to_a_size(monkeypatch):
    monkeypatch.setattr(arrays, "MOST_DENSE", 100)
    assert table_of(sparse.eye(3)).rows == 3
    with pytest.raises(DataError, match=r"at most 0 GiB"):
        table_of(sparse.eye(4))


def test_columns_are_found_by_name_and_a_missing_one_is_named(plan):
    with pytest.raises(DataError, match=r"needs is not a column of this table: got 'colour'"):
        plan.transform(table_of(pl.DataFrame(DATA).drop("colour")))
    with pytest.raises(DataError, match="did you mean 'Age'"):
        plan.transform(table_of(pl.DataFrame(DATA).rename({"age": "Age"})))


def test_text_in_a_column_of_numbers_is_named_by_row_and_column(plan):
    frame = pl.DataFrame(DATA).with_columns(age=pl.Series(["1"] * 5 + ["old"]))
    with pytest.raises(DataError, match=r"^row 6, column 'age': this column holds numbers"):
        plan.transform(table_of(frame))


def test_targets_and_hashes_of_frames():
    table = table_of(pd.DataFrame({"y": [True, False, True, None], "n": [1, 2, 2, 1], "x": 1.5}))
    assert read_target(table, "y").classes == ("false", "true")
    assert read_target(table, "n").classes == ("1", "2")
    assert data_hash(table) == data_hash(table_of(table_frame(table)))
    other = pd.DataFrame({"y": [True, False, True, None], "n": [1, 2, 2, 3], "x": 1.5})
    assert data_hash(table) != data_hash(table_of(other))


def table_frame(table):
    """The table as a frame of Polars."""
    return pl.DataFrame({name: table.cells[name] for name in table.names})


def test_importing_tables_brings_no_data_frames():
    code = "import sys, helder.table; print({'pandas', 'narwhals', 'polars'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=5),
    st.binary(max_size=3),
    st.dates(),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.decimals(),
    st.fractions(),
    st.just(pd.NA),
    st.just(pd.NaT),
    st.just({}),
    st.just([1]),
    st.floats(width=32).map(np.float32),
)
columns = st.lists(st.one_of(*(st.lists(kind, min_size=6, max_size=6) for kind in (
    cells, st.integers() | st.none(), st.floats(), st.text(max_size=3), st.dates() | st.none(),
    st.booleans() | st.none()))), min_size=1, max_size=4)  # fmt: skip


@given(columns)
def test_any_cells_give_a_plan_or_our_error(found):
    X = np.empty((6, len(found)), dtype=object)
    for at, column in enumerate(found):
        for row, cell in enumerate(column):
            X[row, at] = cell
    for source in (X, pd.DataFrame(X)):
        try:
            table = table_of(source)
            plan = strong(table)
            inputs = plan.transform(table)
        except HelderError as error:
            check_printable(error)
            continue
        assert np.isfinite(inputs).all()
        assert inputs.shape == (6, plan.inputs)
        assert TablePlan.from_dict(plan.to_dict()) == plan
        assert all(said.sentence for said in plan.unseen(table))
        check_printable(plan)
        data_hash(table)


def check_printable(said):
    """Nothing that is said holds a control character."""
    assert str(said).replace("\n", "").isprintable()
