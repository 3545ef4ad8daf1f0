"""A step that no mistake explains alone, explained by two: what fits the last layers comes first.

Going backward, the gradients of the last layers do not depend on those before. So a first mistake
is one with which more of them fit than without it, and a second one is looked for beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from helder.glass.check.network.judging import Judged, Strange, believable
from helder.glass.check.network.losses import OutputLoss, losses_of
from helder.glass.check.network.matching import Factors, factor
from helder.glass.check.network.mistakes import Mistake, mistakes_beside
from helder.glass.check.network.recognising import Recogniser, Recognition
from helder.glass.check.network.reference import Pass, Stages, forward, layer_by_layer
from helder.glass.check.network.ways import Going, Observed

MOST_FIRST = 8  # mistakes beside which a second one is looked for
MOST_STEPS = 6
STAYS = "parameter-not-updated"


@dataclass(frozen=True)
class Fit:
    """How far a gradient fits, from the last layer on.

    Attributes:
        factors: Of b and W of the last layer, then of the one before, up to the first that is no
            multiple of its gradient, or of which the factor is another one.
        whole: Whether that is all of them.
    """

    factors: tuple[float, ...]
    whole: bool

    @property
    def still(self) -> bool:
        """Whether some parameters stay as they are."""
        return any(f == 0 for f in self.factors)

    @property
    def of_biases(self) -> bool:
        """Whether those are biases, and every weight moves."""
        return all(f != 0 for f in self.factors[1::2])


def explained(steps: Sequence[Strange], recogniser: Recogniser) -> Judged | None:
    """The first of these steps that two mistakes explain."""
    different = {step.observed.key: step for step in reversed(steps)}
    ranked = sorted(different.values(), key=lambda s: (not s.stepped, s.form.single))
    for step in ranked[:MOST_STEPS]:
        observed = step.observed
        if not observed.outputs or any(W is None for W in observed.weights):
            continue
        for going in recogniser.ways_of(observed):
            if going.cause is not None or recogniser.deadline.over:
                continue
            found = two_mistakes(observed, going)
            judged = None if found is None else step.judged(found)
            if judged is not None and believable(judged):
                return judged
    return None


def two_mistakes(observed: Observed, going: Going) -> Recognition | None:
    """What a step is with two mistakes in it, if that is what it is."""
    passed = forward(observed.known, going.shape, going.wiring)
    for loss in losses_of(going.shape.output_name):
        right = Stages(output=loss.dz)
        first: list[tuple[Fit, Mistake]] = []
        least = len(fit(observed, passed, right).factors)
        for mistake in mistakes_beside(passed, right):
            found = fit(observed, passed, mistake.stages)
            if found.whole and found.still and found.of_biases:
                return recognition(going, loss, mistake, STAYS, found)
            if len(found.factors) > least:
                first.append((found, mistake))
        first.sort(key=lambda pair: -len(pair[0].factors))
        for _, mistake in first[:MOST_FIRST]:
            for second in mistakes_beside(passed, mistake.stages):
                found = fit(observed, passed, second.stages)
                if found.whole and not found.still:
                    return recognition(going, loss, mistake, second, found)
    return None


def recognition(
    going: Going, loss: OutputLoss, first: Mistake, second: Mistake | str, found: Fit
) -> Recognition:
    """What is said of two mistakes."""
    both = second if isinstance(second, str) else second.cause
    saw = first.saw if isinstance(second, str) else f"{first.saw}; {second.saw}"
    also = () if both == first.cause else (both,)
    factors = Factors(tuple(reversed(found.factors)))
    return Recognition(going, loss, factors, replace(first, saw=saw, also=also))


def fit(observed: Observed, passed: Pass, stages: Stages) -> Fit:
    """How far a gradient with these stages fits what was seen."""
    one: float | None = None
    found: list[float] = []
    for f in one_by_one(observed, passed, stages):
        if f is None:
            return Fit(tuple(found), False)
        if f != 0 and not math.isnan(f):
            if observed.signed and f < 0:
                return Fit(tuple(found), False)
            one = f if one is None else one
            if abs(f - one) > 1e-3 * abs(one):
                return Fit(tuple(found), False)
        found.append(f)
    return Fit(tuple(found), one is not None)


def one_by_one(observed: Observed, passed: Pass, stages: Stages) -> Iterator[float | None]:
    """The factor of each array, from the last layer on."""
    seen = zip(reversed(observed.weights), reversed(observed.biases), strict=True)
    with np.errstate(all="ignore"):
        for (W, b), (dW, db) in zip(seen, layer_by_layer(passed, stages), strict=True):
            yield factor(b, db, observed.largest)
            yield factor(W, dW, observed.largest)
