"""Optimisers that are objects of their own, `Adam(params).step(grads)`, on gradients that we make.

They are asked where the gradients of a network are right, and nothing tells how they are joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.glass.check.network import roles
from helder.glass.check.network.binding.calls import CONSTANTS, flattened, like_default
from helder.glass.check.network.binding.networks import methods_of
from helder.glass.check.network.judging.updating import (
    DESCENT,
    RATE,
    STEPS,
    Steps,
    numbers_in,
    told_by,
)
from helder.glass.check.network.reference.rules import Rule
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.session import Session, Thing
from helder.typing import Floats

SHAPES = {"W1": (4, 5), "b1": (1, 5), "W2": (5, 3), "b2": (1, 3)}
OF_GRADIENTS = re.compile(r"_*(d?grads?|gradients?|d_?params?|deltas?)", re.IGNORECASE)
OF_PARAMETERS = re.compile(r"_*(params?|parameters?|weights|theta|model_?params)", re.IGNORECASE)
Holder = Mapping[str, Floats] | list[Floats]


@dataclass(frozen=True)
class Alone:
    """An optimiser that was judged.

    Attributes:
        method: Makes the step.
        name: Its rule.
        rule: The rule, where it is one of those of `rules`.
    """

    method: Definition
    name: str
    rule: Rule | None = None


def optimizer_alone(session: Session, definitions: Sequence[Definition]) -> Alone | None:
    """The first optimiser of a file with a slip in its rule, else the first that is right."""
    found: list[Alone] = []
    for owner in definitions:
        methods = methods_of(owner, definitions) if owner.kind == "class" else []
        for method in methods:
            if roles.means(roles.UPDATE, method.name) and takes_gradients(method):
                found += judged(session, owner, method, definitions)
    slips = [one for one in found if one.rule is not None and one.rule.slip]
    return next(iter([*slips, *found]), None)


def takes_gradients(method: Definition) -> bool:
    """Whether a method is handed gradients by their name."""
    return any(OF_GRADIENTS.fullmatch(parameter.name) for parameter in method.parameters)


def judged(
    session: Session, owner: Definition, method: Definition, definitions: Sequence[Definition]
) -> Iterator[Alone]:
    """What an optimiser is, in the first way in which it takes parameters."""
    for prefix, listed in (("", False), ("d", False), ("", True)):
        steps = steps_of(session, owner, method, prefix, listed)
        if steps is None:
            continue
        if is_descent(steps):
            yield Alone(method, DESCENT)
            return
        own = [d for d in definitions if owner.path in (d.path, d.owner)]
        rule = told_by(steps, *numbers_in(own))
        if rule is not None:
            yield Alone(method, rule.name, rule)
        return


def is_descent(steps: Steps) -> bool:
    """Whether every step is the rate times the gradient."""
    pairs = zip(steps.gradients, steps.moved, strict=True)
    return all(np.allclose(moved, RATE * g, rtol=1e-6, atol=1e-12) for g, moved in pairs)


def steps_of(
    session: Session, owner: Definition, method: Definition, prefix: str, listed: bool
) -> Steps | None:
    """Several steps on gradients that we make; None where it takes them otherwise.

    Args:
        session: Where the file is loaded.
        owner: The class.
        method: Makes the step.
        prefix: Of the names of gradients, before those of their parameters.
        listed: Whether parameters and gradients stand in lists.
    """
    draw = np.random.default_rng(0)
    params: dict[str, Floats] = {name: draw.normal(0, 1, shape) for name, shape in SHAPES.items()}
    handle = made(session, owner, held(params, "", listed))
    gradients: list[Floats] = []
    moved: list[Floats] = []
    for _ in range(STEPS if handle is not None else 0):
        grads = {name: draw.normal(0, 0.1, shape) for name, shape in SHAPES.items()}
        given = held(params, "", listed), held(grads, prefix, listed)
        after = stepped(session, str(handle), method, *given)
        if after is None:
            return None
        gradients.append(joined(grads))
        moved.append(joined(params) - joined(after))
        params = after
        if not np.isfinite(moved[-1]).all():
            break
    sizes = [int(np.prod(shape)) for shape in SHAPES.values()]
    some = bool(moved) and bool(np.any(moved[0]))
    return Steps(gradients, moved, np.repeat(np.arange(4.0), sizes)) if some else None


def held(arrays: Mapping[str, Floats], prefix: str, listed: bool) -> Holder:
    """Arrays as somebody holds them."""
    return list(arrays.values()) if listed else {f"{prefix}{n}": a for n, a in arrays.items()}


def joined(arrays: Mapping[str, Floats]) -> Floats:
    """All numbers, one behind the other."""
    return np.concatenate([array.ravel() for array in arrays.values()])


def made(session: Session, owner: Definition, params: Holder) -> str | None:
    """The handle of a new optimiser."""
    given: dict[str, Any] = {}
    for parameter in owner.parameters:
        found, value = argument(parameter, params, None)
        if found:
            given[parameter.name] = value
    thing = session.call(owner.path, **given).value
    return thing.handle if isinstance(thing, Thing) else None


def argument(parameter: Parameter, params: Holder, grads: Holder | None) -> tuple[bool, Any]:
    """Whether there is a value for a parameter, and which."""
    what = roles.role(parameter.name)
    if grads is not None and OF_GRADIENTS.fullmatch(parameter.name):
        return True, grads
    if OF_PARAMETERS.fullmatch(parameter.name):
        return True, params
    if what == "rate":
        return True, RATE
    if what in ("zero", "one"):
        return True, like_default(CONSTANTS[what], parameter.default)
    return False, None


def stepped(
    session: Session, handle: str, method: Definition, params: Holder, grads: Holder
) -> dict[str, Floats] | None:
    """The parameters after a step: returned, changed where they are, or in the optimiser."""
    given: list[Any] = []
    for parameter in method.parameters:
        found, value = argument(parameter, params, grads)
        if not found:
            break
        given.append(value)
    outcome = session.call(f"{handle}.{method.name}", *given)
    if outcome.problem is not None:
        return None
    places = [at for at, one in enumerate(given) if one is params]
    seen = [outcome.value, *(outcome.overwritten.get(at) for at in places)]
    for value in seen:
        after = arrays_of(flattened(value))
        if after is not None:
            return after
    return arrays_of(session.state(handle))


def arrays_of(state: Mapping[str, Any]) -> dict[str, Floats] | None:
    """The parameters among values by their paths: the first of these shapes, in this order."""
    found: dict[str, Floats] = {}
    for at, (name, shape) in enumerate(SHAPES.items()):
        ends = (f"['{name}']", f"[{at}]")
        paths = [p for p, v in state.items() if p.endswith(ends) and np.shape(v) == shape]
        own = [p for p in paths if OF_PARAMETERS.fullmatch(p.split("[")[0].lstrip("."))]
        if not paths or not (own or paths[0].startswith("[")):
            return None
        found[name] = np.asarray(state[(own or paths)[0]], dtype=np.float64)
    return found
