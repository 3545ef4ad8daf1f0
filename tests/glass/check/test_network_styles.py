"""Networks bind in the styles that people write: each is right as it stands, and wrong with a slip.

Each text is our own, short, and made after what many files have in common.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from helder import check
from helder.glass.check.findings import NetworkCheck

ASKS_FOR_SIZES = """
import numpy as np

class Net:
    def __init__(self):
        seen = int(input("How many features? "))
        given = int(input("How many answers? "))
        self.syn0 = np.random.random((seen, 9)) - 0.5
        self.syn1 = np.random.random((9, given)) - 0.5

    def squash(self, x):
        return 1 / (1 + np.exp(-x))

    def slope(self, x):
        return x * (1 - x)

    def train(self, inp_data, label, repetitions_wanted):
        for again in range(repetitions_wanted):
            l1 = self.squash(inp_data.dot(self.syn0))
            l2 = self.squash(l1.dot(self.syn1))
            l2_delta = (label - l2) * self.slope(l2)
            l1_delta = l2_delta.dot(self.syn1.T) * self.slope(l1)
            self.syn1 += l1.T.dot(l2_delta)
            self.syn0 += inp_data.T.dot(l1_delta)
"""

TEN_REPORTS = """
import numpy as np

def train_net(X, y, hidden_size, epochs, learning_rate):
    W1 = np.random.randn(X.shape[1], hidden_size)
    b1 = np.zeros((1, hidden_size))
    W2 = np.random.randn(hidden_size, y.shape[1])
    b2 = np.zeros((1, y.shape[1]))
    for epoch in range(1, epochs + 1):
        a1 = np.tanh(X @ W1 + b1)
        out = a1 @ W2 + b2
        if epoch % (epochs // 10) == 0:
            print(epoch, np.mean((out - y) ** 2))
        dz2 = (out - y) / len(X)
        dz1 = dz2 @ W2.T * (1 - a1 ** 2)
        W2 -= learning_rate * a1.T @ dz2
        b2 -= learning_rate * dz2.sum(axis=0, keepdims=True)
        W1 -= learning_rate * X.T @ dz1
        b1 -= learning_rate * dz1.sum(axis=0, keepdims=True)
    return W1, b1, W2, b2, out
"""

DATA_IN_COLUMNS_AT_THE_START = """
import numpy as np
from sklearn.metrics import log_loss

class Deep:
    def __init__(self, X, y, hidden=(6, 6), lr=0.1, n_iter=50):
        sizes = [X.shape[0], *hidden, y.shape[0]]
        self.lr, self.n_iter = lr, n_iter
        self.parameters = {}
        for c in range(1, len(sizes)):
            self.parameters["W" + str(c)] = np.random.randn(sizes[c], sizes[c - 1])
            self.parameters["b" + str(c)] = np.random.randn(sizes[c], 1)

    def forward_propagation(self, X):
        activations = {"A0": X}
        for c in range(1, len(self.parameters) // 2 + 1):
            Z = self.parameters[f"W{c}"] @ activations[f"A{c - 1}"] + self.parameters[f"b{c}"]
            activations[f"A{c}"] = 1 / (1 + np.exp(-Z))
        return activations

    def back_propagation(self, y, activations):
        m, last = y.shape[1], len(self.parameters) // 2
        gradients = {}
        dZ = activations[f"A{last}"] - y
        for c in reversed(range(1, last + 1)):
            A = activations[f"A{c - 1}"]
            gradients[f"dW{c}"] = dZ @ A.T / m
            gradients[f"db{c}"] = np.sum(dZ, axis=1, keepdims=True) / m
            if c > 1:
                dZ = self.parameters[f"W{c}"].T @ dZ * A * (1 - A)
        return gradients

    def update(self, gradients):
        for c in range(1, len(self.parameters) // 2 + 1):
            self.parameters[f"W{c}"] = self.parameters[f"W{c}"] - self.lr * gradients[f"dW{c}"]
            self.parameters[f"b{c}"] = self.parameters[f"b{c}"] - self.lr * gradients[f"db{c}"]

    def fit(self, X_train, X_test, y_train, y_test):
        for i in range(self.n_iter):
            activations = self.forward_propagation(X_train)
            self.update(self.back_propagation(y_train, activations))
            print(log_loss(y_test, activations["A3"]))
"""

ROWS_OF_A_FILE_THAT_IS_NOT_THERE = """
import numpy as np
import pandas as pd

table = np.array(pd.read_csv("digits.csv")).T
n1, m1 = table.shape

def init_params():
    return (np.random.rand(20, 30) - 0.5, np.zeros((20, 1)),
            np.random.rand(10, 20) - 0.5, np.zeros((10, 1)))

def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1.dot(X) + b1
    A1 = np.maximum(Z1, 0)
    Z2 = W2.dot(A1) + b2
    A2 = np.exp(Z2) / sum(np.exp(Z2))
    return Z1, A1, Z2, A2

def back_prop(Z1, A1, Z2, A2, W1, W2, X, Y):
    wanted = np.eye(10)[Y].T
    dZ2 = A2 - wanted
    dW2 = 1 / m1 * dZ2.dot(A1.T)
    db2 = 1 / m1 * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = W2.T.dot(dZ2) * (Z1 > 0)
    dW1 = 1 / m1 * dZ1.dot(X.T)
    db1 = 1 / m1 * np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2

def update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, alpha):
    return W1 - alpha * dW1, b1 - alpha * db1, W2 - alpha * dW2, b2 - alpha * db2

def gradient_descent(X, Y, alpha, iterations):
    W1, b1, W2, b2 = init_params()
    for i in range(iterations):
        Z1, A1, Z2, A2 = forward_prop(W1, b1, W2, b2, X)
        dW1, db1, dW2, db2 = back_prop(Z1, A1, Z2, A2, W1, W2, X, Y)
        W1, b1, W2, b2 = update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, alpha)
    return W1, b1, W2, b2
"""

LOOKS_AT_OTHER_ROWS = """
import numpy as np

class Classifier:
    def __init__(self, learning_rate=0.01, epochs=100, hidden_units=8):
        self.learning_rate, self.epochs, self.hidden_units = learning_rate, epochs, hidden_units

    def softmax(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def fit(self, X, T, X_val, T_val):
        self.w1 = np.random.randn(X.shape[1], self.hidden_units)
        self.b1 = np.zeros((1, self.hidden_units))
        self.w2 = np.random.randn(self.hidden_units, T.shape[1])
        self.b2 = np.zeros((1, T.shape[1]))
        for epoch in range(self.epochs):
            h = np.tanh(X @ self.w1 + self.b1)
            p = self.softmax(h @ self.w2 + self.b2)
            d2 = (p - T) / len(X)
            d1 = d2 @ self.w2.T * (1 - h ** 2)
            self.w2 -= self.learning_rate * h.T @ d2
            self.b2 -= self.learning_rate * d2.sum(axis=0)
            self.w1 -= self.learning_rate * X.T @ d1
            self.b1 -= self.learning_rate * d1.sum(axis=0)
            print("right", np.mean(self.predict(X_val) == T_val.argmax(axis=1)))

    def predict(self, X):
        h = np.tanh(X @ self.w1 + self.b1)
        return self.softmax(h @ self.w2 + self.b2).argmax(axis=1)
"""

ONE_COLUMN_AT_A_TIME = """
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

class Toy:
    def __init__(self, numI, numH, numO):
        self.inodes, self.onodes, self.lr = numI, numO, 0.1
        self.weights_ih = np.random.random((numH, numI))
        self.weights_ho = np.random.random((numO, numH))
        self.bias_h = np.random.random((numH, 1))
        self.bias_o = np.random.random((numO, 1))

    def train(self, inputs_list, replies_list):
        x = np.array(inputs_list).reshape(self.inodes, 1)
        wanted = np.array(replies_list).reshape(self.onodes, 1)
        h = sigmoid(self.weights_ih @ x + self.bias_h)
        o = sigmoid(self.weights_ho @ h + self.bias_o)
        delta_o = (wanted - o) * o * (1 - o)
        delta_h = self.weights_ho.T @ delta_o * h * (1 - h)
        self.weights_ho += self.lr * delta_o @ h.T
        self.bias_o += self.lr * delta_o
        self.weights_ih += self.lr * delta_h @ x.T
        self.bias_h += self.lr * delta_h
"""

A_RATE_FOR_EACH_LAYER = """
import numpy as np

rates = [0.5, 2.0, 4.0]
X = np.array([[0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 1, 1]])
Y = np.array([[1, 0], [0, 1], [1, 1], [0, 0], [0, 1]])

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def main():
    w0 = 2 * np.random.random((3, 6)) - 1
    w1 = 2 * np.random.random((6, 4)) - 1
    w2 = 2 * np.random.random((4, 2)) - 1
    for i in range(100):
        l1 = sigmoid(X @ w0)
        l2 = sigmoid(l1 @ w1)
        out = sigmoid(l2 @ w2)
        delta_out = 2 * (out - Y) * out * (1 - out)
        delta_l2 = delta_out @ w2.T * l2 * (1 - l2)
        delta_l1 = delta_l2 @ w1.T * l1 * (1 - l1)
        w2 -= rates[2] * l2.T @ delta_out
        w1 -= rates[1] * l1.T @ delta_l2
        w0 -= rates[0] * X.T @ delta_l1

if __name__ == "__main__":
    main()
"""

LAYERS_THAT_ARE_ADDED = """
import numpy as np

class Dense:
    def __init__(self, input_size, num_units):
        self.weights = np.random.rand(input_size, num_units)
        self.bias = np.random.rand(num_units)

    def activate(self, inputs):
        self.last = 1 / (1 + np.exp(-(inputs @ self.weights + self.bias)))
        return self.last

class Stack:
    def __init__(self):
        self._layers = []

    def add_layer(self, layer):
        self._layers.append(layer)

    def feed_forward(self, X):
        for layer in self._layers:
            X = layer.activate(X)
        return X

    def back_propagation(self, X, y):
        output = self.feed_forward(X)
        for i in reversed(range(len(self._layers))):
            layer = self._layers[i]
            if layer is self._layers[-1]:
                layer.delta = (y - output) * output * (1 - output)
            else:
                after = self._layers[i + 1]
                layer.delta = after.weights @ after.delta * layer.last * (1 - layer.last)
        for i, layer in enumerate(self._layers):
            entered = np.atleast_2d(X if i == 0 else self._layers[i - 1].last)
            layer.weights += 0.1 * entered.T * layer.delta
            layer.bias += 0.1 * layer.delta

    def train(self, X, y, n_epochs=200):
        for i in range(n_epochs):
            for j in range(len(X)):
                self.back_propagation(X[j], y[j])
"""

LAYERS_OF_UNITS_THAT_ARE_ADDED = """
import numpy as np

class Unit:
    def __init__(self, inputs):
        self.weights = np.random.uniform(-1, 1, inputs)

class Net:
    def __init__(self, activation):
        self.layers = []
        if activation == "sigmoid":
            self.f = self.sigmoid

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def add_layer(self, inputs, outputs):
        self.layers.append([Unit(inputs + 1) for _ in range(outputs)])

    def forward_prop(self, inputs):
        for layer in self.layers:
            for unit in layer:
                unit.a = self.f(np.dot(unit.weights[:-1], inputs) + unit.weights[-1])
            inputs = [unit.a for unit in layer]
        return inputs

    def back_prop(self, expected):
        for i in reversed(range(len(self.layers))):
            for j, unit in enumerate(self.layers[i]):
                if i == len(self.layers) - 1:
                    error = expected[j] - unit.a
                else:
                    error = sum(after.weights[j] * after.delta for after in self.layers[i + 1])
                unit.delta = error * unit.a * (1 - unit.a)

    def update_weights(self, inputs, rate):
        for layer in self.layers:
            for unit in layer:
                for j, entered in enumerate(inputs):
                    unit.weights[j] += rate * unit.delta * entered
                unit.weights[-1] += rate * unit.delta
            inputs = [unit.a for unit in layer]

    def train(self, rows, rate, epochs):
        for epoch in range(epochs):
            for row in rows:
                wanted = [0] * len(self.layers[-1])
                wanted[row[-1]] = 1
                self.forward_prop(row[:-1])
                self.back_prop(wanted)
                self.update_weights(row[:-1], rate)
"""

TURNS_ITS_ROWS = """
import numpy as np

class Net:
    def __init__(self, layer_sizes):
        pairs = list(zip(layer_sizes[:-1], layer_sizes[1:]))
        self.weights = [np.random.randn(y, x) for x, y in pairs]
        self.biases = [np.random.randn(y, 1) for x, y in pairs]

    def tanh(self, z):
        return np.tanh(z)

    def tanh_prime(self, z):
        return 1 - self.tanh(z) ** 2

    def feed_forward(self, x):
        for w, b in zip(self.weights, self.biases):
            x = self.tanh(w @ x + b)
        return x

    def feed_backward(self, x, y):
        a, seen, sums = x.T, [x.T], []
        for w, b in zip(self.weights, self.biases):
            sums.append(w @ a + b)
            a = self.tanh(sums[-1])
            seen.append(a)
        grads_b, grads_w = [], []
        delta = (a - y.T) * self.tanh_prime(sums[-1])
        for i in range(1, len(self.weights) + 1):
            grads_b.insert(0, delta.sum(axis=1, keepdims=True))
            grads_w.insert(0, delta @ seen[-i - 1].T)
            if i < len(self.weights):
                delta = self.weights[-i].T @ delta * self.tanh_prime(sums[-i - 1])
        return grads_b, grads_w
"""

AN_OBJECT_THAT_FUNCTIONS_ARE_HANDED = """
import numpy as np

class Net:
    def __init__(self, sizes):
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.random.randn(y) for y in sizes[1:]]

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def all_layers(n, rows):
    found = [rows]
    for w, b in zip(n.weights, n.biases):
        found.append(sigmoid(found[-1] @ w.T + b))
    return found

def gradients(n, rows, wanted):
    found = all_layers(n, rows)
    delta = (found[-1] - wanted) * found[-1] * (1 - found[-1])
    dW, db = [delta.T @ found[-2]], [delta.sum(axis=0)]
    for i in range(2, len(found)):
        a = found[-i]
        delta = delta @ n.weights[-i + 1] * a * (1 - a)
        dW.insert(0, delta.T @ found[-i - 1])
        db.insert(0, delta.sum(axis=0))
    return dW, db

def sgd(n, rows, wanted, rate):
    dW, db = gradients(n, rows, wanted)
    n.weights = [w - rate / len(rows) * d for w, d in zip(n.weights, dW)]
    n.biases = [b - rate / len(rows) * d for b, d in zip(n.biases, db)]
"""

# A style, a slip in it, and the name of that mistake.
STYLES = {
    "asks for its sizes": (
        ASKS_FOR_SIZES, "self.syn1.T) * self.slope(l1)", "self.syn1.T)",
        "missing-hidden-derivative",
    ),
    "reports ten times": (TEN_REPORTS, "(1 - a1 ** 2)", "a1 * (1 - a1)",
                          "derivative-of-another-activation"),
    "takes columns where it is made": (
        DATA_IN_COLUMNS_AT_THE_START, "np.sum(dZ, axis=1, keepdims=True)", "np.sum(dZ)",
        "bias-gradient-scalar",
    ),
    "counts rows that are not there": (
        ROWS_OF_A_FILE_THAT_IS_NOT_THERE, "np.sum(dZ1, axis=1, keepdims=True)", "np.sum(dZ1)",
        "bias-gradient-scalar",
    ),
    "looks at other rows while it trains": (
        LOOKS_AT_OTHER_ROWS, "* (1 - h ** 2)", "", "missing-hidden-derivative",
    ),
    "takes one list at a time": (
        ONE_COLUMN_AT_A_TIME, "self.weights_ho.T @ delta_o *",
        "self.weights_ho.T @ (wanted - o) *", "hidden-error-from-raw-error",
    ),
    "has a rate for each layer": (
        A_RATE_FOR_EACH_LAYER, "delta_l2 @ w1.T * l1 * (1 - l1)", "delta_l2 @ w1.T",
        "missing-hidden-derivative",
    ),
    "is filled with layers": (
        LAYERS_THAT_ARE_ADDED, "            layer.bias += 0.1 * layer.delta\n", "",
        "parameter-not-updated",
    ),
    "is filled with layers of units": (
        LAYERS_OF_UNITS_THAT_ARE_ADDED, "error * unit.a * (1 - unit.a)", "error",
        "missing-hidden-derivative",
    ),
    "turns its rows for forward": (
        TURNS_ITS_ROWS, "1 - self.tanh(z) ** 2", "1 - np.maximum(z, 0) ** 2",
        "derivative-formula",
    ),
    "hands an object to functions": (
        AN_OBJECT_THAT_FUNCTIONS_ARE_HANDED, "dW, db = [delta.T @ found[-2]], [delta.sum(axis=0)]",
        "dW, db = [delta.T @ found[-2]], [np.full(3, delta.sum())]", "bias-gradient-scalar",
    ),
}  # fmt: skip


# Slips that show in one style alone: the style, what stands there, what else, its name.
MORE_SLIPS = {
    "an update in the middle, before it is used": (
        "has a rate for each layer",
        """        delta_l1 = delta_l2 @ w1.T * l1 * (1 - l1)
        w2 -= rates[2] * l2.T @ delta_out
        w1 -= rates[1] * l1.T @ delta_l2
""",
        """        w1 -= rates[1] * l1.T @ delta_l2
        delta_l1 = delta_l2 @ w1.T * l1 * (1 - l1)
        w2 -= rates[2] * l2.T @ delta_out
""",
        "update-before-use",
    ),
    "a loop over all inputs but one": (
        "is filled with layers of units", "for j, entered in enumerate(inputs):",
        "for j, entered in enumerate(inputs[:-1]):", "parameter-not-updated",
    ),
    "a bias that an update hands back": (
        "counts rows that are not there", "b1 - alpha * db1", "b1", "parameter-not-updated",
    ),
    "a bias that begins as 0": (
        "looks at other rows while it trains", "p = self.softmax(h @ self.w2 + self.b2)",
        "p = self.softmax(h @ self.w2)", "forward-misses-bias",
    ),
    "a transpose, where training makes the weights": (
        "reports ten times", "dz2 @ W2.T", "dz2 @ W2", "weights-not-transposed",
    ),
}  # fmt: skip


def network_of(folder: Path, code: str) -> NetworkCheck:
    """What is said of a network in this code."""
    (folder / "net.py").write_text(code, encoding="utf-8")
    found = check(folder / "net.py").network
    assert found is not None
    return found


@pytest.mark.parametrize("style", STYLES)
def test_a_network_is_right(tmp_path: Path, style: str) -> None:
    found = network_of(tmp_path, STYLES[style][0])
    assert (found.verdict, found.causes) == ("ok", ())


@pytest.mark.parametrize("style", STYLES)
def test_its_mistake_has_a_name(tmp_path: Path, style: str) -> None:
    code, old, new, cause = STYLES[style]
    assert old in code
    found = network_of(tmp_path, code.replace(old, new))
    assert (found.verdict, found.causes) == ("wrong", (cause,))


@pytest.mark.parametrize("slip", MORE_SLIPS)
def test_what_shows_in_one_style_alone_has_a_name(tmp_path: Path, slip: str) -> None:
    style, old, new, cause = MORE_SLIPS[slip]
    code = STYLES[style][0]
    assert old in code
    found = network_of(tmp_path, code.replace(old, new))
    assert (found.verdict, found.causes) == ("wrong", (cause,))
