"""The progress bar of a training: on standard error, and only where a person looks at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from helder.learn.history import Epoch
from helder.learn.watch import Listener
from helder.text import say


@contextmanager
def progress(epochs: int, *, quiet: bool) -> Iterator[Listener | None]:
    """A listener that draws the bar; None where nobody looks.

    Args:
        epochs: How many there are at most.
        quiet: Whether to say nothing.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}", markup=False),
        TimeRemainingColumn(),
        TextColumn("{task.fields[loss]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("cli.training"), total=epochs, loss="")

        def show(record: Epoch) -> None:
            loss = say("cli.losses", loss=record.loss, held_out=record.val_loss)
            bar.update(task, advance=1, loss=loss)  # a repeat counts from 1 again

        yield show
