"""Methods that were written without `self`, and are called with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from helder.glass.check.definitions import Definition
from helder.glass.check.findings import FunctionCheck
from helder.text import say


def without_self(definitions: Sequence[Definition]) -> Iterator[FunctionCheck]:
    """Each method that Python hands one argument more than it takes, where it is called.

    It is certain only where the call is in sight: `self.sigmoid(z)` with as many arguments as the
    method has parameters leaves none for the instance.
    """
    for method in definitions:
        if method.lacks_self:
            call = next(_calls_with_one_too_many(method, definitions), None)
            if call is not None:
                yield FunctionCheck(
                    name=method.path,
                    kind="method",
                    file=method.file,
                    line=method.line,
                    verdict="wrong",
                    causes=("missing-self",),
                    evidence=say(
                        "check_functions.missing_self",
                        call=ast.unparse(call),
                        line=call.lineno,
                        name=method.path,
                        handed=len(call.args) + len(call.keywords) + 1,
                        taken=len(method.parameters),
                    ),
                )


def _calls_with_one_too_many(
    method: Definition, definitions: Sequence[Definition]
) -> Iterator[ast.Call]:
    if any(parameter.kind in ("args", "kwargs") for parameter in method.parameters):
        return
    for other in definitions:
        if other.owner != method.owner or other.kind == "class":
            continue
        for node in ast.walk(other.node):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"self.{method.name}":
                handed = len(node.args) + len(node.keywords)
                starred = any(isinstance(a, ast.Starred) for a in node.args)
                if handed + 1 > len(method.parameters) and not starred:
                    yield node
