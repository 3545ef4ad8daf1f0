"""A network that the check does not understand by itself is judged through an adapter."""

from __future__ import annotations

import pytest

import helder
from helder.errors import DataError

MINE = """
import numpy as np

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

class Weird:
    def __init__(self, spec):
        self.q, self.r, self.s, self.t = [np.random.normal(size=x) for x in spec]

    def go(self, X):
        self.h = np.tanh(X @ self.q + self.r)
        return softmax(self.h @ self.s + self.t)

    def learn_it(self, X, Y, how):
        d = self.go(X) - Y
        e = d @ self.s.T * (1 - self.h**2)
        self.s = self.s - how * self.h.T @ d / len(X)
        self.t = self.t - how * d.mean(0)
        self.q = self.q - how * X.T @ e / len(X)
        self.r = self.r - how * e.mean(0)
"""
ADAPTER = """
from mine import *

net = Weird([(4, 5), (5,), (5, 3), (3,)])
def parameters(): return [net.q, net.r, net.s, net.t]
def forward(X): return net.go(X)
def step(X, Y, learning_rate): net.learn_it(X, Y, learning_rate)
"""
COLUMNS = """
from math import exp, tanh

def dot(w, x):
    return sum(a * b for a, b in zip(w, x))

def predict(theta, x):
    hidden = [tanh(dot(w, x)) for w in theta[0]]
    z = [exp(dot(w, hidden)) for w in theta[1]]
    return hidden, [v / sum(z) for v in z]

def improve(theta, x, y, how):
    hidden, p = predict(theta, x)
    d = [a - b for a, b in zip(p, y)]
    back = [sum(d[k] * theta[1][k][j] for k in range(3)) for j in range(5)]
    for k in range(3):
        for j in range(5):
            theta[1][k][j] -= how * d[k] * hidden[j]
    for j in range(5):
        for i in range(4):
            theta[0][j][i] -= how * back[j] * (1 - hidden[j] ** 2) * x[i]
"""
COLUMNS_ADAPTER = """
import random
from mine import *

net = [[[random.random() for _ in range(n)] for _ in range(m)] for n, m in ((4, 5), (5, 3))]
def parameters(): return net
def forward(X): return [predict(net, x)[1] for x in X]
def step(X, Y, learning_rate):
    for x, y in zip(X, Y):
        improve(net, x, y, learning_rate)
"""


@pytest.fixture
def checked(tmp_path):
    """The network of some code, through an adapter beside it."""

    def check(code, adapter):
        (tmp_path / "mine.py").write_text(code, encoding="utf-8")
        (tmp_path / "adapter.py").write_text(adapter, encoding="utf-8")
        return helder.check(tmp_path / "mine.py", adapter=tmp_path / "adapter.py").network

    return check


def test_a_network_is_right_through_its_adapter(checked):
    found = checked(MINE, ADAPTER)
    assert found.verdict == "ok"
    assert found.convention["activations"] == "tanh"
    assert "step" not in found.convention


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (
            "d = self.go(X) - Y",
            "p = self.go(X); d = (p - Y) * p * (1 - p)",
            "softmax-derivative-twice",
        ),
        ("d @ self.s.T * (1 - self.h**2)", "d @ self.s.T", "missing-hidden-derivative"),
        ("self.r = self.r - how * e.mean(0)", "pass", "parameter-not-updated"),
        ("d = self.go(X) - Y", "d = Y - self.go(X)", "update-sign"),
    ],
)
def test_a_mistake_is_named_through_the_adapter(checked, old, new, cause):
    assert old in MINE
    found = checked(MINE.replace(old, new), ADAPTER)
    assert (found.verdict, found.causes) == ("wrong", (cause,))
    assert "Adapted" not in found.evidence


def test_lists_and_weights_by_units_can_be_adapted(checked):
    assert checked(COLUMNS, COLUMNS_ADAPTER).verdict == "ok"
    wrong = COLUMNS.replace("back[j] * (1 - hidden[j] ** 2)", "back[j]")
    assert checked(wrong, COLUMNS_ADAPTER).causes == ("missing-hidden-derivative",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("net.go(X)", "net.run(X)", "AttributeError"),
        ("net.learn_it(X, Y, learning_rate)", "1 / 0", "ZeroDivisionError"),
        ("Weird([(4, 5)", "Wierd([(4, 5)", "NameError"),
        ("[net.q, net.r, net.s, net.t]", "[]", "no array of weights"),
    ],
)
def test_an_adapter_that_fails_says_why(checked, old, new, said):
    found = checked(MINE, ADAPTER.replace(old, new))
    assert found.verdict == "cannot tell"
    assert said in found.evidence


def test_an_adapter_without_its_functions_is_refused(checked):
    with pytest.raises(DataError, match="an adapter lacks step"):
        checked(MINE, ADAPTER.split("def step")[0])
