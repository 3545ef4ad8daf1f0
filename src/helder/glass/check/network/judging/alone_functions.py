"""Optimisers that are functions: `update_with_adam(parameters, grads, v, s, t, learning_rate)`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helder.glass.check.network import roles
from helder.glass.check.network.binding.calls import flattened, named_results
from helder.glass.check.network.judging.alone_arrays import (
    SHAPES,
    Holder,
    argument,
    arrays_of,
    held,
    is_gradients,
    is_parameters,
)
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.session import Session
from helder.typing import Floats

OF_COUNT = re.compile(r"_*(t|step|i|k|it|iter|iteration|count|timestep|time_step)", re.IGNORECASE)
OF_RULE = re.compile(r"adam|rms_?prop|ada_?grad|optimi[sz]e", re.IGNORECASE)


@dataclass
class FunctionOptimizer:
    """A function that makes steps, with what it is handed beside parameters and gradients.

    Attributes:
        session: Where the file is loaded.
        function: It.
        kept: The moments by their names, as they are now.
        turn: How many steps it has made.
    """

    session: Session
    function: Definition
    kept: dict[str, Any]
    turn: int = 0

    def step(self, params: Holder, grads: Holder) -> dict[str, Floats] | None:
        """The parameters after a step: returned, or changed where they are."""
        self.turn += 1
        given: list[Any] = []
        for parameter in self.function.parameters:
            found, value = self.argument(parameter, params, grads)
            if not found:
                break
            given.append(value)
        outcome = self.session.call(self.function.path, *given)
        if outcome.problem is not None:
            return None
        names = [parameter.name for parameter in self.function.parameters]
        after = {names[at]: value for at, value in outcome.overwritten.items()}
        after |= named_results(self.function, outcome.value)
        self.kept |= {name: value for name, value in after.items() if name in self.kept}
        of_params = [after[name] for name in after if is_parameters(name)]
        for value in (*of_params, outcome.value):
            found_arrays = arrays_of(flattened(value))
            if found_arrays is not None:
                return found_arrays
        return None

    def argument(self, parameter: Parameter, params: Holder, grads: Holder) -> tuple[bool, Any]:
        """Whether there is a value for a parameter, and which."""
        if parameter.name in self.kept:
            return True, self.kept[parameter.name]
        if OF_COUNT.fullmatch(parameter.name):
            return True, self.turn
        return argument(parameter, params, grads)


def function_optimizers(definitions: Sequence[Definition]) -> list[Definition]:
    """The functions that are handed parameters and gradients, and may make steps."""
    return [
        d
        for d in definitions
        if d.kind != "class" and not d.owner
        and (roles.means(roles.UPDATE, d.name) or OF_RULE.search(d.name))
        and any(is_gradients(p.name) for p in d.parameters)
        and any(is_parameters(p.name) for p in d.parameters)
    ]  # fmt: skip


def function_begun(
    session: Session,
    function: Definition,
    definitions: Sequence[Definition],
    prefix: str,
    listed: bool,
) -> FunctionOptimizer:
    """A function before its first step: its moments as the file's own initialiser makes them, or 0.

    The arguments are those of `alone.steps_of`.
    """
    bare = FunctionOptimizer(session, function, {})
    nothing: Holder = []
    wanted = [
        p.name
        for p in function.parameters
        if p.default is None and not bare.argument(p, nothing, nothing)[0]
    ]
    zeros = {name: np.zeros(shape) for name, shape in SHAPES.items()}
    kept: dict[str, Any] = {name: held(zeros, prefix, listed) for name in wanted}
    for names in initialised(session, definitions, held(zeros, "", listed)) if wanted else ():
        kept |= {name: value for name, value in names.items() if name in kept}
    return replace(bare, kept=kept)


def initialised(
    session: Session, definitions: Sequence[Definition], params: Holder
) -> Iterator[Mapping[str, Any]]:
    """What functions make of parameters alone, by the names that they return."""
    for definition in definitions:
        needed = [p for p in definition.parameters if p.default is None]
        if definition.kind == "class" or len(needed) != 1 or not is_parameters(needed[0].name):
            continue
        yield named_results(definition, session.call(definition.path, params).value)
