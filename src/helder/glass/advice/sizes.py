"""Whether a smaller or a larger network would do better, on the same folds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from helder.core import Architecture
from helder.errors import HelderError
from helder.glass.advice.curve import Scoring, in_folds, out_of_fold
from helder.glass.advice.extrapolation import LEVEL, Gain
from helder.glass.advice.rows import FEWEST_ROWS
from helder.glass.advice.words import amounts
from helder.model.ensemble import seed_of_repeat
from helder.model.problem import Problem
from helder.model.recipes import Adjusted, Recipe
from helder.model.scale import Scale
from helder.model.scores import Metric
from helder.text import Count, say
from helder.typing import Floats, Integers

SMALLER, LARGER = 0.5, 2.0  # times the units of every hidden layer
# Times the error of the rows alone: over 24 tables the same network, trained again from another
# seed, was 1.28 such errors away (root of the mean square).
TRAINED = 1.3
FIRST = 16  # units of a hidden layer where there was none


@dataclass(frozen=True)
class Size:
    """A network of another size beside the recipe's.

    Attributes:
        hidden: The units of its hidden layers.
        score: How good it is, out of fold.
        gain: By how much its score is better than that of the recipe's network.
        low, high: The 90 % interval of that.
    """

    hidden: tuple[int, ...]
    score: float
    gain: float
    low: float
    high: float


@dataclass(frozen=True)
class OtherSizes:
    """What networks of other sizes would gain.

    Attributes:
        sentence: The same in words.
        metric: What is scored.
        hidden: The units of the hidden layers of the recipe's network.
        score: How good that is, out of fold; None where there are too few rows to tell.
        others: The networks beside it, "smaller" and "larger"; one that ran off is left out.
    """

    sentence: str
    metric: str
    hidden: tuple[int, ...]
    score: float | None = None
    others: Mapping[str, Size] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        others = {
            name: asdict(size) | {"hidden": list(size.hidden)}
            for name, size in (self.others or {}).items()
        }
        return {**vars(self), "hidden": list(self.hidden), "others": others}


def other_sizes(
    problem: Problem,
    recipe: Recipe,
    *,
    metric: Metric | None = None,
    scale: Scale | None = None,
    groups: Integers | None = None,
    seed: int = 0,
) -> OtherSizes:
    """What networks with half and with twice the units would gain.

    All learn the same folds once, and are scored on the same rows out of fold.

    Args:
        problem: The rows, and their folds; where it has none, they are dealt here.
        recipe: Which network, and how it learns.
        metric: What is scored; None for accuracy or R2.
        scale: Of a numeric target, for a metric in the target's own units.
        groups: Rows of one number stay together, (N,).
        seed: Where every draw comes from.

    Raises:
        HelderError: There is no network to keep, as its first epoch ran off to infinity.
        KeyboardInterrupt: Ctrl-C.
    """
    problem = in_folds(problem, groups, seed)
    scoring, hidden = Scoring.of(problem, metric, scale, seed), units(recipe.architecture(problem))
    name, N = scoring.metric.name, len(problem.rows)
    if N < FEWEST_ROWS or not problem.folds:
        return OtherSizes(say("advice.sizes_few", rows=Count(N)), name, hidden)
    usual = scoring.values(out_of_fold(problem, recipe, problem.folds, seed))  # (1 + RESAMPLES,)
    others = {}
    for number, (how, shape) in enumerate(sizes_beside(hidden).items()):
        sized = Adjusted(recipe, {"hidden": shape})
        try:
            z = out_of_fold(problem, sized, problem.folds, seed_of_repeat(seed, number + 1))
        except HelderError:  # a network that runs off is no advice
            continue
        others[how] = beside(shape, scoring.values(z), usual, scoring.sign)
    said = " ".join(in_words(how, size, name) for how, size in others.items())
    return OtherSizes(said, name, hidden, float(usual[0]), others)


def units(architecture: Architecture) -> tuple[int, ...]:
    """The units of the hidden layers."""
    return tuple(layer.units for layer in architecture.hidden_layers)


def sizes_beside(hidden: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """The smaller and the larger network; beside the linear model only a larger one."""
    if not hidden:
        return {"larger": (FIRST,)}
    small, large = (
        tuple(max(1, round(count * factor)) for count in hidden) for factor in (SMALLER, LARGER)
    )
    return ({"smaller": small} if small != hidden else {}) | {"larger": large}


def beside(hidden: tuple[int, ...], scored: Floats, usual: Floats, sign: int) -> Size:
    """Another size's scores beside the usual one's on the same rows, (1 + RESAMPLES,) each."""
    gains = sign * (scored - usual)
    gain, error = float(gains[0]), TRAINED * float(np.std(gains[1:]))
    reach = quantile_of_normal((1 + LEVEL) / 2) * error
    return Size(hidden, float(scored[0]), gain, gain - reach, gain + reach)


def quantile_of_normal(share: float) -> float:
    """How many standard deviations such a share of a normal distribution lies below."""
    from scipy.special import ndtri

    return float(ndtri(share))


def in_words(how: str, size: Size, metric: str) -> str:
    """What is said of one size: it gains, it loses, or it does as well."""
    gain = Gain(size.gain, size.low, size.high)
    what = "alike"
    if gain.low > 0 or gain.high < 0:
        what = "gains" if gain.low > 0 else "loses"
        gain = gain if gain.low > 0 else Gain(-gain.value, -gain.high, -gain.low)
    unit, values = amounts(metric, *gain)
    units = ", ".join(map(str, size.hidden))
    return say(f"advice.sizes_{how}_{what}_{unit}", metric=metric, units=units, **values)
