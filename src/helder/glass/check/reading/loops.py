"""The loops of a file's top level, found, and one pass of a body as code of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

MAIN = "__main__"


@dataclass(frozen=True)
class Loop:
    """A loop of the top level.

    Attributes:
        name: How a session runs it: `loop 1`, in the order of the file.
        line: Of its `for` or `while`, from 1.
        node: Its syntax tree.
    """

    name: str
    line: int
    node: ast.For | ast.While


def is_main_guard(node: ast.stmt) -> bool:
    """Whether this is `if __name__ == "__main__":`."""
    match node:
        case ast.If(
            test=ast.Compare(ops=[ast.Eq()], left=ast.Name("__name__"), comparators=[right])
        ):
            return isinstance(right, ast.Constant) and right.value == MAIN
        case ast.If(
            test=ast.Compare(ops=[ast.Eq()], left=left, comparators=[ast.Name("__name__")])
        ):
            return isinstance(left, ast.Constant) and left.value == MAIN
    return False


def top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that a run of the file meets, also those within `if`, `with` and `try`."""
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        inner: list[ast.stmt] = []
        if isinstance(node, ast.If | ast.With | ast.Try):
            inner += node.body
        if isinstance(node, ast.Try):
            inner += [line for handler in node.handlers for line in handler.body]
        if isinstance(node, ast.If | ast.Try):
            inner += node.orelse
        if isinstance(node, ast.Try):
            inner += node.finalbody
        waiting.extend(reversed(inner))


def loops(tree: ast.Module) -> tuple[Loop, ...]:
    """The loops of the top level, those within another loop left out."""
    found = [node for node in top_level(tree.body) if isinstance(node, ast.For | ast.While)]
    return tuple(Loop(f"loop {i}", node.lineno, node) for i, node in enumerate(found, start=1))


def passes(loop: ast.For | ast.While, limit: str) -> ast.Module:
    """The loop as code that makes some passes of its body.

    Args:
        loop: A loop; of a `while` the condition is not asked.
        limit: The name of a function that the code finds: it takes what the loop goes over (None
            for a `while`) and gives as much of it as there shall be passes.
    """
    over = loop.iter if isinstance(loop, ast.For) else ast.Constant(None)
    target = loop.target if isinstance(loop, ast.For) else ast.Name("__helder_pass__", ast.Store())
    limited = ast.Call(func=ast.Name(limit, ast.Load()), args=[over], keywords=[])
    once = ast.For(target=target, iter=limited, body=loop.body, orelse=[])
    module = ast.Module(body=[ast.copy_location(once, loop)], type_ignores=[])
    return ast.fix_missing_locations(module)


def calls(tree: ast.Module) -> tuple[ast.Call, ...]:
    """The calls that a run of the file makes, those within functions and classes left out."""
    found: list[ast.Call] = []
    waiting: list[ast.AST] = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call):
            found.append(node)
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))
    return tuple(found)
