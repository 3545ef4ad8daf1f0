"""How a verdict looks: its sentence, what would help, and the numbers that it rests on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from helder.cli import screen
from helder.model.verdict import Verdict
from helder.store.writing import finite
from helder.text import aligned, say

COLUMNS = "columns"  # advice that says where the signal is
MOST_NUMBERS = 40  # of the evidence, on a screen
LONGEST_NUMBER = 60  # characters


def verdict_lines(verdict: Verdict) -> list[str]:
    """Whether there is anything to learn, which columns it is in, and what would help."""
    told = {name: sentence(str(one["sentence"])) for name, one in verdict.advice.items()}
    lines = [screen.heading(say("cli.verdict")), *sentence(verdict.sentence)]
    lines += told.pop(COLUMNS, [])
    helps = [line for one in told.values() for line in one]
    return [*lines, "", screen.heading(say("cli.advice")), *helps] if helps else lines


def sentence(text: str) -> list[str]:
    """A sentence on as many lines as it takes."""
    return screen.wrapped(text, "  ", "  ")


def evidence_lines(verdict: Verdict) -> list[str]:
    """The numbers that the verdict rests on."""
    numbers = {"signal": verdict.signal, "p_value": verdict.p_value, **verdict.evidence}
    rows = [
        (screen.harmless(name), screen.harmless(shown(value), LONGEST_NUMBER))
        for name, value in flat(numbers)
    ]
    lines = [screen.heading(say("cli.evidence")), *screen.indented(aligned(rows[:MOST_NUMBERS]))]
    if len(rows) > MOST_NUMBERS:
        lines.append(say("cli.more_evidence", count=len(rows) - MOST_NUMBERS))
    return lines


def flat(numbers: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Numbers by name; those of a record within under both names."""
    rows: list[tuple[str, Any]] = []
    for name, value in numbers.items():
        if isinstance(value, Mapping):
            rows += [(f"{name}.{inner}", one) for inner, one in flat(value)]
        else:
            rows.append((str(name), value))
    return rows


def shown(value: object) -> str:
    """A number, or several, as a person reads them; what else there is as JSON."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Sequence) and value and all(isinstance(one, float) for one in value):
        return ", ".join(map(shown, value))
    return value if isinstance(value, str) else json.dumps(finite(value), ensure_ascii=False)


def described_verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    """The verdict for a program."""
    if verdict is None:
        return None
    return {
        "signal": verdict.signal,
        "sentence": verdict.sentence,
        "p_value": verdict.p_value,
        "evidence": dict(verdict.evidence),
        "advice": {name: dict(one) for name, one in verdict.advice.items()},
    }
