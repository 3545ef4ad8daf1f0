"""Recognises what goes faster together: products with what follows them, cross-entropy, Adam.

Each is a pattern of steps that also run one by one; a test compares both.
"""

from __future__ import annotations

from dataclasses import dataclass

from helder.engine.lowering import FREE, overlap, overlap_any, places, written
from helder.engine.trace import Operand, Place, Step


@dataclass(frozen=True)
class FusedProduct:
    """A product, and what happens to it before it is stored.

    Args:
        out: Where it goes.
        a, b: Its operands.
        bias: A row that is added.
        mask: The product is kept where this is above zero.
        relu: Whether what lies below zero becomes zero.
    """

    out: Place
    a: Place
    b: Place
    bias: Place | None = None
    mask: Place | None = None
    relu: bool = False

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What it reads."""
        also = (one for one in (self.bias, self.mask) if one is not None)
        return self.a, self.b, *also


@dataclass(frozen=True)
class FusedAdam:
    """A whole update of Adam: theta, its gradient, both moments, and the numbers of the update."""

    out: Place
    gradient: Place
    m: Place
    v: Place
    rate: Operand
    corrections: tuple[Operand, Operand]
    beta1: float
    beta2: float
    epsilon: float

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What it reads."""
        return self.out, self.gradient, self.m, self.v, self.rate, *self.corrections


@dataclass(frozen=True)
class FusedCrossEntropy:
    """Softmax with cross-entropy: each row's part of the loss, and its gradient.

    Args:
        out: The gradient with respect to z.
        value: Each row's part of the loss.
        z, y, share: The pre-activations, the targets, and each row's share.
    """

    out: Place
    value: Place
    z: Place
    y: Place
    share: Place

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What it reads."""
        return self.z, self.y, self.share


Fused = FusedProduct | FusedAdam | FusedCrossEntropy


def fused(steps: list[Step], capacity: int) -> list[Step | Fused]:
    """The program with its patterns fused; results that nobody reads may go."""
    result: list[Step | Fused] = []
    number = 0
    while number < len(steps):
        if found_apart := cross_entropy(steps, number, capacity):
            entropy, steps = found_apart
            result.append(entropy)
            continue
        found = (
            forward(steps, number, capacity)
            or backward(steps, number, capacity)
            or adam(steps, number, capacity)
        )
        taken, step = found or (1, steps[number])
        result.append(step)
        number += taken
    return result


def forward(steps: list[Step], number: int, capacity: int) -> tuple[int, FusedProduct] | None:
    """`z = x W; z = z + b`, and `a = max(z, 0)` where nobody else reads z."""
    match steps[number : number + 2]:
        case [
            Step("matmul", z, (Place(transposed=False) as x, Place(transposed=False) as W)),
            Step("add", out, (left, Place(rows=1) as b)),
        ] if z == out == left and b.cols == z.cols:
            product = FusedProduct(z, x, W, bias=b)
        case _:
            return None
    match steps[number + 2 : number + 3]:
        case [Step("maximum", a, (source, 0.0))] if (
            source == z
            and not read(z, steps[number + 3 :], capacity)
            and not overlap_any(a, (x, W, b), capacity)
        ):
            return 3, FusedProduct(a, x, W, bias=b, relu=True)
    return 2, product


def backward(steps: list[Step], number: int, capacity: int) -> tuple[int, FusedProduct] | None:
    """`dx = dz W'; s = sign(a); da = dx s` where ReLU left a, and nobody else reads dx or s."""
    match steps[number : number + 3]:
        case [
            Step("matmul", dx, (Place(transposed=False) as dz, Place(transposed=True) as W)),
            Step("sign", s, (Place() as a,)),
            Step("multiply", out, (left, right)),
        ] if (left, right) == (dx, s) and left_by_relu(a, steps[:number]):
            later = steps[number + 3 :]
            unread = not read(dx, later, capacity) and not read(s, later, capacity)
            if unread and not overlap_any(out, (dz, W), capacity):
                return 3, FusedProduct(out, dz, W, mask=a)
    return None


def cross_entropy(
    steps: list[Step], number: int, capacity: int
) -> tuple[FusedCrossEntropy, list[Step]] | None:
    """The nine steps of `CategoricalCrossEntropy.value` and the three of its gradient, times share.

    The gradient's stand apart, behind the sum of the loss. Also returns the steps without these.
    """
    match steps[number : number + 9]:
        case [
            Step("max_cols", top, (Place(transposed=False) as z,)),
            Step("subtract", low, (z1, top1)),
            Step("exp", e, (low1,)),
            Step("sum_cols", total, (e1,)),
            Step("log", log, (total1,)),
            Step("multiply", right, (Place(transposed=False) as y, low2)),
            Step("sum_cols", rights, (right1,)),
            Step("subtract", row, (log1, rights1)),
            Step("multiply", value, (row1, Place(transposed=False) as share)),
        ] if (
            (z1, top1, low1, low2, e1) == (z, top, low, low, e)
            and (total1, log1, right1, rights1, row1) == (total, log, right, rights, row)
            and y.shape == z.shape
            and share.shape == value.shape
        ):
            between = (top, low, e, total, log, right, rights, row)
        case _:
            return None
    for far in range(number + 9, len(steps) - 2):
        match steps[far : far + 3]:
            case [
                Step("divide", p, (e2, total2)),
                Step("subtract", away, (p1, y1)),
                Step("multiply", dz, (away1, share1)),
            ] if (e2, total2, p1, y1, away1, share1) == (e, total, p, y, away, share):
                passed, later = steps[number + 9 : far], steps[far + 3 :]
                # The gradient comes earlier than it was written down: nobody may notice.
                noticed = any(
                    overlap(dz, one, capacity)
                    for step in passed
                    for one in (step.out, *places(step.operands))
                )
                others = [*passed, *later]
                if (
                    noticed
                    or any(written(one, passed, capacity) for one in (z, y, share, e, total))
                    or any(read(one, others, capacity) for one in (*between, p, away))
                    or overlap_any(dz, (value, z, y, share), capacity)
                    or overlap_any(value, (z, y, share), capacity)
                ):
                    return None
                return FusedCrossEntropy(dz, value, z, y, share), [*steps[:number], *others]
    return None


def adam(steps: list[Step], number: int, capacity: int) -> tuple[int, FusedAdam] | None:
    """The fourteen steps of `learn.optimizers.Adam`, if nobody reads what they leave between."""
    match steps[number : number + 14]:
        case [
            Step("multiply", m, (m1, float(beta1))),
            Step("multiply", t1, (float(rest1), Place() as g)),
            Step("add", m2, (m3, t2)),
            Step("multiply", v, (v1, float(beta2))),
            Step("multiply", t3, (float(rest2), g1)),
            Step("multiply", t4, (t5, g2)),
            Step("add", v2, (v3, t6)),
            Step("divide", mhat, (m4, Place("scalars") as correction1)),
            Step("divide", vhat, (v4, Place("scalars") as correction2)),
            Step("multiply", t7, (Place() as rate, mhat1)),
            Step("sqrt", t8, (vhat1,)),
            Step("add", t9, (t10, float(epsilon))),
            Step("divide", t11, (t12, t13)),
            Step("subtract", theta, (theta1, t14)),
        ] if (
            {m1, m2, m3, m4} == {m}
            and {v1, v2, v3, v4} == {v}
            and {g1, g2} == {g}
            and (t2, t5, t6, mhat1, vhat1) == (t1, t3, t4, mhat, vhat)
            and (t10, t12, t13, t14, theta1) == (t8, t7, t9, t11, theta)
            and (rest1, rest2) == (1 - beta1, 1 - beta2)
            and (rate.space == "scalars" or rate.shape == theta.shape)
            and not overlap_any(rate, (m, v, theta), capacity)
        ):
            corrections, later = (correction1, correction2), steps[number + 14 :]
            between = (t1, t3, t4, mhat, vhat, t7, t8, t9, t11)
            if any(read(place, later, capacity) for place in between):
                return None
            return 14, FusedAdam(theta, g, m, v, rate, corrections, beta1, beta2, epsilon)
    return None


def left_by_relu(a: Place, steps: list[Step]) -> bool:
    """Whether the last step that wrote `a` was `max(z, 0)`, so that it is nowhere below zero."""
    for step in reversed(steps):
        if step.out == a:
            return step.name == "maximum" and step.operands[1] == 0.0
    return False


def read(place: Place, steps: list[Step], capacity: int) -> bool:
    """Whether anybody may read a place after this point."""
    if place.space not in FREE:
        return True
    return any(overlap(place, one, capacity) for step in steps for one in places(step.operands))
