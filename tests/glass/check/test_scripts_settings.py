"""A loop in a function that takes its settings in one object is judged, by the defaults."""

from __future__ import annotations

from networks_checked import checked

SETTINGS = """
from dataclasses import dataclass
from typing import NamedTuple
import numpy as np

class Params(NamedTuple):
    W: np.ndarray
    b: np.ndarray

@dataclass(frozen=True)
class Config:
    sizes: tuple[int, ...] = (13, 16, 8, 1)
    lr: float = 1e-2
    l2: float = 0.05
    epochs: int = 300
    seed: int = 0

def init(cfg: Config) -> list[Params]:
    rng = np.random.default_rng(cfg.seed)
    sizes = zip(cfg.sizes[:-1], cfg.sizes[1:])
    return [Params(rng.standard_normal((i, o)) / np.sqrt(i), np.zeros(o)) for i, o in sizes]

def apply(params, x):
    acts = [x]
    *hidden, last = params
    for W, b in hidden:
        acts.append(np.tanh(acts[-1] @ W + b))
    return acts[-1] @ last.W + last.b, acts

def grad(params, x, y, l2):
    pred, acts = apply(params, x)
    delta = 2.0 * (pred - y) / y.size
    grads = []
    for k in range(len(params) - 1, -1, -1):
        grads.append(Params(acts[k].T @ delta + l2 * params[k].W, delta.sum(axis=0)))
        if k:
            delta = (delta @ params[k].W.T) * (1.0 - acts[k] ** 2)
    return grads[::-1]

def sgd(params, grads, lr):
    return [Params(p.W - lr * g.W, p.b - lr * g.b) for p, g in zip(params, grads)]

def train(cfg: Config, x, y):
    params = init(cfg)
    for epoch in range(cfg.epochs):
        params = sgd(params, grad(params, x, y, cfg.l2), cfg.lr)
    return params
"""


def test_a_right_loop_with_settings_in_an_object_is_ok():
    assert checked(SETTINGS).verdict == "ok"


def test_a_mistake_beside_settings_in_an_object_has_its_name():
    text = SETTINGS.replace("(1.0 - acts[k] ** 2)", "acts[k] * (1.0 - acts[k])")
    assert checked(text).causes == ("derivative-of-another-activation",)


def test_settings_without_a_default_are_not_made_up():
    text = SETTINGS.replace("sizes: tuple[int, ...] = (13, 16, 8, 1)", "sizes: tuple[int, ...]")
    assert checked(text).verdict == "cannot tell"
