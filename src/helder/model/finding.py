"""A finding: something that the doctor saw in data or in a training, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["problem", "note"]


@dataclass(frozen=True)
class Finding:
    """What one rule saw.

    Attributes:
        rule: The name of the rule, such as "learning-rate-too-high".
        level: "problem" where healthy data and runs almost never show it, else "note".
        saw: What was seen, in numbers.
        why: Why it matters, in one sentence.
        try_first: The first thing to try.
        sure: How often the rule was right and wrong where it was measured.
        where: The column, row, layer or epoch; None where it is about the whole.
        fix: What to choose instead, by the names of `Choices`: `train --fix` does it; empty where
            nothing that can be chosen would help.
    """

    rule: str
    level: Level
    saw: str
    why: str
    try_first: str
    sure: str
    where: str | None = None
    fix: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, str | None]:
        """As `--json` shows it."""
        return {
            "rule": self.rule,
            "level": self.level,
            "saw": self.saw,
            "why": self.why,
            "try": self.try_first,
            "sure": self.sure,
            "where": self.where,
        }
