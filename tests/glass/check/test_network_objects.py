"""Networks written as objects that are made, hold their settings and are trained in many ways."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from helder.glass.check.checking import check
from helder.glass.check.findings import FileCheck

MANY_SIZES = """
import numpy as np

LEAK = 0.05

class Brain:
    def __init__(self, *sizes):
        self.weights = [np.random.randn(b, a) for a, b in zip(sizes, sizes[1:])]
        self.biases = [np.zeros(b) for b in sizes[1:]]

    def think(self, senses):
        signal = np.asarray(senses)
        for i in range(len(self.weights)):
            signal = self.weights[i] @ signal + self.biases[i]
            if i < len(self.weights) - 1:
                signal = np.where(signal > 0, signal, LEAK * signal)
        return signal

    def learn(self, senses, wanted, rate):
        signals, sums = [np.asarray(senses)], []
        last = len(self.weights) - 1
        for i in range(last + 1):
            s = self.weights[i] @ signals[-1] + self.biases[i]
            sums.append(s)
            signals.append(s if i == last else np.where(s > 0, s, LEAK * s))
        blame = signals[-1] - np.asarray(wanted)
        for i in range(last, -1, -1):
            if i < last:
                blame = blame * np.where(sums[i] > 0, 1.0, LEAK)
            below = self.weights[i].T @ blame
            self.weights[i] -= rate * np.outer(blame, signals[i])
            self.biases[i] -= rate * blame
            blame = below
"""

SETTINGS_IN_AN_OBJECT = """
from dataclasses import dataclass, field

import numpy as np

@dataclass(frozen=True)
class Config:
    sizes: tuple
    learning_rate: float = 0.01
    weight_decay: float = 1e-3
    epochs: int = 100

@dataclass
class MLP:
    config: Config
    weights: list = field(init=False)
    biases: list = field(init=False)

    def __post_init__(self):
        pairs = list(zip(self.config.sizes, self.config.sizes[1:]))
        self.weights = [np.random.randn(a, b) for a, b in pairs]
        self.biases = [np.zeros(b) for _, b in pairs]

    def forward(self, x):
        inputs = []
        for at, (W, b) in enumerate(zip(self.weights, self.biases)):
            inputs.append(x)
            x = x @ W + b
            if at < len(self.weights) - 1:
                x = np.tanh(x)
        e = np.exp(x - x.max(axis=1, keepdims=True))
        x = e / e.sum(axis=1, keepdims=True)
        return x, inputs

    def gradients(self, x, target):
        out, inputs = self.forward(x)
        delta = (out - target) / len(x)
        grads = []
        for W, entered in zip(reversed(self.weights), reversed(inputs)):
            grads.insert(0, (entered.T @ delta + self.config.weight_decay * W, delta.sum(axis=0)))
            delta = delta @ W.T * (1 - entered ** 2)
        return grads

    def fit(self, x, target):
        for _ in range(self.config.epochs):
            for at, (dW, db) in enumerate(self.gradients(x, target)):
                self.weights[at] = self.weights[at] - self.config.learning_rate * dW
                self.biases[at] = self.biases[at] - self.config.learning_rate * db
            yield np.mean((self.forward(x)[0] - target) ** 2)

def main(x, y):
    model = MLP(Config(sizes=(x.shape[1], 6, 3), learning_rate=0.05))
    for loss in model.fit(x, y):
        print(loss)
"""

OWNED_BY_A_TRAINER = """
import numpy as np

class Tanh:
    def apply(self, value):
        return np.tanh(value)

    def derivative(self, value):
        return 1.0 - np.tanh(value) ** 2

class Layer:
    def __init__(self, inputCount, neuronCount, activation):
        self.__weights = np.random.randn(neuronCount, inputCount)
        self.__biases = np.zeros((neuronCount, 1))
        self.activation = activation

    def getWeights(self):
        return self.__weights

    def activate(self, inputColumn):
        self.input = inputColumn
        self.netInput = self.__weights @ inputColumn + self.__biases
        return self.activation.apply(self.netInput)

    def move(self, delta, rate):
        self.__weights = self.__weights + rate * delta @ self.input.T
        self.__biases = self.__biases + rate * delta

class NeuralNetwork:
    def __init__(self, layerSizes, activation):
        pairs = zip(layerSizes, layerSizes[1:])
        self.layers = [Layer(before, after, activation) for before, after in pairs]

    def compute(self, inputColumn):
        for layer in self.layers:
            inputColumn = layer.activate(inputColumn)
        return inputColumn

class Trainer:
    def __init__(self, network, learningRate):
        self.__network = network
        self.__learningRate = learningRate

    def trainExample(self, inputColumn, targetColumn):
        errorSignal = targetColumn - self.__network.compute(inputColumn)
        for layer in reversed(self.__network.layers):
            delta = errorSignal * layer.activation.derivative(layer.netInput)
            errorSignal = layer.getWeights().T @ delta
            layer.move(delta, self.__learningRate)

def main(features, classNames):
    network = NeuralNetwork([features.shape[1], 10, len(classNames)], Tanh())
    trainer = Trainer(network, 0.3)
"""

TESTED_WHILE_TRAINING = """
import numpy as np

class Classifier:
    def __init__(self, hidden=8, learning_rate=0.1, epochs=10):
        self.hidden, self.learning_rate, self.epochs = hidden, learning_rate, epochs

    def init_weights(self, n_features, n_classes):
        self.W1 = np.random.randn(n_features, self.hidden)
        self.b1 = np.zeros(self.hidden)
        self.W2 = np.random.randn(self.hidden, n_classes)
        self.b2 = np.zeros(n_classes)

    def logits(self, x):
        self.h = np.maximum(0, x @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def loss_and_grads(self, x, y):
        z = self.logits(x)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(len(y)), y]))
        delta = p.copy()
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        dh = delta @ self.W2.T * (self.h > 0)
        return loss, [x.T @ dh, dh.sum(axis=0), self.h.T @ delta, delta.sum(axis=0)]

    def fit(self, x, y, x_val, y_val):
        self.init_weights(x.shape[1], int(y.max()) + 1)
        for _ in range(self.epochs):
            _, grads = self.loss_and_grads(x, y)
            for p, g in zip([self.W1, self.b1, self.W2, self.b2], grads):
                p -= self.learning_rate * g
            print(self.loss_and_grads(x_val, y_val)[0])
"""

MADE_WITH_COLUMNS = """
import numpy as np

class Red:
    def __init__(self, X, Y, ocultas=5, tasa=0.5, epocas=600):
        self.X, self.Y, self.tasa, self.epocas = X, Y, tasa, epocas
        self.m = X.shape[1]
        self.W1 = np.random.randn(ocultas, X.shape[0])
        self.b1 = np.zeros((ocultas, 1))
        self.W2 = np.random.randn(1, ocultas)
        self.b2 = np.zeros((1, 1))

    def propagar(self):
        self.A1 = np.tanh(self.W1 @ self.X + self.b1)
        self.A2 = 1 / (1 + np.exp(-(self.W2 @ self.A1 + self.b2)))

    def retropropagar(self):
        dZ2 = (self.A2 - self.Y) / self.m
        self.dW2 = dZ2 @ self.A1.T
        self.db2 = np.sum(dZ2, axis=1, keepdims=True)
        dZ1 = self.W2.T @ dZ2 * (1 - self.A1 ** 2)
        self.dW1 = dZ1 @ self.X.T
        self.db1 = np.sum(dZ1, axis=1, keepdims=True)

    def entrenar(self):
        for _ in range(self.epocas):
            self.propagar()
            self.retropropagar()
            for name in ("W1", "b1", "W2", "b2"):
                setattr(self, name, getattr(self, name) - self.tasa * getattr(self, "d" + name))
"""

NEURONS = """
import random

import numpy as np

class Neuron:
    def __init__(self, n_inputs):
        self.__weights = np.array([random.uniform(-1, 1) for _ in range(n_inputs)])
        self.bias = random.uniform(-1, 1)

    def fire(self, inputs):
        self.inputs = inputs
        self.output = 1.0 / (1.0 + np.exp(-(self.__weights @ inputs + self.bias)))
        return self.output

    def weight(self, index):
        return self.__weights[index]

    def adjust(self, rate):
        self.__weights = self.__weights - rate * self.delta * self.inputs
        self.bias = self.bias - rate * self.delta

class Network:
    def __init__(self, n_inputs, n_hidden, n_outputs):
        self.hidden = [Neuron(n_inputs) for _ in range(n_hidden)]
        self.outputs = [Neuron(n_hidden) for _ in range(n_outputs)]

    def forward(self, inputs):
        inputs = np.array([neuron.fire(inputs) for neuron in self.hidden])
        return np.array([neuron.fire(inputs) for neuron in self.outputs])

    def train(self, inputs, expected, rate):
        self.forward(inputs)
        for neuron, target in zip(self.outputs, expected):
            neuron.delta = (neuron.output - target) * neuron.output * (1 - neuron.output)
        for at, neuron in enumerate(self.hidden):
            error = sum(after.weight(at) * after.delta for after in self.outputs)
            neuron.delta = error * neuron.output * (1 - neuron.output)
        for neuron in self.hidden + self.outputs:
            neuron.adjust(rate)
"""

LISTS_OF_NUMBERS = """
from math import exp
from random import random

def initialize_network(n_inputs, n_hidden, n_outputs):
    return [
        [{"weights": [random() for _ in range(n_inputs + 1)]} for _ in range(n_hidden)],
        [{"weights": [random() for _ in range(n_hidden + 1)]} for _ in range(n_outputs)],
    ]

def forward_propagate(network, row):
    inputs = row
    for layer in network:
        new_inputs = []
        for neuron in layer:
            weights = neuron["weights"]
            activation = weights[-1]
            for i in range(len(weights) - 1):
                activation += weights[i] * inputs[i]
            neuron["output"] = 1.0 / (1.0 + exp(-activation))
            new_inputs.append(neuron["output"])
        inputs = new_inputs
    return inputs

def backward_propagate_error(network, expected):
    for i in reversed(range(len(network))):
        for j, neuron in enumerate(network[i]):
            if i == len(network) - 1:
                error = neuron["output"] - expected[j]
            else:
                error = sum(after["weights"][j] * after["delta"] for after in network[i + 1])
            neuron["delta"] = error * neuron["output"] * (1.0 - neuron["output"])

def update_weights(network, row, l_rate):
    for i in range(len(network)):
        inputs = row[:-1]
        if i != 0:
            inputs = [neuron["output"] for neuron in network[i - 1]]
        for neuron in network[i]:
            for j in range(len(inputs)):
                neuron["weights"][j] -= l_rate * neuron["delta"] * inputs[j]
            neuron["weights"][-1] -= l_rate * neuron["delta"]
"""

SETTINGS_IN_A_TABLE = """
import copy

import numpy as np

CONFIG = {
    "layers": [{"units": 6, "activation": "tanh"}],
    "optimizer": {"name": "sgd", "lr": 0.05, "l2": 1e-3},
    "seed": 0,
}
ACT = {
    "tanh": (np.tanh, lambda z, a: 1 - a * a),
    "linear": (lambda z: z, lambda z, a: np.ones_like(z)),
}

def out_cross_entropy(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.sum(y * np.log(p), axis=1)), (p - y) / len(y)

def out_mse(z, y):
    return np.mean((z - y) ** 2), 2 * (z - y) / y.size

OUT = {"mse": out_mse, "cross_entropy": out_cross_entropy}

def build(cfg, n_in, n_out, rng):
    net = []
    for spec in cfg["layers"] + [{"units": n_out, "activation": "linear"}]:
        w = rng.normal(size=(n_in, spec["units"]))
        net.append({"w": w, "b": np.zeros(spec["units"]), "activation": spec["activation"]})
        n_in = spec["units"]
    return net

def gradients(net, x, y, loss_name, opt):
    trace = [(None, x)]
    for layer in net:
        z = trace[-1][1] @ layer["w"] + layer["b"]
        trace.append((z, ACT[layer["activation"]][0](z)))
    loss, d = OUT[loss_name](trace[-1][1], y)
    grads = [None] * len(net)
    for i in range(len(net) - 1, -1, -1):
        d = d * ACT[net[i]["activation"]][1](*trace[i + 1])
        grads[i] = {"w": trace[i][1].T @ d + opt["l2"] * net[i]["w"], "b": d.sum(axis=0)}
        d = d @ net[i]["w"].T
    return loss, grads

def apply_update(net, grads, memory, opt):
    for layer, grad in zip(net, grads):
        for key in ("w", "b"):
            layer[key] = layer[key] - opt["lr"] * grad[key]

def main(cfg, x, y, loss_name):
    rng = np.random.default_rng(cfg["seed"])
    net, memory = build(cfg, x.shape[1], y.shape[1], rng), {}
    for _ in range(10):
        _, grads = gradients(net, x, y, loss_name, cfg["optimizer"])
        apply_update(net, grads, memory, cfg["optimizer"])

if __name__ == "__main__":
    config = copy.deepcopy(CONFIG)
    main(config, np.zeros((4, 2)), np.eye(4), "cross_entropy")
"""

FUNCTIONS_OF_AN_OBJECT = """
from dataclasses import dataclass

import numpy as np

@dataclass
class Config:
    n_in: int = 4
    n_hidden: int = 6
    n_out: int = 3
    lr: float = 0.1
    l2: float = 1e-4

@dataclass
class Params:
    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray

def init_params(cfg, rng):
    W1, W2 = rng.normal(size=(cfg.n_in, cfg.n_hidden)), rng.normal(size=(cfg.n_hidden, cfg.n_out))
    return Params(W1, np.zeros(cfg.n_hidden), W2, np.zeros(cfg.n_out))

def forward(params, x):
    h = np.maximum(0, x @ params.W1 + params.b1)
    z = h @ params.W2 + params.b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return h, e / e.sum(axis=1, keepdims=True)

def backward(params, x, y, h, p, cfg):
    d2 = (p - y) / len(x)
    d1 = d2 @ params.W2.T * (h > 0)
    dW1 = x.T @ d1 + cfg.l2 * params.W1
    return Params(dW1, d1.sum(axis=0), h.T @ d2 + cfg.l2 * params.W2, d2.sum(axis=0))

def update(params, grads, cfg):
    params.W1 -= cfg.lr * grads.W1
    params.b1 -= cfg.lr * grads.b1
    params.W2 -= cfg.lr * grads.W2
    params.b2 -= cfg.lr * grads.b2

def main(x, y):
    cfg = Config()
    params = init_params(cfg, np.random.default_rng(0))
    h, p = forward(params, x)
    update(params, backward(params, x, y, h, p, cfg), cfg)
"""

SETTINGS_BESIDE_THE_CLASS = """
import numpy as np

EPOCHS = 500
LAMBDA = 0.1

class Config:
    MOMENTUM = 0.9
    LEARNING_RATE = 0.01

class Network:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_in, n_hidden)
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, n_out)
        self.b2 = np.zeros((1, n_out))

    def forward(self, X):
        self.h = np.tanh(X @ self.W1 + self.b1)
        z = self.h @ self.W2 + self.b2
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def train(self, X, Y):
        for _ in range(EPOCHS):
            d2 = (self.forward(X) - Y) / len(X)
            d1 = d2 @ self.W2.T * (1 - self.h ** 2)
            self.W2 -= Config.LEARNING_RATE * (self.h.T @ d2 + LAMBDA * self.W2)
            self.b2 -= Config.LEARNING_RATE * d2.sum(axis=0, keepdims=True)
            self.W1 -= Config.LEARNING_RATE * (X.T @ d1 + LAMBDA * self.W1)
            self.b1 -= Config.LEARNING_RATE * d1.sum(axis=0, keepdims=True)
"""

SETTINGS_OF_THE_COMMAND_LINE = """
import argparse

import numpy as np

def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--hidden", type=int, default=6)
    parser.add_argument("--weight_decay", type=float, default=1e-2)
    return parser.parse_args()

class Net:
    def __init__(self, n_in, n_out, args):
        self.args = args
        self.w1 = np.random.randn(n_in, args.hidden)
        self.w2 = np.random.randn(args.hidden, n_out)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.w1)
        z = self.h @ self.w2
        p = np.exp(z - z.max(axis=1, keepdims=True))
        self.p = p / p.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, y):
        dz = (self.p - y) / len(y)
        self.dw2 = self.h.T @ dz + self.args.weight_decay * self.w2
        dh = dz @ self.w2.T * (1 - self.h ** 2)
        self.dw1 = self.x.T @ dh + self.args.weight_decay * self.w1

    def step(self):
        self.w1 -= self.args.lr * self.dw1
        self.w2 -= self.args.lr * self.dw2

def main():
    args = parse_args()
    net = Net(784, 10, args)
"""

NAMES_THAT_SAY_NOTHING = """
import numpy as np

class YapaySinirAgi:
    def __init__(self, giris, gizli, cikis):
        self.w1 = np.random.randn(giris, gizli)
        self.b1 = np.zeros((1, gizli))
        self.w2 = np.random.randn(gizli, cikis)
        self.b2 = np.zeros((1, cikis))

    def ileri(self, girdi):
        self.z1 = girdi @ self.w1 + self.b1
        self.a1 = 1 / (1 + np.exp(-self.z1))
        self.z2 = self.a1 @ self.w2 + self.b2
        self.a2 = 1 / (1 + np.exp(-self.z2))
        return self.a2

    def geri(self, girdi, hedef, hiz):
        hata = self.a2 - hedef
        d2 = hata * self.a2 * (1 - self.a2)
        d1 = d2 @ self.w2.T * self.a1 * (1 - self.a1)
        self.w2 -= hiz * self.a1.T @ d2
        self.b2 -= hiz * d2.sum(axis=0, keepdims=True)
        self.w1 -= hiz * girdi.T @ d1
        self.b1 -= hiz * d1.sum(axis=0, keepdims=True)

    def egit(self, girdi, hedef, tur=1000, hiz=0.1):
        for i in range(tur):
            self.ileri(girdi)
            self.geri(girdi, hedef, hiz)
"""

NAMES_OF_THEIR_OWN = """
import numpy as np

class Mind:
    def __init__(self, eyes, thoughts, hands):
        self.A = np.random.randn(eyes, thoughts) * 0.3
        self.a = np.zeros(thoughts)
        self.B = np.random.randn(thoughts, hands) * 0.3
        self.c = np.zeros(hands)
    def see(self, what):
        self.what = what
        self.mid = np.tanh(what @ self.A + self.a)
        self.end = 1 / (1 + np.exp(-(self.mid @ self.B + self.c)))
        return self.end
    def regret(self, should):
        e = (self.end - should) * self.end * (1 - self.end)
        self.gB = self.mid.T @ e
        self.gc = e.sum(0)
        f = e @ self.B.T * (1 - self.mid ** 2)
        self.gA = self.what.T @ f
        self.ga = f.sum(0)
    def move(self, how_much):
        self.A -= how_much * self.gA
        self.a -= how_much * self.ga
        self.B -= how_much * self.gB
        self.c -= how_much * self.gc
"""

GRADIENTS_KEPT_SMALL = """
import numpy as np

class MLPRegressor:
    def __init__(self, layer_sizes, lr=0.01, dropout=0.2, clip=1.0, l1=0.0, l2=0.01):
        self.lr, self.dropout, self.clip, self.l1, self.l2 = lr, dropout, clip, l1, l2
        self.layers = []
        for n_in, n_out in zip(layer_sizes[:-1], layer_sizes[1:]):
            W = np.random.randn(n_in, n_out) * np.sqrt(1 / n_in)
            self.layers.append({"W": W, "b": np.zeros((1, n_out))})
        self.training = True

    def forward(self, X):
        self.inputs, self.masks = [], []
        out = X
        for i, layer in enumerate(self.layers):
            self.inputs.append(out)
            out = out @ layer["W"] + layer["b"]
            if i < len(self.layers) - 1:
                out = np.tanh(out)
                if self.training and self.dropout > 0:
                    mask = (np.random.rand(*out.shape) > self.dropout) / (1 - self.dropout)
                else:
                    mask = np.ones_like(out)
                self.masks.append((mask, out))
                out = out * mask
        return out

    def train_batch(self, X, y):
        pred = self.forward(X)
        grad = 2 * (pred - y) / X.shape[0]
        for i in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[i]
            if i < len(self.layers) - 1:
                mask, a = self.masks[i]
                grad = grad * mask * (1 - a ** 2)
            dW = self.inputs[i].T @ grad + 2 * self.l2 * layer["W"] + self.l1 * np.sign(layer["W"])
            db = np.sum(grad, axis=0, keepdims=True)
            grad = grad @ layer["W"].T
            norm = np.linalg.norm(dW)
            if norm > self.clip:
                dW = dW * self.clip / norm
            layer["W"] -= self.lr * dW
            layer["b"] -= self.lr * db
        return np.mean((pred - y) ** 2)
"""

STYLES = {
    "gradients that are kept small": (
        GRADIENTS_KEPT_SMALL,
        "grad = grad * mask * (1 - a ** 2)",
        "grad = grad * mask",
        "missing-hidden-derivative",
    ),
    "biases by names of their own": (
        NAMES_OF_THEIR_OWN,
        "self.c -= how_much * self.gc",
        "self.c += how_much * self.gc",
        "update-sign",
    ),
    "names that say nothing to us": (
        NAMES_THAT_SAY_NOTHING,
        "d1 = d2 @ self.w2.T * self.a1 * (1 - self.a1)",
        "d1 = hata @ self.w2.T * self.a1 * (1 - self.a1)",
        "hidden-error-from-raw-error",
    ),
    "settings of the command line": (
        SETTINGS_OF_THE_COMMAND_LINE,
        "dh = dz @ self.w2.T * (1 - self.h ** 2)",
        "dh = dz @ self.w2.T",
        "missing-hidden-derivative",
    ),
    "settings that stand beside the class": (
        SETTINGS_BESIDE_THE_CLASS,
        "d1 = d2 @ self.W2.T * (1 - self.h ** 2)",
        "d1 = d2 @ self.W2.T * self.h * (1 - self.h)",
        "derivative-of-another-activation",
    ),
    "settings in a table": (
        SETTINGS_IN_A_TABLE,
        "d.sum(axis=0)}",
        "np.ones(d.shape[1]) * d.sum()}",
        "bias-gradient-scalar",
    ),
    "functions of an object": (
        FUNCTIONS_OF_AN_OBJECT,
        "params.b1 -= cfg.lr * grads.b1",
        "params.b1 += cfg.lr * grads.b1",
        "update-sign",
    ),
    "neurons that hold their own weights": (
        NEURONS,
        "neuron.delta = error * neuron.output * (1 - neuron.output)",
        "neuron.delta = error",
        "missing-hidden-derivative",
    ),
    "numbers in lists, and rows that end in their class": (
        LISTS_OF_NUMBERS,
        'neuron["weights"][-1] -= l_rate',
        'neuron["weights"][-1] += l_rate',
        "update-sign",
    ),
    "any number of sizes, and a leaky ReLU of their own in place": (
        MANY_SIZES,
        "blame = blame * np.where(sums[i] > 0, 1.0, LEAK)",
        "pass",
        "missing-hidden-derivative",
    ),
    "settings that are frozen, and training that yields": (
        SETTINGS_IN_AN_OBJECT,
        "delta.sum(axis=0)))",
        "np.ones(W.shape[1]) * delta.sum()))",
        "bias-gradient-scalar",
    ),
    "a trainer that owns the network": (
        OWNED_BY_A_TRAINER,
        "delta = errorSignal * layer.activation.derivative(layer.netInput)",
        "delta = errorSignal * layer.activation.derivative(np.tanh(layer.netInput))",
        "derivative-z-given-a",
    ),
    "data to test with that training wants": (
        TESTED_WHILE_TRAINING,
        "dh = delta @ self.W2.T * (self.h > 0)",
        "dh = delta @ self.W2.T",
        "missing-hidden-derivative",
    ),
    "rows that the constructor takes in columns": (
        MADE_WITH_COLUMNS,
        "dZ1 = self.W2.T @ dZ2 * (1 - self.A1 ** 2)",
        "dZ1 = self.W2.T @ dZ2 * self.A1 * (1 - self.A1)",
        "derivative-of-another-activation",
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_network_of_objects_is_recognised_as_right(style: str, tmp_path: Path) -> None:
    found = checked(STYLES[style][0], tmp_path)
    assert found.network is not None
    assert found.network.verdict == "ok"


@pytest.mark.parametrize("style", STYLES)
def test_a_mistake_in_a_network_of_objects_has_its_name(style: str, tmp_path: Path) -> None:
    source, right, mistaken, cause = STYLES[style]
    assert right in source
    found = checked(source.replace(right, mistaken), tmp_path)
    assert found.network is not None
    assert found.network.causes == (cause,)


def test_gradients_whose_norms_are_kept_small_have_no_wrong_size(tmp_path: Path) -> None:
    fixed = GRADIENTS_KEPT_SMALL.replace("norm > self.clip", "norm > 0.5")
    found = checked(fixed.replace("dW * self.clip / norm", "dW * 0.5 / norm"), tmp_path)
    assert found.network is not None
    assert found.network.verdict == "cannot tell", found.network.evidence


def checked(source: str, folder: Path) -> FileCheck:
    """What is found of this text as a file."""
    path = folder / "network.py"
    path.write_text(textwrap.dedent(source))
    return check(path, seconds=10)
