"""What a judge says of one function, and the sentences in which it says what it saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helder.glass.check.causes import CANNOT_TELL, CAUSES, OK, heaviest
from helder.glass.check.elementary.closeness import agree
from helder.glass.check.elementary.finding import Guess
from helder.glass.check.elementary.formulas import GRID
from helder.glass.check.findings import FunctionCheck
from helder.text import say
from helder.typing import Floats


@dataclass(frozen=True)
class Judgement:
    """What was found of a function.

    Attributes:
        kind: What it computes.
        causes: Names of `causes.CAUSES`, the one that matters most first.
        evidence: What we saw, with numbers.
        convention: How it was found to be used.
        verdict: Where no cause tells it: `ok`, `convention` or `cannot tell`.
    """

    kind: str
    causes: tuple[str, ...] = ()
    evidence: str = ""
    convention: str = ""
    verdict: str = OK

    def of(self, guess: Guess) -> FunctionCheck:
        """As a finding of this function."""
        definition = guess.definition
        verdict = (
            heaviest([CAUSES[cause] for cause in self.causes]) if self.causes else self.verdict
        )
        return FunctionCheck(
            name=definition.path,
            kind=self.kind,
            file=definition.file,
            line=definition.line,
            verdict=verdict,
            causes=self.causes,
            evidence=self.evidence,
            convention=self.convention,
        )


def unknown(kind: str, evidence: str) -> Judgement:
    """Its name is sure, and its values are no formula that we know."""
    return Judgement(kind, evidence=evidence, verdict=CANNOT_TELL)


def called_name(guess: Guess) -> str:
    """The function's name as a person writes it, without the module that it stands in."""
    return guess.said or guess.definition.path.rpartition(":")[2]


def call_text(guess: Guess, *data: object) -> str:
    """A call as a person writes it: `sigmoid(0.4, deriv=True)`; of a piece of code: its values."""
    if guess.said:
        pairs = zip(guess.definition.parameters, data, strict=False)
        given = ", ".join(f"{parameter.name} = {shown(value)}" for parameter, value in pairs)
        return say("check_functions.piece", text=guess.said, given=given)
    named = [f"{name}={value!r}" for name, value in guess.fixed.items()]
    return f"{called_name(guess)}({', '.join([*map(shown, data), *named])})"


def shown(value: object) -> str:
    """A number or a small array, as a person writes it, with at most four digits."""
    if isinstance(value, np.ndarray):
        return shown(value.tolist())
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, float):
        return f"{value:.4g}"
    return repr(value)


def differs(guess: Guess, values: Floats, right: Floats, x: Floats = GRID) -> str:
    """The first number that differs, of those above zero if there is one, yours and the right."""
    at = min(
        np.flatnonzero(~agree(values, right)),
        key=lambda i: (x[i] <= 0, abs(x[i] - 0.4)),
    )
    return say(
        "check_functions.differs",
        call=call_text(guess, float(x[at])),
        got=shown(float(values[at])),
        right=shown(float(right[at])),
    )


def sentences(*parts: str) -> str:
    """Sentences in a row; those that are empty are left out."""
    return " ".join(part for part in parts if part)
