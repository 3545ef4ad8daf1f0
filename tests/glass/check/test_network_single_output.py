"""One number as the gradient of the last bias is right where the file's network has one output."""

from __future__ import annotations

import pytest

import helder

RAIN = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def forward(X, W1, b1, W2, b2):
    A1 = np.tanh(W1 @ X + b1)
    return A1, sigmoid(W2 @ A1 + b2)

def backward(X, Y, W2, A1, A2):
    m = X.shape[1]
    dZ2 = A2 - Y
    dZ1 = W2.T @ dZ2 * (1 - A1 ** 2)
    dW1, db1 = dZ1 @ X.T / m, np.sum(dZ1, axis=1, keepdims=True) / m
    return dW1, db1, dZ2 @ A1.T / m, np.sum(dZ2) / m

def update(W1, b1, W2, b2, dW1, db1, dW2, db2, lr):
    return W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2

if __name__ == "__main__":
    days = np.loadtxt("rain.csv", delimiter=",")
    X, Y = days[:, :-1].T, days[:, -1:].T
    W1, b1 = np.random.randn(8, X.shape[0]), np.zeros((8, 1))
    W2, b2 = np.random.randn(OUTPUTS, 8), START
    for _ in range(1000):
        A1, A2 = forward(X, W1, b1, W2, b2)
        dW1, db1, dW2, db2 = backward(X, Y, W2, A1, A2)
        W1, b1, W2, b2 = update(W1, b1, W2, b2, dW1, db1, dW2, db2, 0.1)
"""
SIZED = """
import numpy as np

def make(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_h, n_x), "b1": np.zeros((n_h, 1)),
            "W2": np.random.randn(n_y, n_h), "b2": np.zeros((n_y, 1))}

def forward(X, p):
    A1 = np.tanh(p["W1"] @ X + p["b1"])
    A2 = 1 / (1 + np.exp(-(p["W2"] @ A1 + p["b2"])))
    return A2, {"A1": A1, "A2": A2}

def backward(X, Y, p, cache):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dZ1 = p["W2"].T @ dZ2 * (1 - cache["A1"] ** 2)
    return {"dW1": dZ1 @ X.T / m, "db1": np.sum(dZ1, axis=1, keepdims=True) / m,
            "dW2": dZ2 @ cache["A1"].T / m, "db2": np.sum(dZ2) / m}

def update(p, g, lr):
    return {k: p[k] - lr * g["d" + k] for k in p}

p = make(2, 4, OUTPUTS)
"""


def network_of(text, tmp_path):
    file = tmp_path / "net.py"
    file.write_text(text)
    return helder.check(file, seconds=20).network


@pytest.mark.parametrize(
    "text",
    [
        RAIN.replace("OUTPUTS", "1").replace("START", "0"),
        RAIN.replace("OUTPUTS", "1").replace("START", "np.zeros((1, 1))"),
        SIZED.replace("OUTPUTS", "1"),
    ],
    ids=["a bias that begins as a number", "weights of one row", "sizes that are asked for"],
)
def test_one_number_for_the_one_bias_of_the_output_is_right(text, tmp_path):
    assert network_of(text, tmp_path).verdict == "ok"


def test_one_number_for_three_outputs_is_a_mistake(tmp_path):
    found = network_of(SIZED.replace("OUTPUTS", "3"), tmp_path)
    assert found.causes == ("bias-gradient-scalar",)
