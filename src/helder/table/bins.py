"""Thresholds that cut a number into named classes, as in "bad<4<=medium<8<=good"."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helder.errors import ArgumentError
from helder.table import strict

ACCEPTED = 'labels and rising thresholds in turn, such as "bad<4<=medium<8<=good"'
MOST_BINS = 1000


@dataclass(frozen=True)
class Bins:
    """C named classes, and the C-1 thresholds between them.

    `upward[i]` says that a value equal to threshold i belongs to the class above it.
    """

    classes: tuple[str, ...]
    thresholds: tuple[float, ...]
    upward: tuple[bool, ...]

    def codes(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """(N,) the number of each value's class."""
        codes = np.zeros(len(values), dtype=np.int64)
        for threshold, upward in zip(self.thresholds, self.upward, strict=True):
            codes += values >= threshold if upward else values > threshold
        return codes

    def to_dict(self) -> dict[str, object]:
        """The bins as plain values that JSON can hold."""
        return {"thresholds": list(self.thresholds), "upward": list(self.upward)}


def parse_bins(text: str) -> Bins:
    """The bins that a person wrote.

    Raises:
        ArgumentError: The text is anything else than labels and rising thresholds in turn.
    """
    parts = [part.strip() for part in re.split(r"(<=?)", text)]
    labels, numbers = parts[0::4], parts[2::4]
    if len(labels) < 2 or len(labels) != len(numbers) + 1 or len(labels) > MOST_BINS:
        raise ArgumentError("the bins cannot be read", got=text, accepted=ACCEPTED)
    thresholds = tuple(threshold(number) for number in numbers)
    upward = []
    for number, before, after in zip(numbers, parts[1::4], parts[3::4], strict=True):
        if before == after:
            both = "two classes" if before == "<=" else "no class"
            raise ArgumentError(
                f"a value of exactly {number} would belong to {both}",
                got=text,
                accepted=ACCEPTED,
                hint="one of the two signs around a threshold is <, the other <=",
            )
        upward.append(after == "<=")
    if any(low >= high for low, high in itertools.pairwise(thresholds)):
        raise ArgumentError("the thresholds of the bins must rise", got=text, accepted=ACCEPTED)
    if not all(labels) or len(set(labels)) != len(labels):
        raise ArgumentError("each bin needs a name of its own", got=text, accepted=ACCEPTED)
    return Bins(tuple(labels), thresholds, tuple(upward))


def threshold(text: str) -> float:
    """A threshold as a finite number; a decimal comma is understood."""
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise ArgumentError("a threshold of the bins is no number", got=text, accepted=ACCEPTED)
    return found


def bins_from_dict(value: object, classes: tuple[str, ...]) -> Bins:
    """The bins that `to_dict` wrote; DataError where it is anything else."""
    found = strict.record(value, ("thresholds", "upward"))
    thresholds = tuple(strict.number(item) for item in strict.items(found["thresholds"], MOST_BINS))
    upward = tuple(strict.truth(item) for item in strict.items(found["upward"], MOST_BINS))
    if not len(thresholds) == len(upward) == len(classes) - 1:
        raise strict.refuse("the thresholds do not fit the classes")
    if any(low >= high for low, high in itertools.pairwise(thresholds)):
        raise strict.refuse("the thresholds do not rise")
    return Bins(classes, thresholds, upward)
