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


def test_an_adapter_may_say_first_what_it_is_for(checked):
    head = '"""How mine.py is used."""\nfrom __future__ import annotations\n'
    assert checked(MINE, head + ADAPTER).verdict == "ok"


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


SINGLE_PRECISION = """
import numpy as np

class Tensor:
    def __init__(self, data, parents=()):
        self.data = np.asarray(data, dtype=np.float32)
        self.grad = np.zeros_like(self.data)
        self.parents = parents
        self._backward = lambda: None

    def __add__(self, other):
        out = Tensor(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            g = out.grad
            while g.ndim > other.data.ndim:
                g = g.sum(axis=0)
            other.grad += g
        out._backward = _backward
        return out

    def __matmul__(self, other):
        out = Tensor(self.data @ other.data, (self, other))
        def _backward():
            self.grad += out.grad @ other.data.T
            other.grad += self.data.T @ out.grad
        out._backward = _backward
        return out

    def tanh(self):
        t = np.tanh(self.data)
        out = Tensor(t, (self,))
        def _backward():
            self.grad += (1 - t * t) * out.grad
        out._backward = _backward
        return out

    def mse(self, y):
        out = Tensor(((self.data - y) ** 2).mean(), (self,))
        def _backward():
            self.grad += out.grad * 2 * (self.data - y) / y.size
        out._backward = _backward
        return out

    def backward(self):
        order, seen = [], set()
        def visit(v):
            if id(v) not in seen:
                seen.add(id(v))
                for p in v.parents:
                    visit(p)
                order.append(v)
        visit(self)
        self.grad = np.ones_like(self.data)
        for v in reversed(order):
            v._backward()


class Net:
    def __init__(self, n_in, n_hidden, n_out):
        rng = np.random.default_rng(0)
        self.W1 = Tensor(rng.normal(size=(n_in, n_hidden)) * 0.5)
        self.b1 = Tensor(np.zeros(n_hidden))
        self.W2 = Tensor(rng.normal(size=(n_hidden, n_out)) * 0.5)
        self.b2 = Tensor(np.zeros(n_out))

    def parameters(self):
        return [self.W1, self.b1, self.W2, self.b2]

    def __call__(self, x):
        return (x @ self.W1 + self.b1).tanh() @ self.W2 + self.b2


def train(net, X, Y, epochs=100, lr=0.1):
    for epoch in range(epochs):
        out = net(Tensor(X))
        loss = out.mse(Y)
        for p in net.parameters():
            p.grad = np.zeros_like(p.data)
        loss.backward()
        for p in net.parameters():
            p.data = np.float32(p.data - lr * p.grad)


if __name__ == "__main__":
    X = np.random.normal(size=(20, 4))
    Y = np.random.normal(size=(20, 3))
    net = Net(4, 5, 3)
    train(net, X, Y)
"""


def test_parameters_that_hold_no_double_precision_are_no_failure_of_the_check(tmp_path):
    path = tmp_path / "engine.py"
    path.write_text(SINGLE_PRECISION)
    found = helder.check(path)
    assert not [said for said in found.said if "itself failed" in said]
    assert (found.network.verdict, found.network.causes) == ("cannot tell", ())
