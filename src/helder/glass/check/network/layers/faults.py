"""The mistakes in one layer, each array that it gives back held against the right one.

What a layer gives back depends on dz = g f'(z) alone: dx = dz Wᵀ, dW = xᵀ dz, db = dz summed over
the rows. So a mistake in dz shows in all three, and one in an array in that array.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from helder.core.activations import ACTIVATIONS, Activation
from helder.glass.check.network.judging.suspects import IN_A_FORMULA
from helder.glass.check.network.layers.measuring import Measured
from helder.glass.check.network.reference.matching import factor
from helder.glass.check.network.reference.mistakes import wrong_sums
from helder.glass.check.network.reference.slopes import wrong_slopes
from helder.typing import Floats

SAME = 1e-5  # of the largest number: what finite differences leave
CLEAR = 5e-3  # of the largest number: what a formula that is nearly right may be apart
SAME_OUTPUT = 1e-6
NO_SLOPE = "missing-hidden-derivative"


@dataclass(frozen=True)
class Fault:
    """A mistake in a layer.

    Attributes:
        cause: Its name in `causes.CAUSES`.
        name: The array in which it shows: `dx`, `dW`, `db`, `output`.
        saw: The mistake as a formula; empty where none is known.
        array: The array as the layer gave it.
        right: The array as it should be.
        before: What is wrong on the way to it, in the order in which code makes it.
    """

    cause: str
    name: str
    saw: str
    array: Floats
    right: Floats
    before: tuple[Floats, ...] = ()

    @property
    def traces(self) -> Iterator[Floats]:
        """The arrays that tell the line: the first that is made counts."""
        yield from self.before
        yield self.array
        if self.array.size > 1 and np.ptp(self.array) == 0 and np.any(self.array):
            yield self.array.ravel()[:1]  # one number for all units

    @property
    def evidence(self) -> str:
        """`dx[0, 1] is 0.3, right is 0.1`: the number that is farthest off."""
        if self.array.shape != self.right.shape:
            return f"{self.name} is {self.saw}"
        cell = np.unravel_index(int(np.abs(self.array - self.right).argmax()), self.array.shape)
        place = ", ".join(str(int(i)) for i in cell)
        numbers = f"{self.array[cell]:.4g}, right is {self.right[cell]:.4g}"
        formula = f"{self.name} is {self.saw}. " if self.saw else ""
        return f"{formula}{self.name}[{place}] is {numbers}"


def faults_of(seen: Measured, own: Sequence[Activation] = ()) -> list[Fault]:
    """The mistakes of a layer, none where it is right or where they are nothing that we know."""
    return list(Layered(seen, own).faults() if seen.slots.weights else in_dx(seen, own))


@np.errstate(all="ignore")
def multiple(one: Floats, other: Floats) -> float | None:
    """The factor between two arrays; None where they are not multiples of each other."""
    found = factor(one, other, float(np.abs(one).max()), SAME)
    return None if found is None or math.isnan(found) else found


def activation_of(z: Floats, a: Floats, own: Sequence[Activation]) -> Activation | None:
    """The activation that makes a of z."""
    with np.errstate(all="ignore"):
        for activation in (*ACTIVATIONS.values(), *own):
            made = activation.function(z)
            if made.shape == a.shape and np.allclose(made, a, atol=SAME_OUTPUT, rtol=SAME_OUTPUT):
                return activation
    return None


def in_dx(seen: Measured, own: Sequence[Activation]) -> Iterator[Fault]:
    """The mistake of a layer without weights."""
    layer, dx, right = seen.layer, seen.dx, seen.right_dx
    found = multiple(dx, right)
    if is_one(found) or near(dx, right):
        yield from in_vectors(seen)
        return
    if layer.sums_to_one and not found and np.any(dx):
        p = seen.output
        if multiple(dx, seen.g * p * (1 - p)) is not None:
            saw = "g p (1 - p), without the other classes"
            yield Fault("softmax-derivative-twice", "dx", saw, dx, right)
        elif multiple(dx, seen.g) is None:  # it may be one with its loss, which gives p - y
            yield Fault("derivative-formula", "dx", "", dx, right)
        return
    named = named_slope(seen, own)
    if named is not None:
        yield Fault(*named, dx, right, slope_in(named[0], dx, seen))
    elif is_one(multiple(dx, seen.g)):
        return
    elif found == 0 or not np.any(dx):
        yield Fault("gradient-zero", "dx", "0", dx, right)
    elif found is not None:
        yield scaled_dx(seen, found)
    else:
        yield Fault("derivative-formula", "dx", "", dx, right)


def named_slope(seen: Measured, own: Sequence[Activation]) -> tuple[str, str, str] | None:
    """The slope that stands in place of f'(z): cause, array, formula."""
    activation = activation_of(seen.x, seen.output, own)
    if is_one(multiple(seen.dx, seen.g)):
        with_loss = activation is not None and activation.name == "sigmoid"  # which gives a - y
        return None if with_loss else (NO_SLOPE, "dx", "g without f'(x)")
    for cause, saw, slope in wrong_slopes(activation) if activation is not None else ():
        with np.errstate(all="ignore"):
            made = seen.g * slope(seen.x, seen.output)
        if np.isfinite(made).all() and np.any(made) and is_one(multiple(seen.dx, made)):
            return cause, "dx", f"g {saw}"
    return None


def slope_in(cause: str, dz: Floats, seen: Measured) -> tuple[Floats, ...]:
    """The slope in dz, where its formula is wrong and not what it is given."""
    return (dz / seen.g,) if cause in IN_A_FORMULA else ()


def scaled_dx(seen: Measured, found: float) -> Fault:
    """A dx of another size: divided by the rows, as the loss has done already, or otherwise."""
    rows = len(seen.x)
    divided = rows > 1 and abs(found * rows - 1) < 1e-3
    cause = "gradient-divided-twice" if divided else "gradient-scale"
    return Fault(cause, "dx", f"{found:.4g} times as large as it should be", seen.dx, seen.right_dx)


def in_vectors(seen: Measured) -> Iterator[Fault]:
    """Mistakes in the gradients of vectors, such as those of batch normalisation."""
    for path, right in seen.right.items():
        mine = seen.seen.get(path)
        if mine is None or not np.any(right):
            continue
        found, name = multiple(mine, right), f"d{path.strip('.')}"
        if found == 0 or not np.any(mine):
            yield Fault("gradient-zero", name, "0", mine, right)
        elif found is None and not near(mine, right):
            yield Fault("derivative-formula", name, "", mine, right)


def is_one(found: float | None) -> bool:
    """Whether two arrays are the same."""
    return found is not None and abs(found - 1) < 1e-3


def near(one: Floats, other: Floats) -> bool:
    """Whether two arrays are as good as the same."""
    return float(np.abs(one - other).max()) <= CLEAR * float(np.abs(other).max())


class Layered:
    """The mistakes of a layer with weights.

    Args:
        seen: What it did.
        own: Activations that the book does not have.
    """

    def __init__(self, seen: Measured, own: Sequence[Activation]) -> None:
        self.seen = seen
        self.slot, self.bias = seen.slots.weights[0], seen.slots.biases[0]
        W, b = self.turned(seen.values[self.slot.path]), seen.values.get(self.bias_path)
        self.W = W
        self.z = seen.x @ W + (0 if b is None else b.reshape(1, -1))
        self.without_b = seen.x @ W
        self.activation = activation_of(self.z, seen.output, own)
        self.own = own

    @property
    def bias_path(self) -> str:
        """Where its bias stands; empty where it has none."""
        return "" if self.bias is None else self.bias.path

    def turned(self, array: Floats) -> Floats:
        """An array of its weights' shape, (n_in, n_out)."""
        return array.T if self.slot.turned else array

    def faults(self) -> Iterator[Fault]:
        """Its mistakes."""
        seen = self.seen
        if self.activation is None:
            less = activation_of(self.without_b, seen.output, self.own)
            if less is not None and self.bias_path:
                yield Fault("forward-misses-bias", "output", "x W, without b", seen.output, self.z)
            return
        right = seen.g * self.activation.slope(self.z, seen.output)
        dz, named = self.found_dz(right)
        if named is not None:
            assert dz is not None
            cause, saw = named
            yield Fault(cause, "dx", saw, seen.dx, seen.right_dx, (*slope_in(cause, dz, seen), dz))
        if dz is None:
            dz = right
        yield from self.in_dx(dz)
        yield from self.in_gradients(dz)

    def found_dz(self, right: Floats) -> tuple[Floats | None, tuple[str, str] | None]:
        """The dz from which the most arrays are made, and the mistake in it if it has one."""
        assert self.activation is not None
        if self.agreeing(right):
            return right, None
        if self.activation.name == "identity":
            return None, None
        if self.agreeing(self.seen.g) >= 2:
            return self.seen.g, None  # whoever calls it may have multiplied with the slope
        for cause, saw, slope in wrong_slopes(self.activation):
            with np.errstate(all="ignore"):
                dz = self.seen.g * slope(self.z, self.seen.output)
            if np.isfinite(dz).all() and np.any(dz) and self.agreeing(dz) >= 2:
                return dz, (cause, f"made with {saw}")
        return None, None

    def agreeing(self, dz: Floats) -> int:
        """How many of the arrays are made from this dz."""
        pairs = [(self.seen.dx, dz @ self.W.T), (self.dW, self.seen.x.T @ dz)]
        pairs += [(self.db, dz.sum(0))]
        return sum(one is not None and bool(multiple(one, other)) for one, other in pairs)

    @property
    def dW(self) -> Floats | None:  # noqa: N802
        """The gradient of its weights, (n_in, n_out)."""
        found = self.seen.seen.get(self.slot.path)
        return None if found is None else self.turned(found)

    @property
    def db(self) -> Floats | None:
        """That of its bias, (n_out,)."""
        found = self.seen.seen.get(self.bias_path)
        return None if found is None else found.ravel()

    def in_dx(self, dz: Floats) -> Iterator[Fault]:
        """Mistakes in what goes on backward."""
        seen, right = self.seen, dz @ self.W.T
        found = multiple(seen.dx, right)
        if is_one(found):
            return
        after = seen.after.get(self.slot.path)
        if found == 0 or not np.any(seen.dx):
            yield Fault("gradient-zero", "dx", "0", seen.dx, right)
        elif found is not None:
            yield scaled_dx(seen, found)
        elif self.W.shape[0] == self.W.shape[1] and multiple(seen.dx, dz @ self.W):
            saw = "dz W in place of dz Wᵀ"
            yield Fault("weights-not-transposed", "dx", saw, seen.dx, right)
        elif after is not None and multiple(seen.dx, dz @ self.turned(after).T):
            saw = "dz Wᵀ with the W of after the update"
            yield Fault("update-before-use", "dx", saw, seen.dx, right)

    def in_gradients(self, dz: Floats) -> Iterator[Fault]:
        """Mistakes in dW and db."""
        right_W, right_b = self.seen.x.T @ dz, dz.sum(0)
        of_W = None if self.dW is None else multiple(self.dW, right_W)
        of_b = None if self.db is None else multiple(self.db, right_b)
        if self.dW is not None and of_W is None:
            yield from self.wrong_input(dz, right_W)
        if self.db is not None and of_b is None and len(dz) > 1:
            yield from self.wrong_sum(dz, right_b)
        for name, mine, right, f in (
            ("dW", self.dW, right_W, of_W),
            ("db", self.db, right_b, of_b),
        ):
            if mine is not None and f == 0:
                still = self.seen.stepped
                cause = "parameter-not-updated" if still else "gradient-zero"
                yield Fault(cause, name, "0", mine, right)
        if of_W and of_b and abs(of_b / of_W - 1) > 1e-3:
            yield from self.unequal(of_W, of_b, right_W, right_b)

    def unequal(
        self, of_W: float, of_b: float, right_W: Floats, right_b: Floats
    ) -> Iterator[Fault]:
        """dW and db that are not the same multiple of what they should be."""
        assert self.dW is not None
        assert self.db is not None
        of_the_weights = abs(abs(of_b) - 1) < abs(abs(of_W) - 1)
        signs = of_b * of_W < 0
        if signs and of_b != of_W:
            of_the_weights = of_W < 0
        ratio = of_W / of_b if of_the_weights else of_b / of_W
        cause = "update-sign" if signs and abs(abs(ratio) - 1) < 1e-3 else "gradient-scale"
        saw = (
            "of the other sign"
            if cause == "update-sign"
            else f"{ratio:.4g} times as large as it should be"
        )
        if of_the_weights:
            yield Fault(cause, "dW", saw, self.dW, right_W * of_b)
        else:
            yield Fault(cause, "db", saw, self.db, right_b * of_W)

    def wrong_input(self, dz: Floats, right: Floats) -> Iterator[Fault]:
        """What else than x the weights' gradient is made with."""
        assert self.dW is not None
        for saw, source in (("z", self.z), ("the output", self.seen.output)):
            if source.shape == self.seen.x.shape and multiple(self.dW, source.T @ dz):
                yield Fault(
                    "weight-gradient-input", "dW", f"made with {saw} in place of x", self.dW, right
                )

    def wrong_sum(self, dz: Floats, right: Floats) -> Iterator[Fault]:
        """What else than a sum over the rows the bias's gradient is."""
        assert self.db is not None
        for cause, saw, summed in wrong_sums():
            if multiple(self.db, summed(dz).ravel()):
                yield Fault(cause, "db", saw, self.db, right)
                return
