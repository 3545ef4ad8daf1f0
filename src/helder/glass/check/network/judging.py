"""The verdict on somebody's network: every way to make a step is tried, and the best one counts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from helder.glass.check.causes import CAUSES, CONVENTION, OK
from helder.glass.check.definitions import Definition
from helder.glass.check.network import roles
from helder.glass.check.network.binding import Bound
from helder.glass.check.network.constructing import DISTINCT
from helder.glass.check.network.evidence import first_difference
from helder.glass.check.network.formats import FORMATS, PAIRS, Data, Format, random_data
from helder.glass.check.network.inside import try_inside
from helder.glass.check.network.parameters import is_bias, random_values
from helder.glass.check.network.recognising import Recogniser, Recognition
from helder.glass.check.network.trials import (
    LARGE_RATE,
    SMALL_RATE,
    Failures,
    Plan,
    Trial,
    context_for,
    prepared,
    try_step,
)
from helder.glass.check.network.ways import Observed
from helder.typing import Floats

# Mistakes of the step itself: where going backward alone is right, these may still be.
OF_THE_STEP = frozenset(
    {
        "update-sign",
        "parameter-not-updated",
        "update-before-use",
        "gradient-scale",
        "gradient-divided-twice",
        "bias-gradient-scalar",
        "bias-shape-grows",
    }
)


# Mistakes in summing over the rows, which one row alone cannot show.
OVER_THE_ROWS = frozenset(
    {"gradient-scale", "gradient-divided-twice", "bias-gradient-scalar", "bias-gradient-one-row"}
)


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
    """

    bound: Bound
    plan: Plan
    form: Format
    data: Data
    values: dict[str, Floats]
    observed: Observed
    recognition: Recognition
    stepped: bool

    @property
    def cause(self) -> str | None:
        """The mistake by name; None where it is right."""
        going, mistake = self.recognition.going, self.recognition.mistake
        return going.cause or (mistake.cause if mistake is not None else None)

    @property
    def saw(self) -> str:
        """The mistake as a formula."""
        mistake = self.recognition.mistake
        return self.recognition.going.saw or (mistake.saw if mistake is not None else "")

    def again(self, data: Data, rate: float) -> Trial:
        """The same step on other rows, with another learning rate."""
        return tried(self.bound, self.plan, self.form, data, self.values, rate)


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
class Refused:
    """A step that NumPy refused for the shapes of its arrays."""

    plan: Plan
    bound: Bound
    form: Format


@dataclass
class Search:
    """All steps that were tried with one place of parameters.

    Attributes:
        right: Those that are right.
        wrong: Those that are a mistake by name.
        grown: Those that changed a shape.
        problems: Why the others failed.
        refused: Those of them in which shapes did not fit each other.
    """

    right: list[Judged]
    wrong: list[Judged]
    grown: list[Grown]
    problems: list[str]
    refused: list[Refused] = field(default_factory=list)

    @property
    def conclusive(self) -> bool:
        """Whether anything was recognised."""
        return bool(self.right or self.wrong or self.grown)


Recognise = Callable[[Observed], Recognition | None]


def search(bound: Bound, recogniser: Recogniser, recognise: Recognise | None = None) -> Search:
    """Tries every plan in every format, until one is right for each.

    Args:
        bound: The place of parameters.
        recogniser: Says what a step is; when its time is over, no more are tried.
        recognise: In its place, what is soon said.
    """
    found = Search([], [], [], [])
    values = random_values(bound.slots)
    data = bound.data or data_for(bound)
    failures = Failures()
    layouts = layouts_of(bound, values, data)
    for plan in bound.plans:
        for form in forms(bound, plan):
            if layouts and form.layout not in layouts and not plan.wants_pairs:
                continue
            if failures.meets(plan, form):
                continue
            if recogniser.deadline.over:
                return found
            trial = tried(bound, plan, form, data, values, SMALL_RATE)
            if trial.problem is not None:
                found.problems.append(trial.problem)
                failures.add(plan, form, trial)
                if trial.refused:
                    found.refused.append(Refused(plan, bound, form))
                continue
            if form.layout in ("rows", "columns"):
                for path, (before, after) in trial.grown.items():
                    found.grown.append(Grown(plan, bound, form, path, before, after))
            judged = judge(bound, plan, form, data, values, trial, recognise or recogniser)
            if judged is None:
                continue
            (found.right if judged.recognition.right else found.wrong).append(judged)
            if judged.recognition.right:
                break
        if found.right and found.right[-1].stepped and found.right[-1].plan is plan:
            break  # a whole step is right: its parts are
    return found


def data_for(bound: Bound) -> Data:
    """Random rows in the sizes of the network."""
    if bound.inside:
        return random_data(DISTINCT.inputs, DISTINCT.outputs)
    return random_data(bound.slots.inputs, bound.slots.outputs)


def tried(
    bound: Bound, plan: Plan, form: Format, data: Data, values: dict[str, Floats], rate: float
) -> Trial:
    """One step, where the parameters are given or made inside."""
    if bound.inside:
        return try_inside(bound.root, plan, form, data, rate)
    return try_step(bound.root, bound.slots, values, plan, form, data, rate)


def layouts_of(bound: Bound, values: dict[str, Floats], data: Data) -> frozenset[str]:
    """The layouts of rows that forward takes; empty where it is not known."""
    forward = next((plan.forward for plan in bound.plans if plan.forward is not None), None)
    if forward is None or bound.inside or bound.form is not None:
        return frozenset()
    found: set[str] = set()
    for form in {form.layout: form for form in reversed(FORMATS)}.values():
        seen = data.first(1) if form.single else data
        context = context_for(form, seen, SMALL_RATE, bound.slots)
        ready = prepared(bound.root, values, context)
        if ready is not None and ready.call(forward, context).problem is None:
            found.add(form.layout)
    return frozenset(found)


def forms(bound: Bound, plan: Plan) -> Iterator[Format]:
    """The formats that a plan may want."""
    if bound.form is not None:
        yield bound.form
        return
    yield from PAIRS if plan.wants_pairs else FORMATS


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
    judged = Judged(bound, plan, form, data, values, trial.observed, recognition, trial.stepped)
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
        if b is not None and not is_bias(b.path) and parent(b.path) != parent(W.path)
    ]
    if judged.cause in ("forward-misses-bias", "parameter-not-updated"):
        return not any(name in judged.saw for name in unnamed)
    return True


def gives_gradients(step: Definition) -> bool:
    """Whether a function's name says that it goes backward, trains or computes a loss."""
    named = any(roles.means(what, step.name) for what in (roles.BACKWARD, roles.TRAIN))
    return named or re.search(r"loss|cost|obj|delta", step.name, re.IGNORECASE) is not None


def parent(path: str) -> str:
    """What an array stands in: `params[2]` of `params[2][1]`; itself where it stands alone."""
    return path.rpartition("[")[0] or path


def shows_over_rows(judged: Judged) -> bool:
    """Whether a mistake was seen with several rows, which one row may hide."""
    forward = judged.recognition.going.cause is not None and bool(judged.observed.outputs)
    return not judged.form.single and (judged.cause in OVER_THE_ROWS or forward)


def is_part(judged: Judged) -> bool:
    """Whether a step may be a part of the update: one function for weights, one for biases."""
    lasts = {plan.steps[-1].path for plan in judged.bound.plans if len(plan.steps) > 1}
    return not judged.bound.whole and len(judged.plan.steps) == 2 and len(lasts) > 1


def decided(found: Search) -> Judged | None:
    """The step that counts: right if one is, unless the update of another is wrong."""
    if found.right:
        best = min(found.right, key=lambda j: (j.form.single, not j.stepped))
        of_rows = [j for j in found.wrong if shows_over_rows(j)]
        if best.form.single and of_rows:
            return of_rows[0]
        used = {step.path for step in best.plan.steps}
        for other in found.wrong:
            updates = {step.path for step in other.plan.steps} - used
            if other.form != best.form or not (other.stepped and updates):
                continue
            part = other.cause == "parameter-not-updated" and is_part(other)
            if other.cause in OF_THE_STEP and not part:
                return other
        return best
    ranked = sorted(found.wrong, key=lambda j: (not j.observed.outputs, not j.stepped))
    return ranked[0] if ranked else None


def followed_up(judged: Judged, recognise: Recognise) -> tuple[str | None, str, float | None]:
    """What only another step shows: a cause, what was seen, and what twice the rows do.

    With a large rate, weights that are updated before they are used differ from those before. With
    every row twice, a sum doubles, a mean stays, and what is divided twice is halved.
    """
    ratio = None
    if not judged.form.single:
        ratio = ratio_of_twice(judged, recognise)
    if ratio is not None and abs(ratio - 0.25) < 0.01:
        saw = "with every row twice, the gradient is halved where a mean would stay"
        return "gradient-divided-twice", saw, ratio
    if judged.stepped:
        one_row = judged.again(judged.data.first(1), LARGE_RATE)
        if one_row.observed is None:  # the file may count on as many rows as it has
            one_row = judged.again(judged.data, LARGE_RATE)
        if one_row.observed is not None and seen_enough(one_row.observed):
            found = recognise(one_row.observed)
            mistake = None if found is None else found.mistake
            if mistake is not None and mistake.cause == "update-before-use":
                return mistake.cause, mistake.saw, ratio
    return None, "", ratio


def ratio_of_twice(judged: Judged, recognise: Recognise) -> float | None:
    """What twice the rows make of the gradient: 1 of a sum, 1/2 of a mean; the least of all.

    The gradient is compared with that summed over the rows, which is twice as large.
    """
    trial = judged.again(judged.data.twice(), SMALL_RATE)
    if trial.observed is None:
        return None
    found = recognise(trial.observed)
    if found is None:
        return None
    pairs = zip(judged.recognition.factors.each, found.factors.each, strict=True)
    ratios = [two / one for one, two in pairs if one and two and math.isfinite(two / one)]
    return min(ratios, default=None)


def verdict_of(cause: str | None) -> str:
    """The verdict that a cause deserves."""
    return OK if cause is None else CAUSES.get(cause, CONVENTION)


def saw_of(judged: Judged) -> str:
    """What was seen, with numbers."""
    said = f"{judged.plan.name}: {judged.saw}" if judged.saw else judged.plan.name
    return f"{said}. {first_difference(judged.observed, judged.recognition)}".strip()
