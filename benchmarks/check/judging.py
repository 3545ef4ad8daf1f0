"""What the checker said of a variant, beside what it said of the correct file."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from subjects import Subject

from helder.glass.check.causes import CANNOT_TELL, CAUSES, FRAGILE, NOTE, WRONG, heaviest
from helder.glass.check.findings import FileCheck
from helder.text import say

FOUND, OTHER_VERDICT, MISNAMED, MISSED = "found", "other verdict", "misnamed", "missed"
OUTCOMES = (FOUND, OTHER_VERDICT, MISNAMED, MISSED)
Checker = Callable[[Path], FileCheck]
FAILED = say("check.failed", part="", place="", problem="").partition(":")[0]


@dataclass(frozen=True)
class Finding:
    """One function, the network or a note: what it is called, its verdict, its causes."""

    what: str
    verdict: str
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Examined:
    """A network, what was said of it, and how long that took in seconds."""

    subject: Subject
    findings: tuple[Finding, ...]
    seconds: float
    problem: str | None = None

    @property
    def has_wrong(self) -> bool:
        return any(one.verdict == WRONG for one in self.findings)

    @property
    def function_judged(self) -> bool:
        """Whether one elementary function at least was told."""
        told = [f for f in self.findings if f.what not in ("network", "note")]
        return any(f.verdict != CANNOT_TELL for f in told)

    @property
    def network_judged(self) -> bool:
        return any(f.what == "network" and f.verdict != CANNOT_TELL for f in self.findings)


def examine(subject: Subject, checker: Checker) -> Examined:
    """Checks a network in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = subject.write(Path(folder))
        start = time.perf_counter()
        try:
            check = checker(path)
        except Exception as error:  # a checker that fails has found nothing
            check = FileCheck(str(path), problem=f"{type(error).__name__}: {error}")
        seconds = time.perf_counter() - start
    failed = next((sentence for sentence in check.said if sentence.startswith(FAILED)), None)
    return Examined(subject, findings(check), seconds, check.problem or failed)


def findings(check: FileCheck) -> tuple[Finding, ...]:
    """All of them, one below the other."""
    found = [Finding(f"{f.name}, line {f.line}", f.verdict, f.causes) for f in check.functions]
    if check.network is not None:
        found.append(Finding("network", check.network.verdict, check.network.causes))
    return (*found, *(Finding("note", NOTE, (note.cause,)) for note in check.notes))


def outcome(variant: Examined, correct: Examined) -> str:
    """Whether the one mistake of a variant was found and called by its name.

    What is said of the correct file too does not count. A function with a second, heavier cause
    that the correct file has too has that one's verdict, and that is right.
    """
    cause = str(variant.subject.cause)
    before = [c for one in correct.findings for c in one.causes]
    named = [one for one in variant.findings if cause in one.causes]
    if len(named) > before.count(cause):
        return FOUND if any(deserved(one, cause, before) for one in named) else OTHER_VERDICT
    after = [c for one in variant.findings for c in one.causes]
    others = any(after.count(c) > before.count(c) for c in after)
    return MISNAMED if others or (variant.has_wrong and not correct.has_wrong) else MISSED


def deserved(finding: Finding, cause: str, before: list[str]) -> bool:
    """Whether a finding has the verdict that its cause deserves; a note may say what is fragile."""
    verdict = CAUSES[cause]
    if finding.verdict == NOTE:
        return verdict in (NOTE, FRAGILE)
    if verdict == NOTE:
        return True
    beside = [CAUSES[c] for c in finding.causes if c in before and CAUSES[c] != NOTE]
    return finding.verdict == heaviest([verdict, *beside])
