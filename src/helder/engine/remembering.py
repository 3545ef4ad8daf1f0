"""Remembers what was compiled for the latest networks, so that equal ones share it."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def remembered(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remembers so many results of a function of networks: they are values.

    A network without a hash holds something that can change, such as a loss that is no frozen
    dataclass: it is compiled each time, as it is then.
    """

    def remembering(making: Callable[P, T]) -> Callable[P, T]:
        kept = functools.lru_cache(maxsize=most)(making)

        @functools.wraps(making)
        def made(*asked: P.args, **named: P.kwargs) -> T:
            with contextlib.suppress(TypeError):  # one that says something else comes again below
                return kept(*asked, **named)  # type: ignore[arg-type]
            return making(*asked, **named)

        return made

    return remembering
