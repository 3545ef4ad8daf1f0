"""Is a derivative that of its activation, of z or of a, and if not, whose is it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from helder.glass.check.elementary.activations import (
    NEVER_WRONG,
    compares_product,
    named,
    overwritten,
)
from helder.glass.check.elementary.calling import FILLINGS, Called
from helder.glass.check.elementary.closeness import same
from helder.glass.check.elementary.derivative_calls import Factor, Own, factors
from helder.glass.check.elementary.file_code import FileCode
from helder.glass.check.elementary.formulas import (
    GRID,
    STANDARD,
    Formula,
    leaky,
    scaled_elu,
    standard,
)
from helder.glass.check.elementary.judgement import (
    Judgement,
    called_name,
    differs,
    sentences,
    unknown,
)
from helder.glass.check.elementary.lists import list_given
from helder.glass.check.elementary.slips import FORMULA as ACTIVATION_FORMULA
from helder.glass.check.elementary.slips import SIGMOID, SLOPE_SLIPS, TANH, Slip, SlopeSlip
from helder.glass.check.name_words import role, words
from helder.text import say
from helder.typing import Floats

OF_Z, OF_A, BOTH = "derivative of z", "derivative of a", "both"
DENSE = np.concatenate([np.linspace(-6, -0.05, 60), np.linspace(0.05, 6, 120)])
FORMULA, THRESHOLD = "derivative-formula", "relu-slope-threshold"
ANOTHER = "derivative-of-another-activation"


def judge(called: Called, owns: Sequence[Own], code: FileCode) -> Judgement | None:
    """What a derivative is found to be.

    Args:
        called: The derivative.
        owns: The activations of the file that it may belong to, the likeliest first.
        code: Of the whole file.
    """
    guess = called.guess
    formulas = _formulas(guess.meaning.kind, owns)
    vague = guess.meaning.kind in NEVER_WRONG and not _are_a_pair(called, owns)
    unsure = not guess.meaning.sure or vague
    asked = list(factors(called, owns))
    for factor in asked:
        for formula in [*formulas, *([] if owns else _fitted(guess.meaning.kind, factor))]:
            convention = _convention(factor, formula)
            if convention and not _squared(called, factor, formula):
                return _right(called, factor, formula, convention, code)
    return None if unsure or not asked else _wrong(called, asked[0], formulas, owns)


def _are_a_pair(called: Called, owns: Sequence[Own]) -> bool:
    """`act` and `act_derivative`, or two ways to call one function: they belong together."""
    if not owns or owns[0].formula is None:
        return False
    own, mine = owns[0].called.definition, called.definition
    if own.owner != mine.owner:
        return False
    within = "".join(words(own.name)) in "".join(words(mine.name))
    return own.path == mine.path or within or bool(role(own.name) and role(mine.name))


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


def _right(
    called: Called, factor: Factor, formula: Formula, convention: str, code: FileCode
) -> Judgement:
    causes = list_given(called, factor.first.outcome.value, code)
    if factor.first.overwrites:
        causes["overwrites-argument"] = overwritten(called.guess, factor.first)
    remarks = [convention, factor.style, formula.remark]
    return Judgement(
        f"{formula.kind} derivative",
        tuple(causes),
        sentences(*causes.values()),
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


# What is wrong with it.


def _wrong(
    called: Called, factor: Factor, formulas: Sequence[Formula], owns: Sequence[Own]
) -> Judgement:
    guess, kind = called.guess, called.guess.meaning.kind
    formula = formulas[0]
    values = factor.at(GRID)
    kind_text = f"{formula.kind} derivative"
    if values is None or not np.isfinite(values).all():
        return unknown(kind_text, say("check_functions.not_called", name=called_name(guess)))
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
    within = _composed(factor, formula)
    if within:
        said = say("check_functions.slope_of", formula=within.text)
        cause = named(within.cause, ACTIVATION_FORMULA, guess)
        return Judgement(kind_text, (cause,), sentences(evidence, said))
    slip = _slip(factor, formula)
    if slip:
        said = say("check_functions.looks_like", formula=slip.text)
        cause = named(slip.cause, FORMULA, guess)
        return Judgement(kind_text, (cause,), sentences(evidence, said))
    if not _contradicts(called, owns) or kind not in (formula.kind, "activation"):
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


# The slope in terms of the activation (and z), into which a wrong formula of it may be put.
OF_ACTIVATION: dict[str, tuple[tuple[Slip, ...], Callable[[Floats, Floats], Floats]]] = {
    "sigmoid": (SIGMOID, lambda a, z: a * (1 - a)),
    "tanh": (TANH, lambda a, z: 1 - a * a),
    "silu": (SIGMOID, lambda a, z: a + z * a * (1 - a)),
}


def _composed(factor: Factor, formula: Formula) -> Slip | None:
    """The right slope of a wrong formula: the activation is written out again, with a slip."""
    slips, slope = OF_ACTIVATION.get(formula.kind, ((), None))
    values = factor.at(GRID)
    with np.errstate(all="ignore"):
        for slip in slips if slope and values is not None else ():
            if slope and same(values, slope(slip.value(GRID), GRID)):
                return slip
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
