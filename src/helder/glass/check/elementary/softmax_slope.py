"""What the derivative of a softmax gives: the whole Jacobian, or its diagonal alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from helder.core.probabilities import softmax
from helder.glass.check.causes import CANNOT_TELL, CONVENTION
from helder.glass.check.elementary.calling import Called
from helder.glass.check.elementary.closeness import same
from helder.glass.check.elementary.judgement import Judgement
from helder.glass.check.session import Value
from helder.text import say
from helder.typing import Floats

KIND = "softmax derivative"
LOGITS = np.array([0.3, -1.2, 0.8])
UPSTREAM = np.array([0.7, -1.3, 0.45])


def jacobian(p: Floats) -> Floats:
    """`dp_i / dz_j = p_i (1{i = j} - p_j)`, (C, C)."""
    return np.diag(p) - np.outer(p, p)


def judge(called: Called, forwards: Sequence[Called]) -> Judgement | None:
    """What it is found to be; a diagonal is a convention, since some losses want no more.

    Args:
        called: The derivative.
        forwards: Softmaxes of the file, of which one may be called before it.
    """
    p = softmax(LOGITS)
    whole, diagonal = jacobian(p), p * (1 - p)
    answers = list(_answers(called, forwards))
    for values, of in answers:
        if same(values, whole) or same(values, whole @ UPSTREAM):
            return Judgement(KIND, convention=", ".join([say("check_functions.jacobian"), of]))
        if same(values, diagonal) or same(values, diagonal * UPSTREAM):
            said = say("check_functions.only_diagonal")
            return Judgement(KIND, (), said, f"diagonal, {of}", CONVENTION)
        if same(values, np.ones(3)) or same(values, UPSTREAM):
            return Judgement(KIND, (), "", say("check_functions.left_to_loss"), CONVENTION)
    if called.guess.meaning.sure and answers:
        name = called.definition.path
        return Judgement(KIND, (), say("check_functions.no_jacobian", name=name), "", CANNOT_TELL)
    return None


def _answers(called: Called, forwards: Sequence[Called]) -> Iterator[tuple[Floats, str]]:
    """What it gives for z and for p, alone, with a gradient, and after a forward pass."""
    p = softmax(LOGITS)
    shapes = ((3,), (1, 3), (3, 1))
    for shape in shapes:
        for x, of in ((p, "of a"), (LOGITS, "of z")):
            given = x.reshape(shape)
            gradient = UPSTREAM.reshape(shape)
            for data in ((given,), (gradient, given), (given, gradient)):
                yield from _read(called(*[part.copy() for part in data]).value, of)
    for forward in forwards:
        if forward.definition.owner and forward.definition.owner == called.definition.owner:
            for shape in shapes:
                forward(LOGITS.reshape(shape))
                yield from _read(called(UPSTREAM.reshape(shape)).value, say("check_functions.kept"))


def _read(value: Value, of: str) -> Iterator[tuple[Floats, str]]:
    if isinstance(value, tuple):
        for part in value:
            yield from _read(part, of)
        return
    try:
        values = np.squeeze(np.asarray(value))
    except ValueError:
        return
    if values.dtype.kind in "fiub":
        yield values.astype(float), of
