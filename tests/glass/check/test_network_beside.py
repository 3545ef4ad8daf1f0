"""A function that predicts by itself is held against the step that trains."""

from __future__ import annotations

import pytest
from networks_checked import checked

ONLINE = """
import numpy as np

def sigma(z):
    return 1 / (1 + np.exp(-z))

class Net:
    def __init__(self, sizes):
        self.sizes = sizes
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigma(w @ a + b)
        return a

    def update(self, batch, eta):
        for x, y in batch:
            acts = [x]
            for b, w in zip(self.biases, self.weights):
                acts.append(sigma(w @ acts[-1] + b))
            delta = acts[-1] - y
            for l in range(1, len(self.sizes)):
                error = self.weights[-l].T @ delta * acts[-l - 1] * (1 - acts[-l - 1])
                self.weights[-l] = self.weights[-l] - eta / len(batch) * delta @ acts[-l - 1].T
                self.biases[-l] = self.biases[-l] - eta / len(batch) * delta
                delta = error
"""


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("a = sigma(w @ a + b)", "a = sigma(w @ a)", "forward-misses-bias"),
        ("eta / len(batch) * delta\n", "eta / len(batch) * delta / len(batch)\n",
         "gradient-divided-twice"),
    ],
)  # fmt: skip
def test_what_a_step_does_not_show_is_told(old, new, cause):
    assert checked(ONLINE).verdict == "ok"
    assert old in ONLINE
    found = checked(ONLINE.replace(old, new))
    assert found.causes == (cause,), found


def test_the_function_that_goes_forward_otherwise_is_named():
    found = checked(ONLINE.replace("w @ a + b", "w @ a"))
    assert (found.function, found.line) == ("Net.feedforward", 15)


def test_a_function_that_does_more_than_going_forward_is_left_alone():
    predict = "    def predict(self, a):\n        return self.feedforward(a).round()\n"
    found = checked(ONLINE.replace("        return a\n", f"        return a\n\n{predict}"))
    assert found.verdict == "ok"


def test_parameters_that_are_set_by_their_names_have_a_gradient_of_zero():
    text = """
    import numpy as np

    class Net:
        def __init__(self, n, h, k):
            self.W1, self.b1 = np.random.randn(n, h), np.zeros(h)
            self.W2, self.b2 = np.random.randn(h, k), np.zeros(k)

        def forward(self, X):
            self.h = np.tanh(X @ self.W1 + self.b1)
            return self.h @ self.W2 + self.b2

        def train(self, X, y, rate=0.1):
            d2 = (self.forward(X) - y) / len(X)
            d1 = np.zeros_like(d2 @ self.W2.T) * (1 - self.h ** 2)
            self.dW2, self.db2 = self.h.T @ d2, d2.sum(axis=0)
            self.dW1, self.db1 = X.T @ d1, d1.sum(axis=0)
            for name in ("W1", "b1", "W2", "b2"):
                setattr(self, name, getattr(self, name) - rate * getattr(self, "d" + name))
    """
    assert checked(text).causes == ("gradient-zero",)


@pytest.mark.parametrize(
    ("bias", "causes"),
    [("d2.mean(axis=0)", ()), ("d2[0]", ("bias-gradient-one-row",)),
     ("d2.sum(axis=0)", ("gradient-scale",))],
)  # fmt: skip
def test_the_one_bias_of_an_output_may_be_one_row_in_place_of_a_mean(bias, causes):
    text = f"""
    import numpy as np

    class Net:
        def __init__(self, n, h):
            self.W1, self.b1 = np.random.randn(n, h), np.zeros(h)
            self.W2, self.b2 = np.random.randn(h, 1), np.zeros(1)

        def forward(self, X):
            self.h = np.tanh(X @ self.W1 + self.b1)
            return 1 / (1 + np.exp(-(self.h @ self.W2 + self.b2)))

        def train(self, X, y, rate=0.1):
            d2 = self.forward(X) - y
            d1 = (d2 @ self.W2.T) * (1 - self.h ** 2)
            self.W2 -= rate * self.h.T @ d2 / len(X)
            self.b2 -= rate * {bias}
            self.W1 -= rate * X.T @ d1 / len(X)
            self.b1 -= rate * d1.mean(axis=0)
    """
    assert checked(text).causes == causes
