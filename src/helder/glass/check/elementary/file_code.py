"""The code of the whole file, as trees: how its functions are called, and what becomes of it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helder.glass.check.reading.definitions import Definition

NO_CODE = ast.Module([], [])


@dataclass(frozen=True)
class FileCode:
    """What the file defines and does.

    Attributes:
        definitions: Of its functions, methods and classes.
        top: Its own tree, for what it does outside of them.
        file: Its name.
    """

    definitions: Sequence[Definition]
    top: ast.Module = NO_CODE
    file: str = ""

    @functools.cached_property
    def trees(self) -> list[tuple[str, ast.AST]]:
        """Each function by its path, and what stands outside of all by an empty one."""
        functions = [(d.path, d.node) for d in self.definitions if d.kind != "class"]
        defines = ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef
        outside = [("", node) for node in self.top.body if not isinstance(node, defines)]
        return [*functions, *outside]

    def nodes(self, besides: str = "?") -> Iterator[ast.AST]:
        """Every node, but those of one function."""
        for path, tree in self.trees:
            if path != besides:
                yield from ast.walk(tree)

    @functools.cached_property
    def numbers(self) -> frozenset[str]:
        """Names of the top level that are set to a number there: `EPS = 1e-9`."""
        return frozenset(
            target.id
            for node in self.top.body
            if isinstance(node, ast.Assign) and _is_number(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        )

    @functools.cached_property
    def calls(self) -> dict[str, list[ast.Call]]:
        """Every call, by the last name of what is called."""
        found: dict[str, list[ast.Call]] = {}
        for node in self.nodes():
            if isinstance(node, ast.Call):
                found.setdefault(last_name(node.func), []).append(node)
        return found


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def last_name(node: ast.AST) -> str:
    """The last name of an expression: `self.params['b1']` -> b1; empty where there is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return key.value
        return last_name(node.value)
    return ""
