"""Methods that were written without `self`, and are called with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.findings import FunctionCheck
from helder.glass.check.reading.definitions import Definition
from helder.text import say


def without_self(code: FileCode) -> Iterator[FunctionCheck]:
    """Each method that Python hands one argument more than it takes, where it is called.

    It is certain only where the call is in sight: `self.sigmoid(z)` with as many arguments as the
    method has parameters leaves none for the instance.
    """
    for method in code.definitions:
        call = next(_calls_with_one_too_many(method, code), None) if method.lacks_self else None
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
                    name=method.path.rpartition(":")[2],
                    handed=_handed(call) + 1,
                    taken=len(method.parameters),
                ),
            )


def _calls_with_one_too_many(method: Definition, code: FileCode) -> Iterator[ast.Call]:
    if any(parameter.kind in ("args", "kwargs") for parameter in method.parameters):
        return
    calls = code.calls.get(method.name, [])
    if any(_of_class(call, method) for call in calls):
        return  # `Network.sigmoid(z)` needs no self
    if _replaced_by_instances(method, code):
        return
    for call in calls:
        starred = any(isinstance(argument, ast.Starred) for argument in call.args)
        by_self = _by_self(call) and _within(call, method, code)
        if starred or not (by_self or _kin_have_self(method, code)):
            continue
        if isinstance(call.func, ast.Attribute) and _handed(call) + 1 > len(method.parameters):
            yield call


def _replaced_by_instances(method: Definition, code: FileCode) -> bool:
    """`self.activation = self.sigmoid`: what an instance calls is not what the class defines."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and node.attr == method.name
        for node in code.nodes()
    )


def _handed(call: ast.Call) -> int:
    return len(call.args) + len(call.keywords)


def _of_class(call: ast.Call, method: Definition) -> bool:
    """It is called by the class: `Network.sigmoid(z)`."""
    owner = method.owner.rpartition(":")[2].rpartition(".")[2]
    return isinstance(call.func, ast.Attribute) and last_name(call.func.value) == owner


def _by_self(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "self"


def _within(call: ast.Call, method: Definition, code: FileCode) -> bool:
    """The call stands in a method of the same class."""
    own = [d for d in code.definitions if d.owner == method.owner and d.kind != "class"]
    return any(call is node for d in own for node in ast.walk(d.node))


def _kin_have_self(method: Definition, code: FileCode) -> bool:
    """Methods of this name in other classes take an instance: what calls one calls them all."""
    kin = [d for d in code.definitions if d.name == method.name and d.owner and d is not method]
    return bool(kin) and all(d.kind == "method" and not d.lacks_self for d in kin)
