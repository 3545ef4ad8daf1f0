"""Judges the single functions of somebody's file: activations, slopes, softmax, losses."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from helder.glass.check import name_words
from helder.glass.check.causes import CANNOT_TELL
from helder.glass.check.deadline import NEVER, Deadline
from helder.glass.check.elementary import (
    activations,
    derivatives,
    loss_objects,
    losses,
    methods,
    one_hot,
    softmax,
    softmax_slope,
)
from helder.glass.check.elementary.calling import Called, Instances
from helder.glass.check.elementary.decisions import decisions
from helder.glass.check.elementary.derivative_calls import Own
from helder.glass.check.elementary.engines.judging import check_engines
from helder.glass.check.elementary.file_code import NO_CODE, FileCode
from helder.glass.check.elementary.finding import CALLABLE, Guess, guesses
from helder.glass.check.elementary.starts import starts
from helder.glass.check.elementary.unread_labels import unread_labels
from helder.glass.check.elementary.written_out import written_out
from helder.glass.check.findings import FunctionCheck
from helder.glass.check.name_words import Meaning
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session

__all__ = ["check_functions"]

OVER_MANY = ("softmax", "log-softmax")  # not number by number
LOSSES = (*name_words.LOSSES, "loss")


def check_functions(
    session: Session,
    definitions: Sequence[Definition],
    top: ast.Module = NO_CODE,
    file: str = "",
    deadline: Deadline = NEVER,
) -> list[FunctionCheck]:
    """Judges every function of a file whose name, and whose values, we know.

    Args:
        session: Where the file is loaded.
        definitions: What it defines.
        top: Its tree, for what it does outside of its functions.
        file: Its name.
        deadline: When no further function is judged.

    Returns:
        A finding for each, in the order of the file; none for functions that are something else.
        One that is several things, by a flag or an option, has a finding for each.
    """
    classes = {d.path: d for d in definitions if d.kind == "class"}
    instances = Instances(session, classes)
    found = [Called(instances, guess) for guess in guesses(definitions)]
    code = FileCode(definitions, top, file)
    checks = [
        *_activations(found, code, deadline),
        *_softmaxes(found, code, deadline),
        *_losses(found, code, deadline),
        *_one_hots(instances, code, deadline),
        *methods.without_self(code),
        *starts(code),
    ]
    checks += written_out(session, code, checks, deadline)
    checks += decisions(code, checks)
    checks += unread_labels(code, checks)
    checks = with_operations(checks, check_engines(session, code, deadline))
    return sorted(dict.fromkeys(checks), key=lambda check: (check.file, check.line))


def with_operations(
    checks: Sequence[FunctionCheck], operations: Sequence[FunctionCheck]
) -> list[FunctionCheck]:
    """Findings and those of operations, which know what others could not tell of."""
    known = {operation.name for operation in operations}
    told = [one for one in checks if one.verdict != CANNOT_TELL or one.name not in known]
    return [*told, *operations]


def in_time(found: Sequence[Called], deadline: Deadline) -> Iterator[Called]:
    """Those for which there is time."""
    return itertools.takewhile(lambda _: not deadline.over, found)


def _activations(
    found: Sequence[Called], code: FileCode, deadline: Deadline
) -> list[FunctionCheck]:
    """Activations first: each derivative is held against the person's own."""
    checks: list[FunctionCheck] = []
    owns: list[Own] = []
    elementwise = [c for c in found if c.guess.meaning.kind not in (*OVER_MANY, *LOSSES)]
    for called in in_time(elementwise, deadline):
        if not called.guess.meaning.slope:
            judged, formula = activations.judge(called, code)
            if judged:
                checks.append(judged.of(called.guess))
                owns.append(Own(called, formula))
    for called in in_time(elementwise, deadline):
        if called.guess.meaning.slope:
            slope = derivatives.judge(called, _belonging(called.guess, owns), code)
            if slope:
                checks.append(slope.of(called.guess))
    return checks


def _belonging(guess: Guess, owns: Sequence[Own]) -> list[Own]:
    """The activations that a derivative may belong to, the likeliest first."""
    kind = guess.meaning.kind
    of_kind = [o for o in owns if o.called.guess.meaning.kind == kind]
    if not of_kind and kind != "activation":
        of_kind = [o for o in owns if o.formula and o.formula.kind == kind]
    return sorted(of_kind, key=lambda o: (o.called.guess.stem != guess.stem, _far(guess, o)))


def _far(guess: Guess, own: Own) -> tuple[bool, int]:
    definition, other = guess.definition, own.called.definition
    return definition.owner != other.owner, abs(definition.line - other.line)


def _softmaxes(found: Sequence[Called], code: FileCode, deadline: Deadline) -> list[FunctionCheck]:
    checks = []
    of_many = [c for c in found if c.guess.meaning.kind in OVER_MANY]
    forwards = [c for c in of_many if not c.guess.meaning.slope]
    for called in in_time(of_many, deadline):
        if called.guess.meaning.slope:
            judged = softmax_slope.judge(called, forwards)
        else:
            judged = softmax.judge(called, code)
        if judged:
            checks.append(judged.of(called.guess))
    return checks


def _losses(found: Sequence[Called], code: FileCode, deadline: Deadline) -> list[FunctionCheck]:
    checks = []
    of_losses = [c for c in found if c.guess.meaning.kind in LOSSES]
    values = [c for c in of_losses if not c.guess.meaning.slope]
    for called in in_time(of_losses, deadline):
        slope = called.guess.meaning.slope
        judged = loss_objects.judge(called, values) if slope else losses.judge(called, code)
        if judged:
            checks.append(judged.of(called.guess))
    return checks


def _one_hots(instances: Instances, code: FileCode, deadline: Deadline) -> list[FunctionCheck]:
    found = [
        d for d in code.definitions if d.kind in CALLABLE and one_hot.NAME.search(d.name.lower())
    ]
    calls = [Called(instances, Guess(d, Meaning(one_hot.KIND, False, True))) for d in found]
    judged = [(called, one_hot.judge(called, code)) for called in in_time(calls, deadline)]
    return [judgement.of(called.guess) for called, judgement in judged if judgement]
