"""Splits the text of a CSV file into columns: quickly where it is regular, else row by row."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from helder.errors import DataError, place
from helder.table.notes import Note, note
from helder.table.scan import Scan, scan

if TYPE_CHECKING:
    import polars as pl

MAX_COLUMNS = 20_000
ROWS_TOGETHER = 20_000  # rows that the slow way holds as Python strings at a time


@dataclass(frozen=True, eq=False)
class Split:
    """The header and the columns of a CSV file, as they stand there.

    `header` holds C names, `columns` C String series of N cells, `lines` (N,) the line of the
    text at which each row starts, from 1.
    """

    header: list[str]
    columns: list[pl.Series]
    lines: npt.NDArray[np.int64]
    notes: tuple[Note, ...]


def split(data: bytes, separator: str, where: str, first_line: int) -> Split:
    """The header and columns of a CSV text in UTF-8 that does not end in a line break.

    Args:
        data: The text.
        separator: One ASCII character.
        where: The file, for messages.
        first_line: The line of the file at which the text starts.

    Raises:
        DataError: No rows, ragged rows, an unclosed quote, or too many columns.
    """
    returns = data.count(b"\r")
    if returns and returns != data.count(b"\r\n"):
        if b'"' in data:
            return split_slowly(data, separator, where, first_line)
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found = scan(data, separator)
    quote: str | None = '"'
    if found.opening == 0:
        # No field starts with a quote, so those that there are (inch marks) are letters.
        quote = None
        found = found if found.regular else scan(data, separator, None)
    if not found.regular:
        return split_slowly(data, separator, where, first_line)
    kept = check_rows(data, found, where, first_line)
    if kept is None:
        return split_slowly(data, separator, where, first_line)
    body = data if kept.all() else without_rows(data, found, kept)
    columns = polars_columns(body, separator, quote)
    header = header_fields(found.row(data, 0).decode(), separator, quote)
    height = int(kept.sum()) - 1
    if len(columns) != len(header) or len(columns[0]) != height:
        return split_slowly(data, separator, where, first_line)
    lines = found.lines + (first_line - 1)
    notes = blank_note(lines[~kept])
    return Split(header, columns, lines[kept][1:], notes)


def header_fields(text: str, separator: str, quote: str | None) -> list[str]:
    """The fields of a header whose quotes are regular, or letters like any other."""
    if quote is None:
        return next(csv.reader([text], delimiter=separator, quoting=csv.QUOTE_NONE))
    return next(csv.reader([text], delimiter=separator))


def check_rows(
    data: bytes, found: Scan, where: str, first_line: int
) -> npt.NDArray[np.bool_] | None:
    """Which rows of a regular file are not blank; None where blank lines are cells.

    Raises:
        DataError: A row has more or fewer fields than the header; or there are no rows.
    """
    expected = int(found.fields[0])
    check_width(expected, where, first_line)
    if len(found.ends) == 1:
        raise no_rows(where)
    lengths = np.diff(found.ends, prepend=-1) - 1
    if expected == 1:
        # In a file of one column a blank line is an empty cell; Polars is not asked about it.
        return (
            None
            if bool((lengths <= 1).any() and has_blank(data, found, lengths))
            else (np.ones(len(found.ends), dtype=np.bool_))
        )
    kept = np.ones(len(found.ends), dtype=np.bool_)
    wrong = np.flatnonzero(found.fields != expected)
    for row in wrong:
        if found.fields[row] > 1 or found.row(data, int(row)).strip():
            line = int(found.lines[row]) + first_line - 1
            raise ragged(expected, int(found.fields[row]), place(where, line))
        kept[row] = False
    return kept


def has_blank(data: bytes, found: Scan, lengths: npt.NDArray[np.int64]) -> bool:
    """Whether one of the rows of at most one byte is blank."""
    short = np.flatnonzero(lengths <= 1)
    return any(not found.row(data, int(row)).strip() for row in short)


def check_width(columns: int, where: str, line: int) -> None:
    """Raises DataError where a header has more columns than we take."""
    if columns > MAX_COLUMNS:
        raise DataError(
            "this file has too many columns",
            got=columns,
            accepted=f"at most {MAX_COLUMNS} columns",
            hint="each row should be one example, each column one of its properties; "
            "perhaps rows and columns are swapped, or the separator is another (--sep)",
            where=place(where, line),
        )


def no_rows(where: str) -> DataError:
    """The error for a file that holds a header and nothing else."""
    return DataError("this file has a header but no rows", where=where)


def ragged(expected: int, got: int, where: str) -> DataError:
    """The error for a row that is longer or shorter than the header."""
    hint = (
        "a cell that holds the separator or a line break must stand in double quotes"
        if got > expected
        else "an empty cell still needs its separator; a line break in a cell needs double quotes"
    )
    return DataError(
        f"this row has {got} field{'s' * (got != 1)} where the header has {expected}",
        accepted=f"{expected} field{'s' * (expected != 1)} in every row",
        hint=hint,
        where=where,
    )


def blank_note(lines: npt.NDArray[np.int64]) -> tuple[Note, ...]:
    """The note about blank lines between the rows, if there are any."""
    if len(lines) == 0:
        return ()
    return (note("blank_lines", count=len(lines), line=int(lines[0])),)


def without_rows(data: bytes, found: Scan, kept: npt.NDArray[np.bool_]) -> bytes:
    """The text without the rows that are not kept."""
    stays = np.repeat(kept, np.diff(found.ends, prepend=-1))[: len(data)]
    body = np.frombuffer(data, dtype=np.uint8)[stays].tobytes()
    return body[:-1] if body.endswith(b"\n") and not kept[-1] else body


def polars_columns(data: bytes, separator: str, quote: str | None) -> list[pl.Series]:
    """The columns as Polars reads them, all text; none where it cannot."""
    import polars as pl

    try:
        frame = pl.read_csv(
            data, separator=separator, quote_char=quote, infer_schema=False, has_header=True
        )
    except pl.exceptions.PolarsError:
        return []
    return frame.get_columns()


def split_slowly(data: bytes, separator: str, where: str, first_line: int) -> Split:
    """The same, row by row with Python's reader: for irregular files and to explain failures."""
    import polars as pl

    rows = numbered_rows(data, separator, where, first_line)
    line, header = next(rows)
    check_width(len(header), where, line)
    lines: list[int] = []
    blank: list[int] = []
    parts: list[list[pl.Series]] = []
    full = full_rows(rows, len(header), where, blank)
    while piece := list(itertools.islice(full, ROWS_TOGETHER)):
        lines.extend(line for line, _ in piece)
        columns = zip(*(row for _, row in piece), strict=True)
        parts.append([pl.Series(values, dtype=pl.String) for values in columns])
    if not parts:
        raise no_rows(where)
    joined = [pl.concat(list(pieces), rechunk=True) for pieces in zip(*parts, strict=True)]
    notes = blank_note(np.asarray(blank, dtype=np.int64))
    return Split(header, joined, np.asarray(lines, dtype=np.int64), notes)


def full_rows(
    rows: Iterator[tuple[int, list[str]]], expected: int, where: str, blank: list[int]
) -> Iterator[tuple[int, list[str]]]:
    """The rows that have `expected` fields; the lines of blank ones go into `blank`.

    Raises:
        DataError: A row has more or fewer fields.
    """
    for line, row in rows:
        if len(row) == expected:
            yield line, row
        elif len(row) <= 1 and not "".join(row).strip():
            if expected == 1:
                yield line, [""]
            else:
                blank.append(line)
        else:
            raise ragged(expected, len(row), place(where, line))


def numbered_rows(
    data: bytes, separator: str, where: str, first_line: int
) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line at which it starts.

    Raises:
        DataError: A quote is never closed, or something follows a closing quote.
    """
    stream = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    since_row: list[str] = []  # the lines of the row being read

    def recorded() -> Iterator[str]:
        for text in stream:
            since_row.append(text)
            yield text

    # Cells are stripped later anyway; a quote may open a field after a space, as in `a, "b, c"`.
    reader = csv.reader(recorded(), delimiter=separator, strict=True, skipinitialspace=True)
    start = 0
    while True:
        since_row.clear()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise quote_error("".join(since_row), separator, where, start + first_line) from None
        yield start + first_line, row
        start = reader.line_num


def quote_error(text: str, separator: str, where: str, line: int) -> DataError:
    """The error for the first field of a row that Python's reader could not read."""
    position, field_line = 0, line
    while position < len(text):
        if text[position] == " ":
            position += 1
            continue
        if text[position] != '"':
            found = text.find(separator, position)
            position = found + 1 if found >= 0 else len(text)
            continue
        end = closing(text, position)
        field_line = line + breaks(text[:position])
        after = text[end + 1 : end + 2]
        if end < 0 or after not in ("", separator, "\r", "\n"):
            break
        position = end + 2
    what = "a quote opens here and is never closed"
    if position < len(text) and text[position] == '"' and closing(text, position) >= 0:
        what = "a quote opens here and closes in the middle of a field"
    return DataError(
        what,
        got=text[position : position + 40] or None,
        hint='a quote inside a quoted cell must be doubled (""); a cell that opens with " '
        'must end with "',
        where=place(where, field_line),
    )


def closing(text: str, opening: int) -> int:
    """Where the quote that opens at `opening` closes; -1 where it does not."""
    position = text.find('"', opening + 1)
    while position >= 0 and text[position + 1 : position + 2] == '"':
        position = text.find('"', position + 2)
    return position


def breaks(text: str) -> int:
    """The number of line breaks in a text, each kind of break counted once."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")
