"""Writes an estimator's parameters as plain values that JSON can hold, and reads them again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from helder.core import Activation, Hidden, Loss
from helder.core.activations import ACTIVATIONS

NUMBERS = "biuf"  # kinds of arrays
Formulas = Mapping[str, Activation | Loss]


def described(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters by name; one that no file can hold, such as a random generator, is None."""
    plain = {}
    for name, value in parameters.items():
        try:
            plain[name] = describe(value)
        except ValueError:
            plain[name] = None
    return plain


def describe(value: Any) -> Any:
    """A value as JSON can hold it: what JSON does not know is a record with its kind as the key.

    Raises:
        ValueError: It is of no kind that we describe.
    """
    match value:
        case None | bool() | str():
            return value
        case np.generic():
            return describe(value.item())
        case np.ndarray() if value.dtype.kind in NUMBERS:
            return {"array": describe(value.tolist())}
        case int():
            return int(value)
        case float() if math.isfinite(value):
            return float(value)
        case Activation():  # before tuples: it is one
            return {"activation": value.name}
        case Hidden():
            named = [(field.name, getattr(value, field.name)) for field in fields(value)]
            return {"hidden": {name: describe(entry) for name, entry in named}}
        case np.ndarray():
            return describe(value.tolist())
        case list() | tuple():
            return {type(value).__name__: [describe(entry) for entry in value]}
        case dict():
            return {"dict": [[describe(key), describe(entry)] for key, entry in value.items()]}
    raise ValueError(f"a {type(value).__name__} cannot be described")


def restored(plain: Mapping[str, Any], formulas: Formulas) -> dict[str, Any]:
    """The parameters that `described` wrote.

    Args:
        plain: What it wrote.
        formulas: Activations of a person's own by name; None stands for one that is not there.

    Raises:
        ValueError, TypeError or LookupError: It wrote something else.
    """
    return {name: restore(value, formulas) for name, value in plain.items()}


def restore(plain: Any, formulas: Formulas) -> Any:
    """The value that `describe` wrote."""
    if not isinstance(plain, dict):
        return plain
    ((kind, value),) = plain.items()
    match kind:
        case "activation":
            return formulas.get(value, ACTIVATIONS.get(value))
        case "hidden":
            return Hidden(**{name: restore(entry, formulas) for name, entry in value.items()})
        case "list":
            return [restore(entry, formulas) for entry in value]
        case "tuple":
            return tuple(restore(entry, formulas) for entry in value)
        case "array":
            array = np.array(restore(value, formulas))
            if array.dtype.kind not in NUMBERS:
                raise ValueError("an array holds something else than numbers")
            return array
        case "dict":
            return {restore(key, formulas): restore(entry, formulas) for key, entry in value}
    raise ValueError(f"there is no parameter of kind {kind!r}")
