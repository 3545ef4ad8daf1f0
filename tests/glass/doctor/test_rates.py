"""docs/doctor.md says of every rule over a training what the table of rules says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helder.glass.doctor.training import RULES
from helder.text.catalogue import entries

PAGE = (Path(__file__).parents[3] / "docs" / "doctor.md").read_text(encoding="utf-8")
MOST, LEAST = 1 / 400, 0.9  # of healthy trainings a problem fires on, and of those with its fault
NOTES = {
    "overfitting",
    "plateau",
    "oscillation",
    "too-good-to-be-true",
    "class-never-predicted",
    "linear-stack",
    "strong-dropout",
    "weights-stuck",
}


def told(rate):
    return "not measured" if rate is None else f"{rate.fired} of {rate.of}"


def test_the_page_has_every_rule_with_its_rates():
    found = re.findall(r"^\| `([^`]+)` \| (\w+) \| ([^|]*) \| (.+) \| (.+) \| (.+) \|$", PAGE, re.M)
    assert found == [
        (
            rule.name,
            rule.level,
            "" if rule.threshold is None else f"{rule.threshold:g}",
            rule.source,
            told(rule.healthy),
            told(rule.faulty),
        )
        for rule in RULES
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_problem_almost_never_cries_wolf_and_seldom_misses(rule):
    assert (rule.level == "note") == (rule.name in NOTES)
    if rule.level == "problem":
        assert rule.healthy.of >= 400
        assert rule.healthy.fired <= rule.healthy.of * MOST
        assert rule.faulty.of >= 30
        assert rule.faulty.fired >= rule.faulty.of * LEAST


def test_every_rule_says_how_sure_it_is():
    assert all(str(rule.healthy.of) in rule.sure for rule in RULES)
    assert {rule.name for rule in RULES} <= set(entries("findings"))
