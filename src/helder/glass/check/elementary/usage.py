"""How the rest of the file uses its arrays: samples as rows, as columns, or one at a time.

It is read in the code, so it decides nothing alone: it tells a softmax over a whole matrix, which
is right for one sample, from one that mixes the samples of a batch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.reading.definitions import Definition

BIAS = re.compile(r"(?i)^(d|grad_?|delta_?|g)?_?(b|bias|biases)_?(h|o|out|hidden|output)?_?\d*$")
# What a weight gradient multiplies by: activations and inputs, by their usual names.
ACTIVATION = re.compile(
    r"(?i)^_?(x\w?|x_?(train|batch|b)|a_?\w?|a_?\d|a_?(prev|in|h|out|hidden)|as|acts?|activations?"
    r"|h_?\d?|hidden\w*|inputs?\w*|last_input|layer_?\d|l\d|z\d|prev\w*|cache)$"
)
COUNT = re.compile(r"(?i)^(m|n|N|n_?samples|num_?samples|batch_?size|n_?examples|num_?examples)$")
ONE_SAMPLE = re.compile(r"(?i)^(x|x_?i|inputs?|input_?(data|list|array)|sample|row|a|image|img)$")


@dataclass(frozen=True)
class Usage:
    """What the code shows of its samples.

    Attributes:
        rows: Samples are rows.
        columns: Samples are columns.
        several: There is a batch.
        single: One sample is handled at a time.
    """

    rows: bool
    columns: bool
    several: bool
    single: bool

    @property
    def layout(self) -> str | None:
        """`rows` or `columns`, where everything that we saw agrees; else None."""
        if self.rows == self.columns:
            return None
        return "rows" if self.rows else "columns"

    @property
    def is_batch(self) -> bool:
        """Several samples are handled at once, and nowhere one."""
        return self.several and not self.single


def usage(code: FileCode, besides: Definition) -> Usage:
    """What the code shows of its samples, apart from one function."""
    found: set[str] = set()
    for node in code.nodes(besides.path):
        found.update(_signs(node, besides.name))
    return Usage(*(sign in found for sign in (ROWS, COLUMNS, SEVERAL, SINGLE)))


def is_turned(code: FileCode, function: Definition) -> bool:
    """It is called with something transposed: `softmax(Z.T).T`."""
    calls = code.calls.get(function.name, ())
    return any(
        ".T" in ast.unparse(a) or "transpose" in ast.unparse(a) for c in calls for a in c.args
    )


def names_axis(definition: Definition) -> bool:
    """The function itself names an axis, so it is meant for matrices."""
    return any(
        isinstance(node, ast.keyword) and node.arg in ("axis", "keepdims")
        for node in ast.walk(definition.node)
    )


ROWS, COLUMNS, SEVERAL, SINGLE = "rows", "columns", "several", "single"


def _signs(node: ast.AST, function: str) -> Iterator[str]:
    if isinstance(node, ast.Assign | ast.AugAssign):
        yield from _of_assignment(node)
    elif isinstance(node, ast.Call):
        yield from _of_call(node, function)
        yield from _of_product(node)
    elif isinstance(node, ast.BinOp):
        yield from _of_product(node)
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        places = [_counts(part) for part in node.slice.elts]
        if isinstance(node.ctx, ast.Load) and any(places):
            yield from (SEVERAL, ROWS if places[0] else COLUMNS)
    elif isinstance(node, ast.For) and _goes_through_samples(node):
        yield SINGLE


def _counts(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) in ("range", "arange")


def _of_assignment(node: ast.Assign | ast.AugAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    target = last_name(targets[0])
    inner = list(ast.walk(node.value))
    if BIAS.match(target):
        for call in inner:
            if isinstance(call, ast.Call) and last_name(call.func) in ("sum", "mean"):
                for layout in _layout_of_axis(call, {0: ROWS, 1: COLUMNS}):
                    yield from (SEVERAL, layout)
    if COUNT.match(target) and "shape" in {last_name(part) for part in inner}:
        yield SEVERAL


def _of_product(node: ast.AST) -> Iterator[str]:
    """`X.T @ dZ` has samples in rows, `dZ @ A.T` in columns; of single vectors it would be none.

    Weights that are turned tell nothing: these products there are of single vectors as well.
    """
    sides: list[ast.AST] = []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        sides = [node.left, node.right]
    elif isinstance(node, ast.Call) and last_name(node.func) in ("dot", "matmul"):
        owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        sides = [*([] if last_name(owner) in ("np", "numpy") else [owner]), *node.args]
    if len(sides) == 2:
        left, right = (_is_turned(side) for side in sides)
        if left != right:
            yield ROWS if left else COLUMNS


def _is_turned(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else node
    if not isinstance(called, ast.Attribute) or called.attr not in ("T", "transpose"):
        return False
    return ACTIVATION.match(last_name(called.value)) is not None


def _of_call(node: ast.Call, function: str) -> Iterator[str]:
    name = last_name(node.func)
    if name == "argmax" and list(_layout_of_axis(node, {1: ROWS, -1: ROWS, 0: COLUMNS})):
        yield SEVERAL
    elif name == "outer" or any(k.arg == "ndmin" for k in node.keywords):
        yield SINGLE
    elif name == "apply_along_axis":
        yield SINGLE if node.args and last_name(node.args[0]) == function else ""
    elif name == "reshape" and isinstance(node.func, ast.Attribute):
        shape = [ast.unparse(a) for a in node.args]
        if ONE_SAMPLE.match(last_name(node.func.value)) and shape in (["-1", "1"], ["(-1, 1)"]):
            yield SINGLE


def _layout_of_axis(call: ast.Call, layouts: dict[int, str]) -> Iterator[str]:
    given = [k.value for k in call.keywords if k.arg == "axis"] or call.args[1:2]
    for axis in given:
        try:
            found = layouts.get(ast.literal_eval(axis))
        except (ValueError, TypeError):
            return
        if found:
            yield found


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
