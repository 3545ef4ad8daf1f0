"""Healthy trainings of many kinds, as careful people choose them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from helder import Architecture
from helder.core.layers import Dense
from helder.core.losses import (
    BinaryCrossEntropy,
    Huber,
    MeanAbsoluteError,
    Poisson,
    Quantile,
)
from helder.engine import Rows
from helder.learn import MultilayerPerceptron, Settings
from helder.model.problem import Problem
from helder.model.recipes import After, Recipe, recipe_with

Weights = Callable[[list[Any], np.random.Generator], None]


@dataclass(frozen=True)
class Altered(After):
    """A recipe of which something is altered.

    Args:
        recipe: What it follows in all the rest.
        network: What differs in the architecture.
        training: What differs in the settings.
        weights: What becomes of the first weights, layer by layer.
        drawn: Whether first weights look at the rows, as the recipe has it.
        slower: What the learning rate is divided by.
    """

    recipe: Recipe
    network: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    weights: Weights | None = None
    drawn: bool = True
    slower: float = 1.0

    def architecture(self, problem: Problem) -> Architecture:
        return replace(self.recipe.architecture(problem), **self.network)

    def settings(self, problem: Problem) -> Settings:
        own = self.recipe.settings(problem)
        own = replace(own, learning_rate=own.learning_rate / self.slower)
        return replace(own, **self.training)

    def member(self, problem: Problem) -> Any:
        if problem.loss.link_name not in ("softmax", "sigmoid"):
            return replace(self.recipe.member(problem), label_smoothing=None)
        return self.recipe.member(problem)

    def repeats(self, problem: Problem) -> int:
        return 1

    def begin(self, net: MultilayerPerceptron, problem: Problem) -> None:
        if self.drawn:
            self.recipe.begin(net, problem)
        for k in range(len(net.parameters.values)):
            if self.weights is not None:
                rng = np.random.default_rng([net.seed % 2**32, k])
                thetas = net.parameters.thetas(k)
                pairs = zip(net.network.layers, thetas, strict=True)
                self.weights([theta for layer, theta in pairs if isinstance(layer, Dense)], rng)


def with_rows(problem: Problem, change: Callable[[Rows], Rows], **also: Any) -> Problem:
    held_out = None if problem.held_out is None else change(problem.held_out)
    return replace(problem, rows=change(problem.rows), held_out=held_out, **also)


def healthy(recipe: str, rng: np.random.Generator) -> Altered:
    """A training as a careful person might choose it."""
    network: dict[str, Any] = {}
    training: dict[str, Any] = {}
    own = recipe_with(recipe, {})
    if rng.random() < 0.6:
        network["activation"] = str(
            rng.choice(["relu", "tanh", "silu", "mish", "gelu", "leaky_relu", "elu", "selu"])
        )
    if rng.random() < 0.5:
        sizes = [(16,), (64,), (32, 32), (128, 128), (64, 32, 16), (48,) * 4, (10, 5)]
        network["hidden"] = sizes[int(rng.integers(len(sizes)))]
    if len(network.get("hidden", ())) == 1 and rng.random() < 0.3:
        network["activation"] = "sigmoid"
    if rng.random() < 0.2:
        network["normalisation"] = str(rng.choice(["batch", "layer"]))
    if rng.random() < 0.3:
        network["dropout"] = float(rng.choice([0.0, 0.1, 0.3]))
    if rng.random() < 0.3:
        training["batch_size"] = int(rng.choice([16, 32, 128]))
    if recipe == "strong" and rng.random() < 0.7:
        training["epochs"] = int(rng.choice([64, 128]))
    slower = float(rng.choice([0.5, 1.0, 1.0, 2.0])) if rng.random() < 0.5 else 1.0
    if recipe == "plain" and rng.random() < 0.25:
        kind = str(rng.choice(["adam", "rmsprop", "sgd", "momentum"]))
        rates = {"adam": 0.003, "rmsprop": 0.001, "sgd": 0.02, "momentum": 0.005}
        training |= {"optimizer": kind, "learning_rate": rates[kind]}
    if recipe == "plain" and rng.random() < 0.15:
        training["schedule"] = str(rng.choice(["cosine", "one_cycle", "warm_up", "step"]))
    return Altered(own, network, training, slower=slower)


def other_loss(problem: Problem, rng: np.random.Generator) -> Problem:
    """Another loss that suits the targets, and inputs in another good scale."""
    if rng.random() < 0.4:
        low, high = problem.rows.X.min(axis=0), problem.rows.X.max(axis=0)
        span = np.where(high > low, high - low, 1.0)
        factor = float(rng.choice([1.0, 10.0]))

        def between(rows: Rows) -> Rows:
            return Rows((factor * (rows.X - low) / span).astype("f4"), rows.y, rows.weights)

        problem = with_rows(problem, between)
    if problem.loss.link_name == "softmax":
        if problem.outputs != 2:
            return problem

        def yes(rows: Rows) -> Rows:
            return Rows(rows.X, rows.y[:, 1:], rows.weights)

        return with_rows(problem, yes, loss=BinaryCrossEntropy())
    kind = int(rng.integers(4))
    if kind == 3:

        def counts(rows: Rows) -> Rows:
            return Rows(rows.X, np.round(np.exp(np.clip(rows.y, -3, 3))), rows.weights)

        return with_rows(problem, counts, loss=Poisson())
    return replace(problem, loss=(MeanAbsoluteError(), Huber(), Quantile(0.8))[kind])
