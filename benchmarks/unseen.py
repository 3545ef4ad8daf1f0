"""How far the training loss shows a mistake: each trained on five tables from six seeds.

A network n-8-8-K (sigmoid, tanh or relu; softmax and cross-entropy unless the mistake needs another
loss) in plain NumPy, batches of 32, 40 epochs of plain gradient descent. Beside each mistake stands
the same network without it, from the same seed. `fell` counts the runs in which the loss that the
code itself prints is lower at the end than before training; `points` is how much accuracy on the
rows that did not train is lost on average. `src/helder/text/en/causes.toml` quotes `fell`.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from sklearn import datasets

SEEDS, EPOCHS, BATCH, WIDTH = 6, 40, 32, 8


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def softmax(z, axis=1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def softmax_of_all(z):
    e = np.exp(z - z.max())
    return e / e.sum()


@dataclass(frozen=True)
class Code:
    """How a person wrote the network; the defaults are right."""

    activation: Callable = np.tanh
    slope: Callable = lambda z, a: 1 - a * a
    output: Callable = softmax
    squared: bool = False  # the loss that is printed: half the squared error, else cross-entropy
    delta: Callable = lambda p, y: p - y
    raw: Callable | None = None  # what the hidden layers get instead of the output's delta
    bias: Callable = lambda dz, dzs: dz.mean(axis=0)
    weight: Callable = lambda dW, layer, m: dW
    entering: Callable = lambda a, z: a  # a hidden layer's output as dW of the next one uses it
    back: Callable = lambda W: W.T
    rate: Callable = lambda layer: 1.0
    first: Callable = lambda rng, n, m: rng.normal(0, 1 / np.sqrt(n), (n, m))
    updated_first: bool = False
    no_bias: bool = False
    skips: bool = False
    apart: bool = False
    learning_rate: float = 0.2


RIGHT = Code()
LOGISTIC = Code(sigmoid, lambda z, a: a * (1 - a), learning_rate=1.0)
RELU = Code(lambda z: np.maximum(z, 0), lambda z, a: z > 0, learning_rate=0.1)
SQUARED = replace(LOGISTIC, output=sigmoid, squared=True, delta=lambda p, y: (p - y) * p * (1 - p))

# For each mistake the code without it and with it.
MISTAKES = {
    "softmax-derivative-twice": (
        RIGHT,
        replace(RIGHT, delta=lambda p, y: (p - y) * p * (1 - p)),
    ),
    "missing-output-derivative": (SQUARED, replace(SQUARED, delta=lambda p, y: p - y)),
    "hidden-error-from-raw-error": (SQUARED, replace(SQUARED, raw=lambda p, y: p - y)),
    "derivative-z-given-a": (
        LOGISTIC,
        replace(LOGISTIC, slope=lambda z, a: sigmoid(a) * (1 - sigmoid(a))),
    ),
    "derivative-a-given-z": (LOGISTIC, replace(LOGISTIC, slope=lambda z, a: z * (1 - z))),
    "derivative-of-another-activation": (RELU, replace(RELU, slope=lambda z, a: a * (1 - a))),
    "derivative-formula": (RIGHT, replace(RIGHT, slope=lambda z, a: 1 - a)),
    "missing-hidden-derivative": (RIGHT, replace(RIGHT, slope=lambda z, a: np.ones_like(z))),
    "relu-slope-threshold": (RELU, replace(RELU, slope=lambda z, a: z > 1)),
    "bias-gradient-scalar": (RIGHT, replace(RIGHT, bias=lambda dz, dzs: dz.sum() / len(dz))),
    "bias-gradient-one-row": (RIGHT, replace(RIGHT, bias=lambda dz, dzs: dz[-1])),
    "weight-gradient-input": (RIGHT, replace(RIGHT, entering=lambda a, z: z)),
    "weights-not-transposed": (RIGHT, replace(RIGHT, back=lambda W: W if square(W) else W.T)),
    "gradient-copied": (RIGHT, replace(RIGHT, bias=lambda dz, dzs: copied(dz, dzs))),
    "gradient-scale": (RIGHT, replace(RIGHT, bias=lambda dz, dzs: dz.sum(axis=0))),
    "gradient-divided-twice": (RIGHT, replace(RIGHT, weight=lambda dW, layer, m: dW / m)),
    "gradient-zero": (
        RIGHT,
        replace(RIGHT, slope=lambda z, a: 0 * a),
    ),
    "parameter-not-updated": (RIGHT, replace(RIGHT, rate=lambda layer: float(layer > 0))),
    "update-before-use": (RIGHT, replace(RIGHT, updated_first=True)),
    "forward-misses-bias": (RIGHT, replace(RIGHT, no_bias=True)),
    "layers-not-chained": (RIGHT, replace(RIGHT, skips=True)),
    "softmax-axis": (RIGHT, replace(RIGHT, output=lambda z: softmax(z, axis=0))),
    "softmax-whole-matrix": (RIGHT, replace(RIGHT, output=softmax_of_all)),
    "zero-init": (
        LOGISTIC,
        replace(LOGISTIC, first=lambda rng, n, m: np.zeros((n, m))),
    ),
    "update-sign": (RIGHT, replace(RIGHT, rate=lambda layer: -1.0)),
    "shuffled-apart": (RIGHT, replace(RIGHT, apart=True)),
}


def square(W):
    return W.shape[0] == W.shape[1]


def copied(dz, dzs):
    """The gradient of the second hidden layer's bias, for the first one as well."""
    return (dzs[1] if dz is dzs[0] else dz).mean(axis=0)


def forward(code, X, W, b):
    """The activations of every layer, inputs first, and the sums before them."""
    a, z = [X], []
    for layer, (weights, bias) in enumerate(zip(W, b, strict=True)):
        source = a[1] if code.skips and layer == 2 else a[-1]
        z.append(source @ weights + (0 if code.no_bias else bias))
        a.append((code.output if layer == len(W) - 1 else code.activation)(z[-1]))
    return a, z


def step(code, X, y, W, b):
    """One step of gradient descent, in place."""
    a, z = forward(code, X, W, b)
    rate, m = code.learning_rate, len(X)
    dz = code.delta(a[-1], y)
    dzs = [None] * len(W)
    for layer in reversed(range(len(W))):
        dzs[layer] = dz
        entered = code.entering(a[layer], z[layer - 1]) if layer else X
        dW = code.weight(entered.T @ dz / m, layer, m)
        before = W[layer].copy()
        W[layer] -= rate * code.rate(layer) * dW
        back = code.back(W[layer] if code.updated_first else before)
        if layer:
            error = code.raw(a[-1], y) if code.raw and layer == len(W) - 1 else dz
            dz = (error @ back) * code.slope(z[layer - 1], a[layer])
    for layer in range(len(W)):
        b[layer] -= rate * code.rate(layer) * code.bias(dzs[layer], dzs)


def printed(code, X, y, W, b):
    """The loss that the code prints."""
    p = forward(code, X, W, b)[0][-1]
    if code.squared:
        return float(np.mean(np.sum((p - y) ** 2, axis=1)) / 2)
    return float(-np.mean(np.sum(y * np.log(p + 1e-12), axis=1)))


def trained(code, table, seed):
    """Whether the loss fell, and the accuracy on the rows that did not train, in percent."""
    X, labels = table
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(X))
    X, labels = X[order], labels[order]
    cut = int(0.7 * len(X))
    X = (X - X[:cut].mean(axis=0)) / (X[:cut].std(axis=0) + 1e-9)
    y = np.eye(labels.max() + 1)[labels]
    sizes = [X.shape[1], WIDTH, WIDTH, y.shape[1]]
    W = [code.first(rng, n, m) for n, m in itertools.pairwise(sizes)]
    b = [np.zeros(m) for m in sizes[1:]]
    train_X, train_y = X[:cut], y[:cut]
    first = printed(code, train_X, train_y, W, b)
    for _ in range(EPOCHS):
        rows = rng.permutation(cut)
        partners = rng.permutation(cut) if code.apart else rows
        train_X, train_y = train_X[rows], train_y[partners]
        for start in range(0, cut, BATCH):
            batch = slice(start, start + BATCH)
            step(code, train_X[batch], train_y[batch], W, b)
    last = printed(code, train_X, train_y, W, b)
    hits = forward(code, X[cut:], W, b)[0][-1].argmax(axis=1) == labels[cut:]
    return last < first, 100 * float(hits.mean())


def tables():
    digits = datasets.load_digits(return_X_y=True)
    return [
        datasets.load_iris(return_X_y=True),
        datasets.load_wine(return_X_y=True),
        datasets.load_breast_cancer(return_X_y=True),
        (digits[0][:600], digits[1][:600]),
        datasets.make_moons(400, noise=0.2, random_state=0),
    ]


def main() -> None:
    np.seterr(all="ignore")  # some of the mistakes run off, and are counted as not fallen
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="runs on each table (6)")
    seeds = range(parser.parse_args().seeds)
    found = {}
    print(f"{'mistake':34}{'fell':>9}{'right':>8}{'with it':>9}{'points':>8}")
    for name, pair in MISTAKES.items():
        for code in pair:
            if code not in found:
                found[code] = [trained(code, table, seed) for table in tables() for seed in seeds]
        (_, right), (fell, wrong) = (np.array(found[code]).T for code in pair)
        count = f"{fell.sum():.0f}/{len(fell)}"
        points = right.mean() - wrong.mean()
        print(f"{name:34}{count:>9}{right.mean():8.1f}{wrong.mean():9.1f}{points:8.1f}", flush=True)


if __name__ == "__main__":
    main()
