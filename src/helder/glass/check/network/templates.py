"""The person's own calls as templates: what a network is made with, but for its sizes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from helder.glass.check.definitions import Definition
from helder.glass.check.network.constructing import DISTINCT
from helder.glass.check.network.roles import role, size_role
from helder.glass.check.session import Named, Session

SIZES = {"n_in": DISTINCT.inputs, "n_out": DISTINCT.outputs, "n_hidden": DISTINCT.hidden[0]}
USUAL = {"rate": 0.1, "batch": 6, "rows": 6, "seed": 0, "epochs": 1}
DEEPEST = 4


class UnknownError(Exception):
    """An argument that we cannot make."""


def own_calls(
    owner: Definition,
    definitions: Sequence[Definition],
    trees: Sequence[ast.AST],
    session: Session,
) -> Iterator[dict[str, Any]]:
    """The arguments, by name, with which the file itself calls a class or function."""
    seen: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != owner.name:
                continue
            text = ast.unparse(node)
            if text in seen:
                continue
            seen.add(text)
            try:
                yield arguments_of(node, owner, definitions, session, 0)
            except UnknownError:
                continue


def arguments_of(
    node: ast.Call,
    owner: Definition,
    definitions: Sequence[Definition],
    session: Session,
    depth: int,
) -> dict[str, Any]:
    """The values of a call's arguments."""
    names = [p.name for p in owner.parameters if p.kind == "positional"]
    given = dict(zip(names, node.args, strict=False))
    if len(node.args) > len(given) or any(isinstance(a, ast.Starred) for a in node.args):
        raise UnknownError
    given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    return {
        name: value_of(expression, name, definitions, session, depth)
        for name, expression in given.items()
    }


def value_of(
    expression: ast.expr,
    name: str,
    definitions: Sequence[Definition],
    session: Session,
    depth: int,
) -> Any:
    """The value of an argument: as it stands, as the file has it, or as its name wants it."""
    try:
        return ast.literal_eval(expression)
    except (ValueError, SyntaxError, TypeError):
        pass
    if depth > DEEPEST:
        raise UnknownError
    if isinstance(expression, ast.Name | ast.Attribute):
        path = ast.unparse(expression)
        if session.read(path).problem is None:
            return Named(path)
    if isinstance(expression, ast.Call):
        made = made_by(expression, definitions, session, depth + 1)
        if made is not None:
            return made
    if isinstance(expression, ast.List | ast.Tuple):
        found = [element(e, at, expression, definitions, session, depth)
                 for at, e in enumerate(expression.elts)]  # fmt: skip
        return found if isinstance(expression, ast.List) else tuple(found)
    value = SIZES.get(size_role(name) or "", USUAL.get(role(name) or ""))
    if value is None:
        raise UnknownError
    return value


def element(
    expression: ast.expr,
    at: int,
    parent: ast.List | ast.Tuple,
    definitions: Sequence[Definition],
    session: Session,
    depth: int,
) -> Any:
    """An element of a list: a size that cannot be known is ours, by where it stands."""
    try:
        return value_of(expression, "", definitions, session, depth + 1)
    except UnknownError:
        if at == 0:
            return DISTINCT.inputs
        return DISTINCT.outputs if at == len(parent.elts) - 1 else DISTINCT.hidden[0]


def made_by(node: ast.Call, definitions: Sequence[Definition], session: Session, depth: int) -> Any:
    """What a call of the person's own, or of NumPy's random generator, gives; None if unknown."""
    name = ast.unparse(node.func)
    if name.endswith(("default_rng", "RandomState")):
        return session.call(name, 0).value
    owner = next((d for d in definitions if d.path == name), None)
    if owner is None:
        return None
    outcome = session.call(name, **arguments_of(node, owner, definitions, session, depth))
    return outcome.value if outcome.problem is None else None
