"""A trace says of one row what the tape says, whichever engine wrote it."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from helder import Architecture, MultilayerPerceptron
from helder.core import ACTIVATIONS, LOSSES, Hidden, Huber, Quantile
from helder.core.embedding import Embed
from helder.core.fronts import Periodic, Scale
from helder.core.losses import loss_named
from helder.engine import Batch, engine_named
from helder.engine.choosing import native_is_here
from helder.errors import ArgumentError, ShapeError
from helder.model.formulas import BENDS, bend, loss_formulas, slope_reads
from helder.model.formulas import LOSSES as WRITTEN
from helder.model.trace import trace, trace_of

FRONT = (Periodic(6, 2, waves=4), Embed(12, ((8, 10),), size=2), Scale(12))
EVERYTHING = Architecture(
    6,
    (
        Hidden(3, normalisation="batch", dropout=0.2),
        Hidden(2, parametric=True, normalisation="layer"),
    ),
    3,
    activation="mish",
    l2=0.1,
    front=FRONT,
)
PLAIN = Architecture(6, (3, 2), 3, activation="tanh")


def net_of(architecture, **how):
    """A network whose statistics and biases are no longer their first values."""
    net = MultilayerPerceptron(architecture, seed=1, **how)
    rng = np.random.default_rng(2)
    net.parameters.values += 0.1 * rng.normal(size=net.parameters.values.shape).astype(net.dtype)
    net.parameters.statistics += rng.uniform(0.1, 0.5, net.parameters.statistics.shape)
    return net


@pytest.fixture
def x():
    """One row of six inputs, (1, 6)."""
    return np.random.default_rng(3).normal(size=(1, 6)).astype(np.float32)


@pytest.mark.parametrize("architecture", [PLAIN, EVERYTHING], ids=["plain", "everything"])
@pytest.mark.parametrize("engine", ["numpy", *["native"] * native_is_here()])
def test_every_number_is_the_recorded_tapes(architecture, engine, x):
    net = net_of(architecture)
    found = trace(net, x, [1])
    y = np.array([[0, 1, 0]], np.float32)
    batch = Batch(x, y, np.ones((1, 1), np.float32))
    network = net.network.for_prediction()
    one = engine_named(engine).recorded(network, net.parameters, batch)
    loss = one.run()
    how = (net.parameters.thetas(), net.network.layers, y, loss, found.learning_rate)
    other = trace_of(one.tape, *how)
    compared = 0
    layers = zip(found.layers, other.layers, strict=True)
    numbers = [pair for a, b in layers for pair in zip(a.numbers, b.numbers, strict=True)]
    for mine, tapes in [*numbers, *zip(found.result, other.result, strict=True)]:
        assert mine.name == tapes.name
        assert mine.formula == tapes.formula
        if engine == "numpy":
            assert mine.values.tobytes() == tapes.values.tobytes(), mine.name
        else:
            np.testing.assert_allclose(mine.values, tapes.values, rtol=2e-4, atol=2e-6)
        compared += 1
    assert compared > 30


def test_the_prediction_is_the_networks_own(x):
    net = net_of(EVERYTHING)
    p = trace(net, x).result.named("p")
    np.testing.assert_allclose(p, net.predict_proba(x), rtol=1e-5)


def test_each_layer_takes_what_the_one_before_gives_and_gives_back_what_that_gets(x):
    found = trace(net_of(EVERYTHING), x, [2])
    for before, after in zip(found.layers[:-1], found.layers[1:], strict=True):
        given = before.numbers.of("forward")[-1].values
        np.testing.assert_array_equal(given, after.numbers.of("input")[0].values)
        back = after.numbers.of("backward")[-1].values
        np.testing.assert_array_equal(back, before.numbers.of("backward")[0].values)


def test_the_gradients_are_the_slopes_of_the_loss(x):
    net = net_of(EVERYTHING, dtype="float64")
    found = trace(net, x, [0])
    for place, layer in enumerate(found.layers):
        for name in layer.layer.parameters():
            array = getattr(net.parameters.thetas()[place], name)
            index, before, losses = (0,) * array.ndim, array.flat[0], []
            for step in (1e-5, -1e-5):
                array[index] = before + step
                losses.append(float(trace(net, x, [0]).result.named("loss")))
            array[index] = before
            slope = (losses[0] - losses[1]) / 2e-5
            assert layer[f"d{name}"][index] == pytest.approx(slope, rel=1e-5, abs=1e-9), name


def test_the_gradient_of_the_inputs_is_there_too(x):
    net = net_of(EVERYTHING, dtype="float64")
    dx = trace(net, x, [0]).layers[0]["dx"]
    moved = x.astype(float)
    losses = []
    for step in (1e-5, -1e-5):
        moved[0, 4] = float(x[0, 4]) + step
        losses.append(float(trace(net, moved, [0]).result.named("loss")))
    assert dx[0, 4] == pytest.approx((losses[0] - losses[1]) / 2e-5, rel=1e-4)


def test_the_update_is_plain_gradient_descent(x):
    found = trace(net_of(PLAIN), x, [1], learning_rate=0.5)
    for layer in found.dense:
        np.testing.assert_array_equal(layer["W_new"], layer["W"] - 0.5 * layer["dW"])
        np.testing.assert_array_equal(layer["b_new"], layer["b"] - 0.5 * layer["db"])


def test_without_a_target_there_is_only_the_way_forward(x):
    found = trace(net_of(PLAIN), x)
    roles = {number.role for layer in found.layers for number in layer.numbers}
    assert roles == {"input", "parameter", "forward"}
    assert [number.name for number in found.result] == ["p"]


def test_a_trace_does_not_change_with_the_network_nor_the_network_with_a_trace(x):
    net = net_of(PLAIN)
    before = net.parameters.values.copy()
    found = trace(net, x, [1])
    np.testing.assert_array_equal(net.parameters.values, before)
    W = found.layers[0]["W"].copy()
    net.parameters.values[...] = 0
    np.testing.assert_array_equal(found.layers[0]["W"], W)
    with pytest.raises(ValueError, match="read-only"):
        found.layers[0]["W"][0, 0] = 1


def test_what_cannot_be_traced_is_said(x):
    net = net_of(PLAIN)
    with pytest.raises(ArgumentError, match=r"no such member: got 2"):
        trace(net, x, member=2)
    with pytest.raises(ArgumentError, match="learning_rate"):
        trace(net, x, learning_rate=0)
    with pytest.raises(ShapeError, match="one row"):
        trace(net, np.vstack([x, x]))


# The text of a formula computes what the book computes.


def phi(z):
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


NAMES = {
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "max": max,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "Phi": lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))),
    "phi": phi,
}


def computed(text, names):
    """The value of a formula, with its `, t = ...` first."""
    formula, *where = re.split(r", (?=[a-z] = )", text)
    values = dict(names)
    for one in where:
        name, _, expression = one.partition(" = ")
        values[name] = eval(expression, {"__builtins__": {}}, values)
    return eval(formula, {"__builtins__": {}}, values)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("z", [-1.7, -0.3, 0.4, 2.1])
def test_the_formula_of_an_activation_is_the_activation(name, z):
    function, slope = bend(ACTIVATIONS[name])
    a = float(ACTIVATIONS[name].function(np.array(z)))
    assert computed(function, {**NAMES, "z": z}) == pytest.approx(a, rel=1e-4)
    expected = float(ACTIVATIONS[name].slope(np.array(z), np.array(a)))
    assert computed(slope, {**NAMES, "z": z, "a": a}) == pytest.approx(expected, rel=1e-4)


def test_every_activation_and_loss_of_the_book_is_written():
    assert set(BENDS) == set(ACTIVATIONS)
    assert set(WRITTEN) == set(LOSSES)


@pytest.mark.parametrize(
    "loss", [*(loss_named(name) for name in LOSSES), Huber(delta=0.3), Quantile(level=0.9)], ids=str
)
def test_the_formula_of_a_loss_is_the_loss(loss):
    z = np.array([[0.3, -0.8, 1.1]])
    y = np.array([[0.0, 1.0, 0.0]])
    names = {name: getattr(np, name) for name in ("exp", "log", "sum", "mean", "abs", "sign")}
    names |= {name: getattr(np, name) for name in ("clip", "maximum", "where")}
    settings = {name: getattr(loss, name) for name in ("delta", "level") if hasattr(loss, name)}
    names |= settings | {"z": z, "y": y, "n": 3}
    link, value, gradient = loss_formulas(loss)
    names["p"] = computed(link, names)
    np.testing.assert_allclose(names["p"], loss.link(z))
    np.testing.assert_allclose(computed(value, names), loss.value(z, y)[0, 0])
    np.testing.assert_allclose(computed(gradient, names), loss.gradient(z, y))


def test_what_the_slope_reads_is_known():
    layers = Architecture(2, (2,), 2, activation="sigmoid").layers
    assert slope_reads(layers[1]) == ("a",)
    layers = Architecture(2, (2,), 2, activation="gelu").layers
    assert slope_reads(layers[1]) == ("z",)
