"""Optimisers that stand by themselves, judged on gradients that we make.

They are asked where the gradients of a network are right, and nothing tells how they are joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helder.glass.check.network.judging.alone_arrays import SHAPES, held, joined
from helder.glass.check.network.judging.alone_functions import (
    FunctionOptimizer,
    function_begun,
    function_optimizers,
)
from helder.glass.check.network.judging.alone_objects import (
    ObjectOptimizer,
    object_made,
    object_optimizers,
)
from helder.glass.check.network.judging.updating import (
    DESCENT,
    RATE,
    STEPS,
    Steps,
    numbers_in,
    told_by,
)
from helder.glass.check.network.reference.rules import Rule
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session
from helder.typing import Floats

# How parameters and gradients are held: what stands before a gradient's name, and whether in lists.
WAYS = (("", False), ("d", False), ("", True))
Optimizer = ObjectOptimizer | FunctionOptimizer


@dataclass(frozen=True)
class Alone:
    """An optimiser that was judged.

    Attributes:
        method: Makes the step.
        name: Its rule.
        rule: The rule, where it is one of those of `rules`.
    """

    method: Definition
    name: str
    rule: Rule | None = None


def optimizer_alone(session: Session, definitions: Sequence[Definition]) -> Alone | None:
    """The first optimiser of a file with a slip in its rule, else the first that is right."""
    params = {name: np.ones(shape) for name, shape in SHAPES.items()}
    found: list[Alone | None] = []
    for owner, method in object_optimizers(definitions):
        own = [d for d in definitions if owner.path in (d.path, d.owner)]
        objects = [object_made(session, owner, method, held(params, "", way[1])) for way in WAYS]
        found.append(judged(method, own, objects))
    for function in function_optimizers(definitions):
        begun = [function_begun(session, function, definitions, *way) for way in WAYS]
        found.append(judged(function, definitions, begun))
    known = [one for one in found if one is not None]
    slips = [one for one in known if one.rule is not None and one.rule.slip]
    return next(iter([*slips, *known]), None)


def judged(
    method: Definition, own: Sequence[Definition], begun: Sequence[Optimizer | None]
) -> Alone | None:
    """What an optimiser is, in the first way in which it takes parameters.

    Args:
        method: Makes the step.
        own: The code in which its numbers stand.
        begun: It before its first step, for each of the ways to hold parameters.
    """
    for (prefix, listed), optimizer in zip(WAYS, begun, strict=True):
        steps = None if optimizer is None else steps_of(optimizer, prefix, listed)
        if steps is None:
            continue
        if is_descent(steps):
            return Alone(method, DESCENT)
        rule = told_by(steps, *numbers_in(own))
        return None if rule is None else Alone(method, rule.name, rule)
    return None


def is_descent(steps: Steps) -> bool:
    """Whether every step is the rate times the gradient."""
    pairs = zip(steps.gradients, steps.moved, strict=True)
    return all(np.allclose(moved, RATE * g, rtol=1e-6, atol=1e-12) for g, moved in pairs)


def steps_of(optimizer: Optimizer, prefix: str, listed: bool) -> Steps | None:
    """Several steps on gradients that we make; None where it takes them otherwise."""
    draw = np.random.default_rng(0)
    params: dict[str, Floats] = {n: np.ones(shape) for n, shape in SHAPES.items()}
    gradients: list[Floats] = []
    moved: list[Floats] = []
    for _ in range(STEPS):
        grads = {name: draw.normal(0, 0.1, shape) for name, shape in SHAPES.items()}
        after = optimizer.step(held(params, "", listed), held(grads, prefix, listed))
        if after is None:
            return None
        gradients.append(joined(grads))
        moved.append(joined(params) - joined(after))
        params = after
        if not np.isfinite(moved[-1]).all():
            break
    sizes = [int(np.prod(shape)) for shape in SHAPES.values()]
    arrays = np.repeat(np.arange(float(len(sizes))), sizes)
    return Steps(gradients, moved, arrays) if np.any(moved[0]) else None
