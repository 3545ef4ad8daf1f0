"""Somebody's file in a process of its own: calls, looks, changes, and what becomes of them."""

from __future__ import annotations

import numpy as np
import pytest

from helder.glass.check.deadline import Deadline
from helder.glass.check.reading.sources import read_sources
from helder.glass.check.session import Named, Thing
from helder.glass.check.sessions.sandbox import Sandbox

UTILS = """
import numpy as np

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
NET = """
import math
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from utils import softmax

data = pd.read_csv("data.csv")
rate = 0.5

def relu(z):
    return np.maximum(0, z)

def clipped(z):
    z[z < 0] = 0
    return z

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def applied(function, z):
    return function(z)

def drawn():
    return np.random.rand()

def read():
    return pd.read_csv("data.csv")

def fails(z):
    return z.nothing

class Layer:
    def __init__(self, n, m):
        self.W = np.random.randn(n, m)
        self.b = np.zeros(m)

class Net:
    def __init__(self, sizes):
        self.layers = [Layer(n, m) for n, m in zip(sizes[:-1], sizes[1:])]
        self.name = "net"
        self.np = np

    def forward(self, x):
        plt.plot(x)
        for layer in self.layers:
            x = relu(x @ layer.W + layer.b)
        return softmax(x)

    def __hidden(self, z):
        return relu(z)

for epoch in range(100):
    rate = rate / 2
    print(rate)

if __name__ == "__main__":
    while True:
        rate = rate + 1
        break
"""


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    (folder / "utils.py").write_text(UTILS)
    (folder / "net.py").write_text(NET)
    with Sandbox(read_sources(folder / "net.py"), Deadline.after(60)) as box:
        yield box


@pytest.fixture
def net(box):
    return box.call("Net", [4, 3, 2]).value


def test_a_function_returns_arrays_bit_for_bit(box):
    z = np.random.default_rng(0).normal(size=(5, 3))
    value = box.call("relu", z).value
    np.testing.assert_array_equal(value, np.maximum(0, z))
    assert value.dtype == np.float64


def test_what_it_warned_of_comes_as_kinds(box):
    assert box.call("sigmoid", np.array([-1000.0])).warnings == ("overflow",)
    assert box.call("sigmoid", np.array([0.0])).warnings == ()


def test_an_argument_that_was_overwritten_comes_back(box):
    z = np.array([-1.0, 2.0])
    outcome = box.call("clipped", z)
    np.testing.assert_array_equal(outcome.overwritten[0], [0.0, 2.0])
    np.testing.assert_array_equal(z, [-1.0, 2.0])
    assert box.call("relu", z).overwritten == {}


def test_a_problem_has_a_kind_a_text_and_a_line(box):
    problem = box.call("fails", np.ones(2)).problem
    assert problem.kind == "AttributeError"
    assert "nothing" in problem.message
    assert NET.splitlines()[problem.line - 1].strip() == "return z.nothing"


def test_what_needs_a_module_that_is_not_loaded_names_it(box):
    problem = box.call("read").problem
    assert problem.kind == "MissingModuleError"
    assert "pandas" in problem.message


def test_functions_of_the_file_can_be_arguments(box):
    value = box.call("applied", Named("relu"), np.array([-3.0, 3.0])).value
    np.testing.assert_array_equal(value, [0, 3])


def test_random_numbers_start_anew_with_each_call(box):
    assert box.call("drawn").value == box.call("drawn").value


def test_an_object_stays_and_shows_its_state(box, net):
    assert isinstance(net, Thing)
    state = box.state(net.handle)
    assert list(state) == [
        ".name",
        ".layers[0].W",
        ".layers[0].b",
        ".layers[1].W",
        ".layers[1].b",
    ]
    x = np.ones((2, 4))
    hidden = np.maximum(0, x @ state[".layers[0].W"])
    logits = np.maximum(0, hidden @ state[".layers[1].W"])
    right = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(box.call(f"{net.handle}.forward", x).value, right)


def test_parts_are_replaced_and_read(box, net):
    path = f"{net.handle}.layers[1].b"
    box.assign(path, np.array([5.0, 6.0]))
    np.testing.assert_array_equal(box.read(path).value, [5.0, 6.0])


def test_a_copy_shares_no_array(box, net):
    copied = box.copy(net.handle).value
    box.assign(f"{copied.handle}.layers[0].W[0, 0]", 99.0)
    assert box.read(f"{copied.handle}.layers[0].W[0, 0]").value == 99.0
    assert box.read(f"{net.handle}.layers[0].W[0, 0]").value != 99.0


def test_an_object_is_made_without_its_constructor(box):
    bare = box.bare("Net").value
    np.testing.assert_array_equal(box.call(f"{bare.handle}.__hidden", np.array([-1.0])).value, [0])


def test_an_object_passed_again_keeps_its_handle(box, net):
    assert box.read(net.handle).value == net


def test_a_module_beside_the_file_is_reached(box):
    np.testing.assert_allclose(box.call("utils:softmax", np.zeros((1, 2))).value, [[0.5, 0.5]])
    np.testing.assert_allclose(box.call("softmax", np.zeros((1, 2))).value, [[0.5, 0.5]])


def test_loops_run_pass_by_pass(box):
    box.assign("rate", 1.0)
    assert box.run("loop 1").problem is None
    assert box.read("rate").value == 0.5
    box.run("loop 1", times=2)
    assert box.read("rate").value == 0.125
    box.run("loop 2")
    assert box.read("rate").value == 1.125
    assert box.run("loop 3").problem.kind == "NameError"


def test_names_of_the_file_are_its_state(box):
    box.assign("W1", np.ones(2))
    assert {"rate", "W1"} <= set(box.state("")) <= {"rate", "W1", "epoch"}


def test_what_was_not_loaded_is_said(box):
    assert box.problems == {}
    assert box.stand_ins == ("matplotlib", "pandas")
    assert any("line 8" in sentence for sentence in box.said)
