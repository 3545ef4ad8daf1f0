"""What a check asks of the place where somebody's code is loaded: a call, a look, a change.

Two places keep this promise: `sandbox.Sandbox` (another process, for a file) and `here.Here` (this
process, for objects that a person hands over). What comes back is data, never code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

# None, bool, int, float, str, arrays of numbers, lists, tuples and dicts of these; Thing, Named.
Value = Any


@dataclass(frozen=True)
class Thing:
    """An object of the person's that stays where it is: `@3`, an instance of `Network`."""

    handle: str
    type_name: str


@dataclass(frozen=True)
class Named:
    """As an argument: what the file calls by this name, such as the function `relu`."""

    name: str


@dataclass(frozen=True)
class Problem:
    """Why a call gave no value.

    Attributes:
        kind: The exception's name. The place's own: `TimeLimit` and `Died` where it ended the call,
            `MissingModuleError` for a call of what a stand-in stands for, `RefusedError` for what
            reaches outside, `NotHereError` for `input()`, `TooLargeError` for a value that is.
        message: Its text, cut off.
        line: In the person's file, where it came from there.
        module: The module beside the person's file that the line stands in; empty for the file.
    """

    kind: str
    message: str
    line: int | None = None
    module: str = ""

    def __str__(self) -> str:
        """`ValueError: its text`, without a full stop; the kind alone where it says no more."""
        return f"{self.kind}: {self.message}".rstrip(":. ")


@dataclass(frozen=True)
class Seen:
    """What a line of the person's code made.

    Attributes:
        module: The module beside the person's file that the line stands in; empty for the file.
        line: Of the file.
        path: Where the value stands: `dW`, `self.b1`, `grads[0]`; `return` for what is returned.
        value: An array of floats.
    """

    module: str
    line: int
    path: str
    value: Value


@dataclass(frozen=True)
class Outcome:
    """What became of a call.

    Attributes:
        value: What it returned; None where there was a problem.
        problem: None where it returned.
        warnings: The kinds of NumPy's floating point warnings: `overflow`, `divide`, `invalid`.
        overwritten: Arguments that differ after the call: position -> their value after it.
    """

    value: Value = None
    problem: Problem | None = None
    warnings: tuple[str, ...] = ()
    overwritten: dict[int, Value] = field(default_factory=dict)


class Session(Protocol):
    """A place where somebody's code is loaded.

    A path names what is meant: a name of the file, `Network.forward`, or a handle such as `@3`,
    followed by attributes and items: `@3.layers[0].W`, `@3.params['W1']`. `layers:Dense` is the
    name `Dense` of the module `layers` beside the file.
    """

    def call(self, path: str, *args: Value, **kwargs: Value) -> Outcome:
        """Calls a function, a method or a class; NumPy's and Python's random numbers start anew."""

    def bare(self, class_name: str) -> Outcome:
        """An instance made without its constructor."""

    def copy(self, path: str) -> Outcome:
        """A deep copy, as a Thing (or a value)."""

    def read(self, path: str) -> Outcome:
        """A value as it stands."""

    def assign(self, path: str, value: Value) -> None:
        """Replaces an attribute, an item or a name of the file, where that can be done."""

    def define(self, module: str, text: str) -> None:
        """Adds the function of this text to the names of a module, "" for the file itself."""

    def replace(self, path: str, value: Value) -> None:
        """Has a function of the file return this value from now on, whatever it is called with."""

    def state(self, path: str, names: frozenset[str] | None = None) -> dict[str, Value]:
        """All numbers, texts and arrays within an object, by their path from it: `.layers[0].W`.

        For the path "" those among the file's own names, or among some of them: `W1`,
        `params['W1']`.
        """

    def run(self, name: str, times: int = 1) -> Outcome:
        """Runs the body of a loop among the file's names: of its top level (`Source.loops`), or
        one of `scripts.scripts`, which `lay_out` has prepared."""

    def lay_out(self, name: str, held: dict[str, Value]) -> Outcome:
        """Runs what leads to a loop (`Script.before`), with these values for these names.

        A statement that fails is left out. The value is a list of the names that the loop reads
        and that are not there.
        """

    def watch(self) -> None:
        """From now on it is noted what each line of the person's code makes."""

    def watched(self) -> list[Seen]:
        """What was noted, in the order in which it was made; no more is noted."""

    def put_all(self, values: dict[str, Value]) -> Outcome:
        """Replaces arrays by their paths from the file's names; all who hold one see the new."""
