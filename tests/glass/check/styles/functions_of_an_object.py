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
