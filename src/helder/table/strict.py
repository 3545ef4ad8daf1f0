"""Reads values back from a saved plan, which may come from a hostile file: all is checked."""

from __future__ import annotations

import math
from collections.abc import Mapping

from helder.errors import DataError

MOST_ITEMS = 200_000
LONGEST_TEXT = 1_000_000


def refuse(what: str, got: object = None) -> DataError:
    """The error for a saved plan that is not one of ours."""
    return DataError(f"this saved table plan is damaged: {what}", got=got)


def record(
    value: object, keys: tuple[str, ...], later: tuple[str, ...] = ()
) -> Mapping[str, object]:
    """The value as a record with exactly these keys, or DataError.

    Those of `later`, which older files do not have, may be absent.
    """
    if not isinstance(value, dict) or set(value) - set(later) != set(keys):
        raise refuse(f"a record with {', '.join(keys)} is missing", type(value).__name__)
    return value


def text(value: object) -> str:
    """The value as text, or DataError."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise refuse("a text is missing", type(value).__name__)
    return value


def mark(value: object, accepted: tuple[str, ...]) -> str | None:
    """The value as one of these marks or None, or DataError."""
    if value is not None and (not isinstance(value, str) or value not in accepted):
        raise refuse("a decimal mark or thousands separator is missing", value)
    return value


def marks(value: Mapping[str, object]) -> tuple[str | None, str | None]:
    """The decimal mark and the thousands separator of a record; None in files without them."""
    decimal = mark(value.get("decimal"), (".", ","))
    thousands = mark(value.get("thousands"), (".", ",", " ", "'"))
    if decimal is not None and decimal == thousands:
        raise refuse("one mark is both decimal mark and thousands separator", decimal)
    return decimal, thousands


def truth(value: object) -> bool:
    """The value as true or false, or DataError."""
    if not isinstance(value, bool):
        raise refuse("a true or false is missing", value)
    return value


def number(value: object) -> float:
    """The value as a finite number, or DataError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse("a number is missing", value)
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise refuse("a finite number is missing", value)
    return found


def scale(value: object) -> float:
    """The value as a number to divide by, or DataError."""
    found = number(value)
    if found <= 0.0:
        raise refuse("a standard deviation must be positive", value)
    return found


def spread(value: object) -> float:
    """The value as a number from 0, or DataError."""
    found = number(value)
    if found < 0.0:
        raise refuse("a spread cannot be negative", value)
    return found


def count(value: object) -> int:
    """The value as a whole number from 0, or DataError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise refuse("a whole number is missing", value)
    return value


def items(value: object, most: int = MOST_ITEMS) -> list[object]:
    """The value as a list of at most so many items, or DataError."""
    if not isinstance(value, list | tuple) or len(value) > most:
        raise refuse(f"a list of at most {most} is missing", type(value).__name__)
    return list(value)


def texts(value: object, most: int = MOST_ITEMS) -> tuple[str, ...]:
    """The value as different texts, or DataError."""
    found = tuple(text(item) for item in items(value, most))
    if len(set(found)) != len(found):
        raise refuse("a text occurs twice in a list of different ones")
    return found


def ascending(value: object, most: int) -> tuple[float, ...]:
    """The value as at most so many finite numbers, none smaller than the one before."""
    found = tuple(number(item) for item in items(value, most))
    if list(found) != sorted(found):
        raise refuse("numbers in ascending order are missing")
    return found
