"""Arrays of a trace as lines of text that fit a screen, their numbers rounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helder.model.trace import Quantity
from helder.text import aligned, say
from helder.typing import Floats

MOST_COLUMNS, MOST_ROWS = 6, 18  # of an array on one screen; --json has all of it
DIGITS = 4
Row = tuple[str, ...]


def rounded(value: float | Floats) -> str:
    """A number as a person reads it, to four digits."""
    return f"{float(value):.{DIGITS}g}"


def row_of(name: str, values: Floats) -> Row:
    """A name and the first numbers of a row, (n,)."""
    more = ("...",) if len(values) > MOST_COLUMNS else ()
    return (name, *map(rounded, values[:MOST_COLUMNS]), *more)


def header(names: Sequence[str], *others: str) -> Row:
    """The first names over their columns."""
    more = ("...",) if len(names) > MOST_COLUMNS else ()
    return (*others, *names[:MOST_COLUMNS], *more)


def cut(rows: Iterable[Row]) -> list[Row]:
    """The first rows, and how many there are more."""
    every = list(rows)
    if len(every) <= MOST_ROWS:
        return every
    return [*every[:MOST_ROWS], (say("step.more_rows", count=len(every) - MOST_ROWS),)]


def laid_out(rows: Sequence[Row]) -> list[str]:
    """Rows as aligned lines, numbers to the right; short rows are filled up."""
    width = max(map(len, rows))
    full = [(*row, *[""] * (width - len(row))) for row in rows]
    return aligned(full, frozenset(range(1, width)))


def listed(numbers: Iterable[Quantity]) -> list[str]:
    """A line for each array: its name, its shape and its first numbers."""
    rows = []
    for one in numbers:
        name, *values = row_of(one.name, one.values.reshape(-1))
        rows.append((name, str(one.values.shape), *values))
    return laid_out(rows)
