"""Which of the steps that were tried counts, and what only another step shows."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from helder.glass.check.network.binding.inside import try_late
from helder.glass.check.network.binding.trials import LARGE_RATE, SMALL_RATE
from helder.glass.check.network.judging.recognising import Recogniser, Recognition
from helder.glass.check.network.judging.verdicts import (
    Judged,
    Recognise,
    Search,
    Strange,
    believable,
    seen_enough,
)
from helder.glass.check.network.reference.matching import Factors
from helder.glass.check.network.reference.mistakes import Mistake
from helder.glass.check.network.reference.network import Known, Stages
from helder.glass.check.network.reference.ways import names_of
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

# Mistakes that can be of nothing but the update.
OF_THE_UPDATE = frozenset({"update-sign", "parameter-not-updated", "update-before-use"})
# What the first step of training that starts with biases of 0 does not show.
SHOWN_LATE = frozenset({"forward-misses-bias", "update-before-use"})
PARAMETER = re.compile(r"\b[Wb]\d+\b")
CLEAR = 1e-3  # of the largest number: what is smaller may have any sign
ENOUGH = 3  # numbers with the other sign


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
    if not found.right:
        ranked = sorted(found.wrong, key=lambda j: (not j.observed.outputs, not j.stepped))
        return of_the_gradient(ranked[0], found.wrong) if ranked else None
    best = min(found.right, key=lambda j: (j.form.single, not j.stepped))
    of_rows = [j for j in found.wrong if shows_over_rows(j)]
    if best.form.single and of_rows:
        return of_rows[0]
    used = {step.path for step in best.plan.steps}
    for other in found.wrong:
        updates = {step.path for step in other.plan.steps} - used
        alike = other.form == best.form or (not best.stepped and other.cause in OF_THE_UPDATE)
        if alike and other.stepped and updates and is_whole(other):
            return replace(other, of_update=not best.stepped)
    hidden = [j for j in found.wrong if j.cause == "forward-misses-bias" and not j.bound.inside]
    if best.bound.inside and hidden:  # the biases of 0 that training makes say nothing of them
        return hidden[0]
    return (None if best.stepped else against(best, found.strange)) or best


def is_whole(judged: Judged) -> bool:
    """Whether a step is wrong, and not a part of one that is right with another."""
    part = judged.cause == "parameter-not-updated" and is_part(judged) and not named_in(judged)
    return judged.cause in OF_THE_STEP and not part


def named_in(judged: Judged) -> bool:
    """Whether what updates has all parameters in it that stay as they are."""
    slots, last = judged.bound.slots, ast.unparse(judged.plan.steps[-1].node)
    still = set(PARAMETER.findall(judged.saw))
    paths = [
        slot.path
        for letter, each in (("W", slots.weights), ("b", slots.biases))
        for at, slot in enumerate(each, 1)
        if slot is not None and f"{letter}{at}" in still
    ]
    names = [re.findall(r"[A-Za-z_]\w*", path)[-1] for path in paths]
    return bool(names) and all(re.search(rf"\b{name}\b", last) for name in names)


def of_the_gradient(judged: Judged, others: Sequence[Judged]) -> Judged:
    """Of a parameter that stays as it is because its gradient is 0, the gradient."""
    for other in others if "parameter-not-updated" in (judged.cause, *judged.also) else ():
        same = set(PARAMETER.findall(other.saw)) == set(PARAMETER.findall(judged.saw))
        zero = "gradient-zero" in (other.cause, *other.also)
        if zero and other.form.single == judged.form.single and same:
            return other
    return judged


def against(best: Judged, steps: Sequence[Strange]) -> Judged | None:
    """A step that we cannot explain, such as Adam's, that goes up a gradient that is right."""
    factor = best.recognition.factors.one or 0.0
    gradients = [None if g is None else g * factor for g in best.observed.arrays]
    names = names_of(best.observed.known)
    for step in steps:
        if not step.stepped or not from_there(step.observed.known, best.observed.known):
            continue
        ways = [way_along(m, g) for m, g in zip(step.observed.arrays, gradients, strict=True)]
        mistake = None if None in ways else mistake_along(names, ways, step.observed.arrays)
        if mistake is None:
            continue
        going = Recognition(
            best.recognition.going,
            best.recognition.loss,
            Factors((math.nan,) * len(names)),
            mistake,
        )  # by how much it differs says nothing
        judged = replace(
            best, plan=step.plan, form=step.form, observed=step.observed, recognition=going,
            stepped=True, of_update=True,
        )  # fmt: skip
        if is_whole(judged):
            return judged
    return None


def from_there(one: Known, other: Known) -> bool:
    """Whether two steps begin with the same weights, on the same rows."""
    pairs = zip((one.x, *one.weights), (other.x, *other.weights), strict=False)
    return len(one.weights) == len(other.weights) and all(np.array_equal(a, b) for a, b in pairs)


def way_along(moved: Floats | None, gradient: Floats | None) -> int | None:
    """1 where all numbers go down the gradient, -1 up, 0 where none moves; None for neither."""
    if moved is None or gradient is None:
        return 1
    if not np.any(gradient):
        return 1
    if not np.any(moved):
        return 0
    clear = np.abs(gradient) > CLEAR * np.abs(gradient).max()
    signs = set(np.sign(moved[clear] * gradient[clear]).astype(int).tolist())
    return signs.pop() if len(signs) == 1 else None


def mistake_along(
    names: Sequence[str], ways: Sequence[int | None], moved: Sequence[Floats | None]
) -> Mistake | None:
    """The mistake in a step of which only the directions are known."""
    stages = Stages(output=lambda p: p.error)
    up = [name for name, way in zip(names, ways, strict=True) if way == -1]
    still = [name for name, way in zip(names, ways, strict=True) if way == 0]
    if len(up) == len(names):
        return Mistake("update-sign", "every parameter goes uphill", stages)
    sizes = [m.size for m, way in zip(moved, ways, strict=True) if way == -1 and m is not None]
    if up and sum(sizes) >= ENOUGH and not still:
        return Mistake("update-sign", f"{', '.join(up)} with the other sign", stages)
    if still and not up and len(still) < len(names):
        return Mistake("parameter-not-updated", f"{', '.join(still)} never changes", stages)
    return None


def with_several(steps: Sequence[Strange], recogniser: Recogniser) -> Judged | None:
    """Several mistakes in one of the steps that are nothing that we know, if they are that."""
    seen: set[bytes] = set()
    for step in steps:
        if recogniser.deadline.over:
            return None
        if step.observed.key in seen or not seen_enough(step.observed):
            continue
        seen.add(step.observed.key)
        found = recogniser.thoroughly(step.observed)
        if found is None:
            continue
        judged = step.judged(found)
        if believable(judged):
            return judged
    return None


def followed_up(judged: Judged, recogniser: Recogniser) -> tuple[str | None, str, float | None]:
    """What only another step shows: a cause, what was seen, and what twice the rows do.

    With a large rate, weights that are updated before they are used differ from those before. With
    every row twice, a sum doubles, a mean stays, and what is divided twice is halved.
    """
    recognise = recogniser if judged.recognition.mistake is None else recogniser.thoroughly
    ratio = None
    if not judged.form.single:
        ratio = ratio_of_twice(judged, recognise)
    if ratio is not None and abs(ratio - 0.25) < 0.01:
        saw = "with every row twice, the gradient is halved where a mean would stay"
        return "gradient-divided-twice", saw, ratio
    if judged.bound.inside:
        late = try_late(judged.bound.root, judged.plan, judged.form, judged.data)
        found = recognise(late.observed) if late.observed is not None else None
        later = None if found is None else replace(judged, recognition=found)
        if later is not None and later.cause in SHOWN_LATE:
            return later.cause, later.saw, ratio
    if judged.stepped:
        one_row = judged.again(judged.data.first(1), LARGE_RATE)
        if one_row.observed is None:  # the file may count on as many rows as it has
            one_row = judged.again(judged.data, LARGE_RATE)
        if one_row.observed is not None and seen_enough(one_row.observed):
            found = recognise(one_row.observed)
            mistake = None if found is None else found.mistake
            cause = "update-before-use"
            if mistake is not None and cause in (mistake.cause, *mistake.also):
                return cause, mistake.saw, ratio
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
