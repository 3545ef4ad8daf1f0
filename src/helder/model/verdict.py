"""A verdict: whether there is anything to learn, and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SIGNAL, NOTHING, CANNOT_TELL = "signal", "no signal found", "cannot tell"


@dataclass(frozen=True)
class Verdict:
    """What the data allow.

    Attributes:
        signal: "signal", "no signal found" or "cannot tell".
        sentence: The same in words and numbers.
        p_value: How often columns that say nothing would look as good.
        evidence: The numbers that it rests on, as JSON can hold them.
        advice: What would help, by what it is about: "columns", "rows", "sizes", "labels"; each
            as JSON can hold it, with a `sentence`.
    """

    signal: str
    sentence: str
    p_value: float
    evidence: Mapping[str, Any] = field(default_factory=dict)
    advice: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
