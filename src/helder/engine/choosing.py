"""Chooses the engine: the native one where it is there, NumPy's where it is not."""

from __future__ import annotations

import functools
import importlib.util
import warnings

from helder.engine.numpy_engine import NumpyEngine
from helder.engine.task import Engine
from helder.errors import ArgumentError, pick

NAMES = ("auto", "numpy", "native")


def native_is_here() -> bool:
    """Whether the native library was built when helder was installed."""
    return importlib.util.find_spec("helder.engine._native") is not None


def engine_named(name: str) -> Engine:
    """The engine of this name; "auto" is the native one where it is there.

    Raises:
        ArgumentError: There is no engine of that name, or the native one was not built.
    """
    pick(name, dict.fromkeys(NAMES), "engine")
    if name == "numpy" or (name == "auto" and not native_is_here()):
        if name == "auto":
            say_once()
        return NumpyEngine()
    if not native_is_here():
        raise ArgumentError(
            "the native engine is not installed",
            got=name,
            accepted='engine="numpy"',
            hint="install a C++ compiler and helder again: it builds the engine when installed",
        )
    from helder.engine.native_engine import NativeEngine

    return NativeEngine()


@functools.cache
def say_once() -> None:
    """Says, once, that the fast engine is missing, what that costs, and what to do."""
    warnings.warn(
        "helder runs on NumPy alone, several times slower than its native engine, which was not "
        'built: install a C++ compiler and helder again, or choose engine="numpy" to say nothing.',
        stacklevel=3,
    )
