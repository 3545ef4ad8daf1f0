"""`train --fix`: another training with the first thing to try, beside the one before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from helder.cli import screen
from helder.cli.attempts import Attempt
from helder.cli.found import PROBLEM
from helder.cli.scored import described_score
from helder.errors import ArgumentError
from helder.model import Choices
from helder.model.finding import Finding
from helder.text import aligned, say


@dataclass(frozen=True, eq=False)
class Retry:
    """Two trainings, before and after what a finding suggests.

    Attributes:
        finding: What suggested it.
        before, after: The trainings.
    """

    finding: Finding
    before: Attempt
    after: Attempt

    @property
    def kept(self) -> Attempt:
        """The one whose loss on the rows that choose the epoch is smaller."""
        return self.after if self.after.loss < self.before.loss else self.before


def mending(chosen: Choices, findings: Sequence[Finding]) -> tuple[Finding, Choices] | None:
    """The first finding that says what to choose instead, problems before notes; and that."""
    known = {field.name for field in fields(Choices)}
    for finding in sorted(findings, key=lambda seen: seen.level != PROBLEM):
        if finding.fix and set(finding.fix) <= known:
            tries = tuple(one for one in chosen.tries if one[0] not in finding.fix)
            try:
                return finding, replace(chosen, tries=tries, **finding.fix)
            except ArgumentError:  # it does not go with what a person chose
                continue
    return None


def fix_words(finding: Finding) -> dict[str, str]:
    """What is chosen instead, and the rule that suggests it."""
    choices = ", ".join(f"{name} {shown(value)}" for name, value in finding.fix.items())
    return {"choices": choices, "rule": finding.rule}


def shown(value: object) -> str:
    """A choice as the command line writes it."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def retry_lines(retry: Retry) -> list[str]:
    """Both trainings, and which was kept."""
    rows = [
        (say(f"cli.fix_{when}"), *result(one))
        for when, one in (("before", retry.before), ("after", retry.after))
    ]
    lines = screen.indented(aligned(rows))
    if retry.kept.fitted is None:
        return lines
    return [*lines, say(f"cli.fix_kept_{kept_of(retry)}"), ""]


def result(one: Attempt) -> tuple[str, str]:
    """The loss and the score of a training."""
    if one.fitted is None:
        return say("cli.fix_none"), ""
    score = one.fitted.scores.test.score
    value = screen.measured(score.metric, score.value)
    return say("cli.fix_loss", loss=one.loss), f"{screen.metric_called(score.metric)} {value}"


def described_retry(retry: Retry | None) -> dict[str, Any] | None:
    """Both trainings for a program."""
    if retry is None:
        return None
    return {
        "rule": retry.finding.rule,
        "choices": dict(retry.finding.fix),
        "before": described(retry.before),
        "after": described(retry.after),
        "kept": kept_of(retry),
    }


def kept_of(retry: Retry) -> str:
    """Which of the two is kept."""
    return "after" if retry.kept is retry.after else "before"


def described(one: Attempt) -> dict[str, Any]:
    """The loss and the score of a training for a program."""
    score = None if one.fitted is None else described_score(one.fitted.scores.test.score)
    return {"loss": one.loss if math.isfinite(one.loss) else None, "score": score}
