"""A gradient held against differences of the person's own loss, where no reference fits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from helder.glass.agreement import GradientCheck
from helder.glass.check.causes import CANNOT_TELL, OK, WRONG
from helder.glass.check.deadline import Deadline
from helder.glass.check.findings import NetworkCheck
from helder.glass.check.network.binding.formats import FORMATS, Data, Format, random_data
from helder.glass.check.network.binding.listing import ways_of
from helder.glass.check.network.binding.trials import SMALL_RATE
from helder.glass.check.session import Session, Value
from helder.glass.gradients import compare
from helder.text import say
from helder.typing import Floats

ROWS = 6
SPREAD = 0.5  # of the numbers that are added, so that no bias is 0
SIZES = ((4, 3), (4, 1), (2, 1))  # of rows and targets, where no shape says them
MOST_SIZES = 6
MOST_UNLIKELY = 2  # forms in which the gradient goes elsewhere, which are looked at all the same
QUICK, ROUGHLY = 1e-5, 1e-3  # a step along random directions, and how well two of them agree
NEAR = 1e-4  # how far a direction may lie beside another that is the same
NOTHING = 1e-9  # a slope below this is none
FEW = 4  # numbers, of which two factors would always be found


@dataclass(frozen=True)
class Fit:
    """How a gradient compares with the slopes of the loss, for one parameter.

    Attributes:
        factor: Times which it is the slope; None where it is not, whatever the factor.
        decays: Whether a share of the parameter itself is added to it.
        tells: Whether it has numbers enough to prove anything.
        saw: Its first number beside that of the slope.
    """

    factor: float | None
    decays: bool
    tells: bool
    saw: str


def of_own_loss(
    session: Session, arrays: Sequence[Floats], words: Collection[str], deadline: Deadline
) -> NetworkCheck | None:
    """What differences of `loss` say of `gradients`, or of `step`; None where it gives no number.

    Args:
        session: Where the adapter is loaded.
        arrays: Its parameters.
        words: The functions that it has.
        deadline: For all that is tried.
    """
    best: NetworkCheck | None = None
    stepped = "gradients" not in words
    for form, data in ranked_forms(session, arrays):
        fits = fits_of(session, arrays, form, data)
        found = verdict_of(fits, stepped) if fits else None
        if found is not None and (best is None or best.verdict == CANNOT_TELL):
            how = {"layout": form.layout, "labels": form.labels, "loss": "your own"}
            way = how | found.convention
            best = NetworkCheck(found.verdict, found.causes, found.evidence, way, stepped=stepped)
        if deadline.over or (best is not None and best.verdict in (OK, WRONG)):
            break
    return best


def ranked_forms(session: Session, arrays: Sequence[Floats]) -> list[tuple[Format, Data]]:
    """Those forms first in which many rows go along the slope, then many that do not.

    One row alone does not show what is wrong with a mean.
    """
    forms = forms_of(session, arrays)
    likely = [one for one in forms if goes_along(session, arrays, *one)]
    many = [one for one in forms if not one[0].single and one not in likely]
    alone = [one for one in likely if one[0].single]
    return [*(one for one in likely if not one[0].single), *many[:MOST_UNLIKELY], *alone]


def forms_of(session: Session, arrays: Sequence[Floats]) -> list[tuple[Format, Data]]:
    """The rows and targets of which `loss` makes a number."""
    best: list[tuple[Format, Data]] = []
    for inputs, outputs in sizes_of(arrays):
        data, found = random_data(inputs, outputs, ROWS), list[tuple[Format, Data]]()
        for form in FORMATS:
            seen = data.first(1) if form.single else data
            x, y = form.give(seen)
            outcome = session.call("helder_loss", list(arrays), x, y)
            if isinstance(outcome.value, float) and np.isfinite(outcome.value):
                found.append((form, seen))
        best = best or found
        if any(form.labels == "one-hot" for form, _ in found):
            return found  # class numbers fit any size
    return best


def sizes_of(arrays: Sequence[Floats]) -> list[tuple[int, int]]:
    """How many inputs and outputs there may be, the likeliest first."""
    sizes = [(slots.inputs, slots.outputs) for slots in ways_of(arrays)]
    flat = [a.shape for a in arrays if np.ndim(a) == 2]
    if flat:
        sizes += [(flat[0][0], flat[-1][1]), (flat[0][1], flat[-1][0])]
        sizes += [(flat[0][0], shape[1]) for shape in flat]
    return list(dict.fromkeys([*sizes, *SIZES]))[:MOST_SIZES]


def goes_along(session: Session, arrays: Sequence[Floats], form: Format, data: Data) -> bool:
    """Whether a gradient is likely to be the slope of the loss, times a factor: soon said."""
    values, gradients = gradients_of(session, arrays, form, data)
    if not gradients:
        return False
    draw = np.random.default_rng(3)
    factors = []
    x, y = form.give(data)
    for _ in range(2):
        way = [draw.normal(0, 1, v.shape) for v in values]
        ends = [
            session.call("helder_loss", [v + h * w for v, w in zip(values, way, strict=True)], x, y)
            for h in (QUICK, -QUICK)
        ]
        above, below = (end.value if isinstance(end.value, float) else np.nan for end in ends)
        slope = (above - below) / (2 * QUICK)
        factors.append(sum(float((g * w).sum()) for g, w in zip(gradients, way, strict=True)) / (
            slope or np.nan))  # fmt: skip
    return bool(abs(factors[0] - factors[1]) <= ROUGHLY * abs(factors[0]))


def gradients_of(
    session: Session, arrays: Sequence[Floats], form: Format, data: Data
) -> tuple[list[Floats], list[Floats]]:
    """Values near these arrays, and the gradients there; none where a step fails."""
    draw = np.random.default_rng(0)
    values = [np.array(a + draw.normal(0, SPREAD, np.shape(a)), float) for a in arrays]
    outcome = session.call("helder_step", values, *form.give(data), SMALL_RATE)
    if outcome.problem is not None or outcome.value is None:
        return values, []
    after: list[Value] = list(outcome.value)
    if any(np.shape(a) != v.shape for a, v in zip(after, values, strict=True)):
        return values, []
    gradients = [(v - a) / SMALL_RATE for v, a in zip(values, after, strict=True)]
    return values, gradients if any(np.any(gradient) for gradient in gradients) else []


def fits_of(session: Session, arrays: Sequence[Floats], form: Format, data: Data) -> list[Fit]:
    """How each parameter's gradient compares; empty where there is none, or no loss."""
    values, gradients = gradients_of(session, arrays, form, data)
    if not gradients:
        return []
    x, y = form.give(data)

    def loss() -> float:
        found = session.call("helder_loss", values, x, y).value
        return found if isinstance(found, float) else np.nan

    blocks = {str(at): (v, g) for at, (v, g) in enumerate(zip(values, gradients, strict=True))}
    return list(map(fit_of, range(len(values)), (compare(loss, blocks),) * len(values)))


def fit_of(at: int, found: GradientCheck) -> Fit:
    """How one parameter's gradient compares."""
    block = found.blocks[at]
    ours = np.array([c.numeric for c in block.coordinates])
    yours = np.array([c.analytic for c in block.coordinates])
    values = np.array([c.value for c in block.coordinates])
    first = block.worst
    place = ", ".join(map(str, first.index))
    saw = f"at parameters()[{at}][{place}] {first.analytic:.4g}, and the slope of your loss is "
    saw += f"{first.numeric:.4g}"
    tells = len(ours) > 1 and bool(np.abs(ours).max() > NOTHING)
    if not np.isfinite(ours).all() or (not tells and not np.abs(yours).max() > NOTHING):
        return Fit(None, False, False, saw)
    for decays, basis in ((False, [ours]), (True, [ours, values])):
        if decays and len(ours) < FEW:
            break
        sides = np.stack(basis, 1)
        factors = np.linalg.lstsq(sides, yours, rcond=None)[0]
        apart = np.abs(sides @ factors - yours).max()
        if apart <= NEAR * max(np.abs(yours).max(), np.abs(ours).max()):
            return Fit(float(factors[0]), decays, tells, saw)
    return Fit(None, False, tells, saw)


def verdict_of(fits: Sequence[Fit], stepped: bool) -> NetworkCheck | None:
    """The verdict that the parameters give together; None where none of them tells anything."""
    telling = [fit for fit in fits if fit.tells]
    if not telling:
        return None
    factors = [fit.factor for fit in telling if fit.factor is not None]
    if len(factors) == len(telling):
        return all_along(telling, np.array(factors), stepped)
    odd = next(fit for fit in telling if fit.factor is None)
    return NetworkCheck(CANNOT_TELL, evidence=say("check.not_of_loss", saw=odd.saw))


def all_along(fits: Sequence[Fit], factors: Floats, stepped: bool) -> NetworkCheck:
    """The verdict where every parameter goes along the slope of the loss, or against it."""
    way = {"loss": "your own, without the decay"} if any(fit.decays for fit in fits) else {}
    usual = float(np.median(factors))
    still = next((f for f in fits if f.factor is not None and abs(f.factor) < NEAR), None)
    if still is not None:
        cause = "parameter-not-updated" if stepped else "gradient-zero"
        return NetworkCheck(WRONG, (cause,), still.saw)
    if stepped and (factors < 0).any():
        odd = fits[int(np.argmin(factors))]
        return NetworkCheck(WRONG, ("update-sign",), odd.saw)
    alike = np.abs(factors - usual) <= 10 * NEAR * abs(usual)
    if not stepped and not alike.all():
        return NetworkCheck(WRONG, ("gradient-scale",), fits[int(np.argmin(alike))].saw)
    if not stepped and abs(usual - 1) > 10 * NEAR:
        way["gradients"] = f"{usual:.4g} times the slope of the loss"
    return NetworkCheck(OK, convention=way)
