"""The verdict on somebody's network: every way to make a step is tried, and the best one counts."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from helder.glass.check.causes import CAUSES, CONVENTION, OK
from helder.glass.check.network import roles
from helder.glass.check.network.binding.formats import FORMATS, Data, Format
from helder.glass.check.network.binding.networks import Bound
from helder.glass.check.network.binding.parameters import is_bias, parent, random_values
from helder.glass.check.network.binding.trials import (
    SMALL_RATE,
    Failures,
    Plan,
    Trial,
)
from helder.glass.check.network.judging.evidence import first_difference
from helder.glass.check.network.judging.recognising import Recogniser, Recognition
from helder.glass.check.network.judging.trying import data_for, forms, layouts_of, tried
from helder.glass.check.network.reference.ways import Observed
from helder.glass.check.reading.definitions import Definition
from helder.typing import Floats


@dataclass(frozen=True)
class Update:
    """An update that several steps told.

    Attributes:
        plan: What made the steps.
        rule: The optimiser: Adam.
        apart: What is another convention in it than the usual one.
    """

    plan: Plan
    rule: str
    apart: str = ""


@dataclass(frozen=True)
class Judged:
    """A step that was recognised.

    Attributes:
        bound: Where the parameters are.
        plan: What made the step.
        form: How it was given its rows.
        observed: What was seen.
        recognition: What it is.
        stepped: Whether parameters changed; else gradients were read.
        of_update: Whether the gradient was seen to be right, so that the mistake is in the update.
        update: What the file's own update makes of gradients, where it is more than a multiple.
    """

    bound: Bound
    plan: Plan
    form: Format
    data: Data
    values: dict[str, Floats]
    observed: Observed
    recognition: Recognition
    stepped: bool
    of_update: bool = False
    update: Update | None = None

    @property
    def updated(self) -> bool:
        """Whether the update was seen too, and is known."""
        return self.stepped or self.update is not None

    @property
    def cause(self) -> str | None:
        """The mistake by name; None where it is right."""
        going, mistake = self.recognition.going, self.recognition.mistake
        return going.cause or (mistake.cause if mistake is not None else None)

    @property
    def also(self) -> tuple[str, ...]:
        """The causes of other mistakes in the same gradient."""
        going, mistake = self.recognition.going, self.recognition.mistake
        if mistake is None:
            return ()
        return (mistake.cause, *mistake.also) if going.cause else mistake.also

    @property
    def saw(self) -> str:
        """The mistake as a formula."""
        mistake = self.recognition.mistake
        return self.recognition.going.saw or (mistake.saw if mistake is not None else "")

    def again(self, data: Data, rate: float) -> Trial:
        """The same step on other rows, with another learning rate."""
        trial = tried(self.bound, self.plan, self.form, data, self.values, rate)
        if trial.observed is not None and self.observed.own is not None:
            seen = trial.observed.outputs if self.observed.outputs else ()
            trial.observed = replace(trial.observed, own=self.observed.own, outputs=seen)
        return trial


@dataclass(frozen=True)
class Grown:
    """A step after which a parameter has another shape."""

    plan: Plan
    bound: Bound
    form: Format
    path: str
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True)
class Strange:
    """A step, or gradients, that are nothing that we know, such as a step of Adam."""

    bound: Bound
    plan: Plan
    form: Format
    data: Data
    values: dict[str, Floats]
    observed: Observed
    stepped: bool

    def judged(self, recognition: Recognition) -> Judged:
        """The same where it was recognised after all."""
        return Judged(
            self.bound, self.plan, self.form, self.data, self.values, self.observed, recognition,
            self.stepped,
        )  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """A step that NumPy refused for its shapes, or whose gradients have other shapes.

    Attributes:
        plan: As in `Judged`.
        bound: As in `Judged`.
        form: As in `Judged`.
        ran: Whether it was not refused.
        taken: Whether forward takes rows in this form, so that the shapes are wrong behind it.
    """

    plan: Plan
    bound: Bound
    form: Format
    ran: bool = False
    taken: bool = False


@dataclass
class Search:
    """All steps that were tried with one place of parameters.

    Attributes:
        right: Those that are right.
        wrong: Those that are a mistake by name.
        grown: Those that changed a shape.
        problems: Why the others failed.
        refused: Those of them in which shapes did not fit each other.
        strange: Steps that are nothing that we know.
    """

    right: list[Judged]
    wrong: list[Judged]
    grown: list[Grown]
    problems: list[str]
    refused: list[Refused] = field(default_factory=list)
    strange: list[Strange] = field(default_factory=list)

    @property
    def conclusive(self) -> bool:
        """Whether anything was recognised."""
        return bool(self.right or self.wrong or self.grown)

    @property
    def inside(self) -> bool:
        """Whether all that was recognised is training that makes its parameters itself."""
        judged = [*self.right, *self.wrong]
        return bool(judged) and all(one.bound.inside for one in judged)

    def beside(self, other: Search) -> Search:
        """This and another of the same code."""
        return Search(
            self.right + other.right,
            self.wrong + other.wrong,
            self.grown + other.grown,
            self.problems + other.problems,
            self.refused + other.refused,
            self.strange + other.strange,
        )

    def note(self, bound: Bound, plan: Plan, form: Format, trial: Trial) -> None:
        """What a trial says before it is judged: its problem, or a bias that changes its shape."""
        if trial.problem is not None:
            self.problems.append(trial.problem)
        if trial.refused:
            self.refused.append(Refused(plan, bound, form))
        if trial.problem is None and form.layout in ("rows", "columns"):
            for path, (before, after) in trial.grown.items():
                self.grown.append(Grown(plan, bound, form, path, before, after))


Recognise = Callable[[Observed], Recognition | None]


def search(bound: Bound, recogniser: Recogniser, recognise: Recognise | None = None) -> Search:
    """Tries every plan in every format, until one is right for each.

    First those that forward takes: training may turn its rows for it.

    Args:
        bound: The place of parameters.
        recogniser: Says what a step is; when its time is over, no more are tried.
        recognise: In its place, what is soon said.
    """
    values = random_values(bound.slots)
    data = bound.data or data_for(bound)
    layouts = layouts_of(bound, values, data)
    found = Search([], [], [], [])
    every = frozenset(form.layout for form in FORMATS)
    for allowed in (layouts, every - layouts) if layouts else (every,):
        if not found.conclusive:
            found = found.beside(tried_all(bound, values, data, allowed, recogniser, recognise))
    if layouts and found.right and not found.wrong and not found.right[-1].stepped:
        alone = tuple(p for p in bound.plans if not p.first and len(p.steps) == 1)
        whole = replace(bound, plans=alone)  # what trains may turn its rows, and then go forward
        more = tried_all(whole, values, data, every - layouts, recogniser, recognise)
        found.right += [one for one in more.right if one.stepped]
        found.wrong += [one for one in more.wrong if one.stepped]
    found.refused = [replace(one, taken=one.form.layout in layouts) for one in found.refused]
    return found


def tried_all(
    bound: Bound,
    values: dict[str, Floats],
    data: Data,
    layouts: frozenset[str],
    recogniser: Recogniser,
    recognise: Recognise | None,
) -> Search:
    """Every plan in the formats of these layouts; in pairs, or as the rows are settled, always."""
    found = Search([], [], [], [])
    failures = Failures()
    for plan in bound.plans:
        for form in forms(bound, plan):
            if form.layout not in layouts and not plan.wants_pairs and bound.form is None:
                continue
            if failures.meets(plan, form):
                continue
            if recogniser.deadline.over:
                return found
            trial = tried(bound, plan, form, data, values, SMALL_RATE)
            found.note(bound, plan, form, trial)
            if trial.problem is not None:
                failures.add(plan, form, trial)
                continue
            judged = judge(bound, plan, form, data, values, trial, recognise or recogniser)
            if judged is None:
                if not trial.stepped:  # a gradient of another shape is not seen as one
                    found.refused.append(Refused(plan, bound, form, ran=True))
                if trial.observed is not None:
                    found.strange.append(
                        Strange(bound, plan, form, data, values, trial.observed, trial.stepped)
                    )
                continue
            (found.right if judged.recognition.right else found.wrong).append(judged)
            if judged.recognition.right:
                break
        if found.right and found.right[-1].stepped and found.right[-1].plan is plan:
            break  # a whole step is right: its parts are
    return found


def judge(
    bound: Bound,
    plan: Plan,
    form: Format,
    data: Data,
    values: dict[str, Floats],
    trial: Trial,
    recognise: Recognise,
) -> Judged | None:
    """What a trial is, where it is something that can be believed."""
    if trial.observed is None or not (seen_enough(trial.observed) or only_biases(bound, trial)):
        return None
    recognition = recognise(trial.observed)
    if recognition is None:
        return None
    place = bound if trial.slots is None else replace(bound, slots=trial.slots)
    judged = Judged(place, plan, form, data, values, trial.observed, recognition, trial.stepped)
    return judged if believable(judged) else None


def seen_enough(observed: Observed) -> bool:
    """Whether there are weights' gradients of every layer, and some are not zero."""
    seen = [W for W in observed.weights if W is not None]
    some = any(array is not None and np.any(array) for array in observed.arrays)
    return len(seen) == len(observed.weights) and some


def only_biases(bound: Bound, trial: Trial) -> bool:
    """Whether weights stay as they are that should have moved with their biases."""
    observed = trial.observed
    return (
        bound.whole
        and observed is not None
        and any(np.any(b) for b in observed.biases if b is not None)
    )


def believable(judged: Judged) -> bool:
    """Whether a mistake is the person's, and not one of finding our way in their code."""
    if judged.recognition.right:
        return True
    if not judged.stepped and not any(gives_gradients(step) for step in judged.plan.steps):
        return False
    slots = judged.bound.slots
    unnamed = [
        f"b{at}"
        for at, (W, b) in enumerate(zip(slots.weights, slots.biases, strict=True), 1)
        if b is not None
        and not (is_bias(b.path) or parent(b.path) == parent(W.path) or is_stepped(b.path, judged))
    ]
    known = judged.observed.known.biases  # what forward uses is a parameter, if it is not 0
    used = all(b is None or np.any(b) for b in known)
    if judged.cause == "forward-misses-bias" or (
        judged.cause == "parameter-not-updated" and not used
    ):
        return not any(name in judged.saw for name in unnamed)
    return True


def is_stepped(path: str, judged: Judged) -> bool:
    """Whether a line of the step says that this is a parameter: `d -= rate * dd`, `dd = ...`."""
    name = re.escape(path.lstrip("."))
    moves = rf"(^|[\s.]){name} ([-+]=|= (self\.)?{name} [-+])"
    update = re.compile(rf"{moves}|\b(d|grad)_?{name}(, \w+)* = ", re.MULTILINE)
    return any(update.search(ast.unparse(step.node)) for step in judged.plan.steps)


def gives_gradients(step: Definition) -> bool:
    """Whether a function's name says that it goes backward, trains or computes a loss."""
    named = any(roles.means(what, step.name) for what in (roles.BACKWARD, roles.TRAIN))
    return named or re.search(r"loss|cost|obj|delta|back", step.name, re.IGNORECASE) is not None


def verdict_of(cause: str | None) -> str:
    """The verdict that a cause deserves."""
    return OK if cause is None else CAUSES.get(cause, CONVENTION)


def saw_of(judged: Judged) -> str:
    """What was seen, with numbers."""
    said = f"{judged.plan.name}: {judged.saw}" if judged.saw else judged.plan.name
    return f"{said}. {first_difference(judged.observed, judged.recognition)}".strip()
