"""What a step is, from what was seen of it: the gradient of a loss, or a mistake by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from helder.core.activations import ACTIVATIONS, Activation
from helder.core.probabilities import softmax
from helder.glass.check.network.losses import OutputLoss, losses_of
from helder.glass.check.network.matching import SAME, Factors, factors
from helder.glass.check.network.mistakes import Mistake, mistakes
from helder.glass.check.network.reference import (
    RIGHT_WIRING,
    Known,
    Pass,
    Shape,
    Stages,
    Wiring,
    backward,
    entered,
    forward,
)
from helder.typing import Floats

HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "identity", "elu", "softplus", "silu", "gelu")
OUTPUT = ("sigmoid", "identity", "tanh", "relu")
SAME_OUTPUT = 1e-6  # of a forward pass, of the largest number
FRAGILE_OUTPUT = 1e-4  # where a small constant was added to keep from a division by zero

LINKS: tuple[tuple[str, Callable[[Floats], Floats]], ...] = (
    ("softmax-whole-matrix", lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum()),
    ("softmax-whole-matrix", lambda z: of_all(np.exp(z - z.max(axis=1, keepdims=True)))),
    ("softmax-axis", lambda z: softmax(z.T).T),
    ("softmax-alters-logits", lambda z: softmax(z / np.max(z))),
)


def of_all(e: Floats) -> Floats:
    """Each number as a share of the whole matrix."""
    return e / e.sum()


@dataclass(frozen=True)
class Observed:
    """What was seen of one step of somebody's network, in rows by units.

    Attributes:
        known: The parameters, the rows and the targets.
        outputs: Arrays that may be its output, (N, n_out).
        weights: The direction of each layer's W downhill: `before - after`, or a gradient.
        biases: The same of each b; None where it was not seen.
        signed: Whether the sign counts: it does for a step, not for a gradient alone.
    """

    known: Known
    outputs: tuple[Floats, ...]
    weights: tuple[Floats | None, ...]
    biases: tuple[Floats | None, ...]
    signed: bool = True

    @property
    def arrays(self) -> list[Floats | None]:
        """All that was seen, each layer's W and b."""
        return [array for pair in zip(self.weights, self.biases, strict=True) for array in pair]


@dataclass(frozen=True)
class Going:
    """A way to go forward that may be the person's, and the mistake in it, if it is one.

    Attributes:
        shape: How the network bends.
        wiring: How its layers are joined.
        cause: The mistake's name.
        saw: The mistake as a formula.
        layer: The layer that it concerns, from 0.
        in_loss: Whether the mistake stands in the loss, behind the output that was seen.
    """

    shape: Shape
    wiring: Wiring = RIGHT_WIRING
    cause: str | None = None
    saw: str = ""
    layer: int | None = None
    in_loss: bool = False

    @property
    def linear(self) -> bool:
        """Whether a layer without activation would give the same output."""
        return any(kind == "z" for _, kind, _ in self.wiring.entering)


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


Ways = dict[bytes, list["Going"]]  # the ways forward that give certain outputs


def recognise(
    observed: Observed, own: Sequence[Activation] = (), kept: Ways | None = None
) -> Recognition | None:
    """What a step is; None where it is nothing that we know.

    Args:
        observed: What was seen.
        own: Activations that the book does not have.
        kept: The ways forward of earlier steps of the same network, which are kept there.
    """
    found = recognise_right(observed, own, kept := {} if kept is None else kept)
    if found is not None or not fits_in(observed):
        return found
    ways = kept_ways(observed, own, kept)
    for going in ways:
        found = wrong_way(observed, going) if going.cause else mistaken_gradient(observed, going)
        if found is not None:
            return found
    for going in ways:
        found = None if going.cause else another_way(observed, going)
        if found is not None:
            return found
    return None


def another_way(observed: Observed, going: Going) -> Recognition | None:
    """A gradient of a network that is joined in another way than the one that gave the output.

    Training may go forward by itself, beside the function that predicts.
    """
    for wiring, cause, saw, layer in wirings(observed.known):
        other = Going(going.shape, wiring, cause, saw, layer)
        found = right_gradient(observed, other)
        if found is not None:
            return found
    return None


def recognise_right(
    observed: Observed, own: Sequence[Activation] = (), kept: Ways | None = None
) -> Recognition | None:
    """A right step; None where it is a mistake or nothing that we know, which is soon said."""
    if not fits_in(observed):
        return None
    for going in kept_ways(observed, own, {} if kept is None else kept):
        found = right_gradient(observed, going) if going.cause is None else None
        if found is not None:
            return found
    return None


def fits_in(observed: Observed) -> bool:
    """Whether rows and targets are as wide as the weights say."""
    known = observed.known
    sizes = (known.x.shape[1], known.y.shape[1])
    return sizes == (known.weights[0].shape[0], known.weights[-1].shape[1])


def kept_ways(observed: Observed, own: Sequence[Activation], kept: Ways) -> list[Going]:
    """The ways forward, each found once."""
    key = b"".join(output.tobytes() for output in observed.outputs)
    if key not in kept:
        kept[key] = list(ways_forward(observed, own))
    return kept[key]


def wrong_way(observed: Observed, going: Going) -> Recognition | None:
    """A mistake in going forward: seen in the output, or in a gradient that goes with it.

    Backward may follow what forward does, or what it should do: the activations that it keeps.
    """
    found = right_gradient(observed, going) or right_gradient(observed, going, meant)
    if found is None and observed.outputs and not (going.linear or going.in_loss):
        passed = forward(observed.known, going.shape, going.wiring)
        for loss in losses_of(going.shape.output_name):
            factors = compared(observed, passed, Stages(output=loss.dz))
            if factors.known:  # something of backward goes with it
                return Recognition(going, loss, factors)
    return found


def meant(passed: Pass, layer: int) -> Floats:
    """What should have entered a layer."""
    return passed.activations[layer - 1] if layer else passed.known.x


def ways_forward(observed: Observed, own: Sequence[Activation]) -> Iterator[Going]:
    """The ways forward that give what was seen; all of them where no output was."""
    if not observed.outputs:  # less is known: only the usual ones, each for all layers
        names = {activation.name for activation in own} | set(HIDDEN[:4])
        for shape in shapes(observed.known.layers, own):
            if len(set(shape.hidden)) <= 1 and {a.name for a in shape.hidden} <= names:
                yield Going(shape)
        return
    seen = [
        Going(shape)
        for shape in shapes(observed.known.layers, own)
        if is_output(observed, forward(observed.known, shape))
    ]
    yield from seen
    if all(any(a.name == "identity" for a in going.shape.hidden) for going in seen):
        yield from mistaken_ways(observed, own)
    for going in seen:  # the loss may hold the link: then forward ends before it
        if going.shape.output_name == "identity":
            hidden = going.shape.hidden
            yield Going(Shape(hidden))
            yield Going(Shape(hidden, ACTIVATIONS["sigmoid"]))
            last = observed.known.layers - 1
            for cause, link in LINKS:
                yield Going(Shape(hidden, None, link), RIGHT_WIRING, cause, "", last, in_loss=True)


def shapes(layers: int, own: Sequence[Activation]) -> Iterator[Shape]:
    """The combinations of activations to try, one for all hidden layers first."""
    known = [*own, *(ACTIVATIONS[name] for name in HIDDEN if name not in {a.name for a in own})]
    outputs = [None, *(ACTIVATIONS[name] for name in OUTPUT)]
    hidden = layers - 1
    same = [(activation,) * hidden for activation in known] if hidden else [()]
    mixed = product(known if hidden == 2 else known[:5], repeat=hidden) if hidden in (2, 3) else ()
    for activations in dict.fromkeys([*same, *mixed]):
        for output in outputs:
            yield Shape(activations, output)


def is_output(observed: Observed, passed: Pass, same: float = SAME_OUTPUT) -> bool:
    """Whether this pass ends in an array that was seen."""
    given = [passed.p]
    if passed.shape.output is None:
        with np.errstate(all="ignore"):
            given.append(np.log(passed.p))  # a log-softmax
    return any(near(o, p, same) for o in observed.outputs for p in given)


def near(one: Floats, other: Floats, same: float) -> bool:
    """Whether two arrays are the same but for rounding."""
    if one.shape != other.shape:
        return False
    return bool(np.abs(one - other).max() <= same * max(1.0, float(np.abs(other).max())))


def mistaken_ways(observed: Observed, own: Sequence[Activation]) -> Iterator[Going]:
    """Ways forward with a mistake that give the output that was seen."""
    layers = observed.known.layers
    for shape in shapes(layers, own):
        for wiring, cause, saw, layer in wirings(observed.known):
            passed = forward(observed.known, shape, wiring)
            if is_output(observed, passed):
                yield Going(shape, wiring, cause, saw, layer)
        if shape.output is None:
            for cause, link in LINKS:
                other = Shape(shape.hidden, None, link)
                with np.errstate(all="ignore"):
                    if is_output(observed, forward(observed.known, other)):
                        yield Going(other, RIGHT_WIRING, cause, "", layers - 1)


def wirings(known: Known) -> Iterator[tuple[Wiring, str, str, int | None]]:
    """The mistakes in joining layers that these shapes allow."""
    with_bias = [at for at, b in enumerate(known.biases) if b is not None]
    cause = "forward-misses-bias"
    if len(with_bias) > 1:
        yield Wiring(frozenset(with_bias)), cause, "no b in any z", None
    for at in with_bias:
        yield Wiring(frozenset({at})), cause, f"z{at + 1} without b{at + 1}", at
    cause = "layers-not-chained"
    widths = [W.shape[1] for W in known.weights]
    for at in range(1, known.layers):
        n_in = known.weights[at].shape[0]
        yield (
            Wiring(entering=((at, "z", at - 1),)),
            cause,
            f"layer {at + 1} takes z{at} in place of a{at}",
            at,
        )
        if known.x.shape[1] == n_in:
            yield (
                Wiring(entering=((at, "a", -1),)),
                cause,
                f"layer {at + 1} takes the inputs in place of a{at}",
                at,
            )
        for source in range(at - 1):
            if widths[source] == n_in:
                saw = f"layer {at + 1} takes a{source + 1} in place of a{at}"
                yield Wiring(entering=((at, "a", source),)), cause, saw, at


def compared(observed: Observed, passed: Pass, stages: Stages) -> Factors:
    """What was seen beside what these stages give."""
    with np.errstate(all="ignore"):
        dWs, dbs = backward(passed, stages)
    predicted = [array for pair in zip(dWs, dbs, strict=True) for array in pair]
    return factors(observed.arrays, predicted, SAME)


def right_gradient(
    observed: Observed, going: Going, entering: Callable[[Pass, int], Floats] = entered
) -> Recognition | None:
    """The loss whose gradient it is, if there is one."""
    passed = forward(observed.known, going.shape, going.wiring)
    for loss in losses_of(going.shape.output_name):
        found = compared(observed, passed, Stages(output=loss.dz, entering=entering))
        one = found.one
        if one is not None and (one > 0 or not observed.signed):
            return Recognition(going, loss, found)
    return None


def mistaken_gradient(observed: Observed, going: Going) -> Recognition | None:
    """The mistake whose gradient it is, if there is one."""
    passed = forward(observed.known, going.shape, going.wiring)
    for loss in losses_of(going.shape.output_name):
        found = compared(observed, passed, Stages(output=loss.dz))
        mistake = copied(observed, found) or wrong_factors(observed, found)
        if mistake is not None:
            return Recognition(going, loss, found, mistake)
    for loss in losses_of(going.shape.output_name):
        for mistake in mistakes(passed, loss):
            found = compared(observed, passed, mistake.stages)
            one = found.one
            if mistake.cause.startswith("bias-"):
                one = one_of_weights(found)
            if one is not None and (one > 0 or not observed.signed):
                return Recognition(going, loss, found, mistake)
    return None


def one_of_weights(found: Factors) -> float | None:
    """The factor of the weights, where a bias may have another: a mean in place of a sum."""
    return Factors(found.each[0::2]).one if found.collinear else None


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
    middle = usual(nonzero)
    off = [
        (n, f / middle)
        for n, f in zip(names, found.each, strict=True)
        if f is not None and is_off(f, middle)
    ]
    if not off:
        return None
    signs = [name for name, ratio in off if ratio < 0]
    if signs and all(abs(abs(ratio) - 1) < 1e-3 for _, ratio in off):
        return Mistake("update-sign", f"{', '.join(signs)} with the other sign", stages)
    saw = ", ".join(f"{name} is {ratio:.4g} times as large" for name, ratio in off)
    return Mistake("gradient-scale", f"{saw} as the others say it should be", stages)


def is_off(f: float, middle: float) -> bool:
    """Whether a factor is another than the usual one."""
    return not np.isnan(f) and abs(f / middle - 1) > 1e-3


def usual(known: Sequence[float]) -> float:
    """The factor that most arrays share; the last where none is shared."""
    return max(reversed(known), key=lambda f: sum(abs(f / g - 1) < 1e-3 for g in known if g))


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


def names_of(known: Known) -> list[str]:
    """W1, b1, W2, b2, ..."""
    return [f"{letter}{layer}" for layer in range(1, known.layers + 1) for letter in "Wb"]
