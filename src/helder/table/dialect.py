"""How a CSV file is written: which character separates its cells is found by trying them."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
from collections import Counter
from dataclasses import dataclass

from helder.errors import ArgumentError, DataError

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_BYTES = 1 << 20
SAMPLE_ROWS = 2000
SCORED_ROWS = 200  # rows whose cells are tried as numbers to break a tie
SPACES = " \u00a0\u202f"  # a space between thousands comes in these three widths
LOOKS_NUMERIC = re.compile(rf"[+-]?[0-9][0-9.,'{SPACES}]*(e[+-]?[0-9]+)?", re.IGNORECASE)
WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " "}


@dataclass(frozen=True)
class Dialect:
    """How a file writes its cells.

    `decimal` is "." or ","; `thousands` is what may stand between groups of three digits (None:
    nothing may; " " stands for every width of space); `separator_line` says that the file opened
    with a line such as `sep=;`. `given` are the decimal mark and the thousands separator that a
    person named; `open` says that no cell shows which mark is the decimal one, so that a point
    was taken. `trained` are the marks of training by which the file was read, if it was.
    """

    separator: str = ","
    decimal: str = "."
    thousands: str | None = None
    encoding: str = "utf-8"
    byte_order_mark: bool = False
    separator_line: bool = False
    given: tuple[str | None, str | None] = (None, None)
    open: bool = False
    trained: tuple[str | None, str | None] | None = None


PLAIN = Dialect()  # what a file without a dialect (Parquet) is read with


def check_separator(given: str) -> str:
    """The separator a person gave, or ArgumentError; `tab` and `\\t` are the tab."""
    separator = WORDS.get(given.lower(), given)
    ascii_sign = len(separator) == 1 and separator.isascii() and not separator.isalnum()
    if not ascii_sign or (not separator.isprintable() and separator != "\t") or separator in "\"'":
        raise ArgumentError(
            "the separator cannot be used",
            got=given,
            accepted="one ASCII sign such as , ; | or the word tab",
        )
    return separator


def check_marks(decimal: str | None, thousands: str | None) -> tuple[str | None, str | None]:
    """The decimal mark and the thousands separator a person gave, or ArgumentError.

    An empty `thousands` says that numbers have none. A thousands separator of "." or "," leaves
    only the other one for the decimal mark.
    """
    if decimal is not None and decimal not in (".", ","):
        raise ArgumentError("the decimal mark cannot be used", got=decimal, accepted=". or ,")
    thousands = WORDS.get(thousands.lower(), thousands) if thousands is not None else None
    if thousands is not None and thousands in SPACES and thousands:
        thousands = " "
    if thousands not in (None, "", ".", ",", " ", "'"):
        raise ArgumentError(
            "the thousands separator cannot be used",
            got=thousands,
            accepted="one of . , ' space, or an empty text for none",
        )
    if thousands and thousands == decimal:
        raise ArgumentError("one mark cannot be both decimal mark and thousands", got=decimal)
    if decimal is None and thousands in (".", ","):
        decimal = "," if thousands == "." else "."
    return decimal, thousands


def find_separator(data: bytes, where: str) -> str:
    """The separator with which the rows of a file agree best about their number of cells.

    Each candidate is tried on the opening of the file; of those that give the header more than
    one cell, the one with which most rows have as many cells as the header wins, and among
    equals the one that makes most cells numbers.

    Raises:
        DataError: Two separators explain the file equally well.
    """
    sample = data[:SAMPLE_BYTES].decode("utf-8", errors="replace")
    tried = {mark: sample_rows(sample, mark, len(data) <= SAMPLE_BYTES) for mark in SEPARATORS}
    scores = {mark: consistency(rows) for mark, rows in tried.items()}
    best = max(scores.values())
    if best <= 0.0:
        # One column: any separator will do that does not split its cells.
        return next((mark for mark in SEPARATORS if mark.encode() not in data), SEPARATORS[0])
    equals = [mark for mark in SEPARATORS if scores[mark] == best]
    if len(equals) == 1:
        return equals[0]
    shares = {mark: numeric_share(tried[mark]) for mark in equals}
    top = max(shares.values())
    winners = [mark for mark in equals if shares[mark] == top]
    if len(winners) > 1:
        raise DataError(
            "two separators explain this file equally well",
            got=" and ".join(winners),
            hint="say which one it is with --sep",
            where=where,
        )
    return winners[0]


def sample_rows(sample: str, separator: str, whole: bool) -> list[list[str]]:
    """The first rows of a sample, blank ones left out, as this separator splits them."""
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, skipinitialspace=True)
    # A field too long to be one ends the sample; what came before it still tells.
    with contextlib.suppress(csv.Error):
        rows.extend(row for row in itertools.islice(reader, SAMPLE_ROWS + 1) if row)
    cut_short = not whole or len(rows) > SAMPLE_ROWS
    return rows[:-1] if cut_short and len(rows) > 1 else rows


def consistency(rows: list[list[str]]) -> float:
    """How well the rows agree: the share with as many cells as the header, 0 for one column.

    A file in which hardly any row agrees with its header is still split by the separator on
    which its rows agree among themselves, so that the error can say which row is at fault.
    """
    if not rows:
        return 0.0
    counts = Counter(len(row) for row in rows[1:])
    if not counts:
        # A header alone: the separator that occurs most.
        return 0.0 if len(rows[0]) == 1 else 1.0 - 1.0 / len(rows[0])
    total = len(rows) - 1
    agree = counts[len(rows[0])] / total if len(rows[0]) > 1 else 0.0
    if agree >= 0.5:
        return agree
    several = sum(number for count, number in counts.items() if count > 1) / total
    return several / 4 if several >= 0.5 and len(rows[0]) > 1 else 0.0


def numeric_share(rows: list[list[str]]) -> float:
    """The share of the cells below the header that look like a number in some convention."""
    cells = [cell.strip() for row in rows[1 : SCORED_ROWS + 1] for cell in row if cell.strip()]
    return sum(LOOKS_NUMERIC.fullmatch(cell) is not None for cell in cells) / max(len(cells), 1)
