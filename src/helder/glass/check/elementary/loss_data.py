"""The probabilities and labels that a loss is asked for, in every layout and form of labels."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from helder.core.activations import sigmoid
from helder.core.probabilities import softmax
from helder.core.targets import one_hot
from helder.glass.check.session import Value
from helder.typing import Floats, Integers

SAMPLES, CLASSES, DRAWS = 5, 3, 3
ROUND = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1]])
DIGITS = 10  # classes: a number that many write into their code
ROUND_OF_DIGITS = np.full((2, DIGITS), 0.05) + 0.5 * np.eye(2, DIGITS)


@dataclass(frozen=True)
class Batch:
    """One call of a loss.

    Attributes:
        p: Probabilities as they are handed over, or logits.
        y: Labels as they are handed over.
        of: Probabilities as the formula has them: p itself, unless p are logits.
        t: Targets as the formula has them: one for each number of `of`.
        samples: How many.
    """

    p: Value
    y: Value
    of: Floats
    t: Floats
    samples: int


@dataclass(frozen=True)
class Situation:
    """A form in which probabilities and labels may be wanted.

    Attributes:
        layout: "rows", "columns", "one vector", "one column", "one number".
        labels: "one-hot", "class numbers", "shares" (between 0 and 1), "yes or no".
        logits: What is handed over comes before softmax or sigmoid.
        batches: Three draws of the same shapes.
        round: Two samples with round numbers, which a sentence can show.
        certain: Two samples whose probabilities are 0 and 1: right ones, then wrong ones.
    """

    layout: str
    labels: str
    logits: bool
    batches: Sequence[Batch]
    round: Batch
    certain: Sequence[Batch]
    samples: int
    outputs: int


@functools.cache
def situations() -> tuple[Situation, ...]:
    """All of them, the usual ones first."""
    of_classes = [
        _of_classes(layout, labels, logits=False)
        for labels in ("one-hot", "class numbers", "shares")
        for layout in ("rows", "columns", "one vector", "one column")
    ]
    of_digits = [
        _of_classes(layout, "class numbers", logits=False, classes=DIGITS)
        for layout in ("rows", "columns")
    ]
    of_two = [
        _of_yes_and_no(layout, labels, logits=False)
        for labels in ("yes or no", "shares")
        for layout in SHAPES
    ]
    of_logits = [
        _of_classes(layout, labels, logits=True)
        for layout in ("rows", "columns", "one vector")
        for labels in ("one-hot", "class numbers")
    ]
    two_of_logits = [_of_yes_and_no(layout, "yes or no", logits=True) for layout in SHAPES]
    return (*of_classes, *of_digits, *of_two, *of_logits, *two_of_logits)


def _of_classes(layout: str, labels: str, *, logits: bool, classes: int = CLASSES) -> Situation:
    one = layout.startswith("one")
    batches = []
    for draw in range(DRAWS):
        rng = np.random.default_rng(draw)
        z = rng.normal(size=(1 if one else SAMPLES, classes))
        numbers = (np.arange(len(z)) + rng.integers(classes)) % classes
        batches.append(_batch(layout, labels, z, numbers, logits, rng))
    few = 1 if one else 2
    shares = ROUND if classes == CLASSES else ROUND_OF_DIGITS
    sure = one_hot(np.arange(few), classes)
    shown, right, turned = (
        _arranged(layout, labels, p, softmax(p) if logits else p, sure, np.arange(few))
        for p in (shares[:few], sure, np.roll(sure, 1, axis=1))
    )
    return Situation(layout, labels, logits, batches, shown, (right, turned), len(z), classes)


def _batch(
    layout: str, labels: str, z: Floats, numbers: Integers, logits: bool, rng: np.random.Generator
) -> Batch:
    t = one_hot(numbers, z.shape[1])
    if labels == "shares":
        t = softmax(rng.normal(size=z.shape))
    p = softmax(z)
    return _arranged(layout, labels, z if logits else p, p, t, numbers)


ARRANGED: dict[str, Callable[[Floats], Floats]] = {
    "rows": lambda rows: rows,
    "columns": lambda rows: rows.T.copy(),
    "one vector": lambda rows: rows[0],
    "one column": lambda rows: rows.T.copy(),
}


def _arranged(
    layout: str, labels: str, given: Floats, of: Floats, t: Floats, numbers: Integers
) -> Batch:
    """Rows laid out in another way."""
    arrange = ARRANGED[layout]
    y: Value = arrange(t)
    if labels == "class numbers":
        y = int(numbers[0]) if layout.startswith("one") else numbers
    return Batch(arrange(given), y, arrange(of), arrange(t), len(given))


SHAPES: dict[str, tuple[int, ...]] = {
    "rows": (SAMPLES, 1), "columns": (1, SAMPLES), "one vector": (SAMPLES,), "one number": (),
}  # fmt: skip


def _of_yes_and_no(layout: str, labels: str, *, logits: bool) -> Situation:
    shape = SHAPES[layout]
    batches = []
    for draw in range(DRAWS):
        rng = np.random.default_rng(draw)
        z = np.asarray(rng.normal(size=shape))
        t = np.resize(np.array([draw % 2, 1, 0, 0, 1.0]), shape)
        if labels == "shares":
            t = rng.uniform(0.1, 0.9, size=shape)
        p = sigmoid(z)
        batches.append(Batch(_plain(z if logits else p), _plain(t), p, t, max(1, z.size)))
    few = tuple(min(2, length) for length in shape)
    yes, likely = np.resize(np.array([1.0, 0]), few), np.resize(np.array([0.8, 0.4]), few)
    shown, right, turned = (
        Batch(
            _plain(p), _plain(yes), np.asarray(sigmoid(p)) if logits else p, yes, max(1, yes.size)
        )
        for p in (likely, yes, 1 - yes)
    )
    samples = batches[0].samples
    return Situation(layout, labels, logits, batches, shown, (right, turned), samples, 1)


def _plain(array: Floats) -> Value:
    return float(array) if np.ndim(array) == 0 else array
