"""What was recognised as a finding: its causes, where they stand, how the code does it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from helder.glass.check.causes import heaviest
from helder.glass.check.findings import NetworkCheck
from helder.glass.check.network import roles
from helder.glass.check.network.case import Case
from helder.glass.check.network.judging.alone import Alone
from helder.glass.check.network.judging.beside import Slip
from helder.glass.check.network.judging.deciding import followed_up
from helder.glass.check.network.judging.locating import located, located_growth
from helder.glass.check.network.judging.refining import (
    called_by,
    in_words_of,
    losses_mixed_up,
    refined,
    starts_alike,
    taken_for_squares,
)
from helder.glass.check.network.judging.repeating import keeps_gradients
from helder.glass.check.network.judging.updating import almost
from helder.glass.check.network.judging.verdicts import Grown, Judged, saw_of, verdict_of
from helder.glass.check.network.layers.judging import Stacks
from helder.glass.check.network.switched_off import switched_off
from helder.glass.check.reading.definitions import Definition
from helder.text import say

ROOT = re.compile(r"sqrt|square|\*\* *(2|0?\.5|\(1 */ *2\))")  # stands in every adaptive rule
SCALES = {"sum": 1.0, "mean": 0.5}  # what twice the rows do to the gradient per row
Place = Callable[[str | None], Definition | None]  # where a cause stands


def of_layers(case: Case, stacks: Stacks) -> NetworkCheck | None:
    """The finding of the layer objects of a file; None where there are none that we understand."""
    counts = stacks.counts
    if counts is not None and counts.right and stacks.unclear:
        return None
    if counts is not None:
        return replace(of_step(case, counts.judged, counts.culprit), unjudged=stacks.unjudged)
    return of_grown(stacks.grown[0], case.definitions) if stacks.grown else None


def of_step(case: Case, judged: Judged, place: Place) -> NetworkCheck:
    """The finding of a step that was recognised."""
    causes, saw, ratio = causes_of(case, judged)
    culprit = place(causes[0]) if causes else None
    line = culprit.line if culprit else None
    found = located(judged, causes[0], case.definitions, culprit) if causes else None
    if found is not None:
        culprit, line = found
    return NetworkCheck(
        verdict=heaviest([verdict_of(cause) for cause in causes or (None,)]),
        causes=causes,
        evidence=saw,
        convention=convention(judged, ratio) | without_options(judged, case.definitions),
        function=culprit.path if culprit else None,
        file=culprit.file if culprit else None,
        line=line,
        stepped=judged.updated,
    )


def causes_of(case: Case, judged: Judged) -> tuple[tuple[str, ...], str, float | None]:
    """The causes, what was seen, and what twice the rows make of the gradient."""
    cause = refined(judged, case.definitions)
    if cause is not None:
        other, more, ratio = followed_up(judged, case.recogniser)
        less = {"gradient-scale"} if other == "gradient-divided-twice" else set()
        causes = [one for one in (cause, *judged.also) if one not in less]
        causes += [other] if other is not None and other not in causes else []
        saw = saw_of(in_words_of(cause, judged))
        return tuple(causes), f"{saw} {more}".strip(), ratio
    if starts_alike(judged):
        return ("zero-init",), "all units of the first layer start with the same weights", None
    other, more, ratio = followed_up(judged, case.recogniser)
    if other is not None:
        return (other,), f"{judged.plan.name}: {more}", ratio
    if judged.update is not None and judged.update.apart:
        saw = almost(judged.update.rule, judged.update.apart)
        return ("optimizer-bias-correction",), f"{judged.update.plan.name}: {saw}", ratio
    if keeps_gradients(judged, case.definitions, case.trees):
        return ("gradient-not-reset",), f"{judged.plan.name}: {say('check.kept_gradients')}", ratio
    bent = taken_for_squares(judged, case.trees)
    if bent:
        return bent, saw_of(judged), ratio
    mixed_up = losses_mixed_up(judged, case.trees)
    if mixed_up:
        saw = f"{judged.plan.name}: the gradient is that of cross-entropy, a - y"
        return mixed_up, saw, ratio
    return (), "", ratio


def of_slip(right: NetworkCheck, slip: Slip) -> NetworkCheck:
    """The finding of a right step where another function goes forward otherwise."""
    return replace(
        right,
        verdict=verdict_of(slip.cause),
        causes=(slip.cause,),
        evidence=f"{slip.definition.path}: {slip.saw}",
        function=slip.definition.path,
        file=slip.definition.file,
        line=slip.definition.line,
    )


def with_optimizer(right: NetworkCheck, alone: Alone) -> NetworkCheck:
    """The finding of right gradients, with that of the optimiser that is an object of its own."""
    known = replace(right, stepped=True, convention=right.convention | {"update": alone.name})
    if alone.rule is None or not (alone.rule.slip or alone.rule.convention):
        return known
    cause = "optimizer-formula" if alone.rule.slip else "optimizer-bias-correction"
    but = alone.rule.slip or alone.rule.convention
    return replace(
        known,
        verdict=verdict_of(cause),
        causes=(cause,),
        evidence=f"{alone.method.path}: {almost(alone.name, but)}",
        function=alone.method.path,
        file=alone.method.file,
        line=alone.method.line,
    )


def of_grown(grown: Grown, definitions: Sequence[Definition]) -> NetworkCheck:
    """The finding of a bias that changes its shape."""
    last = grown.plan.steps[-1]
    step, line = located_growth(grown, definitions) or (last, last.line)
    saw = f"{grown.path.lstrip('.')} is {grown.before} before the step and {grown.after} after it"
    return NetworkCheck(
        verdict=verdict_of("bias-shape-grows"),
        causes=("bias-shape-grows",),
        evidence=f"{grown.plan.name}: {saw}",
        function=step.path,
        file=step.file,
        line=line,
    )


def convention(judged: Judged, ratio: float | None) -> dict[str, str]:
    """How the code does it, in words."""
    shape = judged.recognition.going.shape
    found = {
        "layout": judged.form.layout,
        "labels": judged.form.labels,
        "activations": ", ".join(activation.name for activation in shape.hidden),
        "output": shape.output_name,
        "loss": judged.recognition.loss.name,
        "step": judged.plan.name,
    }
    if judged.update is not None:
        found["update"] = judged.update.rule
    if ratio is not None:
        name = next((n for n, r in SCALES.items() if abs(r - ratio) < 0.01), None)
        if name is not None:
            found["over_rows"] = name
    return found


def without_options(judged: Judged, definitions: Sequence[Definition]) -> dict[str, str]:
    """Which options it was judged without, as a part of how the code does it."""
    off = switched_off(judged, definitions)
    return {"options": off} if off else {}


def place_of(
    judged: Judged, cause: str | None, definitions: Sequence[Definition]
) -> Definition | None:
    """The function in which a mistake stands, as far as it is known."""
    of_optimizer = judged.update is not None and (cause or "").startswith("optimizer-")
    plan = judged.update.plan if judged.update is not None and of_optimizer else judged.plan
    if judged.recognition.going.cause is not None and plan.forward is not None:
        return plan.forward
    steps = [*plan.steps, *called_by(plan.steps, definitions)]
    if of_optimizer:
        rooted = [d for d in steps if ROOT.search(ast.unparse(d.node))]
        return rooted[-1] if rooted else steps[-1]
    pattern = roles.UPDATE if cause in ("update-sign", "parameter-not-updated") else roles.BACKWARD
    named = [d for d in steps if roles.means(pattern, d.name)]
    return (named or list(plan.steps))[0]
