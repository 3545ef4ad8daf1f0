from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Activation(str, Enum):
    RELU = "relu"
    TANH = "tanh"
    SIGMOID = "sigmoid"
    IDENTITY = "identity"

    def __call__(self, z: Array) -> Array:
        return _FORWARD[self](z)

    def slope(self, z: Array) -> Array:
        return _SLOPE[self](z)


def _logistic(z: Array) -> Array:
    return 0.5 * (1.0 + np.tanh(0.5 * z))


_FORWARD: dict[Activation, Callable[[Array], Array]] = {
    Activation.RELU: lambda z: np.maximum(z, 0.0),
    Activation.TANH: np.tanh,
    Activation.SIGMOID: _logistic,
    Activation.IDENTITY: lambda z: z,
}
_SLOPE: dict[Activation, Callable[[Array], Array]] = {
    Activation.RELU: lambda z: np.where(z > 0.0, 1.0, 0.0),
    Activation.TANH: lambda z: 1.0 / np.cosh(z) ** 2,
    Activation.SIGMOID: lambda z: _logistic(z) * _logistic(-z),
    Activation.IDENTITY: np.ones_like,
}


class Task(Enum):
    REGRESSION = "regression"
    CLASSIFICATION = "classification"


@dataclass(frozen=True)
class Config:
    sizes: tuple[int, ...]
    hidden: Activation = Activation.RELU
    task: Task = Task.CLASSIFICATION
    learning_rate: float = 0.01
    weight_decay: float = 0.0
    epochs: int = 100
    batch_size: int = 16
    seed: int = 0

    def __post_init__(self) -> None:
        if len(self.sizes) < 2:
            raise ValueError("need at least an input and an output size")


@dataclass
class Dense:
    weight: Array
    bias: Array
    activation: Activation

    @classmethod
    def create(cls, n_in: int, n_out: int, activation: Activation, rng: np.random.Generator) -> Dense:
        limit = np.sqrt(6.0 / (n_in + n_out))
        return cls(rng.uniform(-limit, limit, (n_in, n_out)), np.zeros(n_out), activation)


@dataclass(frozen=True)
class Gradient:
    weight: Array
    bias: Array


@dataclass
class MLP:
    config: Config
    layers: list[Dense] = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.config.seed)
        sizes = self.config.sizes
        acts = [self.config.hidden] * (len(sizes) - 2) + [Activation.IDENTITY]
        self.layers = [Dense.create(i, o, a, rng) for i, o, a in zip(sizes, sizes[1:], acts)]

    def forward(self, x: Array) -> tuple[Array, list[tuple[Array, Array]]]:
        tape: list[tuple[Array, Array]] = []
        for layer in self.layers:
            z = x @ layer.weight + layer.bias
            tape.append((x, z))
            x = layer.activation(z)
        return x, tape

    def output_loss(self, out: Array, target: Array) -> tuple[float, Array]:
        """Mean loss over rows and its derivative with respect to ``out``."""
        n = out.shape[0]
        if self.config.task is Task.REGRESSION:
            diff = out - target
            return float((diff**2).sum() / n), 2.0 * diff / n
        top = out.max(axis=1, keepdims=True)
        log_norm = top + np.log(np.exp(out - top).sum(axis=1, keepdims=True))
        return float(((log_norm - out) * target).sum() / n), (np.exp(out - log_norm) - target) / n

    def objective(self, x: Array, target: Array) -> float:
        loss, _ = self.output_loss(self.forward(x)[0], target)
        penalty = sum(float((layer.weight**2).sum()) for layer in self.layers)
        return loss + 0.5 * self.config.weight_decay * penalty

    def gradients(self, x: Array, target: Array) -> list[Gradient]:
        out, tape = self.forward(x)
        _, upstream = self.output_loss(out, target)
        grads: list[Gradient] = []
        for layer, (inp, z) in zip(reversed(self.layers), reversed(tape)):
            local = upstream * layer.activation.slope(z)
            grads.append(Gradient(inp.T @ local + self.config.weight_decay * layer.weight, local.sum(axis=0)))
            upstream = local @ layer.weight.T
        return grads[::-1]

    def step(self, grads: Sequence[Gradient]) -> None:
        for layer, grad in zip(self.layers, grads):
            layer.weight -= self.config.learning_rate * grad.weight
            layer.bias -= self.config.learning_rate * grad.bias

    def fit(self, x: Array, target: Array) -> Iterator[float]:
        rng = np.random.default_rng(self.config.seed + 1)
        for _ in range(self.config.epochs):
            for rows in np.array_split(rng.permutation(len(x)), max(1, len(x) // self.config.batch_size)):
                self.step(self.gradients(x[rows], target[rows]))
            yield self.objective(x, target)


def main(path: Path = Path("penguins.csv")) -> None:
    if not path.exists():
        print(f"{path} not found, skipping")
        return
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    table = table[~np.isnan(table).any(axis=1)]
    x, labels = table[:, :-1], table[:, -1].astype(int)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    model = MLP(Config(sizes=(x.shape[1], 16, int(labels.max()) + 1), learning_rate=0.05, weight_decay=1e-3))
    for epoch, loss in enumerate(model.fit(x, np.eye(labels.max() + 1)[labels])):
        if epoch % 20 == 0:
            print(f"{epoch=:3d} {loss=:.4f}")
    print("training accuracy", float((model.forward(x)[0].argmax(axis=1) == labels).mean()))


if __name__ == "__main__":
    main()
