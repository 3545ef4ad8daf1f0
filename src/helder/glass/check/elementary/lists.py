"""Functions that make a list of an array, where the file computes with what they give."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from helder.glass.check.elementary.calling import Called
from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.elementary.judgement import called_name
from helder.glass.check.elementary.loss_calls import role
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Value
from helder.text import say

OF_ARRAYS = {
    "T",
    "dot",
    "shape",
    "sum",
    "mean",
    "reshape",
    "max",
    "argmax",
    "transpose",
    "size",
    "flatten",
}


def list_given(called: Called, value: Value, code: FileCode) -> dict[str, str]:
    """The cause, with its evidence, where a list was given for an array and that cannot work."""
    if not isinstance(value, list):
        return {}
    used = computes_with(code, called.definition)
    if used is None:
        return {}
    return {
        "list-not-array": say(
            "check_functions.list_used",
            name=called_name(called.guess),
            code=ast.unparse(used),
            line=getattr(used, "lineno", 0),
        )
    }


def computes_with(code: FileCode, definition: Definition) -> ast.AST | None:
    """A place where the file does with what the function gives what no list can do, if any.

    A name that holds it in one function is taken to hold it in the others, where it is called as
    activations are: `A1`, `self.hidden`, `probs`.
    """
    everywhere = {
        name
        for _, tree in code.trees
        for name in _names(tree, definition.name)
        if name.startswith("self.") or role(name) == "p"
    }
    for path, tree in code.trees:
        names = everywhere | set(_names(tree, definition.name))
        for node in ast.walk(tree):
            if path != definition.path and _breaks(node, definition.name, names):
                return node
    return None


def _names(tree: ast.AST, function: str) -> Iterator[str]:
    """The names that hold what a call gave; of a pair `(A, cache)` the first."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_call(node.value, function):
            for target in node.targets:
                first = target.elts[0] if isinstance(target, ast.Tuple) else target
                if isinstance(first, ast.Name | ast.Attribute):
                    yield ast.unparse(first)


def _is_call(node: ast.AST, function: str) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == function


def _breaks(node: ast.AST, function: str, names: set[str]) -> bool:
    """Arithmetic with a number, with another such list, a minus, or what only arrays have."""

    def is_list(part: ast.AST) -> bool:
        return _is_call(part, function) or (
            isinstance(part, ast.Name | ast.Attribute) and ast.unparse(part) in names
        )

    def is_number(part: ast.AST) -> bool:
        return isinstance(part, ast.Constant) and isinstance(part.value, int | float)

    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return is_list(operand)
        case ast.BinOp(left=left, op=operator, right=right):
            both = all(is_list(side) or is_number(side) for side in (left, right))
            return (
                both and (is_list(left) or is_list(right)) and not isinstance(operator, ast.MatMult)
            )
        case ast.Compare(left=left, ops=[ast.Gt() | ast.Lt() | ast.GtE() | ast.LtE()]):
            return is_list(left) and is_number(node.comparators[0])
        case ast.Attribute(value=value, attr=name):
            return name in OF_ARRAYS and is_list(value)
        case ast.Subscript(value=value, slice=ast.Tuple()):
            return is_list(value)
    return False
