"""An initialiser draws the first weights of a layer, so that signals neither grow nor die out.

Each is a function of a NumPy generator and the two sizes of the matrix, and returns `(n_in,
n_out)` weights. Biases always begin at zero.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helder.errors import pick
from helder.typing import Floats

Initialiser = Callable[[np.random.Generator, int, int], Floats]

SMALL = 0.01  # the standard deviation of `normal`


def he(rng: np.random.Generator, n_in: int, n_out: int) -> Floats:
    """Normal with variance 2 / n_in, which a relu halves to 1 / n_in (He et al. 2015)."""
    return rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out))  # (n_in, n_out)


def glorot(rng: np.random.Generator, n_in: int, n_out: int) -> Floats:
    """Uniform with variance 2 / (n_in + n_out), fair to both directions (Glorot & Bengio 2010)."""
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))  # (n_in, n_out)


def lecun(rng: np.random.Generator, n_in: int, n_out: int) -> Floats:
    """Normal with variance 1 / n_in, as selu asks for (LeCun et al. 1998)."""
    return rng.normal(0, np.sqrt(1 / n_in), (n_in, n_out))  # (n_in, n_out)


def normal(rng: np.random.Generator, n_in: int, n_out: int) -> Floats:
    """Normal with a small standard deviation, whatever the sizes."""
    return rng.normal(0, SMALL, (n_in, n_out))  # (n_in, n_out)


def zeros(rng: np.random.Generator, n_in: int, n_out: int) -> Floats:
    """All zero: the units of a hidden layer then stay alike for ever, as a lesson shows."""
    return np.zeros((n_in, n_out))  # (n_in, n_out)


INITIALISERS: dict[str, Initialiser] = {
    "he": he,
    "glorot": glorot,
    "xavier": glorot,  # the same, by its author's first name
    "lecun": lecun,
    "normal": normal,
    "zeros": zeros,
}

# What suits each activation; the others get Glorot's.
SUITS = {
    "relu": "he",
    "leaky_relu": "he",
    "elu": "he",
    "silu": "he",
    "mish": "he",
    "gelu": "he",
    "gelu_exact": "he",
    "softplus": "he",
    "selu": "lecun",
}


def initialiser_for(activation: str) -> str:
    """The name of the initialiser that suits an activation."""
    return SUITS.get(activation, "glorot")


def initialiser_named(name: str) -> Initialiser:
    """The initialiser of this name.

    Raises:
        ArgumentError: There is no initialiser of that name.
    """
    return pick(name, INITIALISERS, "initialiser")
