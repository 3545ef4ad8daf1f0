"""How weights begin, as it is read in the code: all the same, or with a scale that is mistyped."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from helder.glass.check.elementary.equal_starts import equal_starts
from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.findings import FunctionCheck
from helder.text import say

KIND = "initialisation"
SIZE = re.compile(
    r"(?i)(^n|size|dim|in|out|units|nodes|shape|fan|hidden|prev|len|\[|^h\d?$|^[mdk]$)"
)


def starts(code: FileCode) -> Iterator[FunctionCheck]:
    """Functions that make weights which start equal, or whose scale lost its parentheses."""
    for owner, name, call in equal_starts(code):
        said = say("check_functions.equal_weights", call=ast.unparse(call))
        path, file = (name, code.file) if owner is None else (owner.path, owner.file)
        yield FunctionCheck(path, KIND, file, call.lineno, "wrong", ("zero-init",), said)
    for definition in code.definitions:
        for call in [*_open_scales(definition.node)][:1] if definition.kind != "class" else ():
            said = say("check_functions.open_scale", call=ast.unparse(call))
            causes = ("operator-precedence",)
            yield FunctionCheck(
                definition.path, KIND, definition.file, call.lineno, "wrong", causes, said
            )


def _open_scales(function: ast.AST) -> Iterator[ast.Call]:
    """`np.sqrt(2 / n_in + n_out)`: the sum of two sizes belongs under the bar."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and last_name(node.func) == "sqrt" and len(node.args) == 1:
            total = node.args[0]
            if not (isinstance(total, ast.BinOp) and isinstance(total.op, ast.Add)):
                continue
            quotient, other = total.left, total.right
            if (
                isinstance(quotient, ast.BinOp)
                and isinstance(quotient.op, ast.Div)
                and isinstance(quotient.left, ast.Constant)
                and not isinstance(quotient.right, ast.Constant)
                and not isinstance(other, ast.Constant)
                and SIZE.search(ast.unparse(quotient.right))
                and SIZE.search(ast.unparse(other))
            ):
                yield node
