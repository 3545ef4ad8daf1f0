"""An optimizer turns a gradient into the next parameters: a few lines on one flat buffer.

`theta` are the parameters (P,), `dtheta` the gradient, and `now` has the learning rate, the number
of the update and which parameters decay. Everything is updated in place. To add your own, write a
frozen dataclass like these and pass one to `train`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from helder.engine import Optimizer, Update
from helder.errors import pick
from helder.typing import Floats

State = dict[str, Floats]


@dataclass(frozen=True)
class SGD:
    """Plain gradient descent (Robbins & Monro 1951)."""

    name: ClassVar[str] = "sgd"
    state: ClassVar[tuple[str, ...]] = ()

    def update(self, theta: Floats, dtheta: Floats, state: State, now: Update) -> None:
        theta -= now.rate * dtheta


@dataclass(frozen=True)
class Momentum:
    """A velocity that remembers earlier gradients (Polyak 1964)."""

    momentum: float = 0.9
    name: ClassVar[str] = "momentum"
    state: ClassVar[tuple[str, ...]] = ("velocity",)

    def update(self, theta: Floats, dtheta: Floats, state: State, now: Update) -> None:
        velocity = state["velocity"]
        velocity *= self.momentum
        velocity -= now.rate * dtheta
        theta += velocity


@dataclass(frozen=True)
class Nesterov:
    """Momentum that looks ahead (Nesterov 1983, in the form of Sutskever et al. 2013)."""

    momentum: float = 0.9
    name: ClassVar[str] = "nesterov"
    state: ClassVar[tuple[str, ...]] = ("velocity",)

    def update(self, theta: Floats, dtheta: Floats, state: State, now: Update) -> None:
        velocity = state["velocity"]
        velocity *= self.momentum
        velocity -= now.rate * dtheta
        theta += self.momentum * velocity - now.rate * dtheta


@dataclass(frozen=True)
class RMSprop:
    """Each gradient divided by its recent size (Hinton 2012, lecture 6e)."""

    decay: float = 0.9
    epsilon: float = 1e-8
    name: ClassVar[str] = "rmsprop"
    state: ClassVar[tuple[str, ...]] = ("v",)

    def update(self, theta: Floats, dtheta: Floats, state: State, now: Update) -> None:
        v = state["v"]
        v *= self.decay
        v += (1 - self.decay) * dtheta * dtheta
        theta -= now.rate * dtheta / (np.sqrt(v) + self.epsilon)


@dataclass(frozen=True)
class Adam:
    """Momentum over recent size, both freed of their start at zero (Kingma & Ba 2014)."""

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    name: ClassVar[str] = "adam"
    state: ClassVar[tuple[str, ...]] = ("m", "v")

    def update(self, theta: Floats, dtheta: Floats, state: State, now: Update) -> None:
        m, v = state["m"], state["v"]
        m *= self.beta1
        m += (1 - self.beta1) * dtheta
        v *= self.beta2
        v += (1 - self.beta2) * dtheta * dtheta
        mhat = m / (1 - self.beta1**now.t)
        vhat = v / (1 - self.beta2**now.t)
        theta -= now.rate * mhat / (np.sqrt(vhat) + self.epsilon)


@dataclass(frozen=True)
class AdamW:
    """Adam with weight decay beside the gradient (Loshchilov & Hutter 2017); biases never decay."""

    weight_decay: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    name: ClassVar[str] = "adamw"
    state: ClassVar[tuple[str, ...]] = ("m", "v")

    def update(self, theta: Floats, dtheta: Floats, state: State, now: Update) -> None:
        theta -= now.rate * self.weight_decay * now.decays * theta
        Adam(self.beta1, self.beta2, self.epsilon).update(theta, dtheta, state, now)


LBFGS = "lbfgs"  # no update of this kind, but a name all the same: see lbfgs.py

OPTIMIZERS: dict[str, Callable[[], Optimizer]] = {
    optimizer.name: optimizer for optimizer in (SGD, Momentum, Nesterov, RMSprop, Adam, AdamW)
}


def optimizer_named(optimizer: str | Optimizer) -> Optimizer:
    """The optimizer of this name; an optimizer itself passes through.

    Raises:
        ArgumentError: There is no optimizer of that name.
    """
    if isinstance(optimizer, type):
        return optimizer()
    if not isinstance(optimizer, str) and hasattr(optimizer, "update"):
        return optimizer
    also = "one such as Momentum(0.95)"
    return pick(optimizer, OPTIMIZERS | {LBFGS: Adam}, "optimizer", also)()
