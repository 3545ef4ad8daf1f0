"""Mistakes in the forward pass, in the first weights and in sizes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from mutations.code import Code, Edit, together
from mutations.network import DATA, Network, is_random
from mutations.operators import operator
from mutations.pattern import match
from mutations.roles import is_bias, is_count, is_reference, matmuls, stem

PREDICT = re.compile(r"predict|query|think|evaluate|accuracy|test|classify|load|plot|check", re.I)


def layers(code: Code) -> Iterator[tuple[ast.BinOp, ast.expr, ast.expr, ast.expr]]:
    """Every `x @ W + b`: the sum, the product, the input, the bias."""
    network = Network(code)
    for node in code.all(ast.BinOp):
        if not isinstance(node.op, ast.Add):
            continue
        for one, other in ((node.left, node.right), (node.right, node.left)):
            for product, left, right in matmuls(one):
                weight = network.weight(left, right)
                if product is one and weight is not None and is_reference(other):
                    yield node, product, right if weight is left else left, other


def _training(code: Code, node: ast.AST) -> bool:
    """Whether it is on the way that training takes, and not a second forward for predictions."""
    function = code.function_of(node)
    if function is None:
        return any(isinstance(n, ast.For | ast.While) for n in code.above(node))
    return not PREDICT.search(function.name)


@operator("forward-misses-bias", "no bias in one layer", "none")
def without_bias(code: Code) -> Iterator[Edit]:
    for node, product, _, bias in layers(code):
        if _training(code, node) and (is_bias(bias) or stem(bias) in Network(code).added_names):
            yield code.put(node, code.text(product))


@operator("layers-not-chained", "the input again in every layer", "none")
def input_again(code: Code) -> Iterator[Edit]:
    if not sizes_are_free(code):
        return
    for node, _, given, _ in layers(code):
        loop = next((n for n in code.above(node) if isinstance(n, ast.For)), None)
        function = code.function_of(node)
        if loop is None or function is None or not isinstance(given, ast.Name):
            continue
        inputs = [a.arg for a in function.args.args if a.arg != "self"]
        starts = [
            n
            for n in code.all(ast.Assign, inside=function)
            if ast.unparse(n.targets[0]) == given.id and n.lineno < loop.lineno
        ]
        if (
            inputs
            and starts
            and ast.unparse(starts[-1].value) == inputs[0]
            and inputs[0] != given.id
        ):
            yield code.put(given, inputs[0])


@operator("layers-not-chained", "the first of the list in every layer", "none")
def first_again(code: Code) -> Iterator[Edit]:
    if not sizes_are_free(code):
        return
    for _, _, given, _ in layers(code):
        last = match(given, "x_[-1]")
        if last and any(isinstance(n, ast.For) for n in code.above(given)):
            yield code.put(given, f"{code.text(last['x_'])}[0]")


@operator("layers-not-chained", "the layer before last again", "none")
def earlier_again(code: Code) -> Iterator[Edit]:
    if not sizes_are_free(code):
        return
    found = list(layers(code))
    for (_, _, earlier, _), (node, _, given, _) in pairwise(found):
        same = code.scope_of(earlier) is code.scope_of(given) and _training(code, node)
        names = isinstance(earlier, ast.Name) and isinstance(given, ast.Name)
        other = re.sub(r"\d", "#", ast.unparse(earlier)) == re.sub(r"\d", "#", ast.unparse(given))
        if same and names and other and earlier.id != given.id:
            yield code.put(given, earlier.id)


def random_weights(code: Code) -> list[tuple[ast.expr, str]]:
    """Every matrix drawn at random that becomes a parameter: its expression and its shape."""
    found = []
    for node in code.all(ast.Call):
        shape = _shape(code, node) if is_random(node) else None
        if shape is None or isinstance(code.parent[node], ast.Compare):
            continue
        top: ast.AST = node
        while isinstance(code.parent[top], ast.BinOp | ast.UnaryOp):
            top = code.parent[top]
        if any(isinstance(n, ast.Compare) for n in code.above(node)) or not _is_first_value(
            code, top
        ):
            continue
        found.append((top, shape))
    return found


def _is_first_value(code: Code, node: ast.AST) -> bool:
    """Whether a parameter starts with it: by its name, or in a function that says `init`."""
    function = code.function_of(node)
    if function is not None and re.search(
        "init|build|create|weights|layer|setup", function.name, re.I
    ):
        return True
    statement = code.statement_of(node)
    names = [stem(t) for t in getattr(statement, "targets", [])]
    network = Network(code)
    return any(
        not DATA.search(name) and network.is_parameter(target)
        for name, target in zip(names, getattr(statement, "targets", []), strict=True)
    )


def _shape(code: Code, call: ast.Call) -> str | None:
    """The shape of a random draw as text."""
    name, args = call.func.attr, call.args
    named = next((k.value for k in call.keywords if k.arg == "size"), None)
    if named is not None:
        return code.text(named)
    if name in ("randn", "rand") and args:
        return f"({', '.join(code.text(a) for a in args)})" if len(args) > 1 else code.text(args[0])
    if name in ("normal", "uniform") and len(args) == 3:
        return code.text(args[2])
    if name in ("standard_normal", "random", "random_sample") and len(args) == 1:
        return code.text(args[0])
    return None


def sizes_are_free(code: Code) -> bool:
    """Whether every width can be chosen: only then two layers can be as wide as each other."""
    constants = {
        ast.unparse(target)
        for node in code.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
    }
    shapes = [ast.parse(shape, mode="eval").body for _, shape in random_weights(code)]
    sizes = [n for shape in shapes for n in getattr(shape, "elts", [shape])]
    return bool(sizes) and not any(
        isinstance(n, ast.Constant) or ast.unparse(n) in constants for n in sizes
    )


@operator("zero-init", "zeros", "none")
def zeros(code: Code) -> Iterator[Edit]:
    found = random_weights(code)
    if found:
        yield together([code.put(node, f"np.zeros({shape})") for node, shape in found])


@operator("zero-init", "all the same", "none")
def constants(code: Code) -> Iterator[Edit]:
    found = random_weights(code)
    if found:
        yield together([code.put(node, f"np.full({shape}, 0.1)") for node, shape in found])


@operator("operator-precedence", "sqrt(2 / n + m)", "none")
def scale_without_parentheses(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.Call):
        found = match(node, "np.sqrt(c_ / (n_ + m_))", "math.sqrt(c_ / (n_ + m_))")
        if found:
            texts = [code.text(found[name]) for name in ("c_", "n_", "m_")]
            yield code.put(node.args[0], "{} / {} + {}".format(*texts))


@operator("hard-coded-size", "100 rows", "none")
def rows_as_number(code: Code) -> Iterator[Edit]:
    for found in Network(code).passes:
        for node in found.own(ast.Assign):
            name = ast.unparse(node.targets[0])
            counted = is_count(node.value) and not isinstance(node.value, ast.Name)
            plain = name.isidentifier() and not _used_as_shape(code, found.scope, name)
            if counted and plain and _divides(code, found.scope, name):
                yield code.put(node.value, "100")


def _divides(code: Code, scope: ast.AST, name: str) -> bool:
    """Whether a gradient is divided by it."""
    return any(
        isinstance(node.op, ast.Div) and ast.unparse(node.right) == name
        for node in code.all(ast.BinOp, inside=scope)
    )


def _used_as_shape(code: Code, scope: ast.AST, name: str) -> bool:
    """Whether a number is also an index or a shape, so that another would fail at once."""
    for node in code.all(ast.Name, inside=scope):
        outer = list(_up_to_statement(code, node))
        read = node.id == name and isinstance(node.ctx, ast.Load)
        if read and any(isinstance(n, ast.Call | ast.Subscript) for n in outer):
            return True
    return False


def _up_to_statement(code: Code, node: ast.AST) -> Iterator[ast.AST]:
    for outer in code.above(node):
        if isinstance(outer, ast.stmt):
            return
        yield outer


@operator("hard-coded-size", "100 rows, inline", "none")
def inline_rows_as_number(code: Code) -> Iterator[Edit]:
    for found in Network(code).passes:
        counts = [
            node.right
            for node in found.own(ast.BinOp)
            if isinstance(node.op, ast.Div) and match(node.right, "x_.shape[i_]", "len(x_)")
        ]
        if counts and not any(is_count(n.value) for n in found.own(ast.Assign)):
            yield together([code.put(count, "100") for count in counts])
