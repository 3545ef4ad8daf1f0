"""Every layer of a file by itself: its mistakes are found where no network can be followed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from helder.core.activations import Activation
from helder.glass.check.causes import heaviest
from helder.glass.check.deadline import Deadline
from helder.glass.check.findings import NetworkCheck
from helder.glass.check.network.binding.formats import Format
from helder.glass.check.network.judging.locating import Place, first_line, placed, stored
from helder.glass.check.network.judging.suspects import Suspect
from helder.glass.check.network.judging.verdicts import verdict_of
from helder.glass.check.network.layers.faults import Fault, faults_of
from helder.glass.check.network.layers.layer import Layer
from helder.glass.check.network.layers.measuring import Bench, Measured, as_given, measured
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session

OF_THE_STEP = frozenset({"update-sign", "parameter-not-updated"})  # where it is made in backward


@dataclass(frozen=True)
class Alone:
    """A layer that was judged by itself.

    Attributes:
        layer: The layer.
        seen: What it did.
        faults: Its mistakes.
    """

    layer: Layer
    seen: Measured
    faults: tuple[Fault, ...]

    def place(self, fault: Fault, session: Session, definitions: Sequence[Definition]) -> Place:
        """The method and the line that make the array that is wrong, as far as they are seen."""
        way = self.layer.forward if fault.name == "output" else self.layer.backward
        if self.seen.stepped and fault.cause in OF_THE_STEP:
            slots = [*self.seen.slots.weights, *self.seen.slots.biases]
            slots.sort(key=lambda slot: slot in self.seen.slots.weights, reverse=fault.name == "dW")
            found = [stored(way.definition, slot.path) for slot in slots if slot is not None]
            lines = [place for place in found if place is not None]
        else:
            made = self.made(fault, way.definition, session, definitions)
            lines = [] if made is None else [made]
        return lines[0] if lines else (way.definition, way.definition.line)

    def made(
        self, fault: Fault, method: Definition, session: Session, definitions: Sequence[Definition]
    ) -> Place | None:
        """The line that makes the array that is wrong."""
        form = self.seen.form
        bench = Bench(session, self.layer, form)
        if not bench.prepare():
            return None
        if not np.any(fault.array):
            bench.fill()
        seen = bench.watched(as_given(form, self.seen.x), as_given(form, self.seen.g))
        lines = (first_line(seen, Suspect(one, scaled=False), method) for one in fault.traces)
        found = (placed(line, definitions, [method]) for line in lines)
        return next((place for place in found if place is not None), None)


def alone(
    session: Session, layers: Sequence[Layer], own: Sequence[Activation], deadline: Deadline
) -> list[Alone]:
    """The layers that could be judged by themselves, each in the form that counts.

    Args:
        session: Where the file is loaded.
        layers: What it defines.
        own: Activations of the person's that the book does not have.
        deadline: When no further layer is judged.
    """
    forms = tuple(dict.fromkeys(f for layer in layers if layer.weighted for f in layer.forms))
    found: list[Alone] = []
    for layer in layers:
        if deadline.over:
            break
        ways = judged_alone(session, layer, layer.forms if layer.weighted else forms, own)
        one = next(ways, None) if layer.weighted else best_of(ways)
        if one is not None:
            found.append(one)
    return found


def judged_alone(
    session: Session, layer: Layer, forms: Sequence[Format], own: Sequence[Activation]
) -> Iterator[Alone]:
    """A layer with rows in each of these forms that it takes, several rows first."""
    for form in sorted(forms or layer.forms, key=lambda form: form.single):
        seen = measured(session, layer, form)
        if seen is not None:
            yield Alone(layer, seen, tuple(faults_of(seen, own)))


def best_of(ways: Iterator[Alone]) -> Alone | None:
    """A layer in the first form in which it is right; one row alone counts where no more go in."""
    first: Alone | None = None
    for one in ways:
        if first is not None and one.seen.form.single and not first.seen.form.single:
            return first
        if not one.faults:
            return one
        first = first or one
    return first


def of_faulty(
    faulty: Sequence[Alone], session: Session, definitions: Sequence[Definition]
) -> NetworkCheck | None:
    """The finding of layers that are wrong by themselves; None where none is."""
    if not faulty:
        return None
    places = {
        (fault.cause, *one.place(fault, session, definitions)): fault.evidence
        for one in faulty
        for fault in one.faults
    }
    causes = tuple(dict.fromkeys(cause for cause, _, _ in places))
    first = next(iter(places))
    said = [f"{where.path}, line {line}: {saw}" for (_, where, line), saw in places.items()]
    return NetworkCheck(
        verdict=heaviest([verdict_of(cause) for cause in causes]),
        causes=causes,
        evidence="; ".join(said),
        function=first[1].path,
        file=first[1].file,
        line=first[2],
    )


def with_more(found: NetworkCheck, alone_wrong: NetworkCheck | None) -> NetworkCheck:
    """The finding of layers put together, with what else is wrong in them one by one.

    Where the layers by themselves have its mistake too, both see the same code, and these know
    its line better. A parameter whose gradient is 0 is not forgotten by what makes the step.
    """
    if alone_wrong is None:
        return found
    if found.causes[0] == "parameter-not-updated" and "gradient-zero" in alone_wrong.causes:
        return alone_wrong
    if found.causes[0] not in alone_wrong.causes:
        return found
    more = [cause for cause in alone_wrong.causes if cause not in found.causes]
    if not more:
        same = alone_wrong.causes[0] == found.causes[0]
        return replace(found, function=alone_wrong.function, file=alone_wrong.file,
                       line=alone_wrong.line) if same else found  # fmt: skip
    evidence = f"{found.evidence}; {alone_wrong.evidence}"
    return replace(found, causes=(*found.causes, *more), evidence=evidence)
