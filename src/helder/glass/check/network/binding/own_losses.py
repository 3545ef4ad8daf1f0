"""The loss that somebody's own code reports, as a function of the parameters that stand in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from helder.glass.check import name_words
from helder.glass.check.network import roles
from helder.glass.check.network.binding.calls import Context, filled, flattened, roles_of
from helder.glass.check.network.binding.formats import Data, Format
from helder.glass.check.network.binding.networks import Bound
from helder.glass.check.network.binding.planning import OF_ROWS, taken
from helder.glass.check.network.binding.records import RecordRoot
from helder.glass.check.network.binding.roots import ObjectRoot, Root, unresolved
from helder.glass.check.network.binding.trials import (
    SMALL_RATE,
    Plan,
    context_for,
    output_in,
    prepared,
)
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Outcome, Value
from helder.typing import Floats

MOST_WAYS = 4  # of calling functions that may report the loss
STEP = 1e-5  # of the difference that gives a slope
LOSSES = frozenset({*name_words.LOSSES, *name_words.WHOLE_LOSSES})


@dataclass(frozen=True)
class Reporting:
    """Calls that report a loss.

    Attributes:
        bound: Where the parameters are.
        form: How rows are handed over.
        values: The parameters, by path.
        calls: The functions that are called, in order; the last ones report.
        silent: How many of the first calls go forward, and report nothing.
        alone: Whether they report a loss and nothing else.
        place: Where in what they return the loss stands; empty as long as nobody looked.
    """

    bound: Bound
    form: Format
    values: Mapping[str, Floats]
    calls: tuple[Definition, ...]
    silent: int = 0
    alone: bool = True
    place: str = ""

    @property
    def name(self) -> str:
        """What reports it."""
        return self.calls[-1].path

    def on(self, data: Data) -> Reports | None:
        """The same on these rows; None where it cannot be prepared."""
        roles = context_for(self.form, data, SMALL_RATE, self.bound.slots)
        ready = prepared(self.bound.root, dict(self.values), roles)
        return None if ready is None else Reports(self, data, ready)


class Reports:
    """A loss on some rows, which is asked for again and again while single numbers change."""

    def __init__(self, reporting: Reporting, data: Data, ready: Root) -> None:
        self.reporting, self.data, self.ready = reporting, data, ready

    def numbers(self) -> dict[str, float]:
        """All numbers that are reported now, by their places."""
        its = self.reporting
        slots, shape = its.bound.slots, self.data.y.shape
        context = context_for(its.form, self.data, SMALL_RATE, slots)
        found: dict[str, float] = {}
        for at, definition in enumerate(its.calls):
            outcome = called(self.ready, definition, context)
            if outcome.problem is not None:
                return {}
            if at < its.silent:
                context.roles["output"] = output_in(outcome.value, shape)
            else:
                found |= numbers_in(outcome.value, definition.name, its.alone)
        return found

    def slope(self, path: str, direction: Floats) -> float:
        """How fast the loss rises where a parameter goes in a direction; nan where it fails."""
        value = self.reporting.values[path]
        ends = []
        for step in (STEP, -STEP):
            self.ready.assign(path, value + step * direction)
            ends.append(self.numbers().get(self.reporting.place, np.nan))
        self.ready.assign(path, value)
        return float(ends[0] - ends[1]) / (2 * STEP)


def called(root: Root, definition: Definition, context: Context) -> Outcome:
    """What a function gives: one that stands beside a class is called without its object."""
    beside = isinstance(root, ObjectRoot) and not isinstance(root, RecordRoot)
    if not beside or definition.kind == "method":
        return root.call(definition, context)
    arguments = filled(definition, context)
    if isinstance(arguments, str):
        return unresolved(definition, arguments)
    return root.session.call(definition.path, *arguments.positional, **arguments.named)


def numbers_in(value: Value, name: str, alone: bool) -> dict[str, float]:
    """The single numbers within what a function returned; beside gradients no arrays of one."""
    return {
        f"{name}{path}": float(np.asarray(one).ravel()[0])
        for path, one in flattened(value).items()
        if isinstance(one, float)
        or (isinstance(one, np.ndarray) and one.size == 1 and (alone or one.ndim == 0))
    }


def reportings(
    bound: Bound,
    plan: Plan,
    form: Format,
    values: Mapping[str, Floats],
    definitions: Sequence[Definition],
) -> Iterator[Reporting]:
    """The ways in which the loss of a step may be reported: by the step, or by a function."""
    before = (plan.forward,) if plan.first and plan.forward is not None else ()
    yield Reporting(bound, form, values, (*before, *plan.steps), len(before), alone=False)
    for definition in islice(losses_for(bound, plan, definitions), MOST_WAYS):
        if "X" in taken(definition, OF_ROWS):
            yield Reporting(bound, form, values, (definition,))
        elif plan.forward is not None:
            yield Reporting(bound, form, values, (plan.forward, of_output(definition)), 1)


def losses_for(bound: Bound, plan: Plan, definitions: Sequence[Definition]) -> Iterator[Definition]:
    """The functions that may report a loss, those that are called so first."""
    others = (roles.FORWARD, roles.BACKWARD, roles.TRAIN, roles.UPDATE)
    usable = [
        d
        for d in definitions
        if d.kind in ("function", "static") or (d.kind == "method" and d.owner == bound.name)
        if d not in plan.steps and any(d.returns)
        if "Y" in taken(d, OF_ROWS) and not any(roles.means(what, d.name) for what in others)
    ]
    yield from sorted(usable, key=lambda d: not is_loss(d.name))


def is_loss(name: str) -> bool:
    """Whether a name may be that of a loss."""
    meaning = name_words.meaning(name)
    return meaning is not None and meaning.kind in LOSSES and not meaning.slope


def of_output(definition: Definition) -> Definition:
    """A loss of outputs and targets; where no name says so, what is no target is the output."""
    what = roles_of(definition, OF_ROWS)
    if "output" in what.values():
        return definition
    left = [p.name for p in definition.parameters if p.default is None and what.get(p.name) != "Y"]
    renamed = [replace(p, name="output") if [p.name] == left[:1] else p
               for p in definition.parameters]  # fmt: skip
    return replace(definition, parameters=tuple(renamed))
