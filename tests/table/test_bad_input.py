"""Every bad file is one clear message that names the place and what to do."""

from __future__ import annotations

import time

import polars as pl
import pytest

from helder.errors import ArgumentError, DataError, HelderError
from helder.table import MAX_COLUMNS, describe_columns, read_table, read_target


def refused(path, *parts: str, **options: str) -> str:
    with pytest.raises(DataError) as caught:
        describe_columns(read_table(path, **options))
    text = str(caught.value)
    for part in (path.name, *parts):
        assert part in text, text
    assert len(text.splitlines()) <= 2
    assert text.replace("\n", "").isprintable()
    return text


def test_a_missing_file_suggests_the_nearest_name(write):
    there = write("a,b\n1,2\n", "sleep.csv")
    refused(there.with_name("slep.csv"), "no such file", "sleep.csv")
    refused(there.parent / "nowhere" / "a.csv", "no such file", "folder")


def test_a_link_to_nothing_says_where_it_leads(tmp_path):
    link = tmp_path / "sleep.csv"
    link.symlink_to("gone.csv")
    assert "Hint" not in refused(link, "this link leads to no file", "gone.csv")


def test_a_folder(tmp_path):
    refused(tmp_path, "folder")


@pytest.mark.parametrize("content", ["", "\n\n", "  \n", "\ufeff", "\ufeff\n"])
def test_an_empty_file(write, content):
    refused(write(content), "empty")


@pytest.mark.parametrize("content", ["a,b", "a,b\n", "a,b\n\n", "sep=,\na,b\n", "a\n"])
def test_a_header_and_nothing_else(write, content):
    refused(write(content), "no rows")


@pytest.mark.parametrize("last", ["5,6,7", "5"])
def test_rows_longer_or_shorter_than_the_header(write, last):
    fields = len(last.split(","))
    refused(write(f'a,b\n"1\n1",2\n3,4\n{last}\n'), "line 5", f"{fields} field", "header has 2")
    # The same where irregular quotes send the file the slow way.
    refused(write(f'a,b\n"1\n1",2\n3" x,4\n{last}\n'), "line 5", f"{fields} field", "header has 2")


def test_every_row_longer_than_the_header(write):
    refused(write("a,b\n1,2,3\n4,5,6\n"), "line 2", "3 fields", "header has 2")


def test_an_unclosed_quote_names_the_line_where_it_opens(write):
    refused(write('a,b\n1,2\n3,"4\n5,6\n7,8\n'), "line 3", "never closed")
    refused(write('a,b\n1,2\n"x\ny","4\n5,6\n7,8\n'), "line 4", "never closed")
    refused(write('a,b\n1,2\n3,"4\n' + "5,6\n" * 100_000), "line 3", "never closed")


def test_a_quote_that_closes_in_the_middle_of_a_field(write):
    refused(write('a,b\n1,2\n"he "said" hi",4\n5,6\n'), "line 3", "middle of a field")
    refused(write('a,b\n1,2\n"3,4\n"5",6\n'), "line 3", "middle of a field")


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"PK\x03\x04abc",
        b"%PDF-1.7\n",
        b"a,b\n1,\x002\n",
        bytes(range(256)) * 9,
    ],
)
def test_a_binary_file(write, content):
    refused(write(content), "binary")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16(write, encoding):
    refused(write("a,b\n1,2\n3,4\n".encode(encoding)), "UTF-16", "UTF-8")


def test_bytes_that_no_text_has(write):
    refused(write(b"a,b\n1,2\n\x81,\xff\n"), "line 3", "neither UTF-8 nor Windows-1252")


def test_a_spreadsheet_gets_a_hint(write):
    refused(write(b"PK\x03\x04", "data.xlsx"), "CSV")


def test_two_columns_of_the_same_name(write):
    refused(write("a,b, a\n1,2,3\n"), "line 1", "column 1 and column 3", "'a'")


def test_far_too_many_columns_are_refused_quickly(write):
    header = ",".join(f"c{position}" for position in range(200_000))
    row = ",".join("1" for _ in range(200_000))
    path = write(f"{header}\n" + f"{row}\n" * 10)
    started = time.perf_counter()
    refused(path, "200000", str(MAX_COLUMNS))
    assert time.perf_counter() - started < 3


def test_text_in_a_numeric_column(write):
    rows = "".join(f"{row}.5,x\n" for row in range(100))
    refused(write(f"a,b\n{rows}abc,x\n"), "line 102", "column 'a'", "'abc'", "--category a")


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999"])
def test_an_infinite_number(write, cell):
    rows = "".join(f"{row}.5,x\n" for row in range(30))
    refused(write(f"a,b\n{rows}{cell},x\n"), "line 32", "column 'a'", "infinite")


def test_text_among_dates(write):
    rows = "".join(f"2024-01-{day:02},1\n" for day in range(1, 29))
    refused(write(f"when,b\n{rows}2024-02-31,x\n"), "line 30", "column 'when'", "2024-02-31")


def test_nested_columns_of_parquet_and_files_that_are_none(tmp_path, write):
    path = tmp_path / "nested.parquet"
    pl.DataFrame({"a": [1], "parts": [[1, 2]]}).write_parquet(path)
    refused(path, "'parts'", "List")
    refused(write("a,b\n1,2\n", "false.parquet"), "Parquet")
    pl.DataFrame({"a": pl.Series([], dtype=pl.Int64)}).write_parquet(path)
    refused(path, "no rows")


@pytest.mark.parametrize("option", ["categories", "keep", "drop", "roles"])
def test_unknown_columns_suggest_the_nearest(write, option):
    table = read_table(write("Age,Sleep\n1,2\n"))
    with pytest.raises(ArgumentError, match="did you mean 'Sleep'"):
        describe_columns(table, **{option: ["Slep"]})


def test_an_unknown_target_suggests_the_nearest(write):
    table = read_table(write("Age,Sleep_Quality\n1,2\n"))
    with pytest.raises(DataError, match="did you mean 'Sleep_Quality'"):
        read_target(table, "Sleep_Qualty")


def test_hostile_names_and_cells_are_escaped_in_errors_and_notes(write):
    evil = "\x1b[31mred\x1b[0m"
    path = write(f"{evil},{evil}\n1,2\n")
    refused(path, "same name")
    long = "x" * 100_000
    table = read_table(write(f"{evil},{long}\n1,2\n3,4\n"))
    for name in ("nothing", long + "y", evil + "2"):
        with pytest.raises(HelderError) as caught:
            read_target(table, name)
        assert "\x1b" not in str(caught.value)
        assert len(str(caught.value)) < 2000
