"""Prediction: p from the engine, and a predictor that is ready for one row at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from helder import Activation, Architecture, MultilayerPerceptron
from helder.core import LOSSES, Network, Parameters
from helder.engine import engine_named
from helder.engine.choosing import native_is_here
from helder.errors import ArgumentError, HelderError, ShapeError

ENGINES = ("numpy", "native") if native_is_here() else ("numpy",)
OUTPUTS = {"softmax": 3, "sigmoid": 2, "linear": 1, "exp": 2}

needs_native = pytest.mark.skipif(not native_is_here(), reason="no native engine")
with_each_engine = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def network(engine, output="softmax", *, networks=1, dtype="float32", **how):
    """A network of four inputs, or several, with numbers of its own in every layer."""
    asked = {"normalisation": "batch", "dropout": 0.2, "activation": "gelu", **how}
    outputs = OUTPUTS.get(output, 1) if isinstance(output, str) else 3
    architecture = Architecture(4, (9, 8), outputs, output=output, **asked)
    streams = [np.random.default_rng(k) for k in range(networks)]
    parameters = Parameters.initial(architecture.layers, streams, dtype)
    parameters.values += np.float32(0.1)  # no bias stays at zero
    return MultilayerPerceptron(architecture, dtype=dtype, engine=engine, parameters=parameters)


def table_of(net, X):
    """What the network says of many rows, (N, n_out)."""
    if net.network.loss.link_name in ("softmax", "sigmoid"):
        return net.predict_proba(X)
    return np.reshape(net.predict(X), (len(X), -1))


def assert_row_by_row(net, X):
    """The predictor says of each row what the network says of the table."""
    predictor, table = net.predictor(), table_of(net, X)
    rows = np.stack([predictor(row) for row in X])
    assert rows.dtype == table.dtype == net.dtype
    if net.engine.name == "native":
        np.testing.assert_array_equal(rows, table)
    else:  # BLAS takes one row in another order than many
        digits = 1e-5 if net.dtype == np.float32 else 1e-12
        np.testing.assert_allclose(rows, table, rtol=digits, atol=digits)


@with_each_engine
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_row_is_predicted_as_in_its_table(engine, output, dtype, rng):
    assert_row_by_row(network(engine, output, dtype=dtype), rng.normal(size=(300, 4)).astype(dtype))


@with_each_engine
@pytest.mark.parametrize("output", ["softmax", "linear"])
def test_several_networks_predict_a_row_with_their_mean(engine, output, rng):
    net, X = network(engine, output, networks=11), rng.normal(size=(40, 4)).astype(np.float32)
    assert_row_by_row(net, X)
    one_by_one = [
        net.network.loss.link(net.engine.outputs(net.network, net.parameters, X, k))
        for k in range(11)
    ]
    np.testing.assert_allclose(table_of(net, X), np.mean(one_by_one, axis=0), rtol=1e-5)


@needs_native
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_link_of_every_loss_runs_natively(loss, dtype, rng):
    net = network("numpy", LOSSES[loss](), dtype=dtype, normalisation="layer")
    X = 10 * rng.normal(size=(700, 4)).astype(dtype)
    asked = net.network, net.parameters, X
    book = engine_named("numpy").predictions(*asked)
    digits = 1e-4 if dtype == "float32" else 1e-12
    got = engine_named("native").predictions(*asked)
    np.testing.assert_allclose(got, book, rtol=digits, atol=digits)
    z = engine_named("native").outputs(*asked)
    np.testing.assert_allclose(got, net.network.loss.link(z), rtol=digits, atol=digits)


@with_each_engine
def test_no_rows_have_no_predictions(engine):
    net = network(engine)
    assert net.predict_proba(np.zeros((0, 4))).shape == (0, 3)
    assert net.predict(np.zeros((0, 4))).shape == (0,)


@with_each_engine
def test_a_predictor_follows_training(engine, rng):
    net, X = network(engine), rng.normal(size=(60, 4))
    predictor, row = net.predictor(), X[0].astype(np.float32)
    before = predictor(row)
    for optimizer in ("adam", "lbfgs"):
        y = rng.integers(0, 3, 60)
        net = net if optimizer == "adam" else network(engine, dropout=0.0)
        predictor = predictor if optimizer == "adam" else net.predictor()
        net.train(X, y, epochs=3, optimizer=optimizer, X_val=X[:20], y_val=y[:20])
        assert not np.array_equal(predictor(row), before)
        np.testing.assert_allclose(predictor(row), net.predict_proba(row[None])[0], rtol=1e-5)
    net.weights[0][...] = 0
    np.testing.assert_allclose(predictor(row), net.predict_proba(row[None])[0], rtol=1e-5)


@with_each_engine
def test_what_a_predictor_gave_stays_as_it_is(engine, rng):
    predictor, X = network(engine, "linear").predictor(), rng.normal(size=(2, 4))
    first = predictor(X[0])
    kept = first.copy()
    predictor(X[1])
    np.testing.assert_array_equal(first, kept)


@with_each_engine
def test_a_row_may_be_a_list_integers_or_every_other_number(engine):
    predictor = network(engine).predictor()
    expected = predictor(np.array([1, 2, 3, 4], np.float32))
    apart = np.arange(1, 5, 0.5, np.float32)[::2]
    for row in ([1, 2, 3, 4], (1.0, 2.0, 3.0, 4.0), np.arange(1, 5), apart):
        np.testing.assert_array_equal(predictor(row), expected)


@with_each_engine
@pytest.mark.parametrize("shape", [(), (3,), (5,), (1, 4), (2, 4), (0,)])
def test_a_row_of_another_length_is_told_what_is_expected(engine, shape):
    with pytest.raises(ShapeError, match=r"4 inputs: got .*\nAccepted: \(4,\)"):
        network(engine).predictor()(np.zeros(shape))


@with_each_engine
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_a_row_with_no_finite_number_is_refused_with_its_column(engine, bad):
    net = network(engine)
    with pytest.raises(ArgumentError, match=r"the row .* in column 3"):
        net.predictor()([0.0, 0.0, bad, 0.0])
    with pytest.raises(ArgumentError, match=r"X .* in row 2, column 3"):
        net.predict_proba([[0.0] * 4, [0.0, 0.0, bad, 0.0]])


@with_each_engine
@pytest.mark.parametrize(
    "row", [["a", "b", "c", "d"], ["1", "2", "3", "4"], [None] * 4, [[1], [2, 3]]]
)
def test_a_row_that_holds_no_numbers_is_refused(engine, row):
    with pytest.raises(HelderError, match="the row"):
        network(engine).predictor()(row)


@with_each_engine
def test_many_threads_predict_with_one_network_and_one_predictor(engine, rng):
    net, X = network(engine), rng.normal(size=(200, 4)).astype(np.float32)
    predictor, together = net.predictor(), threading.Barrier(4)
    expected = np.stack([predictor(row) for row in X])
    table = net.predict_proba(X)

    def work(_):
        together.wait()
        rows = np.stack([predictor(row) for row in X])
        return rows, [net.predict_proba(X) for _ in range(5)]

    with ThreadPoolExecutor(4) as pool:
        for rows, tables in pool.map(work, range(4)):
            np.testing.assert_array_equal(rows, expected)
            for one in tables:
                np.testing.assert_array_equal(one, table)


class Squared:
    """What losses of somebody's own have in common here."""

    link_name: ClassVar[str] = "linear"

    def target(self, y, outputs):
        return np.asarray(y, float).reshape(-1, outputs)

    def value(self, z, y):
        return np.sum((z - y) * (z - y), axis=1, keepdims=True)

    def gradient(self, z, y):
        return 2 * (z - y)


@dataclass(frozen=True)
class Rounded(Squared):
    """A loss of somebody's own, with a link that no program can say."""

    name: ClassVar[str] = "rounded"

    def link(self, z):
        return np.round(z)


@needs_native
def test_a_link_that_no_program_can_say_is_named_with_the_vocabulary_and_the_way_out(rng):
    X, net = rng.normal(size=(20, 4)), network("native", Rounded())
    asked = (
        lambda: net.predict(X),
        net.predictor,
        lambda: net.train(X, rng.normal(size=(20, 3)), epochs=1),  # before an hour is spent
    )
    for ask in asked:
        with pytest.raises(ArgumentError, match="got 'round") as error:
            ask()
        assert "log1p" in str(error.value)
        assert 'engine="numpy"' in str(error.value)
    assert_row_by_row(network("numpy", Rounded(), normalisation="none"), X.astype(np.float32))


@dataclass(frozen=True)
class Stairs(Squared):
    """A loss of somebody's own, whose link gives other columns than z has."""

    name: ClassVar[str] = "stairs"

    def link(self, z):
        return np.sum(np.exp(z), axis=1, keepdims=True)


@with_each_engine
def test_a_link_may_give_other_columns_than_z_has(engine, rng):
    net, X = network(engine, Stairs()), rng.normal(size=(300, 4)).astype(np.float32)
    assert net.predict(X).shape == (300,)
    assert net.predictor()(X[0]).shape == (1,)
    assert_row_by_row(net, X)


@needs_native
def test_a_link_that_looks_at_other_rows_is_refused():
    @dataclass(frozen=True)
    class Sums(Squared):
        name: ClassVar[str] = "sums"

        def link(self, z):
            return np.sum(z, axis=0, keepdims=True)

    with pytest.raises(ArgumentError, match="each row of z"):
        network("native", Sums()).predict(np.zeros((3, 4)))


@needs_native
def test_a_prediction_that_asks_for_the_number_of_rows_is_refused():
    halved = Activation("halved", lambda z: z / z.shape[0], lambda z, a: 0 * z + 1 / z.shape[0])
    with pytest.raises(ArgumentError, match="whatever rows"):
        network("native", activation=halved).predict(np.zeros((3, 4)))


@dataclass
class Warm(Squared):
    """A loss of somebody's own that can change, so that it has no hash."""

    heat: float = 1.0
    name: ClassVar[str] = "warm"

    def link(self, z):
        return self.heat * z


@with_each_engine
def test_a_loss_that_has_no_hash_trains(engine, rng):
    X, y = rng.normal(size=(30, 4)), rng.normal(size=(30, 3))
    for optimizer in ("adam", "lbfgs"):
        net = network(engine, Warm(), dropout=0.0, normalisation="none")
        history = net.train(X, y, epochs=5, optimizer=optimizer, X_val=X, y_val=y)
        assert history.losses[-1] < history.losses[0]


@with_each_engine
def test_a_loss_that_has_no_hash_predicts_as_it_is_now(engine, rng):
    warm = Warm()
    with pytest.raises(TypeError):
        hash(warm)
    net, X = network(engine, warm), rng.normal(size=(30, 4)).astype(np.float32)
    net.train(X, rng.normal(size=(30, 3)), epochs=1)
    before = net.predict(X)
    warm.heat = 3.0
    np.testing.assert_allclose(net.predict(X), 3 * before, rtol=1e-5, atol=1e-6)
    assert_row_by_row(net, X)


@needs_native
def test_equal_networks_share_what_was_compiled_and_hold_on_to_no_weights():
    from helder.engine.native_prediction import predictions_of

    made = [network("native", dtype="float64") for _ in range(2)]
    for net in made:
        net.predict(np.ones((2, 4)))
    shared = [
        predictions_of(Network(net.architecture.layers, net.network.loss), net.dtype)
        for net in made
    ]
    assert shared[0] is shared[1]
    sizes = [len(spaces[shared[0].theta]) for spaces in shared[0].free]
    assert 0 in sizes
