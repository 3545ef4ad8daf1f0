"""Where somebody's parameters live: in an object, or in values that functions hand on."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from helder.glass.check.network.binding.calls import (
    CONSTANTS,
    Context,
    Filled,
    filled,
    named_results,
)
from helder.glass.check.network.binding.gathering import gathered, scattered
from helder.glass.check.network.binding.held import copied, last_name, replaced, within
from helder.glass.check.network.binding.parameters import arrays_in
from helder.glass.check.network.roles import plain, role, size_role
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Named, Outcome, Problem, Session, Thing, Value

DATA = re.compile(r"[xy](_?\w+)?|.*(data|train|test|label|target|input|output).*", re.IGNORECASE)
UNBOUND = "Unbound"  # the kind of problem of a call whose arguments are not known
LEAST_LIMIT = 0.01  # of gradients
SETTING_PATH = re.compile(r"\w+(\['\w+'\])*")  # `LR`, `CONFIG['lr']`
MAKER = "helder_maker"  # what the file's initialiser is called while another stands in for it
SETTINGS = (
    "rate",
    "epochs",
    "batch",
    "zero",
    "one",
    "far",
)  # that an object may hold as attributes


class Root(Protocol):
    """A place of parameters: fresh for every trial."""

    session: Session

    def fresh(self) -> Root | None:
        """A copy to try something on."""

    def state(self) -> dict[str, Value]:
        """The arrays in it, by path."""

    def assign(self, path: str, value: Value) -> None:
        """Replaces one of them."""

    def set_up(self, roles: dict[str, Any]) -> None:
        """Sets the learning rate, the decay and the like that are kept in it."""

    def call(self, definition: Definition, context: Context) -> Outcome:
        """Calls a function; what it returned by name goes into the context."""


Targets = dict[str, tuple[tuple[str, ...], ...]]  # of calls.targets_of


def unresolved(definition: Definition, name: str) -> Outcome:
    """The outcome where an argument of a call is not known."""
    return Outcome(problem=Problem(UNBOUND, f"nothing fits {name} of {definition.path}"))


def settings_in(state: dict[str, Value]) -> dict[str, Value]:
    """The learning rate, the decay and the like among values by their paths."""
    numbers = {p: v for p, v in state.items() if type(v) in (int, float)}
    return {p: v for p, v in numbers.items() if setting(p) in SETTINGS}


def settings_of_file(session: Session, classes: Sequence[Definition]) -> dict[str, Value]:
    """Those among the file's own names, in its tables, and as attributes of its classes."""
    own = {p: v for p, v in session.state("").items() if SETTING_PATH.fullmatch(p)}
    for owner in classes:
        node = owner.node
        if not isinstance(node, ast.ClassDef) or node.bases or node.decorator_list:
            continue  # what an enumeration or a dataclass holds is more than a value
        for line in node.body:
            if isinstance(line, ast.Assign | ast.AnnAssign) and isinstance(
                line.value, ast.Constant
            ):
                targets = line.targets if isinstance(line, ast.Assign) else [line.target]
                own |= {
                    f"{owner.path}.{ast.unparse(target)}": line.value.value for target in targets
                }
    return settings_in(own)


def setting(path: str) -> str | None:
    """What a value is for, by the last name of its path."""
    return role(last_name(path))


def set_to(roles: dict[str, Any], settings: Mapping[str, Value]) -> dict[str, Value]:
    """The same settings with the values that a trial wants."""
    found: dict[str, Value] = {}
    rated = any(setting(path) == "rate" and not is_alpha(path) for path in settings)
    for path, value in settings.items():
        what = setting(path)
        assert what is not None
        if what == "rate" and rated and is_alpha(path):
            what = "zero"  # beside a learning rate it is a decay, or a slope below zero
        new = roles.get(what, CONSTANTS.get(what))
        if what == "far" and value < LEAST_LIMIT:
            continue  # it keeps a logarithm from 0
        if new is not None:
            found[path] = type(value)(new) if what != "rate" else new
    return found


def set_free(session: Session, free: frozenset[str], roles: Mapping[str, Any]) -> None:
    """Sets names of the file that functions read, such as how many rows there are."""
    for name in free:
        for known in (role(name), size_role(name)):
            if known is not None and known in roles and known not in SETTINGS:
                session.assign(name, roles[known])
                break


def is_alpha(path: str) -> bool:
    """Whether a name is one that a learning rate has, and a decay as well."""
    return plain(last_name(path)) in ("alpha", "alfa", "gamma")


class ObjectRoot:
    """An instance of somebody's class, whose methods are called.

    Attributes:
        settings: What it holds of learning rate and the like; None where nobody looked yet.
    """

    settings: dict[str, Value] | None = None

    def __init__(
        self,
        session: Session,
        handle: str,
        targets: Targets,
        parts: Mapping[str, str] = MappingProxyType({}),
        outer: Mapping[str, Value] = MappingProxyType({}),
        free: frozenset[str] = frozenset(),
    ) -> None:
        self.session, self.handle, self.targets = session, handle, targets
        self.parts = parts  # what it owns: class -> path from it
        self.outer = outer  # settings that the file holds beside it
        self.free = free  # what its methods read from the file

    def fresh(self) -> ObjectRoot | None:
        copied = self.session.copy(self.handle).value
        if not isinstance(copied, Thing):
            return None
        root = ObjectRoot(
            self.session, copied.handle, self.targets, self.parts, self.outer, self.free
        )
        root.settings = self.its_settings()
        return root

    def its_settings(self) -> dict[str, Value]:
        """Its settings, looked up once for all copies."""
        if self.settings is None:
            self.settings = settings_in(self.session.state(self.handle))
        return self.settings

    def state(self) -> dict[str, Value]:
        return gathered(self.session.state(self.handle))

    def assign(self, path: str, value: Value) -> None:
        for place, part in scattered(path, value):
            self.session.assign(self.handle + place, part)

    def set_up(self, roles: dict[str, Any]) -> None:
        """Sets what the object holds of learning rate, decay and the like."""
        set_free(self.session, self.free, roles)
        for path, value in set_to(roles, {**self.outer, **self.its_settings()}).items():
            if path in self.outer:
                self.session.assign(path, value)
            else:
                self.assign(path, value)

    def call(self, definition: Definition, context: Context) -> Outcome:
        self.settings = None  # a method may make new ones
        arguments = self.arguments(definition, context)
        if isinstance(arguments, str):
            return unresolved(definition, arguments)
        name = definition.name
        outcome = self.session.call(
            f"{self.handle}{self.parts.get(definition.owner, '')}.{name}",
            *arguments.positional,
            **arguments.named,
        )
        targets = self.targets.get(name, ())
        context.names |= named_results(definition, outcome.value, targets)
        return outcome

    def arguments(self, definition: Definition, context: Context) -> Filled | str:
        """Those of a call; what nothing else fits is what the object holds under this name.

        `feed_forward(X, w1, w2)` is a method of what has `self.w1` and `self.w2`.
        """
        own = context.with_roles()
        found = filled(definition, own)
        while isinstance(found, str):
            held = self.session.read(f"{self.handle}.{found}")
            if held.problem is not None:
                break
            own.names[found] = held.value
            found = filled(definition, own)
        return found


class FunctionsRoot:
    """Values that somebody's functions hand on to each other, and the file's own names."""

    def __init__(
        self,
        session: Session,
        values: dict[str, Value],
        globals_: frozenset[str],
        targets: Targets,
        maker: Definition | None = None,
        free: frozenset[str] = frozenset(),
        extras: Mapping[str, Value] = MappingProxyType({}),
        outer: Mapping[str, Value] = MappingProxyType({}),
    ) -> None:
        self.session, self.values, self.globals = session, values, globals_
        self.targets, self.maker, self.free = targets, maker, free
        self.extras = dict(extras)  # what functions want beside rows and parameters, by name
        self.outer = outer  # settings that the file holds

    def fresh(self) -> FunctionsRoot:
        return FunctionsRoot(
            self.session,
            copied(self.session, self.values),
            self.globals,
            self.targets,
            self.maker,
            self.free,
            copied(self.session, self.extras),
            self.outer,
        )

    def holding(self, values: dict[str, Value]) -> FunctionsRoot:
        """The same functions with other values, that no function of theirs has made."""
        return FunctionsRoot(
            self.session,
            values,
            self.globals,
            self.targets,
            None,
            self.free,
            self.extras,
            self.outer,
        )

    def state(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, value in self.values.items():
            found |= within(self.session, value, name)
        if self.globals:
            found |= self.session.state("", self.globals - set(self.values))
        return gathered(found)

    def assign(self, path: str, value: Value) -> None:
        name = name_of(path)
        for place, part in scattered(path, value):
            if name in self.values:
                rest = place[len(name) :]
                self.values[name] = replaced(self.session, self.values[name], rest, part)
            else:
                self.session.assign(place, part)

    def set_up(self, roles: dict[str, Any]) -> None:
        """Sets what the file holds of learning rate and the like in its own names."""
        set_free(self.session, self.free, roles)
        for path, value in set_to(roles, self.outer).items():
            self.session.assign(path, value)
        for name, extra in self.extras.items():
            inside = settings_in(within(self.session, extra, name))
            for path, value in set_to(roles, inside).items():
                extra = replaced(self.session, extra, path[len(name) :], value)
            self.extras[name] = extra

    def call(self, definition: Definition, context: Context) -> Outcome:
        shared = {p: v for p, v in self.state().items() if p in self.globals}
        context.names = self.extras | shared | self.values | context.names
        if self.maker is not None:
            made = self.made()
            called = self.targets.get(self.maker.name, ())
            context.names = named_results(self.maker, made, called) | context.names
            context.roles["parameters"] = self.parameters
        arguments = filled(definition, context)
        if isinstance(arguments, str):
            return unresolved(definition, arguments)
        outcome = self.called_with(definition, arguments)
        written = {definition.parameters[at].name: v for at, v in outcome.overwritten.items()}
        context.names |= written
        self.take({n: v for n, v in written.items() if n in self.values})
        for name, value in written.items():
            if arguments.roles.get(name) == "parameters" and name not in self.values:
                self.values |= like_made(self.values, value)
        targets = self.targets.get(definition.name, ())
        results = named_results(definition, outcome.value, targets)
        context.names |= results
        self.take(results)
        return outcome

    def called_with(self, definition: Definition, arguments: Filled) -> Outcome:
        """What a call gives, in which the file's own initialiser gives these values."""
        if self.maker is not None:
            self.session.assign(MAKER, Named(self.maker.path))
            self.session.replace(self.maker.path, self.made())
        outcome = self.session.call(definition.path, *arguments.positional, **arguments.named)
        if self.maker is not None:
            self.session.assign(self.maker.path, Named(MAKER))
        return outcome

    def take(self, results: dict[str, Value]) -> None:
        """Keeps what has come back under a name of the parameters, or as what was made of them."""
        for name, value in results.items():
            if name in self.values:
                self.values[name] = value
            for holder, held in self.values.items():  # `w1` for what stands in `params["w1"]`
                if isinstance(held, dict) and np.ndim(held.get(name, 0)) and np.ndim(value):
                    self.values[holder] = held | {name: value}
        if self.maker is None:
            return
        for names in self.targets.get(self.maker.name, ()):
            if len(names) == 1 and names[0] in results:
                self.values |= like_made(self.values, results[names[0]])

    @property
    def parameters(self) -> Value:
        """What functions take as parameters: of what was made, the part that holds all arrays."""
        holding = [v for v in self.values.values() if arrays_in(within(self.session, v))]
        return holding[0] if len(holding) == 1 else self.made()

    def made(self) -> Value:
        """What the file's own initialiser gives from now on: these values."""
        values = tuple(self.values.values())
        return values[0] if len(values) == 1 else values


def like_made(values: dict[str, Value], made: Value) -> dict[str, Value]:
    """New values for the same names, where there are as many."""
    if len(values) == 1:
        return {next(iter(values)): made}
    if isinstance(made, tuple | list) and len(made) == len(values):
        return dict(zip(values, made, strict=True))
    return {}


def name_of(path: str) -> str:
    """The name at the start of a path: `params` of `params['W1']`."""
    found = re.match(r"\w+", path)
    return found.group() if found else ""
