"""How answers look: plain text, columns aligned, and text from a file made harmless."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from typing import Any

import click

from helder.model import METRICS
from helder.store.writing import finite
from helder.text import say

LONGEST_CELL = 40
WIDTH = 90  # of a line
LONGEST = 1000  # of a sentence
PERCENT = {"accuracy", "balanced_accuracy", "f1"}


def harmless(text: object, longest: int = LONGEST_CELL) -> str:
    """Text from a file without anything that a terminal would obey, cut to a length."""
    safe = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in str(text))
    return safe if len(safe) <= longest else safe[: longest - 1] + "…"


def wrapped(text: object, first: str, further: str) -> list[str]:
    """A sentence on as many lines as it takes, no number apart from its sign of per cent."""
    safe = harmless(text, LONGEST).replace(" %", "\N{NO-BREAK SPACE}%")
    lines = textwrap.wrap(safe, WIDTH, initial_indent=first, subsequent_indent=further)
    return [line.replace("\N{NO-BREAK SPACE}%", " %") for line in lines]


def indented(lines: Iterable[str]) -> list[str]:
    """Lines two spaces further to the right."""
    return [f"  {line}" for line in lines]


def heading(text: str) -> str:
    """A line that begins a part."""
    return click.style(text, bold=True)


def metric_called(metric: str) -> str:
    """What a metric is called; one of scikit-learn's scorers has its own name."""
    return say(f"cli.metric_{metric}") if metric in METRICS else metric


def measured(metric: str, value: float | None) -> str:
    """A metric's value as a person reads it."""
    if value is None or value != value:
        return "-"
    return f"{100 * value:.1f} %" if metric in PERCENT else f"{value:.4g}"


def print_lines(lines: Iterable[str], *, quiet: bool) -> None:
    """Prints an answer, unless nothing is to be said."""
    if not quiet:
        for line in lines:
            click.echo(line)


def print_json(answer: dict[str, Any]) -> None:
    """Prints the one object of `--json`; a number that JSON does not know is null."""
    text = json.dumps(finite(answer), ensure_ascii=False, allow_nan=False)
    if not text.isprintable():  # what a terminal may obey stands inside a string, and is escaped
        text = "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)
    click.echo(text)
