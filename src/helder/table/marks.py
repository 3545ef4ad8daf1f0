"""Settles which mark is the decimal one and which separates thousands, or stops and asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from helder.errors import DataError, listed, shown
from helder.table.contents import Table
from helder.table.dialect import SPACES, Dialect
from helder.table.missing import WIDE, missing
from helder.table.notes import Note, note
from helder.table.numbers import thousands_pattern

if TYPE_CHECKING:
    import polars as pl

SIGNS = {" ": SPACES, "'": "'’"}  # the signs that one thousands separator comes in
OTHER = {".": ",", ",": "."}
SAMPLE = 10_000  # cells that are looked at before a whole column is
WHOLE = "^[0-9]{1,3}$"


@dataclass(frozen=True)
class Evidence:
    """What one column shows about one mark, as numbers of cells.

    `sure`: the mark must be decimal here (`7.5`, `0.123`, `1,234.5`). `twice`: it must separate
    thousands (`1.234.567`). `minus`: `-1.234`, which hardly anybody writes for thousands.
    `open_row` is the first cell like `1.234` of a column in which every cell could be either,
    None where there is none.
    """

    sure: int
    twice: int
    minus: int
    open_row: int | None


def settle_marks(
    table: Table, decimal: str | None, thousands: str | None
) -> tuple[Dialect, tuple[Note, ...]]:
    """The table's dialect with its decimal mark and thousands separator, and notes about them.

    What a person said counts; otherwise the columns that show it; otherwise a point.

    Raises:
        DataError: Nothing settles it, and a whole column reads like `1.234`.
    """
    assert table.dialect is not None  # only CSV files have marks to settle
    notes: tuple[Note, ...] = ()
    if decimal is None:
        if thousands == "":
            decimal, notes = without_thousands(table)
        else:
            decimal, notes = find_decimal(table)
    if thousands is None:
        thousands = find_thousands(table, decimal)
    dialect = replace(table.dialect, decimal=decimal, thousands=thousands or None)
    return dialect, notes


def gather(table: Table) -> dict[str, dict[str, Evidence]]:
    """For each mark, the evidence of each column that holds it."""
    found: dict[str, dict[str, Evidence]] = {".": {}, ",": {}}
    for mark, columns in found.items():
        for name in columns_holding(table, mark):
            columns[name] = column_evidence(table.cells[name], mark)
    return found


def columns_holding(table: Table, *signs: str) -> list[str]:
    """The columns in which some cell holds one of the signs, all asked of Polars at once."""
    import polars as pl

    frame = pl.DataFrame([cells.alias(str(at)) for at, cells in enumerate(table.cells.values())])
    found = [frame.select(pl.all().str.contains(sign, literal=True).any()).row(0) for sign in signs]
    return [name for name, *held in zip(table.cells, *found, strict=True) if any(held)]


def find_decimal(table: Table) -> tuple[str, tuple[Note, ...]]:
    """The decimal mark that the columns show."""
    assert table.dialect is not None
    found = gather(table)
    sure = {
        mark: [name for name, seen in found[mark].items() if seen.sure]
        + [name for name, seen in found[OTHER[mark]].items() if seen.twice]
        for mark in found
    }
    minus = {mark: [name for name, seen in found[mark].items() if seen.minus] for mark in found}
    for columns in (sure, minus):
        if columns["."] or columns[","]:
            return by_majority(columns, table.dialect.separator)
    asked: dict[str, list[tuple[str, int]]] = {
        mark: [(name, seen.open_row) for name, seen in columns.items() if seen.open_row is not None]
        for mark, columns in found.items()
    }
    if asked["."] or (asked[","] and table.dialect.separator != ","):
        mark = "." if asked["."] else ","
        name, row = asked[mark][0]
        raise undecided(table, name, row, mark)
    if asked[","]:
        # In a file separated by commas a decimal comma would be a strange choice.
        name, row = asked[","][0]
        said = note("comma_is_thousands", column=shown(name), cell=table.cells[name][row])
        return ".", (said,)
    return ".", ()


def without_thousands(table: Table) -> tuple[str, tuple[Note, ...]]:
    """The decimal mark where a person said that numbers have no thousands separator."""
    assert table.dialect is not None
    columns = {
        mark: [
            name
            for name, seen in evidence.items()
            if not seen.twice and (seen.sure or seen.minus or seen.open_row is not None)
        ]
        for mark, evidence in gather(table).items()
    }
    return by_majority(columns, table.dialect.separator)


def by_majority(columns: dict[str, list[str]], separator: str) -> tuple[str, tuple[Note, ...]]:
    """The mark that most columns use as decimal mark; with a note where others disagree."""
    points, commas = len(columns["."]), len(columns[","])
    decimal = "." if points > commas else ","
    if points == commas:
        decimal = "," if separator == ";" and commas else "."
    against = columns[OTHER[decimal]]
    notes: list[Note] = []
    if decimal == ",":
        notes.append(note("decimal_comma"))
    if against:
        notes.append(
            note(
                "marks_disagree",
                decimal=decimal,
                other=OTHER[decimal],
                columns=listed(shown(name) for name in against),
            )
        )
    return decimal, tuple(notes)


def column_evidence(cells: pl.Series, mark: str) -> Evidence:
    """What a column that holds a mark shows about it."""
    holding = cells.filter(cells.str.contains(mark, literal=True).fill_null(False))
    sure_pattern, twice_pattern, minus_pattern = mark_patterns(mark)
    sure = int(holding.head(SAMPLE).str.contains(sure_pattern).sum())
    if sure == 0 and len(holding) > SAMPLE:
        sure = int(holding.str.contains(sure_pattern).sum())
    if sure:
        return Evidence(sure, 0, 0, None)
    twice = int(holding.str.contains(twice_pattern).sum())
    minus = int(holding.str.contains(minus_pattern).sum())
    return Evidence(0, twice, minus, None if twice or minus else open_row(cells, mark))


def mark_patterns(mark: str) -> tuple[str, str, str]:
    """Patterns of numbers in which a mark must be decimal, cannot be, and probably is."""
    point, other = "\\" + mark, "\\" + OTHER[mark]
    digits = "[0-9]"
    shapes = [
        f"{digits}*{point}{digits}{{1,2}}",  # 7.5
        f"{digits}*{point}{digits}{{4,}}",  # 7.5000
        f"{digits}{{4,}}{point}{digits}{{3}}",  # 1234.567
        f"0{digits}*{point}{digits}+",  # 0.123
        f"{point}{digits}+",  # .123
        f"{digits}+{point}{digits}*[eE][+-]?{digits}+",  # 1.234e5
        f"{digits}{{1,3}}(?:{other}{digits}{{3}})+{point}{digits}+",  # 1,234.567
    ]
    twice = f"^[+−-]?[1-9]{digits}{{0,2}}(?:{point}{digits}{{3}}){{2,}}$"
    minus = f"^[−-][1-9]{digits}{{0,2}}{point}{digits}{{3}}$"
    return f"^[+−-]?(?:{'|'.join(shapes)})$", twice, minus


def open_row(cells: pl.Series, mark: str) -> int | None:
    """The first cell like `1.234` of a column where every filled cell could be either.

    Whole numbers below a thousand fit both readings too; where more than half are such, they
    are taken for whole numbers among a few with three decimals.
    """
    grouped = cells.str.contains(f"^[1-9][0-9]{{0,2}}\\{mark}[0-9]{{3}}$").fill_null(False)
    if not grouped.any():
        return None
    either = grouped | cells.str.contains(WHOLE).fill_null(False) | missing(cells, WIDE)
    filled = int((~missing(cells, WIDE)).sum())
    if not either.all() or 2 * int(grouped.sum()) < filled:
        return None
    return int(np.argmax(grouped.to_numpy()))


def undecided(table: Table, name: str, row: int, mark: str) -> DataError:
    """The question to the person where nothing settles the marks."""
    cell = str(table.cells[name][row])
    one_thing, other = cell.replace(mark, ""), cell.replace(mark, ".")
    return DataError(
        f"every number in this column can be read in two ways: {one_thing} or {other}",
        got=cell,
        hint=f"--decimal {mark} (or --thousands {OTHER[mark]}) makes it {other}; "
        f"--thousands {mark} (or --decimal {OTHER[mark]}) makes it {one_thing}",
        where=table.place(row, name),
    )


def find_thousands(table: Table, decimal: str) -> str | None:
    """The thousands separator that most cells show, None where none do."""
    point = "\\" + decimal
    best, most = None, 0
    for thousands in (OTHER[decimal], " ", "'"):
        group = thousands_pattern(thousands)
        pattern = f"^[+−-]?[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+(?:{point}[0-9]*)?$"
        signs = SIGNS.get(thousands, thousands)
        names = columns_holding(table, *signs)
        found = sum(matching(table.cells[name], group, pattern) for name in names)
        if found > most:
            best, most = thousands, found
    return best


def matching(cells: pl.Series, group: str, pattern: str) -> int:
    """How many cells match the pattern, looking only at those that hold the separator."""
    holding = cells.filter(cells.str.contains(group).fill_null(False))
    return int(holding.str.contains(pattern).sum())
