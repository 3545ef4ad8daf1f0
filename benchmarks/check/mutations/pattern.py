"""A pattern of source text, matched against the tree: names that end in `_` stand for anything."""

from __future__ import annotations

import ast
from functools import cache

NUMPY = {"numpy": "np", "cp": "np"}


@cache
def _compiled(pattern: str) -> ast.AST:
    return ast.parse(pattern, mode="eval").body


def same(first: ast.AST, second: ast.AST) -> bool:
    """Whether two trees say the same."""
    return ast.dump(first).replace("Store()", "Load()") == ast.dump(second).replace(
        "Store()", "Load()"
    )


def match(node: ast.AST, *patterns: str) -> dict[str, ast.AST] | None:
    """What the names of the first pattern that fits stand for; None where none does.

    `match(tree, "x_ * (1 - x_)")` gives `{"x_": ...}`. The order of keywords does not matter, and
    1 is 1.0.
    """
    for pattern in patterns:
        found: dict[str, ast.AST] = {}
        if _fits(node, _compiled(pattern), found):
            return found
    return None


def _fits(node: object, pattern: object, found: dict[str, ast.AST]) -> bool:
    if isinstance(pattern, ast.Name) and pattern.id.endswith("_"):
        if pattern.id in found:
            return isinstance(node, ast.AST) and same(node, found[pattern.id])
        found[pattern.id] = node
        return isinstance(node, ast.expr)
    if isinstance(pattern, ast.Constant) and isinstance(node, ast.Constant):
        return pattern.value == node.value
    if isinstance(pattern, ast.Name) and isinstance(node, ast.Name):
        return NUMPY.get(node.id, node.id) == pattern.id
    if type(node) is not type(pattern):
        return False
    if isinstance(pattern, ast.Call):
        return _call_fits(node, pattern, found)
    if isinstance(pattern, ast.AST):
        return all(
            _fits(getattr(node, name, None), value, found)
            for name, value in ast.iter_fields(pattern)
            if name not in ("ctx", "kind", "type_comment")
        )
    if isinstance(pattern, list):
        return len(node) == len(pattern) and all(
            _fits(n, p, found) for n, p in zip(node, pattern, strict=True)
        )
    return node == pattern


def _call_fits(node: ast.Call, pattern: ast.Call, found: dict[str, ast.AST]) -> bool:
    theirs = {k.arg: k.value for k in node.keywords}
    ours = {k.arg: k.value for k in pattern.keywords}
    return (
        theirs.keys() == ours.keys()
        and _fits(node.func, pattern.func, found)
        and _fits(node.args, pattern.args, found)
        and all(_fits(theirs[name], value, found) for name, value in ours.items())
    )
