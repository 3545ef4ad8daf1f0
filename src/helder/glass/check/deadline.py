"""When a check must be done: one deadline, which all of its parts are given."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Deadline:
    """A moment by which all must be done.

    Attributes:
        seconds: How long there was until then.
        until: The moment, on Python's monotonic clock.
    """

    seconds: float
    until: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """The moment so many seconds from now."""
        return cls(seconds, time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds until then; negative afterwards."""
        return self.until - time.monotonic()

    @property
    def over(self) -> bool:
        """Whether it has passed."""
        return self.left <= 0

    def part(self, share: float) -> Deadline:
        """An earlier one, which leaves the rest of the time to what comes afterwards."""
        left = self.left
        return Deadline.after(share * left) if 0 < left < math.inf else self


NEVER = Deadline(math.inf, math.inf)
