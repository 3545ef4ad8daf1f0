"""Findings as a lesson: what we saw, where, why it is a mistake, and the first thing to try."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from helder.errors import ArgumentError
from helder.glass.check.causes import CANNOT_TELL, CONVENTION, FRAGILE, OK, WRONG
from helder.glass.check.telling.words import words
from helder.text import Count, say

if TYPE_CHECKING:
    from helder.glass.check.findings import FileCheck, FunctionCheck, NetworkCheck, Note

WHERE, IDEA, FORMULA = 1, 2, 3  # how much a lesson tells
HINTS = (WHERE, IDEA, FORMULA)
WIDTH, LABEL = 80, 11  # of a line, and of the word that says what it holds

# What the catalogue calls a verdict, in the order in which they are counted.
CALLED = {
    OK: "ok",
    FRAGILE: "fragile",
    CONVENTION: "convention",
    WRONG: "wrong",
    CANNOT_TELL: "unsure",
}


@dataclass(frozen=True)
class Part:
    """A heading, and the lines that stand under it."""

    heading: str
    lines: list[str] = field(default_factory=list)


def text(found: FileCheck, hint: int = IDEA) -> str:
    """All that was found of a file, as a person reads it.

    Args:
        found: What was found.
        hint: 1 says where and what we saw, 2 also why and which idea to look at, 3 the formula too.

    Raises:
        ArgumentError: `hint` is not 1, 2 or 3.
    """
    return joined([summary(found), *parts(found, hint)])


def joined(told: Sequence[Part]) -> str:
    """Parts as one text, a blank line between them."""
    return "\n\n".join("\n".join([part.heading, *part.lines]) for part in told)


def summary(found: FileCheck) -> Part:
    """How many functions were found, and what they and the network are, in a line."""
    if found.problem is not None:
        return Part(say("check.summary_unread", file=found.file), wrapped(found.problem))
    counts = dict.fromkeys(CALLED, 0)
    for one in found.functions:
        counts[one.verdict] += 1
    each = [
        say(f"check.part_{CALLED[verdict]}", count=count)
        for verdict, count in counts.items()
        if count
    ]
    functions = say(
        "check.functions" if each else "check.no_function",
        count=Count(len(found.functions)),
        each=", ".join(each),
    )
    network = say("check.network_none") if found.network is None else called(found.network)
    lines = wrapped(say("check.summary", file=found.file, functions=functions, network=network), "")
    return Part(lines[0], lines[1:])


def parts(found: FileCheck, hint: int = IDEA) -> list[Part]:
    """What was found, each with its heading, and what matters most first.

    Raises:
        ArgumentError: `hint` is not 1, 2 or 3.
    """
    known_hint(hint)
    of = {verdict: [one for one in found.functions if one.verdict == verdict] for verdict in CALLED}
    network = [] if found.network is None else [network_part(found, found.network, hint)]
    wrong = found.network is not None and found.network.verdict == WRONG
    return [
        *(function_part(found, one, hint) for one in of[WRONG]),
        *(network if wrong else []),
        *(function_part(found, one, hint) for one in of[FRAGILE] + of[CONVENTION]),
        *([] if wrong else network),
        *right_part(found, of[OK]),
        *unsure_part(found, of[CANNOT_TELL]),
        *notes_part(found),
        *said_part(found),
    ]


def known_hint(hint: int) -> None:
    """Raises ArgumentError where there is no such hint."""
    if hint not in HINTS:
        raise ArgumentError("there is no such hint", got=hint, accepted="1, 2 or 3")


def function_part(found: FileCheck, one: FunctionCheck, hint: int) -> Part:
    """The lesson of one function that is not simply right; short where it is not wrong."""
    heading = f"{say(f'check.heading_{CALLED[one.verdict]}')}: {judged(found, one)}"
    short = one.verdict != WRONG
    lines = lesson(one.causes, one.evidence, hint, short=short)
    if one.convention and (short or hint > WHERE):
        lines += labelled("way", one.convention)
    return Part(heading, lines)


def network_part(found: FileCheck, one: NetworkCheck, hint: int) -> Part:
    """What was found of the whole network, and the adapter where there was no way through it."""
    heading = f"{say('check.heading_network')}: {called(one)}"
    if one.function is not None and one.verdict != OK:
        where = place(found, one)
        heading += say("check.network_in", function=one.function, place=where)
    lines = lesson(one.causes, one.evidence, hint, short=one.verdict != WRONG)
    if layers_alone(one):
        lines += labelled("judged", say("check.layers_alone", what=unjudged(one)))
    if gradients_alone(one):
        lines += labelled("update", say("check.update_unseen"))
    if one.convention:
        ways = (say(f"check.way_{key}", how=how) for key, how in one.convention.items())
        lines += labelled("way", ", ".join(ways))
    if one.adapter and any(function.verdict == WRONG for function in found.functions):
        lines += wrapped(say("check.functions_first"))
    elif one.adapter:
        lines += [*([""] if lines else []), *wrapped(say("check.adapter", file=found.file)), ""]
        lines += [f"    {line}".rstrip() for line in one.adapter.rstrip().split("\n")]
    return Part(heading, lines)


def called(one: NetworkCheck) -> str:
    """The verdict on a network in words; where only a part of it was judged, of this alone."""
    what = CALLED[one.verdict]
    if one.verdict == OK and gradients_alone(one):
        what = "gradients"
    if one.verdict == OK and "chain" in one.unjudged:
        what = "layers" if one.stepped else "layers_gradients"
    return say(f"check.network_{what}")


def gradients_alone(one: NetworkCheck) -> bool:
    """Whether a network is as it should be as far as was seen, and no update was."""
    return one.verdict in (OK, FRAGILE, CONVENTION) and not one.stepped


def layers_alone(one: NetworkCheck) -> bool:
    """Whether layers are as they should be, and something of the file's own around them unseen."""
    return one.verdict in (OK, FRAGILE, CONVENTION) and bool(one.unjudged)


def unjudged(one: NetworkCheck) -> str:
    """What of the file's own around its layers was not judged, in words."""
    return ", ".join(say(f"check.own_{what}") for what in one.unjudged)


def lesson(causes: tuple[str, ...], evidence: str, hint: int, *, short: bool) -> list[str]:
    """What we saw, and of the first cause as much as the hint allows; the others by name."""
    lines: list[str] = []
    if causes and hint > WHERE:
        lines += wrapped(named(causes[0]))
    lines += labelled("seen", evidence)
    if causes and hint > WHERE:
        told = words(causes[0])
        lines += [] if short and hint < FORMULA else labelled("why", told.why)
        lines += [] if short and hint < FORMULA else labelled("idea", told.idea)
        lines += labelled("formula", told.formula) if hint == FORMULA else []
        lines += labelled("first", told.first)
    lines += labelled("training", words(causes[0]).training) if causes and not short else []
    for cause in causes[1:] if hint > WHERE else ():
        lines += labelled("also", named(cause))
    return lines


def right_part(found: FileCheck, ones: list[FunctionCheck]) -> list[Part]:
    """The functions that are right, by name."""
    names = ", ".join(say("check.at", name=one.name, place=place(found, one)) for one in ones)
    return [Part(say("check.heading_ok"), wrapped(names))] if ones else []


def unsure_part(found: FileCheck, ones: list[FunctionCheck]) -> list[Part]:
    """The functions that could not be judged, each with the reason."""
    lines = []
    for one in ones:
        name = judged(found, one)
        lines += wrapped(f"{name}: {one.evidence}" if one.evidence else name, hang="    ")
    return [Part(say("check.heading_unsure"), lines)] if ones else []


def notes_part(found: FileCheck) -> list[Part]:
    """What was read in the code, each as a question."""
    lines = []
    for note in found.notes:
        asked = say(
            "check.note",
            place=place(found, note),
            question=words(note.cause).question,
            cause=note.cause,
        )
        lines += wrapped(f"{asked} {note.evidence}".rstrip(), hang="    ")
    return [Part(say("check.heading_notes"), lines)] if found.notes else []


def said_part(found: FileCheck) -> list[Part]:
    """What a person should know of how the file was read."""
    lines = [line for sentence in found.said for line in wrapped(sentence, hang="    ")]
    return [Part(say("check.heading_said"), lines)] if found.said else []


def judged(found: FileCheck, one: FunctionCheck) -> str:
    """A function with its place, and as what it was judged where its name does not say so."""
    where = place(found, one)
    if one.name.replace("_", " ").lower() == one.kind.lower():
        return say("check.found", name=one.name, place=where)
    return say("check.judged", name=one.name, place=where, kind=one.kind)


def named(cause: str) -> str:
    """A cause's title with its name."""
    return say("check.named", title=words(cause).title, cause=cause)


def place(found: FileCheck, one: FunctionCheck | NetworkCheck | Note) -> str:
    """Where something stands; the file is named where it is not the one that was asked about."""
    line = say("check.line" if one.cell is None else "check.line_in", line=one.line, cell=one.cell)
    if not one.file or one.file in (found.file, PurePath(found.file).name):
        return line
    return say("check.line_of", file=one.file, line=line)


def labelled(label: str, sentence: str) -> list[str]:
    """A sentence behind the word that says what it is; nothing where there is none."""
    head = f"  {say(f'check.label_{label}'):{LABEL}}"
    lines = wrapped(sentence, " " * len(head))
    return [head + lines[0].lstrip(), *lines[1:]] if sentence else []


def wrapped(sentence: str, indent: str = "  ", hang: str | None = None) -> list[str]:
    """A sentence as lines of at most 80 signs; its own line ends are kept."""
    lines: list[str] = []
    for line in sentence.split("\n"):
        lines += textwrap.wrap(
            line,
            WIDTH,
            initial_indent=indent,
            subsequent_indent=indent if hang is None else hang,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return lines
