"""One deadline for all of a check: what is not done by then is left out, and that is said."""

from __future__ import annotations

import time

import pytest

import helder
from helder.glass.check.deadline import NEVER, Deadline

SLOW = """
import time
import numpy as np


def sigmoid(z):
    time.sleep(0.2)
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(a):
    time.sleep(0.2)
    return a * (1 - a)


class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_in, n_hidden)
        self.W2 = np.random.randn(n_hidden, n_out)

    def train(self, X, y, lr=0.1):
        h = sigmoid(X @ self.W1)
        a = sigmoid(h @ self.W2)
        d = (a - y) * sigmoid_derivative(a)
        self.W1 -= lr * X.T @ (d @ self.W2.T * sigmoid_derivative(h))
        self.W2 -= lr * h.T @ d
"""
BEFORE_A_LOOP = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def for_long(W):
    for _ in range(10**9):
        W = W + 0.1
    return W

X = np.random.rand(8, 4)
y = np.eye(3)[np.arange(8) % 3]
W1 = np.random.randn(4, 5)
W2 = np.random.randn(5, 3)
W1 = for_long(W1)
for epoch in range(100):
    h = sigmoid(X @ W1)
    a = sigmoid(h @ W2)
    d = (a - y) * a * (1 - a)
    W1 -= 0.1 * X.T @ (d @ W2.T * h * (1 - h))
    W2 -= 0.1 * h.T @ d
"""


def test_a_part_ends_earlier_and_leaves_the_rest():
    whole = Deadline.after(10)
    part = whole.part(0.25)
    assert part.left == pytest.approx(2.5, abs=0.1)
    assert not part.over
    assert Deadline.after(0).part(0.5).over
    assert NEVER.part(0.5) is NEVER


def test_a_check_of_slow_functions_ends_in_time_and_says_what_it_left_out(tmp_path):
    path = tmp_path / "slow.py"
    path.write_text(SLOW)
    check = helder.check  # which is imported only now
    start = time.monotonic()
    found = check(path, seconds=2)
    assert time.monotonic() - start < 2 * 2
    assert found.verdict in ("ok", "cannot tell")
    assert any("before every function was judged" in sentence for sentence in found.said)


def test_a_statement_before_a_loop_that_takes_too_long_is_left_out(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(BEFORE_A_LOOP)
    assert helder.check(path).network.verdict == "ok"
