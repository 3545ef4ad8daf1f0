"""The formulas of the book as a person writes them, for every layer, activation and loss.

The code that computes is in `core`; what stands here says the same in text, and the tests compute
the activations and losses from it. In one row `x^T dz` is a product of a column with a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from helder.core.activations import Activation
from helder.core.embedding import Embed
from helder.core.fronts import Periodic, Scale
from helder.core.layers import Activate, Dense, Layer, ParametricActivate
from helder.core.losses import Loss
from helder.core.normalisation import EPSILON, LayerNorm, StoredNorm


class Line(NamedTuple):
    """One array on a page of the tape, and how it is computed."""

    name: str
    formula: str


class Written(NamedTuple):
    """A layer in formulas.

    Attributes:
        x: What the layer calls its input; the gradient of it is `d` and this name.
        out: What it calls its output; the gradient of it likewise.
        forward: What it computes, in order; the last one is its output.
        backward: What it computes from the gradient of its output, in order; the last one is the
            gradient of its input.
    """

    x: str
    out: str
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]


SIGMOID = "1 / (1 + exp(-z))"
GELU = "t = tanh(0.79788 * (z + 0.044715 * z**3))"

# The function and its slope, by the name of the activation.
BENDS: dict[str, tuple[str, str]] = {
    "relu": ("max(z, 0)", "1 if a > 0 else 0"),
    "leaky_relu": ("max(z, 0.01 * z)", "1 if z > 0 else 0.01"),
    "sigmoid": (SIGMOID, "a * (1 - a)"),
    "tanh": ("tanh(z)", "1 - a**2"),
    "identity": ("z", "1"),
    "elu": ("z if z > 0 else exp(z) - 1", "1 if z > 0 else exp(z)"),
    "selu": (
        "1.0507 * (z if z > 0 else 1.67326 * (exp(z) - 1))",
        "1.0507 * (1 if z > 0 else 1.67326 * exp(z))",
    ),
    "silu": ("z * sigmoid(z)", "sigmoid(z) + a * (1 - sigmoid(z))"),
    "mish": ("z * tanh(softplus(z))", "t + z * sigmoid(z) * (1 - t**2), t = tanh(softplus(z))"),
    "gelu": (
        f"0.5 * z * (1 + t), {GELU}",
        f"0.5 * (1 + t) + 0.39894 * z * (1 - t**2) * (1 + 0.134145 * z**2), {GELU}",
    ),
    "gelu_exact": ("z * Phi(z)", "Phi(z) + z * phi(z)"),
    "softplus": ("log(1 + exp(z))", "sigmoid(z)"),
}

LINKS: dict[str, str] = {
    "softmax": "exp(z) / sum(exp(z))",
    "sigmoid": SIGMOID,
    "linear": "z",
    "exp": "exp(z)",
}

NEAR = "c = clip(p - y, -delta, delta)"

# The loss of a row and its gradient for z, by the name of the loss.
LOSSES: dict[str, tuple[str, str]] = {
    "categorical_cross_entropy": ("-sum(y * log(p))", "p - y"),
    "binary_cross_entropy": ("-sum(y * log(p) + (1 - y) * log(1 - p))", "p - y"),
    "mean_squared_error": ("mean((p - y)**2)", "2 * (p - y) / n"),
    "mean_absolute_error": ("mean(abs(p - y))", "sign(p - y) / n"),
    "huber": (f"mean(c * (p - y - c / 2)), {NEAR}", f"c / n, {NEAR}"),
    "poisson": ("mean(p - y * z)", "(p - y) / n"),
    "quantile": (
        "mean(maximum(level * (y - p), (level - 1) * (y - p)))",
        "where(p < y, -level, 1 - level) / n",
    ),
}


def bend(activation: Activation) -> tuple[str, str]:
    """The formula of an activation and of its slope; your own go by `f`."""
    return BENDS.get(activation.name, ("f(z)", "slope(z, a)"))


def loss_formulas(loss: Loss) -> tuple[str, str, str]:
    """The formulas of the prediction, of the loss and of its gradient for z."""
    value, gradient = LOSSES.get(loss.name, ("value(z, y)", "gradient(z, y)"))
    return LINKS.get(loss.link_name, "link(z)"), value, gradient


def written(layer: Layer) -> Written:
    """A layer in formulas, as it computes once training is over."""
    for kind, write in KINDS.items():
        if type(layer) is kind:
            return write(layer)
    return Written("x", "a", (Line("a", "x"),), (Line("dx", "da"),))


def dense(layer: Any) -> Written:
    """The sum of a dense layer, with the penalty's part where it has one."""
    penalty = f" + {layer.l1:g} sign(W)" if layer.l1 else ""
    penalty += f" + {layer.l2:g} W" if layer.l2 else ""
    backward = (Line("dW", f"x^T dz{penalty}"), Line("db", "dz"), Line("dx", "dz W^T"))
    return Written("x", "z", (Line("z", "x W + b"),), backward)


def called(activation: Activation) -> str:
    """An activation by its name, and its formula where that says more."""
    name, function = f"{activation.name}(z)", bend(activation)[0]
    return name if function == name else f"{name} = {function}"


def activate(layer: Any) -> Written:
    """An activation."""
    back = (Line("dz", f"da * f'(z), f'(z) = {bend(layer.activation)[1]}"),)
    return Written("z", "a", (Line("a", called(layer.activation)),), back)


def parametric(layer: Any) -> Written:
    """An activation of which each unit takes as much as it has learnt."""
    slope = bend(layer.activation)[1]
    forward = (
        Line("f", called(layer.activation)),
        Line("a", "z + alpha * (f - z)"),
    )
    backward = (
        Line("dalpha", "da * (f - z)"),
        Line("dz", f"da * (1 + alpha * (f' - 1)), f' = {slope}, a = f"),
    )
    return Written("z", "a", forward, backward)


def stored_norm(layer: Any) -> Written:
    """Normalisation with stored statistics."""
    forward = (
        Line("std", f"sqrt(running_variance + {EPSILON:g})"),
        Line("xhat", "(x - running_mean) / std"),
        Line("z", "gamma * xhat + beta"),
    )
    backward = (
        Line("dgamma", "dz * xhat"),
        Line("dbeta", "dz"),
        Line("dx", "dz * gamma / std"),
    )
    return Written("x", "z", forward, backward)


def layer_norm(layer: Any) -> Written:
    """Normalisation of a row over its units."""
    forward = (
        Line("mean", "mean(x)"),
        Line("std", f"sqrt(mean((x - mean)**2) + {EPSILON:g})"),
        Line("xhat", "(x - mean) / std"),
        Line("z", "gamma * xhat + beta"),
    )
    backward = (
        Line("dgamma", "dz * xhat"),
        Line("dbeta", "dz"),
        Line("dx", "(d - mean(d) - xhat * mean(d * xhat)) / std, d = dz * gamma"),
    )
    return Written("x", "z", forward, backward)


def scale(layer: Any) -> Written:
    """A scale of its own for every input."""
    return Written("x", "a", (Line("a", "s * x"),), (Line("ds", "da * x"), Line("dx", "da * s")))


def periodic(layer: Any) -> Written:
    """Waves of each number; `e` is the part of `a` that they make, the rest is x itself."""
    forward = (
        Line("angle", "x_i w_i + b_i for each number x_i"),
        Line("wave", "cos(angle)"),
        Line("a", "(e, x), e_i = wave_i V_i + c_i"),
    )
    backward = (
        Line("dV", "wave_i^T de_i"),
        Line("dc", "de"),
        Line("dwave", "de_i V_i^T"),
        Line("dangle", "-sin(angle) * dwave"),
        Line("dw", "x_i dangle_i"),
        Line("db", "dangle"),
        Line("dnumbers", "dangle_i w_i^T"),
        Line("dx", "the part of da at x, + dnumbers"),
    )
    return Written("x", "a", forward, backward)


def embed(layer: Any) -> Written:
    """Places of categories."""
    forward = (Line("a", "(x outside of blocks, x_k V_k^T for each block k)"),)
    backward = (Line("dV", "da_k^T x_k"), Line("dx", "da_k V_k, and da outside of blocks"))
    return Written("x", "a", forward, backward)


KINDS: dict[type[Layer], Callable[[Any], Written]] = {
    Dense: dense,
    Activate: activate,
    ParametricActivate: parametric,
    StoredNorm: stored_norm,
    LayerNorm: layer_norm,
    Scale: scale,
    Periodic: periodic,
    Embed: embed,
}


def slope_reads(layer: Activate) -> tuple[str, ...]:
    """What of the way forward the slope of an activation is computed from: `z`, `a`, `f`."""
    if isinstance(layer, ParametricActivate):
        return ("z", "f")
    slope = bend(layer.activation)[1]
    return tuple(name for name in ("z", "a") if re.search(rf"\b{name}\b", slope))
