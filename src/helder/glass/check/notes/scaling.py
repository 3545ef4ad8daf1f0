"""Notes on scaling: by a mean and a spread of rows that should not have had a say in them."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from helder.glass.check.notes.scopes import (
    Scope,
    assigned,
    called,
    calls,
    data_of,
    dotted,
    flat,
    full,
    functions_of,
    is_label,
    is_test,
    is_train,
    last,
    mentioned,
    own_nodes,
)
from helder.text import say

SCALER = re.compile(r"(Standard|MinMax|Robust|MaxAbs)Scaler|(Power|Quantile)Transformer|PCA")
SCALER_NAME = re.compile(r"(.*_)?(scaler|standardi[sz]er)\d*", re.I)
SCALING_FUNCTION = re.compile(r"sklearn\.preprocessing\.(scale|minmax_scale|robust_scale)")
ALWAYS, WITH_AXIS = (
    ("mean", "std", "var", "average", "nanmean", "nanstd"),
    ("min", "max", "amin", "amax", "ptp"),
)


def scaled_before_split(scope: Scope) -> Iterator[tuple[int, str]]:
    """Data that is scaled by statistics of all rows, and then divided in training and test."""
    walk = Walk(scope.file)
    for statement in scope.statements:
        for name in walk.divided(statement):
            line = walk.scaled[name]
            yield (
                line,
                say("check.scaled_before_split", name=walk.first[name], line=statement.lineno),
            )
        walk.step(statement)


def test_scaled_by_itself(scope: Scope) -> Iterator[tuple[int, str]]:
    """Rows of a test that are scaled by their own statistics."""
    walk = Walk(scope.file)
    for statement in scope.statements:
        for name in walk.scales(statement):
            if is_test(name) and not is_label(name):
                yield statement.lineno, say("check.test_scaled_by_itself", name=name)
        walk.step(statement)


@dataclass
class Walk:
    """What is known of the names after some statements.

    Attributes:
        scaled: Names that hold scaled data, and the line in which it was scaled.
        first: For these the name of what was scaled there.
        statistics: Names that hold a mean or a spread, and the data that it is of.
        parts: For data and for `train` and `test`, that a part of it was taken under such a name.
    """

    file: ast.Module
    scaled: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    statistics: dict[str, str] = field(default_factory=dict)
    parts: dict[str, set[str]] = field(default_factory=dict)

    def step(self, statement: ast.stmt) -> None:
        """Takes in what a statement does."""
        whole = [n for n in self.scales(statement) if not is_train(n) and not is_test(n)]
        values = assigned(statement)
        for name in whole if not values else ():  # scaler.fit(X): X itself is not changed
            self.mark(name, statement.lineno, name)
        for name, value in values:
            of = statistic_of(value)
            if of:
                self.statistics[name] = of
            before = sorted(mentioned(value) & set(self.scaled))
            if whole:
                self.mark(name, statement.lineno, whole[0])
            elif before and not of:
                self.mark(name, self.scaled[before[0]], self.first[before[0]])
            elif not isinstance(statement, ast.AugAssign):
                self.scaled.pop(name, None)

    def mark(self, name: str, line: int, first: str) -> None:
        self.scaled[name], self.first[name] = line, first

    def divided(self, statement: ast.stmt) -> set[str]:
        """The scaled data that a statement divides in training and test."""
        values = assigned(statement)
        found: set[str] = set()
        both = any(is_train(n) for n, _ in values) and any(is_test(n) for n, _ in values)
        for call in calls(statement):
            if called(call) == "train_test_split" or both:
                found |= {data_of(argument) for argument in call.args}
        for name, value in values:
            if isinstance(value, ast.Subscript) and (is_train(name) or is_test(name)):
                parts = self.parts.setdefault(data_of(value), set())
                parts.add("test" if is_test(name) else "train")
                found |= {data_of(value)} if len(parts) == 2 else set()
        return found & set(self.scaled)

    def scales(self, statement: ast.stmt) -> list[str]:
        """The data that a statement scales by its own statistics."""
        found = []
        for node in own_nodes(statement):
            if isinstance(node, ast.Call):
                found.append(self.scaled_by_call(node))
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div):
                names = {data_of(node.left), *mentioned(node.left)}
                found += sorted(names & self.statistics_in(node.right))
        if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Sub | ast.Div):
            found += sorted({data_of(statement.target)} & self.statistics_in(statement.value))
        return [name for name in dict.fromkeys(found) if name]

    def scaled_by_call(self, call: ast.Call) -> str:
        """The data that a call scales by its own statistics, else empty."""
        if not call.args:
            return ""
        name = dotted(call.func)
        fits = called(call) in ("fit_transform", "fit") and isinstance(call.func, ast.Attribute)
        if fits and isinstance(call.func, ast.Attribute) and is_scaler(self.file, call.func.value):
            return data_of(call.args[0])
        if SCALING_FUNCTION.fullmatch(full(self.file, name)) and axis_of(call) not in (1, -1):
            return data_of(call.args[0])
        own = functions_of(self.file).get(name)
        if own is not None and len(call.args) == 1 and scales_itself(own):
            return data_of(call.args[0])
        return ""

    def statistics_in(self, node: ast.AST) -> set[str]:
        """The data whose mean or spread is used in an expression."""
        inside = {self.statistics[name] for name in mentioned(node) & set(self.statistics)}
        return inside | {statistic_of(part) for part in ast.walk(node)} - {""}


def statistic_of(node: ast.AST) -> str:
    """The data that a mean or a spread over rows is of: `X` of `X.mean(axis=0)`; else empty."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    of_module = dotted(node.func.value) in ("np", "numpy") and bool(node.args)
    data = data_of(node.args[0] if of_module else node.func.value)
    axis = axis_of(node, 1 if of_module else 0)
    if node.func.attr in ALWAYS:
        return "" if axis in (1, -1) else data
    return data if node.func.attr in WITH_AXIS and axis == 0 else ""


def axis_of(call: ast.Call, place: int = 1) -> int | None:
    """The axis that a call names; None where it names none."""
    given = [word.value for word in call.keywords if word.arg == "axis"] or call.args[
        place : place + 1
    ]
    try:
        axis = ast.literal_eval(given[0]) if given else None
    except ValueError:
        return None
    return axis if isinstance(axis, int) else None


def is_scaler(file: ast.Module, node: ast.AST) -> bool:
    """Whether an expression is a scaler: made here, made elsewhere in the file, or by its name."""
    if isinstance(node, ast.Call):
        return SCALER.fullmatch(called(node)) is not None
    name = dotted(node)
    return name in scalers(file) or SCALER_NAME.fullmatch(last(name)) is not None


@functools.lru_cache(maxsize=8)
def scalers(file: ast.Module) -> frozenset[str]:
    """The names that scalers are bound to, anywhere in a file."""
    return frozenset(
        dotted(target)
        for node in ast.walk(file)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if SCALER.fullmatch(called(node.value))
        for target in node.targets
    )


def scales_itself(function: ast.FunctionDef) -> bool:
    """Whether a function scales its only argument by that argument's own statistics."""
    names = [argument.arg for argument in function.args.args]
    walk = Walk(ast.Module(body=[], type_ignores=[]))
    for statement in flat(function.body):
        if set(walk.scales(statement)) & set(names):
            return len(names) == 1
        walk.step(statement)
    return False
