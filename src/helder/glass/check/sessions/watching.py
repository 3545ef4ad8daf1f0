"""Notes what each line of somebody's code makes, while it runs: the values by line and name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, FunctionType, ModuleType
from typing import Any

import numpy as np

from helder.glass.check.session import Seen
from helder.glass.check.sessions import state
from helder.glass.check.sessions.values import MOST_NUMBERS, as_numbers

MOST_LINES = 3000  # that are looked at
MOST_KEPT = MOST_NUMBERS // 2  # numbers
LARGEST = 5000  # numbers of an array
RETURNED = "return"


class Watcher:
    """What the lines of some files made, in the order in which they ran.

    Args:
        files: By the name of a file in a traceback: the module that it is.
        is_own: Whether an object is of a class of the person's, so that it is looked into.
    """

    def __init__(self, files: dict[str, str], is_own: Callable[[Any], bool]) -> None:
        self.files, self.is_own = files, is_own
        self.seen: list[Seen] = []
        self.lines = 0
        self.numbers = 0
        self.known: set[tuple[str, int, tuple[int, ...], bytes]] = set()
        self.frames: dict[FrameType, tuple[int, dict[str, bytes]]] = {}

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Watches what runs within."""
        sys.settrace(self.trace)
        try:
            yield
        finally:
            sys.settrace(None)
            self.frames.clear()

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Python calls this for what happens in a frame."""
        if frame.f_code.co_filename not in self.files or self.lines > MOST_LINES:
            return None
        if event == "call":
            self.enter(frame)
        elif event == "line":
            self.note(frame, {})
        elif event == "return":
            self.note(frame, {RETURNED: argument})
            self.frames.pop(frame, None)
        return self.trace

    def enter(self, frame: FrameType) -> None:
        """Notes what a function is called with: the line that calls it has made that."""
        self.frames[frame] = (frame.f_lineno, dict(self.held(frame)))
        caller = frame.f_back
        if caller is not None and caller.f_code.co_filename in self.files:
            module = self.files[caller.f_code.co_filename]
            for path, value in frame.f_locals.items():
                self.keep(module, caller.f_lineno, path, value)

    def note(self, frame: FrameType, more: dict[str, Any]) -> None:
        """Notes what the line that has just run has made or changed."""
        line, before = self.frames.get(frame, (frame.f_lineno, {}))
        after = dict(self.held(frame))
        module = self.files[frame.f_code.co_filename]
        changed = {path for path, key in after.items() if before.get(path) != key}
        values = self.values(frame) if changed or more else {}
        values |= state.leaves(more, iter(more.items()), self.is_own)
        for path, value in values.items():
            if path in changed or path.startswith(RETURNED):
                self.keep(module, line, path, value)
        self.frames[frame] = (frame.f_lineno, after)
        self.lines += 1

    def keep(self, module: str, line: int, path: str, value: Any) -> None:
        """Keeps a copy of a value, if it is one of numbers, as long as they are not too many."""
        array = as_array(value)
        if array is None or self.numbers > MOST_KEPT:
            return
        key = (module, line, array.shape, array.tobytes())
        if key not in self.known:
            self.known.add(key)
            self.seen.append(Seen(module, line, path, array.copy()))
            self.numbers += array.size

    def values(self, frame: FrameType) -> dict[str, Any]:
        """What the names of a frame hold, by its path."""
        names = frame.f_locals.items()
        kinds = (ModuleType, FunctionType, type)
        first = ((n, v) for n, v in names if not n.startswith("__") and not isinstance(v, kinds))
        return state.leaves(frame, first, self.is_own)

    def held(self, frame: FrameType) -> Iterator[tuple[str, bytes]]:
        """The same as what can be compared."""
        for path, value in self.values(frame).items():
            array = as_array(value)
            if array is not None:
                yield path, array.tobytes()


def as_array(value: Any) -> np.ndarray | None:
    """A number or a small array of numbers as an array of floats."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        value = as_numbers(value)
    if not isinstance(value, np.ndarray | np.number | float):
        return None
    array = np.asarray(value)
    return (
        array.astype(np.float64) if array.dtype.kind in "bfiu" and array.size <= LARGEST else None
    )
