"""A rule: one small function that looks at one thing, and how often it is right and wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from helder.model.finding import Finding, Level
from helder.text import filled, say
from helder.text.catalogue import entries

Case = TypeVar("Case")


class Sighting(NamedTuple):
    """What a rule saw once.

    Attributes:
        values: What fills the sentences of the rule in `text/en/findings.toml`.
        where: The column, row, layer or epoch; None for the whole.
        fix: What to choose instead, by the names of `Choices`.
    """

    values: Mapping[str, Any]
    where: str | None = None
    fix: Mapping[str, Any] = {}


class Rate(NamedTuple):
    """How often a rule fired: in so many of so many runs or tables."""

    fired: int
    of: int


@dataclass(frozen=True)
class Rule(Generic[Case]):
    """One rule of the doctor.

    Args:
        name: What it is called; `text/en/findings.toml` has its sentences under this name.
        level: "problem", or "note" where healthy runs show it too.
        sees: From a case to what was seen, once, several times, or not at all.
        source: Where the rule or its threshold comes from.
        healthy: How often it fired where nothing was wrong, as the benchmark counted.
        faulty: How often it fired where its fault was planted.
        threshold: The number that decides, where there is one.
    """

    name: str
    level: Level
    sees: Callable[[Case], Iterable[Sighting]]
    source: str
    healthy: Rate | None = None
    faulty: Rate | None = None
    threshold: float | None = field(default=None)

    def findings(self, case: Case) -> list[Finding]:
        """What the rule finds in a case."""
        sentences = entries("findings")[self.name]
        return [
            Finding(
                rule=self.name,
                level=self.level,
                saw=filled(sentences["saw"], seen.values),
                why=filled(sentences["why"], seen.values),
                try_first=filled(sentences["try"], seen.values),
                sure=self.sure,
                where=seen.where,
                fix=dict(seen.fix),
            )
            for seen in self.sees(case)
        ]

    @property
    def sure(self) -> str:
        """How often it is right and wrong, in words."""
        if self.healthy is None or self.faulty is None:
            return say("doctor.not_measured")
        return say("doctor.measured", healthy=self.healthy, faulty=self.faulty)
