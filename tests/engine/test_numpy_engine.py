"""The NumPy engine: batches that leave no row out, and threads that get in nobody's way."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from helder import Architecture
from helder.core import Network, Parameters
from helder.core.network import shares
from helder.engine import NumpyEngine, Task, quiet
from helder.engine.numpy_engine import clip
from helder.engine.streams import shuffled


@dataclass(frozen=True)
class Onlooker:
    """An optimizer that changes nothing and keeps every gradient."""

    seen: list = field(default_factory=list)
    state: ClassVar[tuple[str, ...]] = ()

    def update(self, theta, dtheta, state, step):
        self.seen.append((dtheta.copy(), step.rate, step.t))


def trainer(rng, *, rows=10, batch_size=4, weights=None, architecture=None, **settings):
    architecture = architecture or Architecture(3, (5,), 2, activation="tanh", output="linear")
    network = Network(architecture.layers, architecture.loss)
    parameters = Parameters.initial(network.layers, [np.random.default_rng(0)], float)
    X, y = rng.normal(size=(rows, 3)), rng.normal(size=(rows, 2))
    weights = np.ones(rows) if weights is None else weights
    settings = {"optimizer": Onlooker(), "clip_norm": None, "seed": 0, **settings}
    return NumpyEngine().trainers(
        [Task(network, parameters, X, y, weights, batch_size=batch_size, **settings)]
    )[0]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def whole_gradient(made):
    """The gradient of all rows at once, and their loss."""
    tape = made.task.network.forward(
        made.task.X, made.thetas, made.task.network.tape(len(made.task.X), float)
    )
    share = shares(made.task.weights)
    loss = made.task.network.value(made.task.y, share, made.thetas, tape)
    return made.task.network.backward(made.task.y, share, made.thetas, tape).flat, loss


@pytest.mark.parametrize("batch_size", [1, 3, 4, 9, 10, 1000])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_batches_of_an_epoch_hold_every_row_once(batch_size, weighted, rng):
    weights = rng.uniform(0.5, 2, 10) if weighted else np.ones(10)
    made = trainer(rng, batch_size=batch_size, weights=weights)
    steps = -(-10 // batch_size)
    assert made.task.updates_per_epoch == steps
    loss = made.epochs(0, np.ones(steps)[None]).losses[0]
    order = shuffled(10, 0, 0, 0) if steps > 1 else np.arange(10)
    parts = [order[start : start + batch_size] for start in range(0, 10, batch_size)]
    share = [weights[rows].sum() / weights.sum() for rows in parts]
    gradients = [dtheta for dtheta, _, _ in made.task.optimizer.seen]
    assert len(gradients) == steps
    together = sum(part * dtheta for part, dtheta in zip(share, gradients, strict=True))
    expected, expected_loss = whole_gradient(made)
    np.testing.assert_allclose(together, expected, rtol=1e-11, atol=1e-15)
    assert loss == pytest.approx(expected_loss, rel=1e-13)


def test_an_optimizer_is_told_the_rate_and_the_number_of_the_step(rng):
    made = trainer(rng)
    made.epochs(0, np.array([0.1, 0.2, 0.3])[None]).losses[0]
    made.epochs(1, np.array([0.4, 0.5, 0.6])[None]).losses[0]
    assert [(rate, t) for _, rate, t in made.task.optimizer.seen] == [
        (0.1, 1),
        (0.2, 2),
        (0.3, 3),
        (0.4, 4),
        (0.5, 5),
        (0.6, 6),
    ]


def test_every_epoch_and_batch_drops_other_units(rng):
    architecture = Architecture(3, (50,), 2, activation="tanh", output="linear", dropout=0.5)
    made = trainer(rng, rows=8, batch_size=4, architecture=architecture)
    made.task.X[...], made.task.y[...] = (
        1,
        1,
    )  # all rows are alike, so only the masks tell batches apart
    for epoch in (0, 1):
        made.epochs(epoch, np.ones(2)[None]).losses[0]
    assert len({dtheta.tobytes() for dtheta, _, _ in made.task.optimizer.seen}) == 4


@pytest.mark.parametrize("longest", [0.01, 1e6])
def test_clipping_shortens_a_long_gradient_and_keeps_its_direction(longest, rng):
    free = trainer(rng, batch_size=10)
    free.epochs(0, np.ones(1)[None]).losses[0]
    clipped = trainer(np.random.default_rng(0), batch_size=10, clip_norm=longest)
    clipped.epochs(0, np.ones(1)[None]).losses[0]
    whole, short = free.task.optimizer.seen[0][0], clipped.task.optimizer.seen[0][0]
    norm = np.linalg.norm(whole)
    assert np.linalg.norm(short) == pytest.approx(min(norm, longest))
    np.testing.assert_allclose(short / np.linalg.norm(short), whole / norm, rtol=1e-12)


def test_a_gradient_of_zero_is_not_clipped_to_nan():
    dtheta = np.zeros(3)
    with np.errstate(all="raise"):
        clip(dtheta, 1.0)
    np.testing.assert_array_equal(dtheta, 0)


def test_outputs_of_many_rows_are_those_of_each_part(rng):
    made = trainer(rng, rows=5000)
    whole = NumpyEngine().outputs(made.task.network, made.task.parameters, made.task.X)
    assert whole.shape == (5000, 2)
    for rows in (slice(0, 10), slice(4090, 4110), slice(4999, 5000)):
        part = NumpyEngine().outputs(made.task.network, made.task.parameters, made.task.X[rows])
        np.testing.assert_allclose(whole[rows], part, rtol=1e-12)


def blas_threads():
    return {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"}


def test_a_product_runs_on_one_thread_and_the_setting_comes_back():
    with threadpool_limits(2):
        with quiet():
            assert blas_threads() == {1}
        assert blas_threads() == {2}


LATE = """
from threadpoolctl import threadpool_info, threadpool_limits
from helder.engine import quiet

def threads():
    return {lib["filepath"]: lib["num_threads"] for lib in threadpool_info()}

with threadpool_limits(2):
    before = threads()
    with quiet():
        import scipy.linalg
        late = threads()
        with quiet():
            assert set(threads().values()) == {1}, threads()
    assert threads() == late | before, threads()
"""


def test_the_products_of_a_scipy_that_comes_late_are_held_too():
    subprocess.run([sys.executable, "-W", "error", "-c", LATE], check=True, timeout=60)


def test_calls_that_overlap_in_two_threads_leave_the_setting_as_it_was():
    first_in, second_in, first_out = threading.Event(), threading.Event(), threading.Event()
    inside = []

    def first():
        with quiet():
            first_in.set()
            second_in.wait(10)
        first_out.set()

    def second():
        first_in.wait(10)
        with quiet():
            second_in.set()
            first_out.wait(10)
            inside.append(blas_threads())

    before = blas_threads()
    if before == {1}:
        pytest.skip("NumPy's products have one thread here in any case")
    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert inside == [{1}]  # the second call is still quiet when the first has ended
    assert blas_threads() == before
