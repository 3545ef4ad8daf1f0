"""Functions that go forward by themselves, beside the one that trains: whether they do it alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helder.core.activations import ACTIVATIONS
from helder.glass.check.network import roles
from helder.glass.check.network.binding.formats import FORMATS
from helder.glass.check.network.binding.trials import (
    SMALL_RATE,
    Plan,
    context_for,
    outputs_of,
    prepared,
)
from helder.glass.check.network.judging.refining import called_by
from helder.glass.check.network.judging.verdicts import Judged
from helder.glass.check.network.reference.network import Known, Shape, forward
from helder.glass.check.network.reference.ways import near, wirings
from helder.glass.check.network.scripts.root import ScriptRoot
from helder.glass.check.reading.definitions import Definition
from helder.typing import Floats

SAME = 1e-6  # of two outputs, of the largest number


@dataclass(frozen=True)
class Slip:
    """A function that joins the layers otherwise than the step does.

    Attributes:
        definition: The function.
        cause: The mistake.
        saw: It as a formula.
    """

    definition: Definition
    cause: str
    saw: str


def slip_beside(judged: Judged, definitions: Sequence[Definition]) -> Slip | None:
    """The mistake in a function that goes forward, and that a right step does not call."""
    of_loop = isinstance(judged.bound.root, ScriptRoot)  # which calls no functions
    if judged.bound.inside or of_loop or not judged.recognition.right:
        return None
    for definition in others(judged, definitions):
        for known, outputs in answers(judged, definition):
            slip = slip_in(definition, judged.recognition.going.shape, known, outputs)
            if slip is not None:
                return slip
    return None


def others(judged: Judged, definitions: Sequence[Definition]) -> Iterator[Definition]:
    """The functions beside the step whose names say that they go forward."""
    classes = {d.path for d in definitions if d.kind == "class"}
    owner = judged.bound.name if judged.bound.name in classes else ""
    steps = [*judged.plan.steps, *called_by(judged.plan.steps, definitions)]
    for definition in definitions:
        named = roles.means(roles.FORWARD, definition.name) and definition.kind != "class"
        if named and definition.owner == owner and definition not in steps:
            yield definition


def answers(judged: Judged, definition: Definition) -> Iterator[tuple[Known, tuple[Floats, ...]]]:
    """What a function gives for the rows of the step, in each layout, with their parameters."""
    slots = judged.bound.slots
    wanted = [p.name for p in definition.parameters if p.default is None]
    for form in {form.layout: form for form in reversed(FORMATS)}.values():
        seen = judged.data.first(1) if form.single else judged.data
        context = context_for(form, seen, SMALL_RATE, slots)
        if len(wanted) == 1 and "X" in context.roles:  # whatever it is called
            context.names[wanted[0]] = context.roles["X"]
        ready = prepared(judged.bound.root, judged.values, context)
        known = slots.known(judged.values, seen.x, seen.y)
        if ready is not None and known is not None:
            yield known, outputs_of(ready, Plan(definition, ()), context, seen, slots)


def slip_in(
    definition: Definition, shape: Shape, known: Known, outputs: Sequence[Floats]
) -> Slip | None:
    """The mistake that explains an output; it may end before the last activation."""
    for ends in (shape, Shape(shape.hidden, ACTIVATIONS["identity"])):
        if any(near(output, forward(known, ends).p, SAME) for output in outputs):
            return None
        for wiring, cause, saw, _ in wirings(known) if outputs else ():
            wrong = forward(known, ends, wiring).p
            if any(near(output, wrong, SAME) for output in outputs):
                return Slip(definition, cause, saw)
    return None
