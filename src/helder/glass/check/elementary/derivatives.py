"""Is a derivative that of its activation, of z or of a, and if not, whose is it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from helder.glass.check.elementary.activations import (
    NEVER_WRONG,
    compares_product,
    named,
    overwritten,
)
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
from helder.glass.check.elementary.formulas import (
    GRID,
    STANDARD,
    Formula,
    leaky,
    scaled_elu,
    standard,
)
from helder.glass.check.elementary.judgement import Judgement, differs, sentences, unknown
from helder.glass.check.elementary.slips import SLOPE_SLIPS, SlopeSlip
from helder.glass.check.session import Outcome, Value
from helder.text import say
from helder.typing import Floats

OF_Z, OF_A, BOTH = "derivative of z", "derivative of a", "both"
UPSTREAM = np.array([0.7, -1.3, 0.45, 2.1, -0.6, 1.9, -0.85, 0.3, 1.15, -2.4])  # dL/da, at will
DENSE = np.concatenate([np.linspace(-6, -0.05, 60), np.linspace(0.05, 6, 120)])
FORMULA, THRESHOLD = "derivative-formula", "relu-slope-threshold"
ANOTHER = "derivative-of-another-activation"


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


def judge(called: Called, owns: Sequence[Own]) -> Judgement | None:
    """What a derivative is found to be.

    Args:
        called: The derivative.
        owns: The activations of the file that it may belong to, the likeliest first.
    """
    guess = called.guess
    kind = f"{guess.meaning.kind} derivative"
    formulas = _formulas(guess.meaning.kind, owns)
    unsure = not guess.meaning.sure or guess.meaning.kind in NEVER_WRONG
    factors = list(_factors(called, owns))
    for factor in factors:
        for formula in [*formulas, *([] if owns else _fitted(guess.meaning.kind, factor))]:
            convention = _convention(factor, formula)
            if convention and not _squared(called, factor, formula):
                return _right(called, factor, formula, convention)
    if not factors and not unsure and called(GRID.copy()).problem is None:
        return unknown(kind, say("check_functions.not_called", name=called.definition.path))
    if not factors:
        return None
    if unsure:
        return None
    return _wrong(called, factors[0], formulas, owns)


def _formulas(kind: str, owns: Sequence[Own]) -> list[Formula]:
    """Whose slope it may be: that of the person's own activation, else the usual ones."""
    own = [o.formula for o in owns if o.formula][:1]
    if own and own[0].kind == "gelu":  # its forms are used for one another
        return own + standard("gelu")
    if own:
        return own
    return list(STANDARD) if kind == "activation" else standard(kind)


def _fitted(kind: str, factor: Factor) -> Iterator[Formula]:
    """Formulas with the constant that the derivative itself has, where no activation tells it."""
    values = factor.at(GRID)
    if values is None:
        return
    leak, alpha = float(values[0]), float(values[0] / np.exp(GRID[0]))
    if kind == "leaky relu" and 0 < leak < 1:
        yield leaky(leak)
    if kind == "elu" and 0 < alpha < 10:
        yield scaled_elu(alpha)


def _right(called: Called, factor: Factor, formula: Formula, convention: str) -> Judgement:
    remarks = [convention, factor.style, formula.remark]
    overwrites = factor.first.overwrites
    return Judgement(
        f"{formula.kind} derivative",
        ("overwrites-argument",) if overwrites else (),
        overwritten(called.guess, factor.first) if overwrites else "",
        ", ".join(remark for remark in remarks if remark),
    )


def _convention(factor: Factor, formula: Formula) -> str | None:
    """Whether it gives the formula's slope when it is handed z, a, or either."""
    right = formula.slope(GRID)
    of_z, of_a = factor.at(GRID), factor.at(formula.value(GRID))
    z_fits = of_z is not None and same(of_z, right)
    a_fits = of_a is not None and same(of_a, right)
    if z_fits and a_fits:
        return BOTH
    return OF_Z if z_fits else OF_A if a_fits else None


def _squared(called: Called, factor: Factor, formula: Formula) -> bool:
    """`z * z > 0` for relu, which compares the product: of a it happens to be right."""
    values = factor.at(GRID) if formula.kind == "relu" else None
    compared = compares_product(called.definition.node)
    return compared and values is not None and same(values, np.ones_like(GRID))


# How the slope is asked for.


def _factors(called: Called, owns: Sequence[Own]) -> Iterator[Factor]:
    """Every way in which the derivative gives numbers: of x alone, or times a gradient."""
    count = _data_count(called)
    together = [o.called for o in owns if o.called.definition.owner == called.definition.owner]
    forward = together[0] if together and called.definition.owner else None
    if forward and count <= 1:
        yield from _remembered(called, forward, count)
    if count == 1:
        for read in readings(called, GRID):
            yield Factor(_plain(called, read.form), "", read)
    if count >= 2:
        pairs = [o.called for o in owns]
        yield from _with_gradient(called, pairs[0] if pairs else None)


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


# What is wrong with it.


def _wrong(
    called: Called, factor: Factor, formulas: Sequence[Formula], owns: Sequence[Own]
) -> Judgement:
    guess, kind = called.guess, called.guess.meaning.kind
    formula = formulas[0]
    values = factor.at(GRID)
    kind_text = f"{formula.kind} derivative"
    if values is None or not np.isfinite(values).all():
        return unknown(kind_text, say("check_functions.not_called", name=called.definition.path))
    evidence = differs(guess, values, formula.slope(GRID))
    if owns and not any(own.formula for own in owns):
        return unknown(kind_text, evidence)  # its activation is wrong itself, which is said there
    threshold = _threshold(factor, formula)
    if threshold:
        said = say("check_functions.threshold", threshold=f"{threshold:.3g}")
        near = factor.at(DENSE) if not factor.style else None
        if near is not None:
            evidence = differs(guess, near, formula.slope(DENSE), DENSE)
        return Judgement(kind_text, (THRESHOLD,), sentences(evidence, said))
    other = _another(factor, formula)
    if other:
        said = say("check_functions.derivative_of", kind=other)
        return Judgement(kind_text, (ANOTHER,), sentences(evidence, said))
    slip = _slip(factor, formula)
    if slip:
        said = say("check_functions.looks_like", formula=slip.text)
        cause = named(slip.cause, FORMULA, guess)
        return Judgement(kind_text, (cause,), sentences(evidence, said))
    if not _contradicts(called, owns) or formula.kind != kind:
        return unknown(kind_text, evidence)
    return Judgement(kind_text, (FORMULA,), sentences(evidence, say("check_functions.neither")))


def _threshold(factor: Factor, formula: Formula) -> float | None:
    """Where a slope jumps, if that is not zero: `z > 1` for `z > 0`."""
    if formula.kind not in ("relu", "leaky relu") or factor.style:
        values = factor.at(GRID)
        x = GRID
    else:
        values, x = factor.at(DENSE), DENSE
    if values is None or formula.kind not in ("relu", "leaky relu"):
        return None
    jumps = np.flatnonzero(np.diff(values))
    if len(jumps) != 1 or values[-1] != 1 or not -0.01 <= values[0] < 1:
        return None
    low, high = x[jumps[0]], x[jumps[0] + 1]
    return None if low < 0 < high else float(round((low + high) / 2, 1))


def _another(factor: Factor, formula: Formula) -> str | None:
    """The activation whose slope it gives."""
    for other in STANDARD:
        if other.kind in (formula.kind, "identity", "step", "sign", "hard sigmoid", "hard tanh"):
            continue
        convention = _convention(factor, other)
        # What relu leaves of a negative z is 0, at which many a formula is 0 as well.
        if convention and not (other.kind == "relu" and convention == OF_A):
            return other.kind
    return None


def _slip(factor: Factor, formula: Formula) -> SlopeSlip | None:
    values = factor.at(GRID)
    with np.errstate(all="ignore"):
        for slip in SLOPE_SLIPS.get(formula.kind, ()):
            right = slip.value(GRID, formula.value)
            if values is not None and same(values, right):
                return slip
    return None


def _contradicts(called: Called, owns: Sequence[Own]) -> bool:
    """Its activation is known and right, and no constant of the two could differ on purpose."""
    constants = [p for p in called.definition.parameters if p.name in FILLINGS]
    return bool(owns) and owns[0].formula is not None and not constants
