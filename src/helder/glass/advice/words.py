"""How gains are written: points where a score is a share, else numbers of the metric."""

from __future__ import annotations

SHARES = ("accuracy", "balanced_accuracy")  # 0.01 of them is a point


def amounts(metric: str, value: float, low: float, high: float) -> tuple[str, dict[str, float]]:
    """The unit that the sentences of a metric have, and what fills them."""
    shares = metric in SHARES
    factor, places = (100, 1) if shares else (1, 4)
    rounded = (round(factor * amount, places) + 0.0 for amount in (value, low, high))  # no -0.0
    named = dict(zip(("gain", "low", "high"), rounded, strict=True))
    return "points" if shares else "numbers", named
