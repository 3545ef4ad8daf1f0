"""What a step is, from what was seen of it: the gradient of a loss, or a mistake by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from helder.core.activations import Activation
from helder.glass.check.deadline import NEVER, Deadline
from helder.glass.check.network.judging.decay import without_decay
from helder.glass.check.network.judging.middle import is_off, middle_of, off_middle
from helder.glass.check.network.judging.several import several
from helder.glass.check.network.reference.losses import OutputLoss
from helder.glass.check.network.reference.matching import SAME, Factors, factor, factors
from helder.glass.check.network.reference.mistakes import Mistake, mistakes
from helder.glass.check.network.reference.network import (
    RIGHT_WIRING,
    Pass,
    Shape,
    Stages,
    backward,
    entered,
    forward,
    layer_by_layer,
)
from helder.glass.check.network.reference.own_slopes import OwnSlope, bent_by
from helder.glass.check.network.reference.ways import (
    LINKS,
    Going,
    Observed,
    names_of,
    ways_forward,
    wirings,
)
from helder.typing import Floats


@dataclass(frozen=True)
class Recognition:
    """What a step was recognised as.

    Attributes:
        going: The way forward.
        loss: The loss whose gradient it is, or would be.
        factors: How the arrays compare with the gradient (of the mistake, where there is one).
        mistake: The mistake in going backward, if there is one.
    """

    going: Going
    loss: OutputLoss
    factors: Factors
    mistake: Mistake | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return self.mistake is None and self.going.cause is None


class Recogniser:
    """Says of steps what they are, of each kind once: many plans end in the same step.

    Args:
        own: Activations that the book does not have.
        deadline: When nothing more is recognised.
        slopes: Derivatives of the person's own that are wrong.
    """

    def __init__(
        self,
        own: Sequence[Activation] = (),
        deadline: Deadline = NEVER,
        slopes: Sequence[OwnSlope] = (),
    ) -> None:
        self.own, self.deadline, self.slopes = own, deadline, slopes
        self.ways: dict[bytes, list[Going]] = {}
        self.found: dict[bytes, Recognition | None] = {}

    def __call__(self, observed: Observed) -> Recognition | None:
        """What a step is; None where it is nothing that we know."""
        key = observed.key
        if key not in self.found:
            known = self.right(observed) or self.mistaken(observed)
            self.found[key] = known or self.decayed(observed)
        return self.found[key]

    def right(self, observed: Observed) -> Recognition | None:
        """A right step; None where it is a mistake or nothing that we know, which is soon said."""
        for going in self.ways_of(observed):
            found = right_gradient(observed, going) if going.cause is None else None
            if found is not None:
                return found
        return None

    @np.errstate(all="ignore")  # a mistake may divide by 0
    def mistaken(self, observed: Observed) -> Recognition | None:
        """A step with a mistake in it, in going forward or backward."""
        for going in self.ways_of(observed):
            found = None if self.deadline.over else self.mistake_in(observed, going)
            if found is not None:
                return found
        for going in self.ways_of(observed):
            if going.cause or self.deadline.over:
                continue
            found = another_way(observed, going) or bent_gradient(observed, going, self.slopes)
            if found is not None:
                return found
        return None

    def until(self, deadline: Deadline) -> Recogniser:
        """Another one for the same file, until another moment."""
        return Recogniser(self.own, deadline, self.slopes)

    def decayed(self, observed: Observed) -> Recognition | None:
        """A step with weight decay in it, right or with a mistake in a hidden layer."""
        for going in self.ways_of(observed):
            if going.cause or self.deadline.over:
                continue
            for less in without_decay(observed, going):
                found = right_gradient(less, going) or mistaken_gradient(less, going)
                if found is not None:
                    return found
        return None

    def thoroughly(self, observed: Observed) -> Recognition | None:
        """The same, and where it is nothing that we know, several mistakes at once."""
        found = self(observed)
        for going in () if found is not None else self.ways_of(observed):
            found = with_several(observed, going, self.deadline)
            if found is not None:
                return found
        return found

    def mistake_in(self, observed: Observed, going: Going) -> Recognition | None:
        """The mistake that goes with a way forward, and those beside it."""
        if going.cause is None:
            return mistaken_gradient(observed, going)
        found = wrong_way(observed, going)
        if going.linear or (found is not None and found.factors.one is not None):
            return found
        return mistaken_gradient(observed, going) or (
            with_several(observed, going, self.deadline) or found
        )

    def ways_of(self, observed: Observed) -> list[Going]:
        """The ways forward that give the outputs that were seen."""
        if not fits_in(observed):
            return []
        key = observed.going_key
        if key not in self.ways:
            self.ways[key] = list(ways_forward(observed, self.own, self.deadline))
        return self.ways[key]


def with_several(observed: Observed, going: Going, deadline: Deadline) -> Recognition | None:
    """Several mistakes in one gradient, where the output was seen."""
    if not observed.outputs:
        return None
    passed = forward(observed.known, going.shape, going.wiring)
    found: list[Recognition] = []
    for loss in observed.losses(going.shape.output_name):
        with np.errstate(all="ignore"):
            both = None if deadline.over else several(observed, passed, loss, deadline)
        if both is not None:
            found.append(Recognition(going, loss, both[1], both[0]))
    return min(
        found, key=lambda one: 0 if one.mistake is None else len(one.mistake.also), default=None
    )


def another_way(observed: Observed, going: Going) -> Recognition | None:
    """A gradient of a network that is joined in another way than the one that gave the output.

    Training may go forward by itself, beside the function that predicts.
    """
    for wiring, cause, saw, layer in wirings(observed.known):
        other = Going(going.shape, wiring, cause, saw, layer)
        found = right_gradient(observed, other) or right_gradient(observed, other, meant)
        if found is not None:
            return found
    for cause, link in LINKS if going.shape.output is None else ():
        other = Going(Shape(going.shape.hidden, None, link), RIGHT_WIRING, cause)
        with np.errstate(all="ignore"):
            found = right_gradient(observed, other)
        if found is not None:
            return found
    return None


def fits_in(observed: Observed) -> bool:
    """Whether rows and targets are as wide as the weights say."""
    known = observed.known
    sizes = (known.x.shape[1], known.y.shape[1])
    return sizes == (known.weights[0].shape[0], known.weights[-1].shape[1])


def wrong_way(observed: Observed, going: Going) -> Recognition | None:
    """A mistake in going forward: seen in the output, or in a gradient that goes with it.

    Backward may follow what forward does, or what it should do: the activations that it keeps.
    """
    found = right_gradient(observed, going) or right_gradient(observed, going, meant)
    if found is None and observed.outputs and not (going.linear or going.in_loss):
        beside = right_gradient(observed, Going(going.shape))
        if beside is not None:  # what predicts has the mistake, what trains goes by itself
            return replace(beside, going=going)
        passed = forward(observed.known, going.shape, going.wiring)
        for loss in observed.losses(going.shape.output_name):
            factors = compared(observed, passed, Stages(output=loss.dz))
            if factors.known:  # something of backward goes with it
                return Recognition(going, loss, factors)
    return found


def meant(passed: Pass, layer: int) -> Floats:
    """What should have entered a layer."""
    return passed.activations[layer - 1] if layer else passed.known.x


def compared(observed: Observed, passed: Pass, stages: Stages) -> Factors:
    """What was seen beside what these stages give."""
    with np.errstate(all="ignore"):
        dWs, dbs = backward(passed, stages)
    predicted = [array for pair in zip(dWs, dbs, strict=True) for array in pair]
    return factors(observed.arrays, predicted, SAME)


def agreeing(observed: Observed, passed: Pass, stages: Stages) -> Factors | None:
    """The same where every array is a multiple of what these stages give; None at the first that
    is not, so that most of many mistakes are put aside after the last layer."""
    found: list[float | None] = []
    seen = zip(reversed(observed.weights), reversed(observed.biases), strict=True)
    with np.errstate(all="ignore"):
        for (W, b), (dW, db) in zip(seen, layer_by_layer(passed, stages), strict=True):
            of_b, of_W = factor(b, db, observed.largest), factor(W, dW, observed.largest)
            if of_b is None or of_W is None:
                return None
            found += [of_b, of_W]
    return Factors(tuple(reversed(found)))


def right_gradient(
    observed: Observed, going: Going, entering: Callable[[Pass, int], Floats] = entered
) -> Recognition | None:
    """The loss whose gradient it is, if there is one."""
    passed = forward(observed.known, going.shape, going.wiring)
    for loss in observed.losses(going.shape.output_name):
        found = agreeing(observed, passed, Stages(output=loss.dz, entering=entering))
        one = None if found is None else found.one
        if found is not None and one is not None and (one > 0 or not observed.signed):
            return Recognition(going, loss, found)
    return None


def mistaken_gradient(observed: Observed, going: Going) -> Recognition | None:
    """The mistake whose gradient it is, if there is one."""
    passed = forward(observed.known, going.shape, going.wiring)
    last: Recognition | None = None  # of a single number any factor can be found
    losses = observed.losses(going.shape.output_name)
    rights = [compared(observed, passed, Stages(output=loss.dz)) for loss in losses]
    for loss, found in zip(losses, rights, strict=True):
        mistake = copied(observed, found) or wrong_factors(observed, found)
        if mistake is not None and mistake.cause == "gradient-scale" and of_one(observed, found):
            last = last or Recognition(going, loss, found, mistake)
        elif mistake is not None:
            return Recognition(going, loss, found, mistake)
    for loss, found in zip(losses, rights, strict=True):
        right, ends_right = Stages(output=loss.dz), None not in found.each[-2:]
        for mistake in mistakes(passed, loss):
            if not ends_right and mistake.stages.end_like(right):
                continue
            agreed = agreeing(observed, passed, mistake.stages)
            if agreed is None:
                continue
            one = one_of_weights(observed, agreed, mistake) or agreed.one
            if one is not None and (one > 0 or not observed.signed):
                return Recognition(going, loss, agreed, mistake)
    return last


def bent_gradient(
    observed: Observed, going: Going, slopes: Sequence[OwnSlope]
) -> Recognition | None:
    """The derivative of the person's own that makes the gradient wrong, if one does."""
    passed = forward(observed.known, going.shape, going.wiring)
    for loss in observed.losses(going.shape.output_name) if slopes else ():
        for mistake in bent_by(slopes, passed, Stages(output=loss.dz)):
            agreed = agreeing(observed, passed, mistake.stages)
            one = None if agreed is None else agreed.one
            if agreed is not None and one is not None and (one > 0 or not observed.signed):
                return Recognition(going, loss, agreed, mistake)
    return None


def of_one(observed: Observed, found: Factors) -> bool:
    """Whether only arrays of a single number have another factor than the others."""
    off = [observed.arrays[at] for at, _ in off_middle(observed, found)]
    return all(array is None or array.size == 1 for array in off)


def one_of_weights(observed: Observed, found: Factors, mistake: Mistake) -> float | None:
    """The factor of the weights in a mistake of a bias, which may have another than they.

    The bias of a single unit may not, as some factor fits any number: only one row in place of the
    mean of all is known.
    """
    if not mistake.cause.startswith("bias-"):
        return None
    one = Factors(found.each[::2]).one if found.collinear else None
    alone = [
        f
        for f, array in zip(found.each[1::2], observed.arrays[1::2], strict=True)
        if array is not None and array.size == 1 and f is not None and not math.isnan(f)
    ]
    counts = (1, len(observed.known.x) if mistake.cause == "bias-gradient-one-row" else 1)
    if one is None or any(all(is_off(f, one * count) for count in counts) for f in alone):
        return None
    return one


def copied(observed: Observed, found: Factors) -> Mistake | None:
    """One gradient that stands in two places, where it belongs in one of them."""
    names = names_of(observed.known)
    alone = [at for at, f in enumerate(found.each) if f is None]
    if len(alone) != 1 or Factors(tuple(f for f in found.each if f is not None)).one is None:
        return None
    mine = observed.arrays[alone[0]]
    for at, other in enumerate(observed.arrays):
        if at == alone[0] or mine is None or other is None or not np.any(other):
            continue
        fits = other.shape == mine.shape or other.size == 1
        if fits and np.allclose(mine, other, rtol=1e-6, atol=0):
            stages = Stages(output=lambda p: p.error)
            saw = f"d{names[alone[0]]} is d{names[at]}"
            return Mistake("gradient-copied", saw, stages, alone[0] // 2)
    return None


def wrong_factors(observed: Observed, found: Factors) -> Mistake | None:
    """The mistake where every array is a multiple of its gradient, but not all the same one."""
    if not found.collinear:
        return None
    known = found.known
    names = names_of(observed.known)
    of_none = [name for name, f in zip(names, found.each, strict=True) if f == 0]
    nonzero = [f for f in known if f != 0]
    stages = Stages(output=lambda p: p.error)
    if not nonzero:
        return Mistake("gradient-zero", "all gradients are 0", stages)
    if of_none:
        return zero_factors(found, names, stages, observed.signed)
    if observed.signed and all(f < 0 for f in known):
        return Mistake("update-sign", "every parameter goes uphill", stages)
    off = off_middle(observed, found)
    if not off:
        return None
    signs = uphill(names, found, middle_of(observed, found), observed.signed)
    if signs and not any(is_off(abs(ratio), 1.0) for _, ratio in off):
        return Mistake("update-sign", f"{', '.join(signs)} with the other sign", stages)
    saw = ", ".join(f"{names[at]} is {ratio:.4g} times as large" for at, ratio in off)
    also = ("update-sign",) if signs else ()
    saw = f"{saw} as the others say it should be"
    return Mistake("gradient-scale", saw, stages, also=also)


def uphill(names: list[str], found: Factors, middle: float, signed: bool) -> list[str]:
    """What goes along its gradient where it should go against it; of gradients, what few do."""
    usual_sign = 1.0 if signed else np.sign(middle)
    pairs = zip(names, found.each, strict=True)
    return [name for name, f in pairs if f is not None and f * usual_sign < 0]


def zero_factors(found: Factors, names: list[str], stages: Stages, stepped: bool) -> Mistake | None:
    """Which arrays stay as they are: single parameters, or all before some layer."""
    zero = [f == 0 for f in found.each]
    rest = Factors(tuple(f for f in found.each if f != 0))
    if rest.one is None:
        return None
    count = sum(zero)
    from_start = all(zero[:count]) and count % 2 == 0 and count >= 2
    still = [name for name, stays in zip(names, zero, strict=True) if stays]
    if from_start:
        return Mistake("gradient-zero", f"nothing reaches {', '.join(still)}", stages, 0)
    if not stepped:
        return Mistake("gradient-zero", f"the gradient of {', '.join(still)} is 0", stages)
    return Mistake("parameter-not-updated", f"{', '.join(still)} never changes", stages)
