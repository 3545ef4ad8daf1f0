"""Objects that are made with their rows, or whose methods are handed what the object holds."""

from __future__ import annotations

import pytest
from networks_checked import checked

MADE_WITH_ROWS = """
import numpy as np

class Nerves:
    def __init__(self, readings, wanted_result):
        self.readings = readings
        self.wanted_result = wanted_result
        self.weights1 = np.random.rand(readings.shape[1], readings.shape[0])
        self.weights2 = np.random.rand(readings.shape[0], 1)
        self.result = np.zeros(wanted_result.shape)

    def feedforward(self):
        self.hidden = Nerves.sigmoid(self.readings @ self.weights1)
        self.result = Nerves.sigmoid(self.hidden @ self.weights2)

    def backprop(self):
        delta = 2 * (self.wanted_result - self.result) * Nerves.slope(self.result)
        back = delta @ self.weights2.T * Nerves.slope(self.hidden)
        self.weights2 += self.hidden.T @ delta
        self.weights1 += self.readings.T @ back

    @staticmethod
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    @staticmethod
    def slope(a):
        return a * (1 - a)
"""
ONE_HIDDEN_LAYER = """
import numpy as np

def bent(z):
    return np.tanh(z)

def bent_slope(a):
    return 1 - a * a

class OneHidden:
    def __init__(self, layers):
        self.weights = []
        for i in range(1, len(layers) - 1):
            self.weights.append(np.random.randn(layers[i - 1] + 1, layers[i] + 1))
            self.weights.append(np.random.randn(layers[i] + 1, layers[i + 1]))

    def fit(self, X, y, learning_rate=0.2, epochs=10000):
        X = np.hstack([X, np.ones((len(X), 1))])
        for _ in range(epochs):
            i = np.random.randint(len(X))
            a = [X[i]]
            for w in self.weights:
                a.append(bent(a[-1] @ w))
            deltas = [(y[i] - a[-1]) * bent_slope(a[-1])]
            for l in range(len(a) - 2, 0, -1):
                deltas.append(deltas[-1] @ self.weights[l].T * bent_slope(a[l]))
            deltas.reverse()
            for l, w in enumerate(self.weights):
                w += learning_rate * np.outer(a[l], deltas[l])
"""
HANDED_ITS_OWN = """
import numpy as np
import pandas as pd

table = pd.read_csv("people.csv")
m = len(table)

class Two:
    def __init__(self, inputs, hidden, outputs):
        self.w1 = np.random.randn(hidden, inputs)
        self.w2 = np.random.randn(outputs, hidden)
        self.b1 = np.zeros((hidden, 1))
        self.b2 = np.zeros((outputs, 1))

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def feed_forward(self, X, w1, w2):
        a1 = X
        z2 = w1 @ a1 + self.b1
        a2 = self.sigmoid(z2)
        a3 = self.sigmoid(w2 @ a2 + self.b2)
        return a1, z2, a2, a3

    def gradient(self, a1, a2, a3, z2, y, w1, w2):
        s3 = a3 - y
        s2 = w2.T @ s3 * self.sigmoid(z2) * (1 - self.sigmoid(z2))
        return (s2 @ a1.T / m, s3 @ a2.T / m,
                s2.sum(axis=1, keepdims=True) / m, s3.sum(axis=1, keepdims=True) / m)

    def fit(self, eta=0.3, epochs=10):
        X, y = table.iloc[:, :-1].values.T, table.iloc[:, -1:].values.T
        for _ in range(epochs):
            a1, z2, a2, a3 = self.feed_forward(X, self.w1, self.w2)
            gradw1, gradw2, gradb1, gradb2 = self.gradient(a1, a2, a3, z2, y, self.w1, self.w2)
            self.w1 -= eta * gradw1
            self.w2 -= eta * gradw2
            self.b1 -= eta * gradb1
            self.b2 -= eta * gradb2
"""


@pytest.mark.parametrize(
    "text",
    [MADE_WITH_ROWS, ONE_HIDDEN_LAYER, HANDED_ITS_OWN],
    ids=["made with its rows", "made for one hidden layer", "handed what it holds"],
)
def test_they_are_judged_without_help(text):
    assert checked(text).verdict == "ok"


@pytest.mark.parametrize(
    ("text", "right", "wrong", "cause"),
    [
        (MADE_WITH_ROWS, " * Nerves.slope(self.hidden)", "", "missing-hidden-derivative"),
        (ONE_HIDDEN_LAYER, "1 - a * a", "1 - np.tanh(a) ** 2", "derivative-z-given-a"),
        (
            HANDED_ITS_OWN,
            " * self.sigmoid(z2) * (1 - self.sigmoid(z2))",
            "",
            "missing-hidden-derivative",
        ),
    ],
    ids=["made with its rows", "made for one hidden layer", "handed what it holds"],
)
def test_their_mistakes_are_found(text, right, wrong, cause):
    assert checked(text.replace(right, wrong)).causes == (cause,)


TOLD_BY_A_LIBRARY = """
import numpy as np
from sklearn.metrics import accuracy_score, log_loss

def forward_pass(x, y, Q):
    P = {"a0": x, "y": y}
    P["a1"] = np.tanh(x @ Q["W1"].T + Q["b1"])
    z = P["a1"] @ Q["W2"].T + Q["b2"]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    P["s"] = e / e.sum(axis=1, keepdims=True)
    P["L"] = log_loss(y_true=y, y_pred=P["s"])
    return P

def backward_pass(P, Q):
    n = len(P["a0"])
    d2 = (P["s"] - P["y"]) / n
    d1 = d2 @ Q["W2"] * (1 - P["a1"] ** 2)
    return {"W1": d1.T @ P["a0"], "b1": d1.sum(axis=0), "W2": d2.T @ P["a1"], "b2": d2.sum(axis=0)}

def main(x, y, lr=0.1):
    Q = {"W1": np.random.randn(5, 4), "b1": np.zeros(5),
         "W2": np.random.randn(3, 5), "b2": np.zeros(3)}
    worst = 10.0
    for _ in range(1000):
        P = forward_pass(x, y, Q)
        worst = min(worst, P["L"])
        print(f"{P['L']:.4f}", accuracy_score(y.argmax(1), P["s"].argmax(1)))
        G = backward_pass(P, Q)
        Q = {k: Q[k] - lr * G[k] for k in Q}
"""


def test_a_loss_that_a_library_computes_on_the_way_forward_is_no_hindrance():
    assert checked(TOLD_BY_A_LIBRARY).verdict == "ok"


def test_a_mistake_behind_it_is_found():
    text = TOLD_BY_A_LIBRARY.replace(' * (1 - P["a1"] ** 2)', "")
    assert checked(text).causes == ("missing-hidden-derivative",)


TURNS_ITS_ROWS = """
import numpy as np

class Columns:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1, self.b1 = np.random.randn(n_hidden, n_in), np.zeros((n_hidden, 1))
        self.W2, self.b2 = np.random.randn(n_out, n_hidden), np.zeros((n_out, 1))

    def forward(self, X):
        A1 = np.tanh(self.W1 @ X + self.b1)
        A2 = 1 / (1 + np.exp(-(self.W2 @ A1 + self.b2)))
        return A1, A2

    def gradient(self, X, A1, A2, y):
        s2 = A2 - y
        s1 = self.W2.T @ s2 * (1 - A1 ** 2)
        return s1 @ X.T, s1.sum(axis=1, keepdims=True), s2 @ A1.T, s2.sum(axis=1, keepdims=True)

    def fit(self, X, y, eta=0.1, epochs=100):
        X, y = X.T, y.T
        for _ in range(epochs):
            A1, A2 = self.forward(X)
            g1, h1, g2, h2 = self.gradient(X, A1, A2, y)
            self.W1 -= eta * g1
            self.b1 -= eta * h1
            self.W2 -= eta * g2
            self.b2 -= eta * h2
"""


def test_training_that_turns_its_rows_is_judged_with_its_update():
    found = checked(TURNS_ITS_ROWS)
    assert (found.verdict, found.stepped) == ("ok", True)
    wrong = checked(TURNS_ITS_ROWS.replace("self.W2 -= eta", "self.W2 += eta"))
    assert wrong.causes == ("update-sign",)
