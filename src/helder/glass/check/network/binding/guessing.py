"""Ways to make a step with methods whose names say nothing, by what they take, change and leave."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from helder.glass.check.network.binding.calls import role_of
from helder.glass.check.network.binding.trials import Plan
from helder.glass.check.network.roles import size_role
from helder.glass.check.reading.definitions import Definition, Parameter

MOST_GUESSES = 12
EMPTY = ("None", "[]", "{}", "0", "0.0", "True", "False", "list()", "dict()")
ROWS, TARGETS, RATE, EPOCHS = (
    "x",
    "y",
    "lr",
    "epochs",
)  # what the parameters are called, so that their roles are seen


@dataclass(frozen=True)
class Doing:
    """What a method does with its object.

    Attributes:
        method: The method.
        changes: Whether it changes what the constructor has made.
        leaves: Whether it leaves something else in the object.
        wants: The parameters that must be given.
    """

    method: Definition
    changes: bool
    leaves: bool
    wants: tuple[Parameter, ...]

    def called(self, *names: str) -> Definition:
        """The method with other names for the parameters that must be given."""
        given = [replace(p, name=name) for p, name in zip(self.wants, names, strict=True)]
        rest: list[Parameter] = []
        for parameter in self.method.parameters[len(names) :]:
            name = usual_name(parameter)
            known = name in {p.name for p in (*given, *rest)}
            rest.append(parameter if known else replace(parameter, name=name))
        return replace(self.method, parameters=(*given, *rest))

    @property
    def unknown(self) -> bool:
        """Whether the name of something that it wants says nothing."""
        return any(role_of(p) is None and size_role(p.name) is None for p in self.wants)


def usual_name(parameter: Parameter) -> str:
    """A name for a parameter that says what it is for, by its default: `lr` of `hiz=0.1`."""
    if role_of(parameter) is not None or parameter.default is None:
        return parameter.name
    if re.fullmatch(r"\d{2,}", parameter.default):
        return EPOCHS
    return RATE if re.fullmatch(r"0?\.\d+|1e-\d+", parameter.default) else parameter.name


def guessed_plans(makers: Sequence[Definition], methods: Sequence[Definition]) -> tuple[Plan, ...]:
    """Forward, backward and update, or training as a whole, where names do not say which is which.

    Args:
        makers: The constructors of the class.
        methods: Its other methods.
    """
    made = {name for maker in makers for name in filled_attributes(maker)}
    doings = [doing_of(method, made) for method in methods]
    if not made or not any(doing.unknown for doing in doings):
        return ()
    return tuple(dict.fromkeys(guesses(doings)))[:MOST_GUESSES]


def guesses(doings: Sequence[Doing]) -> Iterator[Plan]:
    """The plans, those that make a whole step first."""
    going = [d for d in doings if len(d.wants) == 1 and not d.changes and d.method.returns]
    forwards = [d.called(ROWS) for d in going]
    for whole in (d for d in doings if d.changes):
        if len(whole.wants) in (2, 3):
            names = (ROWS, TARGETS, RATE)[: len(whole.wants)]
            yield Plan(next(iter(forwards), None), (whole.called(*names),))
            for forward in forwards:
                yield Plan(forward, (whole.called(*names),), first=True)
    updates = [d for d in doings if d.changes and len(d.wants) <= 1]
    for forward in forwards:
        for back in (d for d in doings if d.leaves and not d.changes and d.wants):
            if back.method.path == forward.path or len(back.wants) > 2:
                continue
            names = (TARGETS,) if len(back.wants) == 1 else (ROWS, TARGETS)
            for update in updates:
                step = update.called(*((RATE,) if update.wants else ()))
                yield Plan(forward, (back.called(*names), step), first=True)
        for back in (d for d in updates if len(d.wants) == 1):
            yield Plan(forward, (back.called(TARGETS),), first=True)


def doing_of(method: Definition, made: set[str]) -> Doing:
    """What a method does."""
    stored = {
        root_of(node)
        for node in ast.walk(method.node)
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store)
    } - {""}
    wants = tuple(p for p in method.parameters if p.default is None and p.kind == "positional")
    return Doing(method, bool(stored & made), bool(stored - made), wants)


def filled_attributes(maker: Definition) -> Iterator[str]:
    """The attributes that a constructor makes, but for those that it leaves empty."""
    for node in ast.walk(maker.node):
        if isinstance(node, ast.Assign) and ast.unparse(node.value) not in EMPTY:
            taken = {p.name for p in maker.parameters}
            for target in node.targets:
                if isinstance(node.value, ast.Name) and node.value.id in taken:
                    continue
                if isinstance(target, ast.Attribute):
                    yield root_of(target)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".append"):
            yield root_of(node.func)


def root_of(node: ast.AST) -> str:
    """The attribute of the object that an expression begins with: `W` of `self.W[0]`."""
    name = ""
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            before, name = name, node.attr
            if isinstance(node.value, ast.Name):
                return name if node.attr != "append" else before
            if name == "append":
                name = ""
        node = node.value
    return ""
