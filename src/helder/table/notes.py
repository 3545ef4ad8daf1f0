"""What reading a table has to say aloud: notes, and the record of everything left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helder.text import Count, say


@dataclass(frozen=True)
class Note:
    """Something a person should know about the table, but that stops nothing.

    `key` names the kind of note for a program, `sentence` says it to a person.
    """

    key: str
    sentence: str


@dataclass(frozen=True)
class LeftOut:
    """Columns or rows that are not used, and why: nothing is dropped without one of these.

    `count` is the number of columns (1) or rows; `name` is the column, or for rows the column
    that made us leave them out.
    """

    what: Literal["column", "row"]
    name: str
    count: int
    why: str


def note(key: str, **values: object) -> Note:
    """The note with this key, its sentence filled in from the catalogue."""
    counted = {
        name: Count(value) if type(value) is int else value for name, value in values.items()
    }
    return Note(key, say(f"table.{key}", **counted))
