"""How long a piece of somebody's code may take: an alarm that code cannot keep on ignoring."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

AGAIN = 0.05  # seconds until the alarm rings again where code went on


class TimeLimit(BaseException):
    """A piece of the person's code took too long; no `except Exception` of theirs meets it."""


class Alarm:
    """Ends work that takes too long, wherever it is within the person's code.

    Args:
        seconds: How long a piece of work may take.
        files: The names of the files that count as the person's.
    """

    def __init__(self, seconds: float, files: set[str]) -> None:
        self.seconds = seconds
        self.files = files
        if hasattr(signal, "setitimer"):  # Windows has none: there only the parent's clock ends it
            signal.signal(signal.SIGALRM, self.ring)

    def __call__(self, work: Callable[[], T]) -> T:
        """Does the work; raises TimeLimit where it takes too long."""
        if not hasattr(signal, "setitimer"):
            return work()
        signal.setitimer(signal.ITIMER_REAL, self.seconds, AGAIN)
        try:
            return work()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            sys.settrace(None)

    def paused(self, work: Callable[[], T]) -> T:
        """Does what is not the person's, such as importing SciPy, with all the time it takes."""
        if not hasattr(signal, "setitimer"):
            return work()
        left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            return work()
        finally:
            if left:
                signal.setitimer(signal.ITIMER_REAL, left, AGAIN)

    def ring(self, number: int, frame: FrameType | None) -> None:
        """Raises TimeLimit where the person's code runs; elsewhere the alarm comes too late."""
        theirs = []
        while frame is not None:
            if frame.f_code.co_filename in self.files:
                theirs.append(frame)
            frame = frame.f_back
        if not theirs:
            return
        # `while True: try: ... except BaseException: pass` swallows what is raised here. Then the
        # first line that it goes on with, where that `try` protects no more, raises once again.
        for each in theirs:
            each.f_trace = self.trace
        sys.settrace(self.trace)
        raise self.limit(theirs[0])

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in self.files:
            return None
        if event == "line":
            raise self.limit(frame)
        return self.trace

    def limit(self, frame: FrameType) -> TimeLimit:
        seconds = round(self.seconds, 1)
        return TimeLimit(f"line {frame.f_lineno} was still at work after {seconds:g} s")
