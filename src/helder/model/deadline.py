"""A deadline: until when a piece of work shall be done, as one value that is handed on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from helder.core.checking import check_number
from helder.learn import Epoch
from helder.learn.watch import Listener

TIME_IS_UP = "time limit"  # why a training stopped that had only so many seconds


@dataclass(frozen=True)
class Deadline:
    """Until when a piece of work shall be done.

    Args:
        end: A time on the clock, in seconds; infinite where there is no hurry.
        clock: Says what time it is.
    """

    end: float = float("inf")
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def after(cls, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> Deadline:
        """So many seconds from now; never, where there is no limit.

        Raises:
            ArgumentError: The seconds are none.
        """
        if seconds is None:
            return NEVER
        check_number("time_limit", seconds, above=0)
        return cls(clock() + seconds, clock)

    @property
    def left(self) -> float:
        """Seconds from now; below zero when it is over."""
        return self.end - self.clock()

    def sooner(self, seconds: float) -> Deadline:
        """One that leaves so many seconds for what comes after."""
        return self if self is NEVER else replace(self, end=self.end - seconds)


NEVER = Deadline()


class Limited:
    """A listener that also ends training when another epoch would not fit in the time.

    Args:
        listener: Who else listens.
        deadline: When training shall have ended.
    """

    def __init__(self, listener: Listener | None, deadline: Deadline) -> None:
        self.listener, self.deadline, self.left = listener, deadline, deadline.left

    def __call__(self, record: Epoch) -> str | None:
        said = self.listener(record) if self.listener else None
        left = self.deadline.left
        lasted, self.left = self.left - left, left
        return said or (TIME_IS_UP if left < lasted else None)
