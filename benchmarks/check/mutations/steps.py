"""The steps that a file takes: every statement or expression that changes a parameter."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mutations.code import Code
from mutations.roles import is_gradient, is_label, is_moment, is_reference, stem

RATE = re.compile(
    r"^_*(lr|l_r|alpha|eta|rate|pas|taux|tasa|passo|step_?(size|len)|leersnelheid|learn\w*rate)_*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Update:
    """`target -= amount`, or `target = before - amount`, in a comprehension too.

    Attributes:
        statement: It, or the one that it stands in.
        target: What changes.
        in_place: Whether it is `-=` or `+=`.
        sign: `-` or `+`.
        binop: The difference, where it is not in place.
        alone: Whether the statement does nothing else.
    """

    statement: ast.stmt
    target: ast.expr
    in_place: bool
    sign: str
    binop: ast.BinOp | None = None
    alone: bool = True


def updates_of(code: Code, is_parameter: Callable[[ast.expr], bool]) -> Iterator[Update]:
    """Every step, in the order of the text."""
    for node in code.all(ast.AugAssign, ast.BinOp):
        if not isinstance(node.op, ast.Add | ast.Sub):
            continue
        sign = "-" if isinstance(node.op, ast.Sub) else "+"
        if isinstance(node, ast.AugAssign):
            known = is_parameter(node.target) or has_rate(node.value)
            if known and not isinstance(node.value, ast.Constant) and may_change(node.target):
                yield Update(node, node.target, True, sign)
        else:
            yield from _rebinding(code, node, sign, is_parameter)


def _rebinding(
    code: Code, node: ast.BinOp, sign: str, is_parameter: Callable[[ast.expr], bool]
) -> Iterator[Update]:
    """`W = W - ...`, `[w - ... for w in ...]`."""
    outer = code.parent[node]
    if not is_reference(node.left) or not may_change(node.left):
        return
    if isinstance(outer, ast.Assign) and len(outer.targets) == 1:
        target = outer.targets[0]
        itself = ast.unparse(target) == ast.unparse(node.left)
        named = stem(target) == stem(node.left) and has_rate(node.right)
        known = is_parameter(target) and not is_label(target)
        if (itself and (known or has_rate(node.right))) or named:
            yield Update(outer, target, False, sign, node)
    elif isinstance(outer, ast.ListComp | ast.GeneratorExp | ast.DictComp):
        whole = code.parent[outer]
        if has_rate(node.right):
            assigned = isinstance(whole, ast.Assign)
            target = whole.targets[0] if assigned else node.left
            yield Update(code.statement_of(node), target, False, sign, node, assigned)


def has_rate(amount: ast.expr) -> bool:
    """Whether a learning rate stands in it."""
    return any(RATE.search(stem(n)) for n in ast.walk(amount) if isinstance(n, ast.expr))


def may_change(target: ast.expr) -> bool:
    """Neither a gradient that is added up nor the memory of an optimiser."""
    memory = is_moment(target) and not isinstance(target, ast.Name)
    return not is_gradient(target) and not memory and not RATE.search(stem(target))
