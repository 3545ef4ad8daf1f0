"""Where a function gives right gradients, the file's own lines may still go up them."""

from __future__ import annotations

import pytest

import helder

SCRIPT = """
import numpy as np
try:
    from sklearn.datasets import load_digits
    digits = load_digits()
except ImportError:
    digits = None

rng = np.random.default_rng(9)

def fresh(n_in, n_mid, n_out):
    A = rng.normal(0, 1 / np.sqrt(n_in), (n_in + 1, n_mid))
    B = rng.normal(0, 1 / np.sqrt(n_mid), (n_mid + 1, n_out))
    return A, B

def with_one(M):
    return np.hstack([M, np.ones((M.shape[0], 1))])

def cost_and_slopes(A, B, X, T):
    x = with_one(X)
    h = with_one(np.tanh(x @ A))
    u = h @ B
    q = np.exp(u - u.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    d = q - T
    dh = d @ B[:-1].T
    return -np.sum(T * np.log(q)), x.T @ (dh * (1 - h[:, :-1] ** 2)), h.T @ d

def predicted(A, B, X):
    return (with_one(np.tanh(with_one(X) @ A)) @ B).argmax(axis=1)

if digits is not None:
    X, T = digits.data / 16, np.eye(10)[digits.target]
    A, B = fresh(64, 40, 10)
    rate = 0.004
    for epoch in range(30):
        for part in np.array_split(rng.permutation(len(X)), 40):
            cost, dA, dB = cost_and_slopes(A, B, X[part], T[part])
            A = A - rate * dA
            B = B - rate * dB
"""


@pytest.fixture
def network(tmp_path):
    """What is found of the network of a script, with time enough on a busy machine."""

    def check(code):
        (tmp_path / "mine.py").write_text(code, encoding="utf-8")
        return helder.check(tmp_path / "mine.py", seconds=12).network

    return check


def test_lines_that_go_down_right_gradients_are_right(network):
    assert network(SCRIPT).verdict == "ok"


def test_lines_that_go_up_right_gradients_are_wrong_though_no_output_is_seen(network):
    found = network(SCRIPT.replace("A = A - rate", "A = A + rate"))
    assert found.causes == ("update-sign",)
    assert "W1, b1 with the other sign" in found.evidence


PAIRS = """
import numpy as np

def sigma(z):
    return 1 / (1 + np.exp(-z))

class Net:
    def __init__(self, sizes):
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]

    def backprop(self, x, y):
        acts = [x]
        for b, w in zip(self.biases, self.weights):
            acts.append(sigma(w @ acts[-1] + b))
        delta, nabla_b, nabla_w = acts[-1] - y, [], []
        for at in range(len(self.weights) - 1, -1, -1):
            nabla_b.insert(0, delta)
            nabla_w.insert(0, delta @ acts[at].T)
            delta = self.weights[at].T @ delta * acts[at] * (1 - acts[at])
        return nabla_b, nabla_w

    def update_mini_batch(self, batch, eta, lmbda, n):
        sum_b = [0 * b for b in self.biases]
        sum_w = [0 * w for w in self.weights]
        for x, y in batch:
            db, dw = self.backprop(x, y)
            sum_b = [s + d for s, d in zip(sum_b, db)]
            sum_w = [s + d for s, d in zip(sum_w, dw)]
        rate = eta / len(batch)
        self.weights = [(1 - eta * lmbda / n) * w - rate * s for w, s in zip(self.weights, sum_w)]
        self.biases = [b - rate * s for b, s in zip(self.biases, sum_b)]
"""


def test_rows_that_go_in_as_pairs_are_known_by_the_loop_over_them(network):
    found = network(PAIRS)
    assert (found.verdict, found.stepped) == ("ok", True)
    assert network(PAIRS.replace("b - rate", "b + rate")).causes == ("update-sign",)
