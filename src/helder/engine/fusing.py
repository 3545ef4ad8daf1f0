"""Recognises what goes faster together: a product with its bias and ReLU, or with ReLU's slope.

Each is a pattern of steps that also run one by one; a test compares both.
"""

from __future__ import annotations

from dataclasses import dataclass

from helder.engine.lowering import FREE, overlap, places
from helder.engine.trace import Place, Step


@dataclass(frozen=True)
class Fused:
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


def fused(steps: list[Step], capacity: int) -> list[Step | Fused]:
    """The program with its products fused; results that nobody reads may go."""
    result: list[Step | Fused] = []
    number = 0
    while number < len(steps):
        taken, step = (
            forward(steps, number, capacity)
            or backward(steps, number, capacity)
            or (1, steps[number])
        )
        result.append(step)
        number += taken
    return result


def forward(steps: list[Step], number: int, capacity: int) -> tuple[int, Fused] | None:
    """`z = x W; z = z + b`, and `a = max(z, 0)` where nobody else reads z."""
    match steps[number : number + 2]:
        case [
            Step("matmul", z, (Place(transposed=False) as x, Place(transposed=False) as W)),
            Step("add", out, (left, Place(rows=1) as b)),
        ] if z == out == left and b.cols == z.cols:
            product = Fused(z, x, W, bias=b)
        case _:
            return None
    match steps[number + 2 : number + 3]:
        case [Step("maximum", a, (source, 0.0))] if source == z and not read(
            z, steps[number + 3 :], capacity
        ):
            return 3, Fused(a, x, W, bias=b, relu=True)
    return 2, product


def backward(steps: list[Step], number: int, capacity: int) -> tuple[int, Fused] | None:
    """`dx = dz W'; s = sign(a); da = dx s` where ReLU left a, and nobody else reads dx or s."""
    match steps[number : number + 3]:
        case [
            Step("matmul", dx, (Place(transposed=False) as dz, Place(transposed=True) as W)),
            Step("sign", s, (Place() as a,)),
            Step("multiply", out, (left, right)),
        ] if (left, right) == (dx, s) and left_by_relu(a, steps[:number]):
            later = steps[number + 3 :]
            if not read(dx, later, capacity) and not read(s, later, capacity):
                return 3, Fused(out, dz, W, mask=a)
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
