"""Gradients beside differences of the person's own loss, where none of the book explains them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from helder.core.activations import Activation
from helder.glass.check.network.binding.own_losses import reportings
from helder.glass.check.network.judging.deciding import OF_THE_STEP, against
from helder.glass.check.network.judging.differences import Measured, measured_by
from helder.glass.check.network.judging.recognising import (
    Recogniser,
    Recognition,
    copied,
    wrong_factors,
)
from helder.glass.check.network.judging.verdicts import Judged, Strange, believable, seen_enough
from helder.glass.check.network.reference.losses import OutputLoss
from helder.glass.check.network.reference.matching import SAME, Factors, factor
from helder.glass.check.network.reference.mistakes import Mistake
from helder.glass.check.network.reference.network import Shape, Stages
from helder.glass.check.network.reference.ways import Going, names_of
from helder.glass.check.network.scripts.root import ScriptRoot
from helder.glass.check.reading.definitions import Definition
from helder.typing import Floats

MOST_STEPS = 4
# What bends a network that was not looked into: only its loss was.
OWN = Activation("own", lambda z: z, lambda z, a: np.ones_like(z))


def by_own_loss(
    steps: Sequence[Strange], definitions: Sequence[Definition], recogniser: Recogniser
) -> Judged | None:
    """What a step is that is nothing that we know, by the loss that the code itself reports."""
    for step in likely(steps):
        for reporting in reportings(step.bound, step.plan, step.form, step.values, definitions):
            if recogniser.deadline.over:
                return None
            measured = measured_by(step, reporting)
            found = None if measured is None else recognised(measured, recogniser)
            if found is not None and believable(found):
                return with_update(found, steps, recogniser)
    return None


def likely(steps: Sequence[Strange]) -> Iterator[Strange]:
    """The steps that may be a gradient of some loss, each once, gradients before updates."""
    seen: set[bytes] = set()
    for step in sorted(steps, key=lambda one: (one.stepped, one.form.single)):
        held = step.bound.inside or isinstance(step.bound.root, ScriptRoot)  # with their rows
        if held or step.observed.key in seen or not seen_enough(step.observed):
            continue
        if len(seen) < MOST_STEPS:
            seen.add(step.observed.key)
            yield step


def recognised(measured: Measured, recogniser: Recogniser) -> Judged | None:
    """A step as the gradient of a reported loss, or as a mistake in it."""
    step, dz = measured.step, measured.dz
    found = None if dz is None else behind(step, own_loss(measured.name, dz), recogniser)
    if measured.factor is not None and not (found is not None and found.recognition.right):
        uphill = step.observed.signed and measured.factor < 0
        return None if uphill else step.judged(of_loss_alone(measured, measured.factor))
    if found is not None:
        return found
    alone = mistaken(measured)
    return None if alone is None else step.judged(alone)


def own_loss(name: str, dz: Floats) -> OutputLoss:
    """A loss by dz of the output, (N, n_out), of some rows: of these twice, or of the first."""
    return OutputLoss(name, "", lambda passed: dz[np.arange(len(passed.known.x)) % len(dz)])


def behind(step: Strange, own: OutputLoss, recogniser: Recogniser) -> Judged | None:
    """What a step is as one of this loss, whatever output stands before it."""
    observed = replace(step.observed, own=own)
    found = recogniser(observed)
    if found is not None:
        return replace(step, observed=observed).judged(found)
    observed = replace(observed, outputs=())  # an output that is none of the book's
    found = recogniser(observed)
    if found is None:
        return None
    going = replace(found.going, shape=replace(found.going.shape, output=OWN))
    return replace(step, observed=observed).judged(replace(found, going=going))


def of_loss_alone(
    measured: Measured, factor: float = 1.0, mistake: Mistake | None = None
) -> Recognition:
    """A gradient of a loss, of a network that was not looked into."""
    loss = OutputLoss(measured.name, "", lambda passed: np.full_like(passed.p, np.nan))
    going = Going(Shape((OWN,) * (measured.step.observed.known.layers - 1), OWN))
    if mistake is not None and mistake.cause == "forward-misses-bias":
        going = replace(going, cause=mistake.cause, saw=mistake.saw, layer=mistake.layer)
        mistake = None
    each = Factors((factor,) * len(measured.step.observed.arrays))
    return Recognition(going, loss, each, mistake)


def mistaken(measured: Measured) -> Recognition | None:
    """A mistake that shows in a parameter's gradient alone, whatever the network is like."""
    observed, known = measured.step.observed, Factors(tuple(measured.each))
    if not known.each:
        return None
    mistake = left_out(measured, known) or copied(observed, known)
    mistake = mistake or wrong_factors(observed, known) or wrong_sum(measured, known)
    return None if mistake is None else of_loss_alone(measured, mistake=mistake)


def left_out(measured: Measured, known: Factors) -> Mistake | None:
    """Biases that have a gradient, and that the loss does not depend on."""
    step = measured.step
    out = [
        2 * layer + 1
        for layer, slot in enumerate(step.bound.slots.biases)
        if slot is not None and known.each[2 * layer + 1] is None and measured.flat(slot.path)
    ]
    rest = Factors(tuple(f for at, f in enumerate(known.each) if at not in out))
    if not out or rest.one is None:
        return None
    names = names_of(step.observed.known)
    saw = ", ".join(f"no {names[at]} in z{at // 2 + 1}" for at in out)
    return Mistake("forward-misses-bias", saw, Stages(output=lambda p: p.error), out[0] // 2)


def wrong_sum(measured: Measured, known: Factors) -> Mistake | None:
    """A bias's gradient that is one number for all units, or that of one row."""
    step = measured.step
    wrong = [at for at, f in enumerate(known.each) if f is None]
    one = Factors(tuple(f for f in known.each if f is not None)).one
    if one is None or not wrong or any(at % 2 == 0 for at in wrong):
        return None
    found: list[tuple[str, str] | None] = []
    for at in wrong:
        slot, seen = step.bound.slots.biases[at // 2], step.observed.arrays[at]
        if slot is None or seen is None:
            return None
        found.append(summed(measured, slot.path, seen.ravel(), one))
    first = found[0]
    if first is None or any(other != first for other in found):
        return None
    return Mistake(*first, Stages(output=lambda p: p.error), wrong[0] // 2)


def summed(measured: Measured, path: str, seen: Floats, one: float) -> tuple[str, str] | None:
    """How a bias's gradient was summed: cause and formula."""
    if seen.size > 1 and np.ptp(seen) <= SAME * abs(seen).max():
        right = one * measured.gradient(path, measured.whole).sum()
        if np.isclose(seen[0], right, rtol=SAME):
            return "bias-gradient-scalar", "one number for all units: dz summed over the units too"
    for word, at in (("first", 0), ("last", -1)) if len(measured.rows) > 1 else ():
        alone = measured.gradient(path, [measured.rows[at]]).ravel()
        if seen.size > 2 and factor(seen, alone, float(abs(seen).max())):
            return "bias-gradient-one-row", f"dz of the {word} row alone"
    return None


def with_update(judged: Judged, steps: Sequence[Strange], recogniser: Recogniser) -> Judged:
    """The same with the update that goes with it, where that shows more."""
    own = judged.observed.own
    if not judged.recognition.right or judged.stepped:
        return judged
    if own is None:
        return against(judged, steps) or judged
    right: Judged | None = None
    for step in steps:
        alike = step.form == judged.form and step.bound.slots == judged.bound.slots
        if not step.stepped or not alike or recogniser.deadline.over:
            continue
        moved = behind(step, own, recogniser)
        if moved is not None and moved.cause in OF_THE_STEP:
            return replace(moved, of_update=True)
        right = right or (moved if moved is not None and moved.recognition.right else None)
    return right or against(judged, steps) or judged
