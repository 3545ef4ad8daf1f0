"""An activation bends the line: each one is a function `a = f(z)` beside its slope `f'(z)`.

Both work elementwise on an array of any shape, keep its type, neither overflow nor warn, and
leave a NaN a NaN. The slope is given `a` as well as `z`, since it is often simplest in terms of
what the forward pass has computed already.

To add one to the book, write its two functions and name it in `ACTIVATIONS`. To use one of your
own, hand over a value: `Architecture(..., activation=Activation("cube", cube, cube_slope))`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from helder.errors import ArgumentError, ShapeError, name_is_taken, pick
from helder.typing import Floats

LEAK = 0.01
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
GELU_SCALE, GELU_CUBE = math.sqrt(2 / math.pi), 0.044715


class Activation(NamedTuple):
    """A function beside its slope.

    Args:
        name: What the activation is called in a summary and in a model file.
        function: `a = function(z)`, elementwise.
        slope: `f'(z) = slope(z, a)`, elementwise.
        source: Where the formula comes from.
    """

    name: str
    function: Callable[[Floats], Floats]
    slope: Callable[[Floats, Floats], Floats]
    source: str = "your own"


def relu(z: Floats) -> Floats:
    return np.maximum(z, 0)


def relu_slope(z: Floats, a: Floats) -> Floats:
    return np.sign(a)  # 1 above zero, 0 at and below it


def leaky_relu(z: Floats) -> Floats:
    return np.maximum(z, LEAK * z)


def leaky_relu_slope(z: Floats, a: Floats) -> Floats:
    return np.maximum(np.sign(z), LEAK)


def sigmoid(z: Floats) -> Floats:
    # e^z / (1 + e^z) below zero and 1 / (1 + e^-z) above it: no exponent is ever positive.
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def sigmoid_slope(z: Floats, a: Floats) -> Floats:
    return a * (1 - a)


def tanh(z: Floats) -> Floats:
    return np.tanh(z)


def tanh_slope(z: Floats, a: Floats) -> Floats:
    return 1 - a * a


def identity(z: Floats) -> Floats:
    return +z


def identity_slope(z: Floats, a: Floats) -> Floats:
    return np.ones_like(z)


def elu(z: Floats) -> Floats:
    return np.maximum(z, 0) + np.expm1(np.minimum(z, 0))


def elu_slope(z: Floats, a: Floats) -> Floats:
    return np.exp(np.minimum(z, 0))


def selu(z: Floats) -> Floats:
    return SELU_SCALE * (np.maximum(z, 0) + SELU_ALPHA * np.expm1(np.minimum(z, 0)))


def selu_slope(z: Floats, a: Floats) -> Floats:
    return np.where(z > 0, SELU_SCALE, SELU_SCALE * SELU_ALPHA * np.exp(np.minimum(z, 0)))


def softplus(z: Floats) -> Floats:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softplus_slope(z: Floats, a: Floats) -> Floats:
    return sigmoid(z)


def silu(z: Floats) -> Floats:
    return z * sigmoid(z)


def silu_slope(z: Floats, a: Floats) -> Floats:
    s = sigmoid(z)
    return s + a * (1 - s)


def mish(z: Floats) -> Floats:
    return z * np.tanh(softplus(z))


def mish_slope(z: Floats, a: Floats) -> Floats:
    t = np.tanh(softplus(z))
    return t + z * sigmoid(z) * (1 - t * t)


def gelu(z: Floats) -> Floats:
    return 0.5 * z * (1 + np.tanh(GELU_SCALE * (z + GELU_CUBE * z * z * z)))


def gelu_slope(z: Floats, a: Floats) -> Floats:
    t = np.tanh(GELU_SCALE * (z + GELU_CUBE * z * z * z))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBE * z * z)


def gelu_exact(z: Floats) -> Floats:
    return z * normal_probability(z)


def gelu_exact_slope(z: Floats, a: Floats) -> Floats:
    return normal_probability(z) + z * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def normal_probability(z: Floats) -> Floats:
    """The probability that a standard normal number lies below z; brings SciPy on first use."""
    from scipy.special import erf

    result: Floats = 0.5 * (1 + erf(z / math.sqrt(2)))
    return result


ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("relu", relu, relu_slope, "Nair & Hinton 2010"),
        Activation("leaky_relu", leaky_relu, leaky_relu_slope, "Maas, Hannun & Ng 2013"),
        Activation("sigmoid", sigmoid, sigmoid_slope, "the logistic function"),
        Activation("tanh", tanh, tanh_slope, "LeCun et al. 1998"),
        Activation("identity", identity, identity_slope, "no bend at all: a linear layer"),
        Activation("elu", elu, elu_slope, "Clevert, Unterthiner & Hochreiter 2015"),
        Activation("selu", selu, selu_slope, "Klambauer et al. 2017"),
        Activation("silu", silu, silu_slope, "Elfwing, Uchibe & Doya 2017; also called swish"),
        Activation("mish", mish, mish_slope, "Misra 2019"),
        Activation("gelu", gelu, gelu_slope, "Hendrycks & Gimpel 2016, the tanh form"),
        Activation("gelu_exact", gelu_exact, gelu_exact_slope, "Hendrycks & Gimpel 2016, with erf"),
        Activation("softplus", softplus, softplus_slope, "Dugas et al. 2001"),
    )
}


def activation_named(activation: str | Activation) -> Activation:
    """The activation of this name; an `Activation` of your own passes through.

    Raises:
        ArgumentError: There is no activation of that name.
    """
    if isinstance(activation, Activation):
        return your_own(activation)
    return pick(activation, ACTIVATIONS, "activation", "an Activation(name, function, slope)")


def your_own(activation: Activation) -> Activation:
    """A person's own activation, after a look at what it makes of six numbers.

    Raises:
        ArgumentError: It bears the name of another in the book.
        ArgumentError: Its function or slope fails on an array.
        ShapeError: Its function or slope is not elementwise.
    """
    if ACTIVATIONS.get(activation.name, activation) != activation:
        raise name_is_taken(activation.name)
    if activation.name in ACTIVATIONS:
        return activation
    z = np.array([[-2.0, -0.5, 0.0], [0.25, 1.0, 3.0]])
    a = looked_at(activation.name, activation.function, z)
    looked_at(f"{activation.name}'s slope", activation.slope, z, a)
    return activation


def looked_at(what: str, function: Callable[..., Floats], *arrays: Floats) -> Floats:
    """What a formula makes of an array, if it works number by number."""
    accepted = f"an array of the shape that it was given, {arrays[0].shape}"
    try:
        with np.errstate(all="ignore"):
            values = function(*arrays)
    except Exception as error:  # a person's own code may fail in any way; each gets the hint
        raise ArgumentError(
            f"{what} cannot be computed for an array ({error})",
            accepted=accepted,
            hint="np.where(z > 0, a, b) chooses number by number, where `if` cannot",
        ) from error
    if np.shape(values) != arrays[0].shape:
        raise ShapeError(
            f"{what} does not work number by number", got=np.shape(values), accepted=accepted
        )
    return values
