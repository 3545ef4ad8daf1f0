"""Recipes: which network a problem gets, and how that network learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from helder.core import Architecture
from helder.learn import AdamW, Settings
from helder.model.fitting import Choices, batch_size, weight_decay

if TYPE_CHECKING:
    from helder.model.ensemble import Problem

UNWATCHED_EPOCHS = 50  # where no rows are left to say when to stop


class Recipe(Protocol):
    """What follows from a problem alone, before a person chooses anything."""

    @property
    def name(self) -> str:
        """What it is called."""

    def architecture(self, problem: Problem) -> Architecture:
        """The network for these inputs and outputs."""

    def settings(self, problem: Problem) -> Settings:
        """How it learns; the seed is filled in later."""


@dataclass(frozen=True)
class Plain:
    """The textbook network: two layers of ReLU, AdamW, the epoch chosen by rows held out."""

    name: ClassVar[str] = "plain"

    def architecture(self, problem: Problem) -> Architecture:
        return Architecture(
            problem.inputs,
            Choices.hidden,
            problem.outputs,
            activation=Choices.activation,
            output=problem.loss,
        )

    def settings(self, problem: Problem) -> Settings:
        return Settings(
            epochs=Settings.epochs if problem.watched else UNWATCHED_EPOCHS,
            batch_size=batch_size(problem.learnt),
            optimizer=AdamW(weight_decay(problem.learnt)),
        )


@dataclass(frozen=True)
class Adjusted:
    """A recipe with some of its choices made by a person.

    Args:
        recipe: What decides all the rest.
        network: What the person chose of `Architecture`, by name.
        training: What the person chose of `Settings`, by name.
    """

    recipe: Recipe
    network: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the recipe that was adjusted."""
        return self.recipe.name

    def architecture(self, problem: Problem) -> Architecture:
        return replace(self.recipe.architecture(problem), **self.network)

    def settings(self, problem: Problem) -> Settings:
        return replace(self.recipe.settings(problem), **self.training)


@dataclass(frozen=True)
class Continued:
    """A recipe for networks that are there already, whatever it would make of the rows now."""

    recipe: Recipe
    network: Architecture

    @property
    def name(self) -> str:
        """The name of the recipe that trains on."""
        return self.recipe.name

    def architecture(self, problem: Problem) -> Architecture:
        return self.network

    def settings(self, problem: Problem) -> Settings:
        return self.recipe.settings(problem)


RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (Plain(),)}
