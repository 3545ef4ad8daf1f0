"""Several mistakes in one gradient: each array is explained by itself, going backward.

A mistake at the output shows in the last layer's weights, whatever follows; one in a hidden layer
shows in the weights before it; a bias's in that bias alone. So they are found one after the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from helder.glass.check.deadline import Deadline
from helder.glass.check.network.reference.losses import OutputLoss
from helder.glass.check.network.reference.matching import SAME_FACTOR, Factors, factor, usual
from helder.glass.check.network.reference.mistakes import (
    Mistake,
    at_the_output,
    hidden_mistakes,
    in_slopes,
    on_the_way_back,
    others_of,
    wrong_sums,
)
from helder.glass.check.network.reference.network import Pass, Stages
from helder.glass.check.network.reference.ways import Observed
from helder.typing import Floats

MOST = 3  # mistakes in one gradient that are believed


@dataclass(frozen=True)
class Explained:
    """An array beside what it should be.

    Attributes:
        factor: `observed = factor x predicted`; nan where any fits.
        cause: The mistake in this array alone, if there is one.
        saw: The mistake as a formula.
    """

    factor: float
    cause: str = ""
    saw: str = ""


def several(
    observed: Observed, passed: Pass, loss: OutputLoss, deadline: Deadline
) -> tuple[Mistake, Factors] | None:
    """The mistakes that explain every array together, the fewest; None where there are none."""
    right = Stages(output=loss.dz)
    found: list[tuple[Mistake, Factors]] = []
    for output in (None, *at_the_output(passed, right)):
        base = right if output is None else output.stages
        dz = base.output(passed)
        if deadline.over or not shows(observed, passed, dz):
            continue
        for hidden in (None, *hidden_mistakes(passed, base), *both_hidden(passed, base)):
            if deadline.over:
                break
            explained = explain(observed, passed, base if hidden is None else hidden.stages)
            one = explained and together((output, hidden), explained, observed)
            if one:
                found.append(one)
    return min(found, key=lambda one: len(one[0].also), default=None)


def both_hidden(passed: Pass, base: Stages) -> Iterator[Mistake]:
    """A mistake in a slope together with one in what it is multiplied with."""
    for slope in in_slopes(passed, base):
        for way in on_the_way_back(passed, slope.stages):
            yield replace(way, saw=f"{slope.saw}; {way.saw}", also=(slope.cause,))


def shows(observed: Observed, passed: Pass, dz: Floats) -> bool:
    """Whether the last layer's gradient can be of this dz of the output."""
    last = passed.known.layers - 1
    return any(True for _ in weights_of(observed, passed, last, dz))


def explain(observed: Observed, passed: Pass, stages: Stages) -> list[Explained] | None:
    """What each array is, from the last layer to the first, W before b; None where one is not."""
    dz = stages.output(passed)
    found: list[Explained] = []
    with np.errstate(all="ignore"):
        for layer in reversed(range(passed.known.layers)):
            W = next(weights_of(observed, passed, layer, dz), None)
            b = next(bias_of(observed, layer, dz), None)
            if W is None or b is None:
                return None
            found += [W, b]
            if layer:
                dz = stages.carried(passed, layer, dz) * stages.bent(passed, layer - 1)
    return found


def weights_of(observed: Observed, passed: Pass, layer: int, dz: Floats) -> Iterator[Explained]:
    """What the gradient of a layer's weights may be, the right one first."""
    seen = observed.weights[layer]
    c = factor(seen, passed.entered[layer].T @ dz, observed.largest)
    if c is not None:
        yield (
            Explained(c, "parameter-not-updated", f"W{layer + 1} never changes")
            if c == 0
            else (Explained(c))
        )
    shape = passed.entered[layer].shape
    for saw, source in others_of(passed, layer) if c is None else ():
        other = factor(seen, source.T @ dz, observed.largest) if source.shape == shape else None
        if other:
            yield Explained(other, "weight-gradient-input", f"dW{layer + 1} is {saw}ᵀ dz")


def bias_of(observed: Observed, layer: int, dz: Floats) -> Iterator[Explained]:
    """What the gradient of a layer's bias may be, the right one first."""
    seen = observed.biases[layer]
    c = factor(seen, dz.sum(0, keepdims=True), observed.largest)
    if c is not None:
        yield moved(observed, c, f"b{layer + 1}")
        return
    for cause, saw, summed in wrong_sums():
        c = factor(seen, summed(dz), observed.largest)
        if c is not None:
            yield Explained(math.nan, cause, f"db{layer + 1} is {saw}")
    for at, other in enumerate(observed.biases, 1):
        if other is not seen and same(seen, other):
            yield Explained(math.nan, "gradient-copied", f"db{layer + 1} is db{at}")


def same(one: Floats | None, other: Floats | None) -> bool:
    """Whether two gradients are the same numbers, not all of them 0."""
    if one is None or other is None or one.shape != other.shape or not np.any(one):
        return False
    return bool(np.allclose(one, other, rtol=1e-6, atol=0))


def moved(observed: Observed, c: float, name: str) -> Explained:
    """An array that is the gradient times a factor, which may be 0."""
    if c != 0:
        return Explained(c)
    if observed.signed:
        return Explained(0.0, "parameter-not-updated", f"{name} never changes")
    return Explained(0.0, "gradient-zero", f"the gradient of {name} is 0")


def together(
    mistakes: Iterable[Mistake | None], explained: list[Explained], observed: Observed
) -> tuple[Mistake, Factors] | None:
    """All of it as one mistake with several causes; None where they are too many, or too few."""
    parts = [(cause, m.saw) for m in mistakes if m is not None for cause in (m.cause, *m.also)]
    parts += [(one.cause, one.saw) for one in reversed(explained) if one.cause]
    known = [one.factor for one in explained if one.factor and not math.isnan(one.factor)]
    if not known or all(math.isnan(one.factor) or not one.factor for one in explained[0::2]):
        return None
    middle = usual(known)
    off = [f / middle for f in known if abs(f / middle - 1) > max(SAME_FACTOR, 1e-3)]
    if any(ratio < 0 for ratio in off) or (middle < 0 and observed.signed):
        parts.append(("update-sign", "with the other sign"))
    if any(abs(abs(ratio) - 1) > 1e-3 for ratio in off):
        parts.append(("gradient-scale", "not all by the same factor"))
    causes = list(dict.fromkeys(cause for cause, _ in parts))
    if not 1 < len(causes) <= MOST:
        return None
    first = next((m for m in mistakes if m is not None), None)
    saw = "; ".join(dict.fromkeys(saw for _, saw in parts))
    stages = Stages(output=lambda p: p.error) if first is None else first.stages
    layer = None if first is None else first.layer
    mistake = Mistake(causes[0], saw, stages, layer, also=tuple(causes[1:]))
    arrays = reversed(explained)  # b before W, of the first layer first
    pairs = zip(*[iter(arrays)] * 2, strict=True)
    return mistake, Factors(tuple(f for b, W in pairs for f in (W.factor, b.factor)))
