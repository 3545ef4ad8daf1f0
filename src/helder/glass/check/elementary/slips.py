"""Wrong formulas that people write, each beside what it computes: recognised by its values.

A text is the formula as we say it to the person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy import cosh, exp, log

from helder.core.activations import relu, sigmoid, softplus, tanh
from helder.typing import Floats

PRECEDENCE, FORMULA = "operator-precedence", "activation-formula"


class Slip(NamedTuple):
    """A wrong formula of an activation.

    Attributes:
        text: How it is written: `1 / 1 + exp(-z)`.
        value: What it makes of z.
        cause: Its name in `causes.CAUSES`.
    """

    text: str
    value: Callable[[Floats], Floats]
    cause: str = FORMULA


class SlopeSlip(NamedTuple):
    """A wrong formula of a derivative, of what is handed over (x) and the activation itself (f)."""

    text: str
    value: Callable[[Floats, Callable[[Floats], Floats]], Floats]
    cause: str = "derivative-formula"


SIGMOID = (
    Slip("1 / (1 + exp(z))", lambda z: 1 / (1 + exp(z))),
    Slip("1 / 1 + exp(-z)", lambda z: 1 / 1 + exp(-z), PRECEDENCE),
    Slip("1 / 1 + exp(z)", lambda z: 1 / 1 + exp(z), PRECEDENCE),
    Slip("1 / (1 - exp(-z))", lambda z: 1 / (1 - exp(-z))),
    Slip("1 / (1 - exp(z))", lambda z: 1 / (1 - exp(z))),
    Slip("1 / exp(-z) + 1", lambda z: 1 / exp(-z) + 1, PRECEDENCE),
    Slip("1 / exp(-z)", lambda z: exp(z)),
    Slip("1 + exp(-z)", lambda z: 1 + exp(-z)),
    Slip("1 - exp(-z)", lambda z: 1 - exp(-z)),
    Slip("1 / (1 + z)", lambda z: 1 / (1 + z)),
    Slip("1 / (1 - z)", lambda z: 1 / (1 - z)),
    Slip("exp(-z) / (1 + exp(z))", lambda z: exp(-z) / (1 + exp(z))),
    Slip("exp(z) / (1 + exp(-z))", lambda z: exp(z) / (1 + exp(-z))),
    Slip("exp(z) / (1 - exp(z))", lambda z: exp(z) / (1 - exp(z))),
    Slip("exp(z) / 1 + exp(z)", lambda z: exp(z) / 1 + exp(z), PRECEDENCE),
    Slip("exp(-z) / 1 + exp(-z)", lambda z: exp(-z) / 1 + exp(-z), PRECEDENCE),
    Slip("exp(z) / exp(z) + 1", lambda z: exp(z) / exp(z) + 1, PRECEDENCE),
    Slip("1 / (1 + exp(-z)) - 1", lambda z: sigmoid(z) - 1),
    Slip("1 - 1 / (1 + exp(-z))", lambda z: sigmoid(-z)),
    Slip("-1 / (1 + exp(-z))", lambda z: -sigmoid(z)),
    Slip("1 / (1 + exp(-z)) + 1", lambda z: sigmoid(z) + 1),
    Slip("1 / (1 + exp(-abs(z)))", lambda z: sigmoid(np.abs(z))),
    Slip("1 / (1 + exp(-z * z))", lambda z: sigmoid(z * z)),
    Slip("1 / (1 + exp(-1) * z)", lambda z: 1 / (1 + exp(-1) * z)),
    Slip("1 / (1 + exp(-1 - z))", lambda z: sigmoid(1 + z)),
    Slip("1 / (1 + exp(1 - z))", lambda z: sigmoid(z - 1)),
    Slip("1 / exp(1 - z)", lambda z: exp(z - 1)),
    Slip("1 / exp(1 + -z)", lambda z: exp(z - 1)),
    Slip("1 / (2 + exp(-z))", lambda z: 1 / (2 + exp(-z))),
    Slip("2 / (1 + exp(-z))", lambda z: 2 * sigmoid(z)),
    Slip("1 / (1 + exp(-z)) ** 2", lambda z: sigmoid(z) ** 2),
    Slip("sigmoid(z) * (1 - sigmoid(z))", lambda z: sigmoid(z) * sigmoid(-z)),
    Slip("(1 + exp(-z)) / 1", lambda z: 1 + exp(-z)),
    Slip("log(1 / (1 + exp(-z)))", lambda z: -softplus(-z)),
)

TANH = (
    Slip("(exp(z) + exp(-z)) / (exp(z) - exp(-z))", lambda z: 1 / tanh(z)),
    Slip("exp(z) - exp(-z) / exp(z) + exp(-z)",
         lambda z: exp(z) - exp(-z) / exp(z) + exp(-z), PRECEDENCE),
    Slip("exp(z) - exp(-z) / (exp(z) + exp(-z))",
         lambda z: exp(z) - exp(-z) / (exp(z) + exp(-z)), PRECEDENCE),
    Slip("(exp(z) - exp(-z)) / exp(z) + exp(-z)",
         lambda z: (exp(z) - exp(-z)) / exp(z) + exp(-z), PRECEDENCE),
    Slip("(exp(-z) - exp(z)) / (exp(z) + exp(-z))", lambda z: -tanh(z)),
    Slip("exp(z) - exp(-z)", lambda z: exp(z) - exp(-z)),
    Slip("(exp(z) - exp(-z)) / 2", lambda z: (exp(z) - exp(-z)) / 2),
    Slip("(exp(z) + exp(-z)) / 2", cosh),
    Slip("(exp(z) - exp(-z)) / exp(z)", lambda z: 1 - exp(-2 * z)),
    Slip("(exp(z) - 1) / (exp(z) + exp(-z))", lambda z: (exp(z) - 1) / (exp(z) + exp(-z))),
    Slip("(exp(z) - exp(-z)) / (exp(z) + 1)", lambda z: (exp(z) - exp(-z)) / (exp(z) + 1)),
    Slip("(1 - exp(z)) / (1 + exp(z))", lambda z: -tanh(z / 2)),
    Slip("(1 - exp(2 * z)) / (1 + exp(2 * z))", lambda z: -tanh(z)),
    Slip("2 / (1 + exp(-2 * z))", lambda z: 1 + tanh(z)),
    Slip("2 / (1 + exp(-z))", lambda z: 1 + tanh(z / 2)),
    Slip("2 / (1 + exp(-z) - 1)", lambda z: 2 * exp(z), PRECEDENCE),
    Slip("2 / (1 + exp(-2 * z) - 1)", lambda z: 2 * exp(2 * z), PRECEDENCE),
    Slip("1 - tanh(z) ** 2", lambda z: 1 - tanh(z) ** 2),
    Slip("exp(2 * z) - 1 / exp(2 * z) + 1",
         lambda z: exp(2 * z) - 1 / exp(2 * z) + 1, PRECEDENCE),
    Slip("exp(2 * z) - 1 / (exp(2 * z) + 1)",
         lambda z: exp(2 * z) - 1 / (exp(2 * z) + 1), PRECEDENCE),
    Slip("(exp(2 * z) - 1) / exp(2 * z) + 1",
         lambda z: (exp(2 * z) - 1) / exp(2 * z) + 1, PRECEDENCE),
    Slip("(exp(2 * z) + 1) / (exp(2 * z) - 1)", lambda z: 1 / tanh(z)),
    Slip("tan(z)", np.tan),
)  # fmt: skip

RELU = (
    Slip("min(z, 0)", lambda z: np.minimum(z, 0)),
    Slip("abs(z)", np.abs),
    Slip("-max(z, 0)", lambda z: -relu(z)),
    Slip("max(-z, 0)", lambda z: relu(-z)),
    Slip("z > 0, which is its slope", lambda z: (z > 0).astype(float)),
    Slip("max(z, 1)", lambda z: np.maximum(z, 1)),
    Slip("z if z > 1 else 0", lambda z: np.where(z > 1, z, 0)),
    Slip("z * (z < 0)", lambda z: z * (z < 0)),
    Slip("z * z > 0", lambda z: (z * z > 0).astype(float), PRECEDENCE),
    Slip("z * z", lambda z: z * z),
    Slip("z * max(z, 0)", lambda z: z * relu(z)),
    Slip("z", lambda z: +z),
    Slip("max(z, 0) + 1", lambda z: relu(z) + 1),
    Slip("max(0, 1)", np.ones_like),
    Slip("0", np.zeros_like),
)


def _leaky(c: float) -> list[Slip]:
    """Slips of a leaky relu with this slope."""
    return [
        Slip(f"{c} where z is not positive", lambda z: np.where(z > 0, z, c)),
        Slip(f"max(z, {c})", lambda z: np.maximum(z, c)),
        Slip(f"-{c} * z where z is not positive", lambda z: np.where(z > 0, z, -c * z)),
        Slip(f"{c} * z where z is positive", lambda z: np.where(z > 0, c * z, z)),
        Slip(f"min(z, {c} * z)", lambda z: np.minimum(z, c * z)),
        Slip(f"z + {c} where z is not positive", lambda z: np.where(z > 0, z, z + c)),
        Slip(f"z - {c} where z is not positive", lambda z: np.where(z > 0, z, z - c)),
    ]


def _elu(c: float) -> list[Slip]:
    """Slips of an elu with this factor."""
    mixed = lambda z: np.where(z > 0, z, c * exp(z) - 1)  # noqa: E731
    return [
        Slip(f"{c} * exp(z) - 1 where z is not positive", mixed, PRECEDENCE),
        Slip(f"{c} * exp(z) where z is not positive", lambda z: np.where(z > 0, z, c * exp(z))),
    ]


LEAKY = (
    Slip("z > 0 * z", lambda z: (z > 0).astype(float), PRECEDENCE),
    *(slip for c in (0.001, 0.01, 0.05, 0.1, 0.2) for slip in _leaky(c)),
)  # fmt: skip
ELU = (
    Slip("exp(z) where z is not positive", lambda z: np.where(z > 0, z, exp(z))),
    Slip("exp(z - 1) where z is not positive",
         lambda z: np.where(z > 0, z, exp(z - 1)), PRECEDENCE),
    Slip("1 - exp(z) where z is not positive", lambda z: np.where(z > 0, z, 1 - exp(z))),
    Slip("exp(-z) - 1 where z is not positive", lambda z: np.where(z > 0, z, exp(-z) - 1)),
    Slip("exp(z) + 1 where z is not positive", lambda z: np.where(z > 0, z, exp(z) + 1)),
    *(slip for c in (0.01, 0.1, 0.2, 0.3, 0.5, 1.5, 2.0) for slip in _elu(c)),
)  # fmt: skip
SOFTPLUS = (
    Slip("log(1 + exp(-z))", lambda z: softplus(-z)),
    Slip("log(1) + exp(z)", lambda z: log(1) + exp(z), PRECEDENCE),
    Slip("log(exp(z))", lambda z: +z),
    Slip("1 + log(exp(z))", lambda z: 1 + z, PRECEDENCE),
    Slip("log(exp(z)) + 1", lambda z: z + 1, PRECEDENCE),
    Slip("exp(log(1 + z))", lambda z: 1 + z),
    Slip("log(1 - exp(z))", lambda z: log(1 - exp(z))),
)
SILU = (
    Slip("z / 1 + exp(-z)", lambda z: z / 1 + exp(-z), PRECEDENCE),
    Slip("z / (1 + exp(z))", lambda z: z * sigmoid(-z)),
    Slip("z + sigmoid(z)", lambda z: z + sigmoid(z)),
    Slip("sigmoid(z)", sigmoid),
    Slip("z * 1 / 1 + exp(-z)", lambda z: z + exp(-z), PRECEDENCE),
)

SLIPS: dict[str, tuple[Slip, ...]] = {
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "relu": RELU,
    "leaky relu": LEAKY,
    "elu": ELU,
    "softplus": SOFTPLUS,
    "silu": SILU,
}

SLOPE_SLIPS: dict[str, tuple[SlopeSlip, ...]] = {
    "sigmoid": (
        SlopeSlip("a * (1 + a)", lambda x, f: f(x) * (1 + f(x))),
        SlopeSlip("a * (1 + a)", lambda x, f: x * (1 + x)),
        SlopeSlip("1 - a", lambda x, f: 1 - f(x)),
        SlopeSlip("1 - a", lambda x, f: 1 - x),
        SlopeSlip("a * (a - 1)", lambda x, f: f(x) * (f(x) - 1)),
        SlopeSlip("a * (a - 1)", lambda x, f: x * (x - 1)),
        SlopeSlip("a * a", lambda x, f: f(x) ** 2),
        SlopeSlip("a * a", lambda x, f: x * x),
        SlopeSlip("a * 1 - a", lambda x, f: 0 * x, PRECEDENCE),
        SlopeSlip("1 - a * a", lambda x, f: 1 - f(x) ** 2),
        SlopeSlip("a * (1 - z)", lambda x, f: f(x) * (1 - x)),
        SlopeSlip("z * (1 - a)", lambda x, f: x * (1 - f(x))),
        SlopeSlip("f(f(z)) * (1 - f(f(z)))", lambda x, f: f(f(x)) * (1 - f(f(x)))),
        SlopeSlip("exp(-z) / (1 + exp(-z))", lambda x, f: 1 - f(x)),
        SlopeSlip("-exp(-z) / (1 + exp(-z)) ** 2", lambda x, f: -f(x) * (1 - f(x))),
        SlopeSlip("exp(-z) / (1 + exp(-z ** 2))", lambda x, f: exp(-x) / (1 + exp(-(x**2)))),
        SlopeSlip("exp(-z) / 1 + exp(-z) ** 2", lambda x, f: exp(-x) + exp(-2 * x), PRECEDENCE),
        SlopeSlip("a * (1 - a) ** 2", lambda x, f: f(x) * (1 - f(x)) ** 2),
        SlopeSlip("a", lambda x, f: f(x)),
        SlopeSlip("z", lambda x, f: +x),
        SlopeSlip("2 * a * (1 - a)", lambda x, f: 2 * f(x) * (1 - f(x))),
        SlopeSlip("1", lambda x, f: np.ones_like(x)),
    ),
    "tanh": (
        SlopeSlip("1 - a", lambda x, f: 1 - f(x)),
        SlopeSlip("1 - a", lambda x, f: 1 - x),
        SlopeSlip("1 + a ** 2", lambda x, f: 1 + f(x) ** 2),
        SlopeSlip("1 + a ** 2", lambda x, f: 1 + x**2),
        SlopeSlip("a ** 2 - 1", lambda x, f: f(x) ** 2 - 1),
        SlopeSlip("a ** 2 - 1", lambda x, f: x**2 - 1),
        SlopeSlip("1 - 2 * a", lambda x, f: 1 - 2 * f(x)),
        SlopeSlip("1 - 2 * a", lambda x, f: 1 - 2 * x),
        SlopeSlip("(1 - a) ** 2", lambda x, f: (1 - f(x)) ** 2, PRECEDENCE),
        SlopeSlip("(1 - a) ** 2", lambda x, f: (1 - x) ** 2, PRECEDENCE),
        SlopeSlip("1 - tanh(z ** 2)", lambda x, f: 1 - f(x**2), PRECEDENCE),
        SlopeSlip("1 / cosh(z)", lambda x, f: 1 / cosh(x)),
        SlopeSlip("1 - tanh(tanh(z)) ** 2", lambda x, f: 1 - f(f(x)) ** 2),
        SlopeSlip("a", lambda x, f: f(x)),
        SlopeSlip("z", lambda x, f: +x),
        SlopeSlip("1", lambda x, f: np.ones_like(x)),
        SlopeSlip("a ** 2", lambda x, f: f(x) ** 2),
    ),
    "relu": (
        SlopeSlip("z * z > 0", lambda x, f: (x * x > 0).astype(float), PRECEDENCE),
        SlopeSlip("z", lambda x, f: +x),
        SlopeSlip("max(z, 0)", lambda x, f: relu(x)),
        SlopeSlip("z < 0", lambda x, f: (x < 0).astype(float)),
        SlopeSlip("0", lambda x, f: np.zeros_like(x)),
        SlopeSlip("1 above 0 and -1 below", lambda x, f: np.sign(x)),
        SlopeSlip("-1 above 0", lambda x, f: -(x > 0).astype(float)),
        SlopeSlip("z below 0 and 1 above", lambda x, f: np.where(x > 0, 1, x)),
    ),
    "leaky relu": (
        SlopeSlip("z", lambda x, f: +x),
        SlopeSlip("leaky relu itself", lambda x, f: f(x)),
        SlopeSlip("1", lambda x, f: np.ones_like(x)),
    ),
}
