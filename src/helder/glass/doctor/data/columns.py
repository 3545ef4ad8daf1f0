"""Rules about single columns: what they hold, and how much of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from helder.errors import shown
from helder.glass.doctor.data.case import AMOUNTS, DataCase
from helder.glass.doctor.rules import Sighting
from helder.table import Column
from helder.table.dialect import SEPARATORS
from helder.table.identifiers import WORD
from helder.table.missing import NARROW, WIDE, missing
from helder.table.typed import is_text
from helder.text import Count

ONE_VALUE = 0.99  # of the filled cells (the data quality tools' usual bound)
MOSTLY_EMPTY = 0.5  # of the rows
MANY_CATEGORIES = 50  # ydata-profiling: HIGH_CARDINALITY
SPREAD_RATIO = 1000.0  # between the largest and the smallest standard deviation
SHOWN_MARKS = 6
STAND_INS = frozenset(
    sign * number for number in (9, 99, 999, 9999, 99999, 888, 8888, 777, 7777) for sign in (1, -1)
)
STAND_IN_ROWS = 3  # and so many of a thousand, at least
ZERO_APART = 0.25  # of the median: so far above zero the other values begin
RARE_ZEROS = 0.1  # of the rows: more of them are amounts of which many have none
FEWEST_GROUPS = 20
GROUP_WORDS = frozenset((
    "id", "uuid", "patient", "subject", "person", "participant", "respondent", "user", "customer",
    "client", "student", "pupil", "household", "family", "session", "device", "animal",
    "deelnemer", "proefpersoon", "leerling", "klant", "gezin",
))  # fmt: skip


def one_column(case: DataCase) -> Iterator[Sighting]:
    """A file of one column whose header and cells hold another separator."""
    dialect = case.table.dialect
    if dialect is None or len(case.table.names) > 1:
        return
    name = case.table.names[0]
    cells = [cell for cell in case.table.cells[name].head(100).to_list() if cell is not None]
    for mark in SEPARATORS:
        wanted = name.count(mark)
        if wanted and cells and all(cell.count(mark) == wanted for cell in cells):
            yield Sighting({"header": shown(name), "mark": shown(mark)})


def near_constant(case: DataCase) -> Iterator[Sighting]:
    """Columns in which nearly every row says the same."""
    rows = case.table.rows
    for column in case.inputs:
        filled = rows - column.missing
        if column.distinct < 2 or column.distinct > (1 - ONE_VALUE) * filled + 1:
            continue
        value, count = most_frequent(case, column)
        if count >= ONE_VALUE * filled:
            others = Count(filled - count)
            values = {"column": shown(column.name), "value": shown(value), "others": others}
            yield Sighting(values | {"share": 100 * count / filled}, column.name)


def most_frequent(case: DataCase, column: Column) -> tuple[str, int]:
    """The most frequent value of a column, and in how many rows it stands."""
    if column.frequent:
        return column.frequent[0]
    read = case.amounts(column)
    found, counts = np.unique(read[~np.isnan(read)], return_counts=True)
    at = int(np.argmax(counts))
    return f"{found[at]:g}", int(counts[at])


def mixed_missing(case: DataCase) -> Iterator[Sighting]:
    """Columns that say in several ways that there is no value."""
    sample = case.sample
    for column in case.drawn:
        cells = sample.table.cells[column.name]
        if not column.missing or not is_text(cells):
            continue
        spellings = WIDE if column.kind in AMOUNTS else NARROW
        marks = cells.filter(missing(cells, spellings)).str.to_lowercase().unique().to_list()
        if len(marks) > 1:
            said = sorted("" if mark is None else mark for mark in marks)[:SHOWN_MARKS]
            values = {"column": shown(column.name), "marks": ", ".join(map(shown, said))}
            yield Sighting(values | {"count": Count(column.missing)}, column.name)


def mostly_missing(case: DataCase) -> Iterator[Sighting]:
    """Columns that are empty in half of the rows or more."""
    for column in case.inputs:
        share = column.missing / max(case.table.rows, 1)
        if share >= MOSTLY_EMPTY:
            values = {"column": shown(column.name), "share": 100 * share}
            yield Sighting(values | {"left": case.table.rows - column.missing}, column.name)


def high_cardinality(case: DataCase) -> Iterator[Sighting]:
    """Columns of very many categories."""
    for column in case.categories:
        if column.distinct > MANY_CATEGORIES:
            each = (case.table.rows - column.missing) / column.distinct
            values = {"column": shown(column.name), "count": column.distinct, "each": each}
            yield Sighting(values, column.name)


def stand_ins(case: DataCase) -> Iterator[Sighting]:
    """Numbers that stand apart from all others, such as -999, and may say that there is none."""
    for column in case.inputs:
        if column.kind != "numeric" or column.minimum is None or column.maximum is None:
            continue
        edges = {edge for edge in (column.minimum, column.maximum) if edge in STAND_INS | {0}}
        for edge in sorted(edges):
            read = case.amounts(column)
            count = int(np.count_nonzero(read == edge))
            others = read[(read != edge) & ~np.isnan(read)]
            enough = count >= max(STAND_IN_ROWS, case.table.rows * STAND_IN_ROWS // 1000)
            rare = count <= RARE_ZEROS * len(read) if edge == 0 else count < len(others)
            if enough and rare and stands_apart(edge, others):
                low, high = float(others.min()), float(others.max())
                values = {"column": shown(column.name), "value": edge, "low": low, "high": high}
                yield Sighting(values | {"count": Count(count)}, column.name)


def stands_apart(edge: float, others: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """Whether a value lies further from the others than these lie from each other.

    A zero does where all others begin well above it: no blood pressure is nearly zero.
    """
    low, high = float(others.min()), float(others.max())
    if edge == 0:
        return low >= ZERO_APART * float(np.median(others)) > 0 and low > 1
    gap = low - edge if edge < low else edge - high
    return gap > high - low > 0


def column_scales(case: DataCase) -> Iterator[Sighting]:
    """Columns of numbers that vary by very different amounts."""
    sample, spreads = case.sample, {}
    for column in case.drawn:
        if column.kind == "numeric":
            read = sample.amounts(column)
            filled = read[np.isfinite(read)]
            with np.errstate(over="ignore", invalid="ignore"):
                spread = float(filled.std()) if len(filled) else 0.0
            if 0.0 < spread < np.inf:
                spreads[column.name] = spread
    if len(spreads) > 1:
        least, most = min(spreads, key=spreads.__getitem__), max(spreads, key=spreads.__getitem__)
        if spreads[most] > SPREAD_RATIO * spreads[least]:
            values = {"least": shown(least), "most": shown(most), "low": spreads[least]}
            ratio = spreads[most] / spreads[least]
            yield Sighting(values | {"high": spreads[most], "ratio": ratio})


def looks_grouped(case: DataCase) -> Iterator[Sighting]:
    """Columns whose name and repeated values say that several rows belong to one case."""
    if case.divided:
        return
    for column in case.inputs:
        parts = [part.lower() for part in WORD.findall(column.name[:200])]
        if not parts or parts[-1] not in GROUP_WORDS or column.kind in ("date", "boolean"):
            continue
        filled = case.table.rows - column.missing
        if FEWEST_GROUPS <= column.distinct <= filled / 2:
            values = {"column": shown(column.name), "groups": column.distinct}
            yield Sighting(values | {"each": filled / column.distinct}, column.name)
