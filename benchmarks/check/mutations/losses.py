"""Mistakes in the loss that is reported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mutations.code import Code, Edit, together
from mutations.operators import operator
from mutations.pattern import match
from mutations.roles import KINDS, called, factors, is_reference, kind_of, matmuls, stem


@dataclass(frozen=True)
class Term:
    """`label * log(prediction)`, or `(1 - label) * log(1 - prediction)`."""

    node: ast.expr
    label: ast.expr
    prediction: ast.expr
    inside: ast.expr
    second: bool


def bare(node: ast.expr) -> ast.expr:
    """What is left without the guard against log 0."""
    found = match(
        node, "np.clip(x_, i_, j_)", "x_.clip(i_, j_)", "np.maximum(x_, i_)", "np.maximum(i_, x_)",
    )  # fmt: skip
    if found:
        return bare(found["x_"])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for part, guard in ((node.left, node.right), (node.right, node.left)):
            if is_guard(guard):
                return bare(part)
    return node


def is_guard(node: ast.expr) -> bool:
    """A small number, or a name for one."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float) and 0 < node.value <= 1e-3
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Pow)
    return bool(re.search("eps|tiny|small|delta|clip", stem(node), re.I))


def is_log(node: ast.expr) -> bool:
    return bool(match(node, "np.log(x_)", "math.log(x_)", "np.log2(x_)"))


def terms(code: Code, inside: ast.AST) -> list[Term]:
    """The products of labels and logarithms in a statement or function."""
    found = []
    for node in code.all(ast.BinOp, ast.Call, inside=inside):
        parts = factors(node)
        for product, left, right in matmuls(node):
            parts = [upright(left), upright(right)] if product is node else parts
        logs = [p for p in parts if is_log(p)]
        if len(parts) < 2 or len(logs) != 1 or factors(code.parent[node]) != [code.parent[node]]:
            continue
        core, others = bare(logs[0].args[0]), [p for p in parts if p is not logs[0]]
        for other in others:
            minus_core, minus = match(core, "1 - x_"), match(_plain(other), "1 - x_")
            if minus and minus_core and is_reference(minus["x_"]):
                found.append(Term(node, minus["x_"], minus_core["x_"], logs[0].args[0], True))
            elif is_reference(_plain(other)) and not minus_core and _is_array(_plain(other)):
                found.append(Term(node, _plain(other), core, logs[0].args[0], False))
    return found


def upright(node: ast.expr) -> ast.expr:
    """`x` of `x.T`."""
    found = match(node, "x_.T", "np.transpose(x_)")
    return found["x_"] if found else node


def _plain(node: ast.expr) -> ast.expr:
    """`y` of `-y`."""
    return node.operand if isinstance(node, ast.UnaryOp) else node


def _is_array(node: ast.expr) -> bool:
    return not re.search(r"^(m|n|N|inv_?m|scale|weight|lam)$", stem(node))


def places(code: Code) -> Iterator[ast.stmt]:
    """The statements that compute a loss: in a function named so, or into a name that says so."""
    for node in code.all(ast.Return, ast.Assign, ast.AugAssign):
        function = code.function_of(node)
        named = function is not None and kind_of(code, function) == "loss"
        target = getattr(node, "target", None) or (getattr(node, "targets", None) or [None])[0]
        told = target is not None and KINDS["loss"].search(stem(target))
        logs = any(is_log(n) for n in ast.walk(node))
        if re.search("null|rmse", code.text(node)):  # measures beside the loss
            continue
        if node.value is not None and (named or told or logs):
            yield node


def single_output(code: Code) -> bool:
    """No softmax and no class numbers: one column of predictions, as far as names tell."""
    words = {n.id for n in code.all(ast.Name)} | {n.attr for n in code.all(ast.Attribute)}
    words |= {f.name for f in code.functions}
    return not any(re.search(r"soft_?max|argmax|one_?hot|^eye$", w, re.I) for w in words)


@operator("loss-log-of-label", "log(y)")
def log_of_label(code: Code) -> Iterator[Edit]:
    for place in places(code):
        found = terms(code, place)
        if found:
            yield together([code.put(t.prediction, code.text(t.label)) for t in found])


@operator("loss-ignores-labels", "p * log(p)")
def prediction_for_label(code: Code) -> Iterator[Edit]:
    for place in places(code):
        found = [t for t in terms(code, place) if is_reference(t.prediction)]
        if found:
            yield together([code.put(t.label, code.text(t.prediction)) for t in found])


@operator("loss-ignores-labels", "the largest probability")
def largest_probability(code: Code) -> Iterator[Edit]:
    for place in places(code):
        for node in code.all(ast.Subscript, inside=place):
            logged = any(is_log(n) for n in code.above(node) if isinstance(n, ast.Call))
            found = match(node, "p_[i_, j_]") if logged else None
            if found:
                rows = match(found["i_"], "np.arange(n_)", "range(n_)")
                yield code.put(node, f"{code.text(found['p_'])}.max(axis={1 if rows else 0})")


@operator("loss-ignores-labels", "the square of the prediction")
def square_of_prediction(code: Code) -> Iterator[Edit]:
    for place, square, difference in squares(code):
        del place, square
        label, prediction = sides(code, difference)
        if label is not None:
            yield code.put(difference, code.text(prediction))


def squares(code: Code) -> Iterator[tuple[ast.stmt, ast.expr, ast.BinOp]]:
    """Squared differences in losses."""
    for place in places(code):
        for node in code.all(ast.BinOp, ast.Call, inside=place):
            found = match(node, "(a_ - b_)**2", "np.square(a_ - b_)", "np.power(a_ - b_, 2)")
            if found:
                yield place, node, code.parent[found["a_"]]


def sides(code: Code, difference: ast.BinOp) -> tuple[ast.expr | None, ast.expr]:
    """Which side of a difference is the label; None where names do not tell."""
    from mutations.roles import is_label

    left, right = difference.left, difference.right
    if is_label(left) == is_label(right) or not (is_reference(left) and is_reference(right)):
        return None, left
    return (left, right) if is_label(left) else (right, left)


@operator("loss-formula", "the logarithm lost")
def without_logarithm(code: Code) -> Iterator[Edit]:
    for place in places(code):
        found = [t for t in terms(code, place) if not t.second]
        both = len(terms(code, place)) > len(found)
        if len(found) == 1 and not both and is_reference(found[0].prediction):
            log = code.parent[found[0].inside]
            yield code.put(log, code.text(found[0].prediction))


@operator("loss-formula", "the square lost")
def without_square(code: Code) -> Iterator[Edit]:
    for _, square, difference in squares(code):
        yield code.put(square, code.text(difference))


@operator("loss-sign", "the minus lost")
def without_minus(code: Code) -> Iterator[Edit]:
    for place in places(code):
        if not any(is_log(n) for n in ast.walk(place)):
            continue
        signs = [
            node
            for node in code.all(ast.UnaryOp, inside=place)
            if isinstance(node.op, ast.USub) and _is_leftmost(code, node, place)
        ]
        if len(signs) == 1 and not _log_after_minus(code, signs[0]):
            start, end = code.span(signs[0])
            inner = code.source[start:end].removeprefix("-").lstrip()
            yield Edit(place.lineno, ((start, end, inner),))


def _is_leftmost(code: Code, node: ast.UnaryOp, place: ast.stmt) -> bool:
    """Whether its sign is that of a whole sum of logarithms: nothing but scale stands around it."""
    outer = code.parent[node]
    while outer is not place:
        if isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Sub):
            return False
        if isinstance(outer, ast.Call) and called(outer) in (
            "exp",
            "power",
            "arange",
            "range",
            "reshape",
            "dot",
        ):
            return False
        if isinstance(outer, ast.Subscript | ast.keyword | ast.Tuple):
            return False
        node, outer = outer, code.parent[outer]
    return not isinstance(getattr(place, "target", None), ast.Subscript)


def _log_after_minus(code: Code, sign: ast.UnaryOp) -> bool:
    """Of `-a - b` the second minus would stay: a different mistake."""
    outer = code.parent[sign]
    while isinstance(outer, ast.expr):
        if isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Sub | ast.Add):
            return True
        outer = code.parent[outer]
    return False


@operator("loss-second-term", "the other sign")
def second_term_sign(code: Code) -> Iterator[Edit]:
    for place in places(code):
        for term in (t for t in terms(code, place) if t.second):
            outer = code.parent[term.node]
            if isinstance(outer, ast.BinOp) and outer.right is term.node:
                sign = {ast.Add: "-", ast.Sub: "+"}.get(type(outer.op))
                if sign:
                    yield _with_sign(code, outer, sign)


def _with_sign(code: Code, node: ast.BinOp, sign: str) -> Edit:
    """The operator between its two sides exchanged, and nothing else."""
    start, end = code.span(node.left)[1], code.span(node.right)[0]
    between = code.source[start:end]
    old = "+" if sign == "-" else "-"
    at = start + between.index(old)
    return Edit(node.lineno, ((at, at + 1, sign),))


@operator("loss-second-term", "left out")
def second_term_left_out(code: Code) -> Iterator[Edit]:
    if not single_output(code):
        return
    for place in places(code):
        for term in (t for t in terms(code, place) if t.second):
            outer = code.parent[term.node]
            if isinstance(outer, ast.BinOp) and outer.right is term.node:
                yield code.put(outer, code.text(outer.left))


@operator("loss-log-of-zero", "no guard")
def without_guard(code: Code) -> Iterator[Edit]:
    for place in places(code):
        edits = [
            code.put(node.args[0], code.text(bare(node.args[0])))
            for node in code.all(ast.Call, inside=place)
            if is_log(node) and bare(node.args[0]) is not node.args[0]
        ]
        if edits:
            yield together(edits)


@operator("loss-log-of-zero", "no clip before")
def without_clip(code: Code) -> Iterator[Edit]:
    for function in code.functions:
        logs = any(is_log(n) for n in code.all(ast.Call, inside=function))
        for node in code.all(ast.Assign, inside=function) if logs else ():
            left = bare(node.value)
            if left is not node.value and is_reference(left):
                yield code.put(node.value, code.text(left))


@operator("loss-not-the-one-optimised", "squared error reported")
def squared_error_reported(code: Code) -> Iterator[Edit]:
    for place in places(code):
        found = terms(code, place)
        if not found or any(not is_reference(t.prediction) for t in found):
            continue
        if isinstance(place, ast.AugAssign) or re.search(
            "lam|l2|reg|decay|penal", code.text(place)
        ):
            continue
        parts = place.value.elts if isinstance(place.value, ast.Tuple) else [place.value]
        values = [part for part in parts if found[0].node in set(ast.walk(part))]
        summed = re.search(r"sum|mean|dot|einsum", code.text(values[0]))
        if summed:
            label, prediction = code.text(found[0].label), code.text(found[0].prediction)
            yield code.put(values[0], f"np.mean(({label} - {prediction}) ** 2)")


@operator("operator-precedence", "the square of the mean", "values")
def square_of_mean(code: Code) -> Iterator[Edit]:
    for _, square, difference in squares(code):
        outer = code.parent[square]
        if match(outer, "np.mean(x_)"):
            yield code.put(outer, f"np.mean({code.text(difference)}) ** 2")


@operator("loss-broadcast", "labels flattened in the loss", "values")
def flattened_label(code: Code) -> Iterator[Edit]:
    if re.search(r"\b[mn] = \w+(\.\w+)*\.shape\[1\]", code.source):
        return  # samples are columns: a row and a vector make a row
    if not single_output(code) or not re.search(r"-1, *1\)|None\]|newaxis|, 1\)", code.source):
        return
    for place in places(code):
        labels = [t.label for t in terms(code, place)]
        for _, _, difference in (s for s in squares(code) if s[0] is place):
            label, _ = sides(code, difference)
            labels += [label] if label is not None else []
        if labels:
            yield together([code.put(label, f"{code.text(label)}.ravel()") for label in labels])
