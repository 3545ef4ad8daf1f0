"""A session in a process of its own: what somebody's file does there cannot do harm here."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from typing import Any, Self

from helder.errors import listed
from helder.glass.check.deadline import Deadline
from helder.glass.check.reading.sources import Source, Sources
from helder.glass.check.session import Outcome, Problem, Seen, Value
from helder.glass.check.sessions.process import GoneError, Process, SilentError
from helder.glass.check.sessions.wire import OverLimitError, packed
from helder.text import say

SOFT = 1.0  # seconds that a piece of the person's code may take before it is told to stop
GRACE = 0.5  # and until the process is ended
MOST_RESTARTS = 3
MOST_LATE = 2  # times that the same may take too long; after that it is not called any more
LOOKING = ("state", "read", "copy", "bare")  # which change nothing that is there
LATE = "TimeLimit"  # the kind of problem
HANDLE = re.compile(r"^@\d+")  # every trial is made with another object
AS_IS_SHARE = 0.7  # of the time that is left, which a file that runs as it is may take
HANDLES = 1_000_000  # of each process, so that no handle means two things


class Sandbox:
    """Somebody's file, loaded in a process that is limited, watched and replaced when it dies.

    Use it in a `with` statement: at its end no process and no folder is left.

    Args:
        sources: The file, as `read_sources` gives it.
        deadline: For all that is asked, the start included; after it each answer is a problem.
        run_as_is: Whether the file runs whole, as `python FILE` would run it, instead of only its
            definitions; the limits are the same, but a statement may take most of the time.

    Attributes:
        problems: What of the file could not be loaded, by the name that it would have defined.
        said: What a person should know of how the file was read and loaded.
        stand_ins: The modules that are not loaded here.
        left_out: The lines of the file's top level that were not run.
    """

    def __init__(self, sources: Sources, deadline: Deadline, *, run_as_is: bool = False) -> None:
        self.sources = sources
        self.deadline = deadline
        self.run_as_is = run_as_is
        self.problems: dict[str, Problem] = {}
        self.stand_ins: tuple[str, ...] = ()
        self.left_out: tuple[int, ...] = ()
        self.skipped: list[tuple[str, int]] = []
        self.process: Process | None = None
        self.starts = 0
        self.number = 0
        self.seen: dict[Any, dict[str, Value]] = {}  # states, as long as nothing changes
        self.late: Counter[tuple[str, str]] = Counter()  # how often what was asked took too long
        self.told: list[tuple[Value, ...]] = []  # changes that go with the next question

    def __enter__(self) -> Self:
        self.folder = tempfile.TemporaryDirectory(prefix="helder-", ignore_cleanup_errors=True)
        try:
            self.running()
        except BaseException:  # Ctrl-C too: the folder and the process shall not stay behind
            self.close()
            raise
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process and removes its folder."""
        self.drop()
        self.folder.cleanup()

    # The promise

    def call(self, path: str, *args: Value, **kwargs: Value) -> Outcome:
        """As `Session.call`."""
        return self.outcome("call", path, *args, **kwargs)

    def bare(self, class_name: str) -> Outcome:
        """As `Session.bare`."""
        return self.outcome("bare", class_name)

    def copy(self, path: str) -> Outcome:
        """As `Session.copy`."""
        return self.outcome("copy", path)

    def read(self, path: str) -> Outcome:
        """As `Session.read`."""
        return self.outcome("read", path)

    def assign(self, path: str, value: Value) -> None:
        """As `Session.assign`."""
        self.tell("assign", path, value)

    def define(self, module: str, text: str) -> None:
        """As `Session.define`; it is forgotten where the process has to be replaced."""
        self.tell("define", module, text)

    def replace(self, path: str, value: Value) -> None:
        """As `Session.replace`."""
        self.tell("replace", path, value)

    def run(self, name: str, times: int = 1) -> Outcome:
        """As `Session.run`."""
        return self.outcome("run", name, times)

    def lay_out(self, name: str, held: dict[str, Value]) -> Outcome:
        """As `Session.lay_out`."""
        outcome = self.outcome("lay_out", name, held)
        if outcome.problem is not None and outcome.problem.kind == LATE:
            return self.outcome("lay_out", name, held)  # without the statement that took so long
        return outcome

    def put_all(self, values: dict[str, Value]) -> Outcome:
        """As `Session.put_all`."""
        return self.outcome("put_all", values)

    def state(self, path: str, names: frozenset[str] | None = None) -> dict[str, Value]:
        """As `Session.state`; empty where it cannot be had. Nothing is asked twice."""
        key = (path, names)
        if key not in self.seen:
            reply = self.ask("state", (path, None if names is None else sorted(names)), {})
            self.seen[key] = {} if isinstance(reply, Problem) else dict(reply.get("state", {}))
        return dict(self.seen[key])

    @property
    def said(self) -> tuple[str, ...]:
        """What a person should know of how the file was read and loaded."""
        return (*self.sources.said, *loading_said(self))

    def watch(self) -> None:
        """As `Session.watch`."""
        self.tell("watch")

    def watched(self) -> list[Seen]:
        """As `Session.watched`; empty where it cannot be had."""
        reply = self.ask("watched", (), {})
        return [] if isinstance(reply, Problem) else [Seen(*one) for one in reply.get("seen", [])]

    def tell(self, *change: Value) -> None:
        """A change that is made before the next question."""
        self.told.append(change)
        self.seen.clear()

    # Asking

    def outcome(self, what: str, *args: Value, **kwargs: Value) -> Outcome:
        """What became of it; what took too long twice is not asked again."""
        key = (what, HANDLE.sub("", args[0]) if isinstance(args[0], str) else "")
        if self.late[key] >= MOST_LATE:
            return Outcome(problem=Problem(LATE, f"it was at work for more than {SOFT:g} s before"))
        found = outcome_of(self.ask(what, args, kwargs))
        if found.problem is not None and found.problem.kind == LATE:
            self.late[key] += 1
        return found

    def ask(
        self, what: str, args: tuple[Value, ...], kwargs: dict[str, Value]
    ) -> dict[str, Any] | Problem:
        """What the process answers; a problem where it does not."""
        self.number += 1
        if what not in LOOKING:
            self.seen.clear()
        try:
            data = packed(
                {
                    "number": self.number,
                    "before": self.told,
                    "what": what,
                    "args": args,
                    "kwargs": kwargs,
                }
            )
        except OverLimitError as problem:
            return Problem("TooLargeError", str(problem))
        finally:
            self.told = []
        process = self.running()
        if process is None:
            return self.over()
        process.send(data)
        try:
            reply = process.receive(min(SOFT + GRACE, self.deadline.left))
        except SilentError:
            self.drop()
            return Problem(LATE, f"it was still at work after {SOFT + GRACE:g} s")
        except GoneError:
            self.drop()
            return Problem("Died", "it ended the process that it ran in")
        if not isinstance(reply, dict) or reply.get("number") != self.number:
            self.drop()
            return Problem("Died", "it sent what is no answer")
        return reply

    def over(self) -> Problem:
        """Why there is no process any more."""
        if self.deadline.over:
            return Problem(
                "TimeLimit", f"all together took longer than {self.deadline.seconds:g} s"
            )
        return Problem("Died", "it ended each process that it ran in")

    # Starting and ending

    def running(self) -> Process | None:
        """The process, a new one where the last has died; None where there is to be none."""
        while self.process is None and self.starts <= MOST_RESTARTS and not self.deadline.over:
            self.starts += 1
            self.process = Process(self.folder.name, self.stands())
            self.process.send(packed(self.setup()))
            self.load()
        return self.process if not self.deadline.over else None

    def stands(self) -> str:
        return str(self.sources.main.path.resolve().parent) if self.run_as_is else self.folder.name

    def setup(self) -> dict[str, Value]:
        """The first request: what is loaded, and how."""
        ordered = (*self.sources.siblings, self.sources.main)
        return {
            "texts": [text_of(source) for source in ordered],
            "folder": self.folder.name,
            "soft": SOFT,
            "loading": AS_IS_SHARE * self.deadline.left if self.run_as_is else SOFT,
            "computing": self.deadline.left,
            "first": (self.starts - 1) * HANDLES + 1,
            "skipped": self.skipped,
            "as_is": self.run_as_is,
        }

    def load(self) -> None:
        """Waits until all is loaded; a statement that ends the process is left out next time."""
        assert self.process is not None
        at: tuple[str, int] | None = None
        in_a_hurry = False
        try:
            while True:
                patience = SOFT + GRACE if in_a_hurry else self.deadline.left
                message = self.process.receive(min(patience, self.deadline.left))
                if message.get("loaded"):
                    break
                at = tuple(message["at"])
                in_a_hurry = not (message["imports"] or self.run_as_is)
        except (SilentError, GoneError, AttributeError, KeyError, TypeError):
            self.drop()
            if at is not None:
                self.skipped.append(at)
            return
        problems = message["problems"].items()
        self.problems = {name: Problem(*problem) for name, problem in problems}
        self.stand_ins = tuple(message["stand_ins"])
        self.left_out = tuple(message["left_out"].get("", ()))

    def drop(self) -> None:
        """Ends the process."""
        if self.process is not None:
            self.process.end()
            self.process = None


def outcome_of(reply: dict[str, Any] | Problem) -> Outcome:
    """The outcome that a process tells of."""
    if isinstance(reply, Problem):
        return Outcome(problem=reply)
    problem = Problem(*reply["problem"]) if reply["problem"] else None
    warnings = tuple(reply["warnings"])
    return Outcome(reply["value"], problem, warnings, reply["overwritten"])


def text_of(source: Source) -> tuple[str, str, str, bool]:
    return source.name, str(source.path.resolve()), source.text, source.is_package


def loading_said(sandbox: Sandbox) -> list[str]:
    """What a person should know of how the file was loaded."""
    place = sandbox.sources.place
    said = []
    if sandbox.left_out:
        lines = [place(line).partition(", ")[2] for line in sandbox.left_out]
        said.append(say("loading.left_out", lines=listed(lines, most=5)))
    if sandbox.stand_ins:
        said.append(say("loading.stand_ins", names=listed(sandbox.stand_ins)))
    for name, problem in sandbox.problems.items():
        where = place(problem.line or 1, problem.module)
        said.append(say("loading.problem", name=name, place=where, problem=problem))
    return said
