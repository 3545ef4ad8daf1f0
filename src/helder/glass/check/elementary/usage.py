"""How the rest of the file uses its arrays: samples as rows, as columns, or one at a time.

It is read in the code, so it decides nothing alone: it tells a softmax over a whole matrix, which
is right for one sample, from one that mixes the samples of a batch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from helder.glass.check.definitions import Definition
from helder.glass.check.elementary.file_code import FileCode, last_name

BIAS = re.compile(r"(?i)^(d|grad_?|delta_?|g)?_?(b|bias|biases)_?(h|o|out|hidden|output)?_?\d*$")
COUNT = re.compile(r"(?i)^(m|n|N|n_?samples|num_?samples|batch_?size|n_?examples|num_?examples)$")
ONE_SAMPLE = re.compile(r"(?i)^(x|x_?i|inputs?|input_?(data|list|array)|sample|row|a|image|img)$")


@dataclass(frozen=True)
class Usage:
    """What the code shows of its samples.

    Attributes:
        rows: Samples are rows of a batch.
        columns: Samples are columns of a batch.
        single: One sample is handled at a time.
    """

    rows: bool
    columns: bool
    single: bool

    @property
    def batch(self) -> str | None:
        """`rows` or `columns`, where everything that we saw agrees; else None."""
        if self.single or self.rows == self.columns:
            return None
        return "rows" if self.rows else "columns"


def usage(code: FileCode, besides: Definition) -> Usage:
    """What the code shows of its samples, apart from one function."""
    found: set[str] = set()
    for node in code.nodes(besides.path):
        found.update(_signs(node, besides.name))
    return Usage("rows" in found, "columns" in found, "single" in found)


def names_axis(definition: Definition) -> bool:
    """The function itself names an axis, so it is meant for matrices."""
    return any(
        isinstance(node, ast.keyword) and node.arg in ("axis", "keepdims")
        for node in ast.walk(definition.node)
    )


def _signs(node: ast.AST, function: str) -> Iterator[str]:
    if isinstance(node, ast.Assign | ast.AugAssign):
        yield from _of_assignment(node)
    elif isinstance(node, ast.Call):
        yield from _of_call(node, function)
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        first, read = node.slice.elts[0], isinstance(node.ctx, ast.Load)
        if read and isinstance(first, ast.Call) and last_name(first.func) in ("range", "arange"):
            yield "rows"
    elif isinstance(node, ast.For) and _goes_through_samples(node):
        yield "single"


def _of_assignment(node: ast.Assign | ast.AugAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    target = last_name(targets[0])
    if BIAS.match(target):
        for call in ast.walk(node.value):
            if isinstance(call, ast.Call) and last_name(call.func) in ("sum", "mean"):
                yield from _layout_of_axis(call, {0: "rows", 1: "columns"})
    if COUNT.match(target) and isinstance(node.value, ast.Subscript):
        value = node.value
        if last_name(value.value) == "shape" and isinstance(value.slice, ast.Constant):
            yield {0: "rows", 1: "columns"}.get(value.slice.value, "")  # type: ignore[arg-type]


def _of_call(node: ast.Call, function: str) -> Iterator[str]:
    name = last_name(node.func)
    if name == "argmax":
        yield from _layout_of_axis(node, {1: "rows", -1: "rows", 0: "columns"})
    elif name == "outer" or any(k.arg == "ndmin" for k in node.keywords):
        yield "single"
    elif name == "apply_along_axis":
        yield "single" if node.args and last_name(node.args[0]) == function else ""
    elif name == "reshape" and isinstance(node.func, ast.Attribute):
        shape = [ast.unparse(a) for a in node.args]
        if ONE_SAMPLE.match(last_name(node.func.value)) and shape in (["-1", "1"], ["(-1, 1)"]):
            yield "single"


def _layout_of_axis(call: ast.Call, layouts: dict[int, str]) -> Iterator[str]:
    given = [k.value for k in call.keywords if k.arg == "axis"] or call.args[1:2]
    for axis in given:
        try:
            yield layouts.get(ast.literal_eval(axis), "")
        except (ValueError, TypeError):
            return


def _goes_through_samples(loop: ast.For) -> bool:
    """`for i in range(len(X))` with `X[i]` inside, or `for x, y in zip(X, y)`."""
    text = ast.unparse(loop.iter)
    if isinstance(loop.target, ast.Name) and re.search(r"range\((len\(|.*shape\[0\])", text):
        index = loop.target.id
        return any(
            isinstance(node, ast.Subscript) and ast.unparse(node.slice) in (index, f"{index}, :")
            and re.match(r"(?i)x|input|data|train", last_name(node.value))
            for node in ast.walk(loop)
        )  # fmt: skip
    names = [last_name(part) for part in getattr(loop.target, "elts", [])]
    return (
        "zip(" in text
        and bool(names)
        and bool(re.match(r"(?i)^(x|xi|x_i|input|sample|row)$", names[0]))
    )
