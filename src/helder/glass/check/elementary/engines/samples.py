"""The numbers on which a person's operations are tried."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from helder.glass.check.elementary.engines.finding import Operation
from helder.glass.check.elementary.engines.trying import Tried
from helder.glass.check.elementary.formulas import GRID

# Operations of two, of which both have a gradient: others may be losses, which take targets.
BINARY = {
    "add": "add|sum2|plus",
    "mul": "mul|multiply|times",
    "sub": "sub|subtract|minus",
    "div": "div|truediv|divide",
    "matmul": "matmul|dot|mm",
    "pow": "pow|power",
}
AROUND = re.compile(r"^_*(tensor|value|t|op|r)?_*|_*$", re.IGNORECASE)
ONE = np.array([[0.7, -1.3, 0.4], [1.9, 0.6, -0.8]])
OTHER = np.array([[-0.5, 1.2, 0.9], [0.45, -1.6, 2.1]])
PAIR = [ONE, OTHER]
ROW = np.array([0.8, -1.1, 1.7])
PAIRS = (PAIR, [ONE, ROW])
WEIGHTS = np.array([[0.3, -0.9, 1.4, 0.2], [1.1, 0.5, -0.7, 0.6], [-0.4, 0.8, 0.1, -1.2]])
SQUARES = [OTHER[:, :2], WEIGHTS[:2, :2]]
# What is left to chance below zero: people keep it from there, and send back what they like.
ABOVE_ZERO = re.compile(r"(safe_?)?(log|ln|log2|log10|log1p|sqrt|rsqrt|reciprocal|inv)(_?safe)?")
EXPONENT = 3.0
Sample = tuple[list[Any], list[Any]]  # what leaves hold, and what else is handed over


def plain(operation: Operation) -> str:
    """A name without what stands around it: `add` of `__add__`, `__radd__` and `tensor_add`."""
    return AROUND.sub("", operation.definition.name).lower()


def is_named(operation: Operation, name: str) -> bool:
    """Whether an operation of two is this one, by its name."""
    return arity(operation) == 2 and re.fullmatch(BINARY[name], plain(operation)) is not None


def arity(operation: Operation) -> int:
    """How many values must be handed over."""
    definition = operation.definition
    needed = [p for p in definition.parameters if p.default is None and p.kind == "positional"]
    return len(needed) + (definition.kind == "method")


def samples(operation: Operation, arrays: bool) -> Iterator[Sample]:
    """What an operation is tried on; nothing where it is none."""
    if arity(operation) == 1:
        positive = ABOVE_ZERO.fullmatch(plain(operation)) is not None
        yield from (one for one in of_one(arrays) if not positive or np.min(one[0][0]) > 0)
    elif is_named(operation, "matmul"):
        yield [ONE, WEIGHTS], []
        yield SQUARES, []
    elif is_named(operation, "pow"):
        yield from (([values[0]], [EXPONENT]) for values, _ in of_one(arrays))
        yield from of_two(arrays)
    elif any(is_named(operation, name) for name in BINARY):
        yield from of_two(arrays)


def of_one(arrays: bool) -> Iterator[Sample]:
    """Numbers of both signs, then those above zero alone, which a logarithm wants."""
    if arrays:
        yield [GRID.reshape(2, 5)], []
        yield [np.abs(GRID).reshape(2, 5)], []
    else:
        yield from (([float(z)], []) for z in GRID)


def of_two(arrays: bool) -> Iterator[Sample]:
    """Two alike, then rows to which one is added that is as wide."""
    if arrays:
        yield PAIR, []
        yield [np.abs(ONE), np.abs(OTHER)], []
        yield [ONE, ROW], []
        yield [ONE, ROW[None]], []
    else:
        yield from (
            ([one, other], [])
            for one, other in zip(ONE[0].tolist(), OTHER[0].tolist(), strict=True)
        )
        yield [0.8, 1.7], []


def broadcast(tried: Tried) -> bool:
    """Whether one of two was stretched over the rows of the other."""
    shapes = [np.shape(value) for value in tried.values]
    return len(shapes) == 2 and shapes[0] != shapes[1] and shapes[1][-1:] == shapes[0][-1:]


def tries_to_sum(operation: Operation) -> bool:
    """Whether it sums what goes back over what was stretched, itself or by another function."""
    return re.search(r"sum\(|broadcast|reduce", ast.unparse(operation.definition.node)) is not None
