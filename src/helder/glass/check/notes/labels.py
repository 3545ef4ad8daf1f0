"""Notes on labels: text, or decimals, where whole numbers are needed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from helder.glass.check.notes.scopes import (
    Scope,
    assigned,
    called,
    data_of,
    dotted,
    own_nodes,
)
from helder.text import say

READS = ("loadtxt", "genfromtxt")
TEXT, DECIMAL = "text", "decimals"  # what numbers of a file become, unless they are made whole


def labels_as_text(scope: Scope) -> Iterator[tuple[int, str]]:
    """Labels as a file was read, used as the numbers of columns, or compared with argmax."""
    kinds: dict[str, str] = {}  # names that hold what a file was read as
    for statement in scope.statements:
        for node in own_nodes(statement):
            for name in used_as_numbers(node, kinds):
                told = say("check.labels_as_text", name=name, kind=kinds[name])
                yield statement.lineno, told
        for name, value in assigned(statement):
            kind = kind_of(value, kinds)
            kinds.pop(name, None)
            if kind is not None:
                kinds[name] = kind


def kind_of(value: ast.expr, kinds: dict[str, str]) -> str | None:
    """What an expression holds as it was read: text, decimals, or nothing that we know."""
    if isinstance(value, ast.Call) and called(value) in READS:
        dtype = next((word.value for word in value.keywords if word.arg == "dtype"), None)
        named = "" if dtype is None else ast.unparse(dtype)
        if dtype is None or named in ("float", "np.float64", "np.float32"):
            return DECIMAL
        return TEXT if named in ("str", "np.str_", "object", "'str'", "'U'") else None
    if isinstance(value, ast.Subscript):
        return kinds.get(data_of(value))
    return kinds.get(dotted(value))


def used_as_numbers(node: ast.AST, kinds: dict[str, str]) -> Iterator[str]:
    """The names that are used as numbers of columns here, or compared with those of argmax."""
    if isinstance(node, ast.Subscript):
        one_hot = isinstance(node.value, ast.Call) and called(node.value) in ("eye", "identity")
        if one_hot and dotted(node.slice) in kinds:
            yield dotted(node.slice)
        if isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
            rows, column = node.slice.elts
            counted = isinstance(rows, ast.Call) and called(rows) in ("arange", "range")
            if counted and dotted(column) in kinds:
                yield dotted(column)
    if isinstance(node, ast.Compare) and len(node.comparators) == 1:
        sides = (node.left, node.comparators[0])
        if any(isinstance(side, ast.Call) and called(side) == "argmax" for side in sides):
            yield from (dotted(side) for side in sides if kinds.get(dotted(side)) == TEXT)
