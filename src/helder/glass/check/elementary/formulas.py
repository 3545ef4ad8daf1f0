"""What each activation computes, and which of them a row of values belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from helder.core.activations import (
    ACTIVATIONS,
    SELU_ALPHA,
    elu,
    relu,
    selu,
    sigmoid,
    silu,
    softplus,
)
from helder.glass.check.elementary.closeness import same
from helder.text import say
from helder.typing import Floats

# Where functions are looked at: no zero, since slopes may differ there, and 0.4 beside 0.8, from
# which the scale of a tanh follows.
GRID = np.array([-3.2, -1.7, -0.8, -0.4, -0.15, 0.15, 0.4, 0.8, 1.3, 2.6])
FAR = np.array([-1000.0, -750.0, 750.0, 1000.0])
STEP = 1e-5  # of the central differences that give a formula's slope


@dataclass(frozen=True)
class Formula:
    """An activation, with the constants that were measured on somebody's own function.

    Attributes:
        kind: Its name.
        value: `a = value(z)`, elementwise.
        remark: The measured constant, such as "slope 0.1 below zero"; empty for the usual ones.
    """

    kind: str
    value: Callable[[Floats], Floats]
    remark: str = ""

    def slope(self, z: Floats) -> Floats:
        """The derivative at z, by a central difference: right to about ten digits."""
        return (self.value(z + STEP) - self.value(z - STEP)) / (2 * STEP)


def recognised(z: Floats, a: Floats, hint: str = "") -> Formula | None:
    """The formula that gives a at z; the one of the kind `hint` first, where several do.

    Args:
        z: Distinct numbers, among which 0.4 and 0.8.
        a: What somebody's function makes of them.
        hint: The kind that the function's name tells of.
    """
    if not np.isfinite(a).all():
        return None
    candidates = sorted(_candidates(z, a), key=lambda formula: formula.kind != hint)
    with np.errstate(all="ignore"):
        return next((formula for formula in candidates if same(a, formula.value(z))), None)


def standard(kind: str) -> list[Formula]:
    """The usual forms of one kind; several for those that have more than one."""
    return [formula for formula in STANDARD if formula.kind == kind]


def _hard_sigmoid(z: Floats) -> Floats:
    return np.clip(0.2 * z + 0.5, 0, 1)


def _relu6_sigmoid(z: Floats) -> Floats:
    return np.clip(z / 6 + 0.5, 0, 1)


def _book(name: str, kind: str = "") -> Formula:
    return Formula(kind or name.replace("_", " "), ACTIVATIONS[name].function)


STANDARD = (
    *(_book(n) for n in ("relu", "sigmoid", "tanh", "elu", "selu", "softplus", "silu", "mish")),
    _book("leaky_relu"),
    _book("gelu"),
    _book("gelu_exact", "gelu"),
    Formula("gelu", lambda z: z * sigmoid(1.702 * z), "by a sigmoid"),
    Formula("hard sigmoid", _hard_sigmoid),
    Formula("hard sigmoid", _relu6_sigmoid),
    Formula("hard tanh", lambda z: np.clip(z, -1, 1)),
    Formula("softsign", lambda z: z / (1 + np.abs(z))),
    Formula("arctan", np.arctan),
    Formula("sine", np.sin),
    Formula("gaussian", lambda z: np.exp(-z * z)),
    Formula("identity", lambda z: +z),
    Formula("step", lambda z: (z > 0).astype(float)),
    Formula("sign", np.sign),
)


def _candidates(z: Floats, a: Floats) -> Iterator[Formula]:
    yield from STANDARD
    with np.errstate(all="ignore"):
        for fit in (_sigmoid, _tanh, _leaky, _elu, _selu, _softplus, _silu, _line):
            formula = fit(z, a)
            if formula:
                yield formula


def _sigmoid(z: Floats, a: Floats) -> Formula | None:
    k = float(np.log(a[-1] / (1 - a[-1])) / z[-1])
    if not 0.01 < k < 30:
        return None
    return Formula(
        "sigmoid", lambda x: sigmoid(k * x), say("check_functions.steepness", k=f"{k:.4g}")
    )


def _tanh(z: Floats, a: Floats) -> Formula | None:
    """`A tanh(k z)`: tanh(2u) = 2 t / (1 + t^2) gives both from two points, one twice the other."""
    once, twice = (a[int(np.argmin(np.abs(z - point)))] for point in (0.4, 0.8))
    t = np.sqrt(2 * once / twice - 1)
    k = float(np.arctanh(t) / 0.4)
    scale = float(once / t)
    if not (0.01 < k < 30 and 0.01 < scale < 100):
        return None
    return Formula("tanh", lambda x: scale * np.tanh(k * x), f"{scale:.5g} tanh({k:.4g} z)")


def leaky(leak: float) -> Formula:
    """z above zero, `leak * z` below it."""
    remark = say("check_functions.leak", leak=f"{leak:.4g}")
    return Formula("leaky relu", lambda x: np.where(x > 0, x, leak * x), remark)


def _leaky(z: Floats, a: Floats) -> Formula | None:
    leak = float(a[0] / z[0])
    return leaky(leak) if 0 < leak < 1 else None


def scaled_elu(alpha: float) -> Formula:
    """z above zero, `alpha * (exp(z) - 1)` below it."""
    return Formula("elu", lambda x: relu(x) + alpha * (elu(x) - relu(x)), f"alpha {alpha:.4g}")


def _elu(z: Floats, a: Floats) -> Formula | None:
    alpha = float(a[0] / np.expm1(z[0]))
    return scaled_elu(alpha) if 0 < alpha < 10 else None


def _selu(z: Floats, a: Floats) -> Formula | None:
    scale = float(a[-1] / z[-1])
    alpha = float(a[0] / np.expm1(z[0]) / scale)
    if not (abs(scale - 1.05) < 0.01 and abs(alpha - SELU_ALPHA) < 0.02):
        return None
    below = alpha / SELU_ALPHA
    return Formula("selu", lambda x: np.where(x > 0, scale * x, below * selu(x)))


def _softplus(z: Floats, a: Floats) -> Formula | None:
    """`log(1 + exp(k z)) / k` has no handy inverse: the usual steepnesses are tried."""
    for k in (0.5, 2.0, 5.0, 10.0):
        if same(a, softplus(k * z) / k):
            # returned at once, so that k stays what it is
            return Formula("softplus", lambda x: softplus(k * x) / k, f"beta {k:g}")  # noqa: B023
    return None


def _silu(z: Floats, a: Floats) -> Formula | None:
    share = a[-1] / z[-1]
    k = float(np.log(share / (1 - share)) / z[-1])
    if not 0.01 < k < 30:
        return None
    return Formula("silu", lambda x: silu(k * x) / k, f"beta {k:.4g}")


def _line(z: Floats, a: Floats) -> Formula | None:
    rise = float(a[-1] / z[-1])
    if not 0.001 < abs(rise) < 1000:
        return None
    return Formula("identity", lambda x: rise * x, f"{rise:.4g} z")
