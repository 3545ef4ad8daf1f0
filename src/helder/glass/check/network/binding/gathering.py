"""Numbers that somebody keeps one by one, in lists or in objects for each unit, as arrays.

A star in a path stands for all places in a list: `.layers[0][*].weights` is an array with a row
for each unit, `.w[*][*]` the matrix that a list of lists is, `.units[*].bias` one of biases,
`.w[*][*].data` a matrix of objects that hold a number each, as in automatic differentiation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from helder.typing import Floats

PLACE = re.compile(r"\[(\d+)\]")
STAR = "[*]"
NUMBER = re.compile(r"(?<=\])\._*(data|value|val|v|num|number|scalar)$")  # alone in an object
BIAS = re.compile(
    r"(^|[._'\[])_*(b([a-z]|out|output|hid|hidden)?\d*\b|b_|bias|sesgo)|bias|thresh|umbral",
    re.IGNORECASE,
)


def gathered(state: Mapping[str, Any]) -> dict[str, Any]:
    """A state with the arrays that its numbers make up, beside what stands in it."""
    groups: dict[str, dict[tuple[int, ...], Any]] = {}
    for path, value in state.items():
        for pattern, at in patterns(path, value):
            groups.setdefault(pattern, {})[at] = value
    found = dict(state)
    for pattern, parts in groups.items():
        array = stacked(parts)
        if array is not None:
            found[pattern] = array
    return {path: value for path, value in found.items() if not is_row(path, found)}


def is_row(path: str, found: Mapping[str, Any]) -> bool:
    """Whether a value is only a part of another one: `.w[0][*]` of `.w[*][*]`, a unit's bias."""
    if is_number(found[path]) and BIAS.search(path):
        return any(pattern in found for pattern, _ in patterns(path, found[path]))
    kept = NUMBER.search(path)
    name = kept.group() if kept else ""
    listed = path.removesuffix(name)
    if not listed.endswith(STAR) or BIAS.search(path):
        return False
    whole, places = re.subn(r"\[\d+\]$", STAR, listed.removesuffix(STAR))
    return places > 0 and f"{whole}{STAR}{name}" in found


def patterns(path: str, value: Any) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The arrays that a value may be a part of, and where in them it stands."""
    places = list(PLACE.finditer(path))
    if not places:
        return
    ends = places[-1].end() == len(NUMBER.sub("", path))
    if is_number(value):
        if ends:
            yield starred(path, places[-1:])
            if len(places) > 1:
                yield starred(path, places[-2:])
        elif BIAS.search(path):
            yield starred(path, places[-1:])
    elif isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim == 1:
        yield starred(path, places[-1:])


def is_number(value: Any) -> bool:
    """Whether a value may be one of a list of parameters."""
    return isinstance(value, float) and not isinstance(value, bool)


def starred(path: str, places: list[re.Match[str]]) -> tuple[str, tuple[int, ...]]:
    """A path with stars at these places, and the numbers that stood there."""
    pattern = path
    for place in reversed(places):
        pattern = pattern[: place.start()] + STAR + pattern[place.end() :]
    return pattern, tuple(int(place.group(1)) for place in places)


def stacked(parts: Mapping[tuple[int, ...], Any]) -> Floats | None:
    """The array that these parts fill; None where they leave holes or differ in length."""
    size = [max(at[axis] for at in parts) + 1 for axis in range(len(next(iter(parts))))]
    shapes = {np.shape(part) for part in parts.values()}
    if len(shapes) > 1 or len(parts) != int(np.prod(size)):
        return None
    array = np.empty((*size, *shapes.pop()))
    for at, part in parts.items():
        array[at] = part
    return array


def scattered(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What to put where, so that the array at a path is this one."""
    if STAR not in path:
        yield path, float(value) if isinstance(value, np.ndarray) and value.ndim == 0 else value
        return
    before, _, after = path.partition(STAR)
    for at, part in enumerate(np.asarray(value)):
        whole = float(part) if np.ndim(part) == 0 else part.copy()
        yield from scattered(f"{before}[{at}]{after}", whole)
