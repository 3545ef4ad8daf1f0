"""The slopes that people take in place of f'(z), each as a function of z and a."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from helder.core.activations import ACTIVATIONS, Activation
from helder.typing import Floats

OTHERS = ("sigmoid", "tanh", "relu", "leaky_relu")  # slopes that are mixed up
THRESHOLDS = (1.0, 0.5, 0.1, 2.0, -1.0)

# f' as a formula of a, which many people write: what it makes of any number.
SLOPE_OF_A: dict[str, Callable[[Floats], Floats]] = {
    "sigmoid": lambda u: u * (1 - u),
    "tanh": lambda u: 1 - u * u,
}


Slope = Callable[[Floats, Floats], Floats]  # of z and a, each (N, n)


def slope_of_z(activation: Activation, u: Floats) -> Floats:
    """f'(u), whatever u is."""
    return activation.slope(u, activation.function(u))


def at(where: str, function: Callable[[Floats], Floats]) -> Slope:
    """A function of z alone, or of a alone, as a slope."""
    return (lambda z, a: function(z)) if where == "z" else (lambda z, a: function(a))


def slope_function(activation: Activation) -> Callable[[Floats], Floats]:
    """f' as a function of one array."""
    return lambda u: slope_of_z(activation, u)


def wrong_slopes(activation: Activation) -> Iterator[tuple[str, str, Slope]]:
    """Slopes that people take in place of f'(z): cause, formula, function of z and a."""
    name = activation.name
    yield "derivative-z-given-a", "f'(a)", at("a", slope_function(activation))
    if name in SLOPE_OF_A:
        saw = "f'(z), its formula for a used on z"
        yield "derivative-a-given-z", saw, at("z", SLOPE_OF_A[name])
    if name in ("relu", "leaky_relu"):
        below = float(slope_of_z(activation, np.array([-1.0]))[0])
        yield "missing-hidden-derivative", "no f'(z)", at("z", np.ones_like)
        for threshold in THRESHOLDS:
            yield "relu-slope-threshold", f"1 where z > {threshold:g}", jump(threshold, below)
        yield "derivative-formula", "1 where z < 0", at("z", lambda z: (z < 0) * 1.0)
    else:
        yield "missing-hidden-derivative", "no f'(z)", at("z", np.ones_like)
    for other in OTHERS:
        if other != name:
            yield from slopes_of_another(other)
    for saw, formula in WRONG_FORMULAS.items():
        yield "derivative-formula", saw, formula


def jump(threshold: float, below: float) -> Slope:
    """1 above a threshold, and the slope of below zero elsewhere."""
    return lambda z, a: np.where(z > threshold, 1.0, below)


def slopes_of_another(other: str) -> Iterator[tuple[str, str, Slope]]:
    """The slope of another activation, by its formula of z or of a, given either."""
    cause = "derivative-of-another-activation"
    of_z = slope_function(ACTIVATIONS[other])
    yield cause, f"{other}'(z)", at("z", of_z)
    yield cause, f"{other}'(z) given a", at("a", of_z)
    if other in SLOPE_OF_A:
        yield cause, f"{other}' of a", at("a", SLOPE_OF_A[other])
        yield cause, f"{other}' of a, given z", at("z", SLOPE_OF_A[other])


WRONG_FORMULAS: dict[str, Slope] = {
    "a in place of f'(z)": lambda z, a: a,
    "z in place of f'(z)": lambda z, a: z,
    "a (1 + a)": lambda z, a: a * (1 + a),
    "1 - a": lambda z, a: 1 - a,
    "1 + a": lambda z, a: 1 + a,
    "1 + a²": lambda z, a: 1 + a * a,
    "a²": lambda z, a: a * a,
    "a² - 1": lambda z, a: a * a - 1,
    "a - 1": lambda z, a: a - 1,
    "a (a - 1)": lambda z, a: a * (a - 1),
    "(1 - a)²": lambda z, a: (1 - a) * (1 - a),
    "1 - 2a": lambda z, a: 1 - 2 * a,
    "a² (1 - a)": lambda z, a: a * a * (1 - a),
    "a (1 - a²)": lambda z, a: a * (1 - a * a),
    "a (1 - a)²": lambda z, a: a * (1 - a) ** 2,
    "z (1 - z)": lambda z, a: z * (1 - z),
    "1 - z²": lambda z, a: 1 - z * z,
}
