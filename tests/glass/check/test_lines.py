"""A mistake of the network is found on the line on which it stands, however the code is written."""

from __future__ import annotations

import importlib
import sys
import textwrap

import numpy as np
import pytest

import helder
from helder.glass.check.deadline import Deadline
from helder.glass.check.reading.sources import read_sources
from helder.glass.check.session import Seen
from helder.glass.check.sessions.here import Here
from helder.glass.check.sessions.sandbox import Sandbox

FUNCTIONS = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def forward(X, W1, b1, W2, b2):
    A1 = sigmoid(X @ W1 + b1)
    A2 = softmax(A1 @ W2 + b2)
    return A1, A2

def backward(X, Y, A1, A2, W2):
    m = len(X)
    dZ2 = A2 - Y
    dW2 = A1.T @ dZ2 / m
    db2 = dZ2.sum(axis=0) / m
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * A1 * (1 - A1)
    dW1 = X.T @ dZ1 / m
    db1 = dZ1.sum(axis=0) / m
    return dW1, db1, dW2, db2

def update(W1, b1, W2, b2, dW1, db1, dW2, db2, lr):
    W1 = W1 - lr * dW1
    b1 = b1 - lr * db1
    W2 = W2 - lr * dW2
    b2 = b2 - lr * db2
    return W1, b1, W2, b2

def init():
    return np.random.randn(4, 5), np.zeros(5), np.random.randn(5, 3), np.zeros(3)

def train(X, Y, lr=0.1, epochs=100):
    W1, b1, W2, b2 = init()
    for epoch in range(epochs):
        A1, A2 = forward(X, W1, b1, W2, b2)
        dW1, db1, dW2, db2 = backward(X, Y, A1, A2, W2)
        W1, b1, W2, b2 = update(W1, b1, W2, b2, dW1, db1, dW2, db2, lr)
    return W1, b1, W2, b2
"""
CLASS = """
import numpy as np

class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.weights = [np.random.randn(n_in, n_hidden), np.random.randn(n_hidden, n_out)]
        self.biases = [np.zeros((1, n_hidden)), np.zeros((1, n_out))]

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def forward(self, X):
        self.a = [X]
        for W, b in zip(self.weights, self.biases):
            self.a.append(self.sigmoid(self.a[-1] @ W + b))
        return self.a[-1]

    def train(self, X, y, lr=0.1):
        out = self.forward(X)
        delta = (out - y) * out * (1 - out)
        for i in (1, 0):
            dW = self.a[i].T @ delta
            db = np.sum(delta, axis=0, keepdims=True)
            if i:
                delta = (delta @ self.weights[i].T
                         * self.a[i] * (1 - self.a[i]))
            self.weights[i] -= lr * dW
            self.biases[i] -= lr * db
"""
# The cause; the code, what stands in it, and what in its place: the line is that of the latter.
MISTAKES = [
    ("missing-hidden-derivative", FUNCTIONS, "dA1 * A1 * (1 - A1)", "dA1"),
    ("softmax-derivative-twice", FUNCTIONS, "A2 - Y", "(A2 - Y) * A2 * (1 - A2)"),
    ("bias-gradient-scalar", FUNCTIONS, "dZ1.sum(axis=0) / m", "dZ1.sum() / m"),
    ("bias-gradient-one-row", FUNCTIONS, "dZ1.sum(axis=0) / m", "dZ1[-1] / m"),
    ("gradient-scale", FUNCTIONS, "dW1 = X.T @ dZ1 / m", "dW1 = X.T @ dZ1"),
    ("gradient-zero", FUNCTIONS, "dZ2 @ W2.T", "0 * (dZ2 @ W2.T)"),
    ("update-sign", FUNCTIONS, "W1 - lr * dW1", "W1 + lr * dW1"),
    ("forward-misses-bias", FUNCTIONS, "softmax(A1 @ W2 + b2)", "softmax(A1 @ W2)"),
    ("derivative-formula", CLASS, "delta = (out - y) * out * (1 - out)", "delta = (out - y) * out"),
    ("bias-gradient-scalar", CLASS, "np.sum(delta, axis=0, keepdims=True)", "np.sum(delta)"),
    ("update-sign", CLASS, "self.weights[i] -= lr", "self.weights[i] += lr"),
]


@pytest.mark.parametrize(("cause", "code", "old", "new"), MISTAKES, ids=lambda value: value[:30])
def test_a_mistake_is_found_on_its_line(tmp_path, cause, code, old, new):
    assert code.count(old) == 1
    path = tmp_path / "net.py"
    path.write_text(code.replace(old, new))
    found = helder.check(path, seconds=20).network
    assert found.causes[:1] == (cause,)
    assert found.line == code[: code.index(old)].count("\n") + 1


def test_a_bias_that_grows_is_found_where_its_gradient_is_made(tmp_path):
    growing = CLASS.replace("np.sum(delta, axis=0, keepdims=True)", "delta / len(X)").replace(
        "self.biases[i] -= lr * db", "self.biases[i] = self.biases[i] - lr * db"
    )
    path = tmp_path / "net.py"
    path.write_text(growing)
    found = helder.check(path, seconds=20).network
    assert found.causes == ("bias-shape-grows",)
    assert growing.split("\n")[found.line - 1].strip() == "db = delta / len(X)"


def test_weights_that_change_too_early_are_found_where_they_change(tmp_path):
    early = CLASS.replace("            self.weights[i] -= lr * dW\n", "").replace(
        "            if i:\n", "            self.weights[i] -= lr * dW\n            if i:\n"
    )
    path = tmp_path / "net.py"
    path.write_text(early)
    found = helder.check(path, seconds=20).network
    assert found.causes == ("update-before-use",)
    assert early.split("\n")[found.line - 1].strip() == "self.weights[i] -= lr * dW"


# What is watched

LINES = """
    import numpy as np

    class Net:
        def double(self, x):
            return 2 * x

        def step(self, x):
            self.W = self.double(
                x + 1)
            grads = {}
            grads["b"] = self.W.sum()
            for i in range(2):
                self.W *= 2
            return grads
"""


@pytest.fixture(params=["file", "here"])
def session(tmp_path, request, monkeypatch):
    path = tmp_path / "net.py"
    path.write_text(textwrap.dedent(LINES))
    if request.param == "file":
        with Sandbox(read_sources(path), Deadline.after(20)) as box:
            yield box
    else:
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "net", raising=False)
        yield Here({"Net": importlib.import_module("net").Net})


def test_what_each_line_makes_is_noted(session):
    handle = session.call("Net").value.handle
    session.watch()
    session.call(f"{handle}.step", np.ones(2))
    seen = session.watched()
    assert all(isinstance(one, Seen) for one in seen)
    made = [(one.line, one.path, np.asarray(one.value).tolist()) for one in seen]
    assert made == [
        (9, "x", [2.0, 2.0]),  # what a function is called with, the line that calls it has made
        (6, "return", [4.0, 4.0]),
        (9, "self.W", [4.0, 4.0]),
        (12, "grads['b']", 8.0),
        (14, "self.W", [8.0, 8.0]),
        (14, "self.W", [16.0, 16.0]),
        (15, "return['b']", 8.0),
    ]


def test_nothing_is_noted_where_nobody_watches(session):
    session.call("Net")
    assert session.watched() == []


def test_one_number_for_all_classes_is_told_as_such_and_not_as_a_bias_that_stays(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(FUNCTIONS.replace("dZ2.sum(axis=0) / m", "dZ2.sum() / m"))
    found = helder.check(path, seconds=20).network
    assert found.causes == ("bias-gradient-scalar",)
    assert "one number for all units" in found.evidence
    assert FUNCTIONS.split("\n")[found.line - 1].strip() == "db2 = dZ2.sum(axis=0) / m"
