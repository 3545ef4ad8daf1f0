"""The progress of a training: a bar on standard error where a person looks, and what is told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import click

from helder.learn.history import Epoch
from helder.learn.watch import Listener
from helder.text import say

Tell = Callable[[str], None]


class Progress(NamedTuple):
    """What goes on beside a training.

    Attributes:
        listener: Draws the bar; None where nobody looks.
        tell: Prints a line on standard output, and leaves the bar whole.
    """

    listener: Listener | None
    tell: Tell


@contextmanager
def progress(epochs: int, *, quiet: bool, silent: bool) -> Iterator[Progress]:
    """The progress of so many epochs at most.

    Args:
        epochs: How many there are at most.
        quiet: Whether to draw no bar.
        silent: Whether to tell nothing.
    """
    tell: Tell = (lambda line: None) if silent else click.echo
    if quiet or not sys.stderr.isatty():
        yield Progress(None, tell)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}", markup=False),
        TimeRemainingColumn(),
        TextColumn("{task.fields[loss]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("cli.training"), total=epochs, loss="")

        def show(record: Epoch) -> None:
            loss = say("cli.losses", loss=record.loss, held_out=record.val_loss)
            bar.update(task, advance=1, loss=loss)  # a repeat counts from 1 again

        def interrupt(line: str) -> None:
            bar.stop()  # which wipes it away, and lets go of standard output
            tell(line)
            bar.start()

        yield Progress(show, interrupt)


@contextmanager
def busy(*, quiet: bool) -> Iterator[None]:
    """Shows that the verdict is being found out, where a person looks."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(say("cli.judging")):
        yield
