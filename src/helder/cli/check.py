"""`helder check`: whether a network that a person wrote is right, and if not, why."""

from __future__ import annotations

import click

from helder.cli import screen
from helder.cli.options import answering
from helder.glass.check.causes import OK, WRONG
from helder.glass.check.checking import adapter_text
from helder.glass.check.checking import check as check_thing
from helder.glass.check.findings import FileCheck
from helder.glass.check.telling.lesson import FORMULA, HINTS, IDEA, parts, summary
from helder.text import say

LONGEST_LINE = 1000
FAILED = 1


@click.command(short_help="Is my own code right?")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--hint",
    type=click.IntRange(HINTS[0], HINTS[-1]),
    default=IDEA,
    metavar="1|2|3",
    help=f"1: where; 2: which idea to look at; 3: the formula. {IDEA} by default.",
)
@click.option("--adapter", metavar="FILE", help="Lines that say how your network is used.")
@click.option("--make-adapter", is_flag=True, help="Print such lines, in the names of FILE.")
@click.option("--run", is_flag=True, help="Run the file as it is, instead of its definitions.")
@answering
def check(
    files: tuple[str, ...],
    hint: int,
    adapter: str | None,
    make_adapter: bool,
    run: bool,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Checks networks that you wrote by hand, in scripts or notebooks: functions, and the whole.

    Nothing that FILE does at its top level happens, unless with --run. The exit status is 1 where
    something is wrong, or where a file could not be read.
    """
    if make_adapter and (adapter is not None or run):
        other = "--adapter" if adapter is not None else "--run"
        raise click.UsageError(f"--make-adapter prints an adapter, and goes without {other}")
    if make_adapter:
        for file in files:
            print_adapter(file, as_json)
        return 0
    status = 0
    for file in files:
        found = check_thing(file, adapter=adapter, run=run)
        if as_json:
            screen.print_json(found.to_dict())
        elif found.problem is None:
            screen.print_lines(shown(found, hint), quiet=quiet)
        if found.problem is not None:
            click.echo(f"helder: {found.problem}", err=True)
        if found.problem is not None or found.verdict == WRONG:
            status = FAILED
    return status


def print_adapter(file: str, as_json: bool) -> None:
    """Prints the adapter of a file."""
    text = adapter_text(file)
    if as_json:
        screen.print_json({"file": file, "adapter": text})
        return
    for line in text.rstrip().split("\n"):
        click.echo(screen.harmless(line, LONGEST_LINE))


def shown(found: FileCheck, hint: int) -> list[str]:
    """The lines of a lesson, made harmless, each part under its heading."""
    lines: list[str] = []
    for part in [summary(found), *parts(found, hint)]:
        lines.append(screen.heading(screen.harmless(part.heading, LONGEST_LINE)))
        lines += [screen.harmless(line, LONGEST_LINE) for line in part.lines] + [""]
    if hint < FORMULA and found.verdict != OK:
        lines += [say("check.more", hint=hint + 1), ""]
    return lines
