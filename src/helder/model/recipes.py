"""Recipes: which network a problem gets, and how that network learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from helder.core import Architecture
from helder.core.embedding import Embed
from helder.core.fronts import Front, Periodic, Scale
from helder.engine import Purpose, generator
from helder.errors import pick
from helder.learn import AdamW, Member, MultilayerPerceptron, Settings
from helder.learn.first_weights import draw_by_rows
from helder.table import PLAIN, STRONG, Layout
from helder.table.steps import Fit

if TYPE_CHECKING:
    from helder.model.problem import Problem

MOST_EPOCHS, MANY_EPOCHS, FEWEST_EPOCHS = 256, 64, 16  # of the strong recipe
SMALL_VISITS, LARGE_VISITS = 256_000, 1_024_000  # rows seen by a network in all its epochs
SLOW_WAVES, QUICK_WAVES, ROWS_PER_NUMBER = 0.1, 1.0, 100
EMBEDDED = 30  # inputs of one column above which its categories get places
FEW = 20  # rows below which waves and quick rates only run off
REPEATED = 4_000  # rows up to which each fold is learnt twice; more take half a minute once
LARGE = 16_000  # rows from which larger batches pay
UNWATCHED_EPOCHS = 50  # where no rows are left to say when to stop
UPDATES = 200  # of an epoch of the plain recipe, roughly: larger data gets larger batches
SMALLEST_BATCH, LARGEST_BATCH = 32, 512
STRONGEST_DECAY, DECAY_ROWS = 1.0, 1500  # few rows need strong decay, many hardly any
NETWORK = ("hidden", "activation", "dropout")  # what a person may choose of the architecture
TRAINING = ("learning_rate", "epochs", "batch_size")  # and of the training


class Recipe(Protocol):
    """What follows from a problem alone, before a person chooses anything."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def steps(self) -> Mapping[str, Fit]:
        """What becomes of the columns of a table, by kind."""

    @property
    def folds(self) -> int | None:
        """How many folds a file's rows are dealt to; None to hold rows out once."""

    @property
    def clamps(self) -> bool:
        """Whether no number beyond those of training is predicted."""

    def architecture(self, problem: Problem) -> Architecture:
        """The network for these inputs and outputs."""

    def settings(self, problem: Problem) -> Settings:
        """How it learns; the seed is filled in later."""

    def member(self, problem: Problem) -> Member:
        """What holds for every network beside that."""

    def repeats(self, problem: Problem) -> int:
        """How often all of that is trained, each time with other draws."""

    def begin(self, net: MultilayerPerceptron, problem: Problem) -> None:
        """Draws first weights that look at the rows, where it wants such."""


@dataclass(frozen=True)
class Plain:
    """The textbook network: two layers of ReLU, AdamW, the epoch chosen by rows held out."""

    name: ClassVar[str] = "plain"
    steps: ClassVar[Mapping[str, Fit]] = PLAIN
    folds: ClassVar[int | None] = None
    clamps: ClassVar[bool] = False
    hidden: ClassVar[tuple[int, ...]] = (64, 64)
    activation: ClassVar[str] = "relu"

    def architecture(self, problem: Problem) -> Architecture:
        return Architecture(
            problem.inputs,
            self.hidden,
            problem.outputs,
            activation=self.activation,
            output=problem.loss,
        )

    def settings(self, problem: Problem) -> Settings:
        return Settings(
            epochs=Settings.epochs if problem.watched else UNWATCHED_EPOCHS,
            batch_size=batch_size(problem.learnt),
            optimizer=AdamW(weight_decay(problem.learnt)),
        )

    def member(self, problem: Problem) -> Member:
        return Member()

    def repeats(self, problem: Problem) -> int:
        return 1

    def begin(self, net: MultilayerPerceptron, problem: Problem) -> None:
        pass


@dataclass(frozen=True)
class Strong:
    """The default: parts of RealMLP, sized so that eight networks cost what one of it does.

    A learned scale and waves of every number, parametric bends, rates after the neural tangent
    kernel, first weights that look at the rows, smoothed labels, and a rate in growing waves
    (Holzmueller, Grinsztajn & Steinwart 2024). docs/accuracy.md has what each part is worth.
    """

    name: ClassVar[str] = "strong"
    steps: ClassVar[Mapping[str, Fit]] = STRONG
    folds: ClassVar[int | None] = 8
    # As RealMLP does. Over four tables, two splits of at most 2 500 rows each, the error on fresh
    # rows was the same on three and 0.02 to 0.05 % smaller on the fourth, and out of fold it was
    # smaller by up to 3 %, and never larger.
    clamps: ClassVar[bool] = True
    hidden: ClassVar[tuple[int, ...]] = (128, 128)
    activation: ClassVar[str] = "mish"

    def architecture(self, problem: Problem) -> Architecture:
        if problem.learnt < FEW:
            return Plain().architecture(problem)
        inputs = problem.inputs
        front: list[Front] = []
        if places := embedded(problem.layout):
            front.append(Embed(inputs, places))
        if problem.layout.numeric:
            wide = front[-1].n_out if front else inputs
            front.append(Periodic(wide, problem.layout.numeric, sigma=strong_sigma(problem)))
        wide = front[-1].n_out if front else inputs
        return Architecture(
            problem.inputs,
            self.hidden,
            problem.outputs,
            activation=self.activation,
            output=problem.loss,
            dropout=0.15,
            parametric=True,
            parametrisation="ntk",
            front=[*front, Scale(wide)],
        )

    def settings(self, problem: Problem) -> Settings:
        if problem.learnt < FEW:
            return Plain().settings(problem)
        epochs = strong_epochs(problem.learnt)
        return Settings(
            learning_rate=0.04 if classifies(problem) else 0.2,
            epochs=epochs,
            batch_size=64 if problem.learnt <= LARGE else 256,
            optimizer=AdamW(0.02, beta2=0.95),
            schedule="multi_cycle",
            # The rate comes and goes in waves that double, and so does the loss: whoever saw a
            # whole longer wave in vain need not see the next.
            patience=max(1, epochs // 4),
            patience_growth=2.0,
        )

    def member(self, problem: Problem) -> Member:
        # Also where log-loss is all that counts: without it the log-loss of fresh rows was 1.5 %
        # larger over three tables (0.386, not 0.380: credit_g, phoneme, vehicle, three splits of
        # at most 2 000 rows), though that of each network alone was smaller on all but one split.
        smooth = classifies(problem) and problem.learnt >= FEW
        return Member(label_smoothing=0.1) if smooth else Member()

    def repeats(self, problem: Problem) -> int:
        # A second network for each fold made the error 0.8 % and the log-loss 0.8 % smaller over
        # seven tables, a third 0.2 % more; and two tell how sure the mean of all should be.
        return 2 if problem.folds and FEW <= problem.learnt <= REPEATED else 1

    def begin(self, net: MultilayerPerceptron, problem: Problem) -> None:
        if problem.learnt < FEW:
            return
        folds, counts = problem.folds, problem.rows.weights > 0  # the others teach nothing
        for k in range(len(net.parameters.values)):
            learns = folds[k].train if folds else np.arange(len(counts))
            seen = problem.rows.X[learns[counts[learns]]]
            stream = generator(net.seed, k, Purpose.RESAMPLE)
            draw_by_rows(net.network, net.parameters, seen, k, stream)


def batch_size(rows: int) -> int:
    """A power of two that makes about `UPDATES` updates of an epoch."""
    wanted = 2 ** round(np.log2(max(rows / UPDATES, 1)))
    return int(np.clip(wanted, SMALLEST_BATCH, LARGEST_BATCH))


def weight_decay(rows: int) -> float:
    """How strongly AdamW holds the weights back: the more rows, the less.

    Over ten tables of 200 to 7 000 rows, 1.0 made the error 4 % smaller than no decay, and 3.0
    made it 5 % larger; only from some 3 500 rows on was less than 1.0 better.
    """
    return min(STRONGEST_DECAY, DECAY_ROWS / rows)


def strong_sigma(problem: Problem) -> float:
    """How quick the waves are at first: only where rows lie close do quick ones find more.

    Beside 0.3, on 4 000 rows, 1.0 made the error on fresh rows 2 % smaller on two tables with more
    than 100 rows for each number and 1 % on two others, 0.6 about half as much, and 1.5 no more;
    0.2 in place of 0.1 made it 13 % larger on a table with 20 rows for each.
    """
    close = problem.learnt >= ROWS_PER_NUMBER * problem.layout.numeric
    return QUICK_WAVES if close else SLOW_WAVES


def embedded(layout: Layout) -> tuple[tuple[int, int], ...]:
    """The blocks of inputs that become places: the categories of columns that have many.

    On 5 000 rows of one column of made categories, each with an effect of its own, places made the
    log-loss on fresh rows 2.0 % smaller with 500 of them in half the time, and 1 % with 100, 50 or
    25; leaving all but the hundred most frequent of the 500 to one input made it 8 % larger. On
    1 000 rows with 100 categories it was 0.8 % smaller (standard error 0.4 %). Fewer gained
    nothing: 0.2 % (0.2 %) on 5 000 rows of Adult, with 16 occupations and educations and 27
    countries, and on 800 rows of a credit bureau, with ten purposes, it was 2 % larger.
    """
    return tuple((start, stop) for start, stop in layout.blocks if stop - start > EMBEDDED)


def strong_epochs(rows: int) -> int:
    """How often to go through so many rows: few are seen more often, and very many less so.

    On six tables of 200 to 1 000 rows, 256 epochs made the out-of-fold error 1 % smaller than 64
    and the error on fresh rows 3 % smaller; from 4 000 rows on, 64 take half a minute at most.
    """
    small, large = SMALL_VISITS // rows, LARGE_VISITS // rows
    return max(min(MOST_EPOCHS, small), min(MANY_EPOCHS, large), FEWEST_EPOCHS)


def classifies(problem: Problem) -> bool:
    """Whether classes are predicted, not numbers."""
    return problem.loss.link_name in ("softmax", "sigmoid")


@dataclass(frozen=True)
class After:
    """A recipe that follows another one in everything; those below differ in some of it."""

    recipe: Recipe

    @property
    def name(self) -> str:
        """The name of the recipe that is followed."""
        return self.recipe.name

    @property
    def steps(self) -> Mapping[str, Fit]:
        return self.recipe.steps

    @property
    def folds(self) -> int | None:
        return self.recipe.folds

    @property
    def clamps(self) -> bool:
        return self.recipe.clamps

    def architecture(self, problem: Problem) -> Architecture:
        return self.recipe.architecture(problem)

    def settings(self, problem: Problem) -> Settings:
        return self.recipe.settings(problem)

    def member(self, problem: Problem) -> Member:
        return self.recipe.member(problem)

    def repeats(self, problem: Problem) -> int:
        return self.recipe.repeats(problem)

    def begin(self, net: MultilayerPerceptron, problem: Problem) -> None:
        self.recipe.begin(net, problem)


@dataclass(frozen=True)
class Adjusted(After):
    """A recipe with some of its choices made by a person.

    Args:
        recipe: What decides all the rest.
        network: What the person chose of `Architecture`, by name.
        training: What the person chose of `Settings`, by name.
    """

    network: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)

    def architecture(self, problem: Problem) -> Architecture:
        own = dict(self.network)
        if own.get("hidden") == ():  # the linear model, so neither waves nor scales before it
            own["front"] = ()
        return replace(super().architecture(problem), **own)

    def settings(self, problem: Problem) -> Settings:
        return replace(super().settings(problem), **self.training)


@dataclass(frozen=True)
class Continued(After):
    """A recipe for networks that are there already, whatever it would make of the rows now."""

    network: Architecture

    def architecture(self, problem: Problem) -> Architecture:
        return self.network

    def begin(self, net: MultilayerPerceptron, problem: Problem) -> None:
        pass


RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (Plain(), Strong())}


def recipe_with(name: str, chosen: Mapping[str, Any]) -> Adjusted:
    """The recipe of this name, with what a person chose; what is None is left to the recipe.

    Args:
        name: A name in `RECIPES`.
        chosen: Some of what `NETWORK` and `TRAINING` list, by name.

    Raises:
        ArgumentError: There is no such recipe.
    """
    given = {key: value for key, value in chosen.items() if value is not None}
    network, training = (
        {key: given[key] for key in names if key in given} for names in (NETWORK, TRAINING)
    )
    return Adjusted(pick(name, RECIPES, "recipe"), network, training)
