"""An operation of a person's engine at work: what goes back, and what should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.glass.check.elementary.engines.finding import DRIVER, Engine, Operation
from helder.glass.check.elementary.judgement import shown
from helder.glass.check.session import Named, Session
from helder.text import say
from helder.typing import Floats

COARSE = 1e-3  # a step from which on numbers are of single precision
LOOSE, TIGHT = 2e-2, 1e-4  # how far a slope may be from the difference that measures it


@dataclass(frozen=True)
class Tried:
    """One use of an operation.

    Attributes:
        values: Of each leaf.
        value: What came out.
        slopes: What came back to each leaf; None where nothing did.
        right: What should have come back.
        tolerance: Of what is measured.
        failed: Why it does not go back, if so.
        beside: What else was handed over.
    """

    values: Sequence[Any]
    value: Floats
    slopes: Sequence[Floats | None] = ()
    right: Sequence[Floats] = ()
    tolerance: float = TIGHT
    failed: str = ""
    beside: Sequence[Any] = ()

    @property
    def whole(self) -> bool:
        """Whether what came back to each leaf has its shape."""
        shapes = [None if slope is None else slope.shape for slope in self.slopes]
        return bool(shapes) and shapes == [np.shape(value) for value in self.values]

    @property
    def grows(self) -> bool:
        """Whether what came back to one of two has the shape of what came out."""
        pairs = zip(self.slopes, self.right, strict=True)
        shapes = [(slope.shape, right.shape) for slope, right in pairs if slope is not None]
        return any(was != should and was == self.value.shape for was, should in shapes)

    @property
    def fits(self) -> bool:
        """Whether all that came back is right."""
        return not self.failed and all(map(self.near, self.slopes, self.right))

    def near(self, slope: Floats | None, right: Floats) -> bool:
        """Whether what came back is this."""
        if slope is None or slope.shape != right.shape:
            return False
        size = max(float(np.abs(right).max(initial=0)), 1.0)
        return bool(np.all(np.abs(slope - right) <= self.tolerance * size))

    def difference(self, name: str) -> str:
        """The first number that differs, yours and the right."""
        given = ", ".join(shown(value) for value in (*self.values, *self.beside))
        call = f"{name}({given})"
        if self.failed:
            return say("check_functions.engine_failed", call=call, problem=self.failed)
        for slope, right in zip(self.slopes, self.right, strict=True):
            if not self.near(slope, right):
                got, wanted = first_cells(slope, right, self.tolerance)
                return say("check_functions.engine_slope", call=call, got=got, right=wanted)
        return ""


def first_cells(slope: Floats | None, right: Floats, tolerance: float) -> tuple[str, str]:
    """The first number that differs; the shapes where those do."""
    if slope is None:
        return "None", shown(float(right.flat[0]))
    if slope.shape != right.shape:
        return f"of shape {slope.shape}", f"of shape {right.shape}"
    far = np.abs(slope - right).ravel() > tolerance * max(float(np.abs(right).max(initial=0)), 1.0)
    at = int(np.flatnonzero(far)[0])
    return shown(float(slope.flat[at])), shown(float(right.flat[at]))


@dataclass(frozen=True)
class Bench:
    """Where operations are tried."""

    session: Session
    engine: Engine

    def tried(
        self,
        operation: Operation,
        values: Sequence[Any],
        kind: str = "once",
        carry: Operation | None = None,
        beside: Sequence[Any] = (),
    ) -> Tried | None:
        """A use of an operation; None where it cannot be used so, or gives no number."""
        used = Named((carry or operation).definition.path)
        path = Named(operation.definition.path)
        outcome = self.session.call(
            DRIVER, self.engine.given, path, used, list(values), list(beside), kind
        )
        found = outcome.value
        if outcome.problem is not None or not isinstance(found, dict) or found["value"] is None:
            return None
        if found["one"] or not np.isfinite(found["value"]).all():
            return None
        if found["failed"]:
            return Tried(values, found["value"], failed=found["failed"])
        return measured(values, found)


def measured(values: Sequence[Any], found: dict[str, Any]) -> Tried | None:
    """What came back beside what should have: the differences of the values around."""
    value = np.asarray(found["value"])
    upstream = found["upstream"]
    if upstream is None or np.shape(upstream) != value.shape or not np.any(upstream):
        upstream = np.ones_like(value)
    right: list[Floats] = []
    for one, ways in zip(values, found["around"], strict=True):
        sums = [np.sum(np.asarray(way) * upstream) for way in ways]
        slopes = (np.array(sums[::2]) - np.array(sums[1::2])) / (2 * found["step"])
        right.append(slopes.reshape(np.shape(one)))
    if not all(np.isfinite(slope).all() for slope in right):
        return None
    tolerance = LOOSE if found["step"] > COARSE else TIGHT
    slopes = [None if one is None else np.asarray(one) for one in found["slopes"]]
    if all(slope is None for slope in slopes):
        return None
    return Tried(values, value, slopes, right, tolerance)
