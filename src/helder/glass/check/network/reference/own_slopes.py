"""The person's own derivatives that are wrong, so that a gradient that is bent by one is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from helder.glass.check.causes import WRONG
from helder.glass.check.findings import FunctionCheck
from helder.glass.check.network.reference.mistakes import Mistake, bent_at, bent_error
from helder.glass.check.network.reference.network import Pass, Stages
from helder.glass.check.network.reference.own import GRID, called
from helder.glass.check.network.reference.slopes import at
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session, Thing
from helder.typing import Floats

MOST = 3


@dataclass(frozen=True)
class OwnSlope:
    """A derivative as somebody wrote it.

    Attributes:
        name: What it is called.
        cause: What was found to be wrong with it.
        function: What it makes of numbers; None where it fails.
    """

    name: str
    cause: str
    function: Callable[[Floats], Floats | None]

    def of(self, u: Floats) -> Floats:
        """Its values; not numbers where it fails."""
        found = self.function(u)
        return np.full(u.shape, np.nan) if found is None or found.shape != u.shape else found


def own_slopes(
    session: Session, functions: Sequence[FunctionCheck], definitions: Sequence[Definition]
) -> tuple[OwnSlope, ...]:
    """The derivatives that were found to be wrong, and that take an array."""
    known = {d.path: d for d in definitions}
    found: list[OwnSlope] = []
    for check in functions:
        definition = known.get(check.name)
        if check.verdict != WRONG or "derivative" not in check.kind or not check.causes:
            continue
        path = None if definition is None else path_of(session, definition)
        if path is None or len(found) >= MOST:
            continue
        slope = OwnSlope(check.name, check.causes[0], called(session, path))
        if np.isfinite(slope.of(GRID)).all():
            found.append(slope)
    return tuple(found)


def path_of(session: Session, definition: Definition) -> str | None:
    """How a session calls it: a method on an instance that was made without its constructor."""
    if definition.kind != "method" or definition.lacks_self:
        return definition.path
    bare = session.bare(definition.owner).value
    return f"{bare.handle}.{definition.name}" if isinstance(bare, Thing) else None


def bent_by(slopes: Sequence[OwnSlope], passed: Pass, right: Stages) -> Iterator[Mistake]:
    """The gradients in which such a derivative stands for f'(z), given z or a."""
    last = passed.known.layers - 1
    hidden = frozenset(range(last))
    groups = [hidden] + [frozenset({layer}) for layer in hidden if len(hidden) > 1]
    for own in slopes:
        for where in ("z", "a"):
            slope = at(where, own.of)
            saw = f"{own.name}({where}) in place of f'(z)"
            ends = [right]
            if passed.activation(last) is not None:
                ends.insert(0, right.with_(output=bent_error(slope, last)))
            for end in ends:
                for group in groups:
                    stages = end.with_(bent=bent_at(group, slope))
                    yield Mistake(own.cause, saw, stages, min(group) if len(group) == 1 else None)
            if len(ends) > 1:
                yield Mistake(own.cause, f"(a - y) {saw}", ends[0], last)
