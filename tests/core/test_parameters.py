"""All numbers of K networks in one buffer, and where the first of them come from."""

from __future__ import annotations

import numpy as np
import pytest

from helder import Architecture, Hidden, MultilayerPerceptron
from helder.core import INITIALISERS, Parameters

ARCHITECTURE = Architecture(6, (Hidden(3, normalisation="batch"), 2), 4)
P = (6 * 3 + 3) + (3 + 3) + (3 * 2 + 2) + (2 * 4 + 4)


def test_weights_are_inputs_by_units_and_biases_are_rows():
    net = MultilayerPerceptron(ARCHITECTURE)
    assert [W.shape for W in net.weights] == [(6, 3), (3, 2), (2, 4)]
    assert [b.shape for b in net.biases] == [(1, 3), (1, 2), (1, 4)]
    assert not any(b.any() for b in net.biases)


def test_k_networks_are_k_rows_of_one_buffer():
    streams = [np.random.default_rng(k) for k in range(3)]
    parameters = Parameters.initial(ARCHITECTURE.layers, streams, np.float32)
    assert parameters.values.shape == (3, P)
    assert parameters.values.dtype == np.float32
    assert parameters.statistics.shape == (3, 3 + 3)
    assert len({row.tobytes() for row in parameters.values}) == 3


def test_every_number_of_the_buffer_belongs_to_one_array():
    parameters = Parameters.zeros(ARCHITECTURE.layers, 2, float)
    for layer, theta in zip(ARCHITECTURE.layers, parameters.thetas(1), strict=True):
        for name in layer.parameters():
            getattr(theta, name)[...] += 1
    np.testing.assert_array_equal(parameters.values, [np.zeros(P), np.ones(P)])


def test_writing_to_a_view_writes_the_buffer_and_changes_the_network(rng):
    net = MultilayerPerceptron(Architecture(2, (3,), 2))
    X = rng.normal(size=(5, 2))
    net.weights[1][...] = 0
    net.biases[1][...] = [[0, 5]]
    assert not net.parameters.values[0, -8:-2].any()
    np.testing.assert_array_equal(net.predict(X), 1)


def test_a_copy_has_buffers_of_its_own():
    parameters = MultilayerPerceptron(ARCHITECTURE).parameters
    copy = parameters.copy()
    copy.values[...] = 7
    copy.statistics[...] = 7
    assert not (parameters.values == 7).any()
    assert not (parameters.statistics == 7).any()


def test_a_normalisation_begins_as_no_change():
    thetas = MultilayerPerceptron(ARCHITECTURE).parameters.thetas()
    norm = thetas[1]
    for array, value in (
        (norm.gamma, 1),
        (norm.beta, 0),
        (norm.running_mean, 0),
        (norm.running_variance, 1),
    ):
        np.testing.assert_array_equal(array, np.full((1, 3), value))


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("he", 2 / 200),
        ("glorot", 2 / (200 + 300)),
        ("xavier", 2 / (200 + 300)),
        ("lecun", 1 / 200),
        ("normal", 0.01**2),
    ],
)
def test_an_initialiser_has_the_variance_of_its_paper(name, variance, rng):
    W = INITIALISERS[name](rng, 200, 300)
    assert W.shape == (200, 300)
    assert W.var() == pytest.approx(variance, rel=0.03)
    assert abs(W.mean()) < 4 * np.sqrt(variance / W.size)


def test_glorot_is_uniform_and_he_is_normal(rng):
    limit = np.sqrt(6 / 500)
    W = INITIALISERS["glorot"](rng, 200, 300)
    assert limit * 0.999 < np.abs(W).max() <= limit
    W = INITIALISERS["he"](rng, 200, 300)
    assert np.mean(np.abs(W) > 2 * np.sqrt(2 / 200)) == pytest.approx(0.0455, abs=0.004)


def test_zeros_are_zero(rng):
    assert not INITIALISERS["zeros"](rng, 4, 3).any()


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    first, same, other = (MultilayerPerceptron(ARCHITECTURE, seed=seed) for seed in (1, 1, 2))
    assert first.parameters.values.tobytes() == same.parameters.values.tobytes()
    for mine, theirs in zip(first.weights, other.weights, strict=True):
        assert not (mine == theirs).any()


def test_float32_numbers_are_those_of_float64_rounded():
    wide = MultilayerPerceptron(ARCHITECTURE, dtype=np.float64).parameters.values
    narrow = MultilayerPerceptron(ARCHITECTURE, dtype=np.float32).parameters.values
    np.testing.assert_array_equal(wide.astype(np.float32), narrow)
