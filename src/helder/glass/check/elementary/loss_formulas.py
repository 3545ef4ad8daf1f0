"""What a loss adds up over its numbers, the right ones and the wrong ones, and by what factor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy import log

from helder.glass.check.elementary.closeness import RELATIVE
from helder.glass.check.elementary.slips import PRECEDENCE
from helder.text import say
from helder.typing import Floats

FORMULA, SECOND, IGNORES = "loss-formula", "loss-second-term", "loss-ignores-labels"
LOG_OF_LABEL, OTHER_LOSS = "loss-log-of-label", "loss-not-the-one-optimised"

Total = Callable[[Floats, Floats], float]  # of probabilities p and targets t, of one shape


def cross_entropy(p: Floats, t: Floats) -> float:
    """`-sum(t log p)`, where t is not 0."""
    return -float(np.sum(t[t != 0] * log(p[t != 0])))


def binary_cross_entropy(p: Floats, t: Floats) -> float:
    """`-sum(t log p + (1 - t) log(1 - p))`."""
    return cross_entropy(p, t) + cross_entropy(1 - p, 1 - t)


def squared_error(p: Floats, t: Floats) -> float:
    """`sum((p - t)^2)`."""
    return float(np.sum((p - t) ** 2))


def absolute_error(p: Floats, t: Floats) -> float:
    """`sum(|p - t|)`."""
    return float(np.sum(np.abs(p - t)))


CROSS_ENTROPY, BINARY = "cross-entropy", "binary cross-entropy"
SQUARED, ABSOLUTE = "squared error", "absolute error"
KINDS: dict[str, Total] = {
    CROSS_ENTROPY: cross_entropy,
    BINARY: binary_cross_entropy,
    SQUARED: squared_error,
    ABSOLUTE: absolute_error,
}


class LossSlip(NamedTuple):
    """A wrong loss: how it is written, its sum over all numbers, its cause."""

    text: str
    total: Total
    cause: str


def _total(entries: Callable[[Floats, Floats], Floats]) -> Total:
    return lambda p, t: float(np.sum(entries(p, t)))


def _second(text: str, second: Callable[[Floats, Floats], Floats]) -> LossSlip:
    """Cross-entropy for yes and no whose second term is another one."""
    entries = _total(lambda p, t: -(t * log(p) + second(p, t)))
    return LossSlip(f"-(y * log(p) + {text})", entries, SECOND)


def _log_of(text: str, terms: Callable[[Floats, Floats], Floats], cause: str) -> LossSlip:
    return LossSlip(text, _total(lambda p, t: -terms(p, t)), cause)


def _of_largest(p: Floats, t: Floats) -> float:
    """`-sum(log(max p))`, over the samples: along the axis over which t sums to one."""
    axis = -1 if np.allclose(t.sum(axis=-1), 1) else 0
    return -float(np.sum(log(p.max(axis=axis))))


# What a sum over the numbers is, up to a factor; each is looked for under the names that it fits.
SLIPS: dict[str, tuple[LossSlip, ...]] = {
    CROSS_ENTROPY: (
        LossSlip("-p * log(p)", _total(lambda p, t: -p * log(p)), IGNORES),
        LossSlip("-log(p)", _total(lambda p, t: -log(p)), IGNORES),
        LossSlip("-log(max(p))", _of_largest, IGNORES),
        LossSlip("-y * log(y)", _total(lambda p, t: -t * log(t)), LOG_OF_LABEL),
        LossSlip("-y * p", _total(lambda p, t: -t * p), FORMULA),
        LossSlip("-y * log(1 - p)", _total(lambda p, t: -t * log(1 - p)), FORMULA),
        LossSlip("-(1 - y) * log(p)", _total(lambda p, t: -(1 - t) * log(p)), FORMULA),
        LossSlip("y - log(p)", _total(lambda p, t: t - log(p)), FORMULA),
    ),
    BINARY: (
        _log_of("-(y * log(y) + (1 - y) * log(1 - p))",
                lambda p, t: t * log(t) + (1 - t) * log(1 - p), LOG_OF_LABEL),
        _log_of("-(y * log(p) + (1 - y) * log(1 - y))",
                lambda p, t: t * log(p) + (1 - t) * log(1 - t), LOG_OF_LABEL),
        _log_of("-(y * log(y) + (1 - y) * log(1 - y))",
                lambda p, t: t * log(t) + (1 - t) * log(1 - t), LOG_OF_LABEL),
        _log_of("-(p * log(p) + (1 - y) * log(1 - p))",
                lambda p, t: p * log(p) + (1 - t) * log(1 - p), IGNORES),
        _log_of("-(p * log(p) + (1 - p) * log(1 - p))",
                lambda p, t: p * log(p) + (1 - p) * log(1 - p), IGNORES),
        LossSlip("-(y * log(p)) + (1 - y) * log(1 - p)",
                 _total(lambda p, t: -t * log(p) + (1 - t) * log(1 - p)), SECOND),
        _second("(1 - y) * log(p)", lambda p, t: (1 - t) * log(p)),
        _second("(1 - y) * (1 - log(p))", lambda p, t: (1 - t) * (1 - log(p))),
        _second("(1 - y) * log(1 + p)", lambda p, t: (1 - t) * log(1 + p)),
        _second("(1 - y) * (1 - p)", lambda p, t: (1 - t) * (1 - p)),
        _second("(1 + y) * log(1 - p)", lambda p, t: (1 + t) * log(1 - p)),
        _second("y * log(1 - p)", lambda p, t: t * log(1 - p)),
        _second("(1 - p) * log(1 - p)", lambda p, t: (1 - p) * log(1 - p)),
        _second("log(1 - p)", lambda p, t: log(1 - p)),
        _second("1 - y * log(1 - p)", lambda p, t: 1 - t * log(1 - p)),
        LossSlip("-(1 - y) * log(1 - p)", _total(lambda p, t: -(1 - t) * log(1 - p)), SECOND),
    ),
    SQUARED: (
        LossSlip("(sum of (y - p)) ** 2", lambda p, t: float(np.sum(t - p)) ** 2, PRECEDENCE),
        LossSlip("y - p ** 2", _total(lambda p, t: t - p**2), PRECEDENCE),
        LossSlip("p - y ** 2", _total(lambda p, t: p - t**2), PRECEDENCE),
        LossSlip("y ** 2 - p ** 2", _total(lambda p, t: t**2 - p**2), FORMULA),
        LossSlip("p ** 2 - y ** 2", _total(lambda p, t: p**2 - t**2), FORMULA),
        LossSlip("y - p", _total(lambda p, t: t - p), FORMULA),
        LossSlip("p - y", _total(lambda p, t: p - t), FORMULA),
        LossSlip("(y + p) ** 2", _total(lambda p, t: (t + p) ** 2), FORMULA),
        LossSlip("p ** 2", _total(lambda p, t: p**2), IGNORES),
    ),
}  # fmt: skip


TINY = 1e-9  # a total that is nothing but rounding


class Factor(NamedTuple):
    """A value as `times * total + plus`, or as the root of that."""

    times: float
    plus: float = 0.0
    root: bool = False


def factor(values: Sequence[float], totals: Sequence[float]) -> Factor | None:
    """How values belong to totals, where one factor (and one constant term) tells all of them."""
    with np.errstate(all="ignore"):
        return _factor(np.array(values), np.array(totals))


def _factor(v: Floats, s: Floats) -> Factor | None:
    if not (np.isfinite(v).all() and np.isfinite(s).all()) or np.any(np.abs(s) < TINY):
        return None
    if _constant(v / s):
        return Factor(float(v[0] / s[0]))
    if _constant(v * v / s) and (v > 0).all():
        return Factor(float(v[0] * v[0] / s[0]), root=True)
    times = (v[0] - v[1]) / (s[0] - s[1])
    plus = v[0] - times * s[0]
    usual = any(abs(abs(times) * n - 1) < RELATIVE for n in (1, 2, *USUAL))
    if usual and np.allclose(times * s + plus, v, rtol=RELATIVE):
        return Factor(float(times), float(plus))
    return None


USUAL = (3, 5, 6, 10, 15, 30)  # one part of the samples, the numbers, or half of that


def _constant(ratios: Floats) -> bool:
    return bool(np.allclose(ratios, ratios[0], rtol=RELATIVE, atol=0))


def described(found: Factor, samples: int, outputs: int) -> tuple[str, bool]:
    """What a factor is called, and whether it is one that loses no word on."""
    size = abs(found.times)
    bases = {
        "": 1.0,
        say("check_functions.base_2"): 1 / log(2),
        say("check_functions.base_10"): 1 / log(10),
    }
    usual = {
        "mean": 1 / samples, "sum": 1.0, "half_mean": 0.5 / samples, "half_sum": 0.5,
        "mean_of_all": 1 / (samples * outputs), "half_mean_of_all": 0.5 / (samples * outputs),
        "mean_of_outputs": 1 / outputs,
    }  # fmt: skip
    for base, by in bases.items():
        for name, times in usual.items():
            if abs(size / (times * by) - 1) < 10 * RELATIVE:
                words = [say(f"check_functions.{name}"), base]
                return ", ".join(w for w in words if w), not base and name != "mean_of_outputs"
    return say("check_functions.factor", times=f"{size:.4g}"), False
