"""How weights begin, as it is read in the code: all the same, or with a scale that is mistyped."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from helder.glass.check.definitions import Definition
from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.findings import FunctionCheck
from helder.text import say

WEIGHT = re.compile(
    r"^_*([wW]\d*|[wW]_?(\d|[a-zA-Z]{1,3}\d?)_?|[wW]eights?\w*|[tT]heta_?\d*|syn\d|coefs?_?)$"
)
NO_WEIGHT = re.compile(
    r"(?i)grad|delta|nabla|vel|mom|cache|prev|old|best|copy|acc|sum|decay|update"
)
EQUAL = {"zeros", "ones", "full"}
DRAWS = re.compile(
    r"^(rand|randn|random|random_sample|normal|uniform|standard_normal|randint|gauss|integers"
    r"|truncated_normal|choice)$"
)
ELSEWHERE = re.compile(r"(?i)load|init|xavier|glorot|^he|kaiming|draw|sample|permut|unpack|reshape")
MAKER = re.compile(r"(?i)init\w*weight|weight\w*init|rand\w*weight|make_?weight|create_?weight")
LAYER = re.compile(r"(?i)layer|dense|linear|fully|connected|couche|capa|laag|schicht|strato")
SIZE = re.compile(
    r"(?i)(^n|size|dim|in|out|units|nodes|shape|fan|hidden|prev|len|\[|^h\d?$|^[mdk]$)"
)


def starts(code: FileCode) -> Iterator[FunctionCheck]:
    """Functions that make weights which start equal, or whose scale lost its parentheses."""
    own = {definition.name for definition in code.definitions}
    elsewhere = any(_is_drawn(value, own) for _, tree in code.trees for value in _weights_set(tree))
    for definition in code.definitions:
        if definition.kind == "class":
            continue
        equal = [] if elsewhere else _equal_weights(definition, code)
        for call in equal[:1]:
            said = say("check_functions.equal_weights", call=ast.unparse(call))
            yield _found(definition, "zero-init", said)
        for call in [*_open_scales(definition.node)][:1]:
            said = say("check_functions.open_scale", call=ast.unparse(call))
            yield _found(definition, "operator-precedence", said)


def _found(of: Definition, cause: str, evidence: str) -> FunctionCheck:
    return FunctionCheck(of.path, "initialisation", of.file, of.line, "wrong", (cause,), evidence)


def _weights_set(tree: ast.AST) -> Iterator[ast.AST]:
    """What weights are set to anywhere, so that zeros may only be their places."""
    yield from (value for _, value, _ in _weight_values(tree))


def _is_drawn(value: ast.AST, own: set[str]) -> bool:
    """Numbers are drawn for it, or loaded, or it is made by what is not the file's own."""
    names = {last_name(n.func) for n in ast.walk(value) if isinstance(n, ast.Call)} - own
    return any(DRAWS.match(n) or ELSEWHERE.search(n) for n in names)


def _equal_weights(definition: Definition, code: FileCode) -> list[ast.Call]:
    """The calls that make all of its weights, none of which draws a number; at least two layers.

    One layer may start at zero: it has no hidden units that could stay the same.
    """
    function = definition.node
    nodes = list(ast.walk(function))
    if any(isinstance(n, ast.Call) and DRAWS.match(last_name(n.func)) for n in nodes):
        return []
    names, calls, repeated = set(), [], _makes_one_of_several(definition, code)
    for name, value, in_loop in [*_weight_values(function), *_results(definition)]:
        if not (isinstance(value, ast.Call) and _is_equal_matrix(value)):
            return []
        names.add(name)
        calls.append(value)
        repeated = repeated or in_loop
    return calls if repeated or len(names) > 1 else []


def _results(definition: Definition) -> Iterator[tuple[str, ast.AST, bool]]:
    """What a function that is named after weights gives."""
    if MAKER.search(definition.name):
        for node in ast.walk(definition.node):
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
                yield definition.name, node.value, False


def _makes_one_of_several(definition: Definition, code: FileCode) -> bool:
    """A layer, or a function that makes weights, of which the file makes several."""
    if definition.name == "__init__":
        name = definition.owner.rpartition(":")[2]
        several = LAYER.search(name) is not None
    else:
        name = definition.name
        several = MAKER.search(name) is not None
    calls = {ast.unparse(call) for call in code.calls.get(name, ())}
    return several and len(calls) > 1


def _weight_values(function: ast.AST) -> Iterator[tuple[str, ast.AST, bool]]:
    """Of each weight that is set: its name, from what, and whether for several layers in a loop."""
    loops = [n for n in ast.walk(function) if isinstance(n, ast.For | ast.While)]
    in_loops = {id(inner) for loop in loops for inner in ast.walk(loop)}
    for node in ast.walk(function):
        for name, value in _settings(node):
            if _is_weight(name):
                many = isinstance(value, ast.ListComp)
                of = value.elt if isinstance(value, ast.ListComp) else value
                yield name, of, many or id(node) in in_loops


def _settings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What a statement, an append or a dict sets: names with values."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _pairs(target, node.value)
    elif isinstance(node, ast.Call) and last_name(node.func) == "append" and node.args:
        owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        yield last_name(owner), node.args[0]
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and not isinstance(value, ast.Name):
                yield str(key.value), value


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, of in zip(target.elts, value.elts, strict=False):
            yield _key(one), of
    elif not (isinstance(value, ast.List) and not value.elts):
        yield _key(target), value


def _key(target: ast.expr) -> str:
    """The name that is set: of `params["W" + str(l)]` W."""
    if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Constant):
        texts = [n.value for n in ast.walk(target.slice) if isinstance(n, ast.Constant)]
        return next((t for t in texts if isinstance(t, str)), "")
    return last_name(target)


def _is_weight(name: str) -> bool:
    return bool(WEIGHT.match(name)) and not NO_WEIGHT.search(name)


def _is_equal_matrix(call: ast.Call) -> bool:
    """`np.zeros((a, b))`, `np.full((a, b), 0.1)`: a matrix of one number, and no bias."""
    name = last_name(call.func)
    shape = call.args[0] if call.args else None
    if name not in EQUAL or not isinstance(shape, ast.Tuple | ast.List) or len(shape.elts) != 2:
        return False
    return not any(isinstance(size, ast.Constant) and size.value == 1 for size in shape.elts)


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
