"""Networks written as functions are bound in the ways in which people hand their arrays on."""

from __future__ import annotations

import textwrap

import pytest

from helder.glass.check.deadline import Deadline
from helder.glass.check.findings import NetworkCheck
from helder.glass.check.network.checking import check_network
from helder.glass.check.sandbox import Sandbox
from helder.glass.check.sources import read_sources

GIVES_NAMES_BACK = """
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def init(n_x, n_h, n_y):
    return {"w1": np.random.randn(n_h, n_x), "b1": np.zeros((n_h, 1)),
            "w2": np.random.randn(n_y, n_h), "b2": np.zeros((n_y, 1))}

def forward(X, params):
    a1 = sigmoid(params["w1"] @ X + params["b1"])
    a2 = sigmoid(params["w2"] @ a1 + params["b2"])
    return a2, {"a1": a1, "a2": a2}

def back_propagate(X, Y, params, cache, learning_rate):
    w1, w2, b1, b2 = params["w1"], params["w2"], params["b1"], params["b2"]
    a1, a2 = cache["a1"], cache["a2"]
    dz2 = (a2 - Y) * a2 * (1 - a2)
    dz1 = w2.T @ dz2 * a1 * (1 - a1)
    w1 = w1 - learning_rate * dz1 @ X.T
    b1 = b1 - learning_rate * dz1.sum(axis=1, keepdims=True)
    w2 = w2 - learning_rate * dz2 @ a1.T
    b2 = b2 - learning_rate * dz2.sum(axis=1, keepdims=True)
    return w1, w2, b1, b2

def train(n=100):
    X = np.random.rand(7, 50)
    Y = X.sum(axis=0, keepdims=True) > 3
    params = init(7, 5, 1)
    for _ in range(n):
        a2, cache = forward(X, params)
        w1, w2, b1, b2 = back_propagate(X, Y, params, cache, 0.1)
        params = {"w1": w1, "w2": w2, "b1": b1, "b2": b2}
"""

SIZES_OF_THE_ROWS = """
import numpy as np

def init_params(X, n_h):
    W1 = np.random.randn(n_h, X.shape[0]) * 0.01
    b1 = np.zeros((n_h, 1))
    W2 = np.random.randn(10, n_h) * 0.01
    b2 = np.zeros((10, 1))
    return W1, b1, W2, b2

def forward_prop(X, W1, b1, W2, b2):
    A1 = np.tanh(W1 @ X + b1)
    Z2 = W2 @ A1 + b2
    e = np.exp(Z2 - Z2.max(axis=0))
    return A1, e / e.sum(axis=0)

def back_prop(A1, A2, X, W2, Y, m):
    dZ2 = A2 - np.eye(10)[Y].T
    dZ1 = W2.T @ dZ2 * (1 - A1 ** 2)
    dW2 = dZ2 @ A1.T / m
    db2 = dZ2.sum(axis=1, keepdims=True) / m
    dW1 = dZ1 @ X.T / m
    db1 = dZ1.sum(axis=1, keepdims=True) / m
    return dW1, db1, dW2, db2

def model(learning_rate, n_h, m, iterations=100):
    data = np.genfromtxt("train.csv", delimiter=",")
    X, Y = data[:m, 1:].T, data[:m, 0].astype(int)
    W1, b1, W2, b2 = init_params(X, n_h)
    for i in range(iterations):
        A1, A2 = forward_prop(X, W1, b1, W2, b2)
        dW1, db1, dW2, db2 = back_prop(A1, A2, X, W2, Y, m)
        W1 = W1 - learning_rate * dW1
        b1 = b1 - learning_rate * db1
        W2 = W2 - learning_rate * dW2
        b2 = b2 - learning_rate * db2
"""

WITH_A_COURSES_HELPER = GIVES_NAMES_BACK.replace(
    """def sigmoid(x):
    return 1 / (1 + np.exp(-x))
""",
    "from planar_utils import sigmoid",
)

STYLES = {
    "names": GIVES_NAMES_BACK,
    "rows": SIZES_OF_THE_ROWS,
    "helper": WITH_A_COURSES_HELPER,
}


def checked(tmp_path, text: str) -> NetworkCheck:
    path = tmp_path / "mine.py"
    path.write_text(textwrap.dedent(text))
    sources = read_sources(path)
    with Sandbox(sources, Deadline.after(20)) as session:
        found = check_network(session, sources.definitions, [], sources, Deadline.after(15))
    assert found is not None
    return found


@pytest.mark.parametrize("style", STYLES)
def test_right_functions_are_ok(tmp_path, style):
    found = checked(tmp_path, STYLES[style])
    assert (found.verdict, found.causes) == ("ok", ()), found


MISTAKES = [
    ("names", "update-sign", "w1 - learning_rate", "w1 + learning_rate"),
    ("names", "bias-shape-grows", "dz2.sum(axis=1, keepdims=True)", "dz2"),
    ("rows", "bias-shape-grows", "dZ1.sum(axis=1, keepdims=True)", "dZ1.sum(axis=1)"),
    ("rows", "parameter-not-updated", "        b1 = b1 - learning_rate * db1\n", ""),
    ("helper", "hidden-error-from-raw-error", "w2.T @ dz2", "w2.T @ (a2 - Y)"),
]


@pytest.mark.parametrize(("style", "cause", "old", "new"), MISTAKES, ids=lambda p: str(p)[:30])
def test_a_mistake_in_functions_has_its_name(tmp_path, style, cause, old, new):
    assert old in STYLES[style]
    found = checked(tmp_path, STYLES[style].replace(old, new, 1))
    assert found.causes == (cause,), found
