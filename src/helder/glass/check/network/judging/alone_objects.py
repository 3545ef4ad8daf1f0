"""Optimisers that are objects: `Adam(params).step(grads)`, `Adam().update(params, grads)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from helder.glass.check.network import roles
from helder.glass.check.network.binding.calls import flattened
from helder.glass.check.network.binding.networks import methods_of
from helder.glass.check.network.judging.alone_arrays import (
    Holder,
    argument,
    arrays_of,
    is_gradients,
)
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session, Thing
from helder.typing import Floats


@dataclass(frozen=True)
class ObjectOptimizer:
    """An object that makes steps.

    Attributes:
        session: Where it is.
        handle: What it is called there.
        method: Makes the step.
    """

    session: Session
    handle: str
    method: Definition

    def step(self, params: Holder, grads: Holder) -> dict[str, Floats] | None:
        """The parameters after a step: returned, changed where they are, or in the optimiser."""
        given: list[Any] = []
        for parameter in self.method.parameters:
            found, value = argument(parameter, params, grads)
            if not found:
                break
            given.append(value)
        outcome = self.session.call(f"{self.handle}.{self.method.name}", *given)
        if outcome.problem is not None:
            return None
        places = [at for at, one in enumerate(given) if one is params]
        for value in (outcome.value, *(outcome.overwritten.get(at) for at in places)):
            after = arrays_of(flattened(value))
            if after is not None:
                return after
        return arrays_of(self.session.state(self.handle))


def object_optimizers(
    definitions: Sequence[Definition],
) -> Iterator[tuple[Definition, Definition]]:
    """The classes with a method that updates and is handed gradients, each with that method."""
    for owner in definitions:
        for method in methods_of(owner, definitions) if owner.kind == "class" else ():
            takes = any(is_gradients(parameter.name) for parameter in method.parameters)
            if takes and roles.means(roles.UPDATE, method.name):
                yield owner, method


def object_made(
    session: Session, owner: Definition, method: Definition, params: Holder
) -> ObjectOptimizer | None:
    """A new optimiser; None where it cannot be made."""
    given: dict[str, Any] = {}
    for parameter in owner.parameters:
        found, value = argument(parameter, params, None)
        if found:
            given[parameter.name] = value
    thing = session.call(owner.path, **given).value
    return ObjectOptimizer(session, thing.handle, method) if isinstance(thing, Thing) else None
