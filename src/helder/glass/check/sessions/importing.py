"""What somebody's code finds when it imports, and the built-in names that it sees."""

from __future__ import annotations

import builtins
import functools
import inspect
import itertools
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from helder.glass.check.reading.modules import absolute
from helder.glass.check.sessions.stubs import StandInModule

REAL = frozenset(
    (
        *("numpy", "scipy", "math", "cmath", "random", "collections", "itertools", "functools"),
        *("typing", "typing_extensions", "dataclasses", "abc", "copy", "enum", "operator"),
        *("statistics", "string", "re", "time", "datetime", "calendar", "json", "csv", "warnings"),
        *("numbers", "fractions", "decimal", "types", "contextlib", "heapq", "bisect", "array"),
        *("struct", "textwrap", "traceback", "timeit", "argparse", "__future__"),
    )
)
INSTEAD = {"cupy": "numpy", "autograd.numpy": "numpy", "autograd.numpy.random": "numpy.random"}


class NotHereError(RuntimeError):
    """The person's code asks for what it cannot have here: an answer, or code from a text."""


class Importer:
    """The `__import__` of the person's code.

    Args:
        modules: The modules beside the person's file, by their full names; those being loaded too.
        all_real: Whether any module that is installed is imported, for a file run as it is.
        unhurried: Does the work of importing a module that is not the person's.
    """

    def __init__(
        self,
        modules: dict[str, types.ModuleType],
        *,
        all_real: bool = False,
        unhurried: Callable[[Callable[[], Any]], Any] = lambda work: work(),
    ) -> None:
        self.modules = modules
        self.all_real = all_real
        self.unhurried = unhurried
        self.stand_ins: dict[str, StandInModule] = {}

    def __call__(
        self,
        name: str,
        globals: dict[str, Any] | None = None,  # noqa: A002  as Python calls them
        locals: Any = None,  # noqa: A002
        fromlist: Any = (),
        level: int = 0,
    ) -> types.ModuleType:
        about = globals or {}
        is_package = "__path__" in about
        full = absolute(name, level, about.get("__name__", ""), is_package)
        if full is None:
            raise ImportError("a relative import leaves the folder of the file")
        top = full.partition(".")[0]
        if level or top in self.modules:
            return self.own(full, top, fromlist)
        if full in INSTEAD:
            return self.instead(full, fromlist)
        if top == "sys" and not self.all_real:
            return harmless_sys()
        if top == "inspect" and not self.all_real:
            return harmless_inspect()
        if top in REAL or self.all_real:
            try:
                return self.real(full, fromlist)
            except ModuleNotFoundError as problem:
                if problem.name != top:  # it is installed, and has no such part any more
                    raise
        return self.stand_in(full, fromlist)

    def own(self, full: str, top: str, fromlist: Any) -> types.ModuleType:
        """A module beside the file, as far as it is loaded by now."""
        if full and full not in self.modules:
            if top not in self.modules:
                return self.stand_in(full, fromlist)
            raise ImportError(f"there is no module {full} beside the file")
        if not full:  # `from . import layers`
            return package_of(self.modules)
        return self.modules[full] if fromlist else self.modules[top]

    def real(self, full: str, fromlist: Any) -> types.ModuleType:
        found = self.unhurried(lambda: builtins.__import__(full, {}, {}, fromlist or (), 0))
        assert isinstance(found, types.ModuleType)
        return found

    def instead(self, full: str, fromlist: Any) -> types.ModuleType:
        """NumPy for a module that does the same with the same names."""
        real = self.real(INSTEAD[full], ("__name__",))
        top, _, rest = full.partition(".")
        if fromlist or not rest:
            return real
        package = StandInModule(top)
        vars(package)[rest.partition(".")[0]] = self.real("numpy", ())
        return package

    def stand_in(self, full: str, fromlist: Any) -> types.ModuleType:
        name = full if fromlist else full.partition(".")[0]
        return self.stand_ins.setdefault(name, StandInModule(name))


def package_of(modules: dict[str, types.ModuleType]) -> types.ModuleType:
    """The folder of the file as if it were a package."""
    package = types.ModuleType("")
    vars(package).update({name: module for name, module in modules.items() if "." not in name})
    return package


@functools.cache
def harmless_sys() -> types.ModuleType:
    """What of `sys` a network may ask for; nothing that reaches into this process."""
    module = types.ModuleType("sys")
    for name in ("maxsize", "float_info", "version_info", "version", "platform", "byteorder"):
        setattr(module, name, getattr(sys, name))
    own: dict[str, Any] = {
        "argv": ["net.py"],
        "path": [],
        "modules": {},
        "stdout": Nowhere(),
        "stderr": Nowhere(),
        "exit": leave,
        "getsizeof": sys.getsizeof,
        "setrecursionlimit": ignored,
    }
    vars(module).update(own)
    return module


@functools.cache
def harmless_inspect() -> types.ModuleType:
    """What of `inspect` looks at an object that is handed over; nothing that looks at who calls."""
    module = types.ModuleType("inspect")
    for name in ("getmembers", "isclass", "isfunction", "ismethod", "isroutine", "signature"):
        setattr(module, name, getattr(inspect, name))
    return module


class Nowhere:
    """Where what is printed goes."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """There is nothing to flush."""


def ignored(*args: Any, **kwargs: Any) -> None:
    """Does nothing, as `print` here."""


def leave(*args: Any) -> None:
    raise SystemExit(*args)


class Asking:
    """`input()`: nobody is here to answer, but what makes a network is given sizes.

    Attributes:
        answers: What is given; None where nothing is.
    """

    answers: Iterator[str] | None = None

    def __call__(self, *args: Any) -> str:
        if self.answers is None:
            raise NotHereError("input() was called, and nobody is here to answer")
        return next(self.answers)


asking = Asking()


@contextmanager
def answering(sizes: Iterable[int]) -> Iterator[None]:
    """Within, `input()` gives these sizes, then the first of them again."""
    asking.answers = itertools.cycle(map(str, sizes))
    try:
        yield
    finally:
        asking.answers = None


def refused(name: str) -> Any:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotHereError(f"{name}() was called, which is refused here")

    return refuse


def built_ins(importer: Importer) -> dict[str, Any]:
    """The built-in names that the person's code sees; those of Python 2 too."""
    names = dict(vars(builtins))
    names |= {
        "__import__": importer,
        "print": ignored,
        "input": asking,
        "raw_input": asking,
        "exit": leave,
        "quit": leave,
        "help": ignored,
        "xrange": range,
        "unicode": str,
        "basestring": str,
        "unichr": chr,
        "long": int,
        "reduce": functools.reduce,
    }
    if not importer.all_real:
        names |= {name: refused(name) for name in ("exec", "compile", "breakpoint")}
    return names
