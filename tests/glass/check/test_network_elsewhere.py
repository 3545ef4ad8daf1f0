"""Loops whose rows come from elsewhere under any name, own outputs, and decay that is a number."""

from __future__ import annotations

import pytest

import helder

ONE_BY_ONE = """
import numpy as np
import pandas as pd

tabla = pd.read_csv("tabla.csv")
filas = tabla.iloc[:, 0:2].values
resp = tabla.iloc[:, 2].values
alfa = 0.2
V = np.random.uniform(-0.5, 0.5, (2, 3))
bv = np.random.uniform(-0.5, 0.5, 3)
W = np.random.uniform(-0.5, 0.5, (3, 1))
bw = np.random.uniform(-0.5, 0.5, 1)

def bipolar(v):
    return 2 / (1 + np.exp(-v)) - 1

for epoca in range(500):
    malas = 0
    for i in range(len(filas)):
        oculta = bipolar(filas[i] @ V + bv)
        salio = bipolar(oculta @ W + bw)[0]
        falta = resp[i] - salio
        d2 = falta * 0.5 * (1 - salio ** 2)
        d1 = 0.5 * (1 - oculta ** 2) * (W[:, 0] * d2)
        W = W + alfa * np.outer(oculta, d2)
        bw = bw + alfa * d2
        V = V + alfa * np.outer(filas[i], d1)
        bv = bv + alfa * d1
        if abs(falta) > 0.1:
            malas = malas + 1
    if malas == 0:
        break
"""
DECAY = """
import numpy as np

class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_in, n_hidden)
        self.W2 = np.random.randn(n_hidden, n_out)

    def forward(self, X):
        self.h = np.tanh(X @ self.W1)
        return self.h @ self.W2

    def train(self, X, y, lr):
        error = self.forward(X) - y
        back = error @ self.W2.T * (1 - self.h ** 2)
        self.W2 -= lr * (self.h.T @ error / len(X) + 0.003 * self.W2)
        self.W1 -= lr * (X.T @ back / len(X) + 0.003 * self.W1)
"""


def network_of(tmp_path, text):
    path = tmp_path / "mine.py"
    path.write_text(text)
    found = helder.check(path, seconds=20).network
    assert found is not None
    return found


@pytest.mark.parametrize("text", [ONE_BY_ONE, DECAY])
def test_right_training_is_ok(tmp_path, text):
    found = network_of(tmp_path, text)
    assert (found.verdict, found.causes) == ("ok", ()), found


@pytest.mark.parametrize(
    ("text", "right", "wrong", "cause"),
    [
        (ONE_BY_ONE, "falta * 0.5 * (1 - salio ** 2)", "falta * (1 - salio)", "derivative-formula"),
        (ONE_BY_ONE, "0.5 * (1 - oculta ** 2) * ", "", "missing-hidden-derivative"),
        (ONE_BY_ONE, "        bv = bv + alfa * d1\n", "", "parameter-not-updated"),
        (DECAY, " * (1 - self.h ** 2)", "", "missing-hidden-derivative"),
    ],
)
def test_a_mistake_in_it_has_its_name(tmp_path, text, right, wrong, cause):
    assert right in text
    found = network_of(tmp_path, text.replace(right, wrong))
    assert cause in found.causes, found
