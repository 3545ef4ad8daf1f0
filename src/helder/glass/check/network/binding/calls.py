"""A call of somebody's function, its arguments found by the names that its parameters have."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from helder.glass.check.network.roles import (
    BACKWARD,
    FORWARD,
    TRAIN,
    loosely,
    means,
    role,
    size_role,
    without_test,
)
from helder.glass.check.reading.definitions import Definition, Parameter

# Roles that a default serves as well as we could; the others are filled even where there is one.
OF_TARGETS = re.compile(
    r"y|lab|tar|^t_|sal?ida|sortie|ausgab|uitv|etiq|ziel|doel|cible", re.IGNORECASE
)
LEFT_TO_DEFAULT = frozenset({"test", "seed", "none", "every", "gradients"})
UNNAMED = "cache"
DEEPEST = 12  # lists in lists: parameters may be nested as the layers are chained
CONSTANTS: dict[str, Any] = {
    "epochs": 1,
    "zero": 0.0,
    "one": 1.0,
    "far": 1e9,
    "quiet": False,
    "every": 1000,
    "seed": 0,
    "none": None,
    "test": None,
}


@dataclass
class Context:
    """What arguments may be made of.

    Attributes:
        roles: A value for each role: X, Y, rate, ...
        names: A value for each name of the person's, such as `Z1`, that a call has returned.
    """

    roles: dict[str, Any]
    names: dict[str, Any] = field(default_factory=dict)

    def with_roles(self, **roles: Any) -> Context:
        """The same with other roles."""
        return Context(self.roles | roles, dict(self.names))


@dataclass(frozen=True)
class Filled:
    """The arguments of a call, and which roles they have."""

    positional: tuple[Any, ...]
    named: dict[str, Any]
    roles: dict[str, str]  # parameter -> role


def filled(definition: Definition, context: Context) -> Filled | str:
    """The arguments for this function; the name of the first parameter that nothing fits."""
    roles = roles_of(definition, context)
    values: dict[str, Any] = {}
    for parameter in definition.parameters:
        if parameter.kind in ("args", "kwargs"):
            continue
        found, value = value_for(parameter, roles.get(parameter.name), context)
        if found:
            values[parameter.name] = value
        elif parameter.default is None:
            return parameter.name
    positional: list[Any] = []
    for parameter in definition.parameters:
        if parameter.kind != "positional" or parameter.name not in values:
            break
        positional.append(values.pop(parameter.name))
    return Filled(tuple(positional), values, roles)


def value_for(parameter: Parameter, what: str | None, context: Context) -> tuple[bool, Any]:
    """Whether there is a value for a parameter, and which."""
    for name in (
        parameter.name,
        *(n for n in context.names if n.lower() == parameter.name.lower()),
    ):
        if name in context.names:
            return True, context.names[name]
    if what in LEFT_TO_DEFAULT and parameter.default is not None:
        return False, None
    if what == "test":  # what is trained with serves to test with too
        trained = role(without_test(parameter.name))
        if trained in context.roles:
            return True, context.roles[trained]
    size = size_role(parameter.name) if parameter.default is None else None
    for known in (what, size if what is None or what not in context.roles else None):
        if known in context.roles:
            return True, context.roles[known]
    if what == "test":
        return True, tested_with(parameter.name, context)
    if what in CONSTANTS:
        return True, like_default(CONSTANTS[what], parameter.default)
    return False, None


def tested_with(name: str, context: Context) -> Any:
    """What stands for the data of a test, which must be there: those of training."""
    given = context.roles
    if "X" not in given:
        return given.get("pairs")
    if is_targets(name):
        return given.get("Y")
    return given["X"] if re.search(r"x|in|feat", name, re.I) else (given["X"], given.get("Y"))


def is_targets(name: str) -> bool:
    """Whether the name of data of a test says that these are its targets."""
    return OF_TARGETS.search(name) is not None


def like_default(value: Any, default: str | None) -> Any:
    """A constant in the type of the parameter's default: 0 for an int, False for a bool."""
    if default is None:
        return value
    try:
        usual = ast.literal_eval(default)
    except (ValueError, SyntaxError):
        return value
    if isinstance(usual, str) or usual is None:
        return usual
    return type(usual)(value) if isinstance(usual, int | float) and value is not None else value


def role_of(parameter: Parameter) -> str | None:
    """What a parameter is for; where it must be given, a part of its name is enough."""
    what = role(parameter.name)
    must = parameter.default is None and parameter.kind == "positional"
    return loosely(parameter.name) if what is None and must else what


def roles_of(definition: Definition, context: Context) -> dict[str, str]:
    """A role for each parameter of a function; the only one of training that is left is Y."""
    found = parameter_roles(definition.parameters, context)
    if "pairs" in context.roles and not {"X", "Y", "pairs"} & set(found.values()):
        found |= paired(definition)
    if not {"X", "pairs"} & set(found.values()):
        found |= zipped(definition)
    if "epochs" not in found.values():
        found |= dict.fromkeys(counts_of(definition), "epochs")
    if "rate" not in found.values():
        found |= dict(zip(factors_of(definition), ("rate", "zero"), strict=False))
    if "X" not in found.values() and means(FORWARD, definition.name):
        found |= dict.fromkeys(entering(definition, found, context), "X")
    if {"Y", "pairs"} & set(found.values()):
        return found
    if not any(means(what, definition.name) for what in (TRAIN, BACKWARD)):
        return found
    left = [
        p.name for p in definition.parameters
        if p.name not in found and p.name not in context.names and is_plain(p)
    ]  # fmt: skip
    with_x = "X" in found.values() or len(definition.parameters) == 1
    return found | {left[0]: "Y"} if len(left) == 1 and with_x else found


def entering(definition: Definition, found: dict[str, str], context: Context) -> list[str]:
    """What going forward must be given, where it is one thing of a name that says nothing: `a`."""
    needed = [p.name for p in definition.parameters if is_plain(p)]
    said = [
        name for name in needed if name in context.names or found.get(name, "output") != "output"
    ]
    return [] if said or len(needed) != 1 else needed


@functools.cache
def paired(definition: Definition) -> dict[str, str]:
    """The parameter of rows with their targets, `for x, y in batch`, and `n`, how many they are."""
    loops = [n for n in ast.walk(definition.node) if isinstance(n, ast.For)]
    over = {
        ast.unparse(loop.iter)
        for loop in loops
        if isinstance(loop.target, ast.Tuple)
        and [role(ast.unparse(one)) for one in loop.target.elts] == ["X", "Y"]
    }
    names = [p.name for p in definition.parameters if is_plain(p)]
    found = {name: "pairs" for name in names if name in over}
    return found | {name: "rows" for name in names if found and name == "n"}


@functools.cache
def zipped(definition: Definition) -> dict[str, str]:
    """The rows and the targets of what goes over both at once: `for x, t in zip(people, ages)`."""
    if not means(TRAIN, definition.name):
        return {}
    names = {p.name for p in definition.parameters if is_plain(p)}
    for node in ast.walk(definition.node):
        match node:
            case ast.For(iter=ast.Call(func=ast.Name("zip"), args=[ast.Name(x), ast.Name(y)])):
                if {x, y} <= names:
                    return {x: "X", y: "Y"}
    return {}


@functools.cache
def counts_of(definition: Definition) -> frozenset[str]:
    """The parameters that say how often a function that trains goes round: `range(times)`."""
    if not means(TRAIN, definition.name):
        return frozenset()
    over = {
        ast.unparse(node.iter)
        for node in ast.walk(definition.node)
        if isinstance(node, ast.For)
    }  # fmt: skip
    names = {p.name for p in definition.parameters if is_plain(p) and role(p.name) is None}
    return frozenset(name for name in names if f"range({name})" in over)


@functools.cache
def factors_of(definition: Definition) -> tuple[str, ...]:
    """The parameters that an update is multiplied by: `w[i] = w[i] + n * change + m * before`.

    The first is the learning rate; another one is momentum. What the value itself is multiplied by,
    `m = b * m + (1 - b) * g`, is neither.
    """
    names: set[str] = set()
    for node in ast.walk(definition.node):
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
            names |= multiplied_by(node.value, "")
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
            target = ast.unparse(node.targets[0])
            if any(ast.unparse(part) == target for part in ast.walk(node.value)):
                names |= multiplied_by(node.value, target)
    unknown = (None, "rows")
    found = [p.name for p in definition.parameters if p.name in names and role(p.name) in unknown]
    return tuple(found) if len(found) <= 2 else ()


def multiplied_by(value: ast.expr, target: str) -> set[str]:
    """The names that something else than the target is multiplied by."""
    return {
        one.id
        for part in ast.walk(value)
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult)
        for one, other in ((part.left, part.right), (part.right, part.left))
        if isinstance(one, ast.Name) and ast.unparse(other) != target
    }


def is_plain(parameter: Parameter) -> bool:
    """Whether a parameter must be given, and says nothing of sizes."""
    needed = parameter.default is None and parameter.kind == "positional"
    return needed and size_role(parameter.name) is None


def parameter_roles(parameters: tuple[Parameter, ...], context: Context) -> dict[str, str]:
    """A role for each parameter, each of the main ones once."""
    found = {p.name: what for p in parameters if (what := role_of(p)) is not None}
    taken = set(found.values())
    if "Y" not in taken and "pairs" not in taken:
        for name, what in found.items():  # `def train(self, inputs, outputs)`
            if what == "output" and "X" in taken and "output" not in context.roles:
                found[name] = "Y"
    if "pairs" in taken and ("Y" in found.values() or "pairs" not in context.roles):
        for name, what in found.items():
            if what == "pairs":
                found[name] = "X"
    seen_x = False
    for name, what in list(found.items()):  # a second X is one that we know nothing of
        if what == "X":
            if seen_x and name not in context.names:
                found[name] = "rows" if name == "n" else what
            seen_x = True
    return found


def flattened(value: Any, path: str = "", depth: int = 0) -> dict[str, Any]:
    """The arrays, lists of numbers and numbers within a value, by their path."""
    if isinstance(value, np.ndarray | int | float | str) or depth > DEEPEST:
        return {path: value}
    found: dict[str, Any] = {}
    if isinstance(value, Mapping):
        for key, one in value.items():
            found |= flattened(one, f"{path}[{key!r}]", depth + 1)
    elif isinstance(value, list | tuple):
        for at, one in enumerate(value):
            found |= flattened(one, f"{path}[{at}]", depth + 1)
    return found


def with_item(value: Any, path: str, new: Any) -> Any:
    """A value with what stands at a path replaced; tuples and lists keep their kind."""
    if not path:
        return new
    end = path.index("]")
    key = ast.literal_eval(path[1:end])
    rest = path[end + 1 :]
    if isinstance(value, Mapping):
        return {k: with_item(v, rest, new) if k == key else v for k, v in value.items()}
    items = [with_item(v, rest, new) if at == key else v for at, v in enumerate(value)]
    return tuple(items) if isinstance(value, tuple) else items


def named_results(
    definition: Definition, value: Any, targets: Sequence[tuple[str, ...]] = ()
) -> dict[str, Any]:
    """What a function returned, by the names of its return statement and of those who call it."""
    found: dict[str, Any] = {}
    for names in definition.returns:
        found |= by_names(names, value) | without_name(names, value)
    for parameter in definition.parameters:  # `return x`, which began as the input, is no input
        if role_of(parameter) == "X":
            found.pop(parameter.name, None)
    for names in targets:
        found |= by_names(names, value)
    return found


def without_name(names: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A dictionary that is returned as it is made, beside the output, by what most call it."""
    if not isinstance(value, tuple | list) or len(value) != len(names):
        return {}
    made = [v for n, v in zip(names, value, strict=True) if n.startswith("{") and v]
    return {UNNAMED: made[0]} if len(made) == 1 and isinstance(made[0], Mapping) else {}


def by_names(names: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A value, or the elements of one, by these names; those that are no names left out."""
    if len(names) == 1:
        return {names[0]: value} if names[0].isidentifier() else {}
    if isinstance(value, tuple | list) and len(value) == len(names):
        return {n: v for n, v in zip(names, value, strict=True) if n.isidentifier() and n != "_"}
    return {}


def targets_of(trees: Sequence[ast.AST]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """For each function the names that its callers give to what it returns."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                called = ast.unparse(node.value.func).rpartition(".")[2]
                target = node.targets[0]
                elements = target.elts if isinstance(target, ast.Tuple) else [target]
                found.setdefault(called, []).append(tuple(ast.unparse(e) for e in elements))
    return {name: tuple(dict.fromkeys(each)) for name, each in found.items()}
