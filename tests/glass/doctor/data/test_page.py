"""docs/findings.md has every rule about data, as the table of rules has it."""

from __future__ import annotations

import re
from pathlib import Path

from helder.glass.doctor.data import RULES
from helder.glass.doctor.data.noted import TOLD_AS

PAGE = (Path(__file__).parents[4] / "docs" / "findings.md").read_text(encoding="utf-8")


def test_the_page_has_every_rule_with_what_was_measured():
    rows = re.findall(r"^\| `([^`]+)` \| (\w+) \| .+ \| (.+) \| (.+) \| (.+) \|$", PAGE, re.M)
    assert rows == [
        (rule.name, rule.level, rule.source, *map(measured, (rule.healthy, rule.faulty)))
        for rule in RULES
    ]


def measured(rate) -> str:
    return "not measured" if rate is None else f"{rate.fired} of {rate.of}"


def test_problems_come_first():
    levels = [rule.level for rule in RULES]
    assert levels == sorted(levels, key=lambda level: level != "problem")


def test_every_note_that_is_told_has_its_rule():
    assert set(TOLD_AS.values()) <= {rule.name for rule in RULES}
