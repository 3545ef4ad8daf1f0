"""Losses that take logits and make probabilities of them themselves, with a slip in doing so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from helder.core.probabilities import softmax
from helder.glass.check.elementary.loss_calls import LossCall
from helder.glass.check.elementary.loss_data import Batch, Situation, situations
from helder.glass.check.elementary.loss_formulas import BINARY, CROSS_ENTROPY, KINDS, described
from helder.glass.check.elementary.loss_matching import Asked, Match, total_of
from helder.glass.check.elementary.slips import FORMULA, SIGMOID
from helder.glass.check.elementary.softmax_slips import columns, whole
from helder.typing import Floats

FAR = 1000.0  # added to all logits of a sample, which no softmax feels


class Link(NamedTuple):
    """A wrong way from logits to probabilities: what it is, of a batch in rows, and its cause."""

    text: str
    probabilities: Callable[[Floats], Floats]
    cause: str


def _clipped(bound: float) -> Link:
    text = f"softmax(clip(z, -{bound:g}, {bound:g}))"
    return Link(text, lambda z: softmax(np.clip(z, -bound, bound)), "softmax-alters-logits")


OF_CLASSES = (
    Link("exp(z) / sum of all exp(z)", whole, "softmax-whole-matrix"),
    Link("exp(z - max of each sample) / sum of all",
         lambda z: whole(z - z.max(axis=1, keepdims=True)), "softmax-whole-matrix"),
    Link("softmax over the samples", columns, "softmax-axis"),
    Link("softmax(z / max(z))", lambda z: softmax(z / z.max(axis=1, keepdims=True)),
         "softmax-alters-logits"),
    *map(_clipped, (0.5, 1.0, 2.0)),
    Link("softmax(-z)", lambda z: softmax(-z), FORMULA),
)  # fmt: skip
OF_YES_AND_NO = tuple(Link(slip.text, slip.value, slip.cause) for slip in SIGMOID)


def slipped_link(asked: Asked, calls: Sequence[LossCall], kind: str) -> tuple[Match, Link] | None:
    """The wrong probabilities whose loss a function gives, if it takes logits."""
    for call in calls:
        for situation in situations():
            if situation.logits and situation.samples > 1:
                for name, link in _links(kind, situation):
                    found = asked.factor_of(call, situation, KINDS[name], _through(link, situation))
                    if (
                        found
                        and found.times > 0
                        and not found.plus
                        and not found.root
                        and (described(found, situation.samples, situation.outputs)[1])
                    ):
                        return Match(name, call, situation, found), link
    return None


def _links(kind: str, situation: Situation) -> Iterator[tuple[str, Link]]:
    if situation.outputs > 1 and kind in (CROSS_ENTROPY, "loss"):
        yield from ((CROSS_ENTROPY, link) for link in OF_CLASSES)
    if situation.outputs == 1 and kind in (BINARY, "loss"):
        yield from ((BINARY, link) for link in OF_YES_AND_NO)


def _through(link: Link, situation: Situation) -> Callable[[Batch], Floats]:
    """The wrong probabilities of a batch, laid out as it is."""
    if situation.layout == "columns" and situation.outputs > 1:
        return lambda batch: link.probabilities(batch.p.T).T
    return lambda batch: link.probabilities(np.asarray(batch.p))


def is_unstable(match: Match) -> bool:
    """The same logits, all larger by much, give another loss: a softmax that overflows."""
    if not match.situation.logits or match.kind != CROSS_ENTROPY:
        return False
    batch = match.situation.batches[0]
    far = Batch(np.asarray(batch.p) + FAR, batch.y, batch.of, batch.t, batch.samples)
    near, moved = (total_of(match.call(b, match.situation)) for b in (batch, far))
    return near is not None and moved is not None and not np.isclose(near, moved, rtol=1e-4)
