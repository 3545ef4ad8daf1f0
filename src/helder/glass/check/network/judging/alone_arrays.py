"""Parameters and gradients that we make for an optimiser, and how what it gives back is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from helder.glass.check.network import roles
from helder.glass.check.network.binding.calls import CONSTANTS, like_default
from helder.glass.check.network.judging.updating import RATE
from helder.glass.check.reading.definitions import Parameter
from helder.typing import Floats

SHAPES = {"W1": (4, 5), "b1": (1, 5), "W2": (5, 3), "b2": (1, 3)}
OF_GRADIENTS = re.compile(r"_*(d?grads?|gradients?|d_?params?|deltas?)", re.IGNORECASE)
OF_PARAMETERS = re.compile(r"_*(params?|parameters?|weights|theta|model_?params)", re.IGNORECASE)
Holder = Mapping[str, Floats] | list[Floats]


def is_parameters(name: str) -> bool:
    """Whether a name is one of parameters."""
    return bool(OF_PARAMETERS.fullmatch(name)) or roles.role(name) == "parameters"


def is_gradients(name: str) -> bool:
    """Whether a name is one of gradients."""
    return bool(OF_GRADIENTS.fullmatch(name)) or roles.role(name) == "gradients"


def held(arrays: Mapping[str, Floats], prefix: str, listed: bool) -> Holder:
    """Arrays as somebody holds them."""
    return list(arrays.values()) if listed else {f"{prefix}{n}": a for n, a in arrays.items()}


def joined(arrays: Mapping[str, Floats]) -> Floats:
    """All numbers, one behind the other."""
    return np.concatenate([array.ravel() for array in arrays.values()])


def argument(parameter: Parameter, params: Holder, grads: Holder | None) -> tuple[bool, Any]:
    """Whether there is a value for a parameter, and which."""
    what = roles.role(parameter.name)
    if grads is not None and is_gradients(parameter.name):
        return True, grads
    if is_parameters(parameter.name):
        return True, params
    if what == "rate":
        return True, RATE
    if what in ("zero", "one"):
        return True, like_default(CONSTANTS[what], parameter.default)
    return False, None


def arrays_of(state: Mapping[str, Any]) -> dict[str, Floats] | None:
    """The parameters among values by their paths: the first of these shapes, in this order."""
    found: dict[str, Floats] = {}
    for at, (name, shape) in enumerate(SHAPES.items()):
        ends = (f"['{name}']", f"[{at}]")
        paths = [p for p, v in state.items() if p.endswith(ends) and np.shape(v) == shape]
        own = [p for p in paths if is_parameters(p.split("[")[0].lstrip("."))]
        if not paths or not (own or paths[0].startswith("[")):
            return None
        found[name] = np.asarray(state[(own or paths)[0]], dtype=np.float64)
    return found
