"""Is what a loss object hands back after its own forward pass the derivative of that loss?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helder.glass.check.elementary import loss_slopes
from helder.glass.check.elementary.calling import Called
from helder.glass.check.elementary.judgement import Judgement, call_text
from helder.glass.check.elementary.loss_calls import LossCall, loss_calls, parts_of
from helder.glass.check.elementary.loss_data import Batch, Situation
from helder.glass.check.elementary.loss_formulas import (
    ABSOLUTE,
    BINARY,
    CROSS_ENTROPY,
    OTHER_LOSS,
    SQUARED,
)
from helder.glass.check.elementary.loss_matching import Asked, Match, strict
from helder.glass.check.elementary.loss_slopes import RIGHT, WRONG, Slope
from helder.glass.check.session import Outcome
from helder.text import say
from helder.typing import Floats

# The derivatives that belong to each loss: in the probabilities, and in what comes before them.
BELONGS = {
    CROSS_ENTROPY: ("p - y", "-y / p"),
    BINARY: ("p - y", "(p - y) / (p (1 - p))", "-y / p"),
    SQUARED: ("p - y", "(p - y) p (1 - p)"),
    ABSOLUTE: ("sign(p - y)", "p - y"),
}


def _through_softmax(p: Floats, t: Floats) -> Floats:
    """`p - y` times the derivative of softmax once more."""
    axis = -1 if np.allclose(t.sum(axis=-1), 1) else 0
    error = p - t
    return p * (error - np.sum(p * error, axis=axis, keepdims=True))


TWICE = (
    Slope(CROSS_ENTROPY, "(p - y) p (1 - p)", lambda p, t: (p - t) * p * (1 - p)),
    Slope(CROSS_ENTROPY, "p (p - y - sum(p (p - y)))", _through_softmax),
)
# Wrong after a forward pass that takes logits, whose only derivative is p - y.
OF_LOGITS = (
    Slope(CROSS_ENTROPY, "(p - y) p", lambda p, t: (p - t) * p),
    Slope(CROSS_ENTROPY, "(p - y) (1 - p)", lambda p, t: (p - t) * (1 - p)),
    Slope(CROSS_ENTROPY, "(p - y) ** 2", lambda p, t: (p - t) ** 2),
    Slope(CROSS_ENTROPY, "abs(p - y)", lambda p, t: np.abs(p - t)),
    Slope(CROSS_ENTROPY, "p + y", lambda p, t: p + t),
)


@dataclass(frozen=True)
class AfterLoss(LossCall):
    """A derivative without arguments, asked for after its object computed the loss.

    Attributes:
        own: The loss, and how it is called.
    """

    own: Match

    def __call__(self, batch: Batch, situation: Situation) -> Outcome:
        """What it gives after the loss of a batch."""
        before = self.own.call(batch, situation)
        return before if before.problem else self.called.plain([])

    def text(self, batch: Batch) -> str:
        """Both calls, as a person repeats them."""
        data = {"p": batch.p, "y": batch.y}
        given = [data[part] for part in parts_of(self.own.call.slots)]
        before = call_text(self.own.call.called.guess, *given)
        return say("check_functions.after", call=call_text(self.called.guess), before=before)


def judge(called: Called, losses: Sequence[Called]) -> Judgement | None:
    """What the derivative of a loss is found to be, held against the loss of its own class.

    Args:
        called: The derivative.
        losses: The losses of the file.
    """
    own = None if _needs_arguments(called) else _own(called, losses)
    if own is None:
        return loss_slopes.judge(called)
    call = AfterLoss(called, (), {}, own)
    if loss_slopes.given(call, own.situation.batches[0], own.situation) is None:
        return loss_slopes.judge(called)
    return _held_against(call, own)


def _held_against(call: AfterLoss, own: Match) -> Judgement | None:
    within = (own.situation,)
    belonging = [slope for slope in RIGHT if slope.text in BELONGS[own.kind]]
    found = loss_slopes.match([call], belonging, within)
    if found:
        return loss_slopes.right(call.called, *found)
    for slopes, cause in _mistakes(own):
        found = loss_slopes.match([call], slopes, within)
        if found and found[3] > 0:
            text = call.text(own.situation.round)
            right = _usual(own)
            return loss_slopes.wrong(own.kind, cause, text, right, *found)
    return None


def _usual(own: Match) -> Slope:
    """The derivative that is shown as the right one: in what the loss is handed."""
    text = BELONGS[own.kind][0 if own.situation.logits else -1]
    if own.kind in (SQUARED, ABSOLUTE):
        text = BELONGS[own.kind][0]
    return next(slope for slope in RIGHT if slope.text == text)


def _mistakes(own: Match) -> list[tuple[Sequence[Slope], str]]:
    """What it may be in place of the derivative, with the cause of each."""
    others = [slope for slope in RIGHT if slope.text not in BELONGS[own.kind]]
    of_kind = [slope for slope in WRONG if slope.kind == own.kind]
    if own.situation.logits:
        return [(TWICE, "softmax-derivative-twice"), (OF_LOGITS, loss_slopes.CAUSE)]
    return [(of_kind, loss_slopes.CAUSE), (others, OTHER_LOSS)]


def _needs_arguments(called: Called) -> bool:
    return any(p.default is None and p.kind == "positional" for p in called.definition.parameters)


def _own(called: Called, losses: Sequence[Called]) -> Match | None:
    """The loss of the class that a derivative is a method of, if it is a right one of a batch."""
    if called.handle is None:
        return None
    for loss in losses:
        if loss.definition.owner == called.definition.owner and _chosen(loss) == _chosen(called):
            found = strict(Asked(), loss_calls(loss), loss.guess.meaning.kind)
            if found and found.factor.times > 0 and found.situation.samples > 1:
                return found
    return None


def _chosen(called: Called) -> tuple[dict[str, object], dict[str, object]]:
    """The options with which it is called."""
    return dict(called.guess.fixed), dict(called.guess.attributes)
