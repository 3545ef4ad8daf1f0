"""Which of somebody's arrays are the weights and biases of which layer, by shape and name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from helder.glass.check.network.binding.gathering import BIAS
from helder.glass.check.network.reference.network import Known
from helder.typing import Floats

# Names of what has a parameter's shape and is none: gradients, velocities, copies.
NOT_PARAMETERS = re.compile(
    r"(^|[._'\[])_*(d(?!ata|ense|ec|eep)[A-Z_]|d(w|b)\d|dw|db|del|grad|nabla|v(el|_|d|w\d?$|b\d?$|$)|mom|m(_|w\d?$|b\d?$|$)|s(_d|d)"
    r"|cache|prev|old|best|last|acc|sum|change|update|error|adam|rms|sq|mean|var)|grad|veloc|moment|nabla|delta",
    re.IGNORECASE,
)
WEIGHT = re.compile(r"w|syn|theta|peso|poids|kernel|coef|layer", re.IGNORECASE)
MOST_LAYERS = 6
MOST_WAYS = 4  # in which arrays may be layers that are tried


@dataclass(frozen=True)
class Slot:
    """Where an array stands, and how it lies.

    Attributes:
        path: From the root: `.W1`, `['W1']`, `[0]`.
        shape: Of the array as it stands there.
        turned: Whether it is the transpose of the reference network's.
        bias_row: `first` or `last`, where a layer's bias is a row (or column) of its weights.
    """

    path: str
    shape: tuple[int, ...]
    turned: bool = False
    bias_row: str | None = None


@dataclass(frozen=True)
class Slots:
    """The weights and biases of all layers, in order."""

    weights: tuple[Slot, ...]
    biases: tuple[Slot | None, ...]

    @property
    def inputs(self) -> int:
        """How many numbers a row has."""
        first = self.weights[0]
        size = first.shape[1] if first.turned else first.shape[0]
        return size - (first.bias_row is not None)

    @property
    def outputs(self) -> int:
        """How many numbers come out."""
        last = self.weights[-1]
        return last.shape[0] if last.turned else last.shape[1]

    @property
    def sizes(self) -> list[int]:
        """Of the layers, from the inputs to the outputs."""
        outs = [s.shape[0] if s.turned else s.shape[1] for s in self.weights]
        return [self.inputs, *outs]

    @property
    def paths(self) -> list[str]:
        """Of every array."""
        return [slot.path for slot in (*self.weights, *self.biases) if slot is not None]

    def layers(self, arrays: Mapping[str, Any]) -> tuple[list[Floats], list[Floats | None]] | None:
        """Weights (n_in, n_out), biases (1, n_out); None where one has another shape."""
        weights: list[Floats] = []
        biases: list[Floats | None] = []
        for w, b in zip(self.weights, self.biases, strict=True):
            W = as_floats(arrays.get(w.path), w.shape)
            if W is None:
                return None
            W = W.T if w.turned else W
            bias = None if b is None else as_floats(arrays.get(b.path), b.shape)
            if b is not None and bias is None:
                return None
            if w.bias_row is not None:
                row = 0 if w.bias_row == "first" else -1
                bias, W = W[row : len(W) if row else 1], np.delete(W, row, axis=0)
            weights.append(W)
            biases.append(None if bias is None else bias.reshape(1, -1))
        return weights, biases

    def known(self, arrays: Mapping[str, Any], x: Floats, y: Floats) -> Known | None:
        """What the reference network needs."""
        found = self.layers(arrays)
        if found is None:
            return None
        weights, biases = found
        full = [
            b if b is None or b.shape[1] == W.shape[1] else np.full((1, W.shape[1]), b[0, 0])
            for W, b in zip(weights, biases, strict=True)
        ]
        return Known(tuple(weights), tuple(full), x, y)


NO_SLOTS = Slots((), ())  # where training makes the parameters, they are seen after it


def as_floats(value: Any, shape: tuple[int, ...]) -> Floats | None:
    """A value as an array of this shape; None where it is not that."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return array if array.shape == shape and np.isfinite(array).all() else None


def arrays_in(state: Mapping[str, Any]) -> dict[str, Floats]:
    """The arrays of numbers of up to two dimensions that are no class numbers."""
    found: dict[str, Floats] = {}
    for path, value in state.items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim in (1, 2):
            found[path] = value
        elif isinstance(value, float) and is_bias(path):
            found[path] = np.asarray(value)  # the one bias of a single unit
        elif is_matrix_of_lists(value):
            found[path] = np.asarray(value, dtype=np.float64)
    return found


def is_matrix_of_lists(value: Any) -> bool:
    """Whether a list holds numbers, or rows of as many numbers each."""
    if not isinstance(value, list) or not value:
        return False
    try:
        array = np.asarray(value)
    except ValueError:
        return False
    return array.dtype.kind == "f" and array.ndim in (1, 2)


def find_slots(state: Mapping[str, Any], ends: tuple[int, int] | None = None) -> list[Slots]:
    """The ways in which these arrays may be a chain of layers, the likeliest first.

    Args:
        state: What there is, by path.
        ends: How many inputs and outputs there should be, where that is known.
    """
    arrays = arrays_in(state)
    likely = {path: a for path, a in arrays.items() if not NOT_PARAMETERS.search(path)}
    found: dict[Slots, tuple[float, ...]] = {}
    for among in (*families(likely), likely, arrays):
        for turned in (False, True):
            for bias_row in (None, "last", "first"):
                for chain in chained(among, turned, bias_row):
                    if any(has_its_bias(among, slot) for slot in chain if slot.bias_row):
                        continue
                    for slots in with_biases(among, chain):
                        fitting = ends is None or (slots.inputs, slots.outputs) == ends
                        likely_ones = (among is not arrays, fitting, begins(arrays, chain),
                                       bias_row is None, among is not likely)  # fmt: skip
                        biases = sum(b is not None for b in slots.biases)
                        found.setdefault(slots, (*likely_ones, len(chain), biases))
    places = {path: at for at, path in enumerate(arrays)}
    straight = [slots for slots in found if in_order(slots, places)]
    if straight:  # from the last layer to the first only where that is what there should be
        found = {s: found[s] for s in found if s in straight or (s.inputs, s.outputs) == ends}
    return sorted(found, key=lambda slots: found[slots], reverse=True)[:MOST_WAYS]


def in_order(slots: Slots, places: Mapping[str, int]) -> bool:
    """Whether the layers stand in the order in which they are made."""
    return all(places[a.path] < places[b.path] for a, b in pairwise(slots.weights))


def has_its_bias(arrays: Mapping[str, Floats], slot: Slot) -> bool:
    """Whether there is a bias by name for a layer, so that its weights have no row for one."""
    size = slot.shape[0] if slot.turned else slot.shape[1]
    return any(is_bias(path) and a.size == size for path, a in arrays.items() if path != slot.path)


def begins(arrays: Mapping[str, Floats], chain: Sequence[Slot]) -> bool:
    """Whether these are weights that start somewhere, not sums that start at zero."""
    return all(np.any(arrays[slot.path]) for slot in chain)


def families(arrays: dict[str, Floats]) -> list[dict[str, Floats]]:
    """The arrays of each list of matrices, and of the lists of vectors beside it."""
    names = {path: re.sub(r"\d+", "#", path) for path in arrays}
    lists = [n for n in dict.fromkeys(names.values()) if "#" in n]
    vectors = {p: a for p, a in arrays.items() if 1 in (a.ndim, *a.shape)}
    matrices = [n for n in lists if any(names[p] == n and p not in vectors for p in arrays)]
    return [
        {p: a for p, a in arrays.items() if names[p] == name or p in vectors} for name in matrices
    ]


def chained(arrays: Mapping[str, Floats], turned: bool, bias_row: str | None) -> list[list[Slot]]:
    """The longest runs of matrices, in order or in the reverse, each taking what one gives."""
    extra = bias_row is not None
    matrices = [
        (path, a.shape[::-1] if turned else a.shape)
        for path, a in arrays.items()
        if a.ndim == 2
        and not (1 in a.shape and is_bias(path))
        and (a.size > 1 or WEIGHT.search(path))  # one number by itself is a bias of one unit
    ]
    found = [*runs(matrices, extra), *(run for run in runs(matrices[::-1], extra) if mixed(run))]
    longest = max((len(run) for run in found), default=0)
    return [
        [
            Slot(path, shape[::-1] if turned else shape, turned, bias_row if more else None)
            for (path, shape), more in zip(run, with_row(run, extra), strict=True)
        ]
        for run in found
        if len(run) == longest > 1
    ]


Shaped = tuple[str, tuple[int, ...]]  # a path and the shape, (n_in, n_out)


def runs(matrices: Sequence[Shaped], extra: bool) -> Iterator[list[Shaped]]:
    """From each matrix on, those that take in turn what the one before gives, or one more."""
    for start in range(len(matrices)):
        run = [matrices[start]]
        for path, shape in matrices[start + 1 :]:
            more = shape[0] - run[-1][1][1]
            if more in (0, int(extra)) and len(run) < MOST_LAYERS:
                run.append((path, shape))
        if all(shape[0] > extra for _, shape in run):
            yield run


def with_row(run: Sequence[Shaped], extra: bool) -> list[bool]:
    """Which layers have a row for their bias: of several at least the first, which has inputs."""
    return [extra, *(two[0] > one[1] for (_, one), (_, two) in pairwise(run))]


def mixed(run: Sequence[Shaped]) -> bool:
    """Whether no numbers in the names say that this run goes from the last layer to the first."""
    numbers = [re.findall(r"\d+", path) for path, _ in run]
    return not all(one > other for one, other in pairwise(numbers))


def is_bias(path: str) -> bool:
    """Whether a name says bias."""
    return BIAS.search(path) is not None


def with_biases(arrays: Mapping[str, Floats], chain: list[Slot]) -> Iterator[Slots]:
    """The biases that belong to these weights, by their sizes; then those by their names alone."""
    by_size = biases_of(arrays, chain)
    yield Slots(tuple(chain), by_size)
    by_name = tuple(
        b if b is not None and (is_bias(b.path) or parent(b.path) == parent(w.path)) else None
        for b, w in zip(by_size, chain, strict=True)
    )
    if by_name != by_size:
        yield Slots(tuple(chain), by_name)


def parent(path: str) -> str:
    """What an array stands in: `params[2]` of `params[2][1]`; itself where it stands alone."""
    return path.rpartition("[")[0] or path


def biases_of(arrays: Mapping[str, Floats], chain: list[Slot]) -> tuple[Slot | None, ...]:
    """For each layer the first array of its size that is left, one that is named so before all."""
    used = {slot.path for slot in chain}
    biases: list[Slot | None] = []
    for slot in chain:
        size = slot.shape[0] if slot.turned else slot.shape[1]
        found = None
        if slot.bias_row is None:
            fitting = [
                path
                for path, a in arrays.items()
                if path not in used
                and a.size == size
                and a.shape in ((size,), (1, size), (size, 1), ())
                and (is_bias(path) or not np.all(a == 1))
            ]
            named = [path for path in fitting if is_bias(path)]
            path = next(iter(named or fitting), None)
            if path is not None:
                used.add(path)
                found = Slot(path, arrays[path].shape)
        biases.append(found)
    return tuple(biases)


def random_values(slots: Slots, seed: int = 1) -> dict[str, Floats]:
    """Other numbers for every parameter, in its shape: biases too, which people start at zero."""
    draw = np.random.default_rng(seed)
    values: dict[str, Floats] = {}
    for slot in (*slots.weights, *slots.biases):
        if slot is None:
            continue
        scale = 0.4
        if slot in slots.weights:
            fan_in = slot.shape[1] if slot.turned else slot.shape[0]
            scale = 0.9 / np.sqrt(max(fan_in, 3)) * 1.6
        values[slot.path] = np.asarray(draw.normal(0, scale, slot.shape))
    return values
