"""Settles which mark is the decimal one and which separates thousands, or stops and asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

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
# Whole numbers that stand as well beside 1.234 that is a thousand as beside one that is not. In
# a file with decimal points, 1500 beside 1.234 shows the point to be one; commas never show it.
WHOLE = {".": "^[0-9]{1,3}$", ",": "^[0-9]+$"}


class Marks(Protocol):
    """What remembers the marks of the table that was trained on, None where it showed none."""

    @property
    def decimal(self) -> str | None:
        """The decimal mark."""

    @property
    def thousands(self) -> str | None:
        """The thousands separator."""

    @property
    def not_numbers(self) -> frozenset[str]:
        """The columns that are read as something else than numbers, and show no marks."""


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
    table: Table, decimal: str | None, thousands: str | None, like: Marks | None = None
) -> tuple[Dialect, tuple[Note, ...]]:
    """The table's dialect with its decimal mark and thousands separator, and notes about them.

    What a person said counts; otherwise the columns that show it; otherwise the marks of the
    table that was trained on; otherwise a point.

    Raises:
        DataError: Nothing settles it, and a whole column reads like `1.234`.
    """
    assert table.dialect is not None  # only CSV files have marks to settle
    given, nothing_shown = (decimal, thousands), False
    trained = like.decimal if like is not None else None
    notes: tuple[Note, ...] = ()
    if decimal is None:
        if thousands == "":
            found, notes = without_thousands(table)
        else:
            found, notes = find_decimal(without_text(table, like), trained)
        nothing_shown = found is None
        decimal = found or trained or "."
    if thousands is None:
        thousands, more = find_thousands(table, decimal)
        notes += more
        if thousands is None and like is not None and like.thousands != decimal:
            thousands = like.thousands
    dialect = replace(
        table.dialect,
        decimal=decimal,
        thousands=thousands or None,
        given=given,
        open=nothing_shown and trained is None,
        trained=None if like is None else (like.decimal, like.thousands),
    )
    return dialect, notes


def shown_marks(table: Table) -> tuple[str | None, str | None]:
    """The decimal mark and the thousands separator to remember; None where none was shown."""
    if table.dialect is None:
        return None, None
    return None if table.dialect.open else table.dialect.decimal, table.dialect.thousands


@dataclass(frozen=True)
class Remembered:
    """The marks of a table that will be trained on, before there is a plan of it."""

    decimal: str | None
    thousands: str | None
    not_numbers: frozenset[str] = frozenset()


def marks_of(table: Table) -> Remembered:
    """The marks by which a table that goes with this one is read."""
    return Remembered(*shown_marks(table))


def read_like(table: Table, like: Marks) -> Table:
    """The table read by the marks that were trained on, where it does not show others itself.

    A table that was read so already comes back as it is.
    """
    dialect = table.dialect
    if dialect is None:
        return table
    same = like.decimal in (None, dialect.decimal) and like.thousands in (None, dialect.thousands)
    if same or dialect.trained == (like.decimal, like.thousands):
        return table
    settled, notes = settle_marks(table, *dialect.given, like)
    new = tuple(said for said in notes if said not in table.notes)
    return replace(table, dialect=settled, notes=table.notes + new)


def without_text(table: Table, like: Marks | None) -> Table:
    """The table without the columns that training did not read as numbers."""
    if like is None or like.not_numbers.isdisjoint(table.names):
        return table
    names = tuple(name for name in table.names if name not in like.not_numbers)
    return replace(table, names=names, cells={name: table.cells[name] for name in names})


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

    if not table.cells:
        return []
    frame = pl.DataFrame([cells.alias(str(at)) for at, cells in enumerate(table.cells.values())])
    found = [frame.select(pl.all().str.contains(sign, literal=True).any()).row(0) for sign in signs]
    return [name for name, *held in zip(table.cells, *found, strict=True) if any(held)]


def find_decimal(table: Table, trained: str | None) -> tuple[str | None, tuple[Note, ...]]:
    """The decimal mark that the columns show, else the one trained on; None where none tells.

    Raises:
        DataError: A column leaves it open, and nothing else tells.
    """
    assert table.dialect is not None
    found = gather(table)
    sure = {
        mark: [name for name, seen in found[mark].items() if seen.sure]
        + [name for name, seen in found[OTHER[mark]].items() if seen.twice]
        for mark in found
    }
    minus = {mark: [name for name, seen in found[mark].items() if seen.minus] for mark in found}
    if sure["."] or sure[","]:
        return by_majority(sure, table.dialect.separator, trained)
    asked: dict[str, list[tuple[str, int]]] = {
        mark: [(name, seen.open_row) for name, seen in columns.items() if seen.open_row is not None]
        for mark, columns in found.items()
    }
    if trained is not None:
        said = [as_trained(table, name, row, trained) for name, row in asked["."] + asked[","]]
        return trained, tuple(said[:1])
    if minus["."] or minus[","]:
        return by_majority(minus, table.dialect.separator)
    if asked["."] or (asked[","] and table.dialect.separator != ","):
        mark = "." if asked["."] else ","
        name, row = asked[mark][0]
        raise undecided(table, name, row, mark)
    # In a file separated by commas a decimal comma would be a strange choice.
    return "." if asked[","] else None, ()


def as_trained(table: Table, name: str, row: int, trained: str) -> Note:
    """The note that a cell which can be read in two ways was read as in training."""
    return note(
        "marks_of_training", decimal=trained, column=shown(name), cell=table.cells[name][row]
    )


def without_thousands(table: Table) -> tuple[str | None, tuple[Note, ...]]:
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
    if not columns["."] and not columns[","]:
        return None, ()
    return by_majority(columns, table.dialect.separator)


def by_majority(
    columns: dict[str, list[str]], separator: str, trained: str | None = None
) -> tuple[str, tuple[Note, ...]]:
    """The mark that most columns use as decimal mark; with a note where others disagree.

    The mark that was trained on counts wherever some column shows it.
    """
    points, commas = len(columns["."]), len(columns[","])
    decimal = "." if points > commas else ","
    if points == commas:
        decimal = "," if separator == ";" else "."
    if trained is not None and columns[trained]:
        decimal = trained
    against = columns[OTHER[decimal]]
    notes: list[Note] = []
    if trained not in (None, decimal):
        first = shown(columns[decimal][0])
        notes.append(note("marks_changed", trained=trained, decimal=decimal, column=first))
    elif decimal == ",":
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

    Whole numbers below a thousand fit both readings too.
    """
    grouped = cells.str.contains(f"^[1-9][0-9]{{0,2}}\\{mark}[0-9]{{3}}$").fill_null(False)
    if not grouped.any():
        return None
    whole = cells.str.contains(WHOLE[mark]).fill_null(False)
    if not (grouped | whole | missing(cells, WIDE)).all():
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


def find_thousands(table: Table, decimal: str) -> tuple[str | None, tuple[Note, ...]]:
    """The thousands separator that most cells show, with a note; None where none do."""
    point = "\\" + decimal
    best, most, seen = None, 0, ("", 0)
    for thousands in (OTHER[decimal], " ", "'"):
        group = thousands_pattern(thousands)
        pattern = f"^[+−-]?[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+(?:{point}[0-9]*)?$"
        signs = SIGNS.get(thousands, thousands)
        rows = {
            name: matching(table.cells[name], group, pattern)
            for name in columns_holding(table, *signs)
        }
        found = sum(len(matches) for matches in rows.values())
        if found > most:
            first = next((name, int(matches[0])) for name, matches in rows.items() if len(matches))
            best, most, seen = thousands, found, first
    if best is None:
        return None, ()
    name, row = seen
    key = "comma_is_thousands" if best == "," == table_separator(table) else "thousands_found"
    option = f"--decimal {best}" if best in OTHER else '--thousands ""'
    said = note(key, column=shown(name), cell=shown(table.cells[name][row]), option=option)
    return best, (said,)


def table_separator(table: Table) -> str | None:
    """What separates the cells of the table's file, None for Parquet."""
    return None if table.dialect is None else table.dialect.separator


def matching(cells: pl.Series, group: str, pattern: str) -> npt.NDArray[np.int64]:
    """The rows whose cells match the pattern, looking only at those that hold the separator."""
    holding = cells.str.contains(group).fill_null(False).arg_true()
    fit = cells.gather(holding).str.contains(pattern).arg_true()
    return holding.gather(fit).to_numpy().astype(np.int64)
