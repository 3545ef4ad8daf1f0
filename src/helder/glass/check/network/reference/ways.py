"""The ways forward that give what was seen, right ones and those with a mistake in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product, takewhile

import numpy as np

from helder.core.activations import ACTIVATIONS, Activation
from helder.core.probabilities import softmax
from helder.glass.check.deadline import NEVER, Deadline
from helder.glass.check.network.reference.losses import OutputLoss, losses_of
from helder.glass.check.network.reference.matching import largest_of
from helder.glass.check.network.reference.network import (
    RIGHT_WIRING,
    Known,
    Pass,
    Shape,
    Wiring,
    forward,
)
from helder.typing import Floats

HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "identity", "elu", "softplus", "silu", "gelu")
OUTPUT = ("sigmoid", "identity", "tanh", "relu")
USUAL_OUTPUTS = ("softmax", "sigmoid", "identity")
SAME_OUTPUT = 1e-6  # of a forward pass, of the largest number

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
        own: The person's own loss, where it was measured; else it is one of the book's.
    """

    known: Known
    outputs: tuple[Floats, ...]
    weights: tuple[Floats | None, ...]
    biases: tuple[Floats | None, ...]
    signed: bool = True
    own: OutputLoss | None = None

    def losses(self, output: str) -> list[OutputLoss]:
        """The losses whose gradient it may be, behind this output."""
        return losses_of(output) if self.own is None else [self.own]

    @property
    def arrays(self) -> list[Floats | None]:
        """All that was seen, each layer's W and b."""
        return [array for pair in zip(self.weights, self.biases, strict=True) for array in pair]

    @property
    def going_key(self) -> bytes:
        """What the ways forward depend on: two that share it went forward in the same way."""
        known = self.known
        return key_of([known.x, known.y, *known.weights, *known.biases, *self.outputs])

    @property
    def key(self) -> bytes:
        """What all depends on."""
        seen = key_of([*self.arrays, *(self.known.after or ())])
        own = b"" if self.own is None else self.own.name.encode()
        return b"%d" % self.signed + own + self.going_key + seen

    @cached_property
    def largest(self) -> float:
        """The largest number of all that was seen."""
        return largest_of(self.arrays)


def key_of(arrays: Sequence[Floats | None]) -> bytes:
    """The same bytes for the same arrays."""
    return b"|".join(b"" if a is None else repr(a.shape).encode() + a.tobytes() for a in arrays)


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


def ways_forward(
    observed: Observed, own: Sequence[Activation], deadline: Deadline = NEVER
) -> Iterator[Going]:
    """The ways forward that give what was seen; all of them where no output was."""
    if not observed.outputs:  # less is known: only the usual ones, each for all layers
        names = {activation.name for activation in own} | set(HIDDEN[:4])
        for shape in alike(observed.known, own):
            usual = (*USUAL_OUTPUTS, *(a.name for a in (*own, *shape.hidden)))
            if {a.name for a in shape.hidden} <= names and shape.output_name in usual:
                yield Going(shape)
        return
    seen: list[Going] = []
    for shapes in (alike, mixed):
        if not seen:
            seen = [
                Going(shape)
                for shape in in_time(shapes(observed.known, own), deadline)
                if is_output(observed, forward(observed.known, shape))
            ]
    yield from seen
    if all(any(a.name == "identity" for a in going.shape.hidden) for going in seen):
        yield from mistaken_ways(observed, own, deadline)
    for going in seen:  # the loss may hold the link: then forward ends before it
        if going.shape.output_name == "identity":
            hidden = going.shape.hidden
            yield Going(Shape(hidden))
            yield Going(Shape(hidden, ACTIVATIONS["sigmoid"]))
            last = observed.known.layers - 1
            for cause, link in LINKS:
                yield Going(Shape(hidden, None, link), RIGHT_WIRING, cause, "", last, in_loss=True)


def alike(known: Known, own: Sequence[Activation]) -> Iterator[Shape]:
    """One activation for all hidden layers."""
    hidden = known.layers - 1
    for activation in candidates(own) if hidden else candidates(())[:1]:
        yield from with_outputs((activation,) * hidden, known, own)


def mixed(known: Known, own: Sequence[Activation]) -> Iterator[Shape]:
    """Different activations, where there are two or three hidden layers."""
    hidden = known.layers - 1
    some = candidates(own) if hidden == 2 else candidates(own)[:5]
    for activations in product(some, repeat=hidden) if hidden in (2, 3) else ():
        if len(set(activations)) > 1:
            yield from with_outputs(activations, known, own)


def candidates(own: Sequence[Activation]) -> list[Activation]:
    """The activations that a hidden layer may have."""
    return [*own, *(ACTIVATIONS[name] for name in HIDDEN if name not in {a.name for a in own})]


def with_outputs(
    hidden: tuple[Activation, ...], known: Known, own: Sequence[Activation]
) -> Iterator[Shape]:
    """The outputs that may stand behind them; a softmax of one number is always one."""
    if known.weights[-1].shape[1] > 1:
        yield Shape(hidden)
    for activation in dict.fromkeys([*(ACTIVATIONS[name] for name in OUTPUT), *own, *hidden]):
        yield Shape(hidden, activation)


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


def mistaken_ways(
    observed: Observed, own: Sequence[Activation], deadline: Deadline
) -> Iterator[Going]:
    """Ways forward with a mistake that give the output that was seen."""
    found = False
    for shapes in (alike, mixed):
        tried = in_time(shapes(observed.known, own), deadline)
        for going in () if found else mistaken_shapes(observed, tried):
            found = True
            yield going


def in_time(shapes: Iterable[Shape], deadline: Deadline) -> Iterator[Shape]:
    """Those that there is time for: with many rows and layers they are too many."""
    return takewhile(lambda shape: not deadline.over, shapes)


def mistaken_shapes(observed: Observed, shapes: Iterable[Shape]) -> Iterator[Going]:
    """The same of networks that bend in these ways."""
    layers = observed.known.layers
    for shape in shapes:
        for wiring, cause, saw, layer in wirings(observed.known):
            passed = forward(observed.known, shape, wiring)
            if is_output(observed, passed):
                yield Going(shape, wiring, cause, saw, layer)
                if shape.output_name == "identity":  # what was seen may end before the link
                    for output in (None, ACTIVATIONS["sigmoid"]):
                        yield Going(Shape(shape.hidden, output), wiring, cause, saw, layer)
        if shape.output is None:
            for cause, link in LINKS if len(observed.known.x) > 1 else ():  # of one row: right
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
    if len(with_bias) > 2:
        yield Wiring(frozenset(with_bias[:-1])), cause, "no b in any hidden z", None
    for at in with_bias:
        yield Wiring(frozenset({at})), cause, f"z{at + 1} without b{at + 1}", at
    cause = "layers-not-chained"
    if known.layers > 2 and {W.shape[0] for W in known.weights} == {known.x.shape[1]}:
        every = tuple((at, "a", -1) for at in range(1, known.layers))
        yield Wiring(entering=every), cause, "every layer takes the inputs", None
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


def names_of(known: Known) -> list[str]:
    """W1, b1, W2, b2, ..."""
    return [f"{letter}{layer}" for layer in range(1, known.layers + 1) for letter in "Wb"]
