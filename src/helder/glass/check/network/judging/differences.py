"""Slopes of the person's own loss, by differences, in the order of what was seen of a step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from helder.glass.check.network.binding.formats import Data
from helder.glass.check.network.binding.own_losses import Reporting, Reports
from helder.glass.check.network.judging.verdicts import Strange
from helder.glass.check.network.reference.matching import SAME_FACTOR
from helder.typing import Floats

DIRECTIONS = 2  # in which each parameter goes
DIGITS = 8  # of a difference that are known
NOTHING = 1e-7  # of the largest slope: what is smaller is none


@dataclass(frozen=True)
class Along:
    """What was seen of a parameter, and the loss, in random directions.

    Attributes:
        slopes: Of the loss, (DIRECTIONS,).
        seen: Of what was seen, (DIRECTIONS,).
        sizes: How large what was seen is, (DIRECTIONS,).
        decays: What weight decay would be, (DIRECTIONS,).
    """

    slopes: Floats
    seen: Floats
    sizes: Floats
    decays: Floats

    def factor(self, largest: float, largest_slope: float) -> float | None:
        """The factor `seen = factor x slope`; None where there is none, nan where any fits."""
        nothing = self.sizes.max() <= NOTHING * largest
        if np.abs(self.slopes).max() <= NOTHING * largest_slope:
            return math.nan if nothing else None
        if nothing:
            return 0.0
        c = float(self.seen @ self.slopes) / float(self.slopes @ self.slopes)
        apart = np.abs(self.seen - c * self.slopes)
        return c if (apart <= SAME_FACTOR * self.sizes).all() else None


@dataclass(frozen=True)
class Measured:
    """A reported loss beside the gradients of a step.

    Attributes:
        step: The step.
        name: What reports the loss.
        whole: It on all rows of the step: one for each call.
        rows: It on each row alone; none where it takes no single ones.
        dz: Its slope at each output's z, (N, n_out), of each row; None where there is no bias.
        along: Its slopes beside what was seen, for each parameter by its path.
    """

    step: Strange
    name: str
    whole: Sequence[Reports]
    rows: Sequence[Reports]
    dz: Floats | None
    along: Mapping[str, Along]

    @property
    def factor(self) -> float | None:
        """`observed = factor x gradient` in every direction; None where it is not.

        Weight decay may be in what was seen and not in the loss: then the same share for all.
        """
        every = list(self.along.values())
        slopes, seen, sizes, decays = (
            np.concatenate([getattr(one, name) for one in every])
            for name in ("slopes", "seen", "sizes", "decays")
        )
        columns = np.stack([slopes, decays], axis=1)
        if not np.isfinite(columns).all():
            return None
        allowed = SAME_FACTOR * np.maximum(sizes, NOTHING * sizes.max())
        for some in (columns[:, :1], columns):
            found = np.linalg.lstsq(some, seen, rcond=None)[0]
            if (np.abs(some @ found - seen) <= allowed).all() and found[0] != 0:
                return float(found[0])
        return None

    @property
    def each(self) -> list[float | None]:
        """The factor of each layer's W and b; none where a difference failed."""
        every = self.along.values()
        largest = max(float(one.sizes.max()) for one in every)
        slope = max(float(np.abs(one.slopes).max()) for one in every)
        if not all(np.isfinite(one.slopes).all() for one in every):
            return []
        slots = self.step.bound.slots
        pairs = zip(slots.weights, slots.biases, strict=True)
        return [
            math.nan if slot is None else self.along[slot.path].factor(largest, slope)
            for pair in pairs
            for slot in pair
        ]

    def flat(self, path: str) -> bool:
        """Whether the loss does not depend on a parameter."""
        slope = max(float(np.abs(one.slopes).max()) for one in self.along.values())
        return bool(np.abs(self.along[path].slopes).max() <= NOTHING * slope)

    def gradient(self, path: str, on: Sequence[Reports]) -> Floats:
        """The slope of the loss on some rows at each number of a parameter."""
        found = np.zeros_like(self.step.values[path])
        for at in np.ndindex(found.shape):
            one = np.zeros_like(found)
            one[at] = 1.0
            found[at] = sum(reports.slope(path, one) for reports in on)
        return found


def measured_by(step: Strange, reporting: Reporting) -> Measured | None:
    """What a reported loss says of a step; None where it reports nothing that depends on it."""
    known = step.observed.known
    rows = [Data(known.x[at : at + 1], known.y[at : at + 1]) for at in range(len(known.x))]
    batches = rows if step.form.single else [Data(known.x, known.y)]
    whole = reports_on(reporting, batches)
    place = place_in(whole[0]) if whole else ""
    if not place:
        return None
    placed = replace(reporting, place=place)
    whole = reports_on(placed, batches)
    alone = reports_on(placed, rows)
    dz = output_slopes(step, alone)
    return Measured(step, reporting.name, whole, alone, dz, slopes_along(step, whole))


def reports_on(reporting: Reporting, batches: Sequence[Data]) -> list[Reports]:
    """A loss on each of these; none where one of them cannot be prepared."""
    found = [one for data in batches if (one := reporting.on(data)) is not None]
    return found if len(found) == len(batches) else []


def place_in(reports: Reports) -> str:
    """Where the loss stands among the numbers that are reported: it moves with the parameters."""
    first, again = reports.numbers(), reports.numbers()
    values = reports.reporting.values
    for path, value in values.items():
        reports.ready.assign(path, value * 1.01)
    moved = reports.numbers()
    steady = [p for p, value in first.items() if np.isfinite(value) and again.get(p) == value]
    return next((p for p in steady if moved.get(p, first[p]) != first[p]), "")


def slopes_along(step: Strange, reports: Sequence[Reports]) -> dict[str, Along]:
    """The slopes of the loss beside what was seen, in random directions of each parameter."""
    draw = np.random.default_rng(0)
    observed = step.observed
    found: dict[str, Along] = {}
    for path in step.bound.slots.paths:
        lines = []
        for _ in range(DIRECTIONS):
            v = draw.normal(0, 1, step.values[path].shape)
            along = layers_of(step, {path: v})
            parts = products(along, observed.arrays)
            slope = sum(one.slope(path, v) for one in reports)
            decay = products(along[0::2], observed.known.weights).sum()
            lines.append((slope, parts.sum(), float(np.linalg.norm(parts)), decay))
        found[path] = Along(*np.array(lines, float).T)
    return found


def layers_of(step: Strange, values: dict[str, Floats]) -> list[Floats | None]:
    """Each layer's W and b, in rows by units, of these values; 0 where there is none."""
    whole = {path: np.zeros_like(value) for path, value in step.values.items()} | values
    found = step.bound.slots.layers(whole)
    assert found is not None
    return [array for pair in zip(*found, strict=True) for array in pair]


def products(one: Sequence[Floats | None], other: Sequence[Floats | None]) -> Floats:
    """The products of all numbers that stand in the same places."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    return np.concatenate([(a * b).ravel() for a, b in pairs])


def output_slopes(step: Strange, rows: Sequence[Reports]) -> Floats | None:
    """dz of the output by the person's own loss, (N, n_out): of one row it is db."""
    slot, weights = step.bound.slots.biases[-1], step.bound.slots.weights[-1]
    path = slot.path if slot is not None else weights.path if weights.bias_row else ""
    if not path or not rows:
        return None
    found = np.zeros((len(rows), step.bound.slots.outputs))
    for at in np.ndindex(step.values[path].shape):
        one = np.zeros_like(step.values[path])
        one[at] = 1.0
        of_bias = layers_of(step, {path: one})[-1]
        if of_bias is not None and of_bias.shape[1] == found.shape[1] and of_bias.any():
            for row, reports in enumerate(rows):
                found[row] += of_bias[0] * reports.slope(path, one)
    largest = float(np.abs(found).max())
    if not np.isfinite(largest) or largest == 0:
        return None
    if len(rows) > 1 and np.ptp(found, axis=0).max() < NOTHING * largest:
        return None  # the loss is always of the rows that the network was made with
    return rounded(found, largest)


def rounded(slopes: Floats, largest: float) -> Floats:
    """Slopes without the digits that are not known, so that sums that are 0 stay so."""
    return np.round(slopes / largest, DIGITS) * largest
