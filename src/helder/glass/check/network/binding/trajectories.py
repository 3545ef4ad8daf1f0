"""Several steps of somebody's network one after the other, so that what it keeps is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.glass.check.network.binding.calls import Context
from helder.glass.check.network.binding.formats import Data, Format
from helder.glass.check.network.binding.parameters import Slots
from helder.glass.check.network.binding.roots import Root
from helder.glass.check.network.binding.trials import Plan, context_for, output_in, prepared
from helder.glass.check.network.reference.network import Known
from helder.typing import Floats

NOWHERE = 1e300  # stands for nan while arrays are turned


@dataclass(frozen=True)
class Moved:
    """One of several steps.

    Attributes:
        known: The parameters before it, its rows and targets.
        by: How far it moved each layer's W and b, downhill; None where there is no b.
    """

    known: Known
    by: tuple[Floats | None, ...]


def trajectory(
    root: Root,
    slots: Slots,
    values: dict[str, Floats],
    plan: Plan,
    form: Format,
    batches: Sequence[Data],
    rate: float,
) -> list[Moved] | None:
    """The steps that a plan makes of these rows, one batch after the other; None where one fails.

    It ends after a step that leaves a parameter that is no number.
    """
    seen = [batch.first(1) if form.single else batch for batch in batches]
    ready = prepared(root, values, context_for(form, seen[0], rate, slots))
    if ready is None:
        return None
    names: dict[str, Any] = {}
    found: list[Moved] = []
    for data in seen:
        before = slots.known(ready.state(), data.x, data.y)
        context = context_for(form, data, rate, slots)
        context.names = names
        if before is None or not made(ready, plan, context, data):
            return found or None
        names = context.names
        by = moved(slots, before, ready.state())
        if by is None:
            return None
        found.append(Moved(before, by))
        if any(b is not None and not np.isfinite(b).all() for b in by):
            break
    return found


def made(ready: Root, plan: Plan, context: Context, data: Data) -> bool:
    """Whether all calls of a step came back."""
    if plan.first and plan.forward is not None:
        outcome = ready.call(plan.forward, context)
        if outcome.problem is not None:
            return False
        context.roles["output"] = output_in(outcome.value, data.y.shape)
    for step in plan.steps:
        outcome = ready.call(step, context)
        if outcome.problem is not None:
            return False
        if outcome.value is not None:
            context.roles["gradients"] = outcome.value
    return True


def moved(slots: Slots, before: Known, after: dict[str, Any]) -> tuple[Floats | None, ...] | None:
    """How far each layer's W and b went; nan where they are no numbers any more."""
    finite = {
        path: np.where(np.isfinite(value), value.astype(float), NOWHERE)
        for path, value in after.items()
        if isinstance(value, np.ndarray) and value.dtype.kind == "f"
    }
    layers = slots.layers(after | finite)
    if layers is None:
        return None
    found: list[Floats | None] = []
    for W, b, new_W, new_b in zip(before.weights, before.biases, *layers, strict=True):
        found.append(W - np.where(new_W == NOWHERE, np.nan, new_W))
        if b is None or new_b is None:
            found.append(None)
        else:
            found.append(b - np.where(new_b == NOWHERE, np.nan, new_b))
    return tuple(found)
