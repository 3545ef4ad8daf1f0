"""Which derivatives a file has, where they are called, and whether they expect `z` or `a`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mutations.alive import called_on
from mutations.code import Code
from mutations.roles import DERIVATIVE, KINDS, called

X = np.array([[0.2, 0.7, 0.55], [0.4, 0.9, 0.35]])


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


SLOPES = {
    ("sigmoid", "a"): X * (1 - X),
    ("sigmoid", "z"): sigmoid(X) * (1 - sigmoid(X)),
    ("tanh", "a"): 1 - X**2,
    ("tanh", "z"): 1 - np.tanh(X) ** 2,
}


@dataclass(frozen=True)
class Slope:
    """A call of a derivative that is not relu's: of what it is called, and what it expects."""

    call: ast.Call
    argument: ast.expr
    function: ast.FunctionDef
    kind: str
    given: str
    option: bool


def names_of(function: ast.FunctionDef) -> list[str]:
    """Its parameters without `self`."""
    return [a.arg for a in function.args.args if a.arg != "self"]


def choices(function: ast.FunctionDef) -> dict[str, list[str]]:
    """What a function compares a name with: `{"activation": ["relu", "tanh"]}`."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Constant):
            value = node.comparators[0].value
            name = getattr(node.left, "attr", getattr(node.left, "id", ""))
            if isinstance(value, str) and name:
                found.setdefault(name, []).append(value)
    return found


def convention(code: Code, function: ast.FunctionDef) -> tuple[str, str, bool] | None:
    """The activation, `z` or `a`, and whether that is one option of several; by its values."""
    options = choices(function)
    flags = [
        n
        for n in names_of(function)
        if n in ("deriv", "derivative", "derive", "is_derivative", "prime")
    ]
    for name, value in [("", ""), *((n, v) for n, values in options.items() for v in values)]:
        settings = {name: value} if name else {}
        arguments = [n for n in names_of(function) if n not in settings and n not in flags]
        given = {n: settings[n] for n in names_of(function) if n in settings}
        given |= dict.fromkeys(flags, True)
        if len(arguments) == 1:
            tries = [{arguments[0]: X}]
        elif len(arguments) == 2:
            one = np.ones_like(X)
            tries = [{arguments[0]: one, arguments[1]: X}, {arguments[0]: X, arguments[1]: one}]
        else:
            continue
        attributes = {n: v for n, v in settings.items() if n not in given}
        for attempt in tries:
            result = called_on(code, function, {**attempt, **given}, attributes)
            for (kind, which), expected in SLOPES.items():
                if result is not None and result.shape == X.shape and np.allclose(result, expected):
                    return kind, which, bool(name) and value != options[name][0]
    return None


def slopes(code: Code) -> Iterator[Slope]:
    """Every call of a derivative of sigmoid or tanh, found by values."""
    known = {}
    for function in code.functions:
        flagged = len(names_of(function)) > 1 and KINDS["sigmoid"].search(function.name)
        if DERIVATIVE.search(function.name) or flagged:
            known[function.name] = (function, convention(code, function))
    for node in code.all(ast.Call):
        function, found = known.get(called(node), (None, None))
        if found is None or code.function_of(node) is function or not node.args:
            continue
        flags = [a for a in (*node.args[1:], *(k.value for k in node.keywords)) if _is_true(a)]
        if not DERIVATIVE.search(function.name) and not flags:
            continue
        arguments = [a for a in node.args if not isinstance(a, ast.Constant)]
        if len(arguments) == 2:
            argument = arguments[_of_slope(function)]
        elif len(arguments) == 1:
            argument = arguments[0]
        else:
            continue
        yield Slope(node, argument, function, *found)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _of_slope(function: ast.FunctionDef) -> int:
    """Of `f(dA, Z)` the place of `Z`: the one whose name does not start with `d`."""
    names = names_of(function)
    return 1 if names[0].startswith(("d", "g", "up")) or not names[1].startswith("d") else 0
