"""Checks the numbers that a person gives: sizes, counts, shares and strengths."""

from __future__ import annotations

import numpy as np

from helder.errors import ArgumentError

MOST = 1_000_000_000


def check_count(name: str, value: object, most: int = MOST, least: int = 1) -> None:
    """A count is a whole number from `least` to `most`.

    Raises:
        ArgumentError: It is something else.
    """
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    # `whole` says that it is a number, which the type checker cannot follow.
    if not whole or not least <= value <= most:  # type: ignore[operator]
        up_to = f" to {most:,}" if most < MOST else " and up"
        raise ArgumentError(
            f"{name} is a count", got=value, accepted=f"whole numbers from {least}{up_to}"
        )


def check_number(
    name: str,
    value: object,
    *,
    above: float | None = None,
    least: float | None = None,
    below: float = float("inf"),
) -> None:
    """A number above or from a bound, and below another.

    Raises:
        ArgumentError: It is something else: text, NaN, or out of range.
    """
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    # `number` says that it is one, which the type checker cannot follow.
    fits = number and (above is None or value > above) and (least is None or value >= least)  # type: ignore[operator]
    if not fits or not value < below:  # type: ignore[operator]
        start = f"above {above:g}" if above is not None else f"{least:g} and up"
        end = f", below {below:g}" if below < float("inf") else ""
        raise ArgumentError(f"{name} is no such number", got=value, accepted=f"{start}{end}")
