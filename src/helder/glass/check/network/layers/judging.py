"""The verdict on layer objects: small stacks of them are put together, and each must be right."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from helder.glass.check.network.binding.formats import FORMATS, Format
from helder.glass.check.network.binding.networks import Bound
from helder.glass.check.network.binding.parameters import find_slots
from helder.glass.check.network.binding.trials import Plan
from helder.glass.check.network.judging.deciding import decided
from helder.glass.check.network.judging.recognising import Recogniser
from helder.glass.check.network.judging.updating import with_update
from helder.glass.check.network.judging.verdicts import (
    Grown,
    Judged,
    Recognise,
    Search,
    search,
)
from helder.glass.check.network.layers.alone import Alone, alone
from helder.glass.check.network.layers.containers import find_containers
from helder.glass.check.network.layers.finding import find_layers
from helder.glass.check.network.layers.layer import Layer
from helder.glass.check.network.layers.losses import OwnLoss, PersonsLoss, find_losses
from helder.glass.check.network.layers.optimizers import Optimizer, find_optimizers
from helder.glass.check.network.layers.stack import Part, Recipes, StackRoot
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session

INPUTS, UNITS, OUTPUTS = 4, 5, 3
UPHILL = "every parameter goes uphill"
# Of an activation, where it stands; others are of the layer with the weights.
OF_A_SLOPE = frozenset(
    {
        "derivative-formula",
        "derivative-of-another-activation",
        "derivative-z-given-a",
        "derivative-a-given-z",
        "relu-slope-threshold",
        "missing-hidden-derivative",
        "softmax-derivative-twice",
    }
)
MOST_OPTIMIZERS = 4  # beside those that are judged with a stack each
MOST_ENDINGS = 4  # at which a mistake in a loss is looked for
GOOD_LAST = ("", "linear", "identity", "sigmoid", "tanh", "relu")


@dataclass(frozen=True)
class Stacked:
    """A stack that was judged.

    Attributes:
        recipes: What it is made of.
        judged: The step that counts.
    """

    recipes: Recipes
    judged: Judged

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return self.judged.recognition.right

    @property
    def uphill(self) -> bool:
        """Whether everything is right but the sign."""
        return self.judged.cause == "update-sign" and self.judged.saw == UPHILL

    def culprit(self, cause: str | None) -> Definition:
        """The function in which a mistake stands, as far as it is known."""
        parts = self.recipes.parts
        bare = [part.layer for part in parts if not part.layer.weighted]
        loss = self.recipes.loss
        mistake = self.judged.recognition.mistake
        at_output = mistake is not None and mistake.layer == 1
        going = self.judged.recognition.going
        if going.in_loss and isinstance(loss, PersonsLoss):
            return loss.slope
        if going.cause is not None:
            return self.recipes.forward
        if cause in OF_A_SLOPE and at_output and isinstance(loss, PersonsLoss):
            return loss.slope
        if cause in OF_A_SLOPE and bare:
            return (bare[-1] if at_output else bare[0]).backward.definition
        steps = self.judged.plan.steps
        if cause == "optimizer-formula" and self.recipes.optimizer is not None:
            return self.recipes.optimizer.method
        if cause not in ("update-sign", "parameter-not-updated"):
            return steps[0]
        own = parts[0].layer.update  # which what makes the step may call
        called = own is not None and f".{own.definition.name}(" in ast.unparse(steps[-1].node)
        return own.definition if own is not None and called else steps[-1]


class Stacks:
    """All stacks that a file's layers are judged in.

    Args:
        session: Where the file is loaded.
        definitions: What it defines.
        recogniser: Says what a step is, and knows when to stop.
    """

    def __init__(
        self,
        session: Session,
        definitions: Sequence[Definition],
        recogniser: Recogniser,
    ) -> None:
        self.session, self.definitions, self.recogniser = session, definitions, recogniser
        self.every = find_layers(session, definitions)
        self.layers = [layer for layer in self.every if not layer.square]
        self.alone = alone(session, self.every, recogniser.own, recogniser.deadline)
        self.containers = find_containers(definitions)
        self.optimizers = find_optimizers(definitions, self.containers)
        self.sign = 1.0
        self.found: list[Stacked] = []
        self.grown: list[Grown] = []
        self.strange = False  # whether a loss gives gradients that are nothing that we know
        self.unclear = False  # whether every loss does

    @property
    def weighted(self) -> list[Layer]:
        """The layers with weights."""
        return [layer for layer in self.every if layer.weighted]

    @property
    def wrong(self) -> list[Stacked]:
        """The stacks with a mistake."""
        return [stacked for stacked in self.found if not stacked.right]

    @property
    def counts(self) -> Stacked | None:
        """The stack that says most: one with a mistake, else one with a loss of theirs."""
        ranked = sorted(
            self.found,
            key=lambda s: (s.right, isinstance(s.recipes.loss, OwnLoss), not s.judged.stepped),
        )
        return ranked[0] if ranked else None

    @property
    def unjudged(self) -> tuple[str, ...]:
        """What of the file's own is in no stack that is right: the check's own stood in its place.

        `chain` is what goes through the layers, `loss` what ends it, `update` what makes the step.
        """
        right = [stacked for stacked in self.found if stacked.right]
        seen = {
            "chain": any(stacked.recipes.container is not None for stacked in right),
            "loss": any(isinstance(stacked.recipes.loss, PersonsLoss) for stacked in right),
            "update": any(stacked.judged.updated for stacked in right),
        }
        return tuple(part for part, was_judged in seen.items() if not was_judged)

    def faulty(self) -> list[Alone]:
        """The layers with a mistake by themselves, but for those of stacks that are right."""
        right = {p.layer.recipe.name for s in self.found if s.right for p in s.recipes.parts}
        return [a for a in self.alone if a.faults and a.layer.recipe.name not in right]

    @property
    def over(self) -> bool:
        """Whether the time is."""
        return self.recogniser.deadline.over

    def judge(
        self, recipes: Recipes, forms: Sequence[Format], recognise: Recognise | None = None
    ) -> tuple[Stacked | None, bool]:
        """What a stack is, in the first form in which that is seen, and whether it ran at all."""
        root = StackRoot.made(self.session, recipes)
        ways = find_slots(root.state()) if root is not None else []
        if root is None or not ways or len(ways[0].weights) != 2:
            return None, False
        whole = Search([], [], [], [])
        ran = False
        for form in forms:
            bound = Bound(recipes.names, root, ways[0], plans_of(recipes), form, whole=True)
            found = search(bound, self.recogniser, recognise)
            ran = ran or not found.problems
            whole.right += found.right
            whole.wrong += found.wrong
            whole.grown += found.grown
            whole.strange += found.strange
            if found.right and not form.single:
                break
        judged = decided(whole)
        judged = judged and with_update(judged, self.definitions, self.recogniser)
        if judged is None:
            self.grown += whole.grown
        return (None if judged is None else Stacked(recipes, judged)), ran

    @property
    def base(self) -> Recipes | None:
        """A right stack of layers, one whose step was seen before all."""
        right = [stacked for stacked in self.found if stacked.right]
        return min(right, key=lambda s: not s.judged.stepped).recipes if right else None

    def with_our_loss(self) -> None:
        """Judges every layer beside a loss of ours, and what makes their steps."""
        optimizers: list[Optimizer | None] = [*self.optimizers]
        for parts in stacks_of(self.layers):
            self.add(Recipes(parts, OwnLoss(self.sign), optimizers.pop(0) if optimizers else None))
            if self.over:
                return
        for optimizer in optimizers[:MOST_OPTIMIZERS]:
            if self.base is not None and not self.over:
                self.add(replace(self.base, optimizer=optimizer))

    def add(self, recipes: Recipes) -> None:
        """Judges a stack in every form."""
        stacked, _ = self.judge(recipes, recipes.first.forms)
        if stacked is not None and stacked.uphill:
            stacked = self.turned(stacked)
        if stacked is not None:
            self.found.append(stacked)

    def turned(self, stacked: Stacked) -> Stacked | None:
        """A stack that goes uphill, with the other sign of the loss where none goes downhill.

        Layers that are handed the error, y - a, go along it. But then all of a file do.
        """
        if any(one.right and one.judged.stepped and self.sign > 0 for one in self.found):
            return stacked
        self.sign = -self.sign
        loss = OwnLoss(self.sign)
        if self.sign > 0:
            again = [self.judged_with(loss, one) for one in self.found]
            self.found = [one for one in again if one is not None]
        return self.judged_with(loss, stacked)

    def judged_with(self, loss: OwnLoss, stacked: Stacked) -> Stacked | None:
        """The same stack with another loss."""
        recipes = replace(stacked.recipes, loss=loss)
        return self.judge(recipes, recipes.first.forms)[0]

    def with_containers(self) -> None:
        """Judges what takes rows and gradients through layers that are right."""
        for container in self.containers:
            if container.forward is None or container.backward is None:
                continue
            if self.base is not None and not self.over:
                self.add(replace(self.base, container=container))

    def with_their_losses(self) -> None:
        """Judges each of the person's losses at the end of the stack that it fits best."""
        base = self.base
        if base is None:
            return
        losses: dict[Definition, list[PersonsLoss]] = {}
        for loss in find_losses(self.definitions):
            losses.setdefault(loss.slope, []).append(loss)
        for ways in losses.values():
            stacked = self.with_loss(base, ways)
            if stacked is not None:
                self.found.append(stacked)
        self.unclear = self.strange and not any(
            isinstance(stacked.recipes.loss, PersonsLoss) for stacked in self.found
        )

    def with_loss(self, base: Recipes, ways: Sequence[PersonsLoss]) -> Stacked | None:
        """A loss at the end of a stack: right at one of them, or a mistake at the likeliest."""
        ran: list[tuple[Recipes, Format]] = []
        for recipes, form in self.endings(base, ways):
            stacked, well = self.judge(recipes, [form], self.recogniser.right)
            if stacked is not None and not stacked.judged.stepped and len(plans_of(recipes)) > 1:
                stacked, _ = self.judge(recipes, [form])  # its gradient is right, its step is not
            if stacked is not None or self.over:
                return stacked
            if well and (not form.single or all(f.single for f in base.first.forms)):
                ran.append((recipes, form))
        for recipes, form in ran[:MOST_ENDINGS]:
            stacked, _ = self.judge(recipes, [form])
            if stacked is not None or self.over:
                return stacked
        self.strange = self.strange or bool(ran)
        return None

    def endings(
        self, base: Recipes, losses: Sequence[PersonsLoss]
    ) -> Iterator[tuple[Recipes, Format]]:
        """Stacks that end in a loss: with no activation before it, or with each that is right."""
        right = {p.layer.recipe.name for s in self.found if s.right for p in s.recipes.parts}
        bare = [a for a in self.layers if not a.weighted and a.recipe.name in right]
        bare.sort(key=lambda layer: not layer.sums_to_one)
        plain = base.parts[:-1] if not base.parts[-1].layer.weighted else base.parts
        parts = [base.parts] if base.parts is not plain else []
        parts += [plain, *((*plain, Part(layer, OUTPUTS, OUTPUTS)) for layer in bare)]
        parts += [ends for ends in stacks_of(self.layers) if ends[-1].layer.sums_to_one]
        layout = next(s.judged.form.layout for s in self.found if s.right)
        forms = [form for form in FORMATS if form.layout == layout]
        for ending in dict.fromkeys(parts):
            for form in forms:
                for loss in losses:
                    yield Recipes(ending, loss, base.optimizer), form


def stacks_of(layers: Sequence[Layer]) -> Iterator[tuple[Part, ...]]:
    """Stacks in which every layer stands once: between two with weights, a softmax at the end."""
    bare = [layer for layer in layers if not layer.weighted and not layer.sums_to_one]
    softmaxes = [layer for layer in layers if not layer.weighted and layer.sums_to_one]
    owners = dict.fromkeys(layer.recipe.owner.path for layer in layers if layer.weighted)
    for owner in owners:
        kinds = [one for one in layers if one.weighted and one.recipe.owner.path == owner]
        if any(kind.recipe.label for kind in kinds):
            yield from bending_stacks(kinds)
            continue
        first, last = Part(kinds[0], INPUTS, UNITS), Part(kinds[0], UNITS, OUTPUTS)
        for between in bare:
            yield first, Part(between, UNITS, UNITS), last
        if not bare:
            yield first, last
        for softmax in softmaxes:
            hidden = [Part(layer, UNITS, UNITS) for layer in bare[:1]]
            yield first, *hidden, last, Part(softmax, OUTPUTS, OUTPUTS)


def bending_stacks(kinds: Sequence[Layer]) -> Iterator[tuple[Part, ...]]:
    """Stacks of layers with weights and an activation each."""
    hidden = [kind for kind in kinds if not is_softmax(kind)] or list(kinds)
    last = min(hidden, key=last_rank)
    for kind in hidden:
        yield Part(kind, INPUTS, UNITS), Part(last, UNITS, OUTPUTS)
    for kind in kinds:
        if is_softmax(kind):
            yield Part(hidden[0], INPUTS, UNITS), Part(kind, UNITS, OUTPUTS)


def is_softmax(layer: Layer) -> bool:
    """Whether a layer with weights ends in a softmax, by its name."""
    return "softmax" in layer.recipe.says


def last_rank(layer: Layer) -> int:
    """How well a layer's activation is known at an output."""
    name = layer.recipe.label.lower()
    return GOOD_LAST.index(name) if name in GOOD_LAST else len(GOOD_LAST)


def plans_of(recipes: Recipes) -> tuple[Plan, ...]:
    """Forward and backward, with the step where there is one."""
    first, forward, backward = recipes.first, recipes.forward, recipes.backward
    plans = [Plan(forward, (backward,), first=True)]
    if recipes.optimizer is not None:
        plans.insert(0, Plan(forward, (backward, recipes.optimizer.method), first=True))
    elif first.update is not None:
        plans.insert(0, Plan(forward, (backward, first.update.definition), first=True))
    return tuple(plans)


def check_layers(
    session: Session,
    definitions: Sequence[Definition],
    recogniser: Recogniser,
) -> Stacks:
    """Judges the layer objects of a file; in what comes back nothing is found where it has none."""
    stacks = Stacks(session, definitions, recogniser)
    if stacks.weighted:
        stacks.with_our_loss()
        if not stacks.wrong:
            stacks.with_their_losses()
        if not stacks.wrong:
            stacks.with_containers()
    return stacks
