"""Classes that hold layers in a list, and hand rows and gradients on from one to the next."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from helder.glass.check.network import roles
from helder.glass.check.network.binding.constructing import other_value
from helder.glass.check.network.binding.networks import methods_of
from helder.glass.check.network.layers.layer import RATE, UPSTREAM, Way
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.session import Session, Thing

HOLDING = re.compile(r"\bself\.(\w+)")  # within what a loop goes over


@dataclass(frozen=True)
class Container:
    """A class that holds layers.

    Attributes:
        owner: The class.
        attribute: Where its list of layers stands.
        methods: Its methods.
    """

    owner: Definition
    attribute: str
    methods: tuple[Definition, ...]

    def made(self, session: Session, things: Sequence[Thing]) -> Thing | None:
        """A container of these layers; None where it cannot be made."""
        for made in self.ways(session, things):
            if isinstance(made, Thing):
                session.assign(f"{made.handle}.{self.attribute}", list(things))
                return made
        return None

    def ways(self, session: Session, things: Sequence[Thing]) -> Iterator[Any]:
        """What the ways to make one give: of the layers, of nothing, without its constructor."""
        wanted = [p for p in self.owner.parameters if p.kind == "positional" and p.default is None]
        path = self.owner.path
        if any(p.kind == "args" for p in self.owner.parameters):
            yield session.call(path, *things).value
        elif len(wanted) <= 1:
            yield session.call(path, *([list(things)] if wanted else [])).value
        else:
            given = {p.name: list(things) if p.name == self.attribute else
                     other_value(p, session)[0] for p in wanted}  # fmt: skip
            yield session.call(path, **given).value
        bare = session.bare(path).value
        for name in self.settings if isinstance(bare, Thing) else ():
            session.assign(f"{bare.handle}.{name}", 0.0)  # whoever uses it sets it
        yield bare

    @property
    def settings(self) -> list[str]:
        """The attributes that hold a learning rate, a decay or the like."""
        stored = {
            node.attr
            for method in self.methods
            for node in ast.walk(method.node)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        }
        return sorted(name for name in stored if roles.role(name) in ("rate", "zero"))

    @property
    def forward(self) -> Definition | None:
        """The method that takes rows forward through all layers."""
        named = [d for d in self.methods if roles.means(roles.FORWARD, d.name)]
        named += [d for d in self.methods if d.name == "__call__"]
        return next((d for d in named if len(required(d)) == 1), None)

    @property
    def backward(self) -> Way | None:
        """The method that takes a gradient, no targets, back through all layers."""
        for method in self.methods:
            wanted = required(method)
            if roles.means(roles.BACKWARD, method.name) and wanted:
                first, *rest = [roles.role(p.name) for p in wanted]
                if first not in ("X", "Y", "pairs", "rate") and rest in ([], ["rate"]):
                    return Way(method, (UPSTREAM, *(RATE for _ in rest)))
        return None


def required(method: Definition) -> list[Parameter]:
    """The parameters that a call must give."""
    return [p for p in method.parameters if p.default is None and p.kind == "positional"]


def find_containers(definitions: Sequence[Definition]) -> list[Container]:
    """The classes whose methods go over a list of their own and call what stands in it."""
    found: list[Container] = []
    for owner in definitions:
        if owner.kind != "class":
            continue
        methods = [d for d in methods_of(owner, definitions) if not d.lacks_self]
        held = Counter(name for method in methods for name in gone_over(method))
        if held:
            found.append(Container(owner, held.most_common(1)[0][0], tuple(methods)))
    return found


def gone_over(method: Definition) -> Iterator[str]:
    """The attributes that a method goes over, where it takes a step forward or back with each."""
    for loop in ast.walk(method.node):
        if not isinstance(loop, ast.For):
            continue
        held = HOLDING.search(ast.unparse(loop.iter))
        names = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
        calls = [node.func for node in ast.walk(loop) if isinstance(node, ast.Call)]
        if held and any(is_step(call, names) for call in calls):
            yield held[1]


def is_step(call: ast.expr, names: set[str]) -> bool:
    """Whether it is a method of one of these that goes forward or back, or one of these itself."""
    if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name):
        going = roles.means(roles.FORWARD, call.attr) or roles.means(roles.BACKWARD, call.attr)
        return call.value.id in names and going
    return isinstance(call, ast.Name) and call.id in names
