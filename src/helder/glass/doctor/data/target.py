"""Rules about the target: its classes, and a column that gives it away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from helder.errors import shown
from helder.glass.doctor.data.case import DataCase
from helder.glass.doctor.rules import Sighting
from helder.text import Count, say

RARE = 10.0  # times as many rows in the largest class as in the smallest
FEWEST_OF_CLASS = 4  # rows: two that train and two that test
SHOWN_CLASSES = 5
TELLS_ALL = 0.99  # of what guessing gets wrong
TELLS_MUCH = 0.8  # deepchecks: the predictive power of a single feature


def class_too_small(case: DataCase) -> Iterator[Sighting]:
    """Classes of so few rows that some cannot both train and test."""
    few = [(name, size) for name, size in class_sizes(case) if 0 < size < FEWEST_OF_CLASS]
    if few and case.target is not None:
        named = ", ".join(
            say("doctor.class_size", name=shown(name), count=Count(size))
            for name, size in few[:SHOWN_CLASSES]
        )
        more = ", ..." if len(few) > SHOWN_CLASSES else ""
        said = {"count": Count(len(few)), "few": FEWEST_OF_CLASS, "classes": named + more}
        yield Sighting(said, case.target.name)


def imbalance(case: DataCase) -> Iterator[Sighting]:
    """Classes of which the largest has many times the rows of the smallest."""
    sizes = [(size, name) for name, size in class_sizes(case) if size]
    if case.target is None or len(sizes) < 2:
        return
    (least, rare), (most, common) = min(sizes), max(sizes)
    if most > RARE * least:
        said = {"rare": shown(rare), "least": Count(least), "common": shown(common), "most": most}
        yield Sighting(said | {"guess": 100 * most / sum(size for size, _ in sizes)})


def class_sizes(case: DataCase) -> list[tuple[str, int]]:
    """The classes with their numbers of rows; none of a number to predict."""
    if not case.classes:
        return []
    sizes = np.bincount(case.answers[1].astype(np.int64), minlength=len(case.classes))
    return [(name, int(size)) for name, size in zip(case.classes, sizes, strict=True)]


def tells_all(case: DataCase) -> Iterator[Sighting]:
    """Columns that alone give the target away."""
    yield from telling(case, TELLS_ALL, np.inf)


def tells_much(case: DataCase) -> Iterator[Sighting]:
    """Columns that alone predict the target suspiciously well."""
    yield from telling(case, TELLS_MUCH, TELLS_ALL)


def telling(case: DataCase, least: float, below: float) -> Iterator[Sighting]:
    """Columns whose skill lies in this range, the best first."""
    for name, skill in sorted(case.skills.items(), key=lambda pair: -pair[1]):
        if least <= skill < below:
            yield Sighting({"column": shown(name), "skill": 100 * skill}, name)
