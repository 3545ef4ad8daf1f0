"""Finds in the bytes of a CSV file where rows start and end and how many fields each has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

QUOTE, NEWLINE, RETURN, SPACE = ord('"'), ord("\n"), ord("\r"), ord(" ")
CHUNK = 8 << 20  # bytes looked at together: bounds the memory of the scan


@dataclass(frozen=True, eq=False)
class Scan:
    """The structure of a file of R rows, the header included.

    `ends` (R,) is the offset just past each row's last byte (its line break stands there),
    `fields` (R,) the number of fields, `lines` (R,) the line at which the row starts, from 1.
    `regular` says that every quote opens at the start of a field and closes at its end, so that
    counting quotes tells inside from outside; the other facts can only be trusted if it does.
    `opening` counts the quotes that may start a field, perhaps after spaces.
    """

    ends: npt.NDArray[np.int64]
    fields: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    regular: bool
    opening: int

    def row(self, data: bytes, index: int) -> bytes:
        """The bytes of one row, without its line break."""
        start = int(self.ends[index - 1]) + 1 if index else 0
        return data[start : int(self.ends[index])]


def scan(data: bytes, separator: str, quote: int | None = QUOTE) -> Scan:
    """The structure of a CSV file without carriage returns outside `\\r\\n`.

    Args:
        data: The whole file in UTF-8, without trailing line breaks.
        separator: One ASCII character.
        quote: The quote's byte; None where quotes are letters like any other.
    """
    view = np.frombuffer(data, dtype=np.uint8)
    mark = ord(separator)
    ends: list[npt.NDArray[np.int64]] = []
    separators: list[npt.NDArray[np.int64]] = []  # how many stand before each row's end
    starts: list[npt.NDArray[np.int64]] = [np.ones(1, dtype=np.int64)]  # the line of each row
    quotes_seen = separators_seen = newlines_seen = opening = 0
    regular = True
    for start in range(0, len(view), CHUNK):
        part = view[start : start + CHUNK]
        special = np.flatnonzero((part == mark) | (part == NEWLINE)) + start
        newlines = special[view[special] == NEWLINE]
        outside = special
        quotes = np.flatnonzero(part == quote) + start if quote is not None else special[:0]
        if len(quotes):
            fine, opened = check_quotes(view, quotes, quotes_seen, mark)
            regular, opening = regular and fine, opening + opened
        if len(quotes) or quotes_seen % 2:
            before = np.searchsorted(quotes, special) + quotes_seen
            outside = special[before % 2 == 0]
        at = np.flatnonzero(view[outside] == NEWLINE)
        ends.append(outside[at])
        separators.append(at - np.arange(len(at)) + separators_seen)
        starts.append(np.searchsorted(newlines, outside[at], side="right") + newlines_seen + 1)
        quotes_seen += len(quotes)
        separators_seen += len(outside) - len(at)
        newlines_seen += len(newlines)
    all_ends = np.concatenate([*ends, [len(view)]])
    before_end = np.concatenate([*separators, [separators_seen]])
    return Scan(
        ends=all_ends,
        fields=np.diff(before_end, prepend=0) + 1,
        lines=np.concatenate(starts),
        regular=regular and quotes_seen % 2 == 0,
        opening=opening,
    )


def check_quotes(
    view: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], seen: int, mark: int
) -> tuple[bool, int]:
    """Whether these quotes stand where quotes may, and how many of them may open a field.

    The first, third, ... quote of a file opens a field (or is the second of a doubled quote),
    the second, fourth, ... closes one (or is the first of a doubled quote).
    """
    before = view[np.maximum(quotes - 1, 0)]
    after = view[np.minimum(quotes + 1, len(view) - 1)]
    at_start = (before == mark) | (before == NEWLINE) | (quotes == 0)
    at_end = (after == mark) | (after == NEWLINE) | (after == RETURN) | (quotes == len(view) - 1)
    opens = (np.arange(len(quotes)) + seen) % 2 == 0
    may_open = at_start | ((before == QUOTE) & (quotes > 0))
    fine = np.where(opens, may_open, at_end | (after == QUOTE))
    # A quote after spaces that follow a separator may open a field too; the `5 "` of 5 inch not.
    earlier = view[np.maximum(quotes - 2, 0)]
    led = (before == SPACE) & ((earlier == mark) | (earlier == NEWLINE) | (earlier == SPACE))
    return bool(fine.all()), int((at_start | led | ((before == SPACE) & (quotes == 1))).sum())
