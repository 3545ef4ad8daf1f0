"""Notes on shuffling: features and labels that no longer belong together, or nothing shuffled."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from helder.glass.check.notes.scopes import (
    Scope,
    assigned,
    called,
    calls,
    data_of,
    dotted,
    full,
    is_features,
    is_label,
    is_test,
    is_train,
)
from helder.text import say


@dataclass(frozen=True)
class Shuffle:
    """Data that were brought in an order.

    Attributes:
        name: Of the data.
        of: Which rows, as the name says: `train`, `test` or empty.
        is_label: Labels, else features.
        order: Where the order was drawn: line and column.
        line: Where it was used.
    """

    name: str
    of: str
    is_label: bool
    order: tuple[int, int]
    line: int


GIVES = ("numpy.random.permutation", "sklearn.utils.shuffle", "sklearn.utils.resample")


def shuffled_apart(scope: Scope) -> Iterator[tuple[int, str]]:
    """Features and labels in orders of their own, and shuffling whose result goes nowhere."""
    yield from apart(scope)
    for statement in scope.statements:
        for call in calls(statement):
            name = full(scope.file, dotted(call.func))
            thrown = isinstance(statement, ast.Expr) and statement.value is call
            if thrown and (name in GIVES or is_sample(call)):
                yield statement.lineno, say("check.shuffle_lost", call=ast.unparse(call.func))
            kept = any(value is call for _, value in assigned(statement))
            if kept and name in ("numpy.random.shuffle", "random.shuffle"):
                yield statement.lineno, say("check.shuffle_none", call=ast.unparse(call.func))


def is_sample(call: ast.Call) -> bool:
    """Whether a call is `frame.sample(frac=1)`."""
    return called(call) == "sample" and any(word.arg == "frac" for word in call.keywords)


def apart(scope: Scope) -> Iterator[tuple[int, str]]:
    """Features and labels of the same rows that have no order in common."""
    alone: list[Shuffle] = []
    ordered: list[Shuffle] = []
    orders: dict[str, int] = {}  # names that hold an order, and where it was drawn
    for statement in scope.statements:
        if reseeds(statement):
            yield from without_partner(alone)
            alone = []
        alone += in_place(scope.file, statement)
        ordered += by_order(scope.file, statement, orders)
        for name, value in assigned(statement):
            orders.pop(name, None)
            if isinstance(value, ast.Call) and called(value) == "permutation":
                orders[name] = statement.lineno
    yield from without_partner(alone)
    yield from without_partner(ordered)


def without_partner(drawn: list[Shuffle]) -> Iterator[tuple[int, str]]:
    """For each part of the rows the first pair, where no order is that of both."""
    for of in dict.fromkeys(one.of for one in drawn):
        features = [one for one in drawn if one.of == of and not one.is_label]
        labels = [one for one in drawn if one.of == of and one.is_label]
        common = {one.order for one in features} & {one.order for one in labels}
        if features and labels and not common:
            a, b = sorted((features[0], labels[0]), key=lambda one: one.line)
            yield b.line, say("check.shuffled_apart", a=a.name, b=b.name, line=a.line)


def part(name: str) -> str:
    """Which rows a name says that it holds."""
    return "test" if is_test(name) else "train" if is_train(name) else ""


def reseeds(statement: ast.stmt) -> bool:
    """Whether random numbers start anew, so that the next order may be the last one again."""
    names = {called(call) for call in calls(statement)}
    return bool(names & {"seed", "set_state", "setstate", "default_rng", "RandomState"})


def in_place(file: ast.Module, statement: ast.stmt) -> Iterator[Shuffle]:
    """The data that a statement shuffles by a draw of its own."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if called(call) == "shuffle" and len(call.args) == 1 and by_generator(file, call):
            yield from shuffle(data_of(call.args[0]), "", call)
    for name, value in assigned(statement):
        if isinstance(value, ast.Call) and draws(file, value):
            yield from shuffle(name, data_of(value.args[0]), value)  # X = permutation(X)


def by_order(file: ast.Module, statement: ast.stmt, orders: dict[str, int]) -> Iterator[Shuffle]:
    """The data that a statement brings in an order: `X[order]`, `X[permutation(len(X))]`."""
    for name, value in assigned(statement):
        for node in ast.walk(value):
            if not isinstance(node, ast.Subscript):
                continue
            for index in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
                if isinstance(index, ast.Call) and draws(file, index):
                    yield from shuffle(name, data_of(node), index)
                elif dotted(index) in orders:
                    yield from shuffle(name, data_of(node), index, orders[dotted(index)])


def shuffle(name: str, data: str, node: ast.expr, order: int | None = None) -> Iterator[Shuffle]:
    """Data in an order, where a name says whether they are features or labels."""
    drawn = (node.lineno, node.col_offset) if order is None else (order, 0)
    if is_label(name) or is_label(data):
        yield Shuffle(name, part(name), True, drawn, node.lineno)
    elif is_features(name) or is_features(data):
        yield Shuffle(name, part(name), False, drawn, node.lineno)


def by_generator(file: ast.Module, call: ast.Call) -> bool:
    """Whether a call of `shuffle` is that of a source of random numbers: it works in place."""
    if not isinstance(call.func, ast.Attribute):
        return full(file, dotted(call.func)) in ("random.shuffle", "numpy.random.shuffle")
    owner = full(file, dotted(call.func.value))
    return owner in ("random", "numpy.random") or "rng" in owner.lower() or "rand" in owner.lower()


def draws(file: ast.Module, call: ast.Call) -> bool:
    """Whether a call gives one thing in an order that nobody can draw again."""
    name = full(file, dotted(call.func))
    one = len(call.args) == 1
    if name == "sklearn.utils.shuffle":
        return one and not any(word.arg == "random_state" for word in call.keywords)
    return one and called(call) == "permutation"
