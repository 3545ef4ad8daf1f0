"""Networks whose parameters live in functions: what a function returns, and what those hold."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from helder.glass.check.network.binding.calls import Context, filled, named_results
from helder.glass.check.network.binding.code import Code
from helder.glass.check.network.binding.constructing import constructions, made_with
from helder.glass.check.network.binding.gathering import gathered, scattered
from helder.glass.check.network.binding.parameters import Slots, find_slots
from helder.glass.check.network.binding.planning import plans_of
from helder.glass.check.network.binding.roots import is_alpha, set_to, settings_in, unresolved
from helder.glass.check.network.binding.templates import own_calls
from helder.glass.check.network.binding.trials import Plan
from helder.glass.check.reading.definitions import Definition, function
from helder.glass.check.session import Outcome, Session, Thing, Value


@dataclass
class ClosuresRoot:
    """The functions that another one made, which hold the parameters among them.

    Attributes:
        session: Where they are.
        maker: What made them.
        arguments: Of that.
        handles: Of the functions, by their names in the maker.
    """

    session: Session
    maker: Definition
    arguments: Mapping[str, Any]
    handles: dict[str, str] = field(default_factory=dict)

    def fresh(self) -> ClosuresRoot | None:
        """The same made anew, as functions are not copied with what they hold."""
        handles = made_by(self.session, self.maker, self.arguments)
        if not handles:
            return None
        other = ClosuresRoot(self.session, self.maker, self.arguments, handles)
        there = other.held()
        for path, value in self.held().items():
            if path not in there or not np.array_equal(there[path], value):
                other.assign(path, value)
        return other

    def held(self) -> dict[str, Value]:
        """All that the functions hold, what several of them share more than once."""
        states = [(name, self.session.state(handle)) for name, handle in self.handles.items()]
        return {f"{name}{path}": value for name, inside in states for path, value in inside.items()}

    def state(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, handle in self.handles.items():
            inside = self.session.state(handle)
            found = {f"{name}{path}": value for path, value in inside.items()}
            if find_slots(gathered(found)):
                break  # the others hold the same
        return gathered(found)

    def assign(self, path: str, value: Value) -> None:
        for place, part in scattered(path, value):
            name, dot, rest = place.partition(".")
            self.session.assign(f"{self.handles[name]}{dot}{rest}", part)

    def set_up(self, roles: dict[str, Any]) -> None:
        """Sets what they hold of learning rate, decay and the like.

        An alpha beside a learning rate is left alone: most often an activation holds it.
        """
        found = settings_in(self.held())
        plain = {path: value for path, value in found.items() if not is_alpha(path)}
        for path, value in set_to(roles, plain or found).items():
            self.assign(path, value)

    def call(self, definition: Definition, context: Context) -> Outcome:
        arguments = filled(definition, context)
        if isinstance(arguments, str):
            return unresolved(definition, arguments)
        handle = self.handles.get(definition.name, definition.path)  # or a function beside them
        outcome = self.session.call(handle, *arguments.positional, **arguments.named)
        context.names |= named_results(definition, outcome.value)
        return outcome


def closures(code: Code) -> Iterator[tuple[Definition, ClosuresRoot, Slots, tuple[Plan, ...]]]:
    """Functions that make a network out of functions, each with the ways to make a step."""
    for maker in code.functions:
        inner = {d.name: d for d in inside(maker)}
        names = [name for name in returned(maker) if name in inner]
        plans = plans_of([inner[name] for name in names])
        if not plans:
            continue
        own = own_calls(maker, code.definitions, code.trees, code.session)
        for arguments in itertools.chain(constructions(maker, code.session, code.wish), own):
            root = ClosuresRoot(code.session, maker, arguments).fresh()
            ways = [] if root is None else find_slots(
                root.state(), (code.wish.inputs, code.wish.outputs)
            )  # fmt: skip
            if root is not None and ways:
                yield from ((maker, root, slots, plans) for slots in ways)
                break


def inside(maker: Definition) -> list[Definition]:
    """The functions that a function defines in its own body."""
    body = maker.node.body if isinstance(maker.node, ast.FunctionDef) else []
    return [
        function(node, maker.file, f"{maker.path}.", in_class=False)
        for node in body
        if isinstance(node, ast.FunctionDef)
    ]


def returned(maker: Definition) -> tuple[str, ...]:
    """The names of what a function returns last; of a table those of its values."""
    last = maker.returns[-1] if maker.returns else ()
    table = ast.parse(last[0], mode="eval").body if len(last) == 1 else None
    return tuple(map(ast.unparse, table.values)) if isinstance(table, ast.Dict) else last


def made_by(session: Session, maker: Definition, arguments: Mapping[str, Any]) -> dict[str, str]:
    """The handles of the functions that a function makes, by name; empty where it makes none."""
    value = made_with(session, maker, dict(arguments)).value
    several = value.values() if isinstance(value, dict) else value
    values = list(several) if isinstance(value, dict | tuple | list) else [value]
    names = returned(maker)
    if len(values) != len(names):
        return {}
    pairs = zip(names, values, strict=True)
    return {name: one.handle for name, one in pairs if isinstance(one, Thing)}
