"""Mistakes in activations and their derivatives."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutations.code import Code, Edit, together
from mutations.operators import operator, returned
from mutations.pattern import match
from mutations.roles import called, kind_of, name_of


def of_kind(code: Code, *kinds: str) -> list[ast.FunctionDef]:
    """The functions whose names say that they compute one of these."""
    return [f for f in code.functions if kind_of(code, f) in kinds]


def softmax_parts(code: Code) -> Iterator[list[ast.Call]]:
    """For each scope with a softmax, its sums and maxima along an axis."""
    scopes = {code.scope_of(n): n for n in code.all(ast.Call) if match(n, "np.exp(x_)")}
    for scope in scopes:
        calls = []
        for node in code.all(ast.Call, inside=scope):
            func = node.func
            reduces = isinstance(func, ast.Attribute) and func.attr in ("sum", "max", "amax")
            if reduces and _axis(node) is not None and _of_softmax(code, node):
                calls.append(node)
        if any(n.func.attr == "sum" for n in calls):
            yield calls


def _axis(call: ast.Call) -> ast.expr | None:
    """The axis it goes along, if it says so."""
    named = next((k.value for k in call.keywords if k.arg == "axis"), None)
    free = call.args[1:] if _on_numpy(call) else call.args
    return named if named is not None else (free[0] if free else None)


def _on_numpy(call: ast.Call) -> bool:
    return isinstance(call.func.value, ast.Name) and call.func.value.id in ("np", "numpy")


def _of_softmax(code: Code, call: ast.Call) -> bool:
    """A sum that something is divided by, of exponentials; a maximum that is taken off."""
    if call.func.attr != "sum":
        return _is_shift(code, call)
    inner = call.args[0] if _on_numpy(call) and call.args else call.func.value
    if not _divides_or_logged(code, call):
        return False
    if match(inner, "np.exp(x_)"):
        return True
    scope = code.scope_of(call)
    return isinstance(inner, ast.Name) and any(
        any(match(part, "np.exp(x_)") for part in ast.walk(node.value))
        for node in code.all(ast.Assign, inside=scope)
        if ast.unparse(node.targets[0]) == inner.id
    )


def _divides_or_logged(code: Code, call: ast.Call) -> bool:
    """A sum that something is divided by, at once or by its name, or whose logarithm is taken."""
    outer = code.parent[call]
    if isinstance(outer, ast.Subscript):
        outer = code.parent[outer]
    if isinstance(outer, ast.Assign):
        name = ast.unparse(outer.targets[0])
        divisions = code.all(ast.BinOp, inside=code.scope_of(call))
        return any(isinstance(n.op, ast.Div) and ast.unparse(n.right) == name for n in divisions)
    divided = isinstance(outer, ast.BinOp | ast.AugAssign) and isinstance(outer.op, ast.Div)
    return divided or bool(match(outer, "np.log(x_)"))


def _is_shift(code: Code, call: ast.Call) -> bool:
    """Of `z - max(z)`, or a name that is taken off later."""
    outer = code.parent[call]
    if isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Sub) and outer.right is call:
        return True
    if isinstance(outer, ast.AugAssign) and isinstance(outer.op, ast.Sub):
        return True
    if not isinstance(outer, ast.Assign):
        return False
    name = ast.unparse(outer.targets[0])
    return any(
        isinstance(n.op, ast.Sub) and ast.unparse(n.right) == name
        for n in code.all(ast.BinOp, inside=code.scope_of(call))
    )


def without_axis(code: Code, call: ast.Call) -> Edit:
    """The same reduction of everything at once; `[:, None]` after it goes too."""
    outer = code.parent[call]
    node = outer if isinstance(outer, ast.Subscript) else call
    argument = code.text(call.args[0]) if _on_numpy(call) else ""
    return code.put(node, f"{code.text(call.func)}({argument})")


@operator("softmax-whole-matrix", "no axis")
def softmax_without_axis(code: Code) -> Iterator[Edit]:
    for calls in softmax_parts(code):
        yield together([without_axis(code, call) for call in calls])


@operator("softmax-whole-matrix", "no axis of the sum alone")
def softmax_sum_without_axis(code: Code) -> Iterator[Edit]:
    for calls in softmax_parts(code):
        sums = [call for call in calls if call.func.attr == "sum"]
        if len(sums) < len(calls):
            yield together([without_axis(code, call) for call in sums])


@operator("softmax-axis", "the other axis")
def softmax_other_axis(code: Code) -> Iterator[Edit]:
    for calls in softmax_parts(code):
        axes = [_axis(call) for call in calls]
        texts = {ast.unparse(axis) for axis in axes}
        sliced = any(isinstance(code.parent[call], ast.Subscript) for call in calls)
        if len(texts) == 1 and texts <= {"0", "1", "-1"} and not sliced:
            kept = all(any(k.arg == "keepdims" for k in call.keywords) for call in calls)
            other = "1" if texts == {"0"} else "0"
            other += "" if kept or other == "0" else ", keepdims=True"
            yield together([code.put(axis, other) for axis in axes])


@operator("softmax-unstable", "no maximum taken off")
def softmax_without_maximum(code: Code) -> Iterator[Edit | None]:
    for calls in _shifts(code):
        outer = code.parent[calls]
        if isinstance(outer, ast.BinOp):
            yield code.put(outer, code.text(outer.left))
        elif isinstance(outer, ast.AugAssign):
            yield code.delete(outer)


@operator("softmax-alters-logits", "divided by the maximum")
def softmax_divided_by_maximum(code: Code) -> Iterator[Edit]:
    for call in _shifts(code):
        outer = code.parent[call]
        if isinstance(outer, ast.BinOp):
            yield code.put(outer, f"{code.text(outer.left)} / {code.text(call)}")


@operator("softmax-alters-logits", "logits clipped")
def softmax_of_clipped(code: Code) -> Iterator[Edit]:
    for call in _shifts(code):
        outer = code.parent[call]
        if isinstance(outer, ast.BinOp):
            yield code.put(outer, f"np.clip({code.text(outer.left)}, -1, 1)")


def _shifts(code: Code) -> Iterator[ast.Call]:
    """Maxima that are taken off before `exp`, where a sum divides later."""
    for node in code.all(ast.Call):
        if match(node, *MAXIMA) and _is_shift(code, node):
            calls = code.all(ast.Call, inside=code.scope_of(node))
            if any(match(n, "np.exp(x_)", "math.exp(x_)") for n in calls):
                yield node


MAXIMA = (
    "max(x_)", "x_.max()", "x_.max(axis=i_)", "x_.max(axis=i_, keepdims=k_)",
    "x_.max(i_, keepdims=k_)", "np.max(x_)", "np.max(x_, axis=i_)",
    "np.max(x_, axis=i_, keepdims=k_)", "np.amax(x_)", "np.amax(x_, axis=i_, keepdims=k_)",
)  # fmt: skip


@operator("sigmoid-overflow", "no clip", "none")
def sigmoid_without_clip(code: Code) -> Iterator[Edit]:
    for function in of_kind(code, "sigmoid"):
        for node in code.all(ast.Call, inside=function):
            found = match(node, "np.clip(x_, i_, j_)", "x_.clip(i_, j_)")
            if found:
                yield code.put(node, code.text(found["x_"]))


@operator("sigmoid-overflow", "the plain formula", "none")
def sigmoid_plain(code: Code) -> Iterator[Edit]:
    for function in of_kind(code, "sigmoid"):
        values = returned(code, function)
        names = [a.arg for a in function.args.args if a.arg != "self"]
        stable = values and any(
            match(n, "np.where(a_, b_, c_)", "np.tanh(x_)", "expit(x_)")
            for n in ast.walk(values[-1])
        )
        if stable and len(values) == 1 and len(names) == 1:
            yield code.put(values[0], f"1 / (1 + np.exp(-{names[0]}))")


SIGMOID = ("1 / (1 + np.exp(-x_))", "1 / (np.exp(-x_) + 1)")


@operator("activation-formula", "sign of the exponent lost", "values")
def sigmoid_of_minus(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.BinOp):
        found = match(node, *SIGMOID)
        if found:
            yield code.put(code.parent[found["x_"]], code.text(found["x_"]))


@operator("activation-formula", "minimum for maximum", "values")
def relu_of_minimum(code: Code) -> Iterator[Edit]:
    for function in of_kind(code, "relu"):
        for node in code.all(ast.Call, inside=function):
            if match(node, "np.maximum(0, x_)", "np.maximum(x_, 0)"):
                yield code.put(node.func, "np.minimum")


@operator("operator-precedence", "1 / 1 + exp(-x)", "values")
def sigmoid_without_parentheses(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.BinOp):
        if match(node, *SIGMOID):
            start, end = code.span(node)
            inner = f"{code.text(node.left)} / {code.text(node.right)}"
            yield Edit(node.lineno, ((start, end, inner),))


@operator("operator-precedence", "parentheses of a fraction lost", "values")
def fraction_without_parentheses(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.BinOp):
        found = match(node, "(a_ - b_) / (c_ + d_)")
        if found:
            parts = (code.text(found[name]) for name in ("a_", "b_", "c_", "d_"))
            yield code.put(node, "{} - {} / {} + {}".format(*parts))


@operator("operator-precedence", "z * z > 0", "values")
def relu_without_parentheses(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.BinOp):
        found = match(node, "x_ * (x_ > 0)")
        if found:
            x = code.text(found["x_"])
            yield code.put(node, f"{x} * {x} > 0")


@operator("overwrites-argument", "relu in place", "values")
def relu_in_place(code: Code) -> Iterator[Edit | None]:
    yield from _in_place(code, "relu", "{x}[{x} < 0] = 0")


@operator("overwrites-argument", "derivative in place", "values")
def derivative_in_place(code: Code) -> Iterator[Edit | None]:
    yield from _in_place(code, "relu derivative", "{x}[{x} <= 0] = 0\n{x}[{x} > 0] = 1")


@operator("overwrites-argument", "maximum taken off in place", "values")
def softmax_in_place(code: Code) -> Iterator[Edit | None]:
    for call in _shifts(code):
        outer, function = code.parent[call], code.function_of(call)
        if function is None or not isinstance(outer, ast.BinOp):
            continue
        names = [a.arg for a in function.args.args]
        statement, x = code.statement_of(call), code.text(outer.left)
        if x in names and isinstance(statement, ast.Assign):
            before = code.insert(statement, f"{x} -= {code.text(call)}")
            if before:
                yield before + code.put(outer, x)


def _in_place(code: Code, kind: str, template: str) -> Iterator[Edit | None]:
    for function in of_kind(code, kind):
        names = [a.arg for a in function.args.args if a.arg != "self"]
        last = function.body[-1]
        only = len(returned(code, function)) == 1 and isinstance(last, ast.Return)
        if only and len(names) == 1:
            edit = code.insert(last, template.format(x=names[0]))
            if edit:
                yield edit + code.put(last.value, names[0])


@operator("missing-self", "no self", "none")
def without_self(code: Code) -> Iterator[Edit]:
    for function in code.functions:
        arguments = function.args.args
        elementary = kind_of(code, function) and len(arguments) in (2, 3)
        if not elementary or arguments[0].arg != "self" or function.decorator_list:
            continue
        if any(n.id == "self" for n in code.all(ast.Name, inside=function)):
            continue
        start, end = code.span(arguments[0])[0], code.span(arguments[1])[0]
        yield Edit(function.lineno, ((start, end, ""),))


@operator("list-not-array", "returns a list", "none")
def returns_a_list(code: Code) -> Iterator[Edit]:
    for function in of_kind(
        code, "relu", "sigmoid", "tanh", "softmax", "relu derivative", "sigmoid derivative"
    ):
        values = returned(code, function)
        backward = name_of(code, function).endswith("backward")
        if len(values) == 1 and not backward and needs_array(code, function.name):
            yield code.put(values[0], f"({code.text(values[0])}).tolist()")


def needs_array(code: Code, name: str) -> bool:
    """Whether the file does with what a function gives what no list can do.

    NumPy takes lists too: only arithmetic with plain numbers, comparisons, a minus, and what arrays
    alone have, fail or mean something else.
    """
    calls = [n for n in code.all(ast.Call) if called(n) == name]
    held = {
        ast.unparse(target.elts[0] if isinstance(target, ast.Tuple) else target)
        for call in calls
        for target in getattr(code.parent[call], "targets", ())
    }
    own = [f for f in code.functions if f.name == name]
    scopes = {code.scope_of(call) for call in calls} - set(own)
    uses = [
        node
        for scope in scopes
        for node in code.all(ast.Name, ast.Attribute, inside=scope)
        if ast.unparse(node) in held and isinstance(node.ctx, ast.Load)
    ]
    return any(fails_for_lists(code, node) for node in (*calls, *uses))


def fails_for_lists(code: Code, node: ast.expr) -> bool:
    """`a.T`, `-a`, `1 - a`, `a * 2`, `a > 0`, `a[:, 1]`."""
    outer = code.parent[node]
    match outer:
        case ast.Attribute() | ast.UnaryOp(op=ast.USub()):
            return True
        case ast.BinOp(left=left, right=right) if not isinstance(outer.op, ast.MatMult):
            other = right if left is node else left
            return isinstance(other, ast.Constant) or ast.unparse(other) == ast.unparse(node)
        case ast.Compare(comparators=[ast.Constant()]) if outer.left is node:
            return True
        case ast.Subscript(value=value, slice=ast.Tuple()):
            return value is node
    return False
