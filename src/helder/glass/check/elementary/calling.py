"""A function of somebody's file, ready to be called, in whatever form it takes its numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from helder.glass.check.elementary.finding import Guess
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.session import Outcome, Problem, Session, Thing, Value
from helder.typing import Floats

# What a parameter that is not the data gets, where it has no default.
FILLINGS: dict[str, float] = {
    **dict.fromkeys(("alpha", "slope", "leak", "negative_slope", "a"), 0.1),
    **dict.fromkeys(("lr", "learning_rate", "eta", "rate", "step", "pas", "tasa", "taux"), 0.1),
    **dict.fromkeys(("beta", "k", "temperature", "T", "temp", "tau", "lambda_", "steepness"), 1.0),
}

# The forms in which numbers may be handed over; "numbers" is one after the other.
FORMS: dict[str, Callable[[Floats], Value]] = {
    "matrix": lambda x: x.reshape(2, -1),
    "vector": lambda x: x,
    "column": lambda x: x.reshape(-1, 1),
    "list": lambda x: x.tolist(),
}
NUMBERS = "numbers"
LACKS = re.compile(r"object has no attribute '(\w+)'")
MOST_LACKING = 5  # attributes that are filled in
UNKNOWN = "Unknown"  # the kind of problem of a call that we could not make
# Attributes in which a method that returns nothing leaves what it computed.
KEPT_OUTPUTS = re.compile(r"(?i)out|act|result|value|^\.(a|h|y|p|probs?)\d*$")
KEPT_SLOPES = re.compile(r"(?i)^\.(d|grad|delta|local)")


@dataclass
class Instances:
    """An instance of each class: without its constructor, and if that does not do, with it.

    Attributes:
        constructed: The classes of which a bare instance lacked something.
    """

    session: Session
    classes: Mapping[str, Definition]
    constructed: set[str] = field(default_factory=set)
    made: dict[tuple[str, bool], str | None] = field(default_factory=dict)

    def handle(self, owner: str) -> str | None:
        """Where an instance of the class stands; None where none can be made."""
        key = (owner, owner in self.constructed)
        if key not in self.made:
            made = self._construct(owner) if key[1] else self.session.bare(owner)
            handle = made.value.handle if made and isinstance(made.value, Thing) else None
            self.made[key] = handle
        return self.made[key]

    def _construct(self, owner: str) -> Outcome | None:
        parameters = self.classes[owner].parameters if owner in self.classes else ()
        needed = [p for p in parameters if p.default is None and p.kind == "positional"]
        if any(p.name not in FILLINGS for p in needed):
            return None
        return self.session.call(owner, *[FILLINGS[p.name] for p in needed])


@dataclass(frozen=True)
class Called:
    """A function with all but its data filled in."""

    instances: Instances
    guess: Guess

    @property
    def definition(self) -> Definition:
        """What the file says of it."""
        return self.guess.definition

    @property
    def _has_instance(self) -> bool:
        return self.definition.kind == "method" and not self.definition.lacks_self

    @property
    def handle(self) -> str | None:
        """Its instance; None for a function."""
        return self.instances.handle(self.definition.owner) if self._has_instance else None

    def __call__(self, *data: Value) -> Outcome:
        """Calls it; an instance's first new array counts as what is returned, if nothing is."""
        arguments = self.arguments(*data)
        if arguments is None:
            return Outcome(problem=Problem(UNKNOWN, "its parameters are not known"))
        return self.with_what_is_kept(self.invoked(*arguments), data)

    def plain(self, arguments: list[Value]) -> Outcome:
        """Calls it with all its positional arguments; what the guess fixes goes by name."""
        return self.invoked(arguments, self._named(len(arguments)))

    def completed(self, arguments: list[Value], fill: Callable[[str], Value]) -> Outcome:
        """The same; an attribute that its instance lacks is filled in by its name."""
        outcome = self.plain(arguments)
        for _ in range(MOST_LACKING):
            lacking = LACKS.search(outcome.problem.message) if outcome.problem else None
            if lacking is None or self.handle is None:
                break
            self.instances.session.assign(f"{self.handle}.{lacking[1]}", fill(lacking[1]))
            outcome = self.plain(arguments)
        return outcome

    def invoked(self, positional: list[Value], named: dict[str, Value]) -> Outcome:
        """Calls it; with a constructed instance, where a bare one lacks something."""
        outcome = self._invoked(positional, named)
        owner, constructed = self.definition.owner, self.instances.constructed
        if not (_lacks_something(outcome) and self._has_instance and owner not in constructed):
            return outcome
        constructed.add(owner)
        again = self._invoked(positional, named)
        if _lacks_something(again):  # the constructor makes no difference
            constructed.discard(owner)
            return outcome
        return again

    def _invoked(self, positional: list[Value], named: dict[str, Value]) -> Outcome:
        handle, session = self.handle, self.instances.session
        if self._has_instance and handle is None:
            return Outcome(problem=Problem(UNKNOWN, "no instance can be made"))
        for name, value in self.guess.attributes.items():
            session.assign(f"{handle}.{name}", value)
        path = f"{handle}.{self.definition.name}" if handle else self.definition.path
        path = self.guess.known_as or path
        return session.call(path, *positional, **named)

    def arguments(self, *data: Value) -> tuple[list[Value], dict[str, Value]] | None:
        """Positional and named arguments for these data; None where a parameter is unknown."""
        left = list(data)
        positional: list[Value] = []
        parameters = [p for p in self.definition.parameters if p.kind == "positional"]
        for parameter in parameters:
            filling = self._filling(parameter, bool(left))
            if filling is _DATA:
                positional.append(left.pop(0))
            elif filling is _LEFT_OUT:
                break
            elif filling is None:
                return None
            else:
                positional.append(filling)
        takes_any = any(p.kind == "args" for p in self.definition.parameters)
        if left and not takes_any:
            return None
        return positional + left, self._named(len(positional))

    def _named(self, taken: int) -> dict[str, Value]:
        rest = {p.name for p in self.definition.parameters[taken:]}
        return {name: value for name, value in self.guess.fixed.items() if name in rest}

    def _filling(self, parameter: Parameter, data_left: bool) -> Any:
        fixed = self.guess.fixed
        if parameter.name in fixed:
            # One with a default goes by name, after the data.
            return fixed[parameter.name] if parameter.default is None else _LEFT_OUT
        if data_left:
            return _DATA
        return _LEFT_OUT if parameter.default is not None else FILLINGS.get(parameter.name)

    def with_what_is_kept(self, outcome: Outcome, data: tuple[Value, ...]) -> Outcome:
        """What a function that returns nothing leaves: in its instance, or in its argument."""
        if outcome.value is not None or outcome.problem:
            return outcome
        found = self._kept(self.handle, data) if self.handle and data else []
        found += outcome.overwritten.values()
        return replace(outcome, value=found[0]) if found else outcome

    def _kept(self, handle: str, data: tuple[Value, ...]) -> list[Value]:
        sizes = {np.size(value) for value in data}
        kept = self.instances.session.state(handle)
        wanted = KEPT_SLOPES if self.guess.meaning.slope else KEPT_OUTPUTS
        return [
            value
            for name, value in kept.items()
            if isinstance(value, np.ndarray) and value.size in sizes and wanted.search(name)
            if not any(np.array_equal(value, given) for given in data)
        ]


def _lacks_something(outcome: Outcome) -> bool:
    """An attribute of the instance is missing, or there is no instance."""
    return outcome.problem is not None and outcome.problem.kind in ("AttributeError", UNKNOWN)


_DATA = object()
_LEFT_OUT = object()


@dataclass(frozen=True)
class Reading:
    """What a function gave for a row of numbers, each by itself.

    Attributes:
        values: As many numbers as were handed over.
        form: How they were handed over: a key of `FORMS`, or `NUMBERS`.
        outcome: Of the call; of the last of them for `NUMBERS`.
    """

    values: Floats
    form: str
    outcome: Outcome

    @property
    def overwrites(self) -> bool:
        """It changed what it was given."""
        return bool(self.outcome.overwritten)


def readings(called: Callable[..., Outcome], *rows: Floats) -> Iterator[Reading]:
    """What a function makes of numbers, in every form that it takes."""
    for form in (*FORMS, NUMBERS):
        found = reading(called, form, *rows)
        if found:
            yield found


def reading(called: Callable[..., Outcome], form: str, *rows: Floats) -> Reading | None:
    """What it makes of numbers in one form; None where it takes them not so."""
    if form == NUMBERS:
        return _one_by_one(called, *rows)
    outcome = called(*[FORMS[form](row.copy()) for row in rows])
    values = numbers(outcome.value, rows[0].size)
    return None if outcome.problem or values is None else Reading(values, form, outcome)


def _one_by_one(called: Callable[..., Outcome], *rows: Floats) -> Reading | None:
    values = []
    warned: set[str] = set()
    outcome = Outcome()
    for given in zip(*[row.tolist() for row in rows], strict=True):
        outcome = called(*given)
        value = numbers(outcome.value, 1)
        if outcome.problem or value is None:
            return None
        values.append(value[0])
        warned.update(outcome.warnings)
    return Reading(np.array(values), NUMBERS, replace(outcome, warnings=tuple(sorted(warned))))


def numbers(value: Value, size: int) -> Floats | None:
    """A value as so many floats; of a pair such as `(A, cache)` the part that has so many.

    A square matrix with nothing beside its diagonal is read as that diagonal.
    """
    if isinstance(value, tuple | dict):
        parts = list(value.values() if isinstance(value, dict) else value)
        found = [numbers(part, size) for part in parts if not isinstance(part, tuple | dict)]
        return next((part for part in found if part is not None), None)
    try:
        array = np.asarray(value)
    except ValueError:  # a list of lists of unequal lengths
        return None
    if array.dtype.kind not in "fiub":
        return None
    if array.size == size:
        return array.reshape(-1).astype(float)
    if array.shape == (size, size) and np.count_nonzero(array - np.diag(np.diag(array))) == 0:
        return np.diag(array).astype(float)
    return None
