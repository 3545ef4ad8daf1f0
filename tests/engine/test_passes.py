"""A recorded pass leaves the book's own tape behind, whichever engine makes it."""

from __future__ import annotations

import numpy as np
import pytest

from helder import Activation, Architecture, Hidden
from helder.core import ACTIVATIONS, LOSSES, Network, Parameters
from helder.core.fronts import Periodic
from helder.core.normalisation import NORMALISATIONS
from helder.engine import Batch, NumpyEngine, engine_named
from helder.engine.choosing import native_is_here
from helder.errors import ArgumentError, ShapeError

modes = pytest.mark.parametrize("training", [True, False], ids=["training", "prediction"])
native = pytest.mark.skipif(not native_is_here(), reason="no compiler, so no native engine")


def arrays(tape):
    """Every array on a tape, by layer and name."""
    pairs = enumerate(zip(tape.layers, tape.pages, strict=True))
    found = {
        f"{place} {type(layer).__name__} {name}": array
        for place, (layer, page) in pairs
        for name, array in vars(page).items()
    }
    return found | {"gradients": tape.gradients.flat}


def assert_the_native_tape_is_the_book_s(one_pass, architecture, **how):
    book, made = (one_pass(architecture, engine_named(name), **how) for name in ("numpy", "native"))
    assert made.loss() == pytest.approx(book.loss(), rel=1e-12)
    expected, found = arrays(book.tape), arrays(made.tape)
    assert list(found) == list(expected)
    for name, array in expected.items():
        assert found[name].shape == array.shape
        assert found[name].dtype == array.dtype
        largest = np.abs(array).max()
        if name.endswith("Dense db"):  # before a batch normalisation it is rounding alone
            largest = max(largest, np.abs(expected[name.replace("db", "dz")]).max())
        assert np.abs(found[name] - array).max() <= 1e-12 * largest, name
    np.testing.assert_array_equal(made.parameters.values, book.parameters.values)
    statistics = made.parameters.statistics, book.parameters.statistics
    np.testing.assert_allclose(*statistics, rtol=1e-12, atol=1e-15)


@native
@modes
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_every_layer_and_activation_fills_the_tape_as_the_book_does(
    activation, normalisation, training, one_pass
):
    architecture = Architecture(
        5, (7, 4), 3, activation, dropout=0.4, normalisation=normalisation, l1=0.01, l2=0.1
    )
    assert_the_native_tape_is_the_book_s(one_pass, architecture, rows=20, training=training)


@native
@modes
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", [(), (6,)])
def test_every_loss_fills_the_tape_as_the_book_does(loss, hidden, training, one_pass):
    architecture = Architecture(5, hidden, 3, "tanh", output=loss)
    assert_the_native_tape_is_the_book_s(one_pass, architecture, rows=20, training=training)


@native
def test_a_formula_of_your_own_is_recorded_too(one_pass):
    bump = Activation("bump", lambda z: np.exp(-z * z), lambda z, a: -2 * z * a)
    architecture = Architecture(5, (Hidden(6, activation=bump), 4), 3)
    assert_the_native_tape_is_the_book_s(one_pass, architecture, rows=300)


@native
@pytest.mark.parametrize("numeric", [1, 2])
def test_waves_fill_the_tape_as_the_book_does_of_a_single_number_too(numeric, one_pass):
    front = (Periodic(3, numeric, waves=4, size=2),)
    assert_the_native_tape_is_the_book_s(one_pass, Architecture(3, (4,), 2, front=front), rows=20)


def test_the_tape_reads_as_the_book_s(engine, one_pass):
    made = one_pass(Architecture(5, (7, 4), 3, "tanh", dropout=0.2), engine, rows=20)
    made.loss()
    activations, zs = made.tape
    assert [a.shape for a in activations] == [(20, 5), (20, 7), (20, 4), (20, 3)]
    assert [z.shape for z in zs] == [(20, 7), (20, 4), (20, 3)]
    assert made.tape.rows == 20
    np.testing.assert_array_equal(activations[0], made.X)
    np.testing.assert_allclose(activations[-1].sum(axis=1), 1)
    dW = [page.dW for page in made.tape.pages if hasattr(page, "dW")]
    for found, expected in zip(made.tape.gradients.weights, dW, strict=True):
        assert np.shares_memory(found, expected)


def objective_of(made, engine, k=0):
    """The objective of the rows and masks of a pass."""
    batch = Batch(made.X, made.y, made.share)
    objective = engine.objective(made.network, made.parameters, batch, k)
    for mine, theirs in zip(objective.masks, made.tape.masks, strict=True):
        assert mine[:2] == theirs[:2]
        mine[2][...] = theirs[2]
    return objective


@modes
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_an_objective_has_the_loss_and_gradient_of_the_recorded_pass(
    activation, normalisation, training, engine, one_pass
):
    architecture = Architecture(
        5, (7, 4), 3, activation, dropout=0.4, normalisation=normalisation, l2=0.1
    )
    made = one_pass(architecture, engine, rows=20, training=training)
    objective = objective_of(made, engine)
    assert objective.run() == pytest.approx(made.loss(), rel=1e-13)
    recorded = made.tape.gradients.flat
    assert np.abs(objective.gradient - recorded).max() <= 1e-13 * np.abs(recorded).max()


def test_a_run_sees_the_parameters_rows_and_masks_of_that_moment(engine, one_pass):
    made = one_pass(Architecture(5, (7,), 3, "tanh", dropout=0.4), engine, rows=20)
    objective = objective_of(made, engine)
    for change in (made.parameters.values, made.X, made.y, made.share, objective.masks[0][2]):
        before, gradient = objective.run(), objective.gradient.copy()
        change *= 1.01
        assert objective.run() != before
        assert not np.array_equal(objective.gradient, gradient)


def test_each_network_of_many_has_its_own_pass(engine, one_pass):
    made = one_pass(Architecture(5, (7,), 3, normalisation="batch"), engine, rows=20)
    many = Parameters.zeros(made.network.layers, 3, float)
    many.values[...] = np.random.default_rng(0).normal(size=many.values.shape)
    for k in range(3):
        alone = Parameters(many.layers, many.values[k : k + 1], many.statistics[k : k + 1].copy())
        batch = Batch(made.X, made.y, made.share)
        one = engine.objective(made.network, alone, batch)
        assert engine.objective(made.network, many, batch, k).run() == one.run()
        np.testing.assert_array_equal(many.statistics[k], alone.statistics[0])


def test_in_float32_every_array_is_float32(engine):
    architecture = Architecture(5, (7,), 3, normalisation="batch", dropout=0.3)
    network = Network(architecture.layers, architecture.loss)
    parameters = Parameters.initial(network.layers, [np.random.default_rng(0)], np.float32)
    X = np.random.default_rng(1).normal(size=(20, 5)).astype(np.float32)
    y, share = np.eye(3, dtype=np.float32)[np.arange(20) % 3], np.full((20, 1), 0.05, np.float32)
    recorded = engine.recorded(network, parameters, Batch(X, y, share))
    recorded.masks[0][2][...] = 1
    assert np.isfinite(recorded.run())
    assert {array.dtype for array in arrays(recorded.tape).values()} == {np.dtype(np.float32)}


def test_rows_that_do_not_lie_in_one_piece_or_may_not_be_written_serve_as_well(engine, one_pass):
    made = one_pass(Architecture(5, (7,), 3), engine, rows=20)
    X = np.asfortranarray(made.X)
    X.flags.writeable = False
    batch = Batch(X, made.y[::-1][::-1], made.share)
    objective = engine.objective(made.network, made.parameters, batch)
    assert objective.run() == pytest.approx(made.loss(), rel=1e-13)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda X, y, share: (X[:, :4], y, share), "X does not fit"),
        (lambda X, y, share: (X, y[:10], share), "y does not fit"),
        (lambda X, y, share: (X, y, share[:, 0]), "share does not fit"),
        (lambda X, y, share: (X[:0], y[:0], share[:0]), "X does not fit"),
    ],
)
def test_a_batch_that_does_not_fit_is_named(change, says, engine, one_pass):
    made = one_pass(Architecture(5, (7,), 3), rows=20)
    batch = Batch(*change(made.X, made.y, made.share))
    for ask in (engine.objective, engine.recorded):
        with pytest.raises(ShapeError, match=says):
            ask(made.network, made.parameters, batch)


@native
def test_what_a_program_cannot_say_is_named():
    sinc = Activation("sinc", lambda z: np.sinc(z), lambda z, a: np.cos(z))
    architecture = Architecture(2, (3,), 2, activation=sinc)
    network = Network(architecture.layers, architecture.loss)
    parameters = Parameters.zeros(network.layers, 1, float)
    batch = Batch(np.ones((4, 2)), np.eye(2)[[0, 1, 0, 1]], np.full((4, 1), 0.25))
    assert NumpyEngine().objective(network, parameters, batch).run() > 0
    with pytest.raises(ArgumentError, match="got 'sinc'"):
        engine_named("native").objective(network, parameters, batch)
