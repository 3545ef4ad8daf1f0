"""Arrays in a given order as the layers of a network: W1, b1, W2, b2, or W1, W2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from helder.glass.check.network.binding.parameters import Slot, Slots
from helder.glass.check.session import Value


def ways_of(arrays: Sequence[Value], paths: Sequence[str] = ()) -> tuple[Slots, ...]:
    """The ways in which these arrays, in this order, are layers: W1, b1, W2, b2 or W1, W2."""
    numbers = range(len(arrays))
    weights = paths or [f"W[{at}]" for at in numbers]
    biases = paths or [f"b[{at}]" for at in numbers]
    shapes = [np.shape(array) for array in arrays]
    return tuple(dict.fromkeys(all_ways(shapes, weights, biases)))


def all_ways(
    shapes: Sequence[tuple[int, ...]], weight_names: Sequence[str], bias_names: Sequence[str]
) -> Iterator[Slots]:
    """The same for shapes, some ways more than once."""
    for weights, biases in pairings(shapes):
        for turned in (False, True):
            some = any(b is not None for b in biases)
            for bias_row in (None,) if some else (None, "last", "first"):
                if is_chain(shapes, weights, biases, turned, bias_row is not None):
                    yield Slots(
                        tuple(Slot(weight_names[w], shapes[w], turned, bias_row) for w in weights),
                        tuple(
                            None if b is None else Slot(bias_names[b], shapes[b]) for b in biases
                        ),
                    )


def pairings(
    shapes: Sequence[tuple[int, ...]],
) -> Iterator[tuple[list[int], list[int | None]]]:
    """Which of the arrays are weights, and which is the bias of each."""
    count = len(shapes)
    if count % 2 == 0:
        yield list(range(0, count, 2)), list(range(1, count, 2))
        yield list(range(count // 2)), list(range(count // 2, count))
    yield list(range(count)), [None] * count
    weights: list[int] = []
    biases: list[int | None] = []
    for at, shape in enumerate(shapes):  # some have a bias
        if weights and biases[-1] is None and (len(shape) < 2 or 1 in shape):
            biases[-1] = at
        else:
            weights.append(at)
            biases.append(None)
    yield weights, biases


def is_chain(
    shapes: Sequence[tuple[int, ...]],
    weights: Sequence[int],
    biases: Sequence[int | None],
    turned: bool,
    extra: bool,
) -> bool:
    """Whether each layer takes what the one before gives, and each bias fits."""
    if len(weights) < 2 or any(len(shapes[w]) != 2 for w in weights):
        return False
    lying = [shapes[w][::-1] if turned else shapes[w] for w in weights]
    chained = all(b[0] == a[1] + extra for a, b in pairwise(lying))
    fitting = all(
        b is None or (int(np.prod(shapes[b])) == size[1] and max(shapes[b], default=1) == size[1])
        for b, size in zip(biases, lying, strict=True)
    )
    return chained and fitting
