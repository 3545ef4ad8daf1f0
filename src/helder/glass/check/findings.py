"""What a check found, as values: of a function, of the whole network, of a file."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from helder.glass.check.causes import CANNOT_TELL, heaviest
from helder.glass.check.telling import courses
from helder.glass.check.telling.described import described
from helder.glass.check.telling.lesson import text


@dataclass(frozen=True)
class FunctionCheck:
    """What was found of one function.

    Attributes:
        name: As a person calls it: `softmax`, `Network.sigmoid`.
        kind: What it computes: `softmax`, `sigmoid`, `sigmoid derivative`, `cross-entropy`, ...
        file: Where it stands, and `line`, counted from 1; in a notebook that of its `cell`.
        verdict: `ok`, `fragile`, `convention`, `wrong` or `cannot tell`.
        causes: The names of `causes.CAUSES`, the one that matters most first.
        evidence: What we saw, with numbers: the first cell that differs, yours and the right one.
        convention: How it was found to be used: "rows", "derivative of a", "mean over rows".
    """

    name: str
    kind: str
    file: str
    line: int
    verdict: str
    causes: tuple[str, ...] = ()
    evidence: str = ""
    convention: str = ""
    cell: int | None = None


@dataclass(frozen=True)
class NetworkCheck:
    """What was found of the whole: forward, backward, update.

    Attributes:
        verdict: As of a function.
        causes: As of a function.
        evidence: What we saw, with numbers.
        convention: How the code does it: `{"layout": "rows", "labels": "one-hot", ...}`.
        function: Where the mistake stands, as far as it is known, with `file`, `line` and `cell`.
        adapter: Where the check did not find its way: an adapter to paste, with the person's names.
        stepped: Whether an update was seen; else gradients alone were.
        unjudged: Of layers that the check put together, what of the file's own stayed out of it:
            `chain`, `loss`, `update`.
    """

    verdict: str = CANNOT_TELL
    causes: tuple[str, ...] = ()
    evidence: str = ""
    convention: dict[str, str] = field(default_factory=dict)
    function: str | None = None
    file: str | None = None
    line: int | None = None
    adapter: str | None = None
    cell: int | None = None
    stepped: bool = True
    unjudged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """What was read in the code and may be a mistake."""

    cause: str
    file: str
    line: int
    evidence: str = ""
    cell: int | None = None


@dataclass(frozen=True)
class FileCheck:
    """All that was found of a file; printed, it is a lesson.

    Attributes:
        file: Its path, or the name of what was checked.
        problem: Why it could not be read, if so.
        said: What a person should know of how it was read: stand-ins, what was left out.
    """

    file: str
    functions: tuple[FunctionCheck, ...] = ()
    network: NetworkCheck | None = None
    notes: tuple[Note, ...] = ()
    problem: str | None = None
    said: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """The verdict that counts: the heaviest of all functions and the network."""
        of_network = [] if self.network is None else [self.network.verdict]
        return heaviest([*(one.verdict for one in self.functions), *of_network])

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values, as `helder check --json` prints them."""
        return described(self)

    # For courses: what `asked` may hold, and the errors, stand in `courses.Rubric`.

    def results(self, **asked: Any) -> list[dict[str, Any]]:
        """One result for each kind of function and for the network, as plain values."""
        return courses.described(self, courses.Rubric(**asked))

    def as_unittest(self, **asked: Any) -> type[unittest.TestCase]:
        """A test case with a test for each result; it fails with the lesson as its message."""
        return courses.as_unittest(self, courses.Rubric(**asked))

    def as_pytest(self, **asked: Any) -> dict[str, Callable[[], None]]:
        """Test functions by their names: `globals().update(helder.check(...).as_pytest())`."""
        return courses.as_pytest(self, courses.Rubric(**asked))

    def as_gradescope(self, **asked: Any) -> dict[str, Any]:
        """What Gradescope reads as `results.json`."""
        return courses.as_gradescope(self, courses.Rubric(**asked))

    def as_otter(self, file: str | None = None, name: str | None = None, **asked: Any) -> str:
        """A test file in Otter's format, which checks the file that a student hands in.

        Args:
            file: Its name; by default that of the file that was checked.
            name: That of the question; by default the file's without its ending.

        Raises:
            ArgumentError: The file is no script or notebook, or there is nothing to test.
        """
        return courses.as_otter(self, courses.Rubric(**asked), file, name)

    def as_nbgrader(self, file: str | None = None, **asked: Any) -> str:
        """The cells of nbgrader's tests, which check the notebook that a student hands in.

        Args:
            file: Its name; by default that of the file that was checked.

        Raises:
            ArgumentError: As of `as_otter`.
        """
        return courses.as_nbgrader(self, courses.Rubric(**asked), file)

    def __str__(self) -> str:
        return text(self)
