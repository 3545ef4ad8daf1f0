"""Adapters tried before they are printed: loaded beside the file, and judged as if given."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from helder.glass.check.deadline import Deadline
from helder.glass.check.network.adapting.adapted import AdaptedRoot, bounds_of
from helder.glass.check.network.adapting.loading import driver_text, loadable
from helder.glass.check.network.binding.calls import flattened
from helder.glass.check.network.binding.formats import FORMATS, random_data
from helder.glass.check.network.binding.gradients import GRADIENT
from helder.glass.check.network.binding.listing import ways_of
from helder.glass.check.network.binding.parameters import Slots, random_values
from helder.glass.check.network.binding.trials import as_output
from helder.glass.check.network.case import Case
from helder.glass.check.network.checking import best_of
from helder.glass.check.network.judging.verdicts import Judged
from helder.glass.check.reading.sources import MINE, Source, Sources
from helder.glass.check.session import Outcome, Thing, Value
from helder.glass.check.sessions.sandbox import Sandbox

ROWS = 6
LAYOUTS = tuple({form.layout: form for form in reversed(FORMATS)}.values())


@dataclass
class Bench:
    """Where adapters are tried.

    Attributes:
        session: Where the file is loaded as `mine`, with the driver.
        deadline: When there is no more time.
    """

    session: Sandbox
    deadline: Deadline
    grown: bool = False  # whether the last step left an array in another shape

    def define(self, text: str) -> bool:
        """Gives the functions of an adapter their meaning; whether that was possible."""
        try:
            self.session.define("", loadable(text))
        except SyntaxError:
            return False
        return True

    def begins(self, text: str) -> bool:
        """Whether these lines make what they say."""
        return self.define(text) and self.session.call("helder_begin").problem is None

    def state_of(self, value: Value, path: str) -> dict[str, Value]:
        """The arrays within a value, those of objects too, by their paths."""
        found: dict[str, Value] = {}
        if isinstance(value, Thing):
            state = self.session.state(value.handle)
            return {f"{path}{p}": v for p, v in state.items()}
        if isinstance(value, dict):
            parts: Any = ((repr(key), part) for key, part in value.items())
        elif isinstance(value, list | tuple):
            parts = ((str(at), part) for at, part in enumerate(value))
        else:
            return {path: value}
        for key, part in parts:
            found |= self.state_of(part, f"{path}[{key}]")
        return found

    def arrays(self) -> list[Value]:
        """What `parameters()` gives; empty where it gives no arrays."""
        outcome = self.session.call("helder_first_arrays")
        if outcome.problem is not None:
            return []
        fine = all(isinstance(a, np.ndarray) and a.dtype.kind == "f" for a in outcome.value)
        return list(outcome.value) if fine else []

    def goes_forward(self, slots: Slots, count: int) -> bool:
        """Whether `forward` gives an output, for rows in some form."""
        values = values_of(slots, count)
        data = random_data(slots.inputs, slots.outputs, ROWS)
        for form in LAYOUTS:
            seen = data.first(1) if form.single else data
            outcome = self.session.call("helder_forward", values, form.x(seen))
            if outcome.problem is None and gives_output(outcome, seen.y.shape):
                return True
        return False

    def gradients(
        self, arrays: Sequence[Value], parameters: Sequence[str], holders: Sequence[str]
    ) -> list[str]:
        """Where the gradients of these parameters stand after `step`, which gives all its names.

        They may also stand where the network is held.
        """
        slots = ways_of(arrays)[0]
        values = values_of(slots, len(arrays))
        data = random_data(slots.inputs, slots.outputs, ROWS)
        for form in FORMATS:
            x, y = form.give(data.first(1) if form.single else data)
            found = self.locals_after(values, x, y, 0.1, holders)
            if not found:
                continue
            paths = matched(values, parameters, found)
            if paths:
                return paths
        return []

    def locals_after(
        self, values: list[Value], x: Value, y: Value, rate: float, holders: Sequence[str]
    ) -> dict[str, Value]:
        """All that a `step` made which gives its names; empty where it changed a parameter."""
        outcome = self.session.call("helder_locals", values, x, y, rate)
        if outcome.problem is not None or not isinstance(outcome.value, tuple):
            return {}
        before, after, names = outcome.value
        if not all(map(np.array_equal, before, after)):
            return {}
        found: dict[str, Value] = {}
        for name, value in names.items():
            if name not in ("X", "Y", "learning_rate"):
                found |= self.state_of(value, name)
        for name in holders:
            found |= self.state_of(self.session.read(name).value, name)
        return found

    def judged(self, arrays: Sequence[Value], case: Case, words: set[str]) -> Judged | None:
        """What one step is found to be."""
        root = AdaptedRoot(self.session, len(arrays), {})
        case = replace(case, session=self.session).until(self.deadline)
        best, found = best_of(case, bounds_of(root, ways_of(arrays), words))
        self.grown = best is not None and bool(best.grown)
        return found


def values_of(slots: Slots, count: int) -> list[Value]:
    """Random values for all parameters, in their order."""
    found = random_values(slots)
    return [found.get(f"W[{at}]", found.get(f"b[{at}]")) for at in range(count)]


def matched(
    values: Sequence[Value], parameters: Sequence[str], found: dict[str, Value]
) -> list[str]:
    """For each parameter the path of what may be its gradient; empty where one has none."""
    paths: list[str] = []
    for value, parameter in zip(values, parameters, strict=True):
        fitting = [
            path for path, one in found.items()
            if path not in paths and isinstance(one, np.ndarray) and one.shape == value.shape
            and one.dtype.kind == "f" and not any(np.array_equal(one, v) for v in values)
            and np.any(one)
        ]  # fmt: skip
        if not fitting:
            return []
        paths.append(max(fitting, key=lambda path: (
            GRADIENT.search(path) is not None, alike(path, parameter))))  # fmt: skip
    return paths


def alike(path: str, other: str) -> int:
    """How many letters and digits two paths end alike in."""
    one, two = (re.sub(r"\W", "", text.lower())[::-1] for text in (path, other))
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False))
    return len(list(pairs))


def gives_output(outcome: Outcome, shape: tuple[int, ...]) -> bool:
    """Whether what came back holds an output: no class numbers."""
    parts = [outcome.value, *flattened(outcome.value).values()]
    found = [as_output(value, shape) for value in parts]
    return any(o is not None and np.any(o != np.round(o)) for o in found)


def bench(sources: Sources, head: str, deadline: Deadline) -> Sandbox:
    """Where adapters of a file are tried: the driver, behind these imports of the file."""
    text = f"{loadable(head)}\n\n{driver_text()}"
    main = Source("", Path("adapter.py"), text, ast.parse(text))
    mine = replace(sources.main, name=MINE)
    return Sandbox(Sources(main, (*sources.siblings, mine)), deadline)
