"""Networks written as objects that are made, hold their settings and are trained in many ways."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from styles_read import style

from helder.glass.check.checking import check
from helder.glass.check.findings import FileCheck

MANY_SIZES = style("many_sizes")
SETTINGS_IN_AN_OBJECT = style("settings_in_an_object")
OWNED_BY_A_TRAINER = style("owned_by_a_trainer")
TESTED_WHILE_TRAINING = style("tested_while_training")
MADE_WITH_COLUMNS = style("made_with_columns")
NEURONS = style("neurons")
LISTS_OF_NUMBERS = style("lists_of_numbers")
SETTINGS_IN_A_TABLE = style("settings_in_a_table")
FUNCTIONS_OF_AN_OBJECT = style("functions_of_an_object")
SETTINGS_BESIDE_THE_CLASS = style("settings_beside_the_class")
SETTINGS_OF_THE_COMMAND_LINE = style("settings_of_the_command_line")
NAMES_THAT_SAY_NOTHING = style("names_that_say_nothing")
NAMES_OF_THEIR_OWN = style("names_of_their_own")
GRADIENTS_KEPT_SMALL = style("gradients_kept_small")

STYLES = {
    "gradients that are kept small": (
        GRADIENTS_KEPT_SMALL,
        "grad = grad * mask * (1 - a ** 2)",
        "grad = grad * mask",
        "missing-hidden-derivative",
    ),
    "biases by names of their own": (
        NAMES_OF_THEIR_OWN,
        "self.c -= how_much * self.gc",
        "self.c += how_much * self.gc",
        "update-sign",
    ),
    "names that say nothing to us": (
        NAMES_THAT_SAY_NOTHING,
        "d1 = d2 @ self.w2.T * self.a1 * (1 - self.a1)",
        "d1 = hata @ self.w2.T * self.a1 * (1 - self.a1)",
        "hidden-error-from-raw-error",
    ),
    "settings of the command line": (
        SETTINGS_OF_THE_COMMAND_LINE,
        "dh = dz @ self.w2.T * (1 - self.h ** 2)",
        "dh = dz @ self.w2.T",
        "missing-hidden-derivative",
    ),
    "settings that stand beside the class": (
        SETTINGS_BESIDE_THE_CLASS,
        "d1 = d2 @ self.W2.T * (1 - self.h ** 2)",
        "d1 = d2 @ self.W2.T * self.h * (1 - self.h)",
        "derivative-of-another-activation",
    ),
    "settings in a table": (
        SETTINGS_IN_A_TABLE,
        "d.sum(axis=0)}",
        "np.ones(d.shape[1]) * d.sum()}",
        "bias-gradient-scalar",
    ),
    "functions of an object": (
        FUNCTIONS_OF_AN_OBJECT,
        "params.b1 -= cfg.lr * grads.b1",
        "params.b1 += cfg.lr * grads.b1",
        "update-sign",
    ),
    "neurons that hold their own weights": (
        NEURONS,
        "neuron.delta = error * neuron.output * (1 - neuron.output)",
        "neuron.delta = error",
        "missing-hidden-derivative",
    ),
    "numbers in lists, and rows that end in their class": (
        LISTS_OF_NUMBERS,
        'neuron["weights"][-1] -= l_rate',
        'neuron["weights"][-1] += l_rate',
        "update-sign",
    ),
    "any number of sizes, and a leaky ReLU of their own in place": (
        MANY_SIZES,
        "blame = blame * np.where(sums[i] > 0, 1.0, LEAK)",
        "pass",
        "missing-hidden-derivative",
    ),
    "settings that are frozen, and training that yields": (
        SETTINGS_IN_AN_OBJECT,
        "delta.sum(axis=0)))",
        "np.ones(W.shape[1]) * delta.sum()))",
        "bias-gradient-scalar",
    ),
    "a trainer that owns the network": (
        OWNED_BY_A_TRAINER,
        "delta = errorSignal * layer.activation.derivative(layer.netInput)",
        "delta = errorSignal * layer.activation.derivative(np.tanh(layer.netInput))",
        "derivative-z-given-a",
    ),
    "data to test with that training wants": (
        TESTED_WHILE_TRAINING,
        "dh = delta @ self.W2.T * (self.h > 0)",
        "dh = delta @ self.W2.T",
        "missing-hidden-derivative",
    ),
    "rows that the constructor takes in columns": (
        MADE_WITH_COLUMNS,
        "dZ1 = self.W2.T @ dZ2 * (1 - self.A1 ** 2)",
        "dZ1 = self.W2.T @ dZ2 * self.A1 * (1 - self.A1)",
        "derivative-of-another-activation",
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_network_of_objects_is_recognised_as_right(style: str, tmp_path: Path) -> None:
    found = checked(STYLES[style][0], tmp_path)
    assert found.network is not None
    assert found.network.verdict == "ok"


@pytest.mark.parametrize("style", STYLES)
def test_a_mistake_in_a_network_of_objects_has_its_name(style: str, tmp_path: Path) -> None:
    source, right, mistaken, cause = STYLES[style]
    assert right in source
    found = checked(source.replace(right, mistaken), tmp_path)
    assert found.network is not None
    assert found.network.causes == (cause,)


def test_gradients_whose_norms_are_kept_small_have_no_wrong_size(tmp_path: Path) -> None:
    fixed = GRADIENTS_KEPT_SMALL.replace("norm > self.clip", "norm > 0.5")
    found = checked(fixed.replace("dW * self.clip / norm", "dW * 0.5 / norm"), tmp_path)
    assert found.network is not None
    assert found.network.verdict == "cannot tell", found.network.evidence


def checked(source: str, folder: Path) -> FileCheck:
    """What is found of this text as a file."""
    path = folder / "network.py"
    path.write_text(textwrap.dedent(source))
    return check(path, seconds=10)
