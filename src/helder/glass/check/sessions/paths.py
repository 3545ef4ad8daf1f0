"""Paths to what somebody's code holds: `Network.forward`, `@3.layers[0].W`, `utils:softmax`."""

from __future__ import annotations

import ast
import dataclasses
import re
import types
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HANDLE = re.compile(r"^@(\d+)")


@dataclass(frozen=True)
class Attribute:
    name: str


@dataclass(frozen=True)
class Item:
    key: Any


Step = Attribute | Item


@dataclass(frozen=True)
class Path:
    """A path taken apart.

    Attributes:
        module: The module beside the file that it begins in; empty for the file.
        handle: The handle that it begins with, such as `@3`; empty where it begins with a name.
        steps: The attributes and items that follow; of a path that begins with a name, the name
            first.
    """

    module: str
    handle: str
    steps: tuple[Step, ...]


def parsed(path: str) -> Path:
    """Takes a path apart; raises NameError where it is none."""
    module, colon, rest = path.partition(":")
    if not colon or not re.fullmatch(r"[\w.-]+", module):
        module, rest = "", path
    found = HANDLE.match(rest)
    handle = found[0] if found else ""
    try:
        node = ast.parse(f"_{rest[len(handle) :]}" if handle else rest, mode="eval").body
    except (SyntaxError, ValueError):
        raise NameError(f"{path} is no path") from None
    steps: list[Step] = []
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=value, attr=name):
                steps.append(Attribute(name))
            case ast.Subscript(value=value, slice=key):
                steps.append(Item(literal(key, path)))
            case _:
                raise NameError(f"{path} is no path")
        node = value
    first: list[Step] = [] if handle else [Attribute(node.id)]
    return Path(module, handle, (*first, *reversed(steps)))


def literal(node: ast.expr, path: str) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise NameError(f"{path} is no path") from None


def step_from(value: Any, step: Step) -> Any:
    """What an attribute or an item of a value is."""
    if isinstance(step, Item):
        return value[step.key]
    if isinstance(value, types.FunctionType) and step.name in value.__code__.co_freevars:
        return cell(value, step.name).cell_contents
    return getattr(value, mangled(value, step.name))


def cell(function: types.FunctionType, name: str) -> types.CellType:
    """Where a function keeps what it holds under a name of the one in which it was made."""
    assert function.__closure__ is not None
    return function.__closure__[function.__code__.co_freevars.index(name)]


def put(value: Any, step: Step, new: Any) -> None:
    """Replaces an attribute or an item of a value."""
    if isinstance(step, Item):
        value[step.key] = new
        return
    if isinstance(value, types.FunctionType) and step.name in value.__code__.co_freevars:
        cell(value, step.name).cell_contents = new
        return
    name = mangled(value, step.name)
    try:
        setattr(value, name, new)
    except dataclasses.FrozenInstanceError:  # settings that the person's own code never changes
        object.__setattr__(value, name, new)


def mangled(value: Any, name: str) -> str:
    """The name under which Python keeps a private attribute: `__sigmoid` as `_Net__sigmoid`."""
    if not name.startswith("__") or name.endswith("__"):
        return name
    for owner in getattr(value if isinstance(value, type) else type(value), "__mro__", ()):
        private = f"_{owner.__name__.lstrip('_')}{name}"
        if hasattr(value, private):
            return private
    return name


def follow(value: Any, steps: Sequence[Step]) -> Any:
    for step in steps:
        value = step_from(value, step)
    return value
