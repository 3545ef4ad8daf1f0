"""The person's own calls as templates: what a network is made with, but for its sizes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from helder.glass.check.network.binding.calls import role_of
from helder.glass.check.network.binding.constructing import DISTINCT, generator, made_with
from helder.glass.check.network.roles import role, size_role
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Named, Session

SIZES = {"n_in": DISTINCT.inputs, "n_out": DISTINCT.outputs, "n_hidden": DISTINCT.hidden[0]}
USUAL = {"rate": 0.1, "batch": 6, "rows": 6, "seed": 0, "epochs": 1}
COPIES = ("deepcopy", "copy", "dict")
DEEPEST = 6
TIMES = 2  # for a number of layers


class UnknownError(Exception):
    """An argument that we cannot make."""


def own_calls(
    owner: Definition,
    definitions: Sequence[Definition],
    trees: Sequence[ast.AST],
    session: Session,
) -> Iterator[dict[str, Any]]:
    """The arguments, by name, with which the file itself calls a class or function."""
    for node, names in calls_of(owner, trees):
        try:
            yield Template(definitions, session, names).arguments(node, owner)
        except UnknownError:
            continue


def calls_of(
    owner: Definition, trees: Sequence[ast.AST]
) -> Iterator[tuple[ast.Call, dict[str, ast.expr]]]:
    """The file's own calls of a class or function, and what the names there are made from."""
    seen: set[str] = set()
    for tree in trees:
        inner = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for scope in (*inner, tree):
            for node in ast.walk(scope):
                if not isinstance(node, ast.Call) or ast.unparse(node.func) != owner.name:
                    continue
                text = ast.unparse(node)
                if text not in seen:
                    seen.add(text)
                    yield node, names_in(scope, tree)


def names_in(scope: ast.AST, tree: ast.AST) -> dict[str, ast.expr]:
    """What the names of a function, or of the file, are made from, where they stand first.

    A parameter is what the file calls the function with, else its default.
    """
    found: dict[str, ast.expr] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target, value in single(node.targets[0], node.value):
                found.setdefault(target, value)
    if scope is tree:
        return found
    if isinstance(scope, ast.FunctionDef):
        names = [argument.arg for argument in scope.args.args]
        defaults = scope.args.defaults
        found |= dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == scope.name:
                found |= dict(zip(names, node.args, strict=False))
    return names_in(tree, tree) | found


def single(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names of an assignment and what each is made from: `net, memory = build(), {}`."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, made in zip(target.elts, value.elts, strict=False):
            yield from single(one, made)


@dataclass(frozen=True)
class Template:
    """How the values of a call's arguments are found.

    Attributes:
        definitions: What the file defines.
        session: Where it is loaded.
        names: What the names at the call are made from.
        depth: How deep in other expressions it stands.
    """

    definitions: Sequence[Definition]
    session: Session
    names: dict[str, ast.expr]
    depth: int = 0
    made: dict[str, Any] = field(default_factory=dict)  # what names stand for, each made once

    def inside(self) -> Template:
        """The same for a part of the expression."""
        if self.depth > DEEPEST:
            raise UnknownError
        return replace(self, depth=self.depth + 1)

    def arguments(self, node: ast.Call, owner: Definition) -> dict[str, Any]:
        """The values of a call's arguments, by name."""
        names = [p.name for p in owner.parameters if p.kind == "positional"]
        rest = next((p.name for p in owner.parameters if p.kind == "args"), None)
        given = dict(zip(names, node.args, strict=False))
        if any(isinstance(a, ast.Starred) for a in node.args):
            raise UnknownError
        more = node.args[len(given) :]
        if more and rest is None:
            raise UnknownError
        given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        found = {name: self.argument(owner, name, e) for name, e in given.items()}
        if more and rest is not None:
            found[rest] = self.value(ast.List(more, ast.Load()), rest)
        return found

    def argument(self, owner: Definition, name: str, expression: ast.expr) -> Any:
        """The value of an argument, or how often it goes round where it only says that."""
        try:
            return self.value(expression, name)
        except UnknownError:
            if f"range({name})" in ast.unparse(owner.node):
                return TIMES
            raise

    def value(self, expression: ast.expr, name: str) -> Any:
        """The value of an argument: as it stands, as the file has it, or as its name wants it."""
        try:
            return ast.literal_eval(expression)
        except (ValueError, SyntaxError, TypeError):
            pass
        if isinstance(expression, ast.Name | ast.Attribute):
            path = ast.unparse(expression)
            if self.session.read(path).problem is None:
                return Named(path)
        if isinstance(expression, ast.Call):
            made = self.inside().made_by(expression)
            if made is not None:
                return made
        if isinstance(expression, ast.List | ast.Tuple):
            found = [self.element(e, at, expression) for at, e in enumerate(expression.elts)]
            return found if isinstance(expression, ast.List) else tuple(found)
        value = SIZES.get(size_role(name) or "", USUAL.get(role(name) or ""))
        if value is not None:
            return generator(self.session, name) or value
        if isinstance(expression, ast.Name) and expression.id in self.names:
            if expression.id not in self.made:
                found = self.inside().value(self.names[expression.id], name)
                self.made[expression.id] = found
            return self.made[expression.id]
        if isinstance(expression, ast.Subscript | ast.Attribute):
            return self.inside().part(expression)
        raise UnknownError

    def part(self, expression: ast.Subscript | ast.Attribute) -> Any:
        """An item or attribute of what the file has: `cfg["optimizer"]`, `args.hidden`."""
        whole = self.value(expression.value, "")
        step = ast.unparse(expression).removeprefix(ast.unparse(expression.value))
        place = whole.name if isinstance(whole, Named) else getattr(whole, "handle", None)
        if place is not None:
            found = self.session.read(f"{place}{step}")
        if place is None or found.problem is not None:
            raise UnknownError
        return found.value

    def element(self, expression: ast.expr, at: int, parent: ast.List | ast.Tuple) -> Any:
        """An element of a list: a size that cannot be known is ours, by where it stands."""
        try:
            return self.inside().value(expression, "")
        except UnknownError:
            if at == 0:
                return DISTINCT.inputs
            return DISTINCT.outputs if at == len(parent.elts) - 1 else DISTINCT.hidden[0]

    def made_by(self, node: ast.Call) -> Any:
        """What a call of the person's own, or of NumPy's random generator, gives; else None."""
        name = ast.unparse(node.func)
        if name.endswith(("default_rng", "RandomState")):
            return self.session.call(name, 0).value
        if name.rpartition(".")[2] in COPIES and len(node.args) == 1:
            return self.value(node.args[0], "")
        owner = next((d for d in self.definitions if d.path == name), None)
        if owner is None or (owner.kind != "class" and works_on_rows(owner)):
            return None
        outcome = made_with(self.session, owner, self.arguments(node, owner))
        return outcome.value if outcome.problem is None else None


def works_on_rows(definition: Definition) -> bool:
    """Whether a function takes rows, targets or parameters: it makes no settings."""
    taken = {role_of(parameter) for parameter in definition.parameters}
    return bool(taken & {"X", "Y", "pairs", "parameters", "gradients"})
