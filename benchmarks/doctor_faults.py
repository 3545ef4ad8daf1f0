"""Faults, to be planted into healthy trainings one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from doctor_healthy import Altered, Weights, with_rows

from helder import Activation
from helder.core.losses import (
    CategoricalCrossEntropy,
    MeanSquaredError,
)
from helder.core.targets import number_columns
from helder.engine import Rows
from helder.model.problem import Problem
from helder.model.recipes import Recipe
from helder.typing import Floats

TEXTBOOK = {"parametric": False, "front": (), "parametrisation": "standard"}
# Tables that a linear model says much of.
LINEAR = (
    *("blobs", "vehicle", "splice", "phoneme"),
    *("concrete", "abalone", "friedman", "california"),
)
AMOUNTS = ("sleep_efficiency", "concrete", "abalone", "california", "ripple", "friedman")


@dataclass(frozen=True)
class Fault:
    """Something to be planted.

    Args:
        finds: The rule that has to fire.
        alters: What becomes of the recipe.
        rows: What becomes of the problem.
        scored: Whether the scores matter.
        among: The tables that it is a fault on; all of them where none are named.
        few: How many rows there are, where that is part of it.
    """

    finds: str
    alters: Callable[[Recipe, np.random.Generator], Altered] = lambda recipe, rng: Altered(recipe)
    rows: Callable[[Problem, np.random.Generator], Problem] = lambda problem, rng: problem
    scored: bool = False
    among: tuple[str, ...] = ()
    few: int | None = None


def times(**how: Any) -> Callable[[Recipe, np.random.Generator], Altered]:
    """Nothing but these differences."""
    return lambda recipe, rng: Altered(recipe, **how)


def zero(thetas: list[Any], rng: np.random.Generator) -> None:
    for theta in thetas:
        theta.W[...] = 0.0
        theta.b[...] = 0.0


def equal(thetas: list[Any], rng: np.random.Generator) -> None:
    for theta in thetas:
        theta.W[...] = rng.uniform(0.2, 1.0) / len(theta.W) ** 0.5
        theta.b[...] = 0.0


def scaled(factor: float) -> Weights:
    def scale(thetas: list[Any], rng: np.random.Generator) -> None:
        for theta in thetas:
            theta.W *= factor

    return scale


def buried(thetas: list[Any], rng: np.random.Generator) -> None:
    """Biases so far below zero that no row wakes nine of ten units of a layer, or any of them."""
    theta = thetas[int(rng.integers(len(thetas) - 1))]
    whom = rng.random(theta.b.shape) < rng.choice([0.9, 1.0])
    theta.b[whom] = -40.0 * np.abs(theta.W).sum(axis=0, keepdims=True)[whom]


def steep(thetas: list[Any], rng: np.random.Generator) -> None:
    for theta in thetas[:-1]:
        theta.W *= 30.0


def deep(activation: str, layers: int, gain: float) -> Callable[..., Altered]:
    """Many layers, with first weights that do not look at the rows."""
    network = {"hidden": (32,) * layers, "activation": activation, "dropout": 0.0, **TEXTBOOK}
    training = {"learning_rate": 0.001}
    return times(network=network, training=training, drawn=False, weights=scaled(gain))


def unscaled(problem: Problem, rng: np.random.Generator) -> Problem:
    """Columns as people measure them: grams, euros, years."""
    X = problem.rows.X
    scale = 10.0 ** rng.uniform(-2, 4, X.shape[1])
    scale[: min(2, len(scale))] = (0.05, 5000.0)[: len(scale)]
    return with_rows(
        problem, lambda rows: Rows((rows.X * scale + scale).astype("f4"), rows.y, rows.weights)
    )


def in_euros(problem: Problem, rng: np.random.Generator) -> Problem:
    """Targets as people write them down."""
    far, wide = 10.0 ** rng.uniform(2.5, 5), 10.0 ** rng.uniform(1, 4)

    def written(rows: Rows) -> Rows:
        return Rows(rows.X, (far + wide * rows.y).astype("f4"), rows.weights)

    return with_rows(problem, written)


@dataclass(frozen=True)
class SquaredProbability:
    """A person's own loss: squares through a sigmoid, whatever the targets are."""

    name: ClassVar[str] = "squared_probability"
    link_name: ClassVar[str] = "sigmoid of my own"
    target = staticmethod(number_columns)

    def link(self, z: Floats) -> Floats:
        return 1 / (1 + np.exp(-z))

    def value(self, z: Floats, y: Floats) -> Floats:
        p = self.link(z)
        return np.sum((p - y) * (p - y), axis=1, keepdims=True) / z.shape[1]

    def gradient(self, z: Floats, y: Floats) -> Floats:
        p = self.link(z)
        return 2 * (p - y) * p * (1 - p) / z.shape[1]


def mismatched(problem: Problem, rng: np.random.Generator) -> Problem:
    """Class numbers or one-hot rows as if they were amounts; amounts through a sigmoid."""
    if problem.loss.link_name != "softmax":
        return with_rows(
            problem,
            lambda rows: Rows(rows.X, 50 + 10 * rows.y, rows.weights),
            loss=SquaredProbability(),
        )
    if rng.random() < 0.5:
        return replace(problem, loss=MeanSquaredError())
    return with_rows(
        problem,
        lambda rows: Rows(rows.X, rows.y.argmax(axis=1)[:, None].astype("f4"), rows.weights),
        loss=MeanSquaredError(),
    )


@dataclass(frozen=True)
class Backwards:
    """A loss whose gradient points the wrong way, or nowhere."""

    sign: float
    name: ClassVar[str] = "backwards"
    right: ClassVar[Any] = MeanSquaredError()

    @property
    def link_name(self) -> str:
        return str(self.right.link_name)

    @property
    def target(self) -> Any:
        return self.right.target

    def link(self, z: Floats) -> Floats:
        return self.right.link(z)

    def value(self, z: Floats, y: Floats) -> Floats:
        return self.right.value(z, y)

    def gradient(self, z: Floats, y: Floats) -> Floats:
        return self.sign * self.right.gradient(z, y)


class BackwardsClasses(Backwards):
    """The same of cross-entropy."""

    name: ClassVar[str] = "backwards_classes"
    right: ClassVar[Any] = CategoricalCrossEntropy()


def backwards(problem: Problem, rng: np.random.Generator) -> Problem:
    kind = BackwardsClasses if problem.loss.link_name == "softmax" else Backwards
    return replace(problem, loss=kind(float(rng.choice([-1.0, 0.0]))))


CUBE = Activation("cube", lambda z: z * z * z, lambda z, a: 3 * z * z)


def runs_off(recipe: Recipe, rng: np.random.Generator) -> Altered:
    """Steps that overshoot further each time, or a formula that overflows."""
    if rng.random() < 0.5:
        return Altered(
            recipe, training={"optimizer": "sgd", "learning_rate": 3e4, "schedule": "constant"}
        )
    network = {"activation": CUBE, "hidden": (32, 32, 32)} | TEXTBOOK
    return Altered(recipe, network, {"learning_rate": 1.0}, weights=scaled(20.0))


PLAIN_BEND = {"parametric": False}
FAULTS: dict[str, Fault] = {
    "learning rate times 300": Fault("learning-rate-too-high", times(slower=1 / 300)),
    "learning rate 1e-6": Fault("learning-rate-too-low", times(training={"learning_rate": 1e-6})),
    "runs off": Fault("not-finite", runs_off),
    "all weights zero": Fault("symmetric-weights", times(weights=zero)),
    "all units alike": Fault("symmetric-weights", times(weights=equal)),
    "weights times 50": Fault("first-weights", times(weights=scaled(50.0))),
    "weights divided by 1000": Fault("first-weights", times(weights=scaled(0.001))),
    "dead relu": Fault(
        "dead-units", times(network={"activation": "relu", **PLAIN_BEND}, weights=buried)
    ),
    "saturated tanh": Fault(
        "saturation", times(network={"activation": "tanh", **PLAIN_BEND}, weights=steep)
    ),
    "saturated sigmoid": Fault(
        "saturation", times(network={"activation": "sigmoid", **PLAIN_BEND}, weights=steep)
    ),
    "8 layers of sigmoid": Fault("vanishing-gradient", deep("sigmoid", 8, 1.0)),
    "12 layers, weights times 3": Fault("exploding-gradient", deep("relu", 12, 3.0)),
    "unscaled inputs": Fault("unscaled-inputs", rows=unscaled),
    "unscaled targets": Fault("unscaled-targets", rows=in_euros, among=AMOUNTS),
    "loss of another output": Fault("output-loss-mismatch", rows=mismatched),
    "wrong gradient": Fault("not-learning", rows=backwards),
    "hardly trained": Fault(
        "beaten-by-simple-model",
        times(training={"epochs": 1, "learning_rate": 1e-5}),
        scored=True,
        among=LINEAR,
    ),
    "one unit": Fault(
        "beaten-by-simple-model",
        times(network={"hidden": (1,), "activation": "relu", **PLAIN_BEND}, training={"epochs": 3}),
        scored=True,
        among=LINEAR,
    ),
    "no bend": Fault("linear-stack", times(network={"activation": "identity", **PLAIN_BEND})),
    "90 rows, 300 epochs": Fault(
        "overfitting",
        times(
            network={"hidden": (256, 256), "dropout": 0.0},
            training={"epochs": 300, "patience": 300, "optimizer": "adam", "batch_size": 16},
        ),
        few=90,
    ),
    "dropout 0.8": Fault("strong-dropout", times(network={"dropout": 0.8})),
    "a column that holds the answer": Fault("too-good-to-be-true", scored=True, among=("leaked",)),
    "a rare class of noise": Fault("class-never-predicted", scored=True, among=("rare",), few=600),
    "zero weights, steady rate": Fault(
        "plateau",
        times(weights=zero, training={"schedule": "constant", "epochs": 60, "patience": 60}),
    ),
    "learning rate times 30, 4 rows a batch": Fault(
        "oscillation",
        times(slower=1 / 30, training={"batch_size": 4, "epochs": 40, "patience": 40}),
    ),
    "steps of nothing": Fault("weights-stuck", times(training={"learning_rate": 1e-14})),
}

# Formulas that no book has, by name.
OWN = {
    "cube": CUBE,
    "squared_probability": SquaredProbability(),
    "backwards": Backwards(-1.0),
    "backwards_classes": BackwardsClasses(-1.0),
}
