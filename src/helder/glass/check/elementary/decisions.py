"""How probabilities become classes, as it is read in the code: along which axis, or by a threshold.

It is judged only where a softmax of the file, by its values, tells how the samples lie.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from helder.glass.check.definitions import Definition
from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.elementary.loss_calls import role
from helder.glass.check.elementary.usage import usage
from helder.glass.check.findings import FunctionCheck
from helder.text import say

PREDICTS = re.compile(
    r"(?i)pred|accura|evaluat|score|classif|^test|correct|recogn|guess|decide|nauwk|precis"
)
PREDICTING = re.compile(r"(?i)forward|prob|softmax|output|predict|feed")
ROWS, COLUMNS = "rows", "columns"
RIGHT_AXIS = {ROWS: 1, COLUMNS: 0}


def decisions(code: FileCode, functions: Sequence[FunctionCheck]) -> Iterator[FunctionCheck]:
    """Functions that take the largest probability of the wrong axis, or a threshold for many."""
    layout = _layout(code, functions)
    if layout is None:
        return
    for definition in code.definitions:
        if definition.kind != "class" and PREDICTS.search(definition.name):
            yield from _of_function(definition, layout, code)


def _layout(code: FileCode, functions: Sequence[FunctionCheck]) -> str | None:
    """How samples lie: as the softmaxes take them, where the rest of the code does not differ."""
    found = {f.convention.split(",")[0] for f in functions if f.kind in ("softmax", "log-softmax")}
    layouts = found & {ROWS, COLUMNS}
    if len(found) != 1 or len(layouts) != 1 or _turns_results(code):
        return None
    (layout,) = layouts
    return layout if usage(code, NOBODY).layout == layout else None


NOBODY = Definition("?", "function", "", 0, (), (), ast.Pass())


def _turns_results(code: FileCode) -> bool:
    """A forward pass may give its probabilities transposed."""
    results = [text for d in code.definitions for parts in d.returns for text in parts]
    return any(re.fullmatch(r"[\w.]+(\(.*\))?\.T", text) for text in results)


def _of_function(definition: Definition, layout: str, code: FileCode) -> Iterator[FunctionCheck]:
    text = ast.unparse(definition.node)
    turned = ".T" in text or "transpose" in text
    branches = any(isinstance(n, ast.If | ast.IfExp) for n in ast.walk(definition.node))
    for node in ast.walk(definition.node):
        axis = _axis(node)
        if axis is not None and not turned and axis != RIGHT_AXIS[layout]:
            said = say("check_functions.argmax_axis", call=ast.unparse(node), layout=layout)
            yield _found(definition, "argmax-axis", said)
            return
        if _is_of_all(node, definition, code):
            said = say("check_functions.argmax_of_all", call=ast.unparse(node))
            yield _found(definition, "argmax-axis", said)
            return
        if _is_threshold(node) and not branches:
            said = say("check_functions.threshold_for_classes", call=ast.unparse(node))
            yield _found(definition, "threshold-for-classes", said)
            return


def _found(definition: Definition, cause: str, evidence: str) -> FunctionCheck:
    return FunctionCheck(
        definition.path, "prediction", definition.file, definition.line, "wrong", (cause,), evidence
    )


def _is_method(call: ast.Call) -> bool:
    """`p.argmax(axis=1)`, not `np.argmax(p, axis=1)`."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return owner is not None and last_name(owner) not in ("np", "numpy")


def _of_predictions(call: ast.Call) -> ast.expr | None:
    """What argmax is taken of, unless these are labels."""
    if last_name(call.func) != "argmax":
        return None
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    of = owner if _is_method(call) else (call.args[0] if call.args else None)
    return None if of is None or role(last_name(of)) == "y" else of


def _axis(node: ast.AST) -> int | None:
    """The axis of an argmax over predictions, 0 or 1; None where there is none."""
    if not isinstance(node, ast.Call) or _of_predictions(node) is None:
        return None
    given = [k.value for k in node.keywords if k.arg == "axis"]
    given += node.args[:1] if _is_method(node) else node.args[1:2]
    try:
        axis = ast.literal_eval(given[0]) if given else None
    except ValueError:
        return None
    return {-1: 1, 0: 0, 1: 1}.get(axis) if isinstance(axis, int) else None


def _is_of_all(node: ast.AST, definition: Definition, code: FileCode) -> bool:
    """One class for a whole batch: argmax without an axis, whose result is then averaged."""
    if not isinstance(node, ast.Call) or _of_predictions(node) is None:
        return False
    method = isinstance(node.func, ast.Attribute) and last_name(node.func.value) not in (
        "np",
        "numpy",
    )
    if node.keywords or len(node.args) != (0 if method else 1):
        return False
    if any(isinstance(n, ast.For | ast.comprehension) for n in ast.walk(definition.node)):
        return False
    name = definition.name
    return _is_averaged(definition.node, "argmax") or any(
        _is_averaged(tree, name) for path, tree in code.trees if path != definition.path
    )


def _is_averaged(tree: ast.AST, name: str) -> bool:
    """`np.mean(predict(X) == y)`: what a call gives is compared with labels, one for each row."""
    names = {name, *_named_after(tree, name)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and last_name(node.func) in ("mean", "sum", "average")):
            continue
        compared = node.args[0] if node.args else None
        if isinstance(node.func, ast.Attribute) and not node.args:
            compared = node.func.value
        if isinstance(compared, ast.Compare) and isinstance(compared.ops[0], ast.Eq):
            sides = (compared.left, compared.comparators[0])
            mine = [
                s for s in sides if last_name(s.func if isinstance(s, ast.Call) else s) in names
            ]
            labels = [s for s in sides if role(last_name(s)) == "y"]
            if mine and labels:
                return True
    return False


def _named_after(tree: ast.AST, function: str) -> Iterator[str]:
    """Names that hold what a call of the function gave."""
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.Call) and last_name(value.func) == function:
            # only an assignment has a value here
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))  # type: ignore[attr-defined]


def _is_threshold(node: ast.AST) -> bool:
    """`probabilities > 0.5`, of all classes at once."""
    if not (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Gt | ast.GtE)):
        return False
    limit, of = node.comparators[0], node.left
    half = isinstance(limit, ast.Constant) and limit.value == 0.5
    called = isinstance(of, ast.Call) and PREDICTING.search(last_name(of.func))
    return half and bool(
        called or (role(last_name(of)) == "p" and not isinstance(of, ast.Subscript))
    )
