"""The report of the doctor's benchmark: on how many trainings each rule fired, and on which."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from doctor_cases import case_of
from doctor_faults import FAULTS
from tables import table

import helder
from helder.glass.doctor.rules import Rate
from helder.glass.doctor.training import RULES, diagnosed
from helder.model.verdict import SIGNAL

HEALTHY, VERDICT = "healthy", "verdict"
PAGE = Path(__file__).parents[1] / "docs" / "doctor.md"
RATES = Path(helder.__file__).parent / "glass" / "doctor" / "training" / "rates.py"
BETWEEN = ("<!-- counted: {} -->\n", "<!-- /counted: {} -->\n")


@dataclass
class Counted:
    """How many trainings there were of each kind, and on how many of them each rule fired."""

    trainings: Counter[str] = field(default_factory=Counter)
    noise: int = 0
    recipes: Counter[tuple[str, str]] = field(default_factory=Counter)
    sets: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    fired: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrongly: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def healthy(self, rule: str) -> Rate:
        """On how many healthy trainings a rule fired."""
        return Rate(self.fired[HEALTHY][rule], self.trainings[HEALTHY])

    def faulty(self, rule: str) -> Rate:
        """On how many trainings with its fault a rule fired."""
        kinds = [kind for kind, fault in FAULTS.items() if fault.finds == rule]
        runs = sum(self.trainings[kind] for kind in kinds)
        return Rate(sum(self.fired[kind][rule] for kind in kinds), runs)


def lines_of(results: Path) -> Iterator[dict[str, Any]]:
    """The trainings in a results file."""
    with results.open() as file:
        yield from map(json.loads, file)


def signals(results: Path) -> dict[int, str]:
    """What the verdict says of noise, by the seed of its healthy training."""
    return {line["seed"]: line["said"] for line in lines_of(results) if line["kind"] == VERDICT}


def counts(results: Path) -> Counted:
    """What every rule says of every training, with a signal in all but the noise.

    Of noise it is what the verdict says, which calls some of it a signal too.
    """
    counted, said = Counted(), signals(results)
    for line in lines_of(results):
        kind = line["kind"]
        if kind not in (HEALTHY, *FAULTS):
            continue
        drawn = line["drawn"]
        counted.trainings[kind] += 1
        counted.recipes[kind, drawn["recipe"]] += 1
        counted.sets[kind].add(drawn["name"])
        noisy = kind == HEALTHY and drawn["name"].startswith("noise")
        counted.noise += noisy
        heard = said.get(line["seed"]) if noisy else SIGNAL
        case = replace(case_of(line["case"]), signal=heard)
        for rule in {finding.rule for finding in diagnosed(case)}:
            counted.fired[kind][rule] += 1
            if kind == HEALTHY:
                counted.wrongly[rule].append((line["seed"], drawn["name"], drawn["recipe"]))
    return counted


def rule_table(counted: Counted) -> list[str]:
    """Every rule, with what is known of it."""
    rows = []
    for rule in RULES:
        threshold = "" if rule.threshold is None else f"{rule.threshold:g}"
        pair = (counted.healthy(rule.name), counted.faulty(rule.name))
        rates = [f"{rate.fired} of {rate.of}" for rate in pair]
        rows.append([f"`{rule.name}`", rule.level, threshold, rule.source, *rates])
    return table(["rule", "level", "threshold", "source", "healthy", "with its fault"], rows)


def fault_table(counted: Counted) -> list[str]:
    """Every fault, on how many trainings its rule fired, and what else did."""
    rows = []
    for kind, fault in FAULTS.items():
        runs = counted.trainings[kind]
        if runs:
            others = [
                f"{rule} {count}"
                for rule, count in counted.fired[kind].most_common()
                if rule != fault.finds and 5 * count >= runs
            ]
            fired = f"{counted.fired[kind][fault.finds]} of {runs}"
            sets = len(counted.sets[kind])
            rows.append([kind, sets, f"`{fault.finds}`", fired, ", ".join(others) or "-"])
    return table(["planted", "tables", "its rule", "fired", "others that fired"], rows)


def write(counted: Counted) -> None:
    """The tables go to docs/doctor.md, and the rates to where the rules have them from."""
    page = PAGE.read_text(encoding="utf-8")
    for name, lines in (("rules", rule_table(counted)), ("faults", fault_table(counted))):
        start, end = (mark.format(name) for mark in BETWEEN)
        before, rest = page.split(start)
        page = before + start + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1]
    PAGE.write_text(page, encoding="utf-8")
    head = RATES.read_text(encoding="utf-8").split("RATES:")[0]
    body = "RATES: dict[str, tuple[Rate | None, Rate | None]] = {\n"
    for rule in RULES:
        pair = (counted.healthy(rule.name), counted.faulty(rule.name))
        rates = ", ".join(f"Rate({one.fired}, {one.of})" for one in pair)
        body += f'    "{rule.name}": ({rates}),\n'
    RATES.write_text(head + body + "}\n", encoding="utf-8")
