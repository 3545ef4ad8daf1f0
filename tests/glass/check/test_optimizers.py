"""Optimisers that people write: several steps are compared with those of the published rules."""

from __future__ import annotations

import pytest

import helder

NETWORK = """
import numpy as np


class Network:
    def __init__(self, n_in, n_hidden, n_out, learning_rate=0.01):
        rng = np.random.default_rng(0)
        self.params = {
            "W1": rng.normal(0, 0.5, (n_in, n_hidden)),
            "b1": np.zeros((1, n_hidden)),
            "W2": rng.normal(0, 0.5, (n_hidden, n_out)),
            "b2": np.zeros((1, n_out)),
        }
        self.learning_rate, self.t = learning_rate, 0
        self.m = {name: np.zeros_like(value) for name, value in self.params.items()}
        self.v = {name: np.zeros_like(value) for name, value in self.params.items()}

    def forward(self, X):
        self.h = np.tanh(X @ self.params["W1"] + self.params["b1"])
        z = self.h @ self.params["W2"] + self.params["b2"]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, X, y):
        dz2 = (self.forward(X) - y) / len(X)
        dz1 = (dz2 @ self.params["W2"].T) * (1 - self.h**2)
        grads = {"W1": X.T @ dz1, "b1": dz1.sum(axis=0, keepdims=True)}
        return grads | {"W2": self.h.T @ dz2, "b2": dz2.sum(axis=0, keepdims=True)}

    def update(self, grads, b1=0.9, b2=0.999, eps=1e-8):
        self.t += 1
        for name, g in grads.items():
            RULE

    def fit(self, X, y, epochs=100):
        for _ in range(epochs):
            self.update(self.backward(X, y))
"""
ADAM = """
self.m[name] = b1 * self.m[name] + (1 - b1) * g
self.v[name] = b2 * self.v[name] + (1 - b2) * g**2
m, v = self.m[name] / (1 - b1**self.t), self.v[name] / (1 - b2**self.t)
self.params[name] -= self.learning_rate * m / (np.sqrt(v) + eps)
"""
RMSPROP = """
self.v[name] = 0.9 * self.v[name] + 0.1 * g**2
self.params[name] -= self.learning_rate * g / (np.sqrt(self.v[name]) + eps)
"""
ADAGRAD = """
self.v[name] += g * g
self.params[name] -= self.learning_rate * g / np.sqrt(self.v[name] + eps)
"""


def network_with(rule, tmp_path):
    """What is found of the network with these lines as its update."""
    lines = rule.strip().replace("\n", "\n            ")
    path = tmp_path / "mine.py"
    path.write_text(NETWORK.replace("RULE", lines), encoding="utf-8")
    return helder.check(path, seconds=60).network


@pytest.mark.parametrize(("name", "rule"), [
    ("Adam", ADAM),
    ("Adam", ADAM.replace("np.sqrt(v) + eps", "np.sqrt(v + eps)")),
    ("Adam", ADAM.replace("self.learning_rate", "0.003")),
    ("Adam", ADAM.replace("* g**2", "* g * g").replace("- b1) * g", "- b1) * 1.0 * g")),
    ("RMSprop", RMSPROP),
    ("Adagrad", ADAGRAD),
])  # fmt: skip
def test_a_rule_as_it_is_published_is_right_and_named(name, rule, tmp_path):
    found = network_with(rule, tmp_path)
    assert (found.verdict, found.stepped) == ("ok", True)
    assert found.convention["update"] == name


@pytest.mark.parametrize(("right", "slip", "saw"), [
    ("* g**2", "* g", "v takes g in place of g^2"),
    ("(1 - b1) * g", "(1 - b2) * g", "m takes (1 - beta2) g"),
    ("(1 - b2) * g**2", "(1 - b1) * g**2", "v takes (1 - beta1) g^2"),
    ("b1 * self.m", "b2 * self.m", "m keeps beta2 m"),
    ("np.sqrt(v)", "v", "no root is taken of v"),
    ("m / (np.sqrt(v) + eps)", "m * (np.sqrt(v) + eps)", "multiplied by the root"),
    ("**self.t", " * self.t", "1 - beta t in place of 1 - beta^t"),
    (" / (1 - b2**self.t)", "", "m is divided by 1 - beta^t, and v is not"),
    ("1 - b2**self.t", "1 - b1**self.t", "v is divided by 1 - beta1^t"),
    ("self.m[name] = ", "self.t += 0 if name == 'W1' else 1\nself.m[name] = ", "every array"),
])  # fmt: skip
def test_a_slip_in_adam_is_told_by_what_it_is(right, slip, saw, tmp_path):
    assert right in ADAM
    found = network_with(ADAM.replace(right, slip, 2), tmp_path)
    assert (found.verdict, found.causes) == ("wrong", ("optimizer-formula",))
    assert saw in found.evidence
    assert (found.function, found.stepped) == ("Network.update", True)


@pytest.mark.parametrize(("rule", "saw"), [
    (RMSPROP.replace("g**2", "g"), "those of RMSprop, but v takes g"),
    (ADAGRAD.replace("np.sqrt(self.v[name] + eps)", "(self.v[name] + eps)"), "no root is taken"),
])  # fmt: skip
def test_a_slip_in_another_rule_is_told_too(rule, saw, tmp_path):
    found = network_with(rule, tmp_path)
    assert (found.verdict, found.causes) == ("wrong", ("optimizer-formula",))
    assert saw in found.evidence


def test_adam_whose_means_are_not_corrected_is_a_convention(tmp_path):
    bare = ADAM.replace(" / (1 - b1**self.t)", "").replace(" / (1 - b2**self.t)", "")
    found = network_with(bare, tmp_path)
    assert (found.verdict, found.causes) == ("convention", ("optimizer-bias-correction",))
    assert found.function == "Network.update"


def test_a_rule_that_we_do_not_know_is_not_called_wrong(tmp_path):
    cubes = RMSPROP.replace("g**2", "abs(g) ** 3").replace("np.sqrt", "np.cbrt")
    found = network_with(cubes, tmp_path)
    assert (found.verdict, found.stepped, found.causes) == ("ok", False, ())


DRAWN = """
import numpy as np


class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.params = {
            "W1": 0.1 * np.random.randn(n_in, n_hidden),
            "b1": np.zeros(n_hidden),
            "W2": 0.1 * np.random.randn(n_hidden, n_out),
            "b2": np.zeros(n_out),
        }

    def loss(self, X, y=None, reg=0.0):
        p, rows = self.params, len(X)
        h = np.tanh(X @ p["W1"] + p["b1"])
        scores = h @ p["W2"] + p["b2"]
        if y is None:
            return scores
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities = e / e.sum(axis=1, keepdims=True)
        loss = -np.log(probabilities[np.arange(rows), y]).mean()
        d = probabilities
        d[np.arange(rows), y] -= 1
        d /= rows
        dh = d @ p["W2"].T * (1 - h**2)
        return loss, {"W1": X.T @ dh, "b1": dh.sum(0), "W2": h.T @ d, "b2": d.sum(0)}

    def train(self, X, y, learning_rate=0.1, num_iters=100, batch_size=20):
        for _ in range(num_iters):
            drawn = np.random.choice(len(X), batch_size)
            loss, grads = self.loss(X[drawn], y[drawn])
            for name in self.params:
                self.params[name] -= learning_rate * grads[name]
"""


def checked(text, tmp_path):
    """What is found of the network of this text."""
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    return helder.check(path, seconds=60).network


def test_an_update_on_rows_that_are_drawn_is_judged(tmp_path):
    found = checked(DRAWN, tmp_path)
    assert (found.verdict, found.stepped) == ("ok", True)
    assert found.convention["update"] == "gradient descent"


@pytest.mark.parametrize(("right", "slip", "cause"), [
    ("-= learning_rate", "+= learning_rate", "update-sign"),
    ("in self.params:\n", "in ('W1', 'W2'):\n", "parameter-not-updated"),
])  # fmt: skip
def test_a_mistake_in_an_update_on_rows_that_are_drawn_is_found(right, slip, cause, tmp_path):
    assert right in DRAWN
    found = checked(DRAWN.replace(right, slip), tmp_path)
    assert (found.verdict, found.causes) == ("wrong", (cause,))
    assert found.function == "Net.train"


PAIRED = """
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


class Network:
    def __init__(self, sizes):
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(w @ a + b)
        return a

    def backprop(self, x, y):
        activations = [x]
        for b, w in zip(self.biases, self.weights):
            activations.append(sigmoid(w @ activations[-1] + b))
        delta = activations[-1] - y
        found = []
        for at in range(len(self.weights) - 1, -1, -1):
            found.insert(0, (delta, delta @ activations[at].T))
            slope = activations[at] * (1 - activations[at])
            delta = (self.weights[at].T @ delta) * slope
        return found

    def update_mini_batch(self, mini_batch, eta):
        for x, y in mini_batch:
            for at, (db, dw) in enumerate(self.backprop(x, y)):
                self.biases[at] = self.biases[at] - eta / len(mini_batch) * db
                self.weights[at] = self.weights[at] - eta / len(mini_batch) * dw
"""


def test_what_predicts_is_judged_too_where_pairs_train_and_its_argument_says_nothing(tmp_path):
    assert checked(PAIRED, tmp_path).verdict == "ok"
    found = checked(PAIRED.replace("sigmoid(w @ a + b)", "sigmoid(w @ a)"), tmp_path)
    assert (found.verdict, found.causes) == ("wrong", ("forward-misses-bias",))
    assert found.function == "Network.feedforward"


BESIDE = (
    NETWORK.split("    def update")[0]
    + """

class Adam:
    def __init__(self, params, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
        self.params, self.lr, self.b1, self.b2, self.eps, self.t = params, lr, b1, b2, eps, 0
        self.m = {k: np.zeros_like(p) for k, p in params.items()}
        self.v = {k: np.zeros_like(p) for k, p in params.items()}

    def step(self, grads):
        self.t += 1
        for k, g in grads.items():
            self.m[k] += (1 - self.b1) * (g - self.m[k])
            self.v[k] += (1 - self.b2) * (g * g - self.v[k])
            m, v = self.m[k] / (1 - self.b1**self.t), self.v[k] / (1 - self.b2**self.t)
            self.params[k] -= self.lr * m / (np.sqrt(v) + self.eps)
"""
)


def test_an_optimiser_that_is_an_object_of_its_own_is_judged_by_itself(tmp_path):
    found = checked(BESIDE, tmp_path)
    assert (found.verdict, found.stepped, found.convention["update"]) == ("ok", True, "Adam")


@pytest.mark.parametrize(("right", "slip", "cause"), [
    ("(g * g - self.v[k])", "(g - self.v[k])", "optimizer-formula"),
    ("self.v[k] / (1 - self.b2**self.t)", "self.v[k]", "optimizer-formula"),
    ("(1 - self.b1) * (g", "(1 - self.b2) * (g", "optimizer-formula"),
])  # fmt: skip
def test_a_slip_in_an_optimiser_of_its_own_is_found_in_its_method(right, slip, cause, tmp_path):
    assert right in BESIDE
    found = checked(BESIDE.replace(right, slip), tmp_path)
    assert (found.causes, found.function) == ((cause,), "Adam.step")


FUNCTIONS = (
    NETWORK.split("    def update")[0]
    + """

def initialize_adam(parameters):
    v = {"d" + name: np.zeros(value.shape) for name, value in parameters.items()}
    s = {"d" + name: np.zeros(value.shape) for name, value in parameters.items()}
    return v, s


def update_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999):
    for k in parameters:
        v["d" + k] = beta1 * v["d" + k] + (1 - beta1) * grads["d" + k]
        s["d" + k] = beta2 * s["d" + k] + (1 - beta2) * grads["d" + k] ** 2
        v_corrected = v["d" + k] / (1 - beta1**t)
        s_corrected = s["d" + k] / (1 - beta2**t)
        parameters[k] = parameters[k] - learning_rate * v_corrected / (np.sqrt(s_corrected) + 1e-8)
    return parameters, v, s
"""
)


def test_an_optimiser_that_is_a_function_is_handed_its_moments_and_counted_for(tmp_path):
    found = checked(FUNCTIONS, tmp_path)
    assert (found.verdict, found.stepped, found.convention["update"]) == ("ok", True, "Adam")


@pytest.mark.parametrize(("right", "slip"), [
    (" ** 2", ""),
    ("1 - beta2**t", "1 - beta1**t"),
    ("beta2 * s[", "beta1 * s["),
])  # fmt: skip
def test_a_slip_in_an_optimiser_that_is_a_function_is_found(right, slip, tmp_path):
    assert right in FUNCTIONS
    found = checked(FUNCTIONS.replace(right, slip), tmp_path)
    assert (found.causes, found.function) == (("optimizer-formula",), "update_with_adam")
