"""Mistakes in the backward pass."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mutations.code import Code, Edit, together
from mutations.derivatives import pairs, swapped
from mutations.forwards import sizes_are_free
from mutations.losses import single_output
from mutations.network import Network, Pass, is_delta_name
from mutations.operators import operator
from mutations.pattern import match
from mutations.roles import DERIVATIVE, called, factors, is_count, is_label, is_reference, stem


def passes(code: Code) -> list[Pass]:
    return Network(code).passes


def whole(code: Code, node: ast.expr) -> ast.expr:
    """A product with all that it is multiplied with and divided by."""
    outer = code.parent[node]
    while isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Mult | ast.Div):
        if isinstance(outer.op, ast.Div) and outer.left is not node:
            break
        node, outer = outer, code.parent[outer]
    return node


def mean_of(code: Code, node: ast.expr) -> tuple[ast.expr, ast.expr, str] | None:
    """Around a sum its division by the number of rows: the whole, the count, what is divided."""
    outer = code.parent[node]
    while isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Mult | ast.Div):
        found = match(outer, "x_ / n_")
        if found and found["x_"] is node and is_count(found["n_"]):
            return outer, found["n_"], code.text(node)
        found = match(outer, "(1 / n_) * x_")
        if found and found["x_"] is node and is_count(found["n_"]):
            return outer, found["n_"], code.text(node)
        node, outer = outer, code.parent[outer]
    return None


@operator("bias-gradient-scalar", "summed over everything", "none")
def bias_of_everything(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        for node, delta, _ in found.bias_gradients:
            if of_one_unit(found, delta):
                continue  # the sum of everything is the right one
            name = "mean" if "mean" in code.text(node.func) else "sum"
            yield code.put(node, f"np.{name}({code.text(delta)})")


def of_one_unit(found: Pass, delta: ast.expr) -> bool:
    """Whether a delta is that of a single output, as far as names tell."""
    outputs = {ast.unparse(t) for s in found.output_deltas for t in s.targets}
    output = not outputs or ast.unparse(delta) in outputs
    return single_output(found.code) and output and len(found.bias_gradients) > 1


@operator("bias-shape-grows", "no keepdims", "none")
def bias_without_keepdims(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        if not _rebinds(found):
            continue
        for node, delta, how in found.bias_gradients:
            if "k_" in how and ast.unparse(how["i_"]) == "1" and not of_one_unit(found, delta):
                name = "mean" if "mean" in code.text(node.func) else "sum"
                yield code.put(node, f"np.{name}({code.text(delta)}, axis=1)")


@operator("bias-shape-grows", "not summed over the rows", "none")
def bias_not_summed(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        if _rebinds(found):
            for node, delta, how in found.bias_gradients:
                if ast.unparse(how["i_"]) in ("0", "1"):
                    yield code.put(node, code.text(delta))


def _rebinds(found: Pass) -> bool:
    """Whether the file's updates make new arrays: `b = b - ...` grows, `b -= ...` cannot."""
    updates = found.network.updates
    return bool(updates) and not any(u.in_place for u in updates)


def differences(code: Code, statement: ast.Assign) -> list[ast.BinOp]:
    """`p - y` in a statement, with a prediction that has a name."""
    return [
        node
        for node in code.all(ast.BinOp, inside=statement)
        if isinstance(node.op, ast.Sub)
        and (is_reference(node.left) or match(node.left, "np.exp(x_)"))
        and is_reference(node.right)
        and is_label(node.left) != is_label(node.right)
    ]


def has_softmax(code: Code) -> bool:
    return bool(re.search("soft_?max|np.exp", code.source, re.I)) and not single_output(code)


@operator("softmax-derivative-twice", "p * (1 - p) on top", "none")
def softmax_slope_on_top(code: Code) -> Iterator[Edit]:
    if not re.search("soft_?max", code.source, re.I):
        return
    for found in passes(code):
        for statement in found.output_deltas:
            if found.error_of(statement):
                continue
            for node in differences(code, statement):
                p = node.right if is_label(node.left) else node.left
                text = code.text(p)
                yield code.put(node, f"({code.text(node)}) * {text} * (1 - {text})")


@operator("softmax-derivative-twice", "p * (1 - p) after p[y] -= 1", "none")
def softmax_slope_after(code: Code) -> Iterator[Edit | None]:
    for node in code.all(ast.AugAssign):
        indexed = isinstance(node.target, ast.Subscript) and match(node.target, "d_[i_, j_]")
        if not indexed or not isinstance(node.op, ast.Sub) or match(node.value, "1") is None:
            continue
        delta = ast.unparse(indexed["d_"])
        for earlier in code.all(ast.Assign, inside=code.scope_of(node)):
            copied = match(earlier.value, "p_.copy()", "np.copy(p_)", "np.array(p_)")
            made = earlier.value if match(earlier.value, "np.exp(x_)") else None
            if (copied or made) and ast.unparse(earlier.targets[0]) == delta:
                p = code.text(copied["p_"] if copied else made)
                yield code.insert(node, f"{delta} = {delta} * {p} * (1 - {p})", after=True)


def without(code: Code, value: ast.expr, gone: list[ast.expr]) -> str:
    """A product's text without some of its factors, and with what divides it."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
        return f"({without(code, value.left, gone)}) / {code.text(value.right)}"
    parts = [p for p in factors(value) if p not in gone]
    texts = [
        f"({code.text(p)})" if isinstance(p, ast.BinOp | ast.UnaryOp) else code.text(p)
        for p in parts
    ]
    return " * ".join(texts)


def sloped(found: Pass, statement: ast.Assign) -> tuple[ast.expr, list[ast.expr]] | None:
    """Of an output's delta the error and the slopes, division by rows seen through."""
    value = statement.value
    while isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
        value = value.left
    return found.error_of(ast.Assign(targets=statement.targets, value=value))


def is_error(found: Pass, error: ast.expr) -> bool:
    """Whether it is a difference from the label, a name for one, or the loss's slope."""
    if isinstance(error, ast.Name | ast.Attribute):
        return any(is_error(found, s.value) for s in found.assignments(ast.unparse(error)))
    if isinstance(error, ast.Call):
        name = ast.unparse(error.func)
        return bool(re.search("cost|loss|mse|error", name) and DERIVATIVE.search(name))
    return any(isinstance(n, ast.BinOp) and isinstance(n.op, ast.Sub) for n in ast.walk(error))


@operator("missing-output-derivative", "the error alone", "none")
def output_without_slope(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        for statement in found.output_deltas:
            parts = sloped(found, statement)
            if parts and is_error(found, parts[0]):
                yield code.put(statement.value, without(code, statement.value, parts[1]))


@operator("hidden-error-from-raw-error", "the error for the delta", "none")
def hidden_from_raw(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        for statement in found.output_deltas:
            parts = sloped(found, statement)
            name = ast.unparse(statement.targets[0])
            if not parts or not is_error(found, parts[0]) or len(found.assignments(name)) > 1:
                continue
            for product in found.propagations:
                if ast.unparse(product.delta) == name:
                    raw = without(code, statement.value, parts[1])
                    wrapped = f"({raw})" if " " in raw else raw
                    start, end = code.span(product.delta)
                    yield Edit(product.node.lineno, ((start, end, wrapped),))


@operator("missing-hidden-derivative", "the propagated error alone", "none")
def hidden_without_slope(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        outputs = found.output_deltas
        for name in sorted(found.delta_names):
            for statement in found.assignments(name):
                parts = sloped(found, statement)
                if statement not in outputs and parts and _is_propagated(found, parts[0]):
                    yield code.put(statement.value, without(code, statement.value, parts[1]))


def _is_propagated(found: Pass, error: ast.expr) -> bool:
    """Whether it came back through weights, in the same expression or by a name."""
    products = {p.node for p in found.propagations}
    if products & set(ast.walk(error)):
        return True
    earlier = found.assignments(ast.unparse(error)) if is_reference(error) else []
    return any(products & set(ast.walk(s.value)) for s in earlier)


@operator("missing-hidden-derivative", "no mask", "none")
def hidden_without_mask(code: Code) -> Iterator[Edit | None]:
    for found in passes(code):
        for statement in found.own(ast.Assign):
            target = match(statement.targets[0], "d_[m_]")
            masked = (
                target and isinstance(target["m_"], ast.Compare) and match(statement.value, "0")
            )
            if masked is not None and target and _is_propagated(found, target["d_"]):
                yield code.delete(statement)


@operator("missing-hidden-derivative", "no call of the slope", "none")
def hidden_without_call(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.Call):
        name, function = called(node), code.function_of(node)
        sloping = DERIVATIVE.search(name) and re.search("relu|tanh|leaky", name, re.I)
        if sloping and len(node.args) == 2 and function is not None and function.name != name:
            errors = [
                a
                for a in node.args
                if is_delta_name(a) or Pass(Network(code), function).is_product(a)
            ]
            if len(errors) == 1:
                yield code.put(node, code.text(errors[0]))


@operator("weights-not-transposed", "no transpose", "none")
def weights_as_they_are(code: Code) -> Iterator[Edit]:
    if not sizes_are_free(code):
        return
    for found in passes(code):
        for product in found.propagations:
            turned = match(product.other, "x_.T", "x_.transpose()", "np.transpose(x_)")
            if turned:
                yield code.put(product.other, code.text(turned["x_"]))


@operator("weight-gradient-input", "z for a", "none")
def gradient_of_sum(code: Code) -> Iterator[Edit]:
    known = {a: z for z, a in pairs(code).items()}
    for found in passes(code):
        for product in found.weight_gradients:
            turned = match(product.other, "x_.T", "x_.transpose()", "np.transpose(x_)")
            given = turned["x_"] if turned else product.other
            new = swapped(code, given, known.get(stem(given), "")) if is_reference(given) else None
            if new:
                yield code.put(given, new)


@operator("bias-gradient-one-row", "the first", "none")
def bias_of_first_row(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        for node, delta, how in found.bias_gradients:
            axis, kept = ast.unparse(how["i_"]), "k_" in how
            rows = {"0": "[:1]" if kept else "[0]", "1": "[:, :1]" if kept else "[:, 0]"}
            if axis in rows and isinstance(delta, ast.Name | ast.Attribute):
                yield code.put(node, code.text(delta) + rows[axis])


@operator("gradient-scale", "not divided by the rows", "none")
def one_not_divided(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        nodes = [p.node for p in found.weight_gradients] + [b[0] for b in found.bias_gradients]
        for node in nodes:
            mean = mean_of(code, node)
            if mean and len(nodes) > 1:
                yield code.put(mean[0], mean[2])


@operator("gradient-scale", "twice one gradient", "none")
def one_doubled(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        if len(found.weight_gradients) > 1 or found.network.has_biases:
            for product in found.weight_gradients:
                yield code.put(product.node, f"2 * {code.text(product.node)}")


@operator("gradient-divided-twice", "one", "none")
def one_divided_twice(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        for product in found.weight_gradients:
            mean = mean_of(code, product.node)
            if mean:
                yield code.put(mean[0], f"{code.text(mean[0])} / {code.text(mean[1])}")


@operator("gradient-divided-twice", "all", "none")
def all_divided_twice(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        nodes = [p.node for p in found.weight_gradients] + [b[0] for b in found.bias_gradients]
        means = [mean_of(code, node) for node in nodes]
        if len(nodes) > 1 and all(means):
            yield together(
                [code.put(m[0], f"{code.text(m[0])} / {code.text(m[1])}") for m in means if m]
            )


@operator("gradient-divided-twice", "in the delta, and again", "none")
def divided_again(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        for statement in found.output_deltas:
            value = match(statement.value, "x_ / n_")
            if value and is_count(value["n_"]):
                count = code.text(value["n_"])
                for product in found.weight_gradients:
                    yield code.put(product.node, f"{code.text(product.node)} / {count}")


@operator("gradient-zero", "a hidden delta of zeros", "none")
def hidden_delta_zero(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        for product in found.propagations:
            text = code.text(product.node)
            yield code.put(product.node, f"np.zeros_like({text})")


@operator("gradient-zero", "a weight's gradient of zeros", "none")
def weight_gradient_zero(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        for product in found.weight_gradients:
            text = code.text(product.node)
            yield code.put(product.node, f"np.zeros_like({text})")


@operator("gradient-copied", "the bias of a layer above", "none")
def bias_copied(code: Code) -> Iterator[Edit]:
    for found in passes(code):
        outputs = {ast.unparse(t) for s in found.output_deltas for t in s.targets}
        deltas = {ast.unparse(delta): delta for _, delta, _ in found.bias_gradients}
        in_place = any(code.scope_of(u.statement) is found.scope for u in found.network.updates)
        for node, delta, _ in found.bias_gradients:
            target = getattr(code.statement_of(node), "targets", [None])[0]
            if ast.unparse(delta) in outputs or (target and "..." in ast.unparse(target)):
                continue
            for name, other in deltas.items():
                above = name in outputs or (other.lineno < delta.lineno and not in_place)
                fits = not in_place or (single_output(code) and name in outputs)
                if name != ast.unparse(delta) and above and fits:
                    yield code.put(delta, name)
