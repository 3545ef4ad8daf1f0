"""The update told by several steps, where it is more than a multiple of the gradient: Adam's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from helder.glass.check.network.binding.formats import Data, random_data
from helder.glass.check.network.binding.trajectories import Moved, trajectory
from helder.glass.check.network.binding.trials import SMALL_RATE, Plan
from helder.glass.check.network.judging.deciding import OF_THE_UPDATE, is_whole
from helder.glass.check.network.judging.recognising import Recogniser, Recognition
from helder.glass.check.network.judging.trying import tried
from helder.glass.check.network.judging.verdicts import Judged, Update, judge
from helder.glass.check.network.reference.mistakes import Mistake
from helder.glass.check.network.reference.network import Stages, backward, forward
from helder.glass.check.network.reference.rules import (
    BETAS,
    EPSILON,
    Rule,
    right_rules,
    wrong_rules,
)
from helder.glass.check.reading.definitions import Definition
from helder.typing import Floats

DESCENT = "gradient descent"
STEPS, RATE = 4, 0.01
SAME = 1e-5  # of the numbers of a step
EXACT = 1e-3  # of the learning rate
MOST_PLANS = 8
EMPTIES = re.compile(r"zero|reset|clear", re.IGNORECASE)  # gradients, which else pile up
LEAST_BETA, LARGEST_EPSILON = 0.8, 1e-4
MOST_NUMBERS = 4  # of each kind


@dataclass(frozen=True)
class Steps:
    """Several steps beside their gradients, each as one row of numbers.

    Attributes:
        gradients: As the person's code has them, whichever their sign, (n,) each.
        moved: How far the parameters went along them, (n,) each.
        arrays: For each number the array that it is of, (n,).
    """

    gradients: list[Floats]
    moved: list[Floats]
    arrays: Floats

    @property
    def piled(self) -> Steps:
        """The same where each gradient is added to those before, as nobody emptied them."""
        return replace(self, gradients=list(np.cumsum(self.gradients, axis=0)))

    def ratio(self, rule: Rule, kept: bool) -> float | None:
        """What a rule's steps are multiplied by, the rate; None where it is no one number."""
        with np.errstate(all="ignore"):
            expected = np.concatenate(rule.steps(self.gradients, self.arrays, kept))
        seen = np.concatenate(self.moved)
        there = np.isfinite(seen)
        if not np.array_equal(there, np.isfinite(expected)) or there.sum() < 3:
            return None
        one, other = seen[there], expected[there]
        size = float(other @ other)
        ratio = float(one @ other) / size if size > 0 else 0.0
        apart = np.abs(one - ratio * other).max()
        return ratio if ratio > 0 and apart <= SAME * np.abs(one).max() else None


def with_update(best: Judged, definitions: Sequence[Definition], recogniser: Recogniser) -> Judged:
    """Gradients that are right, with what the file's own update makes of them, if it is known."""
    right = best.recognition.right and best.recognition.factors.one is not None
    if best.stepped or best.bound.inside or not right:
        return best
    plans = list(plans_beyond(best))[:MOST_PLANS]
    return by_rule(best, plans, definitions) or with_rows_alike(best, plans, recogniser) or best


def by_rule(
    best: Judged, plans: Sequence[Plan], definitions: Sequence[Definition]
) -> Judged | None:
    """The same where one of these plans makes the steps of an optimiser, right or with a slip."""
    betas, epsilons = numbers_in(definitions)
    emptied = any(EMPTIES.search(d.name) for d in definitions)
    for plan, alike in ((plan, alike) for plan in plans for alike in (False, True)):
        steps = steps_of(best, plan, RATE, alike)
        rule = None if steps is None else told_by(steps, betas, epsilons)
        if rule is None and steps is not None and emptied:
            rule = told_by(steps.piled, betas, epsilons)
        if rule is not None and rule.slip:
            return mistaken(best, plan, rule)
        if rule is not None:
            return replace(best, update=Update(plan, rule.name, rule.convention))
        if steps is None:
            break
    return None


def with_rows_alike(best: Judged, plans: Sequence[Plan], recogniser: Recogniser) -> Judged | None:
    """The same where training draws its rows: they are made alike, so that it draws the same."""
    data = best.data.alike()
    for plan in plans:
        trial = tried(best.bound, plan, best.form, data, best.values, SMALL_RATE)
        found = judge(best.bound, plan, best.form, data, best.values, trial, recogniser)
        if found is None or not found.stepped or best.bound.data is not None:
            continue
        if found.recognition.right:
            return replace(best, update=Update(plan, DESCENT))
        if found.cause in OF_THE_UPDATE and is_whole(found):
            return replace(found, of_update=True)
    return None


def plans_beyond(best: Judged) -> Iterator[Plan]:
    """The plans that go on where the gradients are known, those with the most steps first."""
    plans = sorted(best.bound.plans, key=lambda plan: -len(plan.steps))
    return (plan for plan in plans if plan != best.plan)


def steps_of(best: Judged, plan: Plan, rate: float, alike: bool) -> Steps | None:
    """Several steps of a plan, each on rows of its own; None where it makes none.

    Args:
        best: The gradients.
        plan: What makes the steps.
        rate: The learning rate.
        alike: Whether all rows of a step are the same.
    """
    place = best.bound
    size = (best.data.x.shape[1], best.data.y.shape[1])
    rows = [random_data(*size, seed=seed) for seed in range(1, STEPS + 1)]
    drawn = [data.alike() for data in rows] if alike else rows
    batches: list[Data] = [place.data] * STEPS if place.data is not None else drawn
    found = trajectory(place.root, place.slots, best.values, plan, best.form, batches, rate)
    if not found or not any(np.any(by) for by in found[0].by if by is not None):
        return None
    return beside_gradients(best, found)


def beside_gradients(best: Judged, found: Sequence[Moved]) -> Steps:
    """Steps beside the gradients at the parameters from which each began."""
    going, loss = best.recognition.going, best.recognition.loss
    factor = best.recognition.factors.one or 1.0
    gradients: list[Floats] = []
    moved: list[Floats] = []
    for one in found:
        passed = forward(one.known, going.shape, going.wiring)
        dWs, dbs = backward(passed, Stages(output=loss.dz))
        each = [array for pair in zip(dWs, dbs, strict=True) for array in pair]
        both = [(g, by) for g, by in zip(each, one.by, strict=True) if by is not None]
        gradients.append(factor * np.concatenate([g.ravel() for g, _ in both]))
        moved.append(np.sign(factor) * np.concatenate([by.ravel() for _, by in both]))
        sizes = [by.size for _, by in both]
    arrays = np.repeat(np.arange(len(sizes), dtype=float), sizes)
    return Steps(gradients, moved, arrays)


def told_by(steps: Steps, betas: Sequence[float], epsilons: Sequence[float]) -> Rule | None:
    """The rule whose steps these are, if there is one.

    A right one with the rate that we gave comes first, then a slip with it, as some slips change
    nothing but the size, then what fits with a rate of its own.
    """
    scaled: list[Rule] = []
    for rules in (right_rules(betas, epsilons), wrong_rules(betas, epsilons)):
        for rule, kept in ((rule, kept) for rule in rules for kept in (True, False)):
            ratio = steps.ratio(rule, kept)
            if ratio is not None and abs(ratio / RATE - 1) < EXACT:
                return rule
            scaled += [rule] if ratio is not None else []
    return scaled[0] if scaled else None


def mistaken(best: Judged, plan: Plan, rule: Rule) -> Judged:
    """The slip in a rule as a mistake of the update."""
    saw = almost(rule.name, rule.slip)
    mistake = Mistake("optimizer-formula", saw, Stages(output=lambda p: p.error))
    found = best.recognition
    going = Recognition(found.going, found.loss, found.factors, mistake)
    update = Update(plan, rule.name)
    return replace(
        best, plan=plan, recognition=going, stepped=True, of_update=True, update=update
    )  # fmt: skip


def almost(rule: str, but: str) -> str:
    """What was seen of steps that are those of a rule but for one thing."""
    return f"several steps are those of {rule}, but {but}"


def numbers_in(definitions: Sequence[Definition]) -> tuple[list[float], list[float]]:
    """The numbers of the code that may be betas, and those that may be epsilon."""
    numbers = {
        node.value
        for definition in definitions
        for node in ast.walk(definition.node)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    }
    betas = {n for n in numbers if LEAST_BETA <= n < 1} or set(BETAS)
    epsilons = {n for n in numbers if 0 < n <= LARGEST_EPSILON} | {0.0, EPSILON}
    return sorted(betas)[-MOST_NUMBERS:], sorted(epsilons)[:MOST_NUMBERS]
