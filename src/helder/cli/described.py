"""What several verbs say alike about a table: for a person as lines, for a program as dicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from helder.cli import screen
from helder.table import Column, LeftOut, Note, Table
from helder.text import say

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MOST_LISTED = 20


def file_line(table: Table) -> str:
    """The file in one line: rows, columns, and how its cells are separated."""
    name, columns = screen.harmless(table.path, 200), len(table.names)
    if table.dialect is None:
        return say("cli.file_parquet", name=name, rows=table.rows, columns=columns)
    separator = SEPARATORS[table.dialect.separator]
    return say("cli.file_csv", name=name, rows=table.rows, columns=columns, separator=separator)


def notes_lines(notes: Sequence[Note]) -> list[str]:
    """The notes, a line each, under an empty line."""
    lines = [screen.harmless(said.sentence, 1000) for said in notes[:MOST_LISTED]]
    if len(notes) > MOST_LISTED:
        lines.append(say("cli.more_notes", count=len(notes) - MOST_LISTED))
    return ["", *lines] if lines else []


def left_out_lines(left_out: Iterable[LeftOut]) -> list[str]:
    """What is not used, a line each."""
    gone = list(left_out)
    if not gone:
        return [say("cli.nothing_left_out")]
    lines = [
        say(
            f"cli.left_out_{one.what}",
            name=screen.harmless(one.name),
            count=one.count,
            why=screen.harmless(one.why, 200),
        )
        for one in gone[:MOST_LISTED]
    ]
    if len(gone) > MOST_LISTED:
        lines.append(say("cli.more_left_out", count=len(gone) - MOST_LISTED))
    return lines


def described_columns(columns: Iterable[Column]) -> list[dict[str, Any]]:
    """The columns for a program, with all that `look` knows of them."""
    return [
        {
            "name": column.name,
            "kind": column.kind,
            "missing": column.missing,
            "distinct": column.distinct,
            "minimum": column.minimum,
            "maximum": column.maximum,
            "mean": column.mean,
            "frequent": [{"value": value, "rows": rows} for value, rows in column.frequent],
            "role": column.role,
            "left_out": column.left_out,
        }
        for column in columns
    ]


def described_left_out(left_out: Iterable[LeftOut]) -> list[dict[str, Any]]:
    """What is not used, for a program."""
    return [asdict(one) for one in left_out]


def described_notes(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """The notes for a program."""
    return [asdict(said) for said in notes]
