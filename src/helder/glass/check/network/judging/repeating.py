"""Two steps in a row: gradients that are added to those of the step before show in the second."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

import numpy as np

from helder.glass.check.network.binding.trials import SMALL_RATE, context_for, prepared
from helder.glass.check.network.judging.refining import called_by
from helder.glass.check.network.judging.verdicts import Judged
from helder.glass.check.network.reference.network import Known
from helder.glass.check.reading.definitions import Definition
from helder.typing import Floats

RESET = re.compile(
    r"_*(zero|clear|reset|init)\w*(grad|delta|accum)\w*|_*cleargrads?", re.IGNORECASE
)
DOUBLE, NEAR = 2.0, 1e-3  # how much larger the second step is than the first


def keeps_gradients(
    judged: Judged, definitions: Sequence[Definition], trees: Sequence[ast.AST]
) -> bool:
    """Whether training adds the gradients of a step to those of the step before.

    The second of two small steps on the same rows is then twice the first: g, then g + g. Only the
    person's own training tells: of parts that we put together the reset may be left to others.
    """
    plan = judged.plan
    if not judged.stepped or judged.bound.inside or plan.first or len(plan.steps) != 1:
        return False
    if resets_elsewhere(judged, definitions, trees):
        return False
    steps = in_a_row(judged)
    pairs = [(one, two) for one, two in steps if np.any(one)]
    return bool(pairs) and all(
        one.shape == two.shape
        and np.allclose(two, DOUBLE * one, rtol=NEAR, atol=NEAR * np.ptp(one))
        for one, two in pairs
    )


def in_a_row(judged: Judged) -> list[tuple[Floats, Floats]]:
    """By how much each array moves in a step, and in the one after it; nothing where one fails."""
    bound, plan, form = judged.bound, judged.plan, judged.form
    data = judged.data.first(1) if form.single else judged.data
    context = context_for(form, data, SMALL_RATE, bound.slots)
    ready = prepared(bound.root, judged.values, context)
    if ready is None:
        return []
    states: list[Known] = []
    for _ in range(2):
        fresh = context_for(form, data, SMALL_RATE, bound.slots)
        outcome = ready.call(plan.steps[0], fresh)
        known = None if outcome.problem else bound.slots.known(ready.state(), data.x, data.y)
        if known is None:
            return []
        states.append(known)
    began = judged.observed.known
    parts = [arrays_of(known) for known in (began, *states)]
    return [(first - start, last - first) for start, first, last in zip(*parts, strict=True)]


def arrays_of(known: Known) -> list[Floats]:
    """All weights, then all biases that there are."""
    return [*known.weights, *(bias for bias in known.biases if bias is not None)]


def resets_elsewhere(
    judged: Judged, definitions: Sequence[Definition], trees: Sequence[ast.AST]
) -> bool:
    """Whether what resets gradients is called, and not within the step that was seen."""
    inside = [judged.plan.steps[0], *called_by(judged.plan.steps, definitions)]
    met = {id(node) for step in inside for node in ast.walk(step.node)}
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [(node, ast.unparse(node.func).rpartition(".")[2]) for node in calls]
    return any(RESET.fullmatch(name) and id(node) not in met for node, name in names)
