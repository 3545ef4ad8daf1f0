"""Rows with the same inputs and different targets: how well anybody can do on them at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.errors import shown
from helder.text import Count, say
from helder.typing import Array, Floats, Integers

EXAMPLES = 5  # groups of rows that are named
NAMED = 6  # rows of such a group, at most


@dataclass(frozen=True)
class Conflict:
    """Rows with the same inputs whose targets differ.

    Attributes:
        rows: Their numbers, counted from 1: some of each target, `NAMED` at most.
        targets: The target of each of these.
        size: How many rows of these inputs there are.
    """

    rows: tuple[int, ...]
    targets: tuple[Any, ...]
    size: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {"rows": list(self.rows), "targets": list(self.targets), "size": self.size}


@dataclass(frozen=True)
class Ceiling:
    """How well anybody can do on rows of which some have the same inputs and different targets.

    It holds for these rows. Of new rows it says little more than that such pairs come up.

    Attributes:
        metric: "accuracy" or "r2".
        value: The best score that one answer for each set of inputs can have on these rows.
        rows: How many rows there are.
        conflicting: How many of them have the inputs of a row with another target.
        examples: The largest groups of such rows.
    """

    metric: str
    value: float
    rows: int
    conflicting: int
    examples: tuple[Conflict, ...]

    @property
    def sentence(self) -> str:
        """The same in words and numbers."""
        if not self.conflicting:
            return say("advice.no_conflicts")
        first = self.examples[0]
        return say(
            f"advice.ceiling_{self.metric}",
            count=Count(self.conflicting),
            rows=Count(self.rows),
            share=self.conflicting / self.rows,
            value=self.value,
            example=", ".join(
                say("advice.conflicting_row", row=row, target=shown_target(target))
                for row, target in zip(first.rows, first.targets, strict=True)
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "metric": self.metric,
            "value": self.value,
            "rows": self.rows,
            "conflicting": self.conflicting,
            "examples": [example.to_dict() for example in self.examples],
            "sentence": self.sentence,
        }


def shown_target(target: Any) -> str:
    """A target as a sentence names it, escaped where it is text."""
    return shown(target) if isinstance(target, str) else f"{target:.6g}"


def ceiling_of_classes(
    same: Integers,
    codes: Integers,
    classes: Sequence[str],
    *,
    weights: Floats | None = None,
    rows: Integers | None = None,
) -> Ceiling:
    """The accuracy that nobody can beat on these rows: each group's heaviest class, and no more.

    Args:
        same: The number of each row's inputs, (N,): rows with the same inputs share one.
        codes: The class number of each row, (N,).
        classes: The names of the classes, (C,).
        weights: What each row counts, (N,); None for all alike.
        rows: The number of each row in its table, from 1, (N,); None for 1 to N.
    """
    counted = np.ones(len(codes)) if weights is None else weights
    C = len(classes)
    pairs, member = np.unique(same * C + codes, return_inverse=True)  # groups of one class each
    heaviest = np.zeros(int(same.max(initial=-1)) + 1)  # (groups,)
    np.maximum.at(heaviest, pairs // C, np.bincount(member, counted))
    value = float(heaviest.sum() / counted.sum())
    different = np.bincount(pairs // C, minlength=len(heaviest)) > 1  # (groups,)
    names = [classes[code] for code in codes]
    return _ceiling("accuracy", value, same, different, names, rows)


def ceiling_of_numbers(
    same: Integers,
    y: Floats,
    *,
    weights: Floats | None = None,
    rows: Integers | None = None,
) -> Ceiling:
    """The R2 that nobody can beat on these rows: each group's mean, and no better.

    Args:
        same: The number of each row's inputs, (N,): rows with the same inputs share one.
        y: The number of each row, (N,).
        weights: What each row counts, (N,); None for all alike.
        rows: The number of each row in its table, from 1, (N,); None for 1 to N.
    """
    counted = np.ones(len(y)) if weights is None else weights
    total = np.average((y - np.average(y, weights=counted)) ** 2, weights=counted)
    heavy = np.maximum(np.bincount(same, counted), np.finfo(float).tiny)  # (groups,)
    means = np.bincount(same, counted * y) / heavy
    left = np.average((y - means[same]) ** 2, weights=counted)
    low, high = (np.full(len(heavy), start) for start in (np.inf, -np.inf))
    np.minimum.at(low, same, y)
    np.maximum.at(high, same, y)
    value = 1.0 if total == 0 else float(1 - left / total)
    return _ceiling("r2", value, same, high > low, [float(one) for one in y], rows)


def _ceiling(
    metric: str,
    value: float,
    same: Integers,
    different: Array,
    targets: Sequence[Any],
    rows: Integers | None,
) -> Ceiling:
    """The ceiling with its largest groups, given which groups (groups,) have different targets."""
    numbers = np.arange(1, len(same) + 1) if rows is None else rows
    sizes = np.bincount(same, minlength=len(different)) * different
    largest = np.argsort(-sizes, kind="stable")[:EXAMPLES]
    examples = tuple(
        _conflict(np.flatnonzero(same == group), targets, numbers)
        for group in largest
        if sizes[group]
    )
    return Ceiling(metric, value, len(same), int(sizes.sum()), examples)


def _conflict(group: Integers, targets: Sequence[Any], numbers: Integers) -> Conflict:
    """Rows of one group, those first that bring a target of their own."""
    first: dict[Any, int] = {}
    for row in group:
        first.setdefault(targets[row], int(row))
    new = list(first.values())
    named = sorted((new + [int(row) for row in group if row not in new])[:NAMED])
    return Conflict(
        tuple(int(numbers[row]) for row in named),
        tuple(targets[row] for row in named),
        len(group),
    )
