"""Forward writes the tape, backward reads it; prediction leaves all that is shared alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from helder import Architecture, Hidden, MultilayerPerceptron, softmax
from helder.errors import ArgumentError, ShapeError

EVERYTHING = Architecture(
    4, (Hidden(8, normalisation="batch"), Hidden(6, normalisation="layer", dropout=0.3)), 3
)
PLAIN = Architecture(4, (8, 6), 3, activation="tanh", l2=0.01)


@pytest.fixture
def X(rng):  # noqa: N802
    return rng.normal(size=(10, 4))


@pytest.fixture
def y(rng):
    return rng.integers(3, size=10)


def double(architecture, seed=0):
    return MultilayerPerceptron(architecture, seed=seed, dtype=np.float64)


def test_the_tape_unpacks_as_the_lists_of_a_lecture(X):
    net = double(PLAIN)
    activations, zs = net.forward(X)
    assert activations[0] is X
    assert [a.shape for a in activations] == [(10, 4), (10, 8), (10, 6), (10, 3)]
    assert [z.shape for z in zs] == [(10, 8), (10, 6), (10, 3)]
    for layer, (W, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        np.testing.assert_array_equal(zs[layer], activations[layer] @ W + b)
    for layer in (0, 1):
        np.testing.assert_array_equal(activations[layer + 1], np.tanh(zs[layer]))
    np.testing.assert_array_equal(activations[-1], softmax(zs[-1]))


def test_the_linear_model_has_the_input_the_output_and_one_z(X):
    net = double(Architecture(4, (), 2, output="linear"))
    activations, zs = net.forward(X)
    assert activations[0] is X
    np.testing.assert_array_equal(zs[0], X @ net.weights[0])
    np.testing.assert_array_equal(activations[1], zs[0])
    assert (len(activations), len(zs)) == (2, 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("hidden", [(), (5,), (8, 6)])
def test_two_lists_and_the_tape_give_the_same_gradients_bit_for_bit(hidden, dtype, X, y):
    net = MultilayerPerceptron(Architecture(4, hidden, 3, l1=0.01), dtype=dtype)
    tape = net.forward(X)
    activations, zs = tape
    from_tape = net.backpropagation(tape, y)
    from_lists = net.backpropagation(activations, zs, y)
    assert from_tape.flat.tobytes() == from_lists.flat.tobytes()
    assert [dW.shape for dW in from_tape.weights] == [W.shape for W in net.weights]
    assert [db.shape for db in from_tape.biases] == [b.shape for b in net.biases]


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        (Hidden(5, dropout=0.5), "Dropout"),
        (Hidden(5, normalisation="batch"), "BatchNorm"),
        (Hidden(5, normalisation="layer"), "LayerNorm"),
    ],
)
def test_where_two_lists_do_not_suffice_the_error_says_why(layer, kind, X, y):
    net = double(Architecture(4, (layer,), 3))
    activations, zs = net.forward(X)
    with pytest.raises(ArgumentError, match=f"two lists do not hold .*: got '{kind}'") as error:
        net.backpropagation(activations, zs, y)
    assert "backpropagation(net.forward(X), y)" in str(error.value)
    assert np.isfinite(net.backpropagation(net.forward(X), y).flat).all()


def test_lists_of_the_wrong_length_are_said(X, y):
    net = double(PLAIN)
    activations, zs = net.forward(X)
    with pytest.raises(ShapeError, match=r"4 activations and 3 zs: got \(3, 3\)"):
        net.backpropagation(activations[:-1], zs, y)
    with pytest.raises(ArgumentError, match=r"backpropagation\(activations, zs, y\)"):
        net.backpropagation(activations, zs)


def test_the_gradient_of_the_output_is_p_minus_y(X, y):
    net = double(PLAIN)
    tape = net.forward(X)
    db = net.backpropagation(tape, y).biases[-1]
    np.testing.assert_allclose(db[0], (tape.p - np.eye(3)[y]).mean(axis=0), rtol=1e-12)


def test_gradients_stay_what_they_are_when_the_tape_is_used_again(X, y):
    net = double(PLAIN)
    tape = net.forward(X)
    first = net.backpropagation(tape, y)
    before = first.flat.copy()
    net.backpropagation(tape, (y + 1) % 3)
    np.testing.assert_array_equal(first.flat, before)


def test_a_batch_given_twice_has_the_same_mean_gradients_and_loss(X, y):
    net = double(PLAIN)
    once, twice = net.forward(X), net.forward(np.tile(X, (2, 1)))
    y2 = np.tile(y, 2)
    assert net.loss(once, y) == pytest.approx(net.loss(twice, y2), rel=1e-14)
    found, expected = net.backpropagation(twice, y2), net.backpropagation(once, y)
    np.testing.assert_allclose(found.flat, expected.flat, rtol=1e-11, atol=1e-16)


def test_a_weight_of_two_is_a_row_given_twice(X, y):
    net = double(PLAIN)
    weights = np.where(np.arange(10) < 3, 2.0, 1.0)
    doubled = np.repeat(np.arange(10), weights.astype(int))
    one, other = net.forward(X), net.forward(X[doubled])
    loss = net.loss(one, y, sample_weight=weights)
    assert loss == pytest.approx(net.loss(other, y[doubled]), rel=1e-14)
    found = net.backpropagation(one, y, sample_weight=weights)
    expected = net.backpropagation(other, y[doubled])
    np.testing.assert_allclose(found.flat, expected.flat, rtol=1e-11, atol=1e-16)


def test_a_weight_of_zero_is_a_row_left_out(X, y):
    net = double(PLAIN)
    weights = np.where(np.arange(10) < 4, 0.0, 1.0)
    one, other = net.forward(X), net.forward(X[4:])
    loss = net.loss(one, y, sample_weight=weights)
    assert loss == pytest.approx(net.loss(other, y[4:]), rel=1e-14)
    found = net.backpropagation(one, y, sample_weight=weights)
    np.testing.assert_allclose(
        found.flat, net.backpropagation(other, y[4:]).flat, rtol=1e-11, atol=1e-16
    )


def test_only_the_ratio_of_the_weights_counts(X, y):
    net = double(PLAIN)
    tape, weights = net.forward(X), np.arange(1.0, 11)
    small = net.backpropagation(tape, y, sample_weight=weights)
    large = net.backpropagation(tape, y, sample_weight=64 * weights)
    np.testing.assert_array_equal(small.flat, large.flat)


def test_the_loss_is_the_mean_over_the_rows_plus_the_penalties(X, y):
    architecture = Architecture(4, (Hidden(5, l1=0.3, l2=0.0), 6), 3, l2=0.2)
    net = double(architecture)
    tape = net.forward(X)
    mean = -np.mean(np.log(tape.p[np.arange(10), y]))
    W1, W2, W3 = net.weights
    penalty = 0.3 * np.abs(W1).sum() + 0.1 * (W2**2).sum() + 0.1 * (W3**2).sum()
    assert net.loss(tape, y) == pytest.approx(mean + penalty, rel=1e-12)


def test_batch_normalised_units_have_mean_zero_and_spread_one_over_the_rows(X):
    net = double(Architecture(4, (Hidden(5, "identity", normalisation="batch"),), 3))
    z = net.forward(X).zs[0]
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(z.var(axis=0), 1, rtol=1e-4)


def test_layer_normalised_rows_have_mean_zero_and_spread_one_over_the_units(X):
    net = double(Architecture(4, (Hidden(5, "identity", normalisation="layer"),), 3))
    z = net.forward(X).zs[0]
    np.testing.assert_allclose(z.mean(axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(z.var(axis=1), 1, rtol=1e-3)


def test_a_row_is_predicted_alike_alone_and_among_others(X):
    net = double(EVERYTHING)
    net.train(X, np.arange(10) % 3, epochs=5)
    together = net.predict_proba(X)
    alone = np.concatenate([net.predict_proba(X[[row]]) for row in range(10)])
    np.testing.assert_allclose(together, alone, rtol=1e-12)


def test_running_statistics_come_to_those_of_the_rows(X):
    net = double(Architecture(4, (Hidden(5, normalisation="batch"),), 3))
    net.train(X, np.arange(10) % 3, epochs=300, batch_size=None, learning_rate=1e-12)
    z, norm = X @ net.weights[0], net.parameters.thetas()[1]
    np.testing.assert_allclose(norm.running_mean[0], z.mean(axis=0), rtol=1e-8)
    np.testing.assert_allclose(norm.running_variance[0], z.var(axis=0), rtol=1e-8)


def test_prediction_drops_nothing_and_draws_nothing(X):
    with_dropout = double(Architecture(4, (8,), 3, dropout=0.5))
    without = double(Architecture(4, (8,), 3))
    np.testing.assert_array_equal(with_dropout.predict_proba(X), without.predict_proba(X))
    assert not np.array_equal(with_dropout.forward(X).p, without.predict_proba(X))


def test_a_pass_to_look_at_leaves_the_network_as_it_was(X, y):
    net = double(EVERYTHING)
    before = net.predict_proba(X)
    net.backpropagation(net.forward(X + 3), y)
    np.testing.assert_array_equal(net.predict_proba(X), before)


def test_prediction_leaves_a_tape_made_before_as_it_was(X, y):
    net = double(EVERYTHING)
    tape = net.forward(X)
    net.backpropagation(tape, y)
    before = [{name: np.copy(array) for name, array in vars(page).items()} for page in tape.pages]
    net.predict(X[::-1])
    net.predict_proba(X + 1)
    net.forward(X + 2)
    for page, copies in zip(tape.pages, before, strict=True):
        for name, copy in copies.items():
            np.testing.assert_array_equal(getattr(page, name), copy)


def test_many_threads_predict_the_same_bits_at_once(rng):
    net = MultilayerPerceptron(Architecture(30, (64, 64), 3, normalisation="batch", dropout=0.2))
    tables = [rng.normal(size=(rows, 30)) for rows in (1, 7, 300, 5000)] * 12
    alone = [net.predict_proba(X).tobytes() for X in tables]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda X: net.predict_proba(X).tobytes(), tables))
    assert together == alone


def test_a_table_of_no_rows_has_no_predictions():
    net = double(EVERYTHING)
    assert net.predict(np.zeros((0, 4))).shape == (0,)
    assert net.predict_proba(np.zeros((0, 4))).shape == (0, 3)


@pytest.mark.parametrize(
    ("X", "error", "says"),
    [
        (np.zeros((2, 5)), ShapeError, r"4 inputs: got \(2, 5\)"),
        (np.zeros(4), ShapeError, r"got \(4,\)"),
        ([["a", "b", "c", "d"]], ArgumentError, "X holds text, and a network computes with num"),
        ([[1, 2, 3, None]], ArgumentError, "X holds values of type object"),
        ([[1, 2], [3]], ArgumentError, "X is no array: its rows have unequal lengths"),
    ],
)
def test_inputs_that_do_not_fit_are_said_by_every_door(X, error, says):
    net = double(PLAIN)
    for door in (net.forward, net.predict, net.predict_proba, lambda X: net.train(X, [0, 1])):
        with pytest.raises(error, match=says):
            door(X)
