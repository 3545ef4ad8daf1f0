"""`helder predict`: a prediction for every row of a file, as CSV."""

from __future__ import annotations

import csv
from typing import Any
from unicodedata import category

import click
import numpy as np

from helder import store
from helder.cli import screen
from helder.cli.described import described_notes
from helder.cli.options import answering, overwritten, read, reading
from helder.model import Fitted
from helder.table import Note, Table
from helder.text import say
from helder.typing import Floats

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs a cell that begins so


@click.command(short_help="Predictions as CSV.")
@click.argument("model", metavar="MODEL")
@click.argument("file", metavar="FILE")
@click.option("--out", metavar="FILE", help="Where the predictions go, instead of the screen.")
@click.option("--raw", is_flag=True, help="Write labels as they are, formulas too.")
@reading
@answering
def predict(
    model: str,
    file: str,
    out: str | None,
    raw: bool,
    as_json: bool,
    quiet: bool,
    debug: bool,
    **marks: Any,
) -> None:
    """Predicts with MODEL for every row of FILE: one line for each, in order."""
    if out is not None:
        overwritten(out, model, file)
    fitted = store.load(model)
    table = read(file, **marks, like=fitted.plan)
    values = fitted.predict_values(table)
    notes = [*table.notes, *fitted.plan.unseen(table)]
    labels, escaped = written_labels(fitted, raw)
    for key, names in escaped.items():
        listed = ", ".join(screen.harmless(name) for name in names)
        notes.append(Note(key, say(f"cli.{key}", names=listed)))
    names = [name if raw else coded(name) for name in fitted.classes or ()]
    text = as_csv(fitted, values, labels, names)
    if out is not None:
        store.write_whole(out, text.encode())
        done = say("cli.predicted", rows=table.rows, path=screen.harmless(out, 200))
        notes.append(Note("predicted", done))
    if as_json:
        screen.print_json(answer(fitted, values, table, out) | {"notes": described_notes(notes)})
    elif out is None:
        click.echo(text, nl=False, color=True)  # else Click takes out what --raw asks for
    if not quiet and not as_json:
        for said in notes:
            click.echo(screen.harmless(said.sentence, 1000), err=True)


def written_labels(fitted: Fitted, raw: bool) -> tuple[list[str], dict[str, list[str]]]:
    """The class names as they are written, and by sentence those that had to be escaped.

    A name that a spreadsheet would run as a formula gets a quote in front, which spreadsheets
    hide; numbers such as -1 stay as they are. A control character, which a terminal would obey,
    is written as its code.
    """
    escaped: dict[str, list[str]] = {}
    labels = []
    for name in fitted.classes or ():
        label = name if raw else coded(name)
        if label != name:
            escaped.setdefault("escaped_controls", []).append(name)
        if not raw and name.startswith(FORMULA_SIGNS) and not_number(name):
            label = f"'{label}"
            escaped.setdefault("escaped", []).append(name)
        labels.append(label)
    return labels, escaped


def coded(name: str) -> str:
    """A text with its control characters written as their codes."""
    return "".join(repr(sign)[1:-1] if category(sign) == "Cc" else sign for sign in name)


def not_number(text: str) -> bool:
    """Whether a text is anything but a number."""
    try:
        float(text.replace(",", "."))
    except ValueError:
        return True
    return False


class Lines(list[str]):
    """Takes the rows of a CSV writer and ends each as Unix ends a line.

    The writer has to end them as Windows does, as it quotes a line break in a cell only where
    the end of its own rows holds it.
    """

    def write(self, row: str) -> None:
        """Takes one row."""
        self.append(row.removesuffix("\r\n") + "\n")


def as_csv(fitted: Fitted, values: Floats, labels: list[str], names: list[str]) -> str:
    """The header, then a line for every row."""
    lines = Lines()
    writer = csv.writer(lines, lineterminator="\r\n")
    if fitted.classes is None:
        writer.writerow(["prediction"])
        writer.writerows([written(value)] for value in values)
        return "".join(lines)
    writer.writerow(["prediction", *(f"p_{name}" for name in names)])
    for label, p in zip(fitted.decision.codes(values), values, strict=True):
        writer.writerow([labels[label], *(written(share) for share in p)])
    return "".join(lines)


def written(value: np.floating[Any]) -> str:
    """The shortest text that reads back as the same number."""
    return str(value)


def chosen(fitted: Fitted, p: Floats) -> list[str]:
    """The class of every row."""
    classes = fitted.classes or ()
    return [classes[label] for label in fitted.decision.codes(p)]


def answer(fitted: Fitted, values: Floats, table: Table, out: str | None) -> dict[str, Any]:
    """The object of `--json`; docs/json.md describes it."""
    classes = fitted.classes
    return {
        "rows": table.rows,
        "classes": None if classes is None else list(classes),
        "predictions": values if classes is None else chosen(fitted, values),
        "probabilities": None if classes is None else values,
        "out": out,
    }
