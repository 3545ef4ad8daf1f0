"""How often the gradient check is wrong: alarms over healthy networks, and mistakes that it misses.

Healthy networks are drawn at random and checked with their first weights and after training; then
gradients are made with each of 18 mistakes that people make, in networks that are right otherwise.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from time import process_time

import numpy as np
from tables import number, table

from helder import Architecture, MultilayerPerceptron
from helder.core import ACTIVATIONS, LOSSES
from helder.glass.agreement import CANNOT_TELL, OK, WRONG, GradientCheck
from helder.glass.gradients import ROWS, check, compare, slopes_of

INPUTS, OUTPUTS, COUNT = 6, 3, 512
WHEN = ("before training", "after training")
L2 = 1e-5  # so small that its mistakes are easily overlooked
# Of softmax with cross-entropy, of the arithmetic of a batch, of hidden layers, of L2.
WRONG_VERSIONS = (
    "softmax's derivative after p - y",
    "sum, not mean",
    "mean over the classes",
    "divided by the rows twice",
    "sign",
    "-y/p alone",
    "p without -y",
    "of the squared error",
    "mean of the bias",
    "no bias",
    "z for a",
    "f' at a",
    "no f'",
    "f' of another activation",
    "W after its update",
    "L2 twice",
    "L2 on the bias",
    "no L2",
)


def problem(loss: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows, and targets that depend on them, as the loss takes them."""
    X = rng.normal(size=(COUNT, INPUTS))
    z = X @ rng.normal(size=(INPUTS, OUTPUTS)) + rng.normal(0, 0.3, (COUNT, OUTPUTS))  # (N, C)
    match LOSSES[loss]().link_name:
        case "softmax":
            return X, np.argmax(z, axis=1)
        case "sigmoid":
            return X, (z > 0).astype(int)
        case "exp":
            return X, rng.poisson(np.exp(np.clip(z, -3, 2)))
    return X, z


def healthy(seed: int) -> tuple[MultilayerPerceptron, np.ndarray, np.ndarray]:
    """A network as somebody may choose it, and its rows."""
    rng = np.random.default_rng(seed)
    loss = str(rng.choice([*LOSSES]))
    architecture = Architecture(
        INPUTS,
        [int(rng.integers(4, 33)) for _ in range(rng.integers(1, 4))],
        OUTPUTS,
        activation=("relu", str(rng.choice([*ACTIVATIONS])))[seed % 2],  # every other one has kinks
        normalisation=str(rng.choice(["none", "none", "batch", "layer"])),
        dropout=float(rng.choice([0.0, 0.0, 0.2])),
        l1=float(rng.choice([0.0, 0.0, 1e-4])),
        l2=float(rng.choice([0.0, 1e-5, 1e-3])),
        output=loss,
    )
    return MultilayerPerceptron(architecture, seed=seed), *problem(loss, rng)


def false_alarms(count: int, epochs: int, rows: int) -> Iterator[tuple[str, GradientCheck]]:
    """The check of so many healthy networks, before and after training."""
    for seed in range(count):
        net, X, y = healthy(seed)
        for when in WHEN:
            if when == WHEN[1]:
                net.train(X, y, epochs=epochs, learning_rate=0.01)
            yield when, check(net, X, y, rows=rows, seed=seed)


def slope_of(activation: str, z: np.ndarray, a: np.ndarray, mistake: str) -> np.ndarray:
    """f'(z) with a mistake in it."""
    other = "relu" if activation != "relu" else "sigmoid"
    match mistake:
        case "f' at a":
            f = ACTIVATIONS[activation]
            return f.slope(a, f.function(a))
        case "no f'":
            return np.ones_like(z)
        case "f' of another activation":
            return ACTIVATIONS[other].slope(z, ACTIVATIONS[other].function(z))
    return ACTIVATIONS[activation].slope(z, a)


def first_delta(p: np.ndarray, y: np.ndarray, mistake: str) -> np.ndarray:
    """The gradient of the outputs' z, (B, C), with a mistake in it."""
    rows, classes = y.shape
    change = {
        "softmax's derivative after p - y": (p - y) * p * (1 - p),
        "sum, not mean": (p - y) * rows,
        "mean over the classes": (p - y) / classes,
        "divided by the rows twice": (p - y) / rows,
        "sign": y - p,
        "-y/p alone": -y / np.maximum(p, 1e-12),
        "p without -y": p,
        "of the squared error": 2 * (p - y) * p * (1 - p),
    }
    return change.get(mistake, p - y) / rows


def backpropagation(net: MultilayerPerceptron, tape, y: np.ndarray, mistake: str) -> dict:
    """The gradients of a plain network by name, with a mistake in them."""
    activations, zs = tape
    activation = net.architecture.activation
    dz, found = first_delta(activations[-1], y, mistake), {}
    for layer in reversed(range(len(net.weights))):
        W, b = net.weights[layer], net.biases[layer]
        x = zs[layer - 1] if mistake == "z for a" and layer else activations[layer]
        decay = {"L2 twice": 2, "no L2": 0}.get(mistake, 1) * L2
        dW, db = x.T @ dz + decay * W, dz.sum(axis=0, keepdims=True)
        match mistake:
            case "mean of the bias":
                db = db / len(y)
            case "no bias":
                db = np.zeros_like(db)
            case "L2 on the bias":
                db = db + L2 * b
        found |= {f"W{layer + 1}": dW, f"b{layer + 1}": db}
        if layer:
            through = W - 0.1 * dW if mistake == "W after its update" else W
            z, a = zs[layer - 1], activations[layer]
            dz = (dz @ through.T) * slope_of(activation, z, a, mistake)
    return found


def with_mistakes(count: int, epochs: int, rows: int) -> Iterator[tuple[str, str, GradientCheck]]:
    """The check of each wrong version in so many networks, before and after training."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        activation = ("sigmoid", "tanh", "relu", "gelu")[seed % 4]
        shape = Architecture(INPUTS, (8, 5), OUTPUTS, activation=activation, l2=L2)
        net = MultilayerPerceptron(shape, seed=seed, dtype=float, engine="numpy")
        for b in net.biases:
            b[...] = rng.normal(0, 0.1, b.shape)
        X, labels = problem("categorical_cross_entropy", rng)
        for when in WHEN:
            if when == WHEN[1]:
                net.train(X, labels, epochs=epochs, learning_rate=0.01)
            for mistake in ("none", *WRONG_VERSIONS):
                if (found := one_mistake(net, X[:rows], labels[:rows], mistake, seed)) is not None:
                    yield mistake, when, found


def one_mistake(
    net: MultilayerPerceptron, X: np.ndarray, labels: np.ndarray, mistake: str, seed: int
) -> GradientCheck | None:
    """The check of one wrong version; None where it happens to be right, as f' at a is for relu."""
    y = np.eye(OUTPUTS)[labels]  # (B, C)
    tape = net.forward(X)
    right, wrong = (backpropagation(net, tape, y, which) for which in ("none", mistake))
    if mistake != "none" and all(np.array_equal(right[name], wrong[name]) for name in right):
        return None
    arrays = {f"W{i}": W for i, W in enumerate(net.weights, 1)}
    arrays |= {f"b{i}": b for i, b in enumerate(net.biases, 1)}
    thetas, share = net.parameters.thetas(), np.full((len(X), 1), 1 / len(X))

    def loss() -> float:
        net.network.forward(X, thetas, tape)
        return float(net.network.value(y, share, thetas, tape))

    blocks = {name: (array, wrong[name]) for name, array in arrays.items()}
    slopes = lambda: slopes_of(net.network, y, thetas, tape)  # noqa: E731
    return compare(loss, blocks, slopes, seed=seed)


def of_healthy(found: Iterator[tuple[str, GradientCheck]]) -> list[list[object]]:
    """A line for the networks before training and one for those after."""
    verdicts: Counter = Counter()
    silent, seen = Counter(), Counter()
    for when, one in found:
        verdicts[when, one.verdict] += 1
        for block in one.blocks:
            silent[when] += block.count(CANNOT_TELL)
            seen[when] += len(block.coordinates)
    return [
        [
            when,
            *(verdicts[when, verdict] for verdict in (OK, WRONG, CANNOT_TELL)),
            f"{silent[when]} of {seen[when]}",
        ]
        for when in WHEN
    ]


def of_mistakes(found: Iterator[tuple[str, str, GradientCheck]]) -> list[list[object]]:
    """A line for each mistake: in how many networks it was called wrong."""
    wrong, seen = Counter(), Counter()
    for mistake, when, one in found:
        wrong[mistake, when] += one.verdict == WRONG
        seen[mistake, when] += 1
    return [
        [mistake, *(f"{wrong[mistake, when]} of {seen[mistake, when]}" for when in WHEN)]
        for mistake in ("none", *WRONG_VERSIONS)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=80, help="healthy networks (80)")
    parser.add_argument("--each", type=int, default=8, help="networks for each mistake (8)")
    parser.add_argument("--epochs", type=int, default=100, help="of training (100)")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"that are checked ({ROWS})")
    given = parser.parse_args()
    start = process_time()
    lines = of_healthy(false_alarms(given.networks, given.epochs, given.rows))
    head = ["healthy networks", OK, WRONG, CANNOT_TELL, "numbers of which nothing was said"]
    print("\n".join(table(head, lines)))
    lines = of_mistakes(with_mistakes(given.each, given.epochs, given.rows))
    print("\n".join(table(["called wrong", *WHEN], lines)))
    print(f"{number(process_time() - start)} s of processor time")


if __name__ == "__main__":
    main()
