"""Networks that are made empty and filled later, and layers that step while going backward."""

from __future__ import annotations

import pytest

import helder

ADDED = """
import numpy as np

class Part:
    def __init__(self, size_in, size_out, bend):
        self.W = np.random.rand(size_in, size_out)
        self.b = np.random.rand(size_out)
        self.bend = bend

    def give(self, x):
        z = np.dot(x, self.W) + self.b
        self.a = np.tanh(z) if self.bend == "tanh" else 1 / (1 + np.exp(-z))
        return self.a

    def slope(self, a):
        return 1 - a ** 2 if self.bend == "tanh" else a * (1 - a)

class Chain:
    def __init__(self):
        self.parts = []

    def append_layer(self, part):
        self.parts.append(part)

    def forward(self, X):
        for part in self.parts:
            X = part.give(X)
        return X

    def backprop(self, X, y, rate):
        out = self.forward(X)
        for i in reversed(range(len(self.parts))):
            part = self.parts[i]
            if i == len(self.parts) - 1:
                part.error = y - out
            else:
                part.error = np.dot(self.parts[i + 1].W, self.parts[i + 1].delta)
            part.delta = part.error * part.slope(part.a)
        for i, part in enumerate(self.parts):
            given = np.atleast_2d(X if i == 0 else self.parts[i - 1].a)
            part.W += given.T * part.delta * rate
            part.b += part.delta * rate

    def train(self, X, y, rate, rounds):
        for _ in range(rounds):
            for j in range(len(X)):
                self.backprop(X[j], y[j], rate)
"""
ITS_USE = """
chain = Chain()
chain.append_layer(Part(5, 6, "tanh"))
chain.append_layer(Part(6, 6, "tanh"))
chain.append_layer(Part(6, 1, "sigmoid"))
"""
STEPPING = """
import numpy as np

class Full:
    def __init__(self, n_in, n_units, rate=0.1, fade=0.01):
        self.W = np.random.randn(n_in, n_units)
        self.b = np.zeros((1, n_units))
        self.initial_rate = rate
        self.fade = fade

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, upstream, epoch):
        rate = self.initial_rate * np.exp(-self.fade * epoch)
        below = upstream @ self.W.T
        self.W -= rate * self.x.T @ upstream
        self.b -= rate * upstream.sum(axis=0, keepdims=True)
        return below

class Bend:
    def __init__(self, activation, activation_prime):
        self.activation, self.activation_prime = activation, activation_prime

    def forward(self, x):
        self.x = x
        return self.activation(x)

    def backward(self, upstream, epoch):
        return upstream * self.activation_prime(self.x)

    @staticmethod
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    @staticmethod
    def sigmoid_prime(x):
        return Bend.sigmoid(x) * (1 - Bend.sigmoid(x))
"""
LAST_FIRST = """
import numpy as np

class Net:
    def fit(self, X, t, eta):
        self.w_out = np.random.randn(5, t.shape[1])
        self.w_hid = np.random.randn(X.shape[1], 5)
        self.step(X, t, eta)

    def predict(self, X):
        self.h = np.tanh(X @ self.w_hid)
        return self.h @ self.w_out

    def step(self, X, t, eta):
        delta = self.predict(X) - t
        delta_hid = delta @ self.w_out.T * (1 - self.h ** 2)
        self.w_out -= eta * self.h.T @ delta
        self.w_hid -= eta * X.T @ delta_hid
"""


def network_of(tmp_path, text):
    path = tmp_path / "mine.py"
    path.write_text(text)
    return helder.check(path, seconds=20).network


@pytest.mark.parametrize("text", [ADDED, ADDED + ITS_USE, STEPPING, LAST_FIRST])
def test_a_network_that_is_filled_later_is_recognised_as_right(tmp_path, text):
    found = network_of(tmp_path, text)
    assert found is not None
    assert (found.verdict, found.causes) == ("ok", ()), found


@pytest.mark.parametrize(
    ("text", "right", "wrong", "cause"),
    [
        (ADDED, "            part.b += part.delta * rate\n", "", "parameter-not-updated"),
        (ADDED + ITS_USE, "part.error * part.slope(part.a)", "part.error",
         "missing-hidden-derivative"),
        (STEPPING, "return below", "return upstream @ self.W.T", "update-before-use"),
        (LAST_FIRST, " * (1 - self.h ** 2)", "", "missing-hidden-derivative"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_network_that_is_filled_later_has_its_name(
    tmp_path, text, right, wrong, cause
):
    assert right in text
    found = network_of(tmp_path, text.replace(right, wrong))
    assert found is not None
    assert cause in found.causes, found
