"""Rows, targets and settings under the names that an adapter gives them."""

from __future__ import annotations

import ast
import copy

from helder.glass.check.network.adapting.scopes import Scope
from helder.glass.check.network.adapting.writing import Writer, parsed
from helder.glass.check.network.roles import role


class Drafting(ast.NodeTransformer):
    """The lines of one loop, or one call, on their way into an adapter."""

    def __init__(self, writer: Writer, scope: Scope) -> None:
        self.writer, self.scope = writer, scope
        self.data: dict[str, str] = {}
        self.inline: dict[str, ast.expr] = {}
        self.renamed: dict[str, str] = {}

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id in self.data:
            return parsed(self.data[node.value.id])
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.data:
            return parsed(self.data[node.id])
        if node.id in self.renamed:
            return ast.Name(self.renamed[node.id], node.ctx)
        if isinstance(node.ctx, ast.Load) and node.id in self.inline:
            return copy.deepcopy(self.inline[node.id])
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        of_self = isinstance(node.value, ast.Name) and node.value.id == self.scope.itself
        if of_self and isinstance(node.ctx, ast.Load) and role(node.attr) == "rate":
            return ast.Name("learning_rate", node.ctx)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        owner = self.writer.called(node)
        new = self.generic_visit(node)
        if owner is None or not isinstance(new, ast.Call):
            return new
        names = [p.name for p in owner.parameters if p.kind == "positional"]
        for at, name in enumerate(names[: len(new.args)]):
            new.args[at] = settled(new.args[at], name)
        for keyword in new.keywords:
            keyword.value = settled(keyword.value, keyword.arg or "")
        return new


def settled(node: ast.expr, name: str) -> ast.expr:
    """An argument of training as a check wants it: one epoch, our learning rate."""
    what = role(name)
    plain = isinstance(node, ast.Constant | ast.Name | ast.Attribute | ast.Subscript)
    if what == "rate" and plain:
        return ast.Name("learning_rate", ast.Load())
    if what == "epochs":
        return ast.Constant(1)
    if what == "quiet" and isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return ast.Constant(False)
    if what == "batch" and isinstance(node, ast.Constant) and isinstance(node.value, int):
        return ast.Constant(1000)
    number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    if what in ("zero", "one") and number and isinstance(node, ast.Constant):
        return ast.Constant(1.0 if what == "one" else 0.0)
    return node


class Renaming(ast.NodeTransformer):
    """Names under others."""

    def __init__(self, new: dict[str, str]) -> None:
        self.new = new

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self.new.get(node.id, node.id), node.ctx)
