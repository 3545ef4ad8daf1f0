"""First weights that look at the rows: every sum begins with spread one, wherever it lies.

Data-driven initialisation of RealMLP (Holzmueller, Grinsztajn & Steinwart 2024): weights are drawn
normal and divided by the spread of their sum, and each hidden unit bends first somewhere among the
rows ("he+5": at a random mean of five of them).
"""

from __future__ import annotations

import numpy as np

from helder.core.layers import Dense
from helder.core.network import Network
from helder.core.parameters import Parameters
from helder.typing import Floats

MOST_ROWS = 4096  # that are looked at: a spread needs no more
AMONG = 5  # rows that a unit's bend lies among
NARROW = 1e-6  # a spread below this is none: the weights stay as they were drawn


def draw_by_rows(
    network: Network, parameters: Parameters, X: Floats, k: int, rng: np.random.Generator
) -> None:
    """Draws the weights and biases of every dense layer of network k again, layer by layer.

    Args:
        network: The chain of layers.
        parameters: The numbers of all networks; written in place.
        X: The rows that the network learns from, (N, n_in).
        k: Which of the networks it is.
        rng: Where the draws come from.
    """
    if len(X) > MOST_ROWS:
        X = X[np.sort(rng.choice(len(X), MOST_ROWS, replace=False))]
    predicting, thetas = network.for_prediction(), parameters.thetas(k)
    tape = predicting.tape(len(X), parameters.values.dtype)
    last = predicting.layers[-1]
    a = X  # (N, n_in)
    for layer, theta, page in zip(predicting.layers, thetas, tape.pages, strict=True):
        if isinstance(layer, Dense):
            drawn = rng.normal(size=(layer.n_in, layer.n_out))  # (n_in, n_out)
            z = a @ drawn  # (N, n_out)
            spread = z.std(axis=0)  # (n_out,)
            spread[spread < NARROW] = np.sqrt(layer.n_in)
            theta.W[...] = drawn / spread
            theta.b[...] = 0.0 if layer is last else -somewhere(z / spread, rng)
        a = layer.forward(a, theta, page)  # (N, n_out)


def somewhere(z: Floats, rng: np.random.Generator) -> Floats:
    """For each unit a random mean of some rows' values, (n,)."""
    rows = rng.integers(0, len(z), (AMONG, z.shape[1]))  # (5, n)
    shares = rng.exponential(size=rows.shape)  # (5, n)
    values: Floats = np.take_along_axis(z, rows, axis=0)
    return np.sum(values * shares, axis=0) / shares.sum(axis=0)
