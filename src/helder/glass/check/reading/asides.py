"""What a loop tells beside its step: a print or an accuracy that lacks its data stops no step."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from helder.glass.check.reading.names import (
    FUNCTIONS,
    Known,
    called,
    read_by,
    root_name,
    stored,
    with_called,
)

Loop = TypeVar("Loop", ast.For, ast.While, ast.For | ast.While)
BLOCKS = ("body", "orelse", "finalbody")


def guarded(loop: Loop, known: Known) -> Loop:
    """The loop, where each statement that is no part of its step may lack a name.

    Args:
        loop: The loop, which stays as it is.
        known: The functions and classes of the file.
    """
    changed = copy.deepcopy(loop)
    needed = read_by([changed]) & stored([changed])  # what goes on from pass to pass
    while True:
        asides = Asides(known, frozenset(with_called(needed, known)))
        found = list(asides.outermost(changed))
        told = {id(part) for one in found for part in ast.walk(one)}
        more = {
            n.id
            for n in ast.walk(changed)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and id(n) not in told
        }
        if more <= needed:
            break
        needed |= more
    Guarding({id(one) for one in found}).generic_visit(changed)
    return changed


@dataclass(frozen=True)
class Asides:
    """Knows the statements from which nothing follows that the rest of a loop needs."""

    known: Known
    needed: frozenset[str]

    def outermost(self, node: ast.AST) -> Iterator[ast.stmt]:
        for name in BLOCKS:
            for one in getattr(node, name, []):
                if self.is_aside(one):
                    yield one
                elif not isinstance(one, (*FUNCTIONS, ast.ClassDef)):
                    yield from self.outermost(one)

    def is_aside(self, node: ast.stmt) -> bool:
        match node:
            case ast.Expr(value=ast.Call(func=ast.Name("print")) as call):
                return self.alters_nothing(call)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append") as function) as call):
                kept = root_name(function)
                return kept != "" and kept not in self.needed and self.alters_nothing(call)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return name not in self.needed and self.alters_nothing(value)
            case ast.AugAssign(target=ast.Name(id=name), value=ast.Constant()):
                return name not in self.needed
            case ast.If(test=test):
                return self.alters_nothing(test) and self.all_asides([*node.body, *node.orelse])
            case ast.For(target=ast.Name(id=name), iter=over):
                inner = self.all_asides([*node.body, *node.orelse])
                return inner and name not in self.needed and self.alters_nothing(over)
            case ast.Break() | ast.Pass():
                return True
        return False

    def all_asides(self, nodes: list[ast.stmt]) -> bool:
        return all(self.is_aside(one) for one in nodes)

    def alters_nothing(self, value: ast.expr) -> bool:
        """Whether what is called in an expression alters no parameter."""
        if any(isinstance(part, ast.NamedExpr | ast.Lambda) for part in ast.walk(value)):
            return False
        calls = [part.func for part in ast.walk(value) if isinstance(part, ast.Call)]
        return all(self.is_pure(function) for function in calls)

    def is_pure(self, function: ast.expr) -> bool:
        if isinstance(function, ast.Attribute):
            return not any(m.name == function.attr for m in self.methods())
        if not isinstance(function, ast.Name):
            return False
        if function.id not in self.known:
            return hasattr(builtins, function.id)
        return not any(alters(one) for one in called(function, self.known))

    def methods(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        classes = [one for one in self.known.values() if isinstance(one, ast.ClassDef)]
        return (m for one in classes for m in one.body if isinstance(m, FUNCTIONS))


def alters(function: ast.stmt) -> bool:
    """Whether a function may change what it is handed or what the file holds."""
    if not isinstance(function, FUNCTIONS):
        return True
    for part in ast.walk(function):
        if isinstance(part, ast.Global | ast.Nonlocal):
            return True
        if isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            return True
        if isinstance(part, ast.AugAssign) and not isinstance(part.value, ast.Constant):
            return True
    return False


class Guarding(ast.NodeTransformer):
    """Lets statements go on where a name is lacking."""

    def __init__(self, chosen: set[int]) -> None:
        self.chosen = chosen

    def visit(self, node: ast.AST) -> ast.AST:
        if id(node) not in self.chosen or isinstance(node, ast.Break | ast.Pass):
            return self.generic_visit(node)
        assert isinstance(node, ast.stmt)
        lacking = ast.ExceptHandler(ast.Name("NameError", ast.Load()), None, [ast.Pass()])
        guard = ast.Try([node], [lacking], [], [])
        return ast.fix_missing_locations(ast.copy_location(guard, node))
