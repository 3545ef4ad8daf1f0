"""The names of a file as a place of parameters, where one pass of a loop is a step."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from helder.glass.check.network.binding.calls import CONSTANTS, Context
from helder.glass.check.network.binding.gathering import gathered, scattered
from helder.glass.check.network.roles import role
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.reading.scripts import Script
from helder.glass.check.session import Outcome, Problem, Session, Value

HELD = ("rate", "batch", "zero", "one")  # settings that are given other values


class ScriptRoot:
    """The names of a file, among which one pass of a loop is run."""

    def __init__(
        self, session: Session, script: Script, held: dict[str, Value] | None = None
    ) -> None:
        self.session, self.script = session, script
        self.held = held or {}
        self.values: dict[str, Value] = {}
        self.after: dict[str, Value] = {}
        self.rows: list[Value] = []

    def fresh(self) -> ScriptRoot:
        copied = ScriptRoot(self.session, self.script, dict(self.held))
        copied.values, copied.rows = dict(self.values), self.rows
        return copied

    def state(self) -> dict[str, Value]:
        return self.after or self.values

    def assign(self, path: str, value: Value) -> None:
        self.values[path] = value

    def set_up(self, roles: dict[str, Any]) -> None:
        """Takes the rows by their names, and the settings that the file has by theirs."""
        given = roles["X"] | roles["Y"]
        self.held |= given
        self.rows = list(roles["X"].values())
        for name, value in self.held.items():
            what = role(name)
            if isinstance(value, list | tuple) and name not in given:
                self.held[name] = type(value)([roles.get("rate", 1.0)] * len(value))
            elif what in HELD and isinstance(value, int | float):
                self.held[name] = type(value)(roles.get(what, CONSTANTS.get(what, value)))
        if "rate" in roles:
            self.held |= {n: roles["rate"] for n in self.held if role(n) == "rate"}

    def call(self, definition: Definition, context: Context) -> Outcome:
        """One pass: the first from the values that were assigned, another from where that ended."""
        if not self.after:
            self.session.lay_out(self.script.name, self.held)
            parts = (scattered(path, value) for path, value in self.values.items())
            put = self.session.put_all(dict(itertools.chain(*parts)))
            if put.problem is not None:
                return put
        outcome = self.session.run(self.script.name)
        state = gathered(self.session.state(""))
        self.after = {path: value for path, value in state.items() if path not in self.held}
        left = {p: v for p, v in self.after.items() if p not in self.values}
        if outcome.problem is None and not self.moved:
            outcome = Outcome(problem=Problem("Unchanged", f"{definition.path} changes nothing"))
        return Outcome(left | in_order(left, self.rows), outcome.problem, outcome.warnings)

    @property
    def moved(self) -> bool:
        """Whether the pass has changed any parameter."""
        after = self.after
        return any(p in after and not np.array_equal(v, after[p]) for p, v in self.values.items())


def in_order(left: dict[str, Value], rows: list[Value]) -> dict[str, Value]:
    """Arrays of a loop that shuffles its rows, in the order of the rows again."""
    arrays = {path: a for path, a in left.items() if isinstance(a, np.ndarray) and a.ndim == 2}
    for given in rows:
        x = np.asarray(given)
        for axis in range(x.ndim if x.ndim == 2 else 0):
            for array in arrays.values():
                order = order_of(array, x, axis)
                if order is not None:
                    fitting = {p: a for p, a in arrays.items() if a.shape[axis] == len(order)}
                    return {f"{p} in order": a.take(order, axis) for p, a in fitting.items()}
    return {}


def order_of(array: Value, x: Value, axis: int) -> Value | None:
    """Where the rows of `x` stand in an array that holds them in another order."""
    if array.shape != x.shape or np.array_equal(array, x):
        return None
    key, other = (np.argsort(a.take(0, axis=1 - axis)) for a in (x, array))
    if not np.array_equal(array.take(other, axis), x.take(key, axis)):
        return None
    return other[np.argsort(key)]
