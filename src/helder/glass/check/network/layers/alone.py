"""Every layer of a file by itself: its mistakes are found where no network can be followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from helder.core.activations import Activation
from helder.glass.check.causes import heaviest
from helder.glass.check.deadline import Deadline
from helder.glass.check.findings import NetworkCheck
from helder.glass.check.network.judging.locating import first_line, placed
from helder.glass.check.network.judging.suspects import Suspect
from helder.glass.check.network.judging.verdicts import verdict_of
from helder.glass.check.network.layers.faults import Fault, faults_of
from helder.glass.check.network.layers.layer import Layer
from helder.glass.check.network.layers.measuring import Bench, Measured, in_rows, measured
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session


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

    def place(
        self, fault: Fault, session: Session, definitions: Sequence[Definition]
    ) -> tuple[Definition, int]:
        """The method and the line that make the array that is wrong."""
        way = self.layer.forward if fault.name == "output" else self.layer.backward
        lay = in_rows(self.seen.form)
        bench = Bench(session, self.layer, self.seen.form)
        seen = bench.watched(lay(self.seen.x), lay(self.seen.g)) if bench.prepare() else []
        found = placed(
            first_line(seen, Suspect(fault.array, scaled=False), way.definition),
            definitions,
            [way.definition],
        )
        return found or (way.definition, way.definition.line)


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
    found: list[Alone] = []
    for layer in layers:
        if deadline.over:
            break
        one = judged_alone(session, layer, own)
        if one is not None:
            found.append(one)
    return found


def judged_alone(session: Session, layer: Layer, own: Sequence[Activation]) -> Alone | None:
    """A layer with several rows where it takes them, else with one."""
    for form in sorted(layer.forms, key=lambda form: form.single):
        seen = measured(session, layer, form)
        if seen is not None:
            return Alone(layer, seen, tuple(faults_of(seen, own)))
    return None


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

    Only where the layers by themselves have its mistake too: then both see the same code.
    """
    if alone_wrong is None or not set(found.causes) & set(alone_wrong.causes):
        return found
    more = [cause for cause in alone_wrong.causes if cause not in found.causes]
    if not more:
        return found
    evidence = f"{found.evidence}; {alone_wrong.evidence}"
    return replace(found, causes=(*found.causes, *more), evidence=evidence)
