"""Where a file trains: its loops, its functions that take rows and targets, its calls."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from helder.glass.check.network import roles
from helder.glass.check.network.adapting.lines import LOOPS
from helder.glass.check.network.adapting.scopes import Scope, opened, within
from helder.glass.check.network.adapting.writing import Writer
from helder.glass.check.network.roles import role
from helder.glass.check.reading.definitions import last_name

MAKES = re.compile(r"init|setup|set_up|build|creat|compile|reset|_new|alloc", re.IGNORECASE)


def sites(writer: Writer) -> Iterator[tuple[Scope, list[ast.stmt], ast.For | ast.While | None]]:
    """Where the file trains: the bodies of its loops, then calls that train as a whole."""
    scopes = writer.code.scopes
    ranked = sorted(scopes, key=lambda s: not (s.name and roles.means(roles.TRAIN, s.name)))
    looped = []
    for scope in ranked:
        loops = [s for s in scope.statements if isinstance(s, LOOPS)]
        looped += [(depth_of(loop), scope, loop) for loop in loops if makes_calls(writer, loop)]
    for _, scope, loop in sorted(looped, key=lambda found: found[0]):
        yield scope, loop.body, loop
    for scope in ranked:
        found = as_call(scope)
        if found is not None:
            yield scope, [found], None
    for scope in scopes:
        for statement in scope.statements:
            value = getattr(statement, "value", None)
            if isinstance(value, ast.Call) and trains(value):
                yield scope, [statement], None


def as_call(scope: Scope) -> ast.stmt | None:
    """A call of a whole function that takes rows and targets; None where it does not."""
    if isinstance(scope.node, ast.Module) or scope.name.startswith("__"):
        return None
    found = {name: role(name) for name in scope.parameters}
    if not {"X", "Y"} <= set(found.values()) and "pairs" not in found.values():
        return None
    function: ast.expr = ast.Name(scope.name, ast.Load())
    if scope.itself:
        function = ast.Attribute(ast.Name(scope.itself, ast.Load()), scope.name, ast.Load())
    elif scope.owner is not None:
        return None
    ours = ("rate", "epochs", "batch", "quiet", "zero", "one")
    names = [n for n, d in scope.parameters.items() if d is None or found[n] in ours]
    by_name = {n for n, default in scope.parameters.items() if default is not None}
    args: list[ast.expr] = [ast.Name(n, ast.Load()) for n in names if n not in by_name]
    keywords = [ast.keyword(n, ast.Name(n, ast.Load())) for n in names if n in by_name]
    line = ast.Expr(ast.Call(function, args, keywords))
    return ast.copy_location(line, scope.node.body[0])


def depth_of(loop: ast.stmt) -> int:
    """How many loops stand within a loop that call something: none in the innermost."""
    return sum(isinstance(part, LOOPS) for part in ast.walk(loop)) - 1


def makes_calls(writer: Writer, loop: ast.stmt) -> bool:
    """Whether a loop calls anything of the person's, or changes anything in place."""
    parts = list(within(loop))
    calls = [part for part in parts if isinstance(part, ast.Call)]
    known = {**writer.code.by_name, **writer.code.methods}
    return any(last_name(c) in known for c in calls)


def trains(call: ast.Call) -> bool:
    """Whether a call's name says that it trains, and not that it prepares."""
    name = last_name(call)
    return (
        roles.means(roles.TRAIN, name)
        and not MAKES.search(name)
        and bool(call.args or call.keywords)
    )


def loop_targets(scope: Scope, body: list[ast.stmt], loop: ast.For | ast.While | None) -> list[str]:
    """The names that the loops around these lines go through."""
    found: list[str] = []
    for node in scope.statements:
        if isinstance(node, ast.For) and any(line in list(opened(node.body)) for line in body):
            names = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
            counted = isinstance(node.iter, ast.Call) and last_name(node.iter) == "enumerate"
            found = [*names[1 if counted else 0 :], *found]
            found += names[:1] if counted else []
    return found
