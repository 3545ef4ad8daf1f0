"""Both engines compute the same: every activation, layer, loss and optimizer, one network or five.

An error is measured by the largest entry of its block: of one W, one b, one gamma. Where the true
gradient of a block is zero (a bias before a batch normalisation), each engine follows rounding
errors of its own; such a block, and the running mean that has it inside, is compared through what
the network gives out.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import replace

import numpy as np
import pytest

from helder import Architecture, MultilayerPerceptron
from helder.core import ACTIVATIONS, LOSSES, Network, Parameters
from helder.core.architecture import PARAMETRISATIONS
from helder.core.fronts import FRONTS
from helder.core.layers import Activate
from helder.core.network import shares
from helder.core.normalisation import NORMALISATIONS, BatchNorm
from helder.engine import Batch, NumpyEngine, Task, engine_named
from helder.engine.choosing import native_is_here
from helder.engine.streams import fill_mask
from helder.learn import OPTIMIZERS, Adam

if not native_is_here():
    pytest.skip("no compiler, so no native engine", allow_module_level=True)

ROWS, STEPS, SEED = 40, 50, 7
RATE = 0.003  # no optimizer circles around the least loss yet, where rounding errors decide
ONE_STEP = {"float64": 1e-12, "float32": 1e-5}
FIFTY_STEPS = {"float64": 1e-9}
LOSS_CURVE = {"float64": 1e-9, "float32": 1e-3}
NEAR = 1e-4  # of a kink, rounding may take another side in each engine


def tape_of(network, parameters, X, y, weights, k):
    """The book's tape of a pass over these rows in training, with the masks of the first update."""
    looking = Parameters(parameters.layers, parameters.values, parameters.statistics.copy())
    recorded = NumpyEngine().recorded(network, looking, Batch(X, y, shares(weights)), k)
    for layer, rate, mask in recorded.masks:
        fill_mask(mask, rate, SEED, k, 0, 0, layer)
    recorded.run()
    return recorded.tape


def near_a_kink(slope, z):
    """Whether a slope jumps close to any z."""
    return np.abs(slope(z + NEAR) - slope(z - NEAR)).max() > 100 * NEAR


def tasks_away_from_kinks(architecture, K, targets, optimizer, clip_norm):
    """A task for each of K networks in one buffer of parameters, in float64."""
    network = Network(architecture.layers, architecture.loss)
    streams = [np.random.default_rng(k) for k in range(K)]
    parameters = Parameters.initial(network.layers, streams, float)
    tasks, seeds = [], itertools.count()
    while len(tasks) < K:
        k, rng = len(tasks), np.random.default_rng(next(seeds))
        X = rng.normal(size=(ROWS, network.inputs))
        y = targets(network.loss, rng, ROWS, network.outputs)
        weights = rng.uniform(0.5, 2, ROWS)
        tape = tape_of(network, parameters, X, y, weights, k)
        slopes = [(lambda z, y=y: network.loss.gradient(z, y), tape.z)]
        for layer, page in zip(network.layers, tape.pages, strict=True):
            if isinstance(layer, Activate):
                slopes.append((lambda z, of=layer.activation: of.slope(z, of.function(z)), page.z))
        if not any(near_a_kink(slope, z) for slope, z in slopes):
            how = optimizer, ROWS, clip_norm, SEED
            tasks.append(Task(network, parameters, X, y, weights, *how, member=k, k=k))
    return tasks


def in_type(tasks, dtype):
    """The same tasks with numbers of another type, and a buffer of their own."""
    common = tasks[0].parameters
    values, statistics = common.values.astype(dtype), common.statistics.astype(dtype)
    parameters = Parameters(common.layers, values, statistics)
    return [
        replace(
            task,
            parameters=parameters,
            **{name: getattr(task, name).astype(dtype) for name in ("X", "y", "weights")},
        )
        for task in tasks
    ]


def trained(engine, tasks):
    """The losses (K, steps) of one step and the others, and the parameters after each of both."""
    rates = np.full((STEPS, 1), RATE)
    with engine.alone():
        trainers = engine.trainers(tasks)
        losses, parameters = [], []
        for first, steps in ((0, rates[:1]), (1, rates[1:])):
            jobs = [
                lambda trainer=trainer, first=first, steps=steps: (
                    trainer.epochs(first, steps).losses
                )
                for trainer in trainers
            ]
            losses.append(np.array(engine.together(jobs)))
            parameters.append(tasks[0].parameters.copy())
    return np.concatenate(losses, axis=1), parameters


def blocks(task, parameters):
    """By name: every array of a network whose true gradient is not zero, and what it gives out."""
    layers = (*parameters.layers, None)
    found = {
        f"{place} {name}": array
        for place, theta in enumerate(parameters.thetas(task.k))
        for name, array in vars(theta).items()
        if not (name == "b" and isinstance(layers[place + 1], BatchNorm)) and name != "running_mean"
    }
    tape = tape_of(task.network, parameters, task.X, task.y, task.weights, task.k)
    return found | {"output": tape.z}


def assert_close(found, expected, tolerance, what):
    assert np.isfinite(found).all(), what
    error, largest = np.abs(found - expected).max(), np.abs(expected).max()
    assert error <= tolerance * largest, f"{what}: {error / largest:.1e}"


def assert_the_engines_agree(architecture, K, targets, optimizer=None, clip_norm=None):
    double = tasks_away_from_kinks(architecture, K, targets, optimizer or Adam(), clip_norm)
    for dtype in ("float64", "float32"):
        tasks = in_type(double, dtype)
        losses, after = trained(NumpyEngine(), tasks)
        native_losses, native_after = trained(engine_named("native"), in_type(double, dtype))
        for k, task in enumerate(tasks):
            assert_close(native_losses[k], losses[k], LOSS_CURVE[dtype], f"{dtype} loss curve")
            for tolerance, book, native in zip(
                (ONE_STEP[dtype], FIFTY_STEPS.get(dtype)), after, native_after, strict=True
            ):
                if tolerance is not None:
                    expected, found = blocks(task, book), blocks(task, native)
                    for name in expected:
                        what = f"{dtype} to {tolerance}, network {k}, {name}"
                        assert_close(found[name], expected[name], tolerance, what)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_on_every_activation_and_layer(activation, normalisation, targets):
    architecture = Architecture(
        7, (5, 4), 3, activation, dropout=0.3, normalisation=normalisation, l1=0.001, l2=0.01
    )
    assert_the_engines_agree(architecture, 1, targets, clip_norm=0.5)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_on_every_loss_and_optimizer(loss, optimizer, targets):
    architecture = Architecture(6, (5,), 3, "tanh", output=loss)
    assert_the_engines_agree(architecture, 1, targets, OPTIMIZERS[optimizer]())


def in_turn(*registries):
    """Every entry of each registry at least once, in as few combinations as the longest has."""
    longest = max(len(registry) for registry in registries)
    columns = [itertools.islice(itertools.cycle(registry), longest) for registry in registries]
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize(
    ("activation", "loss", "optimizer", "normalisation"),
    in_turn(ACTIVATIONS, LOSSES, OPTIMIZERS, NORMALISATIONS),
)
def test_on_five_networks_side_by_side(activation, loss, optimizer, normalisation, targets):
    architecture = Architecture(
        6, (5,), 3, activation, output=loss, normalisation=normalisation, dropout=0.2
    )
    assert_the_engines_agree(architecture, 5, targets, OPTIMIZERS[optimizer]())


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_on_every_activation_of_which_units_learn_how_much_they_take(activation, targets):
    architecture = Architecture(
        6, (5, 4), 3, activation, dropout=0.2, normalisation="layer", parametric=True
    )
    assert_the_engines_agree(architecture, 1, targets)


@pytest.mark.parametrize(
    ("name", "parametrisation", "optimizer"),
    [
        (*pair, optimizer)
        for pair, optimizer in in_turn(
            list(itertools.product(FRONTS, PARAMETRISATIONS)), OPTIMIZERS
        )
    ],
)
def test_on_every_layer_in_front_and_parametrisation(
    name, parametrisation, optimizer, targets, front
):
    first = front(name, 6)
    architecture = Architecture(
        6,
        (5,),
        3,
        "tanh",
        parametric=True,
        parametrisation=parametrisation,
        front=[first, front("scale", first.n_out)],
    )
    assert_the_engines_agree(architecture, 2, targets, OPTIMIZERS[optimizer]())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", FRONTS)
@pytest.mark.parametrize("rows", [1, 17, 300])
def test_on_predictions_behind_every_layer_in_front(rows, name, dtype, front):
    architecture = Architecture(6, (5,), 3, parametric=True, front=[front(name, 6)])
    X = np.random.default_rng(0).normal(size=(rows, 6))
    expected, found = (
        MultilayerPerceptron(architecture, seed=1, dtype=dtype, engine=engine).predict_proba(X)
        for engine in ("numpy", "native")
    )
    assert_close(found, expected, 1e-12 if dtype == "float64" else 1e-5, "predictions")


@pytest.mark.parametrize("hidden", [(), (1,), (64, 64), (33, 17, 5)])
@pytest.mark.parametrize("batch_size", [1, 32, 50, 100, 1000])
def test_on_every_size_of_network_and_batch(hidden, batch_size):
    rng, results = np.random.default_rng(0), []
    X, y = rng.normal(size=(100, 20)), np.arange(100) % 4
    for engine in ("numpy", "native"):
        net = MultilayerPerceptron(Architecture(20, hidden, 4), dtype=float, engine=engine)
        history = net.train(X, y, epochs=3, batch_size=batch_size, learning_rate=RATE)
        results.append((np.array(history.losses), net.parameters.values))
    for expected, found in zip(*results, strict=True):
        assert_close(found, expected, 1e-9, "")


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_on_ten_iterations_of_lbfgs(normalisation, loss, targets):
    architecture = Architecture(6, (5,), 3, "tanh", output=loss, normalisation=normalisation)
    rng, results = np.random.default_rng(0), []
    X, y = rng.normal(size=(ROWS, 6)), targets(architecture.loss, rng, ROWS, 3)
    for engine in ("numpy", "native"):
        net = MultilayerPerceptron(architecture, dtype=float, engine=engine)
        history = net.train(X, y, optimizer="lbfgs", epochs=10)
        results.append(
            (np.array(history.losses), net.engine.outputs(net.network, net.parameters, X))
        )
    for expected, found in zip(*results, strict=True):
        assert_close(found, expected, 1e-9, loss)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_thread_and_two_give_the_same_bits(dtype, targets, monkeypatch):
    architecture = Architecture(6, (33, 17), 3, normalisation="batch", dropout=0.2)
    results = []
    for threads in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        tasks = tasks_away_from_kinks(architecture, 5, targets, Adam(), None)
        losses, after = trained(engine_named("native"), in_type(tasks, dtype))
        results.append((losses, after[-1].values, after[-1].statistics))
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)
