"""Does an edit change what a function gives? That of both files is called, and compared."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import math
import random
import warnings
from functools import lru_cache

import numpy as np

from mutations.code import Code

HARMLESS = (ast.FunctionDef, ast.ClassDef)
GRID = np.array([[-2.3, -0.7, -0.2], [0.3, 0.8, 1.7], [2.5, -1.1, 0.6], [30.0, -12.0, 4.0]])
P = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.25, 0.25, 0.5], [0.1, 0.8, 0.1]])
SURE = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
Y = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]])
INTS = np.array([0, 1, 2, 1])
FEW = np.array([0, 1, 0, 1])
ODD = np.array([0, 2, 1, 2, 0])
COLUMN, TRUTH = P[:, :1], Y[:, 1:2]
SURE_COLUMN = np.array([[1.0], [0.0], [1.0], [0.0]])
ONE = (
    GRID,
    P,
    P.T,
    GRID.T,
    GRID[:, 0],
    GRID[:, :1],
    1000 * GRID,
    0.4,
    -0.4,
    INTS,
    FEW,
    [0.2, -0.3],
    800.0,
)
TWO = (
    (P, Y), (Y, P), (P.T, Y.T), (Y.T, P.T), (P, INTS), (INTS, P), (P.T, INTS), (COLUMN, TRUTH),
    (TRUTH, COLUMN), (COLUMN[:, 0], TRUTH[:, 0]), (TRUTH[:, 0], COLUMN[:, 0]), (P[:, 0], Y[:, 0]),
    (COLUMN.T, TRUTH.T), (TRUTH.T, COLUMN.T), (SURE, Y), (Y, SURE), (SURE_COLUMN, TRUTH),
    (TRUTH, SURE_COLUMN), (GRID, True), (GRID, GRID), (INTS, 3), (FEW, 3), (INTS, 4), (GRID, P),
    (P, GRID), (INTS, INTS), (SURE, INTS), (SURE.T, Y.T), (Y.T, SURE.T), (3, 4), (GRID, "relu"),
    (GRID, "sigmoid"), (GRID, "tanh"), (ODD, 3), (P, P), (INTS, FEW),
)  # fmt: skip
MORE = {1: tuple((one,) for one in ONE), 2: TWO, 3: tuple((*two, 4) for two in TWO), 0: ((),)}


@lru_cache(maxsize=64)
def definitions(source: str) -> dict[str, object]:
    """What a file defines: its functions, classes, plain values and NumPy; nothing else is run."""
    names: dict[str, object] = {
        "np": np, "numpy": np, "math": math, "random": random, "__name__": "file",
    }  # fmt: skip
    for node in ast.parse(source).body:
        plain = isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.ImportFrom) and node.module in ("numpy", "math", "__future__"):
            plain = True
        if isinstance(node, HARMLESS) or plain:
            with contextlib.suppress(Exception):
                exec(compile(ast.Module([node], []), "file", "exec"), names)  # our own corpus
    return names


def _callable(names: dict[str, object], owner: str, name: str) -> object:
    if not owner:
        return names.get(name)
    cls = names.get(owner)
    with contextlib.suppress(Exception):
        return getattr(object.__new__(cls), name)  # type: ignore[call-overload]
    return None


def behaviour(source: str, owner: str, name: str, count: int) -> list[object]:
    """What a function gives for many arguments, and what it does to them; None where it fails."""
    found: list[object] = []
    for arguments in MORE.get(count, ()):
        function, given = _callable(definitions(source), owner, name), copy.deepcopy(arguments)
        outcome = None
        with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.suppress(Exception):
            warnings.simplefilter("ignore")
            with contextlib.redirect_stdout(io.StringIO()):
                np.random.seed(0)
                value = function(*given)  # type: ignore[operator]
            outcome = (value, vars(getattr(function, "__self__", object())) if owner else {}, given)
        found.append(outcome)
    return found


def _alike(one: object, other: object) -> bool:
    if isinstance(one, tuple | list | dict):
        if type(one) is not type(other) or len(one) != len(other):  # type: ignore[arg-type]
            return False
        if isinstance(one, dict):
            return one.keys() == other.keys() and all(_alike(one[k], other[k]) for k in one)  # type: ignore[attr-defined, index]
        return all(_alike(a, b) for a, b in zip(one, other, strict=True))  # type: ignore[call-overload]
    try:
        a, b = np.asarray(one, float), np.asarray(other, float)
    except (TypeError, ValueError):
        return type(one) is type(other)
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-9, atol=1e-13, equal_nan=True)


def changes(code: Code, line: int, source: str) -> bool | None:
    """Whether the function at a line gives other values in another file; None: cannot be told."""
    around = [f for f in code.functions if f.lineno <= line <= f.end_lineno]
    for function in reversed(around):
        owner = code.class_of(function)
        if any(isinstance(n, ast.FunctionDef) for n in code.above(function)):
            continue
        arguments = [a.arg for a in function.args.args]
        static = any(isinstance(d, ast.Name) and "static" in d.id for d in function.decorator_list)
        bound = owner is not None and not static
        count = len(arguments) - bound
        where = (owner.name if owner else "", function.name, count)
        before, after = behaviour(code.source, *where), behaviour(source, *where)
        if all(b is None for b in before):
            return None
        return not all(_alike(b, a) for b, a in zip(before, after, strict=True) if b is not None)
    return None


def called_on(
    code: Code, function: ast.FunctionDef, arguments: dict[str, object], attributes: dict[str, str]
) -> np.ndarray | None:
    """What a function gives for arguments by name, its object with attributes; None if it fails."""
    owner = code.class_of(function)
    target = _callable(definitions(code.source), owner.name if owner else "", function.name)
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.suppress(Exception):
        warnings.simplefilter("ignore")
        for name, value in attributes.items():
            setattr(target.__self__, name, value)  # type: ignore[attr-defined]
        value = target(**copy.deepcopy(arguments))  # type: ignore[operator]
        return np.asarray(value, float)
    return None
