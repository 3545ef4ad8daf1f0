"""The arrays of a network in their order, as a person would list them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from helder.glass.check.network.binding.gathering import BIAS, STAR
from helder.glass.check.network.binding.parameters import Slot, Slots

LONGEST = 88


def in_order(slots: Slots) -> list[Slot]:
    """W1, b1, W2, b2."""
    pairs = zip(slots.weights, slots.biases, strict=True)
    return [slot for pair in pairs for slot in pair if slot is not None]


def listing(slots: Slots, *, plainly: bool) -> str:
    """The line of `parameters`.

    Args:
        slots: Which arrays they are.
        plainly: Whether each stands by itself, even where loops would be shorter.
    """
    paths = [spread(slot.path) for slot in in_order(slots)]
    many = f"[{', '.join(paths)}]"
    text = many if plainly else shortest(slots, paths)
    return f"return {text}"


def spread(path: str) -> str:
    """A path with a star as a list: `[unit.weights for unit in net.layers[0]]`."""
    before, star, after = path.partition(STAR)
    after = after.removesuffix(STAR)
    if not star or not after:
        return before
    if BIAS.search(after) and after.startswith("."):
        return f'[(unit, "{after[1:]}") for unit in {before}]'
    if BIAS.search(after):
        return f"[(unit, {after[1:-1]}) for unit in {before}]"
    return f"[unit{after} for unit in {before}]"


def of_units(slots: Slots) -> str:
    """Layers of units, each gathered in the same way; empty where they are not."""
    starred = [slot.path.partition(STAR) for slot in in_order(slots)]
    places = list(dict.fromkeys(before for before, _, _ in starred))
    parts = list(dict.fromkeys(f"layer{STAR}{after}" for _, star, after in starred if star))
    regular = len(starred) == len(places) * len(parts) and all(star for _, star, _ in starred)
    if not regular or not all(part.strip("layer[*]") for part in parts):
        return ""
    each = ", ".join(map(spread, parts)) + ("," if len(parts) == 1 else "")
    return f"[part for layer in ({', '.join(places)}) for part in ({each})]"


def shortest(slots: Slots, paths: Sequence[str]) -> str:
    """A list of them, or what gathers them where that is shorter."""
    plain = f"[{', '.join(paths)}]"
    units = of_units(slots)
    if units:
        return units
    if len(plain) <= LONGEST // 2 or any(STAR in slot.path for slot in in_order(slots)):
        return plain
    weights = [slot.path for slot in slots.weights]
    biases = [slot.path for slot in slots.biases if slot is not None]
    return in_turn(weights, biases) or apart(weights, biases) or plain


def in_turn(weights: Sequence[str], biases: Sequence[str]) -> str:
    """`[a for layer in net.layers[0:3:2] for a in (layer.W, layer.b)]`; empty where it is not."""
    found = [re.fullmatch(r"(.*?)\[(\d+)\](.*)", path) for path in [*weights, *biases]]
    if not all(found) or len(biases) not in (0, len(weights)):
        return ""
    matches = [m for m in found if m is not None]
    first, last = matches[: len(weights)], matches[len(weights) :]
    numbers = [int(m[2]) for m in first]
    if len({m[1] for m in matches}) > 1 or [int(m[2]) for m in last] not in ([], numbers):
        return ""
    tails = [{m[3] for m in first}, {m[3] for m in last}]
    if any(len(tail) > 1 for tail in tails) or "" in tails[0]:
        return ""
    of = ", ".join(f"layer{next(iter(tail))}" for tail in tails if tail)
    inner = f"({of})" if last else f"({of},)"
    rows = counted(matches[0][1], numbers)
    return f"[a for layer in {rows} for a in {inner}]" if rows else ""


def apart(weights: Sequence[str], biases: Sequence[str]) -> str:
    """`[*net.weights, *net.biases]`; empty where they do not stand in two lists."""
    texts = []
    for paths in (weights, biases):
        found = [re.fullmatch(r"(.*)\[(\d+)\]", path) for path in paths]
        matches = [m for m in found if m is not None]
        if len(matches) != len(paths) or len({m[1] for m in matches}) > 1:
            return ""
        if matches:
            rows = counted(matches[0][1], [int(m[2]) for m in matches])
            if not rows:
                return ""
            texts.append(f"*{rows}")
    return f"[{', '.join(texts)}]"


def counted(root: str, numbers: Sequence[int]) -> str:
    """A list, or every second of it; empty where the numbers make no row."""
    steps = {b - a for a, b in pairwise(numbers)}
    if len(steps) != 1 or min(steps) < 1:
        return ""
    step = min(steps)
    start = "" if numbers[0] == 0 else str(numbers[0])
    if step == 1:
        return f"{root}[{start}:]" if start else root
    return f"{root}[{start}::{step}]"
