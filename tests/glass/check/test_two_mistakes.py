"""Two mistakes in one step are both named, where no single one explains it."""

from __future__ import annotations

from pathlib import Path

import pytest

from helder import check

SCRIPT = """
import numpy as np

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
t = np.array([[0], [1], [1], [0]])
w1, b1 = np.random.normal(0, 1, [2, 2]), np.random.normal(0, 1, [2])
w2, b2 = np.random.normal(0, 1, [2, 2]), np.random.normal(0, 1, [2])
w3, b3 = np.random.normal(0, 1, [2, 1]), np.random.normal(0, 1, [1])

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

a0 = x
rate = 0.1
for step in range(10000):
    a1 = sigmoid(a0 @ w1 + b1)
    a2 = sigmoid(a1 @ w2 + b2)
    out = sigmoid(a2 @ w3 + b3)
    dz3 = (out - t) * out * (1 - out)
    dw3 = a2.T @ dz3
    db3 = dz3.sum(axis=0)
    dz2 = dz3 @ w3.T * a2 * (1 - a2)
    dw2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    dz1 = dz2 @ w2.T * a1 * (1 - a1)
    dw1 = a0.T @ dz1
    db1 = dz1.sum(axis=0)
    w3 -= rate * dw3
    b3 -= rate * db3
    w2 -= rate * dw2
    b2 -= rate * db2
    w1 -= rate * dw1
    b1 -= rate * db1
"""

SLIPS = {
    "the input of another layer": ("dw3 = a2.T", "dw3 = a1.T", "weight-gradient-input"),
    "the error of another layer": ("dz1 = dz2 @ w2.T", "dz1 = dz3 @ w3.T", "gradient-copied"),
    "a sum over the units too": ("dz2.sum(axis=0)", "dz2.sum()", "bias-gradient-scalar"),
    "one step uphill": ("w1 -= rate * dw1", "w1 += rate * dw1", "update-sign"),
    "a bias that stays": ("b1 -= rate * db1", "pass", "parameter-not-updated"),
    "the weights as they are": ("dz2 @ w2.T", "dz2 @ w2", "weights-not-transposed"),
    "a layer that stays": (
        "    w1 -= rate * dw1\n    b1 -= rate * db1\n", "", "parameter-not-updated",
    ),
    "no slope": ("w2.T * a1 * (1 - a1)", "w2.T", "missing-hidden-derivative"),
}  # fmt: skip
PAIRS = [
    ("the input of another layer", "the error of another layer"),
    ("the input of another layer", "no slope"),
    ("a sum over the units too", "no slope"),
    ("no slope", "one step uphill"),
    ("a bias that stays", "no slope"),
    ("the weights as they are", "a bias that stays"),
]


def causes_of(folder: Path, code: str) -> set[str]:
    """The causes that are named for a network in this code."""
    (folder / "net.py").write_text(code, encoding="utf-8")
    found = check(folder / "net.py", seconds=8).network
    assert found is not None
    return set(found.causes)


def with_slips(*names: str) -> tuple[str, set[str]]:
    """The script with these slips, and the causes that they have."""
    code = SCRIPT
    for name in names:
        old, new, _ = SLIPS[name]
        assert old in code
        code = code.replace(old, new)
    return code, {SLIPS[name][2] for name in names}


def test_the_script_is_right(tmp_path: Path) -> None:
    assert causes_of(tmp_path, SCRIPT) == set()


@pytest.mark.parametrize("slip", SLIPS)
def test_one_slip_has_one_name(tmp_path: Path, slip: str) -> None:
    code, causes = with_slips(slip)
    assert causes_of(tmp_path, code) == causes


@pytest.mark.parametrize("slips", PAIRS, ids=" and ".join)
def test_two_slips_have_both_names(tmp_path: Path, slips: tuple[str, str]) -> None:
    code, causes = with_slips(*slips)
    assert causes_of(tmp_path, code) == causes
