"""Two steps in a row: gradients that are added to those of the step before show in the second."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

import numpy as np

from helder.glass.check.network.binding.trajectories import trajectory
from helder.glass.check.network.binding.trials import SMALL_RATE
from helder.glass.check.network.judging.refining import called_by
from helder.glass.check.network.judging.updating import beside_gradients
from helder.glass.check.network.judging.verdicts import Judged
from helder.glass.check.reading.definitions import Definition
from helder.typing import Floats

RESET = re.compile(r"_*(zero|clear|reset|init)\w*(grad|delta|accum)\w*", re.IGNORECASE)
SAME = 1e-4  # of the largest number of a step


def keeps_gradients(
    judged: Judged, definitions: Sequence[Definition], trees: Sequence[ast.AST]
) -> bool:
    """Whether training adds the gradients of a step to those of the step before.

    The second step goes along the sum of two gradients then. Only the person's own training tells:
    of parts that we put together the reset may be left to others.
    """
    plan, bound = judged.plan, judged.bound
    if not judged.stepped or bound.inside or plan.first or len(plan.steps) != 1:
        return False
    if not is_training(plan.steps[0], trees) or resets_elsewhere(judged, definitions, trees):
        return False
    rows = [judged.data, judged.data]
    found = trajectory(bound.root, bound.slots, judged.values, plan, judged.form, rows, SMALL_RATE)
    if found is None or len(found) < len(rows):
        return False
    steps = beside_gradients(judged, found)
    first, second = steps.moved
    return is_piled(first, second, *steps.gradients)


def is_piled(first: Floats, second: Floats, g: Floats, h: Floats) -> bool:
    """Whether steps go along gradients g and g + h, and not along g and h."""
    rate = float(first @ g) / float(g @ g) if np.any(g) else 0.0
    near = SAME * float(np.abs(second).max(initial=0))
    if rate == 0 or not np.allclose(first, rate * g, rtol=0, atol=near):
        return False
    return np.allclose(second, rate * (g + h), rtol=0, atol=near)


def is_training(step: Definition, trees: Sequence[ast.AST]) -> bool:
    """Whether it is all that is done for a step: it goes round, or the file calls it again."""
    if any(isinstance(node, ast.For | ast.While) for node in ast.walk(step.node)):
        return True
    loops = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.For | ast.While)]
    calls = [node for loop in loops for node in ast.walk(loop) if isinstance(node, ast.Call)]
    return any(ast.unparse(call.func).rpartition(".")[2] == step.name for call in calls)


def resets_elsewhere(
    judged: Judged, definitions: Sequence[Definition], trees: Sequence[ast.AST]
) -> bool:
    """Whether what resets gradients is called, and not within the step that was seen.

    What it calls itself, and what makes a new object, says nothing of that.
    """
    plain = [d for d in definitions if RESET.fullmatch(d.name) or d.name == "__init__"]
    inside = [*plain, *judged.plan.steps, *called_by(judged.plan.steps, definitions)]
    met = {id(node) for step in inside for node in ast.walk(step.node)}
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [(node, ast.unparse(node.func).rpartition(".")[2]) for node in calls]
    return any(RESET.fullmatch(name) and id(node) not in met for node, name in names)
