"""`helder step`: one row through one network, every number of it, step by step."""

from __future__ import annotations

import sys
from typing import Any

import click
import numpy as np

from helder import store
from helder.cli import screen
from helder.cli.options import answering, read, reading
from helder.errors import ArgumentError
from helder.glass.step import Step, steps
from helder.glass.unit import check_unit, described_unit
from helder.model.trace import LEARNING_RATE
from helder.model.tracing import trace_row
from helder.text import say

NEXT, BACK = ("n", " ", "\r", "\n", "\x1b[C", "\x1b[B"), ("b", "p", "\x1b[D", "\x1b[A")
QUIT, JUMP = ("q", "\x1b", "\x04"), "j"
LONGEST_LINE = 200


@click.command(short_help="Every number of one row.")
@click.argument("model", metavar="MODEL")
@click.argument("file", metavar="FILE")
@click.option("--row", type=int, required=True, metavar="N", help="Which row, from 1.")
@click.option(
    "--member", type=int, default=1, metavar="K", help="Which of the networks; 1 by default."
)
@click.option("--layer", type=int, metavar="L", help="Only this layer, from 1.")
@click.option("--unit", type=int, metavar="U", help="Write the sums of this unit of it out.")
@click.option(
    "--learning-rate",
    type=float,
    default=LEARNING_RATE,
    metavar="X",
    help=f"Of the update by plain gradient descent; {LEARNING_RATE} by default.",
)
@reading
@answering
def step(
    model: str,
    file: str,
    row: int,
    member: int,
    layer: int | None,
    unit: int | None,
    learning_rate: float,
    as_json: bool,
    quiet: bool,
    debug: bool,
    **marks: Any,
) -> None:
    """Takes one row of FILE through one network of MODEL: forward, backward, and an update.

    In a terminal one step at a time, else all of them as text.
    """
    fitted = store.load(model)
    table = read(file, **marks, like=fitted.plan)
    if not 1 <= row <= table.rows:
        raise ArgumentError(
            "there is no such row", got=row, accepted=f"1 to {table.rows}, as the file has rows"
        )
    one = table.take(np.array([row - 1]))
    found = trace_row(fitted, one, member=member, learning_rate=learning_rate)
    if as_json:
        check_unit(found, layer, unit)
        sums = described_unit(found, layer, unit) if layer and unit else None
        place = {"file": file, "model": model, "row": row, "member": member}
        screen.print_json(place | found.to_dict() | {"unit": sums})
        return
    pages = shown(steps(found, layer, unit))
    if sys.stdin.isatty() and sys.stdout.isatty() and not quiet:
        turn(pages)
    else:
        screen.print_lines((line for page in pages for line in [*page, ""]), quiet=quiet)


def shown(found: list[Step]) -> list[list[str]]:
    """The lines of each step, made harmless, under their titles."""
    pages = []
    for number, one in enumerate(found, 1):
        title = say("cli.step_title", number=number, count=len(found), title=one.title)
        lines = [screen.harmless(line, LONGEST_LINE) for line in one.lines]
        pages.append([screen.heading(title), "", *lines])
    return pages


def turn(pages: list[list[str]]) -> None:
    """Shows one page at a time, and goes where a key says."""
    at = 0
    while True:
        click.clear()
        screen.print_lines([*pages[at], "", say("cli.step_keys")], quiet=False)
        key = click.getchar()
        if key in QUIT:
            return
        if key in NEXT and at == len(pages) - 1:
            return
        at = turned(at, key, len(pages))


def turned(at: int, key: str, count: int) -> int:
    """The page that a key leads to."""
    if key in NEXT:
        return min(at + 1, count - 1)
    if key in BACK:
        return max(at - 1, 0)
    if key == JUMP:
        wanted = click.prompt(say("cli.step_jump", count=count), default=at + 1, type=int)
        return min(max(wanted, 1), count) - 1
    return at
