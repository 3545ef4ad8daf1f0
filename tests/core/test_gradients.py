"""Backpropagation against central differences: every entry, in every pairing, in every engine.

Whole networks with two hidden layers, in float64, with weighted rows and a mask that stays; the
gradient of the inputs is among the arrays.
"""

from __future__ import annotations

import itertools

import pytest

from helder import Architecture, Hidden
from helder.core import ACTIVATIONS, LOSSES
from helder.core.embedding import Embed
from helder.core.fronts import FRONTS, Periodic, Scale
from helder.glass.gradients import compare, slopes_of

EVERY = 1000  # entries: more than any array has here

modes = pytest.mark.parametrize("training", [True, False], ids=["training", "prediction"])


def check(made):
    slopes = lambda: slopes_of(made.network, made.y, made.thetas, made.tape)  # noqa: E731
    found = compare(made.loss, made.gradients(), slopes, coordinates=EVERY)
    assert found.verdict == "ok", found


@modes
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_with_every_loss(activation, loss, training, one_pass, engine):
    hidden = Hidden(4, normalisation="batch"), Hidden(3, dropout=0.4)
    architecture = Architecture(3, hidden, 3, activation=activation, output=loss, l2=0.02)
    check(one_pass(architecture, engine, training=training))


@modes
@pytest.mark.parametrize(
    ("normalisation", "dropout", "l1", "l2"),
    list(itertools.product(["none", "batch", "layer"], [0.0, 0.4], [0.0, 0.03], [0.0, 0.05])),
)
def test_every_normalisation_dropout_and_penalty(
    normalisation, dropout, l1, l2, training, one_pass, engine
):
    architecture = Architecture(
        3,
        (5, 4),
        3,
        activation="tanh",
        normalisation=normalisation,
        dropout=dropout,
        l1=l1,
        l2=l2,
    )
    check(one_pass(architecture, engine, training=training))


@modes
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("normalisation", ["none", "batch", "layer"])
def test_every_normalisation_with_every_loss(normalisation, loss, training, one_pass, engine):
    architecture = Architecture(
        2, (4,), 2, activation="gelu", output=loss, normalisation=normalisation, dropout=0.4
    )
    check(one_pass(architecture, engine, training=training))


@modes
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalisation", ["batch", "layer"])
def test_every_normalisation_with_every_activation(
    normalisation, activation, training, one_pass, engine
):
    architecture = Architecture(2, (4, 3), 2, activation=activation, normalisation=normalisation)
    check(one_pass(architecture, engine, training=training))


@modes
@pytest.mark.parametrize("name", FRONTS)
@pytest.mark.parametrize("hidden", [(), (4,)])
def test_every_layer_in_front(hidden, name, training, one_pass, engine, front):
    architecture = Architecture(3, hidden, 2, activation="tanh", front=[front(name, 3)])
    check(one_pass(architecture, engine, training=training))


@pytest.mark.parametrize(
    "chain",
    [
        (Periodic(3, 3, waves=1, size=1),),
        (Periodic(3, 1, waves=5, size=1),),
        (Periodic(3, 2, waves=2, size=3), Scale(9)),
        (Scale(3), Periodic(3, 2, waves=2, size=1), Scale(5)),
        (Periodic(3, 3, waves=2, size=1), Periodic(6, 2, waves=3, size=2)),
        (Embed(3, ((0, 3),), 2),),
        (Embed(3, ((1, 2), (2, 3)), 1), Periodic(3, 1, waves=2, size=1), Scale(4)),
        (Scale(3), Embed(3, ((0, 2),), 4), Embed(5, ((0, 1), (3, 5)), 2)),
    ],
)
def test_layers_in_front_of_each_other(chain, one_pass, engine):
    check(one_pass(Architecture(3, (4,), 2, activation="elu", front=chain), engine))


@modes
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_of_which_units_learn_how_much_they_take(
    activation, training, one_pass, engine
):
    hidden = Hidden(4, normalisation="batch"), Hidden(3, dropout=0.4)
    architecture = Architecture(
        3, hidden, 2, activation=activation, parametric=True, parametrisation="ntk"
    )
    check(one_pass(architecture, engine, training=training))


@pytest.mark.parametrize("loss", LOSSES)
def test_the_linear_model_with_every_loss(loss, one_pass, engine):
    check(one_pass(Architecture(4, (), 3, output=loss, l1=0.01, l2=0.02), engine))


@pytest.mark.parametrize("loss", [name for name in LOSSES if name != "categorical_cross_entropy"])
def test_a_single_output_with_every_loss(loss, one_pass, engine):
    check(one_pass(Architecture(3, (4,), 1, activation="elu", output=loss), engine))


def test_a_dropped_unit_gets_no_gradient(one_pass, engine):
    made = one_pass(Architecture(3, (6,), 2, activation="tanh", dropout=0.4), engine, rows=1)
    ((_, _, mask),) = made.tape.masks
    silent = mask[0] == 0
    assert silent.any()
    assert not silent.all()
    dW, db = made.gradients()["0 Dense W"][1], made.gradients()["0 Dense b"][1]
    assert not dW[:, silent].any()
    assert not db[:, silent].any()
    assert dW[:, ~silent].all()
