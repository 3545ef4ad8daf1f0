"""A network whose parameters are one vector is found by where its numbers go."""

from __future__ import annotations

import pytest
from networks_checked import checked

IN_ITS_OWN_LINES = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lam):
    cut = hidden_layer_size * (input_layer_size + 1)
    Theta1 = np.reshape(nn_params[:cut], (hidden_layer_size, input_layer_size + 1), order="F")
    Theta2 = np.reshape(nn_params[cut:], (num_labels, hidden_layer_size + 1), order="F")
    m = len(X)
    a1 = np.hstack([np.ones((m, 1)), X])
    a2 = np.hstack([np.ones((m, 1)), sigmoid(a1 @ Theta1.T)])
    h = sigmoid(a2 @ Theta2.T)
    Y = np.eye(num_labels)[y - 1]
    J = -np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h)) / m
    d3 = h - Y
    d2 = (d3 @ Theta2)[:, 1:] * a2[:, 1:] * (1 - a2[:, 1:])
    grad1 = d2.T @ a1 / m
    grad2 = d3.T @ a2 / m
    return J, np.concatenate([grad1.ravel(order="F"), grad2.ravel(order="F")])
"""

BY_A_FUNCTION = """
import numpy as np

n_in, n_hidden, n_out = 13, 20, 3

def unpack(theta):
    W1, theta = theta[: n_in * n_hidden].reshape(n_in, n_hidden), theta[n_in * n_hidden :]
    b1, theta = theta[:n_hidden], theta[n_hidden:]
    W2, b2 = theta[: n_hidden * n_out].reshape(n_hidden, n_out), theta[n_hidden * n_out :]
    return W1, b1, W2, b2

def loss_and_gradient(theta, x, labels):
    W1, b1, W2, b2 = unpack(theta)
    h = np.tanh(x @ W1 + b1)
    z = h @ W2 + b2
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    rows = np.arange(len(x))
    d = p.copy()
    d[rows, labels] -= 1
    d /= len(x)
    dh = d @ W2.T * (1 - h * h)
    parts = [x.T @ dh, dh.sum(0), h.T @ d, d.sum(0)]
    return -np.log(p[rows, labels]).mean(), np.concatenate([part.ravel() for part in parts])

def descend(theta, x, labels, lr=0.1, steps=100):
    for _ in range(steps):
        theta = theta - lr * loss_and_gradient(theta, x, labels)[1]
    return theta
"""


@pytest.mark.parametrize("text", [IN_ITS_OWN_LINES, BY_A_FUNCTION], ids=["inline", "function"])
def test_a_right_network_of_one_vector_is_ok(text):
    assert checked(text).verdict == "ok"


def test_classes_that_are_counted_from_1_are_seen():
    assert checked(IN_ITS_OWN_LINES).convention["labels"] == "class numbers from 1"


def test_a_step_of_one_vector_is_seen():
    assert checked(BY_A_FUNCTION).convention["step"] == "descend"


MISTAKES = [
    ("gradient-zero", IN_ITS_OWN_LINES, "grad2 = d3.T", "grad2 = 0 * d3.T"),
    ("missing-hidden-derivative", BY_A_FUNCTION, " * (1 - h * h)", ""),
    ("bias-gradient-scalar", BY_A_FUNCTION, "dh.sum(0)", "dh.sum() * np.ones(n_hidden)"),
    ("update-sign", BY_A_FUNCTION, "theta - lr", "theta + lr"),
]  # fmt: skip


@pytest.mark.parametrize(("cause", "text", "old", "new"), MISTAKES, ids=lambda part: part[:30])
def test_a_mistake_in_a_network_of_one_vector_has_its_name(cause, text, old, new):
    assert old in text
    found = checked(text.replace(old, new))
    assert found.causes == (cause,), found


@pytest.mark.parametrize(
    ("drawn", "causes"), [("rng.normal(size=146)", ()), ("np.zeros(146)", ("zero-init",))]
)
def test_a_vector_that_starts_with_equal_weights_is_seen(drawn, causes):
    begins = f"\ndef initial_theta(rng):\n    parts = [{drawn}]\n    return np.concatenate(parts)\n"
    sizes = "n_in, n_hidden, n_out = 13, 20, 3"
    small = BY_A_FUNCTION.replace(sizes, "n_in, n_hidden, n_out = 9, 11, 3")
    assert checked(small + begins).causes == causes
