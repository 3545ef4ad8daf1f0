"""Objects that make the steps of layers: `SGD(lr).update_params(layer)`, `SGD(params).step()`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helder.glass.check.network import roles
from helder.glass.check.network.binding.calls import CONSTANTS, like_default
from helder.glass.check.network.binding.networks import methods_of
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Outcome, Problem, Session, Thing

LAYER, LAYERS, PARAMETERS, NOTHING = "layer", "layers", "parameters", "nothing"
GIVES_PARAMETERS = ("parameters", "params", "get_params", "get_parameters", "parametros")
OF_PARAMETERS = re.compile(r"^_*(params?|parameters?|layers|weights|parametros)$", re.IGNORECASE)
OF_LAYER = re.compile(r"^_*(layer|couche|capa|laag|module|schicht)$", re.IGNORECASE)


@dataclass(frozen=True)
class Optimizer:
    """An optimizer's class, and what it makes a step of.

    Attributes:
        owner: The class.
        method: Makes the step.
        takes: What is handed to it: each `layer`, all `layers`, or `nothing`: then the constructor
            takes the `parameters`, as the layers' own method gives them.
        beginning: The parameter of the constructor that takes them.
    """

    owner: Definition
    method: Definition
    takes: str
    beginning: str = ""

    def made(self, session: Session, things: Sequence[Thing], rate: float) -> Outcome:
        """An optimiser for these layers, which keeps what it needs from step to step."""
        given: dict[str, Any] = {}
        for p in self.owner.parameters:
            what = roles.role(p.name)
            if p.name == self.beginning:
                given[p.name] = parameters_of(session, things)
            elif what == "rate":
                given[p.name] = rate
            elif what in ("zero", "one"):
                given[p.name] = like_default(CONSTANTS[what], p.default)
        made = session.call(self.owner.path, **given)
        if isinstance(made.value, Thing):
            return made
        problem = made.problem or Problem("TypeError", f"{self.owner.path} cannot be made")
        return Outcome(problem=problem)

    def step(self, session: Session, made: Thing, things: Sequence[Thing], rate: float) -> Outcome:
        """Lets the optimiser that was made step these layers."""
        name = f"{made.handle}.{self.method.name}"
        rated = [rate] if len(rated_parameters(self.method)) else []
        if self.takes == LAYER:
            outcome = Outcome()
            for thing in things:
                outcome = session.call(name, thing, *rated)
                if outcome.problem is not None:
                    return outcome
            return outcome
        return session.call(name, *([list(things)] if self.takes == LAYERS else []), *rated)


def parameters_of(session: Session, things: Sequence[Thing]) -> list[Any]:
    """The parameter objects of all layers, as these give them; the layers where they do not."""
    found: list[Any] = []
    for thing in things:
        for name in GIVES_PARAMETERS:
            value = session.call(f"{thing.handle}.{name}").value
            if isinstance(value, list | tuple) and any(isinstance(one, Thing) for one in value):
                found += list(value)
                break
    return found or list(things)


def find_optimizers(definitions: Sequence[Definition]) -> list[Optimizer]:
    """The classes that make steps for others, gradient descent first."""
    found: list[Optimizer] = []
    for owner in definitions:
        if owner.kind != "class":
            continue
        beginning = next((p.name for p in owner.parameters if OF_PARAMETERS.match(p.name)), "")
        for method in methods_of(owner, definitions):
            needed = [p for p in method.parameters if p.default is None and p not in
                      rated_parameters(method)]  # fmt: skip
            if not roles.means(roles.UPDATE, method.name):
                continue
            if beginning and not needed:
                found.append(Optimizer(owner, method, NOTHING, beginning))
            elif len(needed) == 1 and OF_LAYER.match(needed[0].name):
                found.append(Optimizer(owner, method, LAYER))
            elif len(needed) == 1 and OF_PARAMETERS.match(needed[0].name):
                found.append(Optimizer(owner, method, LAYERS))
    return sorted(found, key=lambda o: "sgd" not in o.owner.name.lower())


def rated_parameters(method: Definition) -> list[Any]:
    """The parameters of a method that want the learning rate."""
    return [p for p in method.parameters if roles.role(p.name) == "rate"]
