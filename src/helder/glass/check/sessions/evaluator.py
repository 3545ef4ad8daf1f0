"""Calls, looks at and changes what is loaded, one request at a time."""

from __future__ import annotations

import argparse
import copy
import enum
import itertools
import random
import types
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np

from helder.glass.check.reading.loops import loops, passes
from helder.glass.check.reading.scripts import Script, scripts
from helder.glass.check.session import Outcome, Seen, Thing, Value
from helder.glass.check.sessions import paths, state
from helder.glass.check.sessions.importing import answering
from helder.glass.check.sessions.problems import described
from helder.glass.check.sessions.program import FLAGS, Caught, Program, Work, file_of
from helder.glass.check.sessions.staging import stage, write
from helder.glass.check.sessions.values import Export, Things, TooLargeError, same, taken
from helder.glass.check.sessions.watching import Watcher

SEED = 0
MOST_YIELDED = 1000
SIZES = (4, 3, 5)  # that a class is given where it asks for its sizes
LIMIT = "__helder_passes__"  # a name that a loop's code finds for a moment

# What NumPy calls its floating point warnings, and how we do.
KINDS = {"overflow": "overflow", "divide by zero": "divide", "invalid value": "invalid"}


class Evaluator:
    """Keeps the promise of `session.Session` over what is loaded in this process.

    Args:
        program: What is loaded.
        within: Does a piece of work in limited time.
        caught: The exceptions that are answers; others end the process that asks.
        things: The objects that it knows.
    """

    def __init__(
        self, program: Program, within: Work, caught: Caught, things: Things | None = None
    ) -> None:
        self.program = program
        self.within = within
        self.caught = caught
        self.things = things or Things()
        self.watcher: Watcher | None = None

    def call(self, path: str, *args: Value, **kwargs: Value) -> Outcome:
        """As `Session.call`."""
        warnings: list[str] = []
        after: dict[int, Value] = {}

        def work() -> Value:
            given = [self.taken(value) for value in args]
            before = [self.value(value) for value in given]
            by_name = {name: self.taken(value) for name, value in kwargs.items()}
            found = self.found(path)
            sizes = answering(SIZES) if isinstance(found, type) else nullcontext()
            with chances(), listening(warnings), sizes, self.watching():
                result = gone_through(found(*given, **by_name))
            value = self.value(result)
            for place, (old, now) in enumerate(zip(before, given, strict=True)):
                new = self.value(now)
                if not same(old, new):
                    after[place] = new
            return value

        outcome = self.tried(work)
        kinds = tuple(dict.fromkeys(warnings))
        return Outcome(outcome.value, outcome.problem, kinds, after)

    def bare(self, class_name: str) -> Outcome:
        """As `Session.bare`."""
        return self.tried(lambda: self.value(object.__new__(self.found(class_name))))

    def copy(self, path: str) -> Outcome:
        """As `Session.copy`."""
        return self.tried(lambda: self.value(deep_copy(self.found(path))))

    def read(self, path: str) -> Outcome:
        """As `Session.read`."""
        return self.tried(lambda: self.value(self.found(path)))

    def assign(self, path: str, value: Value) -> None:
        """As `Session.assign`."""
        self.tried(lambda: self.put(path, value))

    def replace(self, path: str, value: Value) -> None:
        """As `Session.replace`."""
        self.tried(lambda: self.put_raw(path, always(self.taken(value))))

    def define(self, module: str, text: str) -> None:
        """As `Session.define`."""

        def work() -> None:
            names = vars(self.program.modules[module])
            code = compile(text, names.get("__file__", module), "exec", FLAGS, dont_inherit=True)
            exec(code, names)  # noqa: S102  what a session is for

        self.tried(work)

    def run(self, name: str, times: int = 1) -> Outcome:
        """As `Session.run`."""
        warnings: list[str] = []
        outcome = self.tried(lambda: self.pass_through(name, times, warnings))
        return Outcome(None, outcome.problem, tuple(dict.fromkeys(warnings)))

    def lay_out(self, name: str, held: dict[str, Value]) -> Outcome:
        """As `Session.lay_out`."""

        def work() -> Value:
            with chances():
                return stage(self.program, self.script(name), lambda: self.all_taken(held))

        return self.tried(work)

    def put_all(self, values: dict[str, Value]) -> Outcome:
        """As `Session.put_all`."""

        def work() -> None:
            names = vars(self.program.modules[""])
            for path, value in self.all_taken(values).items():
                first, *rest = paths.parsed(path).steps
                assert isinstance(first, paths.Attribute)
                write(names, (paths.Item(first.name), *rest), value)

        return self.tried(work)

    def watch(self) -> None:
        """As `Session.watch`."""
        self.watcher = Watcher(self.program.files, self.is_own)

    def watched(self) -> list[Seen]:
        """As `Session.watched`."""
        watcher, self.watcher = self.watcher, None
        return [] if watcher is None else watcher.seen

    def state(self, path: str, names: Collection[str] | None = None) -> dict[str, Value]:
        """As `Session.state`; empty where there is nothing at the path."""
        outcome = self.tried(lambda: self.leaves(path, names))
        return outcome.value or {}

    # Inside

    def watching(self) -> AbstractContextManager[None]:
        """Watches what runs within, where that is wanted."""
        return nullcontext() if self.watcher is None else self.watcher.at_work()

    def script(self, name: str) -> Script:
        """A loop by its name."""
        for script in scripts(self.program.trees[""]):
            if script.name == name:
                return script
        raise NameError(f"the file has no {name}")

    def all_taken(self, values: dict[str, Value]) -> dict[str, Any]:
        """Values as arguments, shared with nothing."""
        return {name: deep_copy(self.taken(value)) for name, value in values.items()}

    def tried(self, work: Callable[[], Value]) -> Outcome:
        """What became of a piece of work, its problem told."""
        try:
            return Outcome(self.within(work))
        except self.caught as problem:
            return Outcome(problem=described(problem, self.program.files))

    def value(self, given: Any) -> Value:
        return Export(self.things).value(given)

    def taken(self, value: Value) -> Any:
        return taken(value, self.things, self.found)

    def found(self, path: str) -> Any:
        """What a path leads to."""
        parts = paths.parsed(path)
        return paths.follow(*self.start(parts))

    def start(self, parts: paths.Path) -> tuple[Any, tuple[paths.Step, ...]]:
        """Where a path begins, and the steps from there."""
        if parts.handle:
            return self.things.given(parts.handle), parts.steps
        first, *rest = parts.steps
        assert isinstance(first, paths.Attribute)
        return self.program.named(first.name, parts.module), tuple(rest)

    def put(self, path: str, value: Value) -> None:
        self.put_raw(path, self.taken(value))

    def put_raw(self, path: str, new: Any) -> None:
        parts = paths.parsed(path)
        if not parts.handle and len(parts.steps) == 1:
            if parts.module not in self.program.modules:
                raise NameError(f"there is no module {parts.module} beside the file")
            first = parts.steps[0]
            assert isinstance(first, paths.Attribute)
            vars(self.program.modules[parts.module])[first.name] = new
            return
        if not parts.steps:
            raise NameError(f"{path} cannot be replaced")
        begin, steps = self.start(parts)
        paths.put(paths.follow(begin, steps[:-1]), steps[-1], new)

    def pass_through(self, name: str, times: int, warnings: list[str]) -> None:
        """Runs the body of a loop of the file's top level."""
        found = {loop.name: loop.node for loop in loops(self.program.trees[""])}
        node = found[name] if name in found else self.script(name).node
        module = self.program.modules[""]
        code = compile(passes(node, LIMIT), file_of(module), "exec", FLAGS, dont_inherit=True)
        names = vars(module)
        names[LIMIT] = lambda over: itertools.islice(range(times) if over is None else over, times)
        try:
            with chances(), listening(warnings), self.watching():
                exec(code, names)  # noqa: S102  what a session is for
        finally:
            names.pop(LIMIT, None)

    def leaves(self, path: str, names: Collection[str] | None) -> dict[str, Value]:
        """The values within an object, or among the names of the file, by their paths."""
        if path == "":
            root: Any = self.program.modules[""]
            first: Iterator[tuple[str, Any]]
            found = state.global_names(vars(root))
            first = filter(lambda one: names is None or one[0] in names, found)
        else:
            root = self.found(path)
            first = state.parts(root, self.is_own)
        export = Export(self.things)
        values = {}
        for name, leaf in state.leaves(root, first, self.is_own).items():
            try:
                values[name] = export.value(leaf)
            except TooLargeError:
                continue
        return {name: value for name, value in values.items() if not isinstance(value, Thing)}

    def is_own(self, value: Any) -> bool:
        """Whether an object is of a class of the person's, or holds their settings."""
        if isinstance(value, types.SimpleNamespace | argparse.Namespace):
            return True
        if isinstance(value, types.FunctionType):
            return value.__module__ in self.program.homes
        return type(value).__module__ in self.program.homes and not isinstance(value, enum.Enum)


def gone_through(result: Any) -> Any:
    """What a call gave; of a generator, which does its work only when it is asked, its values."""
    if isinstance(result, types.GeneratorType):
        return list(itertools.islice(result, MOST_YIELDED))
    return result


@contextmanager
def chances() -> Iterator[None]:
    """Random numbers begin anew within, and go on afterwards as if nothing had been drawn."""
    before, numpy_before = random.getstate(), np.random.get_state()
    random.seed(SEED)
    np.random.seed(SEED)
    try:
        yield
    finally:
        random.setstate(before)
        np.random.set_state(numpy_before)


@contextmanager
def listening(kinds: list[str]) -> Iterator[None]:
    """Notes the kinds of NumPy's floating point warnings."""

    def heard(kind: str, flag: int) -> None:
        if kind in KINDS:
            kinds.append(KINDS[kind])

    with np.errstate(divide="call", over="call", invalid="call", under="ignore", call=heard):
        yield


def deep_copy(value: Any) -> Any:
    """A copy that shares no array with the original; modules within it stay what they are."""
    known: dict[int, Any] = {}
    for module in held_modules(value):
        known[id(module)] = module
    return copy.deepcopy(value, known)


def always(value: Any) -> Callable[..., Any]:
    """A function that returns a copy of this value, whatever it is called with."""
    return lambda *_, **__: deep_copy(value)


def held_modules(value: Any) -> list[types.ModuleType]:
    """The modules that an object keeps as attributes, as in `self.np = np`."""
    held = getattr(value, "__dict__", {})
    return [part for part in held.values() if isinstance(part, types.ModuleType)]
