"""A network judged through an adapter: the person's lines say how it is made, read and trained."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from helder.core.activations import Activation
from helder.errors import DataError, listed
from helder.glass.check.causes import CANNOT_TELL
from helder.glass.check.deadline import Deadline
from helder.glass.check.findings import NetworkCheck
from helder.glass.check.network.binding.calls import Context
from helder.glass.check.network.binding.formats import Data, random_data
from helder.glass.check.network.binding.listing import ways_of
from helder.glass.check.network.binding.networks import Bound
from helder.glass.check.network.binding.parameters import Slots
from helder.glass.check.network.binding.trials import Plan
from helder.glass.check.network.case import Case
from helder.glass.check.network.checking import best_of
from helder.glass.check.network.concluding import of_grown, of_step, place_of
from helder.glass.check.network.judging.recognising import Recogniser
from helder.glass.check.network.judging.verdicts import Judged, Search
from helder.glass.check.network.scripts.adapted import bind_names, is_of_script
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.reading.sources import Source, Sources, read_sources
from helder.glass.check.session import Outcome, Problem, Session, Value
from helder.glass.check.sessions.sandbox import Sandbox
from helder.text import say

NEEDED = ("make", "parameters", "step")  # and `forward`, which may be left out
ROWS = 6
UNCHANGED = "Unchanged"  # the kind of problem where a step changed nothing


class AdaptedRoot:
    """The parameters that an adapter lists, and what it makes of them: an output, a step."""

    def __init__(self, session: Session, count: int, values: dict[str, Value]) -> None:
        self.session, self.count, self.values = session, count, values
        self.after: dict[str, Value] = {}
        self.going: list[Problem | None] = []  # what became of each call of forward

    def fresh(self) -> AdaptedRoot:
        copied = AdaptedRoot(self.session, self.count, dict(self.values))
        copied.going = self.going
        return copied

    def state(self) -> dict[str, Value]:
        found = self.after or self.values
        return {f"{letter}{path}": value for path, value in found.items() for letter in "Wb"}

    def assign(self, path: str, value: Value) -> None:
        self.values[path.strip("Wb")] = value

    def set_up(self, roles: dict[str, Any]) -> None:
        """Nothing: the adapter is given the learning rate."""

    def call(self, definition: Definition, context: Context) -> Outcome:
        """What forward gives, or one step."""
        values, roles = [self.values[f"[{at}]"] for at in range(self.count)], context.roles
        if definition.name == "forward":
            going = self.session.call("helder_forward", values, roles["X"])
            self.going.append(going.problem)
            return going
        outcome = self.session.call("helder_step", values, roles["X"], roles["Y"], roles["rate"])
        if outcome.problem is not None:
            return outcome
        if outcome.value is None:
            raise DataError(say("check.adapter_copies"))
        self.after = {f"[{at}]": value for at, value in enumerate(outcome.value)}
        if all(map(np.array_equal, values, outcome.value)):
            return Outcome(problem=Problem(UNCHANGED, ""))
        return Outcome(None, None, outcome.warnings)


def check_adapted(
    path: Path, adapter: Path, own: Sequence[Activation], deadline: Deadline
) -> NetworkCheck:
    """The verdict on the network that an adapter leads to; `cannot tell` says what does not fit.

    Args:
        path: The person's file.
        adapter: The adapter.
        own: The person's own activations, as far as they were found.
        deadline: For all that is tried.

    Raises:
        ArgumentError: The adapter is no Python file.
        DataError: It cannot be read, or lacks one of the functions of an adapter.
    """
    sources = read_sources(adapter, mine=path)
    for_script = is_of_script(sources.main.tree)
    if not for_script:
        there = {d.path for d in sources.definitions if d.file == sources.main.path.name}
        missing = [name for name in NEEDED if name not in there]
        if missing:
            raise DataError(
                f"an adapter lacks {listed(missing)}",
                accepted=f"functions {listed(NEEDED)}",
                where=str(adapter),
            )
    try:
        recogniser = Recogniser(own, deadline)
        if for_script:
            return of_script(path, sources.main, recogniser)
        return of_functions(sources, recogniser)
    except DataError as problem:
        return NetworkCheck(CANNOT_TELL, evidence=str(problem))


def of_functions(sources: Sources, recogniser: Recogniser) -> NetworkCheck:
    """An adapter that defines what to do."""
    known = {d.name: d for d in sources.definitions if d.file == sources.main.path.name}
    with Sandbox(with_driver(sources), recogniser.deadline) as session:
        arrays = listed_arrays(session)
        step = replace(known["step"], parameters=(Parameter("X"), Parameter("Y")), returns=())
        forward = known.get("forward")
        if forward is not None:
            forward = replace(forward, parameters=(Parameter("X"),), returns=())
        ways = list(ways_of(arrays))
        if not ways:
            shapes = listed([str(np.shape(array)) for array in arrays], most=12)
            raise DataError(say("check.adapter_shapes"), got=shapes)
        plan = Plan(forward, (step,))
        root = AdaptedRoot(session, len(arrays), {})
        bounds = [
            Bound("adapter", root, slots, (plan,), data=data_of(slots), whole=True)
            for slots in ways
        ]
        case = case_of(session, sources, recogniser)
        found = best_of(case, bounds)
        if root.going and all(problem is not None for problem in root.going):
            raise failing([str(problem) for problem in root.going if problem is not None])
        return judged(case, found)


def of_script(path: Path, adapter: Source, recogniser: Recogniser) -> NetworkCheck:
    """An adapter that names the names of a script."""
    sources = read_sources(path)
    with Sandbox(sources, recogniser.deadline) as session:
        bounds = bind_names(session, sources.main, adapter.tree)
        case = case_of(session, sources, recogniser)
        return judged(case, best_of(case, bounds))


def case_of(session: Session, sources: Sources, recogniser: Recogniser) -> Case:
    """What is looked at, as where no adapter is needed."""
    return Case(session, sources.definitions, sources.trees, recogniser)


def judged(case: Case, searched: tuple[Search | None, Judged | None]) -> NetworkCheck:
    """The finding of the step that the adapter makes."""
    best, found = searched
    if found is not None:
        step = of_step(case, found, lambda cause: place_of(found, cause, case.definitions))
        return replace(step, convention={n: v for n, v in step.convention.items() if n != "step"})
    if best is not None and best.grown:
        return of_grown(best.grown[0], case.definitions)
    problems = [] if best is None else best.problems
    raise failing(problems) if problems else DataError(say("check.adapter_unclear"))


def with_driver(sources: Sources) -> Sources:
    """The adapter with what makes its step."""
    text = f"{sources.main.text.rstrip()}\n\n\n{driver_text()}"
    return replace(sources, main=replace(sources.main, text=text, tree=ast.parse(text)))


def driver_text() -> str:
    """What is added to an adapter, wherever it is loaded."""
    return resources.files(__package__).joinpath("adapter_driver.py").read_text("utf-8")


def failing(problems: Sequence[str]) -> DataError:
    """What is said where the adapter raises: what it raised with most forms of the rows."""
    problem, _ = Counter(problems).most_common(1)[0]
    if problem == UNCHANGED:
        return DataError(say("check.adapter_unchanged"))
    return DataError(say("check.adapter_fails", problem=problem))


def listed_arrays(session: Session) -> list[Value]:
    """What `parameters(make())` gives."""
    outcome = session.call("helder_arrays")
    if outcome.problem is not None:
        raise failing([str(outcome.problem)])
    arrays = list(outcome.value)
    bad = [a for a in arrays if not isinstance(a, np.ndarray) or a.dtype.kind != "f"]
    if not arrays:
        raise DataError(say("check.adapter_empty"))
    if bad:
        raise DataError(say("check.adapter_arrays"), got=str(np.asarray(bad[0]).dtype))
    return arrays


def data_of(slots: Slots) -> Data:
    """Random rows in the sizes of the network."""
    return random_data(slots.inputs, slots.outputs, ROWS)
