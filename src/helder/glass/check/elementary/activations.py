"""Is an activation right, and if not, which wrong formula is it?"""

from __future__ import annotations

import ast

import numpy as np

from helder.glass.check.elementary.calling import (
    NUMBERS,
    UNKNOWN,
    Called,
    Reading,
    reading,
    readings,
)
from helder.glass.check.elementary.closeness import agree, same
from helder.glass.check.elementary.file_code import FileCode
from helder.glass.check.elementary.finding import Guess
from helder.glass.check.elementary.formulas import (
    FAR,
    GRID,
    Formula,
    recognised,
    standard,
)
from helder.glass.check.elementary.judgement import (
    Judgement,
    call_text,
    differs,
    sentences,
    shown,
    unknown,
)
from helder.glass.check.elementary.lists import list_given
from helder.glass.check.elementary.slips import FORMULA, PRECEDENCE, SLIPS, Slip
from helder.text import say
from helder.typing import Floats

# What a function may compute that is named after another, and be right all the same: for long,
# "sigmoid" was any S, and "relu" is often any of its family.
RELATIVES: dict[str, frozenset[str]] = {
    "sigmoid": frozenset({"tanh", "hard sigmoid", "softsign", "arctan"}),
    "tanh": frozenset({"hard tanh", "softsign", "arctan"}),
    "relu": frozenset({"leaky relu", "elu", "selu", "gelu", "silu", "softplus", "mish"}),
    "leaky relu": frozenset({"elu", "selu"}),
    "elu": frozenset({"selu"}),
    "silu": frozenset({"gelu", "hard silu"}),
    "gelu": frozenset({"silu"}),
    "activation": frozenset(),
}
NEVER_WRONG = {"activation", "identity", "step"}  # their names mean too many things
# Written with exponentials, these overflow where their value is plain.
EXPONENTIAL = {"sigmoid", "tanh", "softplus", "silu", "mish"}
# Slips that are plain even where the name says no more than "activation".
SIGN_LOST = "1 / (1 + exp(z))"
PLAIN = (SIGN_LOST, "1 / (1 - exp(-z))")
# What Python says where a list was taken for an array.
LIST_ERRORS = ("'list'", "can't multiply sequence", "only concatenate list")


def judge(called: Called, code: FileCode) -> tuple[Judgement | None, Formula | None]:
    """What an activation is found to be, with its formula where it is a right one."""
    guess = called.guess
    found = list(readings(called, GRID))
    for read in found:
        formula = recognised(GRID, read.values, hint=guess.meaning.kind)
        if formula and _may_be(guess, formula):
            return _right(called, read, formula, found[0], code), formula
    if not guess.meaning.sure:
        return None, None
    if guess.meaning.kind in NEVER_WRONG:
        return (_plainly_slipped(guess, found[0], code) if found else None), None
    if not found:
        return _not_callable(called), None
    return _not_right(guess, found[0], code), None


def _may_be(guess: Guess, formula: Formula) -> bool:
    """What it computes is what its name says, or something that goes by that name as well."""
    kind = guess.meaning.kind
    if kind == "step" and formula.kind == "identity":
        return False  # a step of something else
    if not guess.meaning.sure or kind in NEVER_WRONG or formula.kind == kind:
        return True
    return formula.kind in RELATIVES.get(kind, frozenset())


def _right(
    called: Called, read: Reading, formula: Formula, first: Reading, code: FileCode
) -> Judgement:
    guess = called.guess
    causes = list_given(called, first.outcome.value, code) if first.form != "list" else {}
    overflow = _overflow(called, read, formula) if formula.kind in EXPONENTIAL else ""
    if overflow:
        causes["sigmoid-overflow"] = overflow
    if read.overwrites:
        causes["overwrites-argument"] = overwritten(guess, read)
    convention = [formula.remark]
    if formula.kind != guess.meaning.kind and guess.meaning.kind != "activation":
        convention.append(say("check_functions.named_otherwise", kind=formula.kind))
    if read.form == NUMBERS:
        convention.append(say("check_functions.one_number"))
    said = sentences(*causes.values())
    return Judgement(formula.kind, tuple(causes), said, ", ".join(c for c in convention if c))


def _overflow(called: Called, read: Reading, formula: Formula) -> str:
    """What happens far from zero, in a sentence; empty where nothing does."""
    right = formula.value(FAR)
    far = reading(called, read.form, FAR)
    if far is None:
        problems = [(z, called(z).problem) for z in FAR.tolist()]
        bad = next(((z, p) for z, p in problems if p and p.kind == "OverflowError"), None)
        return (
            say("check_functions.raises", call=call_text(called.guess, bad[0]), problem=bad[1])
            if bad
            else ""
        )
    wrong = np.flatnonzero(~np.isclose(far.values, right))
    if wrong.size:
        return differs(called.guess, far.values, right, FAR)
    if "overflow" in far.outcome.warnings or "invalid" in far.outcome.warnings:
        return say("check_functions.overflows", call=call_text(called.guess, -1000.0))
    return ""


def overwritten(guess: Guess, read: Reading) -> str:
    """That the array handed over has other numbers afterwards."""
    after = np.asarray(next(iter(read.outcome.overwritten.values()))).reshape(-1)
    changed = np.flatnonzero(after != GRID) if after.size == GRID.size else np.arange(1)
    at = int(changed[0])
    return say(
        "check_functions.overwrites",
        name=guess.definition.path,
        before=shown(float(GRID[at])),
        after=shown(float(after[at])),
    )


def _not_right(guess: Guess, read: Reading, code: FileCode) -> Judgement:
    kind = guess.meaning.kind
    right = standard(kind)[0].value(GRID)
    evidence = differs(guess, read.values, right)
    slip = _slip(kind, read.values, right)
    if slip and not _is_given_minus(slip, guess, code):
        looks = say("check_functions.looks_like", formula=slip.text)
        return Judgement(kind, (named(slip.cause, FORMULA, guess),), sentences(evidence, looks))
    other = recognised(GRID, read.values)
    if other:
        looks = say("check_functions.computes", kind=other.kind)
        return Judgement(kind, (FORMULA,), sentences(evidence, looks))
    return unknown(kind, evidence)


def _plainly_slipped(guess: Guess, read: Reading, code: FileCode) -> Judgement | None:
    """One whose name only says that it is an activation, with a slip that nobody means."""
    for kind in ("sigmoid", "tanh"):
        right = standard(kind)[0].value(GRID)
        slip = _slip(kind, read.values, right)
        if slip is None or _is_given_minus(slip, guess, code):
            continue
        plain = slip.cause == PRECEDENCE and mixes_operators(guess.definition.node)
        if plain or slip.text in PLAIN:
            cause = named(slip.cause, FORMULA, guess)
            looks = say("check_functions.looks_like", formula=slip.text)
            return Judgement(kind, (cause,), sentences(differs(guess, read.values, right), looks))
    return None


def _slip(kind: str, values: Floats, right: Floats) -> Slip | None:
    """The wrong formula of these values, on both sides of zero or on one that is wrong alone."""
    sides = [np.ones_like(GRID, dtype=bool), GRID > 0, GRID < 0]
    with np.errstate(all="ignore"):
        for side in sides:
            if side.all() or (same(values[~side], right[~side]) and not agree(values, right).all()):
                for slip in SLIPS.get(kind, ()):
                    wrong = slip.value(GRID)[side]
                    if np.isfinite(wrong).all() and same(values[side], wrong):
                        return slip
    return None


def _is_given_minus(slip: Slip, guess: Guess, code: FileCode) -> bool:
    """`1 / (1 + exp(z))` is right where it is called with -z."""
    if slip.text != SIGN_LOST:
        return False
    calls = code.calls.get(guess.definition.name, ())
    return any(ast.unparse(call.args[0]).startswith("-") for call in calls if call.args)


def named(cause: str, otherwise: str, guess: Guess) -> str:
    """The cause of a recognised slip: precedence only where the code mixes operators."""
    return (
        otherwise if cause == PRECEDENCE and not mixes_operators(guess.definition.node) else cause
    )


def mixes_operators(node: ast.AST) -> bool:
    """Somewhere a sum has a bare quotient or product beside it, or a power a difference in it."""
    for part in ast.walk(node):
        if not isinstance(part, ast.BinOp):
            continue
        if isinstance(part.op, ast.Add | ast.Sub) and any(
            isinstance(side, ast.BinOp) and isinstance(side.op, ast.Div | ast.Mult | ast.Pow)
            for side in (part.left, part.right)
        ):
            return True
        if isinstance(part.op, ast.Pow) and isinstance(part.left, ast.BinOp):
            return True
    return compares_product(node)


def compares_product(node: ast.AST) -> bool:
    """`z * z > 0` stands somewhere: the product is compared, not z alone."""
    return any(
        isinstance(part, ast.Compare)
        and isinstance(part.left, ast.BinOp)
        and isinstance(part.left.op, ast.Mult)
        for part in ast.walk(node)
    )


def _not_callable(called: Called) -> Judgement | None:
    """It gives numbers in no form: because it takes a list for an array, or we cannot tell why."""
    guess = called.guess
    problem = called(GRID.copy()).problem
    if not guess.definition.parameters or (problem and problem.kind == UNKNOWN):
        return None  # it is something else: a maker of functions, a whole layer
    if problem is None:
        return None
    raises = say("check_functions.raises", call=call_text(guess, GRID[:3]), problem=problem)
    if problem.kind == "TypeError" and any(text in problem.message for text in LIST_ERRORS):
        return Judgement(guess.meaning.kind, ("list-not-array",), raises)
    return unknown(guess.meaning.kind, raises)
