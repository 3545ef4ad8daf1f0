"""Writes a program as tables of integers, the form in which the native engine takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.engine.fusing import Fused, FusedAdam, FusedCrossEntropy, FusedProduct
from helder.engine.lowering import Loop
from helder.engine.trace import Operand, Place, Step
from helder.typing import Array

# The same order as in program.hpp and kernels.hpp.
KINDS = ("loop", "matmul", "sum_rows", "sum_cols", "max_rows", "max_cols", "adam", "cross_entropy")
OPERATIONS = (
    "add", "subtract", "multiply", "divide", "negative", "absolute", "sign", "square", "power",
    "sqrt", "exp", "expm1", "log", "log1p", "tanh", "erf", "sin", "cos", "minimum", "maximum",
    "where", "greater", "less", "greater_equal", "less_equal", "equal", "not_equal", "copy",
)  # fmt: skip
NONE = -1


@dataclass
class Tables:
    """A program as the native engine takes it.

    Attributes:
        spaces: The names of the spaces, in the order of their numbers.
        steps: (n, 9): kind, operation, out, a, b, c, bias, mask, relu.
        operands: (m, 9): constant, space, start, rows, cols, transposed, distance of rows, groups,
            distance of groups.
        values: (m,), the numbers of the constants.
    """

    spaces: list[str]
    steps: Array
    operands: Array
    values: Array


class Encoder:
    """Numbers the spaces and operands as it meets them."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.spaces = list(sizes)
        self.operands: dict[Operand, int] = {}
        self.steps: list[list[int]] = []

    def operand(self, value: Operand | None) -> int:
        """The number of an operand."""
        return NONE if value is None else self.operands.setdefault(value, len(self.operands))

    def write(self, step: Step | Loop | Fused) -> None:
        """Adds a step to the table."""
        if isinstance(step, Loop):
            shape = Place("registers", 0, *step.shape)
            row = [KINDS.index("loop"), len(step.steps), self.operand(shape)]
            self.steps.append([*row, *[NONE] * 5, 0])
            for inner in step.steps:
                self._row(0, OPERATIONS.index(inner.name), inner.out, inner.operands)
        elif isinstance(step, FusedAdam):
            used = (step.gradient, step.m, step.v)
            self._row(KINDS.index("adam"), 1, step.out, used)
            others = [self.operand(one) for one in (step.rate, *step.corrections)]
            self.steps[-1][6:] = others
            constants = [self.operand(one) for one in (step.beta1, step.beta2, step.epsilon)]
            self.steps.append([KINDS.index("adam"), 0, *constants, *[NONE] * 4])
        elif isinstance(step, FusedCrossEntropy):
            used = (step.z, step.y, step.share)
            self._row(KINDS.index("cross_entropy"), 0, step.out, used)
            self.steps[-1][6] = self.operand(step.value)
        elif isinstance(step, FusedProduct):
            self._row(KINDS.index("matmul"), 0, step.out, (step.a, step.b))
            self.steps[-1][6:] = [self.operand(step.bias), self.operand(step.mask), int(step.relu)]
        else:
            self._row(KINDS.index(step.name), 0, step.out, step.operands)

    def _row(self, kind: int, operation: int, out: Place, operands: tuple[Operand, ...]) -> None:
        used = [self.operand(one) for one in operands] + [NONE] * (3 - len(operands))
        self.steps.append([kind, operation, self.operand(out), *used, NONE, NONE, 0])

    def tables(self) -> Tables:
        """The tables of all steps so far."""
        rows, values = [], []
        for operand in self.operands:
            if isinstance(operand, Place):
                registers = operand.space == "registers"
                space = NONE if registers else self.spaces.index(operand.space)
                shape = (operand.rows, operand.cols, operand.transposed)
                apart = (operand.distance, operand.groups, operand.step)
                rows.append([0, space, operand.start, *shape, *apart])
                values.append(0.0)
            else:
                rows.append([1, 0, 0, 1, 1, 0, 1, 1, 0])
                values.append(operand)
        return Tables(
            self.spaces,
            np.array(self.steps, np.int64).reshape(-1, 9),
            np.array(rows, np.int64).reshape(-1, 9),
            np.array(values, np.float64),
        )


def encoded(steps: list[Any], sizes: Mapping[str, int]) -> Tables:
    """The tables of a program whose spaces have these sizes."""
    encoder = Encoder(sizes)
    for step in steps:
        encoder.write(step)
    return encoder.tables()
