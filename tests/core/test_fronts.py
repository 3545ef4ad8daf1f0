"""Layers in front of the first sum: their formulas in plain loops, and the rates they learn at."""

from __future__ import annotations

from math import cos, pi

import numpy as np
import pytest

from helder import Architecture, Hidden
from helder.core import Network, Parameters
from helder.core.embedding import Embed
from helder.core.fronts import FRONTS, Periodic, Scale
from helder.core.network import shares
from helder.engine import Batch, Task
from helder.engine.task import own_rates
from helder.learn import SGD, Adam, AdamW

ROWS = 5


def output_of(layer, one_pass, engine):
    """What comes in, what goes out, and the numbers of a layer alone in front of a linear model."""
    made = one_pass(Architecture(layer.n_in, (), 2, front=[layer]), engine, rows=ROWS)
    made.loss()
    return made.X, made.tape.pages[0].a, made.thetas[0]


def test_a_scale_multiplies_each_input_by_a_number_of_its_own(one_pass, engine):
    x, a, theta = output_of(Scale(3), one_pass, engine)
    for row in range(ROWS):
        for i in range(3):
            assert a[row, i] == x[row, i] * theta.s[0, i]


def test_periodic_sums_the_waves_of_each_number_up_and_keeps_the_inputs(one_pass, engine):
    n, h, d, inputs = 2, 4, 3, 5
    x, a, theta = output_of(Periodic(inputs, n, waves=h, size=d), one_pass, engine)
    assert a.shape == (ROWS, n * d + inputs)
    for row in range(ROWS):
        for i in range(n):
            waves = [cos(x[row, i] * theta.w[i, 0, k] + theta.b[0, i * h + k]) for k in range(h)]
            for j in range(d):
                e = sum(waves[k] * theta.V[i, k, j] for k in range(h)) + theta.c[0, i * d + j]
                assert a[row, i * d + j] == pytest.approx(e, rel=1e-12, abs=1e-12)
        assert (a[row, n * d :] == x[row]).all()


def test_embed_sums_the_places_of_each_block_up_and_puts_all_other_inputs_first(one_pass, engine):
    x, a, theta = output_of(Embed(7, ((1, 3), (4, 7)), 2), one_pass, engine)
    assert a.shape == (ROWS, 2 + 2 * 2)
    for row in range(ROWS):
        assert (a[row, :2] == x[row, [0, 3]]).all()
        for j in range(2):
            first = sum(x[row, 1 + code] * theta.V[j, code] for code in range(2))
            second = sum(x[row, 4 + code] * theta.V[j, 2 + code] for code in range(3))
            assert a[row, [2 + j, 4 + j]] == pytest.approx([first, second], rel=1e-12, abs=1e-12)


def test_places_begin_apart_and_move_as_fast_as_weights():
    layer = Embed(600, ((0, 500),), 8)
    assert layer.initial(np.random.default_rng(0))["V"].std() == pytest.approx(1, rel=0.05)
    assert (layer.rates(), layer.decays()) == ({"V": 1.0}, {"V": 1.0})


def test_a_scale_begins_as_nothing_at_all():
    assert (Scale(4).initial(np.random.default_rng(0))["s"] == 1).all()


def test_waves_begin_with_sigma_cycles_per_unit_and_any_phase():
    drawn = Periodic(50, 50, waves=40, size=3, sigma=0.3).initial(np.random.default_rng(0))
    assert drawn["w"].std() == pytest.approx(2 * pi * 0.3, rel=0.05)
    assert abs(drawn["w"].mean()) < 0.1
    assert np.abs(drawn["b"]).max() <= pi
    assert drawn["b"].std() == pytest.approx(2 * pi / 12**0.5, rel=0.05)
    for name in ("V", "c"):
        assert np.abs(drawn[name]).max() <= 40**-0.5


@pytest.mark.parametrize("name", FRONTS)
def test_what_goes_out_is_what_the_next_layer_takes(name, front):
    layer = front(name, 4)
    assert layer.record(ROWS)["a"] == (ROWS, layer.n_out)
    shapes = {key: value.shape for key, value in layer.initial(np.random.default_rng(0)).items()}
    assert shapes == layer.parameters()
    assert Architecture(4, (3,), 2, front=[layer]).layers[1].n_in == layer.n_out


WAVES = Periodic(4, 3, waves=2, size=1)
STRONG = Architecture(
    4, (Hidden(9, parametric=True),), 3, parametrisation="ntk", front=(WAVES, Scale(7))
)
# What RealMLP says of each block; w is in radians here and in cycles there.
RATES = {
    "0 w": 0.2 * pi, "0 b": 0.1, "0 V": 0.1, "0 c": 0.1,
    "1 s": 6.0,
    "2 W": 7**-0.5, "2 b": 0.1, "3 alpha": 0.1,
    "4 W": 9**-0.5, "4 b": 0.1,
}  # fmt: skip


def blocks(network, numbers):
    """Each array's part of some numbers (P,), by its layer and name."""
    thetas = Parameters(network.layers, numbers[None], np.zeros((1, 0))).thetas()
    named = [
        (f"{place} {name}", theta) for place, theta in enumerate(thetas) for name in vars(theta)
    ]
    return {name: getattr(theta, name.split()[1]) for name, theta in named}


def test_every_block_has_a_rate_of_its_own():
    network = Network(STRONG.layers, STRONG.loss)
    found = blocks(network, own_rates(network))
    assert {name: pytest.approx(rate) for name, rate in RATES.items()} == {
        name: array.ravel()[0] for name, array in found.items()
    }
    assert all((array == array.ravel()[0]).all() for array in found.values())
    plain = Architecture(4, (9,), 3)
    assert own_rates(Network(plain.layers, plain.loss)) is None


UNIT = 0.001  # the learning rate


def task_of(optimizer):
    """A network of random numbers, and some rows to learn from at once."""
    network, rng = Network(STRONG.layers, STRONG.loss), np.random.default_rng(0)
    parameters = Parameters.zeros(network.layers, 1, float)
    parameters.values[...] = rng.normal(0, 0.5, parameters.values.shape)
    X, y = rng.normal(size=(20, 4)), np.eye(3)[rng.integers(3, size=20)]
    return Task(network, parameters, X, y, np.ones(20), optimizer, 20)


def moved(engine, optimizer):
    """How far one update moves each parameter, (P,)."""
    task = task_of(optimizer)
    before = task.parameters.values[0].copy()
    engine.trainers([task])[0].epochs(0, np.full((1, 1), UNIT))
    return task.parameters.values[0] - before


def test_an_update_moves_each_block_at_its_rate(engine):
    task = task_of(SGD())
    passed = engine.objective(
        task.network, task.parameters, Batch(task.X, task.y, shares(task.weights))
    )
    passed.run()
    expected, found = (
        blocks(task.network, passed.gradient),
        blocks(task.network, moved(engine, SGD())),
    )
    for name, rate in RATES.items():
        np.testing.assert_allclose(
            found[name], -UNIT * rate * expected[name], rtol=1e-9, atol=1e-15
        )


def test_weights_waves_scales_and_bends_shrink_each_at_its_own_strength(engine):
    task = task_of(Adam())
    shrunk = moved(engine, AdamW(0.5)) - moved(engine, Adam())
    theta, found = blocks(task.network, task.parameters.values[0]), blocks(task.network, shrunk)
    strength = {"0 w": 0.1, "0 V": 0.1, "1 s": 6.0, "2 W": 1.0, "3 alpha": 0.1, "4 W": 1.0}
    for name, array in found.items():
        expected = -UNIT * 0.5 * strength.get(name, 0.0) * theta[name]
        np.testing.assert_allclose(array, expected, rtol=1e-9, atol=1e-15)
