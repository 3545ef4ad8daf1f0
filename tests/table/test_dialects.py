"""However a file writes its cells, the same table comes out."""

from __future__ import annotations

import csv
import io

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helder.errors import ArgumentError, DataError
from helder.table import column_numbers, data_hash, describe_columns, read_table

NAMES = ["naam", "lengte", "prijs", "n"]
ROWS = [["Zoë", 7.5, 1234.56, 3], ["Jan; piet, p|p\ttab", -0.25, 1000000.5, 4], ["x", 2.25, 9.0, 5]]


def text_of(number: float, decimal: str, thousands: str) -> str:
    text = f"{number:,.2f}" if isinstance(number, float) else str(number)
    return text.replace(",", "T").replace(".", decimal).replace("T", thousands)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("decimal", "thousands"), [(".", ""), (",", ""), (".", ","), (",", "."), (",", " ")]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_dialect_gives_the_same_table(
    write, separator, decimal, thousands, encoding, quoting, line_end
):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=line_end)
    writer.writerow(NAMES)
    for row in ROWS:
        writer.writerow([row[0], *(text_of(cell, decimal, thousands) for cell in row[1:])])
    table = read_table(write(out.getvalue().encode(encoding)))
    assert table.names == tuple(NAMES)
    assert table.cells["naam"].to_list() == [row[0] for row in ROWS]
    for position, name in enumerate(NAMES[1:], start=1):
        assert column_numbers(table, name).tolist() == [row[position] for row in ROWS]
    assert table.dialect.separator == separator
    assert table.dialect.decimal == decimal
    assert table.dialect.encoding == ("cp1252" if encoding == "cp1252" else "utf-8")
    assert table.dialect.byte_order_mark == (encoding == "utf-8-sig")
    assert table.lines.tolist() == [2, 3, 4]


def test_a_file_whose_first_line_names_its_separator(write):
    table = read_table(write("sep=;\na;b\n1,5;2\n2,5;3\n"))
    assert table.names == ("a", "b")
    assert table.lines.tolist() == [3, 4]
    assert [note.key for note in table.notes] == ["separator_line", "decimal_comma"]


def test_the_file_that_is_not_utf8_is_said_with_the_characters_it_concerns(write):
    table = read_table(write("a,b\ncaf\u00e9,1\n\u20ac 5,2\n".encode("cp1252")))
    assert table.cells["a"].to_list() == ["café", "€ 5"]
    (note,) = table.notes
    assert "é" in note.sentence
    assert "€" in note.sentence


def test_quoted_cells_hold_separators_quotes_and_line_breaks_and_rows_keep_their_lines(write):
    table = read_table(write('a,b\n"x,y","he said ""hi"""\n"two\nlines",2\n3,"4"\n'))
    assert table.cells["a"].to_list() == ["x,y", "two\nlines", "3"]
    assert table.cells["b"].to_list() == ['he said "hi"', "2", "4"]
    assert table.lines.tolist() == [2, 3, 5]


def test_an_inch_mark_inside_a_field_is_a_letter(write):
    table = read_table(write('size,n\n5" pipe,1\n3" pipe,2\n'))
    assert table.cells["size"].to_list() == ['5" pipe', '3" pipe']
    mixed = read_table(write('size,n\n5" pipe,1\n"a,b",2\nplain,3\n'))
    assert mixed.cells["size"].to_list() == ['5" pipe', "a,b", "plain"]
    assert mixed.lines.tolist() == [2, 3, 4]


def test_a_quote_may_open_a_field_after_a_space(write):
    table = read_table(write('a, b\n1, "x, y"\n2, "z ""w"""\n'))
    assert table.cells["b"].to_list() == ["x, y", 'z "w"']


def test_a_single_column_is_not_split_at_its_own_signs(write):
    assert column_numbers(read_table(write("x\n7,5\n8,25\n")), "x").tolist() == [7.5, 8.25]
    notes = read_table(write("note\nhello, world\nwell; yes\n"))
    assert notes.cells["note"].to_list() == ["hello, world", "well; yes"]


def test_cells_and_names_are_stripped_and_empty_cells_are_null(write):
    table = read_table(write(' a , b \n  1 , "	"\n , x \n'))
    assert table.names == ("a", "b")
    assert table.cells["a"].to_list() == ["1", None]
    assert table.cells["b"].to_list() == [None, "x"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_and_blank_lines_at_the_end(write, line_end):
    table = read_table(write(line_end.join(["a,b", "1,2", "3,4", "", ""])))
    assert table.cells["b"].to_list() == ["2", "4"]
    assert table.lines.tolist() == [2, 3]
    assert table.notes == ()


def test_blank_lines_between_rows_are_passed_over_and_said(write):
    table = read_table(write("\n\na,b\n1,2\n\n  \n3,4\n"))
    assert table.cells["b"].to_list() == ["2", "4"]
    assert table.lines.tolist() == [4, 7]
    (note,) = table.notes
    assert note.key == "blank_lines"
    assert "2 blank" in note.sentence
    assert "line 5" in note.sentence


def test_in_a_file_of_one_column_a_blank_line_is_an_empty_cell(write):
    table = read_table(write("a\n1.5\n\n2.5\n"))
    assert table.cells["a"].to_list() == ["1.5", None, "2.5"]
    assert table.lines.tolist() == [2, 3, 4]


def test_a_column_without_a_name_is_named_by_its_position(write):
    table = read_table(write("a,,c,\n1,2,3,\n4,5,6,\n"))
    assert table.names == ("a", "column 2", "c", "column 4")
    assert [note.key for note in table.notes] == ["unnamed_columns"]


def test_a_file_without_a_header_is_noted(write):
    table = read_table(write("1.5,2\n2.5,3\n3.5,9\n"))
    assert [note.key for note in table.notes] == ["no_header"]


def test_separators_given_by_a_person_count(write):
    assert read_table(write("a:b\n1:2\n"), separator=":").names == ("a", "b")
    assert read_table(write("a\tb\n1\t2\n"), separator="tab").names == ("a", "b")
    for bad in ("", '"', "ab", "1", "\n", "é"):
        with pytest.raises(ArgumentError):
            read_table(write("a,b\n1,2\n"), separator=bad)


def test_two_separators_that_explain_a_file_equally_well_are_a_question(write):
    with pytest.raises(DataError, match="--sep"):
        read_table(write("a,b;c\nx,y;z\nu,v;w\n"))


def test_separators_inside_numbers_do_not_mislead(write):
    table = read_table(write("Price, EUR;Weight, kg\n1,5;2,5\n3,5;4,5\n"))
    assert table.dialect.separator == ";"
    assert column_numbers(table, "Price, EUR").tolist() == [1.5, 3.5]


class TestAmbiguousNumbers:
    """A column in which every cell reads like 1.234 is a question, unless something settles it."""

    @pytest.mark.parametrize(
        "content", ["x;n\n1.234;a\n5.678;b\n", "x,n\n1.234,a\n5.678,b\n", "x;n\n1,234;a\n5,678;b\n"]
    )
    def test_stops_and_names_line_column_and_options(self, write, content):
        with pytest.raises(DataError) as caught:
            read_table(write(content))
        text = str(caught.value)
        assert "line 2, column 'x'" in text
        assert "--decimal" in text
        assert "--thousands" in text

    @pytest.mark.parametrize(
        ("options", "value"),
        [
            ({"decimal": "."}, 1.234),
            ({"decimal": ","}, 1234),
            ({"thousands": "."}, 1234),
            ({"thousands": ","}, 1.234),
            ({"thousands": ""}, 1.234),
        ],
    )
    def test_an_option_answers_it(self, write, options, value):
        table = read_table(write("x;n\n1.234;a\n5.678;b\n"), **options)
        assert column_numbers(table, "x")[0] == value

    @pytest.mark.parametrize(
        ("other", "value"),
        [("0.5", 1.234), ("12.25", 1.234), ("7,5", 1234), ("0,125", 1234), ("1.234.567", 1234)],
    )
    def test_another_column_settles_it(self, write, other, value):
        table = read_table(write(f"x;y\n1.234;{other}\n5.678;{other}\n"))
        assert column_numbers(table, "x")[0] == value

    @pytest.mark.parametrize("cell", ["0.123", "-1.234", "12.5"])
    def test_one_cell_of_the_column_settles_it(self, write, cell):
        table = read_table(write(f"x,y\n1.234,a\n{cell},b\n"))
        assert column_numbers(table, "x").tolist() == [1.234, float(cell)]

    def test_quoted_commas_in_a_file_of_commas_are_thousands(self, write):
        table = read_table(write('x,y\n"1,234",a\n"5,678",b\n'))
        assert column_numbers(table, "x").tolist() == [1234, 5678]
        assert [note.key for note in table.notes] == ["comma_is_thousands"]

    def test_options_that_contradict_each_other_are_refused(self, write):
        path = write("x;n\n1.234;a\n")
        for options in ({"decimal": ".", "thousands": "."}, {"decimal": "x"}, {"thousands": "x"}):
            with pytest.raises(ArgumentError):
                read_table(path, **options)


def test_columns_that_disagree_about_the_decimal_mark_are_noted(write):
    table = read_table(write("a;b;c\n1,5;2,5;3.5\n1,6;2,6;3.6\n"))
    assert table.dialect.decimal == ","
    (note,) = [note for note in table.notes if note.key == "marks_disagree"]
    assert "'c'" in note.sentence


def test_parquet_is_read_as_text_and_rows_are_counted(tmp_path):
    path = tmp_path / "data.parquet"
    frame = pl.DataFrame(
        {"f": [0.1, None], "b": [True, False], "s": ["x", ""], "d": ["2024-01-31", "2024-02-29"]}
    ).with_columns(pl.col("d").str.to_date())
    frame.write_parquet(path)
    table = read_table(path)
    assert table.dialect is None
    assert table.cells["f"].to_list() == ["0.1", None]
    assert table.cells["b"].to_list() == ["true", "false"]
    assert table.place(1, "f").endswith("data.parquet, row 2, column 'f'")
    assert [column.kind for column in describe_columns(table)][1] == "boolean"
    assert describe_columns(table)[3].kind == "date"


def test_the_hash_depends_on_values_and_their_order_alone(write):
    one = read_table(write("a,b\nx,1.5\ny,\n", "one.csv"))
    same = read_table(write('\ufeff"a";"b"\r\n"x";"1.5"\r\n"y";""\r\n', "other.txt"))
    assert data_hash(one) == data_hash(same)
    for content in ("a,b\ny,\nx,1.5\n", "b,a\nx,1.5\ny,\n", "a,b\nx1,.5\ny,\n", "a,b\nx,1.5\n,y\n"):
        assert data_hash(read_table(write(content))) != data_hash(one)


def test_take_keeps_the_lines_of_the_rows(write):
    table = read_table(write("a,b\n1,2\n3,4\n5,6\n")).take(np.array([2, 0]))
    assert table.cells["a"].to_list() == ["5", "1"]
    assert table.lines.tolist() == [4, 2]
    assert table.rows == 2


letters = st.text(st.sampled_from('ab1.,;"\n |\té'), max_size=6)


@given(
    rows=st.integers(2, 4).flatmap(
        lambda width: st.lists(
            st.lists(letters, min_size=width, max_size=width), min_size=1, max_size=8
        )
    ),
    separator=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_well_formed_csv_is_read_as_the_csv_module_reads_it(
    tmp_path_factory, rows, separator, line_end, quoting
):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end, quoting=quoting)
    writer.writerow([f"c{position}" for position in range(len(rows[0]))])
    writer.writerows(rows)
    path = tmp_path_factory.mktemp("csv") / "data.csv"
    path.write_bytes(out.getvalue().encode())
    reader = csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=separator)
    next(reader)
    expected, lines, start = [], [], reader.line_num
    for row in reader:
        expected.append([cell.strip() or None for cell in row])
        lines.append(start + 1)
        start = reader.line_num
    table = read_table(path, separator=separator, decimal=".")
    assert [list(row) for row in zip(*table.cells.values(), strict=True)] == expected
    assert table.lines.tolist() == lines
