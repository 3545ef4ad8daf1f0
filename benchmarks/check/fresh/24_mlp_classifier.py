"""Multi-layer perceptron classifier with SGD + momentum and early stopping."""
from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass, field
from typing import Callable, NamedTuple

import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

logger = logging.getLogger(__name__)
Array = np.ndarray


class Activation(NamedTuple):
    fn: Callable[[Array], Array]
    grad: Callable[[Array], Array]  # derivative w.r.t. the pre-activation


def _sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(lambda z: np.maximum(z, 0.0), lambda z: (z > 0.0).astype(z.dtype)),
    "tanh": Activation(np.tanh, lambda z: 1.0 - np.tanh(z) ** 2),
    "sigmoid": Activation(_sigmoid, lambda z: _sigmoid(z) * (1.0 - _sigmoid(z))),
}


def log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@dataclass
class MLPClassifier:
    hidden_sizes: tuple[int, ...] = (32,)
    activation: str = "relu"
    learning_rate: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 1e-4
    batch_size: int = 16
    max_epochs: int = 200
    patience: int = 15
    seed: int | None = None
    weights_: list[Array] = field(default_factory=list, init=False, repr=False)
    biases_: list[Array] = field(default_factory=list, init=False, repr=False)

    def _initialise(self, n_features: int, n_classes: int, rng: np.random.Generator) -> None:
        sizes = (n_features, *self.hidden_sizes, n_classes)
        gain = 2.0 if self.activation == "relu" else 1.0
        self.weights_ = [
            rng.normal(scale=np.sqrt(gain / fan_in), size=(fan_in, fan_out))
            for fan_in, fan_out in zip(sizes[:-1], sizes[1:])
        ]
        self.biases_ = [np.zeros(fan_out) for fan_out in sizes[1:]]

    def _logits(self, x: Array) -> tuple[Array, list[Array], list[Array]]:
        act = ACTIVATIONS[self.activation]
        inputs, pre_activations = [x], []
        for w, b in zip(self.weights_[:-1], self.biases_[:-1]):
            pre_activations.append(inputs[-1] @ w + b)
            inputs.append(act.fn(pre_activations[-1]))
        return inputs[-1] @ self.weights_[-1] + self.biases_[-1], inputs, pre_activations

    def loss_and_grads(self, x: Array, y: Array) -> tuple[float, list[Array], list[Array]]:
        """Regularised mean cross-entropy and its gradients w.r.t. weights and biases."""
        act = ACTIVATIONS[self.activation]
        logits, inputs, pre_activations = self._logits(x)
        log_probs = log_softmax(logits)
        rows = np.arange(len(y))
        loss = -log_probs[rows, y].mean()
        loss += 0.5 * self.weight_decay * sum(np.sum(w**2) for w in self.weights_)

        delta = np.exp(log_probs)
        delta[rows, y] -= 1.0
        delta /= len(y)

        w_grads: list[Array] = []
        b_grads: list[Array] = []
        for i in reversed(range(len(self.weights_))):
            w_grads.insert(0, inputs[i].T @ delta + self.weight_decay * self.weights_[i])
            b_grads.insert(0, delta.sum(axis=0))
            if i > 0:
                delta = (delta @ self.weights_[i].T) * act.grad(pre_activations[i - 1])
        return float(loss), w_grads, b_grads

    def fit(self, x: Array, y: Array, x_val: Array, y_val: Array) -> MLPClassifier:
        rng = np.random.default_rng(self.seed)
        self._initialise(x.shape[1], int(y.max()) + 1, rng)
        params = self.weights_ + self.biases_
        velocity = [np.zeros_like(p) for p in params]
        best_loss, best_params, stale = np.inf, [p.copy() for p in params], 0

        for epoch in range(1, self.max_epochs + 1):
            order = rng.permutation(len(x))
            for start in range(0, len(x), self.batch_size):
                batch = order[start : start + self.batch_size]
                _, w_grads, b_grads = self.loss_and_grads(x[batch], y[batch])
                for p, v, g in zip(params, velocity, w_grads + b_grads):
                    v *= self.momentum
                    v -= self.learning_rate * g
                    p += v

            val_loss = self.log_loss(x_val, y_val)
            if val_loss < best_loss:
                best_loss, best_params, stale = val_loss, [p.copy() for p in params], 0
            else:
                stale += 1
            if epoch % 10 == 0:
                logger.info("epoch %d: val_loss=%.4f", epoch, val_loss)
            if stale >= self.patience:
                logger.info("stopping early at epoch %d", epoch)
                break

        for p, best in zip(params, best_params):
            p[...] = best
        return self

    def log_loss(self, x: Array, y: Array) -> float:
        return float(-log_softmax(self._logits(x)[0])[np.arange(len(y)), y].mean())

    def predict_proba(self, x: Array) -> Array:
        return np.exp(log_softmax(self._logits(x)[0]))

    def predict(self, x: Array) -> Array:
        return self._logits(x)[0].argmax(axis=1)

    def score(self, x: Array, y: Array) -> float:
        return float(np.mean(self.predict(x) == y))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hidden", type=int, nargs="*", default=[32])
    parser.add_argument("--activation", choices=sorted(ACTIVATIONS), default="relu")
    parser.add_argument("--lr", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    x, y = load_wine(return_X_y=True)
    x_fit, x_test, y_fit, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=args.seed)
    x_train, x_val, y_train, y_val = train_test_split(x_fit, y_fit, test_size=0.2, stratify=y_fit, random_state=args.seed)
    scaler = StandardScaler().fit(x_train)

    model = MLPClassifier(tuple(args.hidden), args.activation, args.lr, seed=args.seed)
    model.fit(scaler.transform(x_train), y_train, scaler.transform(x_val), y_val)
    logger.info("test accuracy: %.3f", model.score(scaler.transform(x_test), y_test))


if __name__ == "__main__":
    main()
