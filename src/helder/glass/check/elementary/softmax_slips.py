"""What a softmax computes over each axis, and the wrong formulas that people write for it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np
from numpy import exp

from helder.core.probabilities import softmax
from helder.glass.check.elementary.slips import FORMULA, PRECEDENCE
from helder.typing import Floats


def columns(z: Floats) -> Floats:
    """Softmax with samples as columns."""
    return softmax(z.T).T


def whole(z: Floats) -> Floats:
    """Softmax over all numbers at once: right for one sample."""
    return softmax(z.reshape(-1)).reshape(z.shape)


LAYOUTS: dict[str, Callable[[Floats], Floats]] = {
    "rows": softmax, "columns": columns, "whole": whole,
}  # fmt: skip
AXES: dict[str, int | None] = {"rows": -1, "columns": 0, "whole": None}


# Formulas that are not softmax: text, what it gives over an axis, cause.
Total = Callable[[Floats], Floats]  # the sum over an axis, kept as an axis of one
SLIPS: tuple[tuple[str, Callable[[Floats, Floats, Total], Floats], str], ...] = (
    ("exp(z)", lambda z, top, total: exp(z), FORMULA),
    ("exp(z - max(z))", lambda z, top, total: exp(z - top), FORMULA),
    ("exp(z) / sum(z)", lambda z, top, total: exp(z) / total(z), FORMULA),
    ("exp(z - max(z)) / sum(z)", lambda z, top, total: exp(z - top) / total(z), FORMULA),
    ("z / sum(exp(z))", lambda z, top, total: z / total(exp(z)), FORMULA),
    ("z / sum(z)", lambda z, top, total: z / total(z), FORMULA),
    ("exp(z) / exp(sum(z))", lambda z, top, total: exp(z) / exp(total(z)), FORMULA),
    ("exp(-z) / sum(exp(-z))", lambda z, top, total: exp(-z) / total(exp(-z)), FORMULA),
    ("exp(-z) / sum(exp(z))", lambda z, top, total: exp(-z) / total(exp(z)), FORMULA),
    ("exp(z) / sum(exp(-z))", lambda z, top, total: exp(z) / total(exp(-z)), FORMULA),
    ("exp(z) / max(exp(z))", lambda z, top, total: exp(z) / exp(top), FORMULA),
    ("exp(z) / mean(exp(z))",
     lambda z, top, total: exp(z) / total(exp(z)) * total(np.ones_like(z)), FORMULA),
    ("exp(z - max(z)) / sum(exp(z))",
     lambda z, top, total: exp(z - top) / total(exp(z)), FORMULA),
    ("exp(z) / sum(exp(z - max(z)))",
     lambda z, top, total: exp(z) / total(exp(z - top)), FORMULA),
    ("exp(z) - max(z) / sum(exp(z) - max(z))",
     lambda z, top, total: exp(z) - top / total(exp(z) - top), PRECEDENCE),
    ("(exp(z) - max(z)) / sum(exp(z) - max(z))",
     lambda z, top, total: (exp(z) - top) / total(exp(z) - top), PRECEDENCE),
    ("exp(z / sum(z))", lambda z, top, total: exp(z / total(z)), PRECEDENCE),
    ("exp(z / sum(exp(z)))", lambda z, top, total: exp(z / total(exp(z))), PRECEDENCE),
    ("exp(z) / 1 + sum(exp(z))", lambda z, top, total: exp(z) + total(exp(z)), PRECEDENCE),
    ("exp(z) / (1 + sum(exp(z)))", lambda z, top, total: exp(z) / (1 + total(exp(z))), FORMULA),
    ("1 / (1 + exp(-z))", lambda z, top, total: 1 / (1 + exp(-z)), FORMULA),
    ("softmax(softmax(z))", lambda z, top, total: _twice(z, total), FORMULA),
    ("log(softmax(z))", lambda z, top, total: z - np.log(total(exp(z))), FORMULA),
)  # fmt: skip


def _twice(z: Floats, total: Total) -> Floats:
    p = exp(z) / total(exp(z))
    return exp(p) / total(exp(p))


def slips(z: Floats) -> Iterator[tuple[str, str, str, Floats]]:
    """Every wrong formula over every axis: text, cause, layout, what it makes of z."""
    tops = [z.max(axis=axis, keepdims=True) for axis in AXES.values()]
    with np.errstate(all="ignore"):
        for text, formula, cause in SLIPS:
            for layout, axis in AXES.items():
                total = functools.partial(np.sum, axis=axis, keepdims=True)
                for top in tops if "max" in text else tops[:1]:
                    yield text, cause, layout, formula(z, top, total)
