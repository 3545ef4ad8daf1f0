"""The rows and the formats in which steps are tried, and one step of somebody's network."""

from __future__ import annotations

from collections.abc import Iterator

from helder.glass.check.network.binding.constructing import DISTINCT
from helder.glass.check.network.binding.formats import FORMATS, PAIRS, Data, Format, random_data
from helder.glass.check.network.binding.inside import try_inside
from helder.glass.check.network.binding.networks import Bound
from helder.glass.check.network.binding.rows_alone import each_alone
from helder.glass.check.network.binding.trials import (
    SMALL_RATE,
    Plan,
    Trial,
    context_for,
    prepared,
    try_step,
)
from helder.typing import Floats


def data_for(bound: Bound) -> Data:
    """Random rows in the sizes of the network."""
    if bound.inside:
        return random_data(DISTINCT.inputs, DISTINCT.outputs)
    return random_data(bound.slots.inputs, bound.slots.outputs)


def tried(
    bound: Bound, plan: Plan, form: Format, data: Data, values: dict[str, Floats], rate: float
) -> Trial:
    """One step, where the parameters are given or made inside."""
    if bound.inside:
        return try_inside(bound.root, plan, form, data, rate)
    if form.single and bound.slots.outputs == 1:
        return each_alone(
            data, lambda row: try_step(bound.root, bound.slots, values, plan, form, row, rate)
        )
    return try_step(bound.root, bound.slots, values, plan, form, data, rate)


def layouts_of(bound: Bound, values: dict[str, Floats], data: Data) -> frozenset[str]:
    """The layouts of rows that forward takes; empty where it is not known."""
    forward = next((plan.forward for plan in bound.plans if plan.forward is not None), None)
    if forward is None or bound.inside or bound.form is not None:
        return frozenset()
    found: set[str] = set()
    for form in {form.layout: form for form in reversed(FORMATS)}.values():
        seen = data.first(1) if form.single else data
        context = context_for(form, seen, SMALL_RATE, bound.slots)
        ready = prepared(bound.root, values, context)
        if ready is not None and ready.call(forward, context).problem is None:
            found.add(form.layout)
    return frozenset(found)


def forms(bound: Bound, plan: Plan) -> Iterator[Format]:
    """The formats that a plan may want."""
    if bound.form is not None:
        yield bound.form
        return
    yield from PAIRS if plan.wants_pairs else FORMATS
