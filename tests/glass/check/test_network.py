"""A whole network is recognised as right in many styles, and each mistake in it by its name."""

from __future__ import annotations

import pytest
from networks_checked import checked

CLASS = """
import numpy as np

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

class Network:
    def __init__(self, n_in, n_hidden, n_out, lr=0.1):
        self.W1 = np.random.randn(n_in, n_hidden)
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, n_out)
        self.b2 = np.zeros((1, n_out))
        self.lr = lr

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = np.tanh(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        self.p = softmax(self.z2)
        return self.p

    def backward(self, X, Y):
        m = len(X)
        dz2 = self.p - Y
        self.dW2 = self.a1.T @ dz2 / m
        self.db2 = dz2.sum(axis=0, keepdims=True) / m
        dz1 = dz2 @ self.W2.T * (1 - self.a1 ** 2)
        self.dW1 = X.T @ dz1 / m
        self.db1 = dz1.sum(axis=0, keepdims=True) / m

    def update(self):
        self.W2 -= self.lr * self.dW2
        self.b2 -= self.lr * self.db2
        self.W1 -= self.lr * self.dW1
        self.b1 -= self.lr * self.db1

    def fit(self, X, Y, epochs=100):
        for _ in range(epochs):
            self.forward(X)
            self.backward(X, Y)
            self.update()
"""

FUNCTIONS = """
import numpy as np

def init_params():
    W1 = np.random.rand(10, 784) - 0.5
    b1 = np.zeros((10, 1))
    W2 = np.random.rand(10, 10) - 0.5
    b2 = np.zeros((10, 1))
    return W1, b1, W2, b2

def ReLU(Z):
    return np.maximum(Z, 0)

def softmax(Z):
    return np.exp(Z) / sum(np.exp(Z))

def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1.dot(X) + b1
    A1 = ReLU(Z1)
    Z2 = W2.dot(A1) + b2
    A2 = softmax(Z2)
    return Z1, A1, Z2, A2

def one_hot(Y):
    one_hot_Y = np.zeros((Y.size, 10))
    one_hot_Y[np.arange(Y.size), Y] = 1
    return one_hot_Y.T

def backward_prop(Z1, A1, Z2, A2, W1, W2, X, Y):
    m = Y.size
    dZ2 = A2 - one_hot(Y)
    dW2 = 1 / m * dZ2.dot(A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = W2.T.dot(dZ2) * (Z1 > 0)
    dW1 = 1 / m * dZ1.dot(X.T)
    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2

def update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, alpha):
    W1 = W1 - alpha * dW1
    b1 = b1 - alpha * db1
    W2 = W2 - alpha * dW2
    b2 = b2 - alpha * db2
    return W1, b1, W2, b2

def gradient_descent(X, Y, alpha, iterations):
    W1, b1, W2, b2 = init_params()
    for i in range(iterations):
        Z1, A1, Z2, A2 = forward_prop(W1, b1, W2, b2, X)
        dW1, db1, dW2, db2 = backward_prop(Z1, A1, Z2, A2, W1, W2, X, Y)
        W1, b1, W2, b2 = update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, alpha)
    return W1, b1, W2, b2
"""

SQUARED = """
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def sigmoid_prime(x):
    return sigmoid(x) * (1 - sigmoid(x))

class Network:
    def __init__(self, sizes):
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def train(self, data, eta):
        for x, y in data:
            zs, activations = [], [x]
            for w, b in zip(self.weights, self.biases):
                zs.append(np.dot(w, activations[-1]) + b)
                activations.append(sigmoid(zs[-1]))
            delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
            deltas = [delta]
            for l in range(2, len(self.weights) + 1):
                delta = np.dot(self.weights[-l + 1].T, delta) * sigmoid_prime(zs[-l])
                deltas.insert(0, delta)
            for l, delta in enumerate(deltas):
                self.weights[l] -= eta * np.dot(delta, activations[l].T)
                self.biases[l] -= eta * delta
"""


@pytest.mark.parametrize("text", [CLASS, FUNCTIONS, SQUARED], ids=["class", "functions", "lists"])
def test_a_right_network_is_ok(text):
    found = checked(text)
    assert found.verdict == "ok", found
    assert found.causes == ()


def test_how_the_code_does_it_is_told():
    assert checked(CLASS).convention == {
        "layout": "rows",
        "labels": "one-hot",
        "activations": "tanh",
        "output": "softmax",
        "loss": "cross-entropy",
        "step": "Network.fit",
        "over_rows": "mean",
    }
    of_functions = checked(FUNCTIONS).convention
    assert of_functions["layout"] == "columns"
    assert of_functions["labels"] == "class numbers"
    summed = checked(CLASS.replace(" / m", "")).convention
    assert summed["over_rows"] == "sum"


IN_CLASS = [
    ("softmax-derivative-twice", "dz2 = self.p - Y", "dz2 = (self.p - Y) * self.p * (1 - self.p)"),
    ("derivative-a-given-z", "(1 - self.a1 ** 2)", "(1 - self.z1 ** 2)"),
    ("derivative-z-given-a", "(1 - self.a1 ** 2)", "(1 - np.tanh(self.a1) ** 2)"),
    ("derivative-of-another-activation", "(1 - self.a1 ** 2)", "(self.z1 > 0)"),
    ("derivative-formula", "(1 - self.a1 ** 2)", "(1 + self.a1 ** 2)"),
    ("missing-hidden-derivative", " * (1 - self.a1 ** 2)", ""),
    ("forward-misses-bias", "self.a1 @ self.W2 + self.b2", "self.a1 @ self.W2"),
    ("layers-not-chained", "self.a1 @ self.W2", "self.z1 @ self.W2"),
    ("bias-gradient-scalar", "dz1.sum(axis=0, keepdims=True)", "dz1.sum()"),
    ("gradient-scale", "self.dW1 = X.T @ dz1 / m", "self.dW1 = X.T @ dz1"),
    ("gradient-divided-twice", "dz2 = self.p - Y", "dz2 = (self.p - Y) / m"),
    ("parameter-not-updated", "self.b1 -= self.lr * self.db1", "pass"),
    ("update-sign", "-=", "+="),
    ("update-sign", "self.W1 -=", "self.W1 +="),
    ("gradient-zero", "dz1 = dz2", "dz1 = 0 * dz2"),
    ("weights-not-transposed", "dz2 @ self.W2.T", "dz2 @ self.W2"),
    (
        "gradient-copied",
        "self.db1 = dz1.sum(axis=0, keepdims=True)",
        "self.db1 = dz2.sum(axis=0, keepdims=True)",
    ),
    (
        "update-before-use",
        "        dz1 = dz2",
        "        self.W2 -= self.lr * self.dW2\n        self.dW2 = 0\n        dz1 = dz2",
    ),
]


@pytest.mark.parametrize(("cause", "old", "new"), IN_CLASS, ids=lambda part: str(part)[:40])
def test_a_mistake_in_a_class_has_its_name(cause, old, new):
    assert old in CLASS
    found = checked(CLASS.replace(old, new))
    assert found.causes == (cause,), found
    assert found.verdict == "wrong"


IN_FUNCTIONS = [
    ("bias-gradient-scalar", "np.sum(dZ1, axis=1, keepdims=True)", "np.sum(dZ1)"),
    ("bias-shape-grows", "np.sum(dZ2, axis=1, keepdims=True)", "np.sum(dZ2, axis=1)"),
    ("relu-slope-threshold", "(Z1 > 0)", "(Z1 > 1)"),
    ("weights-not-transposed", "W2.T.dot(dZ2)", "W2.dot(dZ2)"),
    ("gradient-scale", "dW2 = 1 / m *", "dW2 ="),
    ("update-sign", "W1 = W1 - alpha", "W1 = W1 + alpha"),
    ("parameter-not-updated", "b2 = b2 - alpha * db2", "b2 = b2"),
    ("missing-hidden-derivative", " * (Z1 > 0)", ""),
    ("softmax-derivative-twice", "A2 - one_hot(Y)", "(A2 - one_hot(Y)) * A2 * (1 - A2)"),
]


@pytest.mark.parametrize(("cause", "old", "new"), IN_FUNCTIONS, ids=lambda part: str(part)[:40])
def test_a_mistake_in_functions_has_its_name(cause, old, new):
    assert old in FUNCTIONS
    found = checked(FUNCTIONS.replace(old, new))
    assert found.causes == (cause,), found
    assert found.verdict == "wrong"


IN_LISTS = [
    ("weights-not-transposed", "self.weights[-l + 1].T", "self.weights[-l + 1]"),
    ("layers-not-chained", "np.dot(w, activations[-1])", "np.dot(w, activations[0])"),
    ("derivative-z-given-a", "sigmoid_prime(zs[-l])", "sigmoid_prime(activations[-l])"),
    (
        "hidden-error-from-raw-error",
        "deltas = [delta]\n",
        "deltas = [delta]\n            delta = activations[-1] - y\n",
    ),
]


@pytest.mark.parametrize(("cause", "old", "new"), IN_LISTS, ids=lambda part: str(part)[:40])
def test_a_mistake_in_lists_of_layers_has_its_name(cause, old, new):
    assert old in SQUARED
    found = checked(SQUARED.replace(old, new))
    assert found.causes == (cause,), found


ADAM = CLASS.replace(
    """        self.W2 -= self.lr * self.dW2
        self.b2 -= self.lr * self.db2
        self.W1 -= self.lr * self.dW1
        self.b1 -= self.lr * self.db1
""",
    """        for name in ("W1", "b1", "W2", "b2"):
            g = getattr(self, "d" + name)
            m, v = 0.1 * g, 0.001 * g ** 2
            step = self.lr * (m / 0.1) / (np.sqrt(v / 0.001) + 1e-8)
            setattr(self, name, getattr(self, name) - step)
""",
)
IN_ADAM = [
    ("update-sign", "getattr(self, name) - step", "getattr(self, name) + step"),
    ("parameter-not-updated", '"W2", "b2")', '"W2")'),
]


@pytest.mark.parametrize(("cause", "old", "new"), IN_ADAM, ids=lambda part: str(part)[:40])
def test_a_step_that_is_no_multiple_of_the_gradient_must_still_go_down_it(cause, old, new):
    assert checked(ADAM).verdict == "ok"
    found = checked(ADAM.replace(old, new))
    assert found.causes == (cause,), found


def test_a_gradient_of_zeros_is_told_apart_from_a_missing_update():
    found = checked(CLASS.replace("self.dW1 = X.T @ dz1 / m", "self.dW1 = 0 * self.W1"))
    assert found.causes == ("gradient-zero",)


def test_a_network_without_the_last_slope_is_one_of_binary_cross_entropy():
    found = checked(SQUARED.replace(" * sigmoid_prime(zs[-1])", ""))
    assert found.verdict == "ok"
    assert found.convention["loss"] == "binary cross-entropy"


def test_a_time_that_is_too_short_is_said():
    found = checked(CLASS, seconds=0)
    assert found.verdict == "cannot tell"
    assert "seconds=20" in found.evidence


@pytest.mark.parametrize(
    "body", ["np.mean((y - p) ** 2)", "-np.mean(np.sum(y * np.log(p), axis=1))"]
)
def test_a_loss_called_entropy_that_takes_squares_is_not_the_one_optimised(body):
    log = "LOGITS = 'logits'\ndef logged(x):\n    print(x)\n"
    found = checked(f"{CLASS}\n{log}def cross_entropy(y, p):\n    return {body}\n")
    squares = "**" in body
    assert found.causes == (("loss-not-the-one-optimised",) if squares else ())
