"""An adapter with `loss`: where no reference fits, differences of the person's own loss judge."""

from __future__ import annotations

import pytest

import helder
from helder.glass.check.checking import adapter_text

SKIPPED = """
import numpy as np

def apart(theta):
    return theta[:16].reshape(4, 4), theta[16:28].reshape(4, 3), theta[28:]

def value_and_slope(theta, x, t):
    A, B, b = apart(theta)
    h = np.tanh(x @ A)
    z = (x + h) @ B + b
    r = np.sqrt(1 + (z - t) ** 2)
    d = (z - t) / r / len(x)
    back = d @ B.T * (1 - h ** 2)
    parts = x.T @ back, (x + h).T @ d, d.sum(0)
    return (r - 1).sum() / len(x), np.concatenate([part.ravel() for part in parts])

def descend(theta, x, t, much):
    theta -= much * value_and_slope(theta, x, t)[1]
"""
ADAPTER = """
from mine import *

theta = np.random.randn(31)
def parameters(): return apart(theta)
def loss(X, Y): return value_and_slope(theta, X, Y)[0]
def gradients(X, Y): return apart(value_and_slope(theta, X, Y)[1])
"""
WITH_STEP = ADAPTER.split("def gradients")[0] + (
    "def step(X, Y, learning_rate): descend(theta, X, Y, learning_rate)\n"
)


@pytest.fixture
def checked(tmp_path):
    """The network of some code, through an adapter beside it."""

    def check(code, adapter):
        (tmp_path / "mine.py").write_text(code, encoding="utf-8")
        (tmp_path / "adapter.py").write_text(adapter, encoding="utf-8")
        return helder.check(
            tmp_path / "mine.py", adapter=tmp_path / "adapter.py", seconds=20
        ).network

    return check


def test_a_network_of_another_kind_is_right_by_its_own_loss(checked):
    found = checked(SKIPPED, ADAPTER)
    assert (found.verdict, found.stepped) == ("ok", False), found
    assert found.convention["loss"] == "your own"
    assert found.convention["layout"] == "rows"


def test_a_step_is_held_against_it_too(checked):
    found = checked(SKIPPED, WITH_STEP)
    assert (found.verdict, found.stepped) == ("ok", True), found


@pytest.mark.parametrize(
    ("adapter", "old", "new", "cause"),
    [
        (WITH_STEP, "theta -=", "theta +=", "update-sign"),
        (ADAPTER, "d.sum(0)", "d.mean(0)", "gradient-scale"),
        (ADAPTER, "x.T @ back", "0 * A", "gradient-zero"),
    ],
)
def test_a_gradient_that_goes_elsewhere_in_one_parameter_is_wrong(
    checked, adapter, old, new, cause
):
    assert old in SKIPPED
    found = checked(SKIPPED.replace(old, new), adapter)
    assert (found.verdict, found.causes) == ("wrong", (cause,)), found


def test_a_gradient_that_is_not_of_this_loss_is_shown_beside_its_slope(checked):
    found = checked(SKIPPED.replace("* (1 - h ** 2)", ""), ADAPTER)
    assert found.verdict == "cannot tell"
    assert "does not go along the slope of your loss: at parameters()[0]" in found.evidence


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("np.concatenate(", "2 * np.concatenate(", "gradients"),
        ("x.T @ back,", "x.T @ back + 0.1 * A,", "loss"),
    ],
)
def test_a_factor_and_a_decay_that_the_loss_leaves_out_are_conventions(checked, old, new, key):
    assert old in SKIPPED
    found = checked(SKIPPED.replace(old, new), ADAPTER)
    assert found.verdict == "ok", found
    assert found.convention[key] in ("2 times the slope of the loss", "your own, without the decay")


def test_a_mistake_of_the_code_is_not_blamed_on_the_adapter(checked):
    found = checked(SKIPPED.replace("x @ A", "x @ A.missing"), ADAPTER)
    said = "Called as the adapter says, your code fails at mine.py, line 9 with AttributeError"
    assert found.evidence.startswith(said)


TRAINED = """
def main():
    x, t = np.load("x.npy"), np.load("t.npy")
    theta = np.random.randn(31)
    for turn in range(100):
        value, slope = value_and_slope(theta, x, t)
        theta -= 0.1 * slope
        print(turn, value)
"""


def test_the_adapter_of_such_a_network_is_printed_and_works(checked, tmp_path):
    (tmp_path / "mine.py").write_text(SKIPPED + TRAINED, encoding="utf-8")
    printed = adapter_text(tmp_path / "mine.py", seconds=30)
    assert "def loss(X, Y): return value_and_slope(theta, X, Y)[0]" in printed
    assert len(printed.splitlines()) <= 8
    found = checked(SKIPPED + TRAINED, printed)
    assert (found.verdict, found.stepped) == ("ok", False), found
