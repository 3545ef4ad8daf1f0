"""Code that is run a little otherwise than it is written, where a short training would stop it."""

from __future__ import annotations

import ast


class NeverByZero(ast.NodeTransformer):
    """`epoch % (epochs // 10)` fails for fewer than ten epochs: there it is taken as every one."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Mod) and is_share(node.right):
            otherwise = ast.BoolOp(ast.Or(), [node.right, ast.Constant(1)])
            node.right = ast.fix_missing_locations(ast.copy_location(otherwise, node.right))
        return node


def is_share(node: ast.expr) -> bool:
    """Whether this is `a // b` or `int(a / b)`, which may be 0."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("int", "round") and node.args:
        return isinstance(node.args[0], ast.BinOp)
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv)


def parsed(text: str) -> ast.Module:
    """The syntax tree that is run."""
    tree = NeverByZero().visit(ast.parse(text))
    assert isinstance(tree, ast.Module)
    return tree
