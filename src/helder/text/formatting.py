"""Lays rows of text out as columns, and counts things as a sentence does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Count(int):
    """A number of things; a sentence names them as `{count:row|rows}`, which gives "1 row"."""

    def __format__(self, spec: str) -> str:
        one, mark, many = spec.partition("|")
        return f"{int(self):,} {one if self == 1 else many}" if mark else format(int(self), spec)


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
