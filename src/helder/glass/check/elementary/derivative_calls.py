"""How a derivative is asked for its slope: alone, times a gradient, or after a forward pass."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from helder.glass.check.elementary.calling import (
    FILLINGS,
    FORMS,
    NUMBERS,
    Called,
    Reading,
    reading,
    readings,
)
from helder.glass.check.elementary.closeness import same
from helder.glass.check.elementary.formulas import GRID, Formula
from helder.glass.check.session import Outcome, Value
from helder.text import say
from helder.typing import Floats

UPSTREAM = np.array([0.7, -1.3, 0.45, 2.1, -0.6, 1.9, -0.85, 0.3, 1.15, -2.4])  # dL/da, at will


@dataclass(frozen=True)
class Own:
    """The person's activation that a derivative belongs to: how it is called, what it computes."""

    called: Called
    formula: Formula | None


@dataclass(frozen=True)
class Factor:
    """A derivative as a function of one row x: what the gradient from above is multiplied by.

    Attributes:
        at: The slope that the person's code takes at x; None where it gives no numbers.
        style: How it is asked for: "" or a remark, such as "times the gradient from above".
        first: The first reading, from which it is seen whether arguments are overwritten.
    """

    at: Callable[[Floats], Floats | None]
    style: str
    first: Reading


def factors(called: Called, owns: Sequence[Own]) -> Iterator[Factor]:
    """Every way in which the derivative gives numbers: of x alone, or times a gradient."""
    count = _data_count(called)
    together = [o.called for o in owns if o.called.definition.owner == called.definition.owner]
    forward = together[0] if together and called.definition.owner else None
    if forward and count <= 1:
        yield from _remembered(called, forward, count)
    if count == 1:
        for read in readings(called, GRID):
            if _hands_on(called, read):
                continue
            yield Factor(_plain(called, read.form), "", read)
    if count >= 2:
        pairs = [o.called for o in owns]
        yield from _with_gradient(called, pairs[0] if pairs else None)


def _hands_on(called: Called, read: Reading) -> bool:
    """Whether a method multiplies what it is handed, dL/da and no z, by what it has kept."""
    if called.definition.kind != "method" or not _looks_up(called.definition.node):
        return False
    twice = reading(called, read.form, 2 * GRID)
    return twice is not None and bool(read.values.any()) and same(twice.values, 2 * read.values)


def _looks_up(node: ast.AST) -> bool:
    """Whether a method reads what its object keeps."""
    return any(
        isinstance(n, ast.Attribute) and ast.unparse(n.value) == "self" for n in ast.walk(node)
    )


def _data_count(called: Called) -> int:
    fixed = called.guess.fixed
    needed = [
        p for p in called.definition.parameters
        if p.kind == "positional" and p.default is None and p.name not in fixed
    ]  # fmt: skip
    rates = sum(p.name in FILLINGS for p in needed[1:])
    return len(needed) - rates or len(called.definition.parameters[:1])


def _plain(called: Called, form: str) -> Callable[[Floats], Floats | None]:
    def at(x: Floats) -> Floats | None:
        read = reading(called, form, x)
        return None if read is None else read.values

    return at


def _remembered(called: Called, forward: Called, count: int) -> Iterator[Factor]:
    """`forward(z)` keeps what `backward(dA)`, or `derivative()`, goes on with."""

    def after(x: Floats) -> Callable[..., Outcome]:
        def both(*given: Value) -> Outcome:
            forward(FORMS[form](x.copy()))
            return called(*given[:count])

        return both

    for form in FORMS:
        one = reading(after(GRID), form, UPSTREAM)
        other = reading(after(GRID[::-1]), form, UPSTREAM)
        if one is None or other is None or same(one.values, other.values):
            continue

        def at(x: Floats, form: str = form) -> Floats | None:
            read = reading(after(x), form, UPSTREAM[: x.size])
            return None if read is None else read.values / (UPSTREAM if count else 1.0)

        style = say("check_functions.times_gradient") if count else say("check_functions.kept")
        yield Factor(at, style, one)
        return


def _with_gradient(called: Called, forward: Called | None) -> Iterator[Factor]:
    """`relu_backward(dA, Z)`: which of the two is the gradient shows when it is doubled."""
    for form in (*FORMS, NUMBERS):
        for arrange in _arrangements(forward):
            asked = _Asked(called, form, arrange)
            once, twice = asked(GRID), asked(GRID, times=2)
            if once and twice and same(twice.values, 2 * once.values):
                yield Factor(asked.factor, say("check_functions.times_gradient"), once)


@dataclass(frozen=True)
class _Asked:
    """A derivative that takes the gradient from above beside x."""

    called: Called
    form: str
    arrange: Callable[[Value, Value], tuple[Value, ...]]

    def __call__(self, x: Floats, times: float = 1) -> Reading | None:
        def arranged(u: Value, x: Value) -> Outcome:
            return self.called(*self.arrange(u, x))

        return reading(arranged, self.form, times * UPSTREAM, x)

    def factor(self, x: Floats) -> Floats | None:
        read = self(x)
        return None if read is None else read.values / UPSTREAM


def _arrangements(
    forward: Called | None,
) -> Iterator[Callable[[Value, Value], tuple[Value, ...]]]:
    """The orders in which gradient and x may be wanted; with a cache where forward gives one."""

    def cached(u: Value, x: Value) -> tuple[Value, ...]:
        value = forward(x).value if forward else None
        return (u, value[1] if isinstance(value, tuple) and len(value) == 2 else x)

    yield cached
    yield lambda u, x: (u, x)
    yield lambda u, x: (x, u)
