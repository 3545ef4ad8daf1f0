"""Networks written as functions are bound in the ways in which people hand their arrays on."""

from __future__ import annotations

import pytest
from networks_checked import checked

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

AMONG_THE_FILES_NAMES = """
import numpy as np

layers = [2, 4, 3, 1]
weights = [np.random.uniform(-1, 1, (layers[i + 1], layers[i])) for i in range(3)]
biases = [np.random.uniform(-1, 1, (n, 1)) for n in layers[1:]]

def sigmoid(x, derivative=False):
    s = 1 / (1 + np.exp(-x))
    return s * (1 - s) if derivative else s

def feedforward(x):
    activations, zs = [x], []
    for w, b in zip(weights, biases):
        zs.append(w @ activations[-1] + b)
        activations.append(sigmoid(zs[-1]))
    return activations, zs

def backprop(x, y, learning_rate):
    activations, zs = feedforward(x)
    delta = (activations[-1] - y) * sigmoid(zs[-1], True)
    for l in reversed(range(len(weights))):
        grad_w = delta @ activations[l].T
        grad_b = delta
        if l > 0:
            delta = (weights[l].T @ delta) * sigmoid(zs[l - 1], True)
        weights[l] -= learning_rate * grad_w
        biases[l] -= learning_rate * grad_b
"""

HANDED_ON = """
import numpy as np
from sklearn.datasets import load_breast_cancer

n_x, n_h = 30, 4
X, Y = load_breast_cancer(return_X_y=True)
W1 = np.random.randn(n_h, n_x) * 0.01
b1 = np.zeros((n_h, 1))
W2 = np.random.randn(1, n_h) * 0.01
b2 = np.zeros((1, 1))

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def forward(X, W1, b1, W2, b2):
    A1 = np.maximum(0, W1 @ X + b1)
    return sigmoid(W2 @ A1 + b2), A1

def backward(W2, A2, A1, X, Y):
    m = X.shape[1]
    dZ2 = A2 - Y
    dZ1 = W2.T @ dZ2 * (A1 > 0)
    dW2, db2 = dZ2 @ A1.T / m, np.sum(dZ2, axis=1, keepdims=True) / m
    dW1, db1 = dZ1 @ X.T / m, np.sum(dZ1, axis=1, keepdims=True) / m
    return dW1, db1, dW2, db2

def train(W1, b1, W2, b2, X, Y, num_iterations, learning_rate):
    for i in range(num_iterations):
        A2, A1 = forward(X, W1, b1, W2, b2)
        dW1, db1, dW2, db2 = backward(W2, A2, A1, X, Y)
        W1 = W1 - learning_rate * dW1
        b1 = b1 - learning_rate * db1
        W2 = W2 - learning_rate * dW2
        b2 = b2 - learning_rate * db2
    return W1, b1, W2, b2

W1, b1, W2, b2 = train(W1, b1, W2, b2, X.T, Y.reshape(1, -1), 2000, 0.01)
"""

MADE_INSIDE = """
import numpy as np

def train(X, y, hidden=8, lr=0.1, epochs=1000):
    n, d = X.shape
    k = len(np.unique(y))
    W1, b1 = np.random.randn(d, hidden) * 0.1, np.zeros((1, hidden))
    W2, b2 = np.random.randn(hidden, k) * 0.1, np.zeros((1, k))
    for i in range(epochs):
        a1 = np.maximum(0, X.dot(W1) + b1)
        scores = a1.dot(W2) + b2
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        p[range(n), y] -= 1
        dscores = p / n
        da1 = dscores.dot(W2.T) * (a1 > 0)
        W1 -= lr * X.T.dot(da1)
        b1 -= lr * da1.sum(axis=0, keepdims=True)
        W2 -= lr * a1.T.dot(dscores)
        b2 -= lr * dscores.sum(axis=0, keepdims=True)
    return W1, b1, W2, b2
"""

IN_ONE_LIST = """
import numpy as np

def train(X, y, lr=0.1, epochs=100):
    params = [np.random.randn(4, 6), np.zeros(6), np.random.randn(6, 3), np.zeros(3)]
    Y = np.eye(3)[y]
    for epoch in range(epochs):
        W1, b1, W2, b2 = params
        a1 = np.maximum(X @ W1 + b1, 0)
        z2 = a1 @ W2 + b2
        e = np.exp(z2 - z2.max(axis=1, keepdims=True))
        d2 = (e / e.sum(axis=1, keepdims=True) - Y) / len(X)
        d1 = d2 @ W2.T * (a1 > 0)
        grads = [X.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0)]
        for j in range(len(params)):
            params[j] = params[j] - lr * grads[j]
    return params
"""

A_ROW_OF_WEIGHTS = """
import numpy as np

def make_net(n_in, n_hid, n_out):
    return {"V": np.random.randn(n_hid, n_in + 1), "W": np.random.randn(n_out, n_hid + 1)}

def forward(net, x):
    xb = np.append(x, 1.0)
    h = np.tanh(net["V"] @ xb)
    hb = np.append(h, 1.0)
    return xb, h, hb, net["W"] @ hb

def train_pattern(net, x, t, eta):
    xb, h, hb, o = forward(net, x)
    delta_o = t - o
    delta_h = (1 - h * h) * (net["W"][:, :-1].T @ delta_o)
    net["W"] += eta * np.outer(delta_o, hb)
    net["V"] += eta * np.outer(delta_h, xb)
"""

STYLES = {
    "bias row": A_ROW_OF_WEIGHTS,
    "one list": IN_ONE_LIST,
    "lists": AMONG_THE_FILES_NAMES,
    "handed on": HANDED_ON,
    "inside": MADE_INSIDE,
    "names": GIVES_NAMES_BACK,
    "rows": SIZES_OF_THE_ROWS,
    "helper": WITH_A_COURSES_HELPER,
}


@pytest.mark.parametrize("style", STYLES)
def test_right_functions_are_ok(style):
    found = checked(STYLES[style])
    assert (found.verdict, found.causes) == ("ok", ()), found


MISTAKES = [
    ("bias row", "gradient-zero", "np.outer(delta_o, hb)", "np.zeros_like(net['W'])"),
    ("bias row", "parameter-not-updated", '    net["V"] += eta * np.outer(delta_h, xb)\n', ""),
    ("one list", "bias-gradient-one-row", "d1.sum(0)", "d1[0]"),
    ("one list", "bias-gradient-scalar", "d1.sum(0)", "d1.sum()"),
    ("lists", "derivative-z-given-a", "zs[l - 1], True", "activations[l], True"),
    ("handed on", "bias-shape-grows", "np.sum(dZ2, axis=1, keepdims=True)", "dZ2"),
    ("handed on", "gradient-scale", "np.sum(dZ2, axis=1, keepdims=True) / m",
     "np.sum(dZ2, axis=1, keepdims=True)"),
    ("inside", "forward-misses-bias", "a1.dot(W2) + b2", "a1.dot(W2)"),
    ("inside", "parameter-not-updated",
     "        b2 -= lr * dscores.sum(axis=0, keepdims=True)\n", ""),
    ("names", "update-sign", "w1 - learning_rate", "w1 + learning_rate"),
    ("names", "bias-shape-grows", "dz2.sum(axis=1, keepdims=True)", "dz2"),
    ("rows", "bias-shape-grows", "dZ1.sum(axis=1, keepdims=True)", "dZ1.sum(axis=1)"),
    ("rows", "parameter-not-updated", "        b1 = b1 - learning_rate * db1\n", ""),
    ("helper", "hidden-error-from-raw-error", "w2.T @ dz2", "w2.T @ (a2 - Y)"),
]  # fmt: skip


@pytest.mark.parametrize(("style", "cause", "old", "new"), MISTAKES, ids=lambda p: str(p)[:30])
def test_a_mistake_in_functions_has_its_name(style, cause, old, new):
    assert old in STYLES[style]
    found = checked(STYLES[style].replace(old, new, 1))
    assert found.causes == (cause,), found
