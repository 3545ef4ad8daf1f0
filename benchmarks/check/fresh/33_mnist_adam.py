#!/usr/bin/env python3
"""MNIST from CSV (label first, then 784 pixels), Adam, dropout, mini-batches.

usage: 16_mnist_adam.py mnist_train.csv mnist_test.csv [epochs]
"""
import sys
import time

import numpy as np


def read_csv(path):
    raw = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.float32)
    return raw[:, 1:] / 255.0, raw[:, 0].astype(np.int64)


def batches(x, y, size, rng):
    idx = rng.permutation(len(x))
    for lo in range(0, len(x), size):
        take = idx[lo:lo + size]
        yield x[take], y[take]


class Adam:
    def __init__(self, params, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params = params
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = {k: np.zeros_like(p) for k, p in params.items()}
        self.v = {k: np.zeros_like(p) for k, p in params.items()}
        self.t = 0

    def step(self, grads):
        self.t += 1
        for k, g in grads.items():
            self.m[k] += (1 - self.beta1) * (g - self.m[k])
            self.v[k] += (1 - self.beta2) * (g * g - self.v[k])
            m_hat = self.m[k] / (1 - self.beta1 ** self.t)
            v_hat = self.v[k] / (1 - self.beta2 ** self.t)
            self.params[k] -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class Net:
    def __init__(self, n_in, n_hidden, n_out, drop=0.2, rng=None):
        self.rng = rng or np.random.default_rng()
        self.drop = drop
        self.params = {
            "w_in": self.rng.normal(0, (2 / n_in) ** 0.5, (n_in, n_hidden)),
            "b_in": np.zeros(n_hidden),
            "w_mid": self.rng.normal(0, (2 / n_hidden) ** 0.5, (n_hidden, n_hidden)),
            "b_mid": np.zeros(n_hidden),
            "w_out": self.rng.normal(0, (1 / n_hidden) ** 0.5, (n_hidden, n_out)),
            "b_out": np.zeros(n_out),
        }

    def _mask(self, shape):
        # inverted dropout, so nothing has to be rescaled at test time
        keep = 1.0 - self.drop
        return (self.rng.random(shape) < keep) / keep

    def logits(self, x):
        p = self.params
        h = np.maximum(x @ p["w_in"] + p["b_in"], 0)
        h = np.maximum(h @ p["w_mid"] + p["b_mid"], 0)
        return h @ p["w_out"] + p["b_out"]

    def loss_and_grad(self, x, y):
        p, n = self.params, len(y)
        z1 = x @ p["w_in"] + p["b_in"]
        m1 = self._mask(z1.shape)
        h1 = np.maximum(z1, 0) * m1
        z2 = h1 @ p["w_mid"] + p["b_mid"]
        m2 = self._mask(z2.shape)
        h2 = np.maximum(z2, 0) * m2
        logp = log_softmax(h2 @ p["w_out"] + p["b_out"])
        loss = -logp[np.arange(n), y].sum() / n

        d3 = np.exp(logp)
        d3[np.arange(n), y] -= 1
        d3 /= n
        d2 = (d3 @ p["w_out"].T) * m2 * (z2 > 0)
        d1 = (d2 @ p["w_mid"].T) * m1 * (z1 > 0)
        return loss, {
            "w_out": h2.T @ d3, "b_out": d3.sum(0),
            "w_mid": h1.T @ d2, "b_mid": d2.sum(0),
            "w_in": x.T @ d1, "b_in": d1.sum(0),
        }


def log_softmax(s):
    s = s - s.max(axis=1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=1, keepdims=True))


def evaluate(net, x, y, size=1000):
    right, total = 0, 0.0
    for lo in range(0, len(x), size):
        s = net.logits(x[lo:lo + size])
        t = y[lo:lo + size]
        right += int((s.argmax(axis=1) == t).sum())
        total -= log_softmax(s)[np.arange(len(t)), t].sum()
    return total / len(x), right / len(x)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    rng = np.random.default_rng(1234)
    x_train, y_train = read_csv(sys.argv[1])
    x_test, y_test = read_csv(sys.argv[2])
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 10

    net = Net(x_train.shape[1], 128, 10, rng=rng)
    adam = Adam(net.params)
    for epoch in range(1, epochs + 1):
        tick = time.perf_counter()
        seen, running = 0, 0.0
        for xb, yb in batches(x_train, y_train, 64, rng):
            loss, grads = net.loss_and_grad(xb, yb)
            adam.step(grads)
            running += loss * len(yb)
            seen += len(yb)
        test_loss, test_acc = evaluate(net, x_test, y_test)
        print(f"[{epoch:2d}] train {running / seen:.4f}  test {test_loss:.4f}  "
              f"acc {100 * test_acc:.2f}%  ({time.perf_counter() - tick:.1f}s)")
