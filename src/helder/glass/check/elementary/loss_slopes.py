"""Is the derivative of a loss right, in the probabilities or in what comes before them?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from helder.glass.check.causes import CONVENTION, OK
from helder.glass.check.elementary.calling import Called, numbers
from helder.glass.check.elementary.closeness import same
from helder.glass.check.elementary.judgement import Judgement, called_name, sentences, shown
from helder.glass.check.elementary.loss_calls import LossCall, loss_calls, parts_of
from helder.glass.check.elementary.loss_data import Batch, Situation, situations
from helder.glass.check.elementary.loss_formulas import ABSOLUTE, BINARY, CROSS_ENTROPY, SQUARED
from helder.text import say
from helder.typing import Floats


class Slope(NamedTuple):
    """A derivative of a loss: what it is of, how it is written, and what it makes of p and t."""

    kind: str
    text: str
    value: Callable[[Floats, Floats], Floats]


RIGHT = (
    Slope(SQUARED, "p - y", lambda p, t: p - t),
    Slope(CROSS_ENTROPY, "-y / p", lambda p, t: -t / p),
    Slope(BINARY, "(p - y) / (p (1 - p))", lambda p, t: (p - t) / (p * (1 - p))),
    Slope(SQUARED, "(p - y) p (1 - p)", lambda p, t: (p - t) * p * (1 - p)),
    Slope(ABSOLUTE, "sign(p - y)", lambda p, t: np.sign(p - t)),
)
WRONG = (
    Slope(SQUARED, "(p - y) ** 2", lambda p, t: (p - t) ** 2),
    Slope(SQUARED, "p + y", lambda p, t: p + t),
    Slope(SQUARED, "p - y ** 2", lambda p, t: p - t**2),
    Slope(SQUARED, "abs(p - y)", lambda p, t: np.abs(p - t)),
    Slope(CROSS_ENTROPY, "-y * p", lambda p, t: -t * p),
    Slope(CROSS_ENTROPY, "-y / (1 - p)", lambda p, t: -t / (1 - p)),
    Slope(CROSS_ENTROPY, "-y * log(p)", lambda p, t: -t * np.log(p)),
    Slope(CROSS_ENTROPY, "-1 / p", lambda p, t: -1 / p),
    Slope(BINARY, "-y / p - (1 - y) / (1 - p)", lambda p, t: -t / p - (1 - t) / (1 - p)),
    Slope(BINARY, "-y / p + (1 - y) / p", lambda p, t: -t / p + (1 - t) / p),
    Slope(BINARY, "-y / p + (1 - y) / (1 + p)", lambda p, t: -t / p + (1 - t) / (1 + p)),
    Slope(BINARY, "(p - y) / p", lambda p, t: (p - t) / p),
)
# Which slopes a function may be that is named after a loss: p - y belongs to several.
FITS = {
    SQUARED: {SQUARED}, ABSOLUTE: {ABSOLUTE, SQUARED}, CROSS_ENTROPY: {CROSS_ENTROPY, BINARY},
    BINARY: {CROSS_ENTROPY, BINARY}, "loss": {SQUARED, ABSOLUTE, CROSS_ENTROPY, BINARY},
}  # fmt: skip


CAUSE = "derivative-formula"


def judge(called: Called) -> Judgement | None:
    """What the derivative of a loss is found to be; None where it is something else."""
    calls = loss_calls(called)
    batches = [s for s in situations() if not s.logits and s.samples > 1]
    found = match(calls, RIGHT, batches)
    if found:
        return right(called, *found)
    kind = called.guess.meaning.kind
    slips = [slope for slope in WRONG if slope.kind in FITS.get(kind, ())]
    slipped = match(calls, slips, batches) if called.guess.meaning.sure else None
    if slipped is None or slipped[3] <= 0:
        return None
    call, situation, slope, _ = slipped
    data = {"p": situation.round.p, "y": situation.round.y}
    given_to = ", ".join(shown(data[part]) for part in parts_of(call.slots))
    text = f"{called_name(called.guess)}({given_to})"
    usual = next(one for one in RIGHT if one.kind == slope.kind)
    return wrong(slope.kind, CAUSE, text, usual, *slipped)


Match = tuple[LossCall, Situation, Slope, float]


def match(
    calls: Sequence[LossCall], slopes: Sequence[Slope], within: Sequence[Situation]
) -> Match | None:
    """The first way of calling it, the slope of which it gives a multiple, and how many times."""
    for situation in within:
        for call in calls:
            for slope in slopes:
                times = _times(call, situation, slope)
                if times is not None:
                    return call, situation, slope, times
    return None


def _times(call: LossCall, situation: Situation, slope: Slope) -> float | None:
    """What the slope is multiplied by in every number of two draws; None where it differs."""
    found = []
    for batch in situation.batches[:2]:
        values = given(call, batch, situation)
        with np.errstate(all="ignore"):
            right = slope.value(batch.of, batch.t).reshape(-1)
        if values is None or not np.isfinite([*values, *right]).all() or not right.any():
            return None
        times = float(values @ right / (right @ right))
        if times == 0 or not same(values, times * right):
            return None
        found.append(times)
    return found[0] if np.isclose(found[0], found[1], rtol=1e-5) else None


def given(call: LossCall, batch: Batch, situation: Situation) -> Floats | None:
    """The gradient for a batch, as so many numbers as there are probabilities."""
    data = (batch.p, batch.y)
    outcome = call.called.with_what_is_kept(call(batch, situation), data)
    return None if outcome.problem else numbers(outcome.value, np.size(batch.of))


def right(
    called: Called, call: LossCall, situation: Situation, slope: Slope, times: float
) -> Judgement:
    """A derivative that is right, up to its factor."""
    sign = slope.text if times > 0 else f"-({slope.text})"
    size = abs(times)
    factor = "" if abs(size - 1) < 1e-6 else say("check_functions.times", times=f"{size:.4g}")
    convention = ", ".join(part for part in (sign, factor, situation.layout) if part)
    kind = called.guess.meaning.kind if slope.text == "p - y" else slope.kind
    verdict = OK if times > 0 else CONVENTION
    return Judgement(f"{kind} derivative", (), "", convention, verdict)


def wrong(
    kind: str,
    cause: str,
    text: str,
    usual: Slope,
    call: LossCall,
    situation: Situation,
    slope: Slope,
    times: float,
) -> Judgement:
    """One that is recognised as something else: what the call `text` gives, what `usual` is."""
    batch = situation.round
    values = given(call, batch, situation)
    first = float(values[0]) if values is not None else float("nan")
    said = say(
        "check_functions.slope_differs",
        call=text,
        got=shown(first),
        right=shown(_scaled(batch, slope, usual, values, times)),
    )
    looks = say("check_functions.looks_like", formula=slope.text)
    return Judgement(f"{kind} derivative", (cause,), sentences(said, looks))


def _scaled(batch: Batch, slope: Slope, usual: Slope, values: Floats | None, times: float) -> float:
    """The first number of the right derivative, by the factor that this batch has."""
    with np.errstate(all="ignore"):
        of_batch = slope.value(batch.of, batch.t).reshape(-1)
        first = float(usual.value(batch.of, batch.t).reshape(-1)[0])
    if values is not None and np.isfinite(of_batch).all() and of_batch.any():
        times = float(values @ of_batch / (of_batch @ of_batch))
    return times * first
