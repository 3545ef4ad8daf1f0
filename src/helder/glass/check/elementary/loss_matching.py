"""Which loss explains the numbers that somebody's function gives, in whatever convention."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from helder.glass.check.elementary import loss_formulas as formulas
from helder.glass.check.elementary.loss_calls import LossCall
from helder.glass.check.elementary.loss_data import Batch, Situation, situations
from helder.glass.check.elementary.loss_formulas import (
    ABSOLUTE,
    BINARY,
    CROSS_ENTROPY,
    KINDS,
    SQUARED,
    Factor,
    Total,
    cross_entropy,
    described,
)
from helder.glass.check.session import Outcome
from helder.text import say
from helder.typing import Floats

LOGARITHMIC = (CROSS_ENTROPY, BINARY)
# What a function of one name may compute instead, and be a right loss.
FAMILIES = {
    CROSS_ENTROPY: LOGARITHMIC, BINARY: LOGARITHMIC,
    SQUARED: (SQUARED, ABSOLUTE), ABSOLUTE: (ABSOLUTE, SQUARED),
}  # fmt: skip
EPSILONS = (0.1, 0.05, 0.01, 5e-3, 1e-3, 1e-4, 1e-5)  # added within a logarithm
SMOOTHING = (0.05, 0.1, 0.2)  # shares that labels give away


@dataclass(frozen=True)
class Match:
    """A loss whose values are explained.

    Attributes:
        kind: Of the loss.
        call: How it was called, and in which situation.
        factor: What its total is multiplied by.
        plus: What else there is to say of it, in words.
        epsilon: What is added within the logarithm.
    """

    kind: str
    call: LossCall
    situation: Situation
    factor: Factor
    plus: str = ""
    epsilon: float = 0.0

    @property
    def oddness(self) -> tuple[bool, ...]:
        """How far it is from a plain mean over a batch; the parts that count most first."""
        samples, outputs = self.situation.samples, self.situation.outputs
        return (
            self.factor.times < 0,
            bool(self.epsilon or self.plus),
            self.factor.plus != 0,
            samples == 1,
            not described(self.factor, samples, outputs)[1],
            abs(self.factor.times * samples - 1) > 1e-4,
        )


@dataclass
class Asked:
    """What a loss gave in each situation, so that it is asked once."""

    given: dict[tuple[int, int], list[float] | None] = field(default_factory=dict)
    sizes: dict[tuple[int, int], int] = field(default_factory=dict)

    def values(self, call: LossCall, situation: Situation) -> list[float] | None:
        """The sums of what it gives for each draw; None where it gives no numbers."""
        key = (id(call), id(situation))
        if key not in self.given:
            self.given[key] = self._ask(call, situation, key)
        return self.given[key]

    def _ask(
        self, call: LossCall, situation: Situation, key: tuple[int, int]
    ) -> list[float] | None:
        values = []
        for batch in situation.batches:
            outcome = call(batch, situation)
            value = total_of(outcome)
            if value is None or not np.isfinite(value):
                return None
            self.sizes[key] = np.size(outcome.value) if not isinstance(outcome.value, tuple) else 1
            values.append(value)
        return values

    def adds_up(self, call: LossCall, situation: Situation) -> bool:
        """It gives fewer numbers than it was handed, as a loss does."""
        values = self.values(call, situation)
        count = situation.samples * situation.outputs
        return values is not None and self.sizes[id(call), id(situation)] < count

    def factor(self, call: LossCall, situation: Situation, total: Total) -> Factor | None:
        """How its values belong to a total, if they do."""
        return self.factor_of(call, situation, total, lambda batch: batch.of)

    def factor_of(
        self,
        call: LossCall,
        situation: Situation,
        total: Total,
        probabilities: Callable[[Batch], Floats],
    ) -> Factor | None:
        """The same, with other probabilities than those of the batch."""
        values = self.values(call, situation)
        if values is None:
            return None
        with np.errstate(all="ignore"):
            totals = [total(probabilities(batch), batch.t) for batch in situation.batches]
        return formulas.factor(values, totals)


def total_of(outcome: Outcome) -> float | None:
    """What a loss gives, summed where it gives one number for each sample."""
    value = outcome.value
    if isinstance(value, tuple):  # the loss beside a gradient, or the probabilities
        value = next((part for part in value if np.size(part) == 1), value[0] if value else None)
    if outcome.problem or value is None:
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return float(array.sum()) if array.dtype.kind in "fiu" and array.size else None


def strict(asked: Asked, calls: Sequence[LossCall], kind: str) -> Match | None:
    """A right loss at a usual factor, or that with a minus; a plain mean, if there is one."""
    seen = []
    for match in _plain(asked, calls, kind):
        usual = described(match.factor, match.situation.samples, match.situation.outputs)[1]
        if usual and not match.factor.plus:
            if not any(match.oddness):
                return match
            seen.append(match)
    return min(seen, key=lambda match: match.oddness, default=None)


def loose(asked: Asked, calls: Sequence[LossCall], kind: str) -> Match | None:
    """A right loss at an odd factor, with a term of its own, or of numbers that were moved."""
    found = [match for match in _plain(asked, calls, kind) if match.factor.times > 0]
    found = found or [m for m in _with_more(asked, calls, kind) if m.factor.times > 0]
    return min(found, key=lambda match: match.oddness, default=None)


def squares(asked: Asked, calls: Sequence[LossCall]) -> Match | None:
    """A squared error at a usual factor, of logits too, which the function makes probabilities."""
    for call in calls:
        for situation in (s for s in situations() if s.samples > 1):
            found = asked.factor(call, situation, KINDS[SQUARED])
            usual = found and described(found, situation.samples, situation.outputs)[1]
            if found and usual and found.times > 0 and not (found.plus or found.root):
                return Match(SQUARED, call, situation, found)
    return None


def _plain(asked: Asked, calls: Sequence[LossCall], kind: str) -> Iterator[Match]:
    for call in calls:
        for situation in situations():
            if _is_a_batch_too(asked, call, situation):
                continue
            for name in _kinds(kind, situation):
                found = asked.factor(call, situation, KINDS[name])
                if found and _believable(found, name, situation):
                    yield Match(name, call, situation, found)


def _is_a_batch_too(asked: Asked, call: LossCall, situation: Situation) -> bool:
    """One sample, of a function that takes a batch: of one number many a formula is right."""
    if situation.samples > 1 or situation.labels == "class numbers":
        return False
    batches = [s for s in situations() if s.samples > 1 and s.labels == situation.labels]
    return any(asked.values(call, s) is not None for s in batches if s.logits == situation.logits)


def _kinds(kind: str, situation: Situation) -> Iterator[str]:
    """The kinds that a function of this name may be in a situation."""
    for name in FAMILIES.get(kind, tuple(KINDS)):
        if name not in LOGARITHMIC and situation.logits:
            continue
        if name != CROSS_ENTROPY or situation.outputs > 1:
            yield name


def _believable(found: Factor, name: str, situation: Situation) -> bool:
    """Differences go with logarithms of labels at some odd factor: only usual ones count."""
    usual = described(found, situation.samples, situation.outputs)[1] and not found.plus
    counts = (situation.samples, situation.outputs)
    multiplied = any(abs(found.times / n / part - 1) < 1e-4 for n in counts for part in (1, 0.5))
    return name in LOGARITHMIC or usual or (name == SQUARED and multiplied)


def _with_more(asked: Asked, calls: Sequence[LossCall], kind: str) -> Iterator[Match]:
    """A number added within the logarithm, or labels that are smoothed."""
    for call in calls:
        for situation in situations():
            if situation.logits or asked.values(call, situation) is None:
                continue
            for name in _kinds(kind, situation):
                if name in LOGARITHMIC:
                    yield from _moved(asked, call, situation, name)


def _moved(asked: Asked, call: LossCall, situation: Situation, name: str) -> Iterator[Match]:
    for epsilon in EPSILONS:
        found = asked.factor(call, situation, _with_epsilon(name, epsilon))
        if found:
            yield Match(name, call, situation, found, epsilon=epsilon)
    for share in SMOOTHING if situation.outputs > 1 else ():
        found = asked.factor(call, situation, _smoothed(name, share, situation.outputs))
        if found:
            said = say("check_functions.smoothed", share=share)
            yield Match(name, call, situation, found, said)


def _with_epsilon(name: str, epsilon: float) -> Total:
    if name == CROSS_ENTROPY:
        return lambda p, t: cross_entropy(p + epsilon, t)
    return lambda p, t: cross_entropy(p + epsilon, t) + cross_entropy(1 - p + epsilon, 1 - t)


def _smoothed(name: str, share: float, outputs: int) -> Total:
    return lambda p, t: KINDS[name](p, (1 - share) * t + share / outputs)
