"""Rounds and rates that stand in the body of a function are what a single round is asked with."""

from __future__ import annotations

import ast

import pytest
from networks_checked import checked

from helder.glass.check.reading.hoisting import hoisted

ONE_BY_ONE = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class Scale:
    def __init__(self):
        self.w1, self.b1 = np.random.normal(size=(3, 2)), np.random.normal(size=2)
        self.w2, self.b2 = np.random.normal(size=(2, 1)), np.random.normal(size=1)

    def feedforward(self, x):
        return sigmoid(sigmoid(x @ self.w1 + self.b1) @ self.w2 + self.b2)

    def train(self, data, wanted):
        learn_rate = 0.1
        rounds = 1000
        for number in range(rounds):
            for x, y_true in zip(data, wanted):
                h = sigmoid(x @ self.w1 + self.b1)
                out = sigmoid(h @ self.w2 + self.b2)
                d = -2 * (y_true - out) * out * (1 - out)
                dh = self.w2[:, 0] * d * h * (1 - h)
                self.w2 -= learn_rate * np.outer(h, d)
                self.b2 -= learn_rate * d
                self.w1 -= learn_rate * np.outer(x, dh)
                self.b1 -= learn_rate * dh
            if number % 100 == 0:
                print(number)
"""
MADE_INSIDE = """
import numpy as np

def train(X, y):
    W1, b1 = np.random.randn(X.shape[1], 6), np.zeros((1, 6))
    W2, b2 = np.random.randn(6, y.shape[1]), np.zeros((1, y.shape[1]))
    lr = 0.05
    for _ in range(20000):
        h = np.tanh(X @ W1 + b1)
        out = 1 / (1 + np.exp(-(h @ W2 + b2)))
        d2 = (out - y) * out * (1 - out)
        d1 = d2 @ W2.T * (1 - h ** 2)
        W2 -= lr * h.T @ d2
        b2 -= lr * d2.sum(axis=0, keepdims=True)
        W1 -= lr * X.T @ d1
        b1 -= lr * d1.sum(axis=0, keepdims=True)
    return W1, b1, W2, b2
"""


@pytest.mark.parametrize("text", [ONE_BY_ONE, MADE_INSIDE], ids=["one by one", "made inside"])
def test_a_training_of_thousands_of_rounds_is_judged_by_one(text):
    assert checked(text).verdict == "ok"


def test_its_mistakes_are_found():
    text = ONE_BY_ONE.replace(" * h * (1 - h)", "")
    assert checked(text).causes == ("missing-hidden-derivative",)


def test_what_a_function_does_stays_the_same():
    text = (
        "def add(x):\n    rate = 3\n    s = 0\n"
        "    for i in range(50):\n        s += rate * x\n    return s"
    )
    names: dict = {}
    exec(compile(hoisted(ast.parse(text)), "add", "exec"), names)
    assert names["add"](2) == 300
    assert names["add"](2, epochs=1, rate=1) == 2


@pytest.mark.parametrize(
    "text",
    [
        "def encode(y):\n    for i in range(10):\n        print(i)",
        "def blur(image):\n    for i in range(784):\n        image[i] /= 2",
        "def both(x):\n    for i in range(99):\n        x()\n    for i in range(99):\n        x()",
        "def asked(x, epochs):\n    for i in range(100):\n        x(epochs)",
        "def changed(x):\n    n = 100\n    n += 1\n    for i in range(n):\n        x()",
        "def shared(x):\n    global n\n    n = 100\n    for i in range(n):\n        x()",
    ],
)
def test_numbers_that_are_no_rounds_stay_where_they_are(text):
    assert ast.unparse(hoisted(ast.parse(text))) == text
