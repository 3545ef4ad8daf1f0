"""Findings that reading has made already: a rule says how sure they are, and what to try."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from helder.glass.doctor.data.case import DataCase
from helder.glass.doctor.rules import Sighting
from helder.table import Note

TOLD_AS = {  # the rule that tells a note, by the note's key
    "windows_1252": "not-utf-8",
    "no_header": "no-header",
    "marks_disagree": "marks-disagree",
    "comma_is_thousands": "thousands-or-decimals",
    "thousands_found": "thousands-or-decimals",
    "mostly_numbers": "numbers-as-text",
    "numbers_with_sign": "numbers-with-sign",
    "text_of_numbers": "text-of-numbers",
    "unread_dates": "dates-as-text",
    "date_order": "day-or-month",
    "all_different": "perhaps-an-identifier",
    "unseen_categories": "unseen-categories",
    "tested_on_training": "same-rows-in-train-and-test",
}


def noted(rule: str) -> Callable[[DataCase], Iterator[Sighting]]:
    """What sees the notes that this rule tells."""

    def sees(case: DataCase) -> Iterator[Sighting]:
        columns = {said: column.name for column in case.columns for said in column.notes}
        for said in case.notes:
            if TOLD_AS.get(said.key) == rule:
                yield Sighting({"sentence": said.sentence}, columns.get(said))

    return sees


def untold(notes: Iterable[Note]) -> tuple[Note, ...]:
    """The notes that no finding tells."""
    return tuple(said for said in notes if said.key not in TOLD_AS)
