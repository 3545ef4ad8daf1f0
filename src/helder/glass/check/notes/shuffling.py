"""Notes on shuffling: features and labels that no longer belong together, or nothing shuffled."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from helder.glass.check.notes.scopes import (
    Scope,
    assigned,
    called,
    calls,
    data_of,
    dotted,
    full,
    is_label,
    is_test,
    is_train,
)
from helder.text import say

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
    """Pairs of features and labels, each shuffled by a draw of its own."""
    drawn: list[tuple[str, int]] = []
    for statement in scope.statements:
        if reseeds(scope.file, statement):
            drawn = []
        for name in shuffled(scope.file, statement):
            for other, line in drawn:
                if is_label(name) != is_label(other) and part(name) == part(other):
                    yield statement.lineno, say("check.shuffled_apart", a=other, b=name, line=line)
            drawn.append((name, statement.lineno))


def part(name: str) -> str:
    """Which rows a name says that it holds."""
    return "test" if is_test(name) else "train" if is_train(name) else ""


def reseeds(file: ast.Module, statement: ast.stmt) -> bool:
    """Whether random numbers start anew, so that the next order may be the last one again."""
    names = {called(call) for call in calls(statement)}
    return bool(names & {"seed", "set_state", "setstate", "default_rng", "RandomState"})


def shuffled(file: ast.Module, statement: ast.stmt) -> Iterator[str]:
    """The data that a statement brings in an order drawn there and nowhere else."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if called(call) == "shuffle" and len(call.args) == 1 and by_generator(file, call):
            yield data_of(call.args[0])
    for name, value in assigned(statement):
        fresh = draws(file, value) if isinstance(value, ast.Call) else False
        if fresh and isinstance(value, ast.Call) and data_of(value.args[0]) == name:
            yield name  # X = permutation(X)
        if isinstance(value, ast.Subscript) and data_of(value) == name:
            index = value.slice
            if isinstance(index, ast.Tuple) and index.elts:
                index = next((one for one in index.elts if isinstance(one, ast.Call)), index)
            if isinstance(index, ast.Call) and draws(file, index):
                yield name  # X = X[permutation(len(X))]


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
