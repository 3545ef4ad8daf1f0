"""Slopes of the person's own loss, by differences, in the order of what was seen of a step."""

from __future__ import annotations

from collections.abc import Sequence
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
class Measured:
    """A reported loss beside the gradients of a step.

    Attributes:
        step: The step.
        name: What reports the loss.
        whole: It on all rows of the step: one for each call.
        dz: Its slope at each output's z, (N, n_out), of each row; None where there is no bias.
        factor: `observed = factor x gradient` in every direction; None where it is not.
    """

    step: Strange
    name: str
    whole: Sequence[Reports]
    dz: Floats | None
    factor: float | None

    def gradient(self) -> list[Floats | None]:
        """The slope of the loss at each number, each layer's W and b."""
        found = {path: np.zeros_like(value) for path, value in self.step.values.items()}
        for path, slopes in found.items():
            for at in np.ndindex(slopes.shape):
                one = np.zeros_like(slopes)
                one[at] = 1.0
                slopes[at] = sum(reports.slope(path, one) for reports in self.whole)
        largest = max(float(np.abs(slopes).max()) for slopes in found.values())
        if not np.isfinite(largest) or largest == 0:
            return [None for _ in self.step.observed.arrays]
        return layers_of(self.step, {p: rounded(s, largest) for p, s in found.items()})


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
    dz = output_slopes(step, reports_on(placed, rows))
    return Measured(step, reporting.name, whole, dz, factor_of(step, whole))


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


def factor_of(step: Strange, reports: Sequence[Reports]) -> float | None:
    """The one factor between what was seen and the slopes of the loss, in random directions.

    Weight decay may be in what was seen and not in the loss: then as much of it for all weights.
    """
    draw = np.random.default_rng(0)
    known = step.observed.known
    slopes, seen, sizes, decays = [], [], [], []
    for path in step.bound.slots.paths:
        for _ in range(DIRECTIONS):
            v = draw.normal(0, 1, step.values[path].shape)
            along = layers_of(step, {path: v})
            parts = products(along, step.observed.arrays)
            slopes.append(sum(one.slope(path, v) for one in reports))
            seen.append(parts.sum())
            sizes.append(float(np.linalg.norm(parts)))
            decays.append(products(along[0::2], known.weights).sum())
    columns = np.stack([slopes, decays], axis=1)
    if not np.isfinite(columns).all():
        return None
    allowed = SAME_FACTOR * np.maximum(sizes, NOTHING * max(sizes))
    for some in (columns[:, :1], columns):
        found = np.linalg.lstsq(some, np.asarray(seen), rcond=None)[0]
        if (np.abs(some @ found - seen) <= allowed).all() and found[0] != 0:
            return float(found[0])
    return None


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
