"""A mistake in an activation that is not the usual one is found by asking for it."""

from __future__ import annotations

import pytest
from networks_checked import checked

FUNCTIONS = """
import numpy as np

def start(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_h, n_x), "b1": np.zeros((n_h, 1)),
            "W2": np.random.randn(n_y, n_h), "b2": np.zeros((n_y, 1))}

def forward(X, params, hidden="relu"):
    Z1 = params["W1"] @ X + params["b1"]
    if hidden == "relu":
        A1 = np.maximum(0, Z1)
    elif hidden == "tanh":
        A1 = np.tanh(Z1)
    else:
        raise ValueError("no sigmoid")
    Z2 = params["W2"] @ A1 + params["b2"]
    E = np.exp(Z2 - Z2.max(axis=0))
    return Z1, A1, E / E.sum(axis=0)

def backward(X, Y, params, cache, hidden="relu"):
    Z1, A1, A2 = cache
    m = X.shape[1]
    d2 = A2 - Y
    d1 = params["W2"].T @ d2
    d1 = d1 * (Z1 > 0) if hidden == "relu" else d1 * (1 - A1 ** 2)
    return {"W2": d2 @ A1.T / m, "b2": d2.sum(axis=1, keepdims=True) / m,
            "W1": d1 @ X.T / m, "b1": d1.sum(axis=1, keepdims=True) / m}

def train(X, Y, n_h=8, rate=0.1, steps=100, hidden="relu"):
    params = start(X.shape[0], n_h, Y.shape[0])
    for _ in range(steps):
        grads = backward(X, Y, params, forward(X, params, hidden), hidden)
        for name in params:
            params[name] = params[name] - rate * grads[name]
    return params
"""


def causes_of(text: str) -> tuple[str, ...]:
    found = checked(text)
    assert found.convention["activations"], found
    return found.causes


@pytest.mark.parametrize(
    ("old", "new", "causes"),
    [
        ("", "", ()),
        ("1 - A1 ** 2", "1 - A1", ("derivative-formula",)),
        ("(Z1 > 0)", "(Z1 > 1)", ("relu-slope-threshold",)),
        # nothing is compared with this one, so that nobody asks for it
        ("no sigmoid", "sigmoid", ()),
    ],
)
def test_functions_are_asked_for_every_activation_that_they_compare(old, new, causes):
    assert old in FUNCTIONS
    assert causes_of(FUNCTIONS.replace(old, new)) == causes


@pytest.mark.parametrize(
    ("setting", "option"),
    [("momentum=0.9", "momentum 0"), ("keep_prob=0.5", "keep_prob 1"), ("reg=None", None)],
)
def test_options_that_a_check_switches_off_are_told(setting, option):
    text = FUNCTIONS.replace('steps=100, hidden="relu"', f'steps=100, {setting}, hidden="relu"')
    assert setting in text
    found = checked(text)
    assert (found.verdict, found.convention.get("options")) == ("ok", option)
