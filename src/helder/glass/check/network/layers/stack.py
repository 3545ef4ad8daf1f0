"""Layer objects in a row, put together by us: a place of parameters like any other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helder.glass.check.network.binding.calls import Context
from helder.glass.check.network.binding.roots import ObjectRoot
from helder.glass.check.network.layers.containers import Container
from helder.glass.check.network.layers.layer import EPOCH, INPUT, RATE, UPSTREAM, Layer, as_array
from helder.glass.check.network.layers.losses import OwnLoss, PersonsLoss
from helder.glass.check.network.layers.optimizers import Optimizer, Row
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Outcome, Problem, Session, Thing, Value


@dataclass(frozen=True)
class Part:
    """A layer in a stack.

    Attributes:
        layer: Its class.
        n_in: Its sizes, which one without weights may not want.
        n_out: As `n_in`.
        backwards: Whether backward goes through it; not where the loss has its slope in it.
    """

    layer: Layer
    n_in: int
    n_out: int
    backwards: bool = True


@dataclass(frozen=True)
class Recipes:
    """What a stack is made of.

    Attributes:
        parts: The layers in order.
        loss: Ours, or one of the person's.
        optimizer: Makes the step, where the layers do not.
        container: Takes rows and gradients through the layers, where we do not.
    """

    parts: tuple[Part, ...]
    loss: OwnLoss | PersonsLoss
    optimizer: Optimizer | None = None
    container: Container | None = None

    @property
    def forward(self) -> Definition:
        """What goes forward: the container's method, else the first layer's."""
        own = None if self.container is None else self.container.forward
        return own or self.first.forward.definition

    @property
    def backward(self) -> Definition:
        """What goes backward."""
        own = None if self.container is None else self.container.backward
        return self.first.backward.definition if own is None else own.definition

    @property
    def first(self) -> Layer:
        """The first layer, which has weights."""
        return self.parts[0].layer

    @property
    def names(self) -> str:
        """As a person reads it: `Dense, ReLU, Dense`."""
        return ", ".join(part.layer.recipe.name for part in self.parts)


class StackRoot:
    """The layers of a stack, made anew for every trial; its paths are `[0].weights`."""

    def __init__(self, session: Session, recipes: Recipes, handles: Sequence[str]) -> None:
        self.session, self.recipes, self.handles = session, recipes, handles
        self.held = ""  # the handle of the container
        self.optimizer: Thing | None = None  # made at the first step

    @classmethod
    def made(cls, session: Session, recipes: Recipes) -> StackRoot | None:
        """A new stack; None where a layer cannot be made."""
        handles = [p.layer.recipe.made(session, p.n_in, p.n_out) for p in recipes.parts]
        found = [handle for handle in handles if handle is not None]
        return cls(session, recipes, found) if len(found) == len(handles) else None

    def fresh(self) -> StackRoot | None:
        return StackRoot.made(self.session, self.recipes)

    def state(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for at, part in enumerate(self.recipes.parts):
            if part.layer.weighted:
                state = self.session.state(self.handles[at])
                found |= {f"[{at}]{path}": value for path, value in state.items()}
        return found

    def assign(self, path: str, value: Value) -> None:
        place = re.match(r"\[(\d+)\]", path)
        assert place is not None
        self.session.assign(self.handles[int(place.group(1))] + path[place.end() :], value)

    def set_up(self, roles: dict[str, Any]) -> None:
        for at, part in enumerate(self.recipes.parts):
            if part.layer.weighted:
                ObjectRoot(self.session, self.handles[at], {}).set_up(roles)

    def call(self, definition: Definition, context: Context) -> Outcome:
        """Goes forward or backward through all layers, or makes their steps."""
        held = self.recipes.container is not None
        if definition is self.recipes.forward:
            return self.held_forward(context) if held else self.forward(context)
        if definition is self.recipes.backward:
            return self.held_backward(context) if held else self.backward(context)
        return self.update(context)

    def forward(self, context: Context) -> Outcome:
        """The stack's output."""
        value = context.roles["X"]
        for part, handle in zip(self.recipes.parts, self.handles, strict=True):
            context.names[handle] = value  # what entered it
            value, outcome = part.layer.forward.call(self.session, handle, {INPUT: value})
            if outcome.problem is not None:
                return outcome
            if as_array(value) is None:
                return nothing_from(part.layer.forward.definition)
        return Outcome(value=value)

    def held_forward(self, context: Context) -> Outcome:
        """The output of a container of the layers."""
        container = self.recipes.container
        assert container is not None
        made = container.made(self.session, self.row.layers)
        if made is None:
            problem = Problem("TypeError", f"{container.owner.path} cannot be made")
            return Outcome(problem=problem)
        self.held = made.handle
        return self.session.call(f"{self.held}.{self.recipes.forward.name}", context.roles["X"])

    def held_backward(self, context: Context) -> Outcome:
        """What a container of the layers does with the gradient of its output."""
        roles, container = context.roles, self.recipes.container
        way = None if container is None else container.backward
        assert way is not None
        upstream, outcome = self.recipes.loss.gradient(self.session, roles["output"], roles["Y"])
        if outcome.problem is not None:
            return outcome
        given = {UPSTREAM: upstream, RATE: roles["rate"]}
        return Outcome(problem=way.call(self.session, self.held, given)[1].problem)

    def backward(self, context: Context) -> Outcome:
        """What the layers returned beside the gradient of their input."""
        roles = context.roles
        upstream, outcome = self.recipes.loss.gradient(self.session, roles["output"], roles["Y"])
        if outcome.problem is not None:
            return outcome
        beside: dict[int, Any] = {}
        for at in reversed(range(len(self.handles))):
            part, handle = self.recipes.parts[at], self.handles[at]
            if not part.backwards:
                continue
            given = {INPUT: context.names[handle], UPSTREAM: upstream}
            given |= {RATE: roles["rate"], EPOCH: 1}
            slope, outcome = part.layer.backward.call(self.session, handle, given)
            if outcome.problem is not None:
                return outcome
            if part.layer.backward.item is not None:
                beside[at] = outcome.value
            if part.layer.slope_only:
                one, other = as_array(upstream), as_array(slope)
                slope = None if one is None or other is None else one * other
            if as_array(slope) is None:
                return nothing_from(part.layer.backward.definition)
            upstream = slope
        return Outcome(value=beside or None)

    def update(self, context: Context) -> Outcome:
        """The steps of all layers."""
        rate = context.roles["rate"]
        if self.recipes.optimizer is not None:
            return self.optimized(self.recipes.optimizer, rate)
        outcome = Outcome()
        for part, handle in zip(self.recipes.parts, self.handles, strict=True):
            if part.layer.weighted and part.layer.update is not None:
                _, outcome = part.layer.update.call(self.session, handle, {RATE: rate})
            if outcome.problem is not None:
                return outcome
        return outcome

    def optimized(self, optimizer: Optimizer, rate: float) -> Outcome:
        """The step of an optimiser, always the same one."""
        if self.optimizer is None:
            made = optimizer.made(self.session, self.row, rate)
            if not isinstance(made.value, Thing):
                problem = Problem("TypeError", f"{optimizer.method.path} has no instance")
                return Outcome(problem=made.problem or problem)
            self.optimizer = made.value
        return optimizer.step(self.session, self.optimizer, self.row, rate)

    @property
    def row(self) -> Row:
        """The layers as objects."""
        pairs = zip(self.recipes.parts, self.handles, strict=True)
        things = [(p.layer.weighted, Thing(h, p.layer.recipe.owner.name)) for p, h in pairs]
        weighted = tuple(thing for has_weights, thing in things if has_weights)
        return Row(tuple(thing for _, thing in things), weighted)


def nothing_from(definition: Definition) -> Outcome:
    """The outcome where a method gave no array."""
    return Outcome(problem=Problem("TypeError", f"{definition.path} gives no array"))
