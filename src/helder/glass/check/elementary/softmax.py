"""Is a softmax right, over which axis, and does it bear large numbers?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from helder.core.probabilities import softmax
from helder.glass.check.causes import CANNOT_TELL, CONVENTION, OK
from helder.glass.check.elementary.activations import LIST_ERRORS, named
from helder.glass.check.elementary.calling import Called
from helder.glass.check.elementary.closeness import agree, same
from helder.glass.check.elementary.file_code import FileCode
from helder.glass.check.elementary.judgement import (
    Judgement,
    call_text,
    sentences,
    shown,
    unknown,
)
from helder.glass.check.elementary.lists import list_given
from helder.glass.check.elementary.slips import FORMULA
from helder.glass.check.elementary.softmax_slips import LAYOUTS, columns, slips, whole
from helder.glass.check.elementary.usage import is_turned, names_axis, usage
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Outcome, Value
from helder.text import say
from helder.typing import Floats

Z = np.array([[1.0, 2.0, 3.0], [1.0, 4.0, 2.0]])  # logits, (2, 3)
MORE = np.array([[1.0, 2.0, 0.5], [3.0, 1.0, -1.0], [0.2, -0.4, 2.2], [1.5, 2.5, -0.5]])  # (4, 3)
SQUARE = MORE[:3]
VECTOR = np.array([1.0, 3.0, 0.5, -1.2])
LARGE = np.array([[1000.0, 999.0, 0.0], [-1000.0, -1001.0, -1002.0]])
WHOLE, AXIS, ALTERS = "softmax-whole-matrix", "softmax-axis", "softmax-alters-logits"
UNSTABLE = "softmax-unstable"


@dataclass(frozen=True)
class Probe:
    """A softmax that is asked for arrays; its logarithm is undone where it gives one."""

    called: Called
    log: bool

    def __call__(self, z: Floats) -> Floats | None:
        """What it gives, of the shape of z; None where it does not."""
        return self.read(self.outcome(z), z)

    def outcome(self, z: Floats) -> Outcome:
        """The whole outcome of a call; a list is tried where it takes no array."""
        outcome = self.called(z.copy())
        if outcome.problem and z.ndim == 1:
            listed = self.called(z.tolist())
            return outcome if listed.problem else listed
        return outcome

    def read(self, outcome: Outcome, z: Floats) -> Floats | None:
        """The array in an outcome: the first of a pair `(A, cache)`."""
        values = array(outcome.value, z.shape)
        return np.exp(values) if self.log and values is not None else values


def array(value: Value, shape: tuple[int, ...]) -> Floats | None:
    """A value as an array of floats of this shape; of a tuple the first that is."""
    if isinstance(value, tuple):
        return next((a for a in (array(part, shape) for part in value) if a is not None), None)
    try:
        values = np.asarray(value)
    except ValueError:
        return None
    fits = values.dtype.kind in "fiub" and values.shape == shape
    return values.astype(float) if fits else None


def judge(called: Called, code: FileCode) -> Judgement | None:
    """What a softmax is found to be."""
    kind = called.guess.meaning.kind
    probe = Probe(called, kind == "log-softmax")
    layout = _layout(probe)
    if layout == "rows" or layout == "columns":
        return _of_matrices(probe, layout, code)
    if layout == "whole":
        return _of_everything(probe, code)
    if not called.guess.meaning.sure:
        return None
    return (
        _other_axis(probe, code)
        or _altered(probe)
        or _of_one_sample(probe, code)
        or _another_formula(probe)
        or _not_readable(probe)
    )


def _layout(probe: Probe) -> str | None:
    """Over what it normalises: each row, each column, or all at once; at any temperature."""
    values = probe(MORE)
    if values is None:
        return None
    for name, function in LAYOUTS.items():
        if same(values, function(MORE)) or _temperature(values, MORE, name):
            return name
    shifted = [MORE - MORE.max(axis=axis, keepdims=True) for axis in (0, 1)]
    return "whole" if any(same(values, whole(z)) for z in shifted) else None


def _temperature(values: Floats, z: Floats, layout: str) -> float | None:
    """T where the values are softmax(z / T) with one T above zero."""
    if not (np.isfinite(values).all() and (values > 0).all()):
        return None
    inverse = (np.log(values[0, 0]) - np.log(values[0, 1])) / (z[0, 0] - z[0, 1])
    if layout == "columns":
        inverse = (np.log(values[0, 0]) - np.log(values[1, 0])) / (z[0, 0] - z[1, 0])
    if inverse <= 1e-3 or not same(values, LAYOUTS[layout](z * inverse)):
        return None
    return float(1 / inverse)


def _of_matrices(probe: Probe, layout: str, code: FileCode) -> Judgement:
    """It takes a batch; the layout is wrong only where the code plainly has the other."""
    guess, kind = probe.called.guess, probe.called.guess.meaning.kind
    seen = usage(code, guess.definition)
    turned = _takes_axis(guess.definition) or is_turned(code, guess.definition)
    if seen.layout and seen.layout != layout and not turned:
        return _over_other_axis(probe, seen.layout, layout)
    values = probe(MORE)
    heat = _temperature(values, MORE, layout) if values is not None else None
    remark = "" if heat is None or abs(heat - 1) < 1e-6 else f", temperature {heat:.4g}"
    large = LARGE if layout == "rows" else LARGE.T
    causes, parts = _weaknesses(probe, large, LAYOUTS[layout](large), code)
    return Judgement(kind, causes, parts, layout + remark)


def _over_other_axis(probe: Probe, samples: str, layout: str) -> Judgement:
    """Samples lie one way, and it normalises the other."""
    evidence = sentences(
        _first(probe, Z, LAYOUTS[samples](Z)),
        _sums(probe),
        say("check_functions.samples_are", layout=samples),
    )
    return Judgement(probe.called.guess.meaning.kind, (AXIS,), evidence, layout)


def _takes_axis(definition: Definition) -> bool:
    return any(parameter.name in ("axis", "dim") for parameter in definition.parameters)


def _of_everything(probe: Probe, code: FileCode) -> Judgement:
    """All numbers at once: right for one sample, wrong for the batch that the code shows."""
    guess, kind = probe.called.guess, probe.called.guess.meaning.kind
    seen = usage(code, guess.definition)
    layout = seen.layout or "rows"
    evidence = sentences(_first(probe, Z, LAYOUTS[layout](Z)), _sums(probe))
    if seen.is_batch or (names_axis(guess.definition) and not seen.single):
        return Judgement(kind, (WHOLE,), evidence, "whole")
    causes, parts = _weaknesses(probe, LARGE[0], softmax(LARGE[0]), code)
    said = say("check_functions.right_for_one")
    return Judgement(kind, causes, sentences(parts, evidence, said), "one vector", CONVENTION)


def _of_one_sample(probe: Probe, code: FileCode) -> Judgement | None:
    """It takes no batch, or makes nonsense of one, but is right for one vector or column."""
    guess, kind = probe.called.guess, probe.called.guess.meaning.kind
    shapes = {"one vector": VECTOR, "one column": VECTOR[:, None], "one row": VECTOR[None]}
    for name, z in shapes.items():
        if same(probe(z), whole(z)):
            batch = usage(code, guess.definition).is_batch
            if batch and name == "one row" and _divides_by_others(probe):
                right = softmax(SQUARE)
                return Judgement(kind, (AXIS,), sentences(_first(probe, SQUARE, right)), name)
            large = LARGE[0].reshape([-1 if n > 1 else 1 for n in z.shape])
            causes, parts = _weaknesses(probe, large, whole(large), code)
            return Judgement(kind, causes, parts, name)
    if _divides_by_others(probe):
        return Judgement(kind, (AXIS,), _first(probe, SQUARE, softmax(SQUARE)))
    return None


def _divides_by_others(probe: Probe) -> bool:
    """Without keepdims, cell (i, j) is divided by the sum of row j: only a square matrix passes."""
    values = probe(SQUARE)
    e = np.exp(SQUARE)
    shifted = np.exp(SQUARE - SQUARE.max(axis=1, keepdims=True))
    return probe(MORE) is None and any(same(values, x / x.sum(axis=1)) for x in (e, shifted))


def _altered(probe: Probe) -> Judgement | None:
    """Rows or columns sum to one, but the logits were changed by more than a common shift."""
    kind = probe.called.guess.meaning.kind
    values, moved = probe(MORE), probe(MORE + np.array([[2.0], [-1.0], [0.5], [3.0]]))
    turned = probe(MORE + np.array([[2.0, -1.0, 0.5]]))
    if values is None or moved is None or turned is None or not (values >= 0).all():
        return None
    for layout, axis, other in (("rows", 1, moved), ("columns", 0, turned)):
        known = any(same(values, slip) for *_, slip in slips(MORE))
        if np.allclose(values.sum(axis=axis), 1) and not known and not same(other, values):
            z = MORE if same(probe(Z), LAYOUTS[layout](Z)) else Z
            evidence = sentences(
                _first(probe, z, LAYOUTS[layout](z)), say("check_functions.shift_matters")
            )
            return Judgement(kind, (ALTERS,), evidence, layout)
        if np.allclose(values.sum(axis=axis), 1) and not known and _maximum_of_others(values):
            return Judgement(kind, (ALTERS,), _first(probe, MORE, LAYOUTS[layout](MORE)), layout)
    return None


def _other_axis(probe: Probe, code: FileCode) -> Judgement | None:
    """The maximum is each sample's own, as the code has them, and the sum is over the others."""
    values, samples = probe(MORE), usage(code, probe.called.definition).layout
    if samples == "rows" and same(values, _by_row()):
        return _over_other_axis(probe, samples, "columns")
    if samples == "columns" and same(values, _by_column()):
        return _over_other_axis(probe, samples, "rows")
    return None


def _maximum_of_others(values: Floats) -> bool:
    """Rows with the maximum of the columns subtracted, or the other way round."""
    return same(values, _by_column()) or same(values, _by_row())


def _by_column() -> Floats:
    return softmax(MORE - MORE.max(axis=0, keepdims=True))


def _by_row() -> Floats:
    return columns(MORE - MORE.max(axis=1, keepdims=True))


def _another_formula(probe: Probe) -> Judgement | None:
    guess = probe.called.guess
    for z in (Z, VECTOR):
        values = probe(z)
        for text, cause, layout, slip in slips(z) if values is not None else ():
            if same(values, slip):
                said = say("check_functions.looks_like", formula=text)
                right = LAYOUTS[layout](z) if z.ndim == 2 else softmax(z)
                causes = (named(cause, FORMULA, guess),)
                return Judgement(
                    guess.meaning.kind, causes, sentences(_first(probe, z, right), said)
                )
    return None


def _not_readable(probe: Probe) -> Judgement:
    guess = probe.called.guess
    problem = probe.outcome(VECTOR).problem or probe.outcome(Z).problem
    if problem is None:
        return unknown(
            guess.meaning.kind, say("check_functions.no_softmax", name=guess.definition.path)
        )
    said = say("check_functions.raises", call=call_text(guess, VECTOR), problem=problem)
    listed = problem.kind == "TypeError" and any(text in problem.message for text in LIST_ERRORS)
    causes = ("list-not-array",) if listed else ()
    return Judgement(guess.meaning.kind, causes, said, verdict=OK if listed else CANNOT_TELL)


def _weaknesses(
    probe: Probe, large: Floats, right: Floats, code: FileCode
) -> tuple[tuple[str, ...], str]:
    """What is wrong with one whose values are right: lists, large numbers, its argument."""
    value = probe.called(large.copy()).value
    found = {**list_given(probe.called, value, code), **dict(_weak(probe, large, right))}
    return tuple(found), sentences(*found.values())


def _weak(probe: Probe, large: Floats, right: Floats) -> Iterator[tuple[str, str]]:
    outcome = probe.outcome(large)
    values = probe.read(outcome, large)
    if outcome.problem and outcome.problem.kind in ("OverflowError", "ZeroDivisionError"):
        yield (
            UNSTABLE,
            say(
                "check_functions.raises",
                call=call_text(probe.called.guess, large),
                problem=outcome.problem,
            ),
        )
    elif values is not None and not same(values, right):
        yield UNSTABLE, _first(probe, large, right)
    if outcome.overwritten:
        after = np.asarray(next(iter(outcome.overwritten.values())))
        if after.shape == large.shape:
            at = tuple(np.argwhere(after != large)[0])
            yield (
                "overwrites-argument",
                say(
                    "check_functions.overwrites",
                    name=probe.called.definition.path,
                    before=shown(float(large[at])),
                    after=shown(float(after[at])),
                ),
            )


def _first(probe: Probe, z: Floats, right: Floats) -> str:
    """The first cell that differs: theirs, and the right one."""
    values = probe(z)
    call = call_text(probe.called.guess, z)
    if values is None:
        problem = probe.outcome(z).problem
        return say("check_functions.raises", call=call, problem=problem or "nothing")
    at = tuple(int(i) for i in np.argwhere(~agree(values, right))[0])
    return say(
        "check_functions.cell_differs",
        call=call,
        at=", ".join(map(str, at)),
        got=shown(float(values[at])),
        right=shown(float(right[at])),
    )


def _sums(probe: Probe) -> str:
    values = probe(Z)
    sums = [] if values is None else values.sum(axis=1).tolist()
    return say("check_functions.rows_sum", sums=", ".join(map(shown, sums)))
