"""What makes the steps of layers: `SGD(lr).update(layer)`, `SGD(params).step()`, `model.step()`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from helder.glass.check.network import roles
from helder.glass.check.network.binding.calls import CONSTANTS, like_default
from helder.glass.check.network.binding.networks import methods_of
from helder.glass.check.network.binding.roots import ObjectRoot
from helder.glass.check.network.layers.containers import Container
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.session import Named, Outcome, Session, Thing

OF_PARAMETERS = re.compile(r"^_*(params?|parameters?|weights|parametros)$", re.IGNORECASE)
OF_LAYERS = re.compile(r"^_*(layers|couches|capas|lagen|schichten|modules)$", re.IGNORECASE)
OF_LAYER = re.compile(r"^_*(layer|couche|capa|laag|module|schicht|l)$", re.IGNORECASE)
OF_MODEL = re.compile(
    r"^_*(model\w*|net|network|neural_?net(work)?|nn|mlp|net[sz]|netwerk|reseau|red|rede)$",
    re.IGNORECASE,
)
OF_GRADIENTS = re.compile(r"^_*(d?grads?|gradients?)$", re.IGNORECASE)
GATHERING = "helder_with_parameters"
GATHER = f"""
def {GATHERING}(owner, name, things, given):
    ways = ("parameters", "params", "get_params", "get_parameters", "parametros")
    listed = []
    for thing in things:
        way = next((w for w in ways if callable(getattr(thing, w, None))), None)
        if way is not None:
            listed.extend(getattr(thing, way)())
    return owner(**{{name: listed or things}}, **given)
"""


@dataclass(frozen=True)
class Row:
    """Layers that follow each other: all of them, and those with weights."""

    layers: tuple[Thing, ...]
    weighted: tuple[Thing, ...]


class Optimizer(Protocol):
    """Makes the steps of layers.

    Attributes:
        method: The method that makes a step.
    """

    @property
    def method(self) -> Definition: ...

    def made(self, session: Session, row: Row, rate: float) -> Outcome:
        """One for these layers, which keeps what it needs from step to step."""

    def step(self, session: Session, made: Thing, row: Row, rate: float) -> Outcome:
        """Lets the one that was made step these layers."""


def settings(owner: Definition, rate: float) -> dict[str, Any]:
    """What a constructor is given of learning rate, decay and the like."""
    given: dict[str, Any] = {}
    for p in owner.parameters:
        what = roles.role(p.name)
        if what == "rate":
            given[p.name] = rate
        elif what in ("zero", "one"):
            given[p.name] = like_default(CONSTANTS[what], p.default)
    return given


@dataclass(frozen=True)
class Made:
    """What all have that are an object of a class of their own."""

    owner: Definition
    method: Definition

    def made(self, session: Session, row: Row, rate: float) -> Outcome:
        """As `Optimizer.made`, of settings alone."""
        return session.call(self.owner.path, **settings(self.owner, rate))

    def step(self, session: Session, made: Thing, row: Row, rate: float) -> Outcome:
        """As `Optimizer.step`, handed nothing but the learning rate where it wants that."""
        return self.called(session, made, rate)

    def called(self, session: Session, made: Thing, rate: float, *given: Any) -> Outcome:
        """What a call of the method gives."""
        rates = {p.name: rate for p in rated(self.method)}
        return session.call(f"{made.handle}.{self.method.name}", *given, **rates)


class OfEach(Made):
    """An object that is handed each layer: `SGD(lr).update_params(layer)`."""

    def step(self, session: Session, made: Thing, row: Row, rate: float) -> Outcome:
        """As `Optimizer.step`."""
        calls = (self.called(session, made, rate, thing) for thing in row.weighted)
        return first_problem(calls)


@dataclass(frozen=True)
class OfParts(Made):
    """An object that is handed each layer's parameters and gradients: `update(params, grads)`."""

    names: tuple[str, str]  # of what the layers hold them in

    def step(self, session: Session, made: Thing, row: Row, rate: float) -> Outcome:
        """As `Optimizer.step`."""
        parts = ([Named(f"{thing.handle}.{n}") for n in self.names] for thing in row.weighted)
        return first_problem(self.called(session, made, rate, *each) for each in parts)


class OfAll(Made):
    """An object that is handed all layers: `SGD(lr).step(layers)`."""

    def step(self, session: Session, made: Thing, row: Row, rate: float) -> Outcome:
        """As `Optimizer.step`."""
        return self.called(session, made, rate, list(row.weighted))


@dataclass(frozen=True)
class OfParameters(Made):
    """An object that is made with the parameters: `SGD(model.parameters(), lr).step()`."""

    beginning: str  # the constructor's parameter that takes them

    def made(self, session: Session, row: Row, rate: float) -> Outcome:
        """As `Optimizer.made`."""
        session.define("", GATHER)
        given = settings(self.owner, rate)
        parts = (Named(self.owner.path), self.beginning, list(row.weighted), given)
        return session.call(GATHERING, *parts)


@dataclass(frozen=True)
class OfLayers(Made):
    """An object that is made with a list of the layers: `Adam(net.layers).step()`."""

    beginning: str

    def made(self, session: Session, row: Row, rate: float) -> Outcome:
        """As `Optimizer.made`."""
        given = settings(self.owner, rate) | {self.beginning: list(row.layers)}
        return session.call(self.owner.path, **given)


@dataclass(frozen=True)
class OfModel(Made):
    """An object that is made with what holds the layers: `SGD(model, lr).step()`."""

    beginning: str
    container: Container

    def made(self, session: Session, row: Row, rate: float) -> Outcome:
        """As `Optimizer.made`."""
        held = self.container.made(session, row.layers)
        given = settings(self.owner, rate) | {self.beginning: held}
        return session.call(self.owner.path, **given)


@dataclass(frozen=True)
class OfItself(Made):
    """What holds the layers makes their steps itself: `model.step(lr)`."""

    container: Container

    def made(self, session: Session, row: Row, rate: float) -> Outcome:
        """As `Optimizer.made`."""
        held = self.container.made(session, row.layers)
        if held is not None:
            ObjectRoot(session, held.handle, {}).set_up({"rate": rate})
        return Outcome(value=held)


def first_problem(outcomes: Iterable[Outcome]) -> Outcome:
    """What became of several calls: the first problem, after which none is made."""
    return next((outcome for outcome in outcomes if outcome.problem is not None), Outcome())


def find_optimizers(
    definitions: Sequence[Definition], containers: Sequence[Container]
) -> list[Optimizer]:
    """All that makes steps for others, gradient descent first."""
    found = [
        optimizer
        for owner in definitions
        if owner.kind == "class"
        for method in methods_of(owner, definitions)
        if roles.means(roles.UPDATE, method.name)
        for optimizer in of_method(owner, method, containers)
    ]
    found.sort(key=lambda o: "sgd" not in o.method.path.lower())
    return found


def of_method(
    owner: Definition, method: Definition, containers: Sequence[Container]
) -> Iterator[Optimizer]:
    """The ways in which a method may make steps, by what it and its class are handed."""
    wanted = [p.name for p in method.parameters if p.default is None and p not in rated(method)]
    begins = [p.name for p in owner.parameters]
    holding = [container for container in containers if container.owner is owner]
    if len(wanted) == 2 and OF_PARAMETERS.match(wanted[0]) and OF_GRADIENTS.match(wanted[1]):
        yield OfParts(owner, method, (wanted[0], wanted[1]))
    elif len(wanted) == 1 and OF_LAYER.match(wanted[0]):
        yield OfEach(owner, method)
    elif len(wanted) == 1 and (OF_PARAMETERS.match(wanted[0]) or OF_LAYERS.match(wanted[0])):
        yield OfAll(owner, method)
    elif not wanted and holding:
        yield OfItself(owner, method, holding[0])
    elif not wanted:
        yield from (OfParameters(owner, method, n) for n in begins if OF_PARAMETERS.match(n))
        yield from (OfLayers(owner, method, n) for n in begins if OF_LAYERS.match(n))
        models = [name for name in begins if OF_MODEL.match(name)]
        yield from (OfModel(owner, method, n, c) for n in models for c in containers[:2])


def rated(method: Definition) -> list[Parameter]:
    """The parameters of a method that want the learning rate."""
    return [p for p in method.parameters if roles.role(p.name) == "rate"]
