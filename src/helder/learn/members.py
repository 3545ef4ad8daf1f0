"""Members: what sets networks apart that are trained side by side, and how each of them learns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helder.core.checking import check_count, check_number
from helder.core.layers import Dense, Dropout, Layer
from helder.core.network import Network
from helder.core.parameters import Parameters
from helder.core.targets import numbers, smoothed
from helder.engine import Purpose, Rows, Task, generator
from helder.engine.rows import check_finite
from helder.errors import ArgumentError, ShapeError
from helder.learn.optimizers import optimizer_named
from helder.learn.settings import Settings
from helder.typing import Floats, Integers

# What can be tried in several strengths.
NUMBERS = ("learning_rate", "weight_decay", "dropout", "label_smoothing", "l1", "l2")


@dataclass(frozen=True, eq=False)
class Member:
    """What sets one network apart from those beside it; None is what holds for all of them.

    Args:
        seed: Where its first weights, shuffles and masks come from.
        learning_rate: The size of a step.
        weight_decay: Of an optimizer that has it.
        dropout: The rate of every dropout that the network has.
        label_smoothing: What part of each class's target is spread over all classes.
        l1, l2: The penalty on the weights of every dense layer.
        rows: The numbers of the rows that it learns from.
        held_out: The numbers of rows, of the same table, that choose its epoch.
        y: Targets of its own, (N, n_out).
        weights: What each row counts for it, (N,).
    """

    seed: int | None = None
    learning_rate: float | None = None
    weight_decay: float | None = None
    dropout: float | None = None
    label_smoothing: float | None = None
    l1: float | None = None
    l2: float | None = None
    rows: Integers | None = None
    held_out: Integers | None = None
    y: Floats | None = None
    weights: Floats | None = None

    def __post_init__(self) -> None:
        if self.seed is not None:
            check_count("seed", self.seed, least=0)
        if self.learning_rate is not None:
            check_number("learning_rate", self.learning_rate, above=0)
        for name in ("weight_decay", "l1", "l2"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), least=0)
        for name in ("dropout", "label_smoothing"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), least=0, below=1)

    def stream(self, k: int, seed: int) -> tuple[int, int]:
        """The key of its random streams as network k: seed and member."""
        return (seed, k) if self.seed is None else (self.seed, 0)

    def first(self, k: int, seed: int) -> np.random.Generator:
        """Where its first weights come from as network k."""
        return generator(*self.stream(k, seed), Purpose.INITIAL)

    def network(self, network: Network) -> Network:
        """The network with the member's own dropout and penalties; its shapes are the same."""
        silent = any(isinstance(layer, Dropout) for layer in network.layers)
        if self.dropout and not silent:
            raise ArgumentError(
                "this network has no dropout whose rate could differ",
                hint="make it with some: Architecture(..., dropout=0.1)",
            )
        return Network(tuple(map(self._layer, network.layers)), network.loss)

    def _layer(self, layer: Layer) -> Layer:
        if isinstance(layer, Dropout) and self.dropout is not None:
            return replace(layer, rate=self.dropout)
        if isinstance(layer, Dense):
            own = {name: getattr(self, name) for name in ("l1", "l2")}
            return replace(
                layer, **{name: value for name, value in own.items() if value is not None}
            )
        return layer

    def settings(self, settings: Settings) -> Settings:
        """The settings with the member's own learning rate and weight decay."""
        if self.learning_rate is not None:
            settings = replace(settings, learning_rate=self.learning_rate)
        if self.weight_decay is not None:
            optimizer: Any = optimizer_named(settings.optimizer)
            if not hasattr(optimizer, "weight_decay"):
                raise ArgumentError(
                    "this optimizer has no weight decay that could differ",
                    got=optimizer.name,
                    hint='optimizer="adamw" has',
                )
            settings = replace(
                settings, optimizer=replace(optimizer, weight_decay=self.weight_decay)
            )
        return settings

    def learns_from(self, rows: Rows, network: Network) -> Rows:
        """The rows that it learns from, with its own targets and weights."""
        dtype = rows.y.dtype
        y = rows.y if self.y is None else numbers(self.y, "y").astype(dtype)
        weights = rows.weights
        if self.weights is not None:
            weights = numbers(self.weights, "weights").astype(dtype)
        if y.shape != rows.y.shape or weights.shape != rows.weights.shape:
            raise ShapeError(
                "a member's targets and weights are those of all rows",
                got=(y.shape, weights.shape),
                accepted=f"{rows.y.shape} and {rows.weights.shape}",
                hint="one_hot(y, classes) makes such targets of class numbers",
            )
        if self.label_smoothing is not None:
            y = smoothed(y, self.label_smoothing, network.loss.link_name).astype(rows.y.dtype)
        for what, values in (("a member's targets", y), ("a member's weights", weights[:, None])):
            check_finite(what, values)
        mine = chosen(Rows(rows.X, y, weights), self.rows, "rows")
        if (mine.weights < 0).any() or not mine.weights.any():
            raise ArgumentError(
                "the rows that a member learns from count nothing, or less",
                accepted="weights of 0 and up, some of them above 0",
            )
        return mine


def members_of(members: int | Sequence[Member]) -> tuple[Member, ...]:
    """So many members that differ by their seeds alone; a list of members passes through."""
    if not isinstance(members, Sequence) or isinstance(members, str):
        check_count("members", members)
        return (Member(),) * members
    if not members or not all(isinstance(member, Member) for member in members):
        raise ArgumentError(
            "no such members",
            got=members,
            accepted="how many, or a list such as [Member(learning_rate=0.01), Member()]",
        )
    return tuple(members)


def chosen(rows: Rows, numbers: Integers | None, what: str) -> Rows:
    """Some rows by their numbers, or all of them.

    Raises:
        ArgumentError: These are no numbers of rows.
    """
    if numbers is None:
        return rows
    found = np.asarray(numbers)
    fits = found.ndim == 1 and found.size and found.dtype.kind in "iu"
    if not fits or found.min() < 0 or found.max() >= len(rows):
        raise ArgumentError(
            f"a member's {what} are no numbers of rows",
            got=numbers,
            accepted=f"whole numbers from 0 to {len(rows) - 1}, at least one",
        )
    return rows[found]


def task_of(
    member: Member,
    k: int,
    network: Network,
    parameters: Parameters,
    rows: Rows,
    settings: Settings,
    held_out: Rows | None = None,
) -> Task:
    """What network k has to do."""
    network, settings = member.network(network), member.settings(settings)
    learns = member.learns_from(rows, network)
    seed, number = member.stream(k, settings.seed)
    return Task(
        network,
        parameters,
        learns.X,
        learns.y,
        learns.weights,
        optimizer=optimizer_named(settings.optimizer),
        batch_size=settings.batch_size or len(learns),
        clip_norm=settings.clip_norm,
        seed=seed,
        member=number,
        k=k,
        held_out=held_out if member.held_out is None else chosen(rows, member.held_out, "held_out"),
    )
