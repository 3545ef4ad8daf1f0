"""One step of training that makes its parameters itself, seen between two lengths of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from helder.glass.check.network.binding.calls import flattened, named_results
from helder.glass.check.network.binding.formats import Data, Format
from helder.glass.check.network.binding.parameters import find_slots
from helder.glass.check.network.binding.roots import Root
from helder.glass.check.network.binding.trials import (
    LARGE_RATE,
    Plan,
    Trial,
    context_for,
    failed,
    seen_of,
    sizes_of,
)
from helder.typing import Floats

INSIDE = 5  # units of a hidden layer that training makes
LATE = (2, 3)  # epochs


def try_inside(root: Root, plan: Plan, form: Format, data: Data, rate: float) -> Trial:
    """A step of training that makes its parameters itself: no epoch, beside one.

    Where there must be an epoch, one beside two: numbers that are random are the same in both.
    """
    trial = between(root, plan, form, data, rate, (0, 1))
    return trial if trial.problem is None else between(root, plan, form, data, rate, (1, 2))


def try_late(root: Root, plan: Plan, form: Format, data: Data) -> Trial:
    """A large step after some others, when biases are no longer the 0 that they began as."""
    return between(root, plan, form, data, LARGE_RATE, LATE)


def between(
    root: Root, plan: Plan, form: Format, data: Data, rate: float, numbers: tuple[int, int]
) -> Trial:
    """What happened between so many epochs and so many."""
    states: list[dict[str, Any]] = []
    for epochs in numbers:
        ready = root.fresh()
        if ready is None:
            return Trial(problem="the object cannot be copied")
        context = context_for(form, data, rate, None, epochs)
        context.roles |= sizes_of([data.x.shape[1], INSIDE, data.y.shape[1]])
        ready.set_up(context.roles)
        outcome = ready.call(plan.steps[0], context)
        if outcome.problem is not None:
            return failed(outcome)
        named = named_results(plan.steps[0], outcome.value) or {"result": outcome.value}
        results = {p: v for name, one in named.items() for p, v in flattened(one, name).items()}
        states.append(ready.state() or results)
    before, after = states
    trial = Trial()
    for slots in find_slots(after, (data.x.shape[1], data.y.shape[1])):
        values: dict[str, Floats] = {
            path: np.asarray(before.get(path), dtype=np.float64) for path in slots.paths
        }
        if slots.layers(values) is not None:
            seen = seen_of(slots, values, {}, after, {}, (), data)
            return replace(seen, slots=slots)
    return trial
