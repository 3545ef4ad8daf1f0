"""Which of somebody's functions may make a step, by what they are called and what they take."""

from __future__ import annotations

from collections.abc import Sequence

from helder.glass.check.network import roles
from helder.glass.check.network.binding.calls import Context, roles_of
from helder.glass.check.network.binding.trials import Plan
from helder.glass.check.reading.definitions import Definition

MOST_PLANS = 24
MOST_UPDATES = 4
OF_ROWS = Context({"X": 0, "Y": 0, "rate": 0, "batch": 0, "rows": 0, "output": 0})


def plans_of(methods: Sequence[Definition], holds_data: bool = False) -> tuple[Plan, ...]:
    """The ways to make a step, those that train as a whole first, then those whose names fit."""
    with_pairs = Context({"pairs": 0, "rate": 0, "batch": 0, "rows": 0})
    takes = {d.path: taken(d, OF_ROWS) for d in methods}

    def named(pattern: str) -> list[Definition]:
        return [d for d in methods if roles.means(pattern, d.name)]

    forward = forwards(methods, holds_data)
    whole = [
        d for d in methods
        if {"X", "Y"} <= takes[d.path] or "pairs" in taken(d, with_pairs) or holds_data
    ]  # fmt: skip
    named_whole = [d for d in [*named(roles.TRAIN), *named(roles.BACKWARD)] if d in whole]
    whole = [*dict.fromkeys([*named_whole, *(d for d in whole if {"X", "Y"} <= takes[d.path])])]
    first = forward[0] if forward else None
    plans = [Plan(first, (d,)) for d in whole]
    update = named(roles.UPDATE)
    for going in forward[:2]:
        for back in named(roles.BACKWARD):
            plans.append(Plan(going, (back,), first=True))
            plans += [Plan(going, (back, up), first=True) for up in update if up is not back]
            if 1 < len(update) <= MOST_UPDATES:  # weights and biases apart
                plans.append(Plan(going, (back, *update), first=True))
    plans += [Plan(first, (d, up)) for d in whole[:6] for up in update if up is not d]
    return tuple(dict.fromkeys(plans))[:MOST_PLANS]


def forwards(methods: Sequence[Definition], holds_data: bool = False) -> list[Definition]:
    """The functions that may go forward, the likeliest first."""
    takes = {d.path: taken(d, OF_ROWS) for d in methods}
    named = [d for d in methods if roles.means(roles.FORWARD, d.name)]
    others = [d for d in methods if d not in named and "X" in takes[d.path] and returns(d)]
    found = [d for d in (*named, *others) if "Y" not in takes[d.path]]
    if not any(d in named for d in found):  # some go forward to the loss at once
        found = [d for d in named if returns(d)] + found
    return sorted((d for d in found if "X" in takes[d.path] or holds_data), key=forward_rank)


def returns(definition: Definition) -> bool:
    """Whether a function gives anything back."""
    return any(names for names in definition.returns)


def forward_rank(definition: Definition) -> int:
    """Functions that are called forward come before those that predict, and these before others."""
    name = roles.plain(definition.name)
    if not roles.means(roles.FORWARD, definition.name):
        return 3
    return 0 if "forward" in name or "prop" in name else 2 if name.startswith("predict") else 1


def taken(definition: Definition, context: Context) -> set[str]:
    """The roles that a function's parameters have."""
    return set(roles_of(definition, context).values())
