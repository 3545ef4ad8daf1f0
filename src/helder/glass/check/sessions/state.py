"""All numbers, texts and arrays within somebody's objects, each by its path."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np

DEEPEST = 8
MOST_LEAVES = 1500
MOST_VISITED = 5000
MOST_NUMBERS = 1_000_000  # in one array
MOST_ITEMS = 200  # of a list
CELLS = -1  # above what a function holds
PLAIN = (bool, int, float, complex, str, np.number, np.bool_)


def leaves(
    root: Any, first: Iterator[tuple[str, Any]], is_own: Callable[[Any], bool]
) -> dict[str, Any]:
    """What an object holds, nearest first, so that a long list of data hides no weights.

    Args:
        root: The object.
        first: Its parts by their paths.
        is_own: Whether an object is of a class of the person's, so that it is looked into.
    """
    found: dict[str, Any] = {}
    waiting: deque[tuple[str, Any, int, tuple[int, ...]]] = deque()
    waiting.extend((path, part, 1, (id(root),)) for path, part in first)
    met: set[int] = set()  # several functions may hold the same array
    for _ in range(MOST_VISITED):
        if not waiting or len(found) >= MOST_LEAVES:
            break
        path, value, depth, above = waiting.popleft()
        if is_leaf(value):
            if CELLS not in above or not isinstance(value, np.ndarray) or id(value) not in met:
                found[path] = value
            met.add(id(value))
        elif depth < DEEPEST and id(value) not in above:
            kind = type(value)
            if holds_gradient(value):
                if id(kind) in above:
                    continue  # a part of a graph of what a number was made of
                above = (*above, id(kind))
            line = (*above, id(value), *([CELLS] if isinstance(value, types.FunctionType) else []))
            inside = parts(value, is_own)
            waiting.extend((path + step, part, depth + 1, line) for step, part in inside)
    return found


def holds_gradient(value: Any) -> bool:
    """Whether an object is a number, or an array, with its gradient."""
    held = getattr(value, "__dict__", None)
    return isinstance(held, dict) and "grad" in held and not isinstance(value, type)


def is_leaf(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.size <= MOST_NUMBERS and (
            value.dtype.kind in "biufcU" or is_text_column(value)
        )
    return isinstance(value, PLAIN)


def is_text_column(value: np.ndarray) -> bool:
    """Whether an array of objects holds only texts and numbers, and no arrays."""
    return value.dtype.kind == "O" and all(isinstance(part, PLAIN) for part in value.ravel())


def parts(value: Any, is_own: Callable[[Any], bool]) -> Iterator[tuple[str, Any]]:
    """The parts of a list, tuple, dict or object, by the step that leads to each."""
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim == 1):
        yield from ((f"[{i}]", part) for i, part in enumerate(value[:MOST_ITEMS]))
    elif isinstance(value, dict):
        for key in list(value)[:MOST_ITEMS]:
            if type(key) in (str, int, float, bool):
                yield f"[{key!r}]", value[key]
    elif isinstance(value, types.FunctionType):
        yield from ((f".{name}", part) for name, part in cells(value) if is_own(value))
    elif is_own(value):
        for name, part in attributes(value):
            yield f".{name}", part


def cells(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """What a function holds of the one in which it was made, by name."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # a name that has no value yet
            yield name, cell.cell_contents


def attributes(value: Any) -> Iterator[tuple[str, Any]]:
    """The attributes that an object itself holds, those in slots too."""
    held = getattr(value, "__dict__", None)
    if isinstance(held, dict):
        yield from ((name, held[name]) for name in list(held) if str(name).isidentifier())
    for owner in type(value).__mro__:
        slots = owner.__dict__.get("__slots__", ())
        for name in [slots] if isinstance(slots, str) else slots:
            member = owner.__dict__.get(name)
            if isinstance(member, types.MemberDescriptorType) and hasattr(value, name):
                yield name, member.__get__(value)


def global_names(names: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values among the names of a module; functions, classes and modules left out."""
    kinds = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)
    for name in list(names):
        if not name.startswith("__") and not isinstance(names[name], kinds):
            yield name, names[name]
