"""What a constructor wants is told by what it does with it, where its names say nothing."""

from __future__ import annotations

import pytest

import helder

LIST = """
import numpy as np

class Rete:
    def __init__(self, scheletro, passo=1.0):
        self.pezzi = [np.random.randn(b, a) for a, b in zip(scheletro[:-1], scheletro[1:])]
        self.spinte = [np.random.randn(b, 1) for b in scheletro[1:]]
        self.passo = passo
        self.diario = []

    def valuta(self, x):
        for p, s in zip(self.pezzi, self.spinte):
            x = 1 / (1 + np.exp(-(p @ x + s)))
        return x

    def learn(self, x, y):
        segnali = [x]
        for p, s in zip(self.pezzi, self.spinte):
            segnali.append(1 / (1 + np.exp(-(p @ segnali[-1] + s))))
        self.diario.append(np.mean(segnali[-1] - y))
        delta = (segnali[-1] - y) * segnali[-1] * (1 - segnali[-1])
        for k in range(1, len(self.pezzi) + 1):
            vecchi = self.pezzi[-k].copy()
            self.spinte[-k] = self.spinte[-k] - self.passo * delta
            self.pezzi[-k] = vecchi - self.passo * delta @ segnali[-k - 1].T
            delta = vecchi.T @ delta * segnali[-k - 1] * (1 - segnali[-k - 1])
"""
HANDED = """
import numpy as np

class Net:
    def __init__(self, v, w, units, eta):
        self.first = v
        self.last = w
        self.units = units
        self.eta = eta

    def forward(self, x):
        h = []
        for j in range(self.units):
            s = 0.0
            for i in range(len(x)):
                s += self.first[i][j] * x[i]
            h.append(np.tanh(s))
        return np.array(h), np.dot(h, self.last)

    def train(self, x, t, epochs):
        for _ in range(epochs):
            h, out = self.forward(x)
            error = out - t
            back = np.dot(self.last, error) * (1 - h ** 2)
            self.last -= self.eta * np.outer(h, error)
            self.first -= self.eta * np.outer(x, back)
"""
NUMBERS = """
import numpy as np

class Net:
    def __init__(self, p, q, r):
        self.W1 = np.random.randn(p, q)
        self.W2 = np.random.randn(q, r)

    def forward(self, X):
        self.h = np.tanh(X @ self.W1)
        return self.h @ self.W2

    def train(self, X, y, lr):
        error = self.forward(X) - y
        back = error @ self.W2.T * (1 - self.h ** 2)
        self.W2 -= lr * self.h.T @ error
        self.W1 -= lr * X.T @ back
"""

SAME_NAMES = """
import numpy as np

class Net:
    def __init__(self, d, h, c):
        self.W1 = np.random.randn(d, h)
        self.W2 = np.random.randn(h, c)

    def loss(self, X, y=None):
        h = np.maximum(0, X.dot(self.W1))
        scores = h.dot(self.W2)
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        d = p.copy()
        d[np.arange(len(y)), y] -= 1
        back = d.dot(self.W2.T) * (h > 0)
        return -np.log(p[np.arange(len(y)), y]).sum(), {"W1": X.T.dot(back), "W2": h.T.dot(d)}
"""


@pytest.mark.parametrize("text", [LIST, HANDED, NUMBERS, SAME_NAMES])
def test_a_constructor_is_given_what_its_code_wants(tmp_path, text):
    path = tmp_path / "mine.py"
    path.write_text(text)
    found = helder.check(path, seconds=20).network
    assert found is not None
    assert (found.verdict, found.causes) == ("ok", ()), found


def test_a_transpose_that_is_missing_is_named_where_a_single_unit_ends_the_network(tmp_path):
    path = tmp_path / "mine.py"
    text = NUMBERS.replace("(self, p, q, r)", "(self)").replace("(p, q)", "(2, 3)")
    text = text.replace("(q, r)", "(3, 1)").replace("error @ self.W2.T", "error @ self.W2")
    path.write_text(text)
    found = helder.check(path, seconds=20).network
    assert found is not None
    assert found.causes == ("weights-not-transposed",), found
