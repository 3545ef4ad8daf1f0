"""Somebody's losses beside their layers: functions and objects that give the output's gradient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.glass.check.network import roles
from helder.glass.check.network.binding.networks import methods_of
from helder.glass.check.network.layers.layer import (
    OUTPUT,
    TARGET,
    as_array,
    changed_arrays,
    shape_of,
)
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Outcome, Problem, Session, Thing

OF_LOSS = re.compile(
    r"loss|cost|mse|mean_?sq|squared|cross|entrop|bce|nll|error|criterion|sse|perte|coste?|verlust",
    re.IGNORECASE,
)
OF_SLOPE = re.compile(
    r"prime|deriv|grad|^d_?(loss|cost|mse|bce|ce|l)|^d_\w*(loss|cost|mse|bce|entropy)|backward|delta|arriere|achterwaarts|_der$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class OwnLoss:
    """Half the squared error, ours: its gradient is `output - target`.

    Attributes:
        sign: -1 for layers that go uphill along what they are handed, `target - output`.
    """

    sign: float = 1.0

    def gradient(self, session: Session, output: Any, target: Any) -> tuple[Any, Outcome]:
        """The upstream gradient of the last layer."""
        one, other = as_array(output), as_array(target)
        if one is None or other is None or one.shape != other.shape:
            return None, Outcome(problem=Problem("ValueError", "output and target differ in shape"))
        return self.sign * (one - other), Outcome()


@dataclass(frozen=True)
class PersonsLoss:
    """A loss of the person's.

    Attributes:
        slope: The function, or the method, that gives the gradient.
        wants: What its arguments are, in order.
        owner: The class whose method it is.
        value: The method that must be called before, as it keeps what it is given.
        value_wants: What its arguments are.
    """

    slope: Definition
    wants: tuple[str, ...]
    owner: Definition | None = None
    value: Definition | None = None
    value_wants: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As a person reads it."""
        return self.slope.path

    def gradient(self, session: Session, output: Any, target: Any) -> tuple[Any, Outcome]:
        """The upstream gradient of the last layer."""
        given = {OUTPUT: output, TARGET: target}
        if self.owner is None:
            outcome = session.call(self.slope.path, *(given[what] for what in self.wants))
            return fitting(outcome.value, output), outcome
        made = session.call(self.owner.path).value
        if not isinstance(made, Thing):
            return None, Outcome(problem=Problem("TypeError", f"{self.owner.path} cannot be made"))
        if self.value is not None:
            before = session.state(made.handle)
            name = f"{made.handle}.{self.value.name}"
            outcome = session.call(name, *(given[what] for what in self.value_wants))
            if outcome.problem is not None:
                return None, outcome
            if OUTPUT in self.wants:
                given[OUTPUT] = kept(before, session.state(made.handle), output, target)
        before = session.state(made.handle)
        name = f"{made.handle}.{self.slope.name}"
        outcome = session.call(name, *(given[what] for what in self.wants))
        if outcome.problem is not None or outcome.value is not None:
            return fitting(outcome.value, output), outcome
        left = changed_arrays(before, session.state(made.handle))
        found = [a for a in left.values() if a.shape == shape_of(output)]
        return (found[0] if found else None), outcome


def fitting(value: Any, output: Any) -> Any:
    """The gradient among what was returned: of the output's shape."""
    if isinstance(value, tuple):
        return next((one for one in value if shape_of(one) == shape_of(output)), None)
    return value


def kept(before: dict[str, Any], after: dict[str, Any], output: Any, target: Any) -> Any:
    """The output that a loss has made of what it was given, where it holds a softmax."""
    left = changed_arrays(before, after)
    shape = shape_of(output)
    others = [
        a
        for a in left.values()
        if a.shape == shape and not any(np.array_equal(a, g) for g in (output, target))
    ]
    return others[0] if others else output


def find_losses(definitions: Sequence[Definition]) -> list[PersonsLoss]:
    """The losses whose gradient the file gives, with each order of their arguments."""
    found: list[PersonsLoss] = []
    for definition in definitions:
        if definition.kind == "function" and OF_LOSS.search(definition.name):
            gives = OF_SLOPE.search(definition.name) or two_given(definition)
            if gives and len(needed(definition)) == 2:
                found += [PersonsLoss(definition, wants) for wants in orders(definition)]
        elif definition.kind == "class" and not needed(definition):
            methods = [d for d in methods_of(definition, definitions) if not d.lacks_self]
            found += of_class(definition, methods)
    return found


def two_given(definition: Definition) -> bool:
    """Whether a function returns two things: the loss, and its gradient."""
    return any(len(names) == 2 for names in definition.returns)


def of_class(owner: Definition, methods: Sequence[Definition]) -> Iterator[PersonsLoss]:
    """The losses that a class is."""
    values = [
        d
        for d in methods
        if len(needed(d)) == 2
        and not OF_SLOPE.search(d.name)
        and not (d.name.startswith("_") and d.name != "__call__")
    ]
    slopes = [d for d in methods if OF_SLOPE.search(d.name) and len(needed(d)) in (0, 2)]
    names = [owner.name, *(d.name for d in values)]
    if not any(OF_LOSS.search(name) for name in names):
        return
    values.sort(key=lambda d: d.name not in ("forward", "__call__"))
    for slope in slopes[:1]:
        for order in orders(slope) if needed(slope) else [()]:
            if not values:
                yield PersonsLoss(slope, order, owner)
                continue
            for value_order in orders(values[0]):
                yield PersonsLoss(slope, order, owner, values[0], value_order)


def needed(definition: Definition) -> list[str]:
    """The names of the parameters that must be given."""
    return [p.name for p in definition.parameters if p.default is None and p.kind == "positional"]


def orders(definition: Definition) -> list[tuple[str, str]]:
    """Which of two parameters is the output and which the target: as their names say, or both."""
    first, second = (roles.role(name) for name in needed(definition))
    if second == "Y" and first != "Y":
        return [(OUTPUT, TARGET)]
    if first == "Y" and second != "Y":
        return [(TARGET, OUTPUT)]
    if first == "output":
        return [(OUTPUT, TARGET)]
    if second == "output":
        return [(TARGET, OUTPUT)]
    return [(OUTPUT, TARGET), (TARGET, OUTPUT)]
