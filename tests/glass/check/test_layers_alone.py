"""A layer object by itself is right, or its mistake has a name, a method and a line."""

from __future__ import annotations

from pathlib import Path

import pytest

import helder
from helder.glass.check.deadline import NEVER, Deadline
from helder.glass.check.network.layers.alone import alone
from helder.glass.check.network.layers.finding import find_layers
from helder.glass.check.reading.sources import read_sources
from helder.glass.check.sessions.sandbox import Sandbox

TEXT = (Path(__file__).parent / "layers" / "alone.txt").read_text(encoding="utf-8")


def judged(tmp_path, text):
    """Of each layer its name and its mistakes: cause, line, what was seen."""
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    sources = read_sources(path)
    with Sandbox(sources, Deadline.after(20)) as session:
        layers = find_layers(session, sources.definitions)
        found = alone(session, layers, (), NEVER)
        return {
            one.layer.recipe.owner.name: [
                (fault.cause, one.place(fault, session, sources.definitions)[1], fault.evidence)
                for fault in one.faults
            ]
            for one in found
        }


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


def test_layers_that_are_right_have_no_mistake(tmp_path):
    found = judged(tmp_path, TEXT)
    assert set(found) == {"Dense", "Bent", "ReLU", "Dropout", "BatchNorm", "Softmax"}
    assert not any(found.values()), found


# the layer, the right text, the mistake, its name
MISTAKES = [
    ("Dense", "self.x.T @ g", "2 * self.x.T @ g", "gradient-scale"),
    ("Dense", "self.x.T @ g", "np.zeros_like(self.W)", "gradient-zero"),
    ("Dense", "g @ self.W.T", "g @ self.W", "weights-not-transposed"),
    ("Dense", "g @ self.W.T", "g @ self.W.T / len(g)", "gradient-divided-twice"),
    ("Dense", "g.sum(axis=0)\n        return", "g.sum()\n        return", "bias-gradient-scalar"),
    ("Dense", "x @ self.W + self.b", "x @ self.W", "forward-misses-bias"),
    ("Bent", "(1 - self.a**2)", "(1 - np.tanh(self.a) ** 2)", "derivative-z-given-a"),
    ("Bent", "self.b -= lr", "self.b += lr", "update-sign"),
    ("Bent", "self.b -= lr * dz.sum(axis=1, keepdims=True)", "pass", "parameter-not-updated"),
    (
        "Bent",
        "        dx = self.W.T @ dz\n        self.W -= lr * dz @ self.x.T\n",
        "        self.W -= lr * dz @ self.x.T\n        dx = self.W.T @ dz\n",
        "update-before-use",
    ),
    ("ReLU", "g * (self.x > 0)", "g", "missing-hidden-derivative"),
    ("ReLU", "g * (self.x > 0)", "g * (self.x > 1)", "relu-slope-threshold"),
    ("Dropout", "g * self.mask", "g * (self.mask > 0)", "gradient-scale"),
    ("BatchNorm", " - dh.mean(axis=0)", "", "derivative-formula"),
    ("BatchNorm", "self.dgamma = (g * self.h)", "self.dgamma = (g + self.h)", "derivative-formula"),
    (
        "Softmax",
        "self.p * (g - (g * self.p).sum(axis=1, keepdims=True))",
        "self.p * (1 - self.p) * g",
        "softmax-derivative-twice",
    ),
    ("Softmax", "(g * self.p).sum", "2 * (g * self.p).sum", "derivative-formula"),
]


@pytest.mark.parametrize(
    ("layer", "old", "new", "cause"), MISTAKES, ids=[f"{m[0]}-{m[3]}" for m in MISTAKES]
)
def test_a_mistake_in_a_layer_is_found_without_a_network(tmp_path, layer, old, new, cause):
    assert TEXT.count(old) == 1
    found = judged(tmp_path, TEXT.replace(old, new))
    assert [c for c, _, _ in found.pop(layer)] == [cause]
    assert not any(found.values()), found


def test_the_line_and_the_number_that_is_off_are_told(tmp_path):
    text = TEXT.replace("self.x.T @ g", "2 * self.x.T @ g")
    ((cause, line, saw),) = judged(tmp_path, text)["Dense"]
    assert (cause, line) == ("gradient-scale", line_of(text, "2 * self.x.T @ g"))
    assert saw.startswith("dW is 2 times as large as it should be. dW[")


def test_two_layers_with_a_mistake_each_are_both_named(tmp_path):
    path = tmp_path / "mine.py"
    text = TEXT.replace("self.x.T @ g", "2 * self.x.T @ g").replace("g * (self.x > 0)", "g")
    path.write_text(text, encoding="utf-8")
    network = helder.check(path, seconds=20).network
    assert (network.verdict, network.function) == ("wrong", "Dense.backward")
    assert set(network.causes) == {"gradient-scale", "missing-hidden-derivative"}
    assert "ReLU.backward, line" in network.evidence
