"""The arrays that a mistake makes somewhere in the code: what to look for, to find its line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from helder.core.probabilities import softmax
from helder.glass.check.network.judging.middle import is_off, middle_of
from helder.glass.check.network.judging.verdicts import Judged
from helder.glass.check.network.reference.matching import SAME as SAME_GRADIENT
from helder.glass.check.network.reference.matching import factor, factors, usual
from helder.glass.check.network.reference.network import Pass, Stages, forward, layer_by_layer
from helder.glass.check.network.reference.ways import names_of
from helder.glass.check.session import Seen
from helder.typing import Floats

SAME = 1e-5  # of the largest number: the same formula, up to a guard against log 0
SCALES = (1.0, 2.0, 0.5)  # of the gradient of a loss, which may be a sum, a mean, or half of it
IN_A_FORMULA = frozenset({"derivative-formula", "relu-slope-threshold"})
OF_THE_PARAMETERS = frozenset({"update-sign", "parameter-not-updated"})


@dataclass(frozen=True)
class Suspect:
    """An array that some line makes, if the mistake is the one that was recognised.

    Attributes:
        array: With the mistake: rows by units, or in the shape of a parameter.
        scaled: Whether any multiple of it will do.
        of_rows: Whether it has a row for each row of the data, and may be made in another order of
            these, or row by row.
        second: Whether the second line that makes it is meant, where there are two.
        but: Only multiples by other factors than these will do.
        only: Only multiples by these factors, where there are any.
    """

    array: Floats
    scaled: bool = True
    of_rows: bool = False
    second: bool = False
    but: tuple[float, ...] = ()
    only: tuple[float, ...] = ()

    def takes(self, f: float) -> bool:
        """Whether it may be multiplied by this."""
        if self.only and not any(is_same(f, one) for one in self.only):
            return False
        return not any(is_same(f, one) for one in self.but)


def suspects(judged: Judged, cause: str, seen: Sequence[Seen]) -> Iterator[Suspect]:
    """What the mistake makes of the arrays, in the order in which they are made."""
    going, mistake = judged.recognition.going, judged.recognition.mistake
    passed = forward(judged.observed.known, going.shape, going.wiring)
    right = Stages(output=judged.recognition.loss.dz)
    if going.cause is not None:
        meant = forward(judged.observed.known, replace(going.shape, link=softmax))
        yield from on_the_way(passed, meant)
        yield from on_the_way_back(passed, meant, right, right)
    elif cause in OF_THE_PARAMETERS:
        return
    elif cause == "gradient-scale":
        yield from off_scale(judged, passed, right, seen)
    elif cause == "gradient-divided-twice":
        yield from divided(passed, right)
    elif cause == "gradient-copied":
        yield from copied(judged, passed, right)
    elif cause == "gradient-zero":
        yield from zeros(judged, passed)
    elif mistake is not None and mistake.cause in ("parameter-not-updated", "gradient-zero"):
        yield Suspect(np.zeros(1))  # a sum that is 0 but for rounding
    elif mistake is not None:
        if cause in IN_A_FORMULA:
            yield from slopes(passed, mistake.stages, right)
        late = cause == "missing-hidden-derivative"
        for suspect in on_the_way_back(passed, passed, mistake.stages, right):
            yield replace(suspect, second=late and suspect.of_rows)


def on_the_way(passed: Pass, meant: Pass) -> Iterator[Suspect]:
    """What is wrong going forward: z and a of each layer, from the first."""
    for layer in range(passed.known.layers):
        if not np.allclose(passed.zs[layer], meant.zs[layer]):
            yield Suspect(passed.zs[layer], scaled=False, of_rows=True)
        if not np.allclose(passed.activations[layer], meant.activations[layer]):
            yield Suspect(passed.activations[layer], scaled=False, of_rows=True)


def slopes(passed: Pass, wrong: Stages, right: Stages) -> Iterator[Suspect]:
    """The slopes that are wrong, as a function of the code may return them."""
    for layer in reversed(range(passed.known.layers - 1)):
        mine = wrong.bent(passed, layer)
        if not np.allclose(mine, right.bent(passed, layer)):
            yield Suspect(mine, scaled=False, of_rows=True)


def on_the_way_back(passed: Pass, meant: Pass, wrong: Stages, right: Stages) -> Iterator[Suspect]:
    """What is wrong going backward: dz, dW and db of each layer and da before it, from the last."""
    with np.errstate(all="ignore"):
        pairs = zip(going_back(passed, wrong), going_back(meant, right), strict=True)
        for (mine, of_rows), (others, _) in pairs:
            largest = float(np.abs(mine).max())
            if not (math.isfinite(largest) and largest > 0):
                continue
            if np.ptp(mine) == 0 and mine.size > 1 and np.ptp(others) > 0:  # one number for all
                yield Suspect(mine.ravel()[:1])
            if factor(mine, others, largest, SAME) is None:
                yield Suspect(mine, of_rows=of_rows)


def going_back(passed: Pass, stages: Stages) -> Iterator[tuple[Floats, bool]]:
    """Every array of a way backward, and whether it has a row for each of the data."""
    dz = stages.output(passed)
    gradients = layer_by_layer(passed, stages)
    for layer in reversed(range(passed.known.layers)):
        dW, db = next(gradients)
        yield dz, True
        yield dW, False
        yield db, False
        if layer:
            da = stages.carried(passed, layer, dz)
            yield da, True
            dz = da * stages.bent(passed, layer - 1)


def off_scale(
    judged: Judged, passed: Pass, right: Stages, seen: Sequence[Seen]
) -> Iterator[Suspect]:
    """Gradients whose factor is another than that of the others, in the code as well."""
    arrays = gradients_of(passed, right)
    found = judged.recognition.factors
    middle = middle_of(judged.observed, found)
    off = [f is not None and is_off(f, middle) for f in found.each]
    fine = [Suspect(array) for array, is_wrong in zip(arrays, off, strict=True) if not is_wrong]
    own = tuple(f for suspect in fine for one in seen if (f := fits(one, suspect)))
    for array, is_wrong in zip(arrays, off, strict=True):
        if is_wrong and array.size > 1:
            yield Suspect(array, but=own)


def gradients_of(passed: Pass, stages: Stages) -> list[Floats]:
    """dW1, db1, dW2, db2, ..."""
    pairs = list(layer_by_layer(passed, stages))[::-1]
    return [array for pair in pairs for array in pair]


def divided(passed: Pass, right: Stages) -> Iterator[Suspect]:
    """Gradients that are divided by more than once the rows."""
    twice = tuple(s / len(passed.known.x) ** 2 for s in SCALES)
    for array in reversed(gradients_of(passed, right)):
        if array.size > 1:
            yield Suspect(array, only=twice)


def zeros(judged: Judged, passed: Pass) -> Iterator[Suspect]:
    """What is 0 of the last layer whose gradient is: dz, da, or the gradient itself."""
    layers = [at // 2 for at, f in enumerate(judged.recognition.factors.each) if f == 0]
    for layer in sorted(set(layers), reverse=True):
        yield Suspect(np.zeros_like(passed.zs[layer]), of_rows=True)
        yield Suspect(np.zeros_like(passed.known.weights[layer]))


def copied(judged: Judged, passed: Pass, right: Stages) -> Iterator[Suspect]:
    """The gradient that stands in two places, the second of which is wrong."""
    mistake = judged.recognition.mistake
    names = names_of(judged.observed.known)
    source = "" if mistake is None else mistake.saw.rpartition(" d")[2]
    if source in names:  # `db1 is db2`
        yield Suspect(gradients_of(passed, right)[names.index(source)], second=True)


def changed(judged: Judged) -> list[int]:
    """Which parameters do not move as they should: places among W1, b1, W2, b2, ..., last first."""
    going, observed = judged.recognition.going, judged.observed
    passed = forward(observed.known, going.shape)
    with np.errstate(all="ignore"):
        right = gradients_of(passed, Stages(output=judged.recognition.loss.dz))
    each = factors(observed.arrays, right, SAME_GRADIENT).each
    middle = usual([abs(f) for f in each if f and math.isfinite(f)] or [1.0])
    wrong = [at for at, f in enumerate(each) if f is None or is_off(f, middle)]
    return sorted(wrong, key=lambda at: (-(at // 2), at % 2))


# Whether a value is an array that is looked for


@np.errstate(all="ignore")
def fits(one: Seen, suspect: Suspect) -> float | None:
    """The factor by which a value is an array, however it lies; None where it is not."""
    value: Floats = np.asarray(one.value)
    wanted = suspect.array
    if not np.any(wanted):
        return 1.0 if is_nothing(value, wanted) else None
    if wanted.size == 1:
        return number_fits(value, float(wanted.ravel()[0]))
    if value.size <= 1:
        return None
    pairs = by_rows(value, wanted) if suspect.of_rows else [(value, wanted), (value, wanted.T)]
    for mine, other in pairs:
        largest = float(np.abs(mine).max())
        if squeezed(mine) == squeezed(other) and largest > 0:
            f = factor(mine, other, largest, SAME)
            if f is not None and (suspect.scaled or abs(f - 1) < SAME):
                return f
    return None


def by_rows(value: Floats, wanted: Floats) -> Iterator[tuple[Floats, Floats]]:
    """The rows in the order of their lengths, whatever order they lie in; or one of them."""
    if value.size == wanted.size:
        for turned in (value, value.T):
            if squeezed(turned) == squeezed(wanted):
                yield in_order(turned.reshape(wanted.shape)), in_order(wanted)
    elif value.size == wanted.shape[1]:
        yield from ((value, row) for row in wanted)


def in_order(rows: Floats) -> Floats:
    """Rows by their lengths."""
    return np.asarray(rows[np.argsort(np.linalg.norm(rows, axis=1))])


def is_nothing(value: Floats, like: Floats) -> bool:
    """Whether a value is 0 in the shape of an array; a single number 0 but for rounding."""
    if value.size == like.size == 1:
        return 0 < float(np.abs(value).max()) < 1e-12
    return not np.any(value) and squeezed(value) in (squeezed(like), squeezed(like.T))


def number_fits(value: Floats, wanted: float) -> float | None:
    """The factor of a single number, where it is one of few that are likely."""
    if value.size != 1 or not wanted or not np.isfinite(value).all():
        return None
    f = abs(float(value.ravel()[0]) / wanted)
    likely = [s / n for s in SCALES for n in range(1, 13)]
    return f if any(abs(f / one - 1) < SAME for one in likely) else None


def is_same(f: float, other: float) -> bool:
    """Whether two factors are the same but for their sign."""
    return bool(other) and abs(abs(f / other) - 1) < 1e-3


def squeezed(array: Floats) -> tuple[int, ...]:
    """A shape without its ones."""
    return tuple(size for size in array.shape if size != 1)
