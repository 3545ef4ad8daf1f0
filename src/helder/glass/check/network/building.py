"""Networks that are filled after they are made: `net.add(Layer(4, 5))`, `net.add_layer(4, 5)`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from helder.glass.check.definitions import Definition, Parameter
from helder.glass.check.network import roles
from helder.glass.check.network.constructing import Wish, made_with, other_value
from helder.glass.check.network.templates import Template, UnknownError, names_in
from helder.glass.check.session import Session, Thing

ADDING = re.compile(r"add|append|push|insert|stack|put|agreg|voeg|ajout|hinzu", re.IGNORECASE)
MOST_CALLS = 12


def filled_up(
    session: Session,
    handle: str,
    methods: Sequence[Definition],
    definitions: Sequence[Definition],
    trees: Sequence[ast.AST],
    wish: Wish,
) -> Iterator[str]:
    """Copies of an object that have layers: in sizes that we choose, then as the file fills it.

    Args:
        session: Where the file is loaded.
        handle: The object, which has no layers yet.
        methods: Those of its class.
        definitions: What the file defines.
        trees: Its syntax trees.
        wish: The sizes.
    """
    for method in methods:
        if not ADDING.match(method.name.lstrip("_")):
            continue
        for calls in with_sizes(session, method, definitions, wish):
            copied = session.copy(handle).value
            if isinstance(copied, Thing) and added(session, copied.handle, method, calls):
                yield copied.handle
    yield from as_in_file(session, handle, methods, definitions, trees)


def added(
    session: Session, handle: str, method: Definition, calls: Sequence[dict[str, Any]]
) -> bool:
    """Whether a method could be called with all of these arguments."""
    path = f"{handle}.{method.name}"
    return all(session.call(path, **arguments).problem is None for arguments in calls)


def with_sizes(
    session: Session, method: Definition, definitions: Sequence[Definition], wish: Wish
) -> Iterator[list[dict[str, Any]]]:
    """The calls of a method that add layers of the sizes that we would like."""
    layers = [*pairwise([wish.inputs, *wish.hidden, wish.outputs])]
    needed = [p for p in method.parameters if p.default is None and p.kind == "positional"]
    sizes = ends_of(needed)
    if sizes is not None:
        yield [arguments_of(needed, sizes, layer, session) for layer in layers]
    if len(needed) != 1:
        return
    for owner in definitions:
        its = [p for p in owner.parameters if p.default is None and p.kind == "positional"]
        sizes = ends_of(its) if owner.kind == "class" else None
        if sizes is None or owner.path == method.owner:
            continue
        made = [
            made_with(session, owner, arguments_of(its, sizes, layer, session)).value
            for layer in layers
        ]
        if all(isinstance(one, Thing) for one in made):
            yield [{needed[0].name: one} for one in made]


def ends_of(parameters: Sequence[Parameter]) -> tuple[str, str] | None:
    """Which parameters of a layer are the numbers of its inputs and outputs."""
    said = {p.name: roles.size_role(p.name) for p in parameters}
    sizes = [name for name, what in said.items() if what is not None]
    if len(sizes) != 2:
        return None
    turned = said[sizes[1]] == "n_in" or said[sizes[0]] == "n_out"
    return (sizes[1], sizes[0]) if turned else (sizes[0], sizes[1])


def arguments_of(
    parameters: Sequence[Parameter], ends: tuple[str, str], layer: tuple[int, int], session: Session
) -> dict[str, Any]:
    """The arguments with which a layer of these sizes is made."""
    others = {p.name: other_value(p, session)[0] for p in parameters if p.name not in ends}
    return others | dict(zip(ends, layer, strict=True))


def as_in_file(
    session: Session,
    handle: str,
    methods: Sequence[Definition],
    definitions: Sequence[Definition],
    trees: Sequence[ast.AST],
) -> Iterator[str]:
    """A copy of an object that is filled with the calls of the file, where it has such."""
    known = {d.name: d for d in methods if ADDING.match(d.name.lstrip("_"))}
    for tree in trees:
        inner = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for scope in (*inner, tree):
            calls = [
                node.value
                for node in ast.walk(scope)
                if isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Call)
                and isinstance(node.value.func, ast.Attribute)
                and node.value.func.attr in known
                and ast.unparse(node.value.func.value) != "self"
            ]
            copied = session.copy(handle).value if 1 < len(calls) <= MOST_CALLS else None
            if not isinstance(copied, Thing):
                continue
            template = Template(definitions, session, names_in(scope, tree))
            try:
                for call in calls:
                    assert isinstance(call.func, ast.Attribute)
                    method = known[call.func.attr]
                    added(session, copied.handle, method, [template.arguments(call, method)])
            except UnknownError:
                continue
            yield copied.handle
