"""What each cause is called, why it is a mistake, and how a person finds the way out."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from helder.text import entries, say


@dataclass(frozen=True)
class Words:
    """The sentences of one cause, from `text/en/causes.toml`.

    Attributes:
        title: What it is, in a few words.
        why: Why it is a mistake.
        idea: Which idea to look at.
        first: The first thing to try.
        formula: The formula; never a person's own code.
        training: What training shows of it, where it shows nothing or little; else empty.
        question: How a note asks it; empty for what is always measured.
    """

    title: str
    why: str
    idea: str
    first: str
    formula: str
    training: str = ""
    question: str = ""


@functools.cache
def words(cause: str) -> Words:
    """The sentences of a cause.

    Raises:
        KeyError: No cause has this name: a defect of ours.
    """
    told = dict(entries("causes")[cause])
    fell = told.pop("fell", None)
    training = say("check.fell", runs=fell) if fell else told.pop("unseen", "")
    return Words(first=told.pop("try"), training=training, **told)
