"""Findings as one object of plain values, as `--json` prints it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from helder.glass.check.telling.lesson import CALLED, gradients_alone, layers_alone, unjudged
from helder.glass.check.telling.words import words
from helder.text import say

if TYPE_CHECKING:
    from helder.glass.check.findings import FileCheck, FunctionCheck, NetworkCheck


def described(found: FileCheck) -> dict[str, Any]:
    """All that was found of a file; the keys stand in docs/json.md."""
    return {
        "file": found.file,
        "functions": [told(one) for one in found.functions],
        "network": None if found.network is None else told_network(found.network),
        "notes": [
            {
                "cause": note.cause,
                "file": note.file,
                "line": note.line,
                "cell": note.cell,
                "message": f"{words(note.cause).question} {note.evidence}".rstrip(),
            }
            for note in found.notes
        ],
        "said": list(found.said),
        "problem": found.problem,
    }


def told(one: FunctionCheck | NetworkCheck) -> dict[str, Any]:
    """A finding's values, and its message."""
    return asdict(one) | {"causes": list(one.causes), "message": message(one.verdict, one.causes)}


def told_network(one: NetworkCheck) -> dict[str, Any]:
    """The same of a network; its message says so where only a part of it was judged."""
    found = told(one) | {"unjudged": list(one.unjudged)}
    if layers_alone(one):
        found["message"] += f" {say('check.message_layers', what=unjudged(one))}"
    if gradients_alone(one):
        found["message"] += f" {say('check.message_gradients')}"
    return found


def message(verdict: str, causes: tuple[str, ...]) -> str:
    """What a verdict says in a sentence or two: the first cause and why it is a mistake."""
    if not causes:
        return say(f"check.message_{CALLED[verdict]}")
    return say("check.message", title=words(causes[0]).title, why=words(causes[0]).why)
