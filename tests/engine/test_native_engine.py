"""The native engine computes what the book says: the same losses, weights and predictions."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from helder import Activation, Architecture, MultilayerPerceptron, one_hot
from helder.core import Hidden, Network, Parameters
from helder.engine import NumpyEngine, Task, engine_named
from helder.engine.choosing import native_is_here
from helder.engine.program import training_program
from helder.errors import ArgumentError
from helder.learn import SGD, Adam, AdamW

if not native_is_here():
    if shutil.which("c++") or shutil.which("cl"):
        pytest.fail("there is a compiler, but the native engine was not built", pytrace=False)
    pytest.skip("no compiler, so no native engine", allow_module_level=True)

from helder.engine import native_engine
from helder.engine.fusing import FusedAdam, FusedCrossEntropy, FusedProduct
from helder.engine.lowering import Loop, is_pointwise
from helder.engine.native_engine import NativeEngine

ROWS, EPOCHS = 100, 3


def task(architecture, *, optimizer=None, dtype="float64", rows=ROWS, **how):
    """The same task each time it is asked for."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, architecture.inputs)).astype(dtype)
    link = architecture.loss.link_name
    if link == "softmax":
        y = one_hot(rng.integers(0, architecture.outputs, rows), architecture.outputs)
    elif link in ("sigmoid", "exp"):
        y = rng.integers(0, 2, (rows, architecture.outputs))
    else:
        y = rng.normal(size=(rows, architecture.outputs))
    network = Network(architecture.layers, architecture.loss)
    parameters = Parameters.initial(network.layers, [np.random.default_rng(1)], dtype)
    return Task(
        network,
        parameters,
        X,
        y.astype(dtype),
        rng.uniform(0.5, 2, rows).astype(dtype),
        optimizer=optimizer or Adam(),
        seed=7,
        **{"batch_size": 32, **how},
    )


def trained(engine, given, epochs=EPOCHS, rate=0.01):
    """Losses, parameters, statistics and predictions after some epochs."""
    losses = (
        engine.trainers([given])[0]
        .epochs(0, np.full((epochs, given.updates_per_epoch), rate))
        .losses
    )
    z = engine.outputs(given.network, given.parameters, given.X)
    return losses, given.parameters.values, given.parameters.statistics, z


def assert_engines_agree(architecture, tolerance=1e-9, **how):
    book = trained(NumpyEngine(), task(architecture, **how))
    native = trained(NativeEngine(), task(architecture, **how))
    for expected, got in zip(book, native, strict=True):
        assert np.isfinite(got).all()
        largest = np.abs(expected).max(initial=0)
        assert np.abs(got - expected).max(initial=0) <= tolerance * largest


def test_a_call_of_many_epochs_is_many_calls_of_one():
    together, apart = (task(Architecture(5, (8,), 3, dropout=0.2)) for _ in range(2))
    engine, rates = NativeEngine(), np.full((6, together.updates_per_epoch), 0.01)
    whole = engine.trainers([together])[0].epochs(0, rates).losses
    trainer = engine.trainers([apart])[0]
    parts = [trainer.epochs(first, rates[first : first + 1]).losses[0] for first in range(6)]
    np.testing.assert_array_equal(whole, parts)
    np.testing.assert_array_equal(together.parameters.values, apart.parameters.values)


def test_products_with_relu_cross_entropy_and_adam_are_recognised():
    given = task(Architecture(20, (64, 33), 3))
    steps = native_engine.steps_of(training_program(given, np.dtype("float64")))
    products = [step for step in steps if isinstance(step, FusedProduct)]
    assert sum(step.relu for step in products) == 2
    assert sum(step.mask is not None for step in products) == 2
    assert sum(isinstance(step, FusedAdam) for step in steps) == 1
    assert sum(isinstance(step, FusedCrossEntropy) for step in steps) == 1


# Of more than sixteen columns each row of a cross-entropy goes alone; below, rows go side by side.
@pytest.mark.parametrize("outputs", [2, 3, 8, 10, 16, 17, 40])
def test_what_is_fused_is_what_its_steps_compute_one_by_one(outputs, monkeypatch):
    architecture = Architecture(20, (64, 33), outputs, output="softmax", l2=0.01)
    fused = trained(NativeEngine(), task(architecture))
    monkeypatch.setattr(native_engine, "steps_of", lambda trace: [*one_by_one(trace)])
    apart = trained(NativeEngine(), task(architecture))
    for expected, got in zip(apart, fused, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def one_by_one(trace):
    """Every step that the book wrote, as it wrote it, each pointwise one in a loop of its own."""
    for step in trace.steps:
        yield Loop(step.out.shape, (step,), 0) if is_pointwise(step) else step


def test_a_row_has_the_same_bits_in_any_batch():
    given = task(Architecture(20, (64, 33), 5, "gelu"), dtype="float32", rows=700)
    engine = NativeEngine()
    whole = engine.outputs(given.network, given.parameters, given.X)
    for rows in (slice(0, 1), slice(3, 10), slice(250, 260), slice(699, 700), slice(100, 613)):
        part = engine.outputs(given.network, given.parameters, given.X[rows])
        np.testing.assert_array_equal(part, whole[rows])


def test_a_loss_that_runs_off_ends_the_call():
    given = task(Architecture(5, (8,), 1, output="linear"), optimizer=SGD())
    losses = (
        NativeEngine()
        .trainers([given])[0]
        .epochs(0, np.full((50, given.updates_per_epoch), 1e9))
        .losses
    )
    assert not np.isfinite(losses).all()
    assert not np.isfinite(losses[-1])


@dataclass(frozen=True)
class SignDescent:
    """An optimizer of somebody's own, with a state and a schedule in time."""

    name: ClassVar[str] = "sign_descent"
    state: ClassVar[tuple[str, ...]] = ("mean",)

    def update(self, theta, dtheta, state, now):
        state["mean"] *= 0.9
        state["mean"] += 0.1 * dtheta
        theta -= now.rate / (1 + 0.01 * now.t) * np.sign(state["mean"])


@dataclass(frozen=True)
class LogCosh:
    """A loss of somebody's own."""

    name: ClassVar[str] = "log_cosh"
    link_name: ClassVar[str] = "linear"

    def target(self, y, outputs):
        return np.asarray(y, float).reshape(-1, outputs)

    def link(self, z):
        return z

    def value(self, z, y):
        away = np.abs(z - y)
        return np.sum(away + np.log1p(np.exp(-2 * away)), axis=1, keepdims=True)

    def gradient(self, z, y):
        return np.tanh(z - y)


def test_a_formula_of_your_own_runs_natively_at_once():
    bump = Activation("bump", lambda z: np.exp(-z * z), lambda z, a: -2 * z * a)
    hidden = (Hidden(6, activation=bump), Hidden(5, activation="tanh"))
    architecture = Architecture(4, hidden, 2, output=LogCosh())
    assert_engines_agree(architecture, optimizer=SignDescent())


def test_what_a_program_cannot_say_is_named_with_the_vocabulary_and_the_way_out():
    sinc = Activation("sinc", lambda z: np.sinc(z), lambda z, a: np.cos(z))
    with pytest.raises(ArgumentError, match="got 'sinc'") as error:
        NativeEngine().trainers([task(Architecture(4, (3,), 2, activation=sinc))])
    assert 'engine="numpy"' in str(error.value)
    assert "log1p" in str(error.value)


def test_an_if_on_a_symbol_is_told_to_use_where():
    @dataclass(frozen=True)
    class Lazy(SignDescent):
        """An optimizer that looks before it moves."""

        def update(self, theta, dtheta, state, now):
            if np.sum(dtheta * dtheta) > 0:
                theta -= now.rate * dtheta

    with pytest.raises(ArgumentError, match="where"):
        NativeEngine().trainers([task(Architecture(4, (3,), 2), optimizer=Lazy())])


def test_a_method_that_a_symbol_lacks_is_named():
    @dataclass(frozen=True)
    class Clipped(SignDescent):
        """An optimizer that uses an array's method."""

        def update(self, theta, dtheta, state, now):
            theta -= now.rate * dtheta.clip(-1, 1)

    with pytest.raises(ArgumentError, match="got 'clip'"):
        NativeEngine().trainers([task(Architecture(4, (3,), 2), optimizer=Clipped())])


def test_the_network_of_users_takes_the_engine_by_name():
    X = np.random.default_rng(0).normal(size=(80, 3))
    y = (X[:, 0] > 0).astype(int)
    made = {}
    for engine in ("numpy", "native", "auto"):
        net = MultilayerPerceptron(Architecture(3, (8,), 2), engine=engine)
        net.train(X, y, optimizer=AdamW(0.1), epochs=20)
        made[engine] = net.predict_proba(X)
    np.testing.assert_array_equal(made["native"], made["auto"])
    np.testing.assert_allclose(made["native"], made["numpy"], rtol=1e-3, atol=1e-5)
    with pytest.raises(ArgumentError, match="did you mean 'numpy'"):
        MultilayerPerceptron(Architecture(3, (8,), 2), engine="nunpy")


def test_the_native_engine_is_the_one_that_auto_takes():
    assert engine_named("auto").name == "native"


def own(body, states=("m",)):
    """An optimizer whose update is this function of (theta, dtheta, state, now)."""

    @dataclass(frozen=True)
    class Own:
        name: ClassVar[str] = "own"
        state: ClassVar[tuple[str, ...]] = states

        def update(self, theta, dtheta, state, now):
            body(theta, dtheta, state, now)

    return Own()


def doubled_and_counted(theta, d, s, now):
    u, w = d * 2.0, d * 2.0
    w += 1.0
    theta -= now.rate * (u + w)


def written_over_what_was_computed_first(theta, d, s, now):
    u, w = d * 2.0, d * 2.0
    u += 1.0
    theta -= now.rate * (u * w)


def a_state_that_changes_after_it_was_read(theta, d, s, now):
    np.multiply(d, 2.0, out=s["m"])
    again = d * 2.0
    s["m"] += 1.0
    theta -= now.rate * again


def a_copy_taken_before_a_change(theta, d, s, now):
    s["m"][...] = d
    before = +d
    s["m"] *= 2
    theta -= now.rate * before


def a_sum_spread_over_a_state(theta, d, s, now):
    s["m"][...] = np.sum(d * d)
    theta -= now.rate * d / (1 + s["m"])


def parameters_written_twice(theta, d, s, now):
    before = +theta
    theta -= now.rate * d
    theta += 0.5 * (before - theta)


def a_warm_up_by_hand(theta, d, s, now):
    theta -= np.where(now.t > 5, now.rate, 0.1 * now.rate) * d


def counted_conditions(theta, d, s, now):
    theta -= now.rate * ((now.t > 3) + (now.t > 6)) * d


@pytest.mark.parametrize(
    "body",
    [
        doubled_and_counted,
        written_over_what_was_computed_first,
        a_state_that_changes_after_it_was_read,
        a_copy_taken_before_a_change,
        a_sum_spread_over_a_state,
        parameters_written_twice,
        a_warm_up_by_hand,
        counted_conditions,
    ],
    ids=lambda body: body.__name__,
)
def test_the_engines_agree_on_any_order_of_writing(body):
    assert_engines_agree(Architecture(3, (4,), 1, output="linear"), optimizer=own(body))


def test_adam_that_goes_on_with_its_moments_is_not_taken_for_adam_alone():
    def onwards(theta, d, s, now):
        m, v = s["m"], s["v"]
        m *= 0.9
        m += (1 - 0.9) * d
        v *= 0.999
        v += (1 - 0.999) * d * d
        mhat = m / (1 - 0.9**now.t)
        vhat = v / (1 - 0.999**now.t)
        theta -= now.rate * mhat / (np.sqrt(vhat) + 1e-8)
        theta -= 0.1 * mhat

    optimizer = own(onwards, states=("m", "v"))
    assert_engines_agree(Architecture(3, (4,), 1, output="linear"), optimizer=optimizer)


def an_if_on_the_time(theta, d, s, now):
    theta -= (now.rate if now.t > 5 else 0.0) * d


def the_larger_of_two(theta, d, s, now):
    theta -= now.rate * max(0.5, 1 / now.t) * d


def a_float_of_the_time(theta, d, s, now):
    theta -= now.rate / float(now.t) * d


def comparisons_added(theta, d, s, now):
    theta -= now.rate * ((d > 0) + (theta > 0))


def a_tuple_of_axes(theta, d, s, now):
    theta -= now.rate * d / np.sum(d * d, axis=(0, 1), keepdims=True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (an_if_on_the_time, "np.where"),
        (the_larger_of_two, "np.maximum"),
        (a_float_of_the_time, "not known yet"),
        (comparisons_added, "np.where"),
        (a_tuple_of_axes, "no such axis"),
    ],
)
def test_what_a_program_would_get_wrong_is_refused(body, says):
    with pytest.raises(ArgumentError, match=says):
        NativeEngine().trainers([task(Architecture(3, (4,), 2), optimizer=own(body))])
