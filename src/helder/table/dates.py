"""Makes days since 1970 of text that holds dates, with or without a time of day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from helder.errors import DataError
from helder.table.contents import Table
from helder.table.missing import WIDE, missing
from helder.table.numbers import MOSTLY, TRIED_FIRST
from helder.table.typed import as_text, typed_days

if TYPE_CHECKING:
    import polars as pl

Order = Literal["ymd", "dmy", "mdy"]
ORDERS: tuple[Order, ...] = get_args(Order)
TIME = (
    r"(?:[T ]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:\.[0-9]+)?))?"
    r" *(?P<half>[AaPp][Mm])? *(?P<zone>Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
)
FIELDS = {"y": "(?P<year>[0-9]{4})", "m": "(?P<month>[0-9]{1,2})", "d": "(?P<day>[0-9]{1,2})"}
MARKS = r"[-/.]"  # Rust's patterns have no back-references: both marks are looked at separately
LOOKS_LIKE_DATE = f"[0-9]{MARKS}[0-9]{{1,2}}{MARKS}[0-9]"
MOST_DAYS = 1e7  # from 1970: what lies further away is no date of a calendar
PARTS = ("year", "month", "day", "hour", "minute", "second", "half", "zone")


def date_pattern(order: Order) -> str:
    """The pattern of a date whose year, month and day come in this order."""
    first, second, third = (FIELDS[letter] for letter in order)
    return f"^{first}{MARKS}{second}{MARKS}{third}{TIME}$"


def parse_dates(
    cells: pl.Series, order: Order
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The days since 1970 (with the time of day as a fraction) in a column, of text or of dates.

    A time zone is taken off, so that all are in UTC.

    Returns:
        values (N,) with NaN where a cell is missing or no date, and the indices of the filled
        cells that are no date.
    """
    days = typed_days(cells)
    if days is not None:
        return days, np.empty(0, dtype=np.int64)
    cells = as_text(cells)
    read = cells.str.extract_groups(date_pattern(order)).struct.unnest()
    part = {name: read[name] for name in PARTS}
    year, month, day, hour, minute, second = (
        part[name].cast(_float(), strict=False).to_numpy().astype(np.float64) for name in PARTS[:6]
    )
    hour, minute, second = (np.nan_to_num(clock) for clock in (hour, minute, second))
    months = (np.nan_to_num(year, nan=1970) - 1970) * 12 + np.nan_to_num(month, nan=1) - 1
    first = months.astype(np.int64).astype("datetime64[M]")
    date = first.astype("datetime64[D]") + (np.nan_to_num(day, nan=1) - 1).astype(np.int64)
    good = ~np.isnan(year) & (month >= 1) & (month <= 12) & (day >= 1)
    good &= date.astype("datetime64[M]") == first  # 30 February lies in March
    afternoon = part["half"].str.to_lowercase()
    halves = part["half"].is_not_null().to_numpy()
    good &= (hour < 24) & (minute < 60) & (second < 61) & ~(halves & ((hour < 1) | (hour > 12)))
    hour = np.where(halves, hour % 12, hour) + 12 * (afternoon == "pm").fill_null(False).to_numpy()
    days = date.astype(np.float64) + (hour * 3600 + minute * 60 + second) / 86400
    values = np.where(good, days - zone_offset(part["zone"]), np.nan)
    bad = np.flatnonzero(np.isnan(values) & ~missing(cells, WIDE).to_numpy())
    return values, bad.astype(np.int64)


def _float() -> type[pl.Float64]:
    import polars as pl

    return pl.Float64


def zone_offset(zone: pl.Series) -> npt.NDArray[np.float64]:
    """The offset of time zones such as +02:00, in days; 0 where there is none."""
    signed = zone.str.replace(":", "", literal=True).cast(_float(), strict=False)
    number = np.nan_to_num(signed.to_numpy().astype(np.float64))
    hours = np.trunc(number / 100)
    offset: npt.NDArray[np.float64] = (hours + (number - 100 * hours) / 60) / 24
    return offset


def find_order(cells: pl.Series) -> tuple[Order | None, bool]:
    """The order of the dates in a column of text, and whether it had to be assumed.

    None where less than 95 % of the filled cells are dates. Day before month is assumed where
    every cell fits both.
    """
    if not cells.str.contains(LOOKS_LIKE_DATE).any():
        return None, False
    filled = cells.filter(~missing(cells, WIDE))
    head = filled.head(TRIED_FIRST)
    likely = [order for order in ORDERS if share(head, order) >= MOSTLY / 2]
    shares = {order: share(filled, order) for order in likely}
    best = max(shares, key=lambda order: shares[order], default=None)
    if best is None or shares[best] < MOSTLY:
        return None, False
    assumed = best != "ymd" and shares.get("dmy") == shares.get("mdy")
    return ("dmy" if assumed else best), assumed


def share(cells: pl.Series, order: Order) -> float:
    """The share of the filled cells that are dates in this order, 0 where none is filled."""
    values, bad = parse_dates(cells, order)
    dates = int(np.count_nonzero(~np.isnan(values)))
    return dates / max(dates + len(bad), 1)


def column_dates(
    table: Table, name: str, order: Order, learning: bool = False
) -> npt.NDArray[np.float64]:
    """(N,) the dates of a column in days since 1970, NaN where missing.

    Only while `learning` can the column still be read in another way.

    Raises:
        DataError: A cell is no date in this order; the message names line and column.
    """
    values, bad = parse_dates(table.cells[name], order)
    if len(bad):
        words = {"y": "year", "m": "month", "d": "day"}
        hint = "training read this column as dates: correct the cell, or leave it empty"
        if learning:
            hint = "correct the cell, or read the whole column as categories with --category"
        raise DataError(
            "this column holds dates, and here something else",
            got=table.cells[name][int(bad[0])],
            accepted="dates written " + "-".join(words[letter] for letter in order),
            hint=hint,
            where=table.place(int(bad[0]), name),
        )
    return values


def date_text(days: float) -> str:
    """A date as ISO writes it."""
    return str(np.datetime64(int(np.floor(days)), "D"))
