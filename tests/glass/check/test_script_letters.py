"""A script whose parameters are called by any letters, beside grids that no function reads."""

from __future__ import annotations

import pytest
from networks_checked import checked

LETTERS = """
import numpy as np

rng = np.random.RandomState(0)
X = np.zeros((300, 2))
t = np.zeros(300, dtype=int)

def forward(X, V, a, W, d):
    H = np.maximum(0, X @ V + a)
    S = H @ W + d
    S = S - S.max(axis=1, keepdims=True)
    return H, np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)

def gradient(X, t, V, a, W, d, lam):
    n = len(t)
    H, P = forward(X, V, a, W, d)
    G = P.copy()
    G[range(n), t] -= 1
    G /= n
    dW = H.T @ G + lam * W
    dd = G.sum(axis=0)
    E = G @ W.T
    E[H <= 0] = 0
    dV = X.T @ E + lam * V
    da = E.sum(axis=0)
    return dV, da, dW, dd

units, lam, rate = 100, 1e-3, 1.0
V, a = 0.5 * rng.randn(2, units), np.zeros(units)
W, d = 0.1 * rng.randn(units, 3), np.zeros(3)
for step in range(5001):
    dV, da, dW, dd = gradient(X, t, V, a, W, d, lam)
    V -= rate * dV
    a -= rate * da
    W -= rate * dW
    d -= rate * dd

gx, gy = np.meshgrid(np.linspace(-1, 1, 250), np.linspace(-1, 1, 250))
regions = forward(np.c_[gx.ravel(), gy.ravel()], V, a, W, d)[1].argmax(axis=1)
"""

KEYS = """
import numpy as np

class Net:
    def __init__(self, n_in, n_hidden, n_out):
        rng = np.random.default_rng()
        self.params = {
            "w_in": rng.normal(0, 1, (n_in, n_hidden)), "b_in": np.zeros(n_hidden),
            "w_mid": rng.normal(0, 1, (n_hidden, n_hidden)), "b_mid": np.zeros(n_hidden),
            "w_out": rng.normal(0, 1, (n_hidden, n_out)), "b_out": np.zeros(n_out),
        }

    def loss_and_grad(self, x, y):
        p, n = self.params, len(y)
        h1 = np.maximum(x @ p["w_in"] + p["b_in"], 0)
        h2 = np.maximum(h1 @ p["w_mid"] + p["b_mid"], 0)
        s = h2 @ p["w_out"] + p["b_out"]
        e = np.exp(s - s.max(axis=1, keepdims=True))
        d3 = e / e.sum(axis=1, keepdims=True)
        loss = -np.log(d3[np.arange(n), y]).mean()
        d3[np.arange(n), y] -= 1
        d3 /= n
        d2 = (d3 @ p["w_out"].T) * (h2 > 0)
        d1 = (d2 @ p["w_mid"].T) * (h1 > 0)
        return loss, {
            "w_out": h2.T @ d3, "b_out": d3.sum(0),
            "w_mid": h1.T @ d2, "b_mid": d2.sum(0),
            "w_in": x.T @ d1, "b_in": d1.sum(0),
        }
"""


MAKES_ROWS = """
import numpy as np

rng = np.random.default_rng(12)
W1, b1 = rng.normal(0, 0.5, (2, 32)), np.zeros((1, 32))
W2, b2 = rng.normal(0, 0.5, (32, 3)), np.zeros((1, 3))

def make_spiral(points):
    X, y = np.zeros((points * 3, 2)), np.zeros(points * 3, dtype=int)
    return X, y

def forward(X):
    hidden = np.tanh(X @ W1 + b1)
    e = np.exp(hidden @ W2 + b2)
    return hidden, e / e.sum(axis=1, keepdims=True)

def train_step(X, y):
    global W1, b1, W2, b2
    hidden, d = forward(X)
    d[np.arange(len(X)), y] -= 1
    d /= len(X)
    dhidden = (d @ W2.T) * (1 - hidden ** 2)
    W2 -= 0.5 * hidden.T @ d
    b2 -= 0.5 * d.sum(axis=0, keepdims=True)
    W1 -= 0.5 * X.T @ dhidden
    b1 -= 0.5 * dhidden.sum(axis=0, keepdims=True)
"""


def test_a_function_that_makes_rows_makes_no_parameters():
    """Its rows would be handed to every step, in place of those that tell layouts apart."""
    assert checked(MAKES_ROWS).convention["labels"] == "class numbers"
    found = checked(MAKES_ROWS.replace("hidden @ W2 + b2", "hidden @ W2"))
    assert found.causes == ("forward-misses-bias",)


@pytest.mark.parametrize("text", [LETTERS, KEYS], ids=["letters", "keys"])
def test_right_ones_are_ok(text):
    assert checked(text).verdict == "ok"


MISTAKES = [
    # the output of a softmax: the sum over all of it is 0, so that this bias never moves
    (LETTERS, "bias-gradient-scalar", "dd = G.sum(axis=0)", "dd = np.sum(G)"),
    (LETTERS, "bias-gradient-one-row", "da = E.sum(axis=0)", "da = E[0]"),
    (LETTERS, "parameter-not-updated", "    a -= rate * da\n", ""),
    (LETTERS, "forward-misses-bias", "X @ V + a", "X @ V"),
    # one number under its own key is its gradient, not an array of the right shape under another
    (KEYS, "bias-gradient-scalar", "d1.sum(0)", "np.sum(d1)"),
]


@pytest.mark.parametrize(("text", "cause", "old", "new"), MISTAKES, ids=lambda part: part[-30:])
def test_a_mistake_is_called_by_its_name(text, cause, old, new):
    assert old in text
    found = checked(text.replace(old, new))
    assert found.causes == (cause,), found
