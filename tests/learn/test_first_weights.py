"""First weights drawn by the rows: every sum begins with spread one, every bend among them."""

from __future__ import annotations

import numpy as np
import pytest

from helder import Architecture, Hidden
from helder.core import Network, Parameters
from helder.core.fronts import Periodic, Scale
from helder.core.layers import Dense
from helder.learn.first_weights import MOST_ROWS, draw_by_rows

ROWS = 200
ARCHITECTURES = {
    "linear": Architecture(6, (), 3),
    "bends": Architecture(6, (64, 32), 3, activation="selu"),
    "units that are silent": Architecture(6, (64, 32), 3, activation="relu", dropout=0.5),
    "normalised": Architecture(
        6, (Hidden(32, normalisation="layer"), 16), 3, normalisation="batch"
    ),
    "strong": Architecture(
        6, (32, 16), 3, "mish", parametric=True, parametrisation="ntk",
        front=(Periodic(6, 4, waves=5, size=2), Scale(14)),
    ),
}  # fmt: skip
each = pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=ARCHITECTURES)


def table(rows=ROWS, inputs=6):
    """Rows whose columns have sizes of their own."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(rows, inputs)) * [1e-3, 0.1, 1, 1, 10, 1e3][:inputs] + 5


def drawn(architecture, X, *, K=1, k=0, dtype=float, seed=1):
    """The network and its numbers, after network k was drawn again by these rows."""
    network = Network(architecture.layers, architecture.loss)
    streams = [np.random.default_rng(number) for number in range(K)]
    parameters = Parameters.initial(network.layers, streams, dtype)
    draw_by_rows(network, parameters, X.astype(dtype), k, np.random.default_rng(seed))
    return network, parameters


def sums(network, parameters, X):
    """What every dense layer sums up to on these rows, layer by layer, in prediction."""
    predicting = network.for_prediction()
    tape = predicting.tape(len(X), parameters.values.dtype)
    predicting.forward(X.astype(parameters.values.dtype), parameters.thetas(), tape)
    pages = zip(predicting.layers, tape.pages, strict=True)
    return [page.z for layer, page in pages if isinstance(layer, Dense)]


@each
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-9), ("float32", 1e-3)])
def test_every_sum_begins_with_spread_one(architecture, dtype, tolerance):
    X = table()
    for z in sums(*drawn(architecture, X, dtype=dtype), X):
        np.testing.assert_allclose(z.std(axis=0), 1, rtol=tolerance)


@each
def test_every_hidden_unit_bends_somewhere_among_the_rows_and_outputs_have_no_bias(architecture):
    X = table()
    network, parameters = drawn(architecture, X)
    *hidden, _ = sums(network, parameters, X)
    for z in hidden:
        assert (z.min(axis=0) < 0).all()
        assert (z.max(axis=0) > 0).all()
    assert not parameters.biases()[-1].any()
    assert all(b.any() for b in parameters.biases()[:-1])


@each
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_columns_and_tables_without_spread_give_no_infinity(architecture, dtype):
    some, same, nothing = table(), np.full((ROWS, 6), 7.0), np.zeros((ROWS, 6))
    some[:, [0, 3]] = 1e6, -2.0
    for X in (some, same, nothing, table(1)):
        network, parameters = drawn(architecture, X, dtype=dtype)
        assert np.isfinite(parameters.values).all()
        assert np.abs(parameters.values).max() < 1e6
        assert all(np.isfinite(z).all() for z in sums(network, parameters, X))


def test_a_unit_without_spread_has_weights_of_the_usual_size():
    _, parameters = drawn(Architecture(6, (500,), 2), np.zeros((ROWS, 6)))
    assert parameters.weights()[0].std() == pytest.approx(6**-0.5, rel=0.05)


def test_of_many_rows_some_are_enough():
    X = table(3 * MOST_ROWS)
    for z in sums(*drawn(ARCHITECTURES["strong"], X), X):
        np.testing.assert_allclose(z.std(axis=0), 1, rtol=0.1)


def test_the_same_stream_gives_the_same_weights_and_another_one_others():
    first, second, third = (
        drawn(ARCHITECTURES["strong"], table(), seed=seed)[1].values for seed in (1, 1, 2)
    )
    assert (first == second).all()
    assert (first != third).any()


def test_one_network_is_drawn_and_what_is_no_sum_stays_as_it_was():
    architecture = ARCHITECTURES["strong"]
    network, parameters = drawn(architecture, table(), K=3, k=1)
    before = Parameters.initial(
        network.layers, [np.random.default_rng(number) for number in range(3)], float
    )
    assert (parameters.values[[0, 2]] == before.values[[0, 2]]).all()
    for layer, now, then in zip(
        network.layers, parameters.thetas(1), before.thetas(1), strict=True
    ):
        for name in vars(now):
            same = (getattr(now, name) == getattr(then, name)).all()
            assert same != isinstance(layer, Dense) or (
                name == "b" and not getattr(now, name).any()
            )
