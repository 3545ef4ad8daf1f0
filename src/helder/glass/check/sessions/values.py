"""What somebody's code returns, as values: numbers, texts, arrays, and handles for the rest."""

from __future__ import annotations

from typing import Any

import numpy as np

from helder.glass.check.session import Named, Thing, Value

MOST_PARTS = 20_000  # of lists, tuples and dicts within a value
DEEPEST = 30
MOST_NUMBERS = 1_500_000  # in the arrays of a value


class TooLargeError(ValueError):
    """A value is too large, or nested too deeply, to be looked at."""


class Died(LookupError):  # noqa: N818  the kind of problem that it is
    """An object is asked for that went with the process that held it."""


class Things:
    """The person's objects that a session knows, each by its handle.

    Args:
        first: The number of the first handle; a process that replaces another goes on counting.
    """

    def __init__(self, first: int = 1) -> None:
        self.first = first
        self.by_handle: dict[str, Any] = {}
        self.handles: dict[int, str] = {}

    def handle(self, thing: object) -> str:
        """The handle of an object: the one that it has, or a new one."""
        known = self.handles.get(id(thing))
        if known is None:
            known = f"@{self.first + len(self.by_handle)}"
            self.handles[id(thing)] = known
            self.by_handle[known] = thing  # kept, so that no other object gets its id
        return known

    def given(self, handle: str) -> Any:
        if handle not in self.by_handle:
            raise Died(f"the object {handle} went with the process that held it")
        return self.by_handle[handle]


class Export:
    """Makes values of what somebody's code returned.

    Args:
        things: Where objects that are no values are kept.
    """

    def __init__(self, things: Things) -> None:
        self.things = things
        self.parts = 0
        self.numbers = 0

    def value(self, given: Any, depth: int = 0) -> Value:
        """Numbers, texts, arrays, and lists, tuples and dicts of these; Things for the rest.

        Raises:
            TooLargeError: There are too many parts, too many numbers, or too many lists in lists.
        """
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise TooLargeError(f"what it returned has more than {MOST_PARTS} parts")
        if depth > DEEPEST:
            raise TooLargeError(f"what it returned is nested more than {DEEPEST} deep")
        kind = type(given)
        if given is None or kind in (bool, float, complex):
            return given
        if kind in (int, str):
            return given if is_short(given) else self.thing(given)
        if isinstance(given, np.generic):
            return self.scalar(given, depth)
        if isinstance(given, np.ndarray):
            return self.array(given, depth)
        if kind in (list, tuple, range):
            values = [self.value(part, depth + 1) for part in given]
            return tuple(values) if kind is tuple else values
        if isinstance(given, dict) and all(type(key) in (str, int, float, bool) for key in given):
            return {key: self.value(part, depth + 1) for key, part in given.items()}
        if isinstance(given, tuple) and hasattr(given, "_fields"):
            return tuple(self.value(part, depth + 1) for part in given)
        return self.thing(given)

    def thing(self, given: object) -> Thing:
        return Thing(self.things.handle(given), type(given).__name__)

    def scalar(self, given: np.generic, depth: int) -> Value:
        """A number of NumPy's as Python's own."""
        if given.dtype.kind in "biufcU":
            plain = given.item()
            return plain if not isinstance(plain, np.generic) else float(plain)  # longdouble
        return self.thing(given)

    def array(self, given: np.ndarray, depth: int) -> Value:
        """An array of numbers as it is; of texts or objects as lists."""
        self.numbers += given.size
        if self.numbers > MOST_NUMBERS:
            raise TooLargeError(f"what it returned holds more than {MOST_NUMBERS} numbers")
        if given.dtype.kind in "biufc":
            return np.array(given, dtype=plain_dtype(given.dtype), order="C", subok=False)
        if given.dtype.kind == "O":
            numbers = as_numbers(given)
            if numbers is not None:
                return numbers
        if given.dtype.kind in "OU":
            return self.value(given.tolist(), depth + 1)
        return self.thing(given)


def is_short(given: int | str) -> bool:
    if isinstance(given, str):
        return len(given) <= 1 << 16
    return given.bit_length() <= 1 << 10


def plain_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type of numbers in this machine's order of bytes, and none that other machines lack."""
    if dtype.kind == "f" and dtype.itemsize > 8:
        return np.dtype(np.float64)
    if dtype.kind == "c" and dtype.itemsize > 16:
        return np.dtype(np.complex128)
    return dtype.newbyteorder("=")


def as_numbers(given: np.ndarray) -> np.ndarray | None:
    """An array of objects that are all numbers, as numbers."""
    kinds = (bool, int, float, np.bool_, np.integer, np.floating)
    if not all(isinstance(part, kinds) for part in given.ravel()):
        return None
    try:
        return given.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        return None


def taken(value: Value, things: Things, named: Any) -> Any:
    """What an argument means within the session: Things and Named as the objects they stand for.

    Args:
        value: The argument.
        things: The objects by their handles.
        named: Gives what a name of the file means.
    """
    match value:
        case Thing(handle=handle):
            return things.given(handle)
        case Named(name=name):
            return named(name)
        case list():
            return [taken(part, things, named) for part in value]
        case tuple():
            return tuple(taken(part, things, named) for part in value)
        case dict():
            return {key: taken(part, things, named) for key, part in value.items()}
        case np.ndarray():
            return value.copy()  # what the person's code does to it stays with the person's code
    return value


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same, number for number; nan is nan."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        alike = one.shape == other.shape and one.dtype == other.dtype
        return alike and one.tobytes() == other.tobytes()
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    return bool(one == other or one != one)


def shape_of(value: Value) -> tuple[int, ...] | None:
    """The shape of the array that a value is or makes; none of what is ragged, as pairs may be."""
    try:
        return np.shape(value)
    except ValueError:
        return None
