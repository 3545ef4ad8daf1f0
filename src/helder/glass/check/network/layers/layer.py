"""What a layer object is to us: how it is made, and how it goes forward and backward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.glass.check.network.binding.formats import Format
from helder.glass.check.network.binding.parameters import arrays_in
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Named, Outcome, Problem, Session, Thing
from helder.typing import Floats

# What a parameter of a layer's method wants.
INPUT, UPSTREAM, RATE, EPOCH = "input", "upstream", "rate", "epoch"
OUTPUT, TARGET = "output", "target"


@dataclass(frozen=True)
class Size:
    """In a recipe, a size that is known only when a layer is made: `in` or `out`."""

    which: str


IN, OUT = Size("in"), Size("out")


@dataclass(frozen=True)
class Recipe:
    """How an instance of a class is made.

    Attributes:
        owner: The class.
        arguments: By name: values, sizes, functions of the file, or recipes of other objects.
        label: Which of several ways: the activation in it, such as `relu`.
    """

    owner: Definition
    arguments: tuple[tuple[str, Any], ...] = ()
    label: str = ""

    def made(self, session: Session, n_in: int, n_out: int) -> str | None:
        """The handle of a new instance; None where it cannot be made."""
        given: dict[str, Any] = {}
        for name, value in self.arguments:
            if isinstance(value, Recipe):
                handle = value.made(session, n_in, n_out)
                if handle is None:
                    return None
                given[name] = Thing(handle, value.owner.name)
            elif isinstance(value, Size):
                given[name] = n_in if value == IN else n_out
            else:
                given[name] = value
        made = session.call(self.owner.path, **given).value
        return made.handle if isinstance(made, Thing) else None

    @property
    def name(self) -> str:
        """As a person reads it: `Dense`, `Activation(tanh)`."""
        return f"{self.owner.name}({self.label})" if self.label else self.owner.name

    @property
    def says(self) -> str:
        """All that its name says, in lower case."""
        parts = [v.name for _, v in self.arguments if isinstance(v, Recipe | Named)]
        return " ".join([self.name, *parts]).lower()


@dataclass(frozen=True)
class Way:
    """How a method is used.

    Attributes:
        definition: The method.
        wants: What each argument is, in order.
        leaves: The path of what it leaves in the object; empty where it returns it.
        item: Which element of what it returns; None for the whole.
    """

    definition: Definition
    wants: tuple[str, ...]
    leaves: str = ""
    item: int | None = None

    def call(self, session: Session, handle: str, given: dict[str, Any]) -> tuple[Any, Outcome]:
        """What it gives, and what became of the call."""
        arguments = [given[what] for what in self.wants]
        outcome = session.call(f"{handle}.{self.definition.name}", *arguments)
        if outcome.problem is not None:
            return None, outcome
        if self.leaves:
            return session.read(handle + self.leaves).value, outcome
        if self.item is not None:
            several = outcome.value
            if not isinstance(several, tuple | list) or len(several) <= self.item:
                problem = Problem("TypeError", f"{self.definition.path} gives no tuple")
                return None, Outcome(problem=problem)
            return several[self.item], outcome
        return outcome.value, outcome


@dataclass(frozen=True)
class Layer:
    """A class of layers, seen at work.

    Attributes:
        recipe: How one is made.
        forward: How it goes forward.
        backward: How it goes backward.
        forms: How it takes rows, where that was seen.
        weighted: Whether it has weights.
        slope_only: Whether backward gives the slope alone, to be multiplied by others.
        sums_to_one: Whether it is a softmax.
        update: A method that makes the step, with what it wants.
        square: Whether it works only where as many numbers come out as go in, as NumPy refuses
            what backward does with others.
    """

    recipe: Recipe
    forward: Way
    backward: Way
    forms: tuple[Format, ...] = ()
    weighted: bool = False
    slope_only: bool = False
    sums_to_one: bool = False
    update: Way | None = None
    square: bool = False


def as_array(value: Any) -> Floats | None:
    """A value as an array of numbers; None where it is none."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return array if array.ndim else None


def shape_of(value: Any) -> tuple[int, ...] | None:
    """The shape of an array of numbers; None for anything else."""
    array = as_array(value)
    return None if array is None else array.shape


def changed_arrays(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Floats]:
    """The arrays that a call has left or changed."""
    old = arrays_in(before)
    return {
        path: array
        for path, array in arrays_in(after).items()
        if path not in old or not np.array_equal(old[path], array)
    }
