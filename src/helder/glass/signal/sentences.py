"""The sentences of a verdict: what was seen, what it means, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from helder.glass.signal.power import POWER, Power
from helder.text import say

SURE = 0.95  # from which on the network, or the linear model, is said to do better
SUREST = 99.9  # per cent that are said: no test on so many rows is surer


@dataclass(frozen=True)
class Evidence:
    """The numbers that a verdict rests on.

    Attributes:
        score: The network's accuracy, or share of the variance explained, out of fold.
        guess: The same for guessing alike.
        shuffled: Between which scores nine in ten networks on shuffled labels lie.
        networks: How many networks learnt shuffled labels, each in folds.
        p_networks: How often a network on shuffled labels gains as much.
        shuffles: How many labellings the screens were compared with.
        p_screens: How often they stand out as far on shuffled labels.
        standing: By how many standard deviations each screen stands out.
        rows: How many rows were looked at.
        better_than_linear: How sure it is that the network does better than the linear model; None
            where there is no signal.
        power: How well a known effect would be found; None where there is a signal.
    """

    score: float
    guess: float
    shuffled: list[float]
    networks: int
    p_networks: float
    shuffles: int
    p_screens: float
    standing: dict[str, float]
    rows: int
    better_than_linear: float | None = None
    power: Power | None = None


def in_words(found: Evidence) -> str:
    """The sentence of a verdict."""
    # Guessing a number alike explains nothing of it; of classes it is always right sometimes.
    kind = "accuracy" if found.guess else "r2"
    low, high = found.shuffled
    factor = 100 if kind == "accuracy" else 1
    shuffled = say(f"signal.shuffled_{kind}", low=factor * low, high=factor * high)
    numbers = {kind: factor * found.score, "guess": 100 * found.guess, "shuffled": shuffled}
    if found.power is None:
        useful = found.score > max(found.guess, high)
        parts = [say(f"signal.signal_{kind}" if useful else f"signal.faint_{kind}", **numbers)]
        better = found.better_than_linear
        if useful and better is not None:
            parts.append(beside_linear(better, say(f"signal.loss_{kind}")))
        return " ".join(parts)
    parts = [say(f"signal.scores_{kind}", **numbers)]
    enough = found.power.found >= POWER
    parts.append(say(f"signal.nothing_{kind}" if enough else f"signal.few_rows_{kind}"))
    power = {name: getattr(found.power, name) for name in ("effect", "explained", "found")}
    parts.append(say(f"signal.power_{kind}", **percents(power)))
    if found.power.rows_needed is not None:
        parts.append(say("signal.rows_needed", rows=found.power.rows_needed))
    return " ".join(parts)


def beside_linear(better: float, loss: str) -> str:
    """Whether the network does better than a linear model, and how sure that is."""
    if max(better, 1 - better) < SURE:
        return say("signal.linear_enough", loss=loss, sure=100 * better)
    key = "network_better" if better >= SURE else "linear_better"
    sure = math.floor(1000 * max(better, 1 - better)) / 10
    return say(f"signal.{key}", loss=loss, sure=min(sure, SUREST))


def percents(shares: Mapping[str, float]) -> dict[str, float]:
    """Shares as per cents, to a tenth."""
    return {name: round(100 * share, 1) for name, share in shares.items()}


def without_a_test(why: str) -> str:
    """The sentence where no test can be made."""
    return say(f"signal.untestable_{why}")
