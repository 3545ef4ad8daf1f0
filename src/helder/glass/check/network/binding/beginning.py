"""Parameters to begin with, as somebody's functions and classes make them, or as they want them."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from helder.glass.check.network import roles
from helder.glass.check.network.binding.calls import named_results
from helder.glass.check.network.binding.code import Code
from helder.glass.check.network.binding.constructing import (
    UNKNOWN,
    Wish,
    constructions,
    made_with,
)
from helder.glass.check.network.binding.extras import at_calls
from helder.glass.check.network.binding.formats import BATCHES, random_data
from helder.glass.check.network.binding.gathering import gathered
from helder.glass.check.network.binding.held import within
from helder.glass.check.network.binding.parameters import arrays_in, find_slots, is_bias
from helder.glass.check.network.binding.roots import DATA, Targets, name_of
from helder.glass.check.network.binding.templates import own_calls
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Thing

WEIGHT = re.compile(r"_*([wWbBvV]|weights?|bias|biases|theta)_?\d+")


def beginnings(code: Code) -> Iterator[tuple[Definition | None, dict[str, Any]]]:
    """Parameters as the file's own functions make them, and the function that does."""
    session = code.session
    for definition in code.functions:
        if not roles.means(roles.MAKING, definition.name):
            continue
        own = own_calls(definition, code.definitions, code.trees, session)
        for arguments in itertools.chain(for_maker(definition, code), own):
            outcome = made_with(session, definition, arguments)
            if outcome.problem is None and arrays_in(gathered(within(session, outcome.value))):
                values = results_by_name(definition, outcome.value, code.targets)
                if any(roles.role(name) not in ("X", "Y") for name in values):  # no rows alone
                    yield definition, values
                break
    handed = handed_on(code)
    if handed:
        yield None, handed
    yield None, {}
    for values in (*in_objects(code), *synthesised(code.functions, code.wish)):
        yield None, values


def handed_on(code: Code) -> dict[str, Any]:
    """The arrays among the file's names that its functions take under these names."""
    arrays = {name_of(path) for path in arrays_in(gathered(code.session.state("")))}
    taken = {p.name for d in code.functions for p in d.parameters if not DATA.fullmatch(p.name)}
    return {name: code.session.read(name).value for name in sorted(taken & arrays)}


def in_objects(code: Code) -> Iterator[dict[str, Any]]:
    """Objects that hold arrays, under the name by which functions that go forward take them."""
    names = [
        p.name
        for d in code.functions
        if roles.means(roles.FORWARD, d.name) or roles.means(roles.BACKWARD, d.name)
        for p in d.parameters
        if roles.role(p.name) == "parameters"
    ]
    for owner in code.classes if names else ():
        own = own_calls(owner, code.definitions, code.trees, code.session)
        for arguments in itertools.chain(constructions(owner, code.session, code.wish), own):
            made = made_with(code.session, owner, arguments).value
            if isinstance(made, Thing) and find_slots(gathered(within(code.session, made))):
                yield dict.fromkeys(names[:1], made)
                break


def for_maker(definition: Definition, code: Code) -> Iterator[dict[str, Any]]:
    """The arguments of a function that makes parameters: sizes, or rows that have them."""
    wish = code.wish
    said = {
        p.name: what for p in definition.parameters if (what := roles.role(p.name)) in ("X", "Y")
    }
    data = random_data(wish.inputs, wish.outputs)
    theirs = as_called(definition, code)
    for plain in constructions(definition, code.session, wish):
        arguments = plain | {name: theirs[name] for name in theirs if plain.get(name) == UNKNOWN}
        yield arguments
        for form in BATCHES[:2] if said else ():  # rows, then columns
            given = dict(zip("XY", form.give(data), strict=True))
            yield arguments | {name: given[what] for name, what in said.items()}


def as_called(definition: Definition, code: Code) -> dict[str, Any]:
    """What the file's own calls give for parameters that must be given, such as an activation."""
    wanted = [p for p in definition.parameters if p.default is None and p.kind == "positional"]
    found = {p.name: next(at_calls(definition, p, code), None) for p in wanted}
    return {name: value for name, value in found.items() if value is not None}


def synthesised(functions: Sequence[Definition], wish: Wish) -> Iterator[dict[str, Any]]:
    """Parameters in the shapes and names that the functions want, rows first, then columns."""
    for names, container in wanted(functions):
        weights = [name for name in names if not is_bias(name)]
        sizes = [*[wish.inputs, *wish.hidden][: len(weights)], wish.outputs]
        if not 1 < len(weights) <= len(wish.hidden) + 1:
            continue
        for turned in (False, True):
            made: dict[str, Any] = {}
            layer = 0
            for name in names:
                if is_bias(name):
                    size = sizes[max(layer, 1)]
                    made[name] = np.zeros((size, 1) if turned else (1, size))
                else:
                    shape = (sizes[layer], sizes[layer + 1])
                    made[name] = np.zeros(shape[::-1] if turned else shape)
                    layer += 1
            yield {container: made} if container else made


def wanted(functions: Sequence[Definition]) -> Iterator[tuple[list[str], str]]:
    """Names of weights and biases: as keys of a dictionary, or as parameters of functions."""
    for definition in functions:
        if not roles.means(roles.FORWARD, definition.name):
            continue
        names = [p.name for p in definition.parameters if WEIGHT.fullmatch(p.name)]
        if names:
            yield in_layers(names), ""
        for parameter in definition.parameters:
            keys = [
                node.slice.value
                for node in ast.walk(definition.node)
                if isinstance(node, ast.Subscript)
                and ast.unparse(node.value) == parameter.name
                and isinstance(node.slice, ast.Constant)
                and isinstance(node.slice.value, str)
            ]
            keys = [key for key in dict.fromkeys(keys) if WEIGHT.fullmatch(key)]
            if keys:
                yield in_layers(keys), parameter.name


def in_layers(names: list[str]) -> list[str]:
    """Names by their layer, a weight before its bias."""
    number = {n: int(re.sub(r"\D", "", n) or 0) for n in names}
    return sorted(names, key=lambda n: (number[n], is_bias(n)))


def results_by_name(definition: Definition, value: Any, targets: Targets) -> dict[str, Any]:
    """What an initialiser returned, by its own names, else by those of its callers."""
    found = named_results(definition, value)
    if not found:
        found = named_results(definition, value, targets.get(definition.name, ())[:1])
    return found or {"params": value}
