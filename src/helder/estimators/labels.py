"""Writes the classes of an estimator as texts, which a file and a table hold, and reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from helder.errors import ArgumentError
from helder.table import TargetPlan
from helder.table.labels import key_of
from helder.typing import Array

READ: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": {"False": False, "True": True}.__getitem__,
}
WHOLE = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
TYPES = ("str", "object", "bool", *WHOLE, "float16", "float32", "float64")
MOST_CHARACTERS = 20_000_000  # of an array of text, in which each is as long as the longest


def written(classes: Array) -> tuple[tuple[str, ...], tuple[str, str]]:
    """The classes (C,) as texts; what Python value each is, and the type of their array.

    Raises:
        ArgumentError: A file cannot hold them: there is one alone, or they are something else than
            texts, numbers or truths.
    """
    values = [v.item() if isinstance(v, np.generic) else v for v in classes.tolist()]
    kinds = {type(value).__name__ for value in values}
    kind, dtype = min(kinds), "str" if classes.dtype.kind == "U" else classes.dtype.name
    if len(kinds) > 1 or kind not in READ or dtype not in TYPES:
        raise ArgumentError(
            "a model file cannot hold classes of this type",
            got=f"{', '.join(sorted(kinds))} in an array of {classes.dtype}",
            accepted="all text, all numbers, or all true and false",
        )
    if len(values) < 2:
        raise ArgumentError(
            "a model with one class has nothing to tell apart, and no file is written of it",
            got=values[0],
            accepted="two classes or more",
        )
    return tuple(map(text_of, values)), (kind, dtype)


def text_of(value: Any) -> str:
    """A class as text, from which the same value is read; 1.0 is written as 1."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    return str(value)


def read(names: Sequence[str], labels: tuple[str, str]) -> Array:
    """The classes (C,) that `written` wrote.

    Raises:
        ValueError, LookupError or OverflowError: It wrote something else.
    """
    kind, dtype = labels
    if dtype not in TYPES or len(names) * max(map(len, names)) > MOST_CHARACTERS:
        raise ValueError("these are no classes")
    classes = np.array([READ[kind](name) for name in names], dtype)  # (C,)
    if written(classes) != (tuple(names), labels) or (classes[1:] <= classes[:-1]).any():
        raise ValueError("these are not the classes that were written")
    return classes


def numeric(names: Sequence[str], labels: tuple[str, str]) -> bool:
    """Whether a table's cells are compared with these classes as numbers."""
    if labels[0] not in ("int", "float"):
        return False
    return len({key_of(name, True) for name in names}) == len(names)  # 2**53 + 1 is no float


def of_table(target: TargetPlan) -> Array:
    """The classes of a table's target (C,), in its order: numbers where its cells are such."""
    names = list(target.classes or ())
    if not target.numeric or target.bins is not None:
        return np.array(names, object)
    numbers = np.array(names, np.float64)
    whole = (numbers == np.floor(numbers)).all() and (np.abs(numbers) < 2**53).all()
    return numbers.astype(np.int64) if whole else numbers
