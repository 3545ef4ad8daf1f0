"""Networks that are made empty and then given their layers, one call of `add` after the other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from helder.glass.check.network import roles
from helder.glass.check.network.binding.constructing import Wish, constructions, made_with
from helder.glass.check.network.binding.templates import Template, UnknownError, names_in
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session, Thing

ADDING = re.compile(
    r"(add|append|push|insert|stack|agrega\w*|anade\w*|toevoeg\w*|ajout\w*|aggiung\w*|"
    r"adiciona\w*|hinzu\w*|create|new|make|crea\w*|voeg\w*)?_*(\w*layer|dense|capa|couche|laag|"
    r"schicht|camada|strato|fc|linear)?s?(_?toe)?",
    re.IGNORECASE,
)
MOST = 4  # ways to fill one that are tried


def filled(
    session: Session,
    handle: str,
    owner: Definition,
    definitions: Sequence[Definition],
    trees: Sequence[ast.AST],
    wish: Wish,
) -> Iterator[str]:
    """Handles of copies with layers: as the file gives them to its own, else as we would."""
    own = [d for d in definitions if d.owner == owner.path and not d.lacks_self]
    adding = [d for d in own if ADDING.fullmatch(d.name) and d.parameters]
    if not adding:
        return
    for calls in [*their_calls(owner, adding, definitions, session, trees)][:MOST]:
        copied = after(session, handle, calls)
        if copied is not None:
            yield copied
            return
    for calls in [*our_calls(adding, definitions, session, wish)][:MOST]:
        copied = after(session, handle, calls)
        if copied is not None:
            yield copied
            return


Calls = list[tuple[Definition, dict[str, Any]]]  # methods, and what each is given by name


def after(session: Session, handle: str, calls: Calls) -> str | None:
    """The handle of a copy after these calls; None where one of them fails."""
    copied = session.copy(handle).value
    if not isinstance(copied, Thing) or not calls:
        return None
    for method, arguments in calls:
        at_it = Definition(
            f"{copied.handle}.{method.name}", method.kind, method.file, method.line,
            method.parameters, method.returns, method.node,
        )  # fmt: skip
        if made_with(session, at_it, arguments).problem is not None:
            return None
    return copied.handle


def their_calls(
    owner: Definition,
    adding: Sequence[Definition],
    definitions: Sequence[Definition],
    session: Session,
    trees: Sequence[ast.AST],
) -> Iterator[Calls]:
    """What the file calls on each network that it makes of this class."""
    known = {d.name: d for d in adding}
    for tree in trees:
        inner = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for scope in (*inner, tree):
            for name in made_in(scope, owner.name):
                template = Template(definitions, session, names_in(scope, tree))
                try:
                    yield [
                        (known[method], template.arguments(call, known[method]))
                        for method, call in calls_on(scope, name)
                        if method in known
                    ]
                except UnknownError:
                    continue


def made_in(scope: ast.AST, name: str) -> Iterator[str]:
    """The names that stand for a new instance of a class: `net` of `net = Network()`."""
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[target, *_], value=ast.Call(func=func)):
                if ast.unparse(func) == name:
                    yield ast.unparse(target)


def calls_on(scope: ast.AST, name: str) -> list[tuple[str, ast.Call]]:
    """The methods of a name that are called as statements, in the order of the file."""
    found = [
        (node.value.func.attr, node.value)
        for node in ast.walk(scope)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and ast.unparse(node.value.func.value) == name
    ]
    return sorted(found, key=lambda one: (one[1].lineno, one[1].col_offset))


def our_calls(
    adding: Sequence[Definition],
    definitions: Sequence[Definition],
    session: Session,
    wish: Wish,
) -> Iterator[Calls]:
    """Calls that add two layers of our sizes, with their sizes or as objects."""
    sizes = [*pairwise((wish.inputs, wish.hidden[0], wish.outputs))]
    for method in adding:
        if sized(method) & {"n_out", "n_hidden"}:
            given = [one_layer(method, session, *size) for size in sizes]
            yield [(method, arguments) for arguments in given if arguments is not None]
        needed = [p.name for p in method.parameters if p.default is None]
        for other in definitions if len(needed) == 1 else ():
            if other.kind == "class" and "n_in" in sized(other):
                given = [one_layer(other, session, *size) for size in sizes]
                made = [made_with(session, other, a).value for a in given if a is not None]
                yield [(method, {needed[0]: one}) for one in made if isinstance(one, Thing)]


def sized(definition: Definition) -> set[str | None]:
    """What the parameters say about sizes."""
    return {roles.size_role(p.name) for p in definition.parameters}


def one_layer(
    definition: Definition, session: Session, n_in: int, n_out: int
) -> dict[str, Any] | None:
    """The arguments for a layer of this size."""
    ways = constructions(definition, session, Wish(n_in, (n_out,), n_out))
    plain = (w for w in ways if not any(isinstance(value, list) for value in w.values()))
    return next(plain, None)
