"""What an exception in somebody's code says of itself: its kind, its text, its line."""

from __future__ import annotations

import types
from collections.abc import Mapping

import numpy as np

from helder.glass.check.session import Problem

LONGEST = 300  # characters of a message


def described(problem: BaseException, files: Mapping[str, str]) -> Problem:
    """The problem that an exception is.

    Args:
        problem: The exception.
        files: The names of the person's files, and the module that each is.
    """
    line, module = getattr(problem, "lineno", None), ""
    for file, number in frames(problem.__traceback__):
        if file in files:
            line, module = number, files[file]
    line = line if isinstance(line, int) else None
    # NumPy has its own kinds of some, such as `_ArrayMemoryError`.
    kind = "MemoryError" if isinstance(problem, MemoryError) else type(problem).__name__[:LONGEST]
    return Problem(kind, message_of(problem), line, module)


def frames(traceback: types.TracebackType | None) -> list[tuple[str, int]]:
    """The file and line of each call, the innermost last."""
    found = []
    while traceback is not None:
        found.append((traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
        traceback = traceback.tb_next
    return found


def message_of(problem: BaseException) -> str:
    """The exception's text; what the person's own `__str__` would do is not asked."""
    known = type(problem).__module__.partition(".")[0] in ("builtins", "numpy", "scipy", "helder")
    if known and all(is_plain(part) for part in problem.args):
        return str(problem)[:LONGEST]
    return ", ".join(str(part) for part in problem.args if is_plain(part))[:LONGEST]


def is_plain(part: object) -> bool:
    return isinstance(part, str | float | bool | tuple | np.dtype) or type(part) is int
