"""Which of the arrays that somebody's backward gives is the gradient of which parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from helder.glass.check.network.binding.parameters import Slots, is_bias
from helder.typing import Floats

GRADIENT = re.compile(r"(^|[._'\[])_*(d|grad|nabla|delta|g)", re.IGNORECASE)


def gradients_in(
    slots: Slots,
    values: dict[str, Floats],
    before: dict[str, Floats],
    after: dict[str, Any],
    returned: dict[str, Any],
) -> dict[str, Floats]:
    """For each parameter the array that is most likely its gradient."""
    changed = {
        p: v
        for p, v in after.items()
        if p not in values and (p not in before or not np.array_equal(before[p], v))
    }
    new = {  # what is handed on with the parameters, such as velocities, is no gradient
        p: v for p, v in returned.items() if p not in before or not np.array_equal(before[p], v)
    }
    pool = {p: np.asarray(v, dtype=np.float64) for p, v in numbers_of(new | changed)}
    ours = [value for value in values.values() if value.size > 1]
    pool = {  # what a function hands back may be the parameters that it was given
        p: array for p, array in pool.items() if not any(np.array_equal(array, v) for v in ours)
    }
    found: dict[str, Floats] = {}
    used: set[str] = set()
    for path in slots.paths:
        value = values[path]
        best = max(
            (p for p in pool if p not in used and fits(p, pool[p], value)),
            key=lambda p: likeness(p, path, pool[p].shape == value.shape),
            default=None,
        )
        if best is not None:
            used.add(best)
            array = pool[best]
            found[path] = (
                np.full(value.shape, float(array.ravel()[0]))
                if array.size == 1
                else array.reshape(value.shape)
            )
    return found


def numbers_of(values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The numeric values of a dictionary."""
    for path, value in values.items():
        if (isinstance(value, np.ndarray) and value.dtype.kind == "f") or isinstance(value, float):
            yield path, value


def fits(path: str, array: Floats, value: Floats) -> bool:
    """Whether an array can be the gradient of a parameter."""
    if array.shape == value.shape:
        return True
    if value.ndim != 1 and 1 not in value.shape:
        return False
    if array.size == value.size:
        return True  # a bias, which may lie in several ways
    named = GRADIENT.search(path) is not None or is_bias(path)
    return array.size == 1 and named  # else it is a loss, or a count of rows


def likeness(path: str, parameter: str, same_shape: bool) -> tuple[bool, ...]:
    """How likely a name is that of a parameter's gradient."""
    digits = re.findall(r"\d+", parameter)
    letters = re.sub(r"[^a-z]", "", parameter.lower())[-1:]
    name = name_of(parameter)
    return (
        name != "" and name_of(path) in (name, f"d{name}", f"d_{name}", f"grad_{name}"),
        same_shape,
        GRADIENT.search(path) is not None,
        bool(digits) and re.findall(r"\d+", path)[-1:] == digits[-1:],
        letters != "" and letters in path.lower(),
    )


def name_of(path: str) -> str:
    """`b1` of `.b1` and `params['b1']`; empty where the last part is a number."""
    found = re.search(r"([A-Za-z_]\w*)(['\"]\])?$", path)
    return "" if found is None else found.group(1)
