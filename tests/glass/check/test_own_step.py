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
