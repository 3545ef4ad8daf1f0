"""Notes on sizes: a number of rows that stands in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from helder.glass.check.notes.scopes import Scope, assigned, called, dotted, own_nodes
from helder.text import say

# Where a number of rows belongs: what computes a loss, a gradient or a step.
COMPUTES = re.compile(r"back|grad|prop|cost|loss|update|train|fit|step", re.I)
# Rows of tables that are used again and again: cats, digits, wine, cancer, Titanic.
KNOWN = {178, 209, 569, 891, 1797, 41000, 42000, 50000, 55000, 60000}
COUNT = re.compile(r"m|n|(n|num|m)_?(samples|examples|rows|train)|m_?train", re.I)
SCALES = {255, 256, *(2**power for power in range(5, 12))}  # of grey values and of bits
JOINS = ("hstack", "concatenate", "append", "column_stack", "insert", "c_")


def hard_coded_size(scope: Scope) -> Iterator[tuple[int, str]]:
    """A division by a number of rows, or a column of ones of that height, written as a number."""
    if scope.function is None or not COMPUTES.search(scope.function.name):
        return
    known = KNOWN | rows_of_literals(scope.file)
    counts = counts_of(scope)
    for statement in scope.statements:
        for node in own_nodes(statement):
            number = divisor(node) or height_of_ones(node)
            if number in known or (number is not None and is_count(number, node)):
                yield statement.lineno, say("check.hard_coded_size", number=number)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                name = dotted(node.right)
                if name in counts:
                    number, line = counts[name]
                    yield line, say("check.hard_coded_count", name=name, number=number)


def is_count(number: int, division: ast.AST) -> bool:
    """Whether a number that differences or sums are divided by looks like a number of rows."""
    if not isinstance(division, ast.BinOp) or number < 20 or number in SCALES:
        return False
    inside = list(ast.walk(division.left))
    differs = any(
        isinstance(n, ast.BinOp) and isinstance(n.op, ast.Sub | ast.MatMult) for n in inside
    )
    sums = any(isinstance(n, ast.Call) and called(n) in ("sum", "dot", "matmul") for n in inside)
    return differs or sums


def counts_of(scope: Scope) -> dict[str, tuple[int, int]]:
    """Names of a number of rows that are given a written number, and the line where they are."""
    given: dict[str, tuple[int, int] | None] = {}
    for statement in [*scope.file.body, *scope.statements]:
        for name, value in assigned(statement):
            number = whole_number(value)
            fixed = COUNT.fullmatch(name) and number is not None and number > 2
            given[name] = (number, statement.lineno) if fixed and number is not None else None
    parameters = scope.function.args if scope.function else None
    own = {a.arg for a in ast.walk(parameters) if isinstance(a, ast.arg)} if parameters else set()
    return {name: found for name, found in given.items() if found and name not in own}


def rows_of_literals(file: ast.Module) -> set[int]:
    """How many rows the tables have that the file writes out, from 3 on."""
    found = set()
    for statement in file.body:
        for _, value in assigned(statement):
            if isinstance(value, ast.Call) and called(value) == "array" and value.args:
                table = value.args[0]
                if isinstance(table, ast.List) and all(isinstance(r, ast.List) for r in table.elts):
                    found.add(len(table.elts))
    return {rows for rows in found if rows >= 3}


def divisor(node: ast.AST) -> int | None:
    """The whole number that is divided by."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return whole_number(node.right)
    return None


def height_of_ones(node: ast.AST) -> int | None:
    """The height of a column of ones that is joined to something."""
    if not isinstance(node, ast.Call) or called(node) not in JOINS:
        return None
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and called(part) == "ones" and part.args:
            shape = part.args[0]
            if isinstance(shape, ast.Tuple) and len(shape.elts) == 2:
                return whole_number(shape.elts[0])
    return None


def whole_number(node: ast.expr) -> int | None:
    """The whole number that is written, also as `60000.0`."""
    value = node.value if isinstance(node, ast.Constant) else None
    return int(value) if isinstance(value, int | float) and value == value // 1 else None
