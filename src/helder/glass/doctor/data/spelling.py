"""Rules about words: one value spelt in several ways, and a row that stands as the header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from helder.errors import shown
from helder.glass.doctor.data.case import DataCase
from helder.glass.doctor.data.noted import noted
from helder.glass.doctor.rules import Sighting
from helder.table.missing import words
from helder.text import Count, say

MOST_SPELLINGS = 5000  # different words of a column that are compared
LONGEST_WORD = 200  # characters: longer ones are no names of kinds
SHOWN = 3  # of the spellings
SPACE = re.compile(r"[\s_]+|(?<=[^\W\d_])-(?=[^\W\d_])")
FEWEST_NAMES = 2  # columns of words whose names are values, before that says anything
MOST_NAMES = 200  # columns that are looked at


def key_of(word: str) -> str:
    """What is left of a word without case, width and kind of space."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return SPACE.sub(" ", plain).strip()


def variants(found: Iterable[str]) -> list[list[str]]:
    """The words that are the same but for case and spaces, together."""
    together: dict[str, list[str]] = {}
    for word in (word for word in found if len(word) <= LONGEST_WORD):
        together.setdefault(key_of(word), []).append(word)
    return [sorted(same) for same in together.values() if len(same) > 1]


def spelling_variants(case: DataCase) -> Iterator[Sighting]:
    """Categories that differ in case or spaces alone."""
    for column in case.categories:
        if not 2 <= column.distinct <= MOST_SPELLINGS:
            continue
        same = variants(words(case.table.cells[column.name]).drop_nulls().unique().to_list())
        if same:
            others = len(same) - 1
            more = say("doctor.and_more_values", count=Count(others)) if others else ""
            values = {"column": shown(column.name), "words": spelt(same[0]), "more": more}
            yield Sighting(values, column.name)


def label_variants(case: DataCase) -> Iterator[Sighting]:
    """Classes of the target that differ in case or spaces alone."""
    if case.target is not None and not case.target.numeric and case.target.bins is None:
        for same in variants(case.classes):
            yield Sighting({"words": spelt(same)}, case.target.name)


def spelt(same: list[str]) -> str:
    """Spellings as a sentence lists them."""
    return ", ".join(map(shown, same[:SHOWN])) + (", ..." if len(same) > SHOWN else "")


def header_is_a_row(case: DataCase) -> Iterator[Sighting]:
    """Names that are values: numbers above numbers, or words that stand below again."""
    numbers = list(noted("no-header")(case))
    yield from numbers
    columns = [column for column in case.columns if column.kind == "category"][:MOST_NAMES]
    if numbers or case.table.dialect is None or len(columns) < FEWEST_NAMES:
        return
    again = [one for one in columns if (case.table.cells[one.name] == one.name).any()]
    if 2 * len(again) > len(columns) and len(again) >= FEWEST_NAMES:
        sentence = say(
            "doctor.header_values", name=shown(again[0].name), count=len(again), of=len(columns)
        )
        yield Sighting({"sentence": sentence})
