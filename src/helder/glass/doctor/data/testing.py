"""Rules about a table that gives the score, beside the one that trains."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from helder.errors import shown
from helder.glass.doctor.data.case import AMOUNTS, DataCase, amounts
from helder.glass.doctor.rules import Sighting
from helder.table import Column, Table
from helder.table.missing import words
from helder.typing import Floats

MAJOR = 0.2  # of the population stability index (pointblank, and the trade of credit scoring)
INTERVALS = 10
FEWEST_ROWS = 50  # of either table
SURE = 5.0  # standard deviations beyond what two halves of one table show


def drift(case: DataCase) -> Iterator[Sighting]:
    """Columns that hold other values in the test file than in training."""
    if case.test is None or min(case.table.rows, case.test.rows) < FEWEST_ROWS:
        return
    for column in case.drawn:
        if column.name not in case.test.cells:
            continue
        here, there = shares(case, column, case.test)
        index = stability_index(here, there)
        # For tables of one source the index is about chi-squared with B - 1 degrees of freedom,
        # times 1/n + 1/m: mean B - 1, variance 2 (B - 1).
        free = max(len(here) - 1, 1)
        noise = (1 / here.sum() + 1 / there.sum()) * (free + SURE * np.sqrt(2 * free))
        if index >= MAJOR and index > noise:
            at = int(np.argmax(np.abs(there / there.sum() - here / here.sum())))
            said = {"column": shown(column.name), "index": index}
            before, after = 100 * here[at] / here.sum(), 100 * there[at] / there.sum()
            yield Sighting(said | {"before": before, "after": after}, column.name)


def stability_index(here: Floats, there: Floats) -> float:
    """The population stability index of two lists of counts (B,).

    It is the sum of `(q - p) log(q / p)`, with half a row more in each interval, as no interval
    is empty for ever (Jeffreys).
    """
    p, q = ((rows + 0.5) / (rows.sum() + 0.5 * len(rows)) for rows in (here, there))
    return float(((q - p) * np.log(q / p)).sum())


def shares(case: DataCase, column: Column, test: Table) -> tuple[Floats, Floats]:
    """(B,) the rows of both tables in each interval or category of a column; the last is none."""
    if column.kind in AMOUNTS:
        x, new = case.amounts(column), amounts(test, column)
        edges = np.unique(np.nanquantile(x, np.linspace(0, 1, INTERVALS + 1)[1:-1]))
        return counted(x, edges), counted(new, edges)
    known = [value for value, _ in column.frequent]
    counts = []
    for table in (case.table, test):
        found = words(table.cells[column.name])
        each = [float((found == value).sum()) for value in known]
        none = float(found.null_count())
        counts.append(np.array([*each, table.rows - none - sum(each), none]))
    return counts[0], counts[1]


def counted(x: Floats, edges: Floats) -> Floats:
    """(B,) how many numbers lie in each interval, and how many are missing."""
    there = x[~np.isnan(x)]
    inside = np.bincount(np.searchsorted(edges, there, side="right"), minlength=len(edges) + 1)
    return np.append(inside, len(x) - len(there)).astype(np.float64)
