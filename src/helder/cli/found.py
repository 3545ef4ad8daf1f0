"""How findings look: a line as they happen, a summary, all of the evidence; and for a program."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from helder.cli import screen
from helder.model.finding import Finding
from helder.text import Count, say

LABEL = 11  # of the word that says what a line holds
MOST_LISTED, MOST_ALIKE = 20, 5  # rules, and findings of one
PROBLEM = "problem"


def told(finding: Finding) -> str:
    """A finding in one line, as it happens."""
    return f"{heading(finding)}: {screen.harmless(finding.saw, screen.LONGEST)}"


def told_lines(findings: Sequence[Finding]) -> list[str]:
    """Several findings, a line each, under an empty line."""
    lines = [told(finding) for finding in findings[:MOST_LISTED]]
    if len(findings) > MOST_LISTED:
        lines.append(say("cli.more_findings", count=len(findings) - MOST_LISTED))
    return ["", *lines] if lines else []


def heading(finding: Finding, alike: int = 1) -> str:
    """What kind of finding it is, its rule, and where unless there are several alike."""
    rule = screen.harmless(finding.rule)
    if finding.where is None or alike > 1:
        return say(f"cli.finding_{finding.level}", rule=rule)
    where = screen.harmless(finding.where)
    return say(f"cli.finding_{finding.level}_where", rule=rule, where=where)


def summary_lines(findings: Iterable[Finding]) -> list[str]:
    """What was found, problems first: what was seen, and the first thing to try."""
    return listed_lines(findings, ("saw", "try_first"))


def evidence_lines(findings: Iterable[Finding]) -> list[str]:
    """What was found, with all that is known about it."""
    return listed_lines(findings, ("saw", "why", "try_first", "sure"))


def listed_lines(findings: Iterable[Finding], parts: Sequence[str]) -> list[str]:
    """The findings, problems first, each with these parts under an empty line.

    Of several that one rule made, what the first few saw stands together, and the rest once.
    """
    found = sorted(findings, key=lambda finding: finding.level != PROBLEM)
    lines, told = [screen.heading(counted(found))], 0
    for _, alike in itertools.groupby(found, key=lambda finding: finding.rule):
        same = list(alike)
        told += len(same)
        lines += ["", screen.heading(heading(same[0], len(same)))]
        for part in parts:
            said = list(dict.fromkeys(getattr(finding, part) for finding in same))
            for nth, text in enumerate(said[:MOST_ALIKE]):
                lines += labelled(part if nth == 0 else "", text)
            if len(said) > MOST_ALIKE:
                lines += labelled("", say("cli.more_alike", count=Count(len(said) - MOST_ALIKE)))
        if lines.count("") >= MOST_LISTED:
            break
    if told < len(found):
        lines += ["", say("cli.more_findings", count=len(found) - told)]
    return lines


def counted(findings: Sequence[Finding]) -> str:
    """How many problems and notes there are."""
    problems = sum(finding.level == PROBLEM for finding in findings)
    if not findings:
        return say("cli.no_findings")
    return say("cli.findings", problems=Count(problems), notes=Count(len(findings) - problems))


def labelled(part: str, text: str) -> list[str]:
    """A sentence beside the word that says what it is, if any, on as many lines as it takes."""
    label = (say(f"cli.finding_part_{part}") if part else "").ljust(LABEL)
    return screen.wrapped(text, f"  {label}", " " * (LABEL + 2))


def described_findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings for a program."""
    return [finding.to_dict() for finding in findings]
