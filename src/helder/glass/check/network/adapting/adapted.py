"""A network judged through an adapter: the person's lines say how it is made, read and trained."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from helder.errors import DataError, listed
from helder.glass.check.causes import CANNOT_TELL, OK
from helder.glass.check.findings import NetworkCheck
from helder.glass.check.network.adapting.adapter import UNKNOWN
from helder.glass.check.network.adapting.loading import defined, driver_text, loadable
from helder.glass.check.network.adapting.own_loss import of_own_loss
from helder.glass.check.network.binding.calls import Context
from helder.glass.check.network.binding.formats import random_data
from helder.glass.check.network.binding.listing import ways_of
from helder.glass.check.network.binding.networks import Bound
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

ROWS = 6
UNCHANGED = "Unchanged"  # the kind of problem where a step changed nothing
COPIES = "Copies"  # where values could not be set: the step was not made
OURS = {UNCHANGED: "check.adapter_unchanged", COPIES: "check.adapter_copies"}  # how we say them


class AdaptedRoot:
    """The parameters that an adapter lists, and what it makes of them: an output, a step.

    Attributes:
        came: What became of each call of `forward` and of each step, by its name: the first that
            was made is that with rows and one-hot targets.
    """

    def __init__(self, session: Session, count: int, values: dict[str, Value]) -> None:
        self.session, self.count, self.values = session, count, values
        self.after: dict[str, Value] = {}
        self.came: dict[str, list[Problem | None]] = {"forward": [], "step": []}

    def fresh(self) -> AdaptedRoot:
        copied = AdaptedRoot(self.session, self.count, dict(self.values))
        copied.came = self.came
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
            outcome = self.session.call("helder_forward", values, roles["X"])
        else:
            outcome = self.stepped(values, roles["X"], roles["Y"], roles["rate"])
        self.came[definition.name].append(outcome.problem)
        return outcome

    def stepped(self, values: list[Value], X: Value, Y: Value, rate: float) -> Outcome:
        """One step, after which the parameters are what it made of them."""
        outcome = self.session.call("helder_step", values, X, Y, rate)
        if outcome.problem is not None:
            return outcome
        if outcome.value is None:
            return Outcome(problem=Problem(COPIES, ""))
        self.after = {f"[{at}]": value for at, value in enumerate(outcome.value)}
        if all(map(np.array_equal, values, outcome.value)):
            return Outcome(problem=Problem(UNCHANGED, ""))
        return Outcome(None, None, outcome.warnings)

    def failing(self, name: str) -> Problem | None:
        """Why `forward` or `step` fails however it is given its rows; None where it does not."""
        problems = self.came[name]
        return problems[0] if problems and None not in problems else None


def check_adapted(path: Path, adapter: Path, recogniser: Recogniser) -> NetworkCheck:
    """The verdict on the network that an adapter leads to; `cannot tell` says what does not fit.

    Args:
        path: The person's file.
        adapter: The adapter.
        recogniser: Knows the person's own activations and derivatives, and the time there is.

    Raises:
        ArgumentError: The adapter is no Python file.
        DataError: It cannot be read, or lacks one of the functions of an adapter.
    """
    sources = read_sources(adapter, mine=path)
    for_script = is_of_script(sources.main.tree)
    words = defined(sources.main.tree)
    lacks = [] if "parameters" in words else ["parameters"]
    lacks += [] if words & {"step", "gradients"} else ["step"]
    if lacks and not for_script:
        raise DataError(
            f"an adapter lacks {listed(lacks)}",
            accepted="functions parameters() and step(X, Y), or gradients(X, Y)",
            where=str(adapter),
        )
    try:
        if has_gaps(sources.main.tree):
            raise DataError(say("check.adapter_gaps"))
        if for_script:
            return of_script(path, sources.main, recogniser)
        return of_functions(sources, words, recogniser)
    except DataError as problem:
        return NetworkCheck(CANNOT_TELL, evidence=str(problem))


def has_gaps(adapter: ast.Module) -> bool:
    """Whether an adapter still has `...` where only the person knows what stands there."""
    values = (part.value for part in ast.walk(adapter) if isinstance(part, ast.Constant))
    return any(value in (..., UNKNOWN) for value in values)


def of_functions(sources: Sources, words: set[str], recogniser: Recogniser) -> NetworkCheck:
    """An adapter that defines what to do."""
    with Sandbox(with_driver(sources), recogniser.deadline) as session:
        arrays = listed_arrays(session, sources)
        case = case_of(session, sources, recogniser)
        root, found = AdaptedRoot(session, len(arrays), {}), None
        ways = ways_of(arrays)
        if ways:
            best = best_of(case, bounds_of(root, ways, words))
            found = None if root.failing("forward") else finding(case, best)
        if found is None and "loss" in words:
            found = of_own_loss(session, arrays, words, recogniser.deadline)
        if found is None and not ways:
            shapes = listed([str(np.shape(array)) for array in arrays], most=12)
            raise DataError(say("check.adapter_shapes"), got=shapes)
        if found is None:
            raise unclear(root.failing("forward") or root.failing("step"), sources)
        return of_gradients(found) if "step" not in words else found


def bounds_of(root: AdaptedRoot, ways: Sequence[Any], words: set[str]) -> list[Bound]:
    """The parameters of an adapter, as layers in each way."""
    forward = definition("forward", "X") if "forward" in words else None
    plan = Plan(forward, (definition("step", "X", "Y"),))
    return [
        Bound("adapter", root, slots, (plan,),
              data=random_data(slots.inputs, slots.outputs, ROWS), whole=True)
        for slots in ways
    ]  # fmt: skip


def definition(name: str, *parameters: str) -> Definition:
    """A function of the adapter."""
    node = ast.parse("def f(): ...").body[0]
    wanted = tuple(Parameter(p) for p in parameters)
    return Definition(name, "function", "adapter.py", 1, wanted, (), node)


def of_gradients(found: NetworkCheck) -> NetworkCheck:
    """The finding of an adapter whose step is ours: nothing of it is a mistake in an update."""
    if found.causes == ("update-sign",):
        way = found.convention | {"gradients": "of the loss with its sign turned"}
        return NetworkCheck(OK, convention=way, stepped=False)
    return replace(found, stepped=False)


def of_script(path: Path, adapter: Source, recogniser: Recogniser) -> NetworkCheck:
    """An adapter that names the names of a script."""
    sources = read_sources(path)
    with Sandbox(sources, recogniser.deadline) as session:
        bounds = bind_names(session, sources.main, adapter.tree)
        case = case_of(session, sources, recogniser)
        best = best_of(case, bounds)
        found = finding(case, best)
        if found is None:
            problems = best[0].problems if best[0] is not None else []
            raise DataError(
                say("check.adapter_loop_fails", problem=problems[0].rstrip(". "))
                if problems
                else say("check.adapter_unclear")
            )
        return found


def case_of(session: Session, sources: Sources, recogniser: Recogniser) -> Case:
    """What is looked at, as where no adapter is needed."""
    return Case(session, sources.definitions, sources.trees, recogniser)


def finding(case: Case, searched: tuple[Search | None, Judged | None]) -> NetworkCheck | None:
    """The finding of the step that the adapter makes; None where it is nothing that we know."""
    best, found = searched
    if found is not None:
        return finding_of(case, found)
    if best is not None and best.grown:
        return of_grown(best.grown[0], case.definitions)
    return None


def finding_of(case: Case, judged: Judged) -> NetworkCheck:
    """What a step of an adapter was recognised as; its name is ours, and says nothing."""
    step = of_step(case, judged, lambda cause: place_of(judged, cause, case.definitions))
    return replace(step, convention={n: v for n, v in step.convention.items() if n != "step"})


def with_driver(sources: Sources) -> Sources:
    """The adapter with what makes its step."""
    text = f"{loadable(sources.main.text)}\n\n{driver_text()}"
    return replace(sources, main=replace(sources.main, text=text, tree=ast.parse(text)))


def unclear(problem: Problem | None, sources: Sources) -> DataError:
    """What is said where nothing was recognised: what failed and where, if anything did."""
    if problem is None:
        return DataError(say("check.adapter_unclear"))
    if problem.kind in OURS:
        return DataError(say(OURS[problem.kind]))
    of_driver = not problem.module and (problem.line or 0) > sources.main.text.count("\n") + 1
    if not problem.line or of_driver:
        return DataError(say("check.adapter_fails", problem=str(problem)))
    what = "check.adapter_calls" if problem.module else "check.adapter_fails_at"
    place = sources.place(problem.line, problem.module)
    return DataError(say(what, place=place, problem=str(problem)))


def listed_arrays(session: Session, sources: Sources) -> list[Value]:
    """What `parameters()` gives for a new network."""
    outcome = session.call("helder_first_arrays")
    if outcome.problem is not None:
        raise unclear(outcome.problem, sources)
    arrays = list(outcome.value)
    bad = [a for a in arrays if not isinstance(a, np.ndarray) or a.dtype.kind != "f"]
    if not arrays:
        raise DataError(say("check.adapter_empty"))
    if bad:
        raise DataError(say("check.adapter_arrays"), got=str(np.asarray(bad[0]).dtype))
    return arrays
