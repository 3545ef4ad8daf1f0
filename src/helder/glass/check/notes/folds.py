"""Notes on folds: one network that learns from all of them in turn."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from helder.glass.check.notes.scopes import (
    Scope,
    assigned,
    called,
    calls,
    classes_of,
    dotted,
    flat,
    functions_of,
)
from helder.glass.check.notes.testing import TRAINS
from helder.text import say

ANEW = re.compile(r"init|reset|build|compile|clone|copy|make|create|new", re.I)
RANDOM = re.compile(r"rand|normal|uniform|zeros|ones", re.I)


def one_model_for_all_folds(scope: Scope) -> Iterator[tuple[int, str]]:
    """A network, or its weights, made once before the loop over folds and trained within it."""
    for loop in scope.statements:
        if not isinstance(loop, ast.For) or not over_folds(loop, scope):
            continue
        before = made_before(scope, loop)
        for statement in flat(loop.body):
            for call in calls(statement):
                if TRAINS.fullmatch(called(call)):
                    for name in carried_on(scope, call, before):
                        if not made_anew(loop, name):
                            made = before[name].lineno
                            yield call.lineno, say("check.one_model", name=name, line=made)


def over_folds(loop: ast.For, scope: Scope) -> bool:
    """Whether a loop goes over folds: by its names, or by a splitter of scikit-learn."""
    words = f"{ast.unparse(loop.target)} {ast.unparse(loop.iter)}"
    if re.search(r"fold", words, re.I):
        return True
    splitters = {
        name
        for statement in scope.statements
        for name, value in assigned(statement)
        if isinstance(value, ast.Call) and re.search(r"KFold|ShuffleSplit", called(value))
    }
    inner = [node for node in ast.walk(loop.iter) if isinstance(node, ast.Call)]
    return any(dotted(node.func) in {f"{name}.split" for name in splitters} for node in inner)


def made_before(scope: Scope, loop: ast.For) -> dict[str, ast.Call]:
    """The names that hold what a call gave, before a loop."""
    return {
        name: value
        for statement in scope.statements
        if statement.lineno < loop.lineno
        for name, value in assigned(statement)
        if isinstance(value, ast.Call)
    }


def carried_on(scope: Scope, call: ast.Call, before: dict[str, ast.Call]) -> Iterator[str]:
    """The names of what a call of a training goes on with."""
    if isinstance(call.func, ast.Attribute):
        name = dotted(call.func.value)
        owner = classes_of(scope.file).get(called(before[name])) if name in before else None
        if owner is not None and not begins_anew(owner, call.func.attr):
            yield name
        return
    function = functions_of(scope.file).get(dotted(call.func))
    if function is None or any(ANEW.search(called(one)) for one in all_calls(function)):
        return
    for argument in call.args:
        name = dotted(argument)
        if name in before and re.search(r"init", called(before[name]), re.I):
            yield name


def begins_anew(owner: ast.ClassDef, method: str) -> bool:
    """Whether a method gives its object new weights, or is not to be seen here."""
    methods = {one.name: one for one in owner.body if isinstance(one, ast.FunctionDef)}
    if method not in methods:
        return True
    names = [called(one) for one in weights_set(methods[method])]
    return any(ANEW.search(name) or RANDOM.search(name) for name in names)


def weights_set(method: ast.FunctionDef) -> Iterator[ast.Call]:
    """The calls of the object's own methods, and those whose result it keeps."""
    for statement in flat(method.body):
        keeps = any(name.startswith("self.") for name, _ in assigned(statement))
        for call in calls(statement):
            if keeps or dotted(call.func).startswith("self."):
                yield call


def made_anew(loop: ast.For, name: str) -> bool:
    """Whether the loop makes something new of a name, or sets it back."""
    for statement in flat(loop.body):
        for target, value in assigned(statement):
            trains = isinstance(value, ast.Call) and TRAINS.fullmatch(called(value))
            if target == name and not trains:
                return True
        for call in calls(statement):
            owned = dotted(call.func).startswith(f"{name}.") or name in map(dotted, call.args)
            if owned and ANEW.search(called(call)):
                return True
    return False


def all_calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    """Every call in a function."""
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))
