"""Lays rows of text out as columns, and counts things as a sentence does."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class Count(int):
    """A number of things; a sentence names them as `{count:row|rows}`, which gives "1 row"."""

    def __format__(self, spec: str) -> str:
        one, mark, many = spec.partition("|")
        return f"{int(self):,} {one if self == 1 else many}" if mark else format(int(self), spec)


class Sentences(string.Formatter):
    """Fills sentences in; a share as `{share:.0%}` is written "45 %", as in all sentences."""

    def format_field(self, value: Any, format_spec: str) -> str:
        written = format(value, format_spec)
        return f"{written[:-1]} %" if format_spec.endswith("%") else written


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """A sentence with its values, each formatted as the sentence asks.

    Raises:
        KeyError: A value is missing: a defect of ours.
    """
    return Sentences().vformat(sentence, (), values)


def aligned(rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Rows of text as lines; the columns numbered in `right` are aligned to the right."""
    table = [list(row) for row in rows]
    if not table:
        return []
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = []
    for row in table:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
