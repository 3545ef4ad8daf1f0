"""A session in this very process, for objects that a person hands over instead of a file."""

from __future__ import annotations

import ast
import contextlib
import inspect
import os
import sys
import textwrap
import types
import warnings
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from helder.glass.check.reading.definitions import Definition, Parameter, defined
from helder.glass.check.sessions.evaluator import Evaluator
from helder.glass.check.sessions.importing import Importer
from helder.glass.check.sessions.program import Program

T = TypeVar("T")

Objects = Mapping[str, object] | types.ModuleType


class Here(Evaluator):
    """Keeps the promise of `session.Session` for live objects, under the names they are given.

    What is called may be at work as long as it likes and do what it likes: it is the person's own
    process. Arrays are handed over as copies, and what is printed is not shown.

    Args:
        objects: Functions, classes and instances by their names, or a module. The classes of
            instances get names as well, unless these are taken.
    """

    def __init__(self, objects: Objects) -> None:
        if isinstance(objects, types.ModuleType):
            module = objects
        else:
            module = types.ModuleType("given")
            vars(module).update(with_classes(objects))
        program = Program(Importer({}, all_real=True), {"": module}, {"": ast.Module([], [])})
        for value in vars(module).values():
            program.homes.add(home(value))
            program.files[file_of(value)] = ""
        super().__init__(program, quietly, (Exception, SystemExit))


def quietly(work: Callable[[], T]) -> T:
    """Does the work; what it prints goes nowhere."""
    with (
        open(os.devnull, "w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        return work()


def with_classes(objects: Mapping[str, object]) -> dict[str, object]:
    """The objects, and the classes that they are made of."""
    named = dict(objects)
    for value in objects.values():
        kind = value if isinstance(value, type) else type(value)
        for owner in kind.__mro__ if is_written(kind) else ():
            if is_written(owner):
                named.setdefault(owner.__name__, owner)
    return named


def is_written(kind: type) -> bool:
    """Whether a person wrote a class: it is none of Python's own, of NumPy's or of SciPy's."""
    top = kind.__module__.partition(".")[0]
    return top not in sys.stdlib_module_names and top not in ("numpy", "scipy")


def home(value: object) -> str:
    """The module that a value's class stands in, or that a function or class itself stands in."""
    is_definition = isinstance(value, type | types.FunctionType)
    return str((value if is_definition else type(value)).__module__)


def file_of(value: object) -> str:
    """The file in which a function, or the class of a value, was written; else nothing."""
    try:
        known = isinstance(value, type | types.FunctionType | types.MethodType)
        # `known` says which kinds it takes; of any other value its class
        return inspect.getsourcefile(value if known else type(value)) or ""  # type: ignore[arg-type]
    except (TypeError, OSError):
        return ""


def definitions_of(objects: Objects) -> tuple[Definition, ...]:
    """The definitions of live objects: read in their source where there is one.

    Args:
        objects: As for `Here`.
    """
    if isinstance(objects, types.ModuleType):
        own = objects.__name__
        names = {n: v for n, v in vars(objects).items() if getattr(v, "__module__", "") == own}
    else:
        names = with_classes(objects)
    kinds = type | types.FunctionType | types.MethodType
    definitions = [(name, value) for name, value in names.items() if isinstance(value, kinds)]
    found = [written(name, value) or [signed(name, value)] for name, value in definitions]
    return tuple(definition for each in found for definition in each)


def written(name: str, value: Any) -> list[Definition]:
    """The definitions in the source of a function or class; none where there is no source."""
    try:
        lines, start = inspect.getsourcelines(value)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError):
        return []
    ast.increment_lineno(tree, max(start, 1) - 1)
    node = tree.body[0]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        node.name = name
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
        node.targets = [ast.Name(name, ast.Store())]
    file = os.path.basename(file_of(value))
    return list(defined([node], file, "", in_class=False))


def signed(name: str, value: Any) -> Definition:
    """The definition of what has no source, from its signature."""
    kind = "class" if isinstance(value, type) else "function"
    try:
        parameters = tuple(map(parameter, inspect.signature(value).parameters.values()))
    except (TypeError, ValueError):
        parameters = ()
    return Definition(name, kind, "", 1, parameters, (), ast.Module([], []))


def parameter(given: inspect.Parameter) -> Parameter:
    kinds: dict[Any, str] = {
        inspect.Parameter.VAR_POSITIONAL: "args",
        inspect.Parameter.VAR_KEYWORD: "kwargs",
        inspect.Parameter.KEYWORD_ONLY: "keyword",
    }
    default = None if given.default is inspect.Parameter.empty else repr(given.default)
    return Parameter(given.name, default, kinds.get(given.kind, "positional"))
