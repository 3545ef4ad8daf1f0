"""Mistakes in what becomes of labels and predictions: one-hot, argmax, accuracy."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mutations.code import Code, Edit
from mutations.operators import operator
from mutations.pattern import match
from mutations.roles import is_count, is_label, kind_of

PREDICTING = re.compile(
    r"pred|accura|evaluat|score|classif|^test|correct|recogn|guess|decide", re.I
)


def one_hots(code: Code) -> Iterator[ast.FunctionDef]:
    return (f for f in code.functions if kind_of(code, f) == "one-hot")


def _labels_of(function: ast.FunctionDef) -> str:
    names = [a.arg for a in function.args.args if a.arg != "self"]
    return names[0] if names else ""


def widths(code: Code, function: ast.FunctionDef) -> Iterator[ast.expr]:
    """The number of classes where the matrix is made."""
    for node in code.all(ast.Call, inside=function):
        found = match(
            node, "np.zeros((a_, b_))", "np.zeros((a_, b_), dtype=t_)", "np.zeros(shape=(a_, b_))"
        )
        if found:
            sizes = [n for n in found.values() if not is_count(n) and "size" not in ast.unparse(n)]
            sizes = [n for n in sizes if n is not found.get("t_")]
            if len(sizes) == 1:
                yield sizes[0]
        eye = match(node, "np.eye(x_)", "np.identity(x_)", "np.eye(x_, dtype=t_)")
        if eye:
            yield eye["x_"]


@operator("one-hot-width", "as wide as the largest label")
def width_of_data(code: Code) -> Iterator[Edit]:
    for function in one_hots(code):
        for size in widths(code, function):
            if not any(isinstance(n, ast.Call) for n in ast.walk(size)):
                yield code.put(size, f"np.max({_labels_of(function)}) + 1")


@operator("one-hot-width", "as many as there are different labels")
def width_of_different(code: Code) -> Iterator[Edit]:
    for function in one_hots(code):
        for size in widths(code, function):
            yield code.put(size, f"len(np.unique({_labels_of(function)}))")


@operator("labels-shifted", "one less")
def labels_one_less(code: Code) -> Iterator[Edit]:
    yield from _shifted(code, "- 1")


@operator("labels-shifted", "one more")
def labels_one_more(code: Code) -> Iterator[Edit]:
    yield from _shifted(code, "+ 1")


def _shifted(code: Code, step: str) -> Iterator[Edit]:
    for function in one_hots(code):
        loops = {
            n.target.id
            for n in code.all(ast.For, inside=function)
            if isinstance(n.target, ast.Name)
        }
        for node in code.all(ast.Subscript, inside=function):
            found = match(node, "np.eye(k_)[y_]", "np.identity(k_)[y_]") or match(
                node, "m_[i_, j_]"
            )
            if not found:
                continue
            for index in (n for name, n in found.items() if name in ("y_", "i_", "j_")):
                word = ast.unparse(index)
                told = word == _labels_of(function) or is_label(index) or word.startswith("int(")
                if told and word not in loops and not isinstance(index, ast.Slice):
                    yield code.put(index, f"{code.text(index)} {step}")


def decisions(code: Code) -> Iterator[tuple[ast.Call, ast.expr, ast.expr]]:
    """Every argmax over classes of predictions: the call, of what, the axis."""
    for node in code.all(ast.Call):
        function = code.function_of(node)
        found = match(node, *DECISIONS)
        predicting = function is not None and PREDICTING.search(function.name)
        library = found and ast.unparse(found["p_"]) in ("np", "numpy")  # `np.argmax(p)`: no axis
        if found and predicting and not library and not is_label(found["p_"]):
            yield node, found["p_"], found["i_"]


DECISIONS = ("np.argmax(p_, axis=i_)", "np.argmax(p_, i_)", "p_.argmax(axis=i_)", "p_.argmax(i_)")


@operator("argmax-axis", "the other axis")
def argmax_of_other_axis(code: Code) -> Iterator[Edit]:
    for _, _, axis in decisions(code):
        text = ast.unparse(axis)
        if text in ("0", "1", "-1"):
            yield code.put(axis, "1" if text == "0" else "0")


@operator("argmax-axis", "no axis")
def argmax_of_all(code: Code) -> Iterator[Edit]:
    for node, p, _ in decisions(code):
        yield code.put(node, f"np.argmax({code.text(p)})")


@operator("threshold-for-classes", "above one half")
def threshold(code: Code) -> Iterator[Edit]:
    for node, p, _ in decisions(code):
        yield code.put(node, f"({code.text(p)} > 0.5).astype(int)")
