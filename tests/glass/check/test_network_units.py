"""Networks whose numbers are kept one by one: a dict or an object for each unit, lists of lists."""

from __future__ import annotations

import numpy as np
import pytest

import helder
from helder.glass.check.network.binding.gathering import gathered, scattered

DICTS = """
from math import exp
from random import random

def make_net(n_in, n_hid, n_out):
    hidden = [{"w": [random() for _ in range(n_in + 1)]} for _ in range(n_hid)]
    last = [{"w": [random() for _ in range(n_hid + 1)]} for _ in range(n_out)]
    return [hidden, last]

def forward(net, row):
    values = row
    for layer in net:
        given = []
        for unit in layer:
            s = unit["w"][-1] + sum(w * v for w, v in zip(unit["w"][:-1], values))
            unit["out"] = 1.0 / (1.0 + exp(-s))
            given.append(unit["out"])
        values = given
    return values

def backward(net, target):
    for i in reversed(range(len(net))):
        for j, unit in enumerate(net[i]):
            if i == len(net) - 1:
                error = unit["out"] - target[j]
            else:
                error = sum(u["w"][j] * u["delta"] for u in net[i + 1])
            unit["delta"] = error * unit["out"] * (1.0 - unit["out"])

def update(net, row, rate):
    for i, layer in enumerate(net):
        values = row if i == 0 else [u["out"] for u in net[i - 1]]
        for unit in layer:
            for j, v in enumerate(values):
                unit["w"][j] -= rate * unit["delta"] * v
            unit["w"][-1] -= rate * unit["delta"]
"""

LISTS = """
import math
import random

class Net:
    def __init__(self, n_in, n_hidden):
        self.w1 = [[random.uniform(-1, 1) for _ in range(n_in)] for _ in range(n_hidden)]
        self.b1 = [random.uniform(-1, 1) for _ in range(n_hidden)]
        self.w2 = [[random.uniform(-1, 1) for _ in range(n_hidden)]]
        self.b2 = random.uniform(-1, 1)

    def forward(self, x):
        self.h = [
            1 / (1 + math.exp(-sum(w * v for w, v in zip(row, x)) - b))
            for row, b in zip(self.w1, self.b1)
        ]
        z = sum(w * h for w, h in zip(self.w2[0], self.h)) + self.b2
        self.out = 1 / (1 + math.exp(-z))
        return self.out

    def train(self, x, y, lr):
        d2 = (self.forward(x) - y) * self.out * (1 - self.out)
        for j, h in enumerate(self.h):
            d1 = d2 * self.w2[0][j] * h * (1 - h)
            self.w2[0][j] -= lr * d2 * h
            self.b1[j] -= lr * d1
            for i, v in enumerate(x):
                self.w1[j][i] -= lr * d1 * v
        self.b2 -= lr * d2
"""

CONSTANT_INPUT = """
import math
import random

def table(rows, columns):
    return [[random.uniform(-1, 1) for _ in range(columns)] for _ in range(rows)]

class Brain:
    def __init__(self, ni, nh, no):
        self.ni, self.nh, self.no = ni + 1, nh, no
        self.seen = [1.0] * self.ni
        self.mid = [1.0] * nh
        self.out = [1.0] * no
        self.first = table(self.ni, nh)
        self.second = table(nh, no)
        self.moved = [[0.0] * no for _ in range(nh)]

    def update(self, inputs):
        for i in range(self.ni - 1):
            self.seen[i] = inputs[i]
        for j in range(self.nh):
            total = sum(self.seen[i] * self.first[i][j] for i in range(self.ni))
            self.mid[j] = math.tanh(total)
        for k in range(self.no):
            total = sum(self.mid[j] * self.second[j][k] for j in range(self.nh))
            self.out[k] = math.tanh(total)
        return self.out[:]

    def back_propagate(self, wanted, N, M):
        last = [(w - o) * (1 - o * o) for w, o in zip(wanted, self.out)]
        hidden = []
        for j in range(self.nh):
            error = sum(last[k] * self.second[j][k] for k in range(self.no))
            hidden.append(error * (1 - self.mid[j] ** 2))
        for j in range(self.nh):
            for k in range(self.no):
                change = last[k] * self.mid[j]
                self.second[j][k] = self.second[j][k] + N * change + M * self.moved[j][k]
                self.moved[j][k] = change
        for i in range(self.ni):
            for j in range(self.nh):
                self.first[i][j] = self.first[i][j] + N * hidden[j] * self.seen[i]
"""

MISTAKES = [
    (CONSTANT_INPUT, "error * (1 - self.mid[j] ** 2)", "error", "missing-hidden-derivative"),
    (CONSTANT_INPUT, "(w - o) * (1 - o * o)", "(w - o) * (1 + o * o)", "derivative-formula"),
    (DICTS, 'error * unit["out"] * (1.0 - unit["out"])', "error", "missing-hidden-derivative"),
    (DICTS, 'unit["w"][-1] -= rate * unit["delta"]', "pass", "parameter-not-updated"),
    (LISTS, "self.w2[0][j] * h * (1 - h)", "self.w2[0][j]", "missing-hidden-derivative"),
    (LISTS, "self.b2 -= lr * d2", "pass", "parameter-not-updated"),
    (LISTS, "* self.out * (1 - self.out)", "* self.out * (1 + self.out)", "derivative-formula"),
    (LISTS, "(self.forward(x) - y)", "(self.forward(x) - y) ** 2", "derivative-formula"),
]


def network_of(tmp_path, text):
    path = tmp_path / "mine.py"
    path.write_text(text)
    found = helder.check(path, seconds=20).network
    assert found is not None
    return found


@pytest.mark.parametrize("text", [DICTS, LISTS, CONSTANT_INPUT])
def test_right_units_are_ok(tmp_path, text):
    found = network_of(tmp_path, text)
    assert (found.verdict, found.causes) == ("ok", ()), found


@pytest.mark.parametrize(("text", "right", "wrong", "cause"), MISTAKES)
def test_a_mistake_among_units_is_named(tmp_path, text, right, wrong, cause):
    assert right in text
    found = network_of(tmp_path, text.replace(right, wrong))
    assert cause in found.causes, found


def test_numbers_of_units_are_an_array():
    state = {".units[0].bias": 0.5, ".units[1].bias": 1.5, ".w[0][0]": 1.0, ".w[0][1]": 2.0}
    found = gathered(state)
    assert found[".units[*].bias"].tolist() == [0.5, 1.5]
    assert found[".w[*][*]"].tolist() == [[1.0, 2.0]]


def test_rows_of_different_lengths_are_no_array():
    assert ".w[*][*]" not in gathered({".w[0][0]": 1.0, ".w[1][0]": 2.0, ".w[1][1]": 3.0})


def test_an_array_goes_back_to_where_its_numbers_stand():
    put = dict(scattered(".units[*].w", np.array([[1.0, 2.0], [3.0, 4.0]])))
    assert {path: row.tolist() for path, row in put.items()} == {
        ".units[0].w": [1.0, 2.0],
        ".units[1].w": [3.0, 4.0],
    }
