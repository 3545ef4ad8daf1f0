"""Networks whose weights have a name each, `self.w1 * x[0] + self.w2 * x[1] + self.b1`, as arrays.

An array of them has the paths of its numbers for a path: `=.w1&.w3|.w2&.w4` is a matrix with a row
for each input and a column for each unit.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.glass.check.network.binding.calls import Context
from helder.glass.check.network.binding.parameters import Slot, Slots
from helder.glass.check.network.binding.roots import ObjectRoot
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Outcome, Value
from helder.typing import Floats

MARK, BESIDE, BELOW = "=", "&", "|"
PLACE = re.compile(r"\w+(\[(\d+)\]|(\d+))")  # of an input: `x[0]`, `x1`


@dataclass(frozen=True)
class Unit:
    """A sum of products, and what is added to it.

    Attributes:
        weights: The path of the weight of each input, by the input's text.
        bias: The path of its bias; empty where it has none.
    """

    weights: Mapping[str, str]
    bias: str


class NumbersRoot:
    """An object whose parameters are single numbers, seen as arrays."""

    def __init__(self, root: ObjectRoot, slots: Slots) -> None:
        self.root, self.slots = root, slots
        self.session = root.session

    def fresh(self) -> NumbersRoot | None:
        copied = self.root.fresh()
        return None if copied is None else NumbersRoot(copied, self.slots)

    def state(self) -> dict[str, Value]:
        found = self.root.state()
        return found | {slot.path: array_of(slot, found) for slot in all_of(self.slots)}

    def assign(self, path: str, value: Value) -> None:
        if not path.startswith(MARK):
            self.root.assign(path, value)
            return
        for cell, number in zip(cells(path), np.asarray(value).flat, strict=True):
            self.root.assign(cell, float(number))

    def set_up(self, roles: dict[str, Any]) -> None:
        self.root.set_up(roles)

    def call(self, definition: Definition, context: Context) -> Outcome:
        return self.root.call(definition, context)


def all_of(slots: Slots) -> list[Slot]:
    return [slot for slot in (*slots.weights, *slots.biases) if slot is not None]


def cells(path: str) -> list[str]:
    """The paths of the numbers of an array, row after row."""
    return re.split(r"[&|]", path.removeprefix(MARK))


def array_of(slot: Slot, state: Mapping[str, Any]) -> Floats:
    numbers = [np.asarray(state.get(cell, np.nan), dtype=np.float64) for cell in cells(slot.path)]
    single = [number.item() if number.size == 1 else np.nan for number in numbers]
    return np.asarray(single).reshape(slot.shape)


def slots_of_numbers(methods: Sequence[Definition], root: ObjectRoot) -> Slots | None:
    """The layers that single numbers of an object make up, by what its methods compute of them."""
    numbers = {
        f"self{path}": path
        for path, value in root.state().items()
        if isinstance(value, float) and path.startswith(".") and path[1:].isidentifier()
    }
    for method in methods if numbers else ():
        slots = slots_in(units_in(method.node, numbers))
        if slots is not None:
            return slots
    return None


def units_in(tree: ast.AST, numbers: Mapping[str, str]) -> list[tuple[str, Unit]]:
    """The units of a function in their order, with the names of what they give, `h1`."""
    found: list[tuple[str, Unit]] = []
    called: dict[str, int] = {}  # a name -> which unit it holds the sum or the activation of
    lines = [n for n in ast.walk(tree) if isinstance(n, ast.Assign | ast.Return) and n.value]
    for node in sorted(lines, key=lambda n: n.lineno):
        target = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""
        assert node.value is not None
        unit = next(units_within(node.value, numbers), None)
        if unit is not None:
            called[target] = len(found)
            inputs = {first_name(found, called, name): path for name, path in unit.weights.items()}
            found.append((target, Unit(inputs, unit.bias)))
        else:
            of = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)} & set(called)
            if len(of) == 1:
                called[target] = called[of.pop()]
    return found


def first_name(found: Sequence[tuple[str, Unit]], called: Mapping[str, int], name: str) -> str:
    """The name that a unit had first: that of its sum, where the input is its activation."""
    return found[called[name]][0] if name in called else name


def units_within(tree: ast.AST, numbers: Mapping[str, str]) -> Iterator[Unit]:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            unit = unit_of(node, numbers)
            if unit is not None:
                yield unit


def unit_of(node: ast.expr, numbers: Mapping[str, str]) -> Unit | None:
    """The unit that a sum is; None where a term is neither a weight's product nor a bias."""
    weights: dict[str, str] = {}
    bias = ""
    for term in terms(node):
        text = ast.unparse(term)
        if text in numbers and not bias:
            bias = numbers[text]
        elif isinstance(term, ast.BinOp) and isinstance(term.op, ast.Mult):
            sides = [ast.unparse(term.left), ast.unparse(term.right)]
            own = [side for side in sides if side in numbers]
            others = [side for side in sides if side not in numbers]
            if len(own) != 1 or others[0] in weights:
                return None
            weights[others[0]] = numbers[own[0]]
        else:
            return None
    return Unit(weights, bias) if weights else None


def terms(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*terms(node.left), *terms(node.right)]
    return [node]


def slots_in(units: Sequence[tuple[str, Unit]]) -> Slots | None:
    """The layers of units: those that take the same inputs, after those that these are."""
    layers: dict[frozenset[str], list[tuple[str, Unit]]] = {}
    for name, unit in units:
        layers.setdefault(frozenset(unit.weights), []).append((name, unit))
    weights: list[Slot] = []
    biases: list[Slot | None] = []
    inputs = in_order(next(iter(layers), frozenset()))
    for taken, layer in layers.items():
        own = [path for _, unit in layer for path in (*unit.weights.values(), unit.bias) if path]
        with_bias = [bool(unit.bias) for _, unit in layer]
        if taken != set(inputs) or len(set(own)) < len(own) or len(set(with_bias)) > 1:
            return None
        rows = [BESIDE.join(unit.weights[name] for _, unit in layer) for name in inputs]
        weights.append(Slot(MARK + BELOW.join(rows), (len(inputs), len(layer))))
        bias = MARK + BESIDE.join(unit.bias for _, unit in layer)
        biases.append(Slot(bias, (len(layer),)) if all(with_bias) else None)
        inputs = [name for name, _ in layer]
    return Slots(tuple(weights), tuple(biases)) if len(weights) > 1 else None


def in_order(inputs: frozenset[str]) -> list[str]:
    """The inputs of the first layer by their places in a row; none where these are not told."""
    found = {name: PLACE.fullmatch(name) for name in inputs}
    places = {name: int(match[2] or match[3]) for name, match in found.items() if match}
    return sorted(places, key=lambda name: places[name]) if len(places) == len(inputs) else []
