"""`helder predict`: a prediction for every row of a file, as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import click
import numpy as np

from helder import store
from helder.cli import screen
from helder.cli.options import answering, read, reading
from helder.model import Fitted
from helder.table import Table
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
    fitted = store.load(model)
    table = read(file, **marks)
    values = fitted.predict_values(table)
    notes = [said.sentence for said in (*table.notes, *fitted.plan.unseen(table))]
    labels, escaped = written_labels(fitted, raw)
    if escaped:
        notes.append(say("cli.escaped", names=", ".join(screen.harmless(name) for name in escaped)))
    text = as_csv(fitted, values, labels)
    if out is not None:
        store.write_whole(out, text.encode())
        notes.append(say("cli.predicted", rows=table.rows, path=screen.harmless(out, 200)))
    if as_json:
        screen.print_json(answer(fitted, values, table, out))
    elif out is None:
        click.echo(text, nl=False)
    if not quiet and not as_json:
        for said in notes:
            click.echo(screen.harmless(said, 1000), err=True)


def written_labels(fitted: Fitted, raw: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The class names as they are written, and those that had to be escaped.

    A name that a spreadsheet would run as a formula gets a quote in front, which spreadsheets
    hide; numbers such as -1 stay as they are.
    """
    classes = fitted.classes or ()
    if raw:
        return classes, ()
    dangerous = tuple(
        name for name in classes if name.startswith(FORMULA_SIGNS) and not_number(name)
    )
    return tuple(f"'{name}" if name in dangerous else name for name in classes), dangerous


def not_number(text: str) -> bool:
    """Whether a text is anything but a number."""
    try:
        float(text.replace(",", "."))
    except ValueError:
        return True
    return False


def as_csv(fitted: Fitted, values: Floats, labels: tuple[str, ...]) -> str:
    """The header, then a line for every row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["prediction", *(f"p_{name}" for name in fitted.classes or ())])
    if fitted.classes is None:
        writer.writerows([written(value)] for value in values)
        return buffer.getvalue()
    for label, p in zip(np.argmax(values, axis=1), values, strict=True):
        writer.writerow([labels[label], *(written(share) for share in p)])
    return buffer.getvalue()


def written(value: np.floating[Any]) -> str:
    """The shortest text that reads back as the same number."""
    return str(value)


def chosen(classes: tuple[str, ...], p: Floats) -> list[str]:
    """The likeliest class of every row."""
    return [classes[label] for label in np.argmax(p, axis=1)]


def answer(fitted: Fitted, values: Floats, table: Table, out: str | None) -> dict[str, Any]:
    """The object of `--json`; docs/json.md describes it."""
    classes = fitted.classes
    return {
        "rows": table.rows,
        "classes": None if classes is None else list(classes),
        "predictions": values if classes is None else chosen(classes, values),
        "probabilities": None if classes is None else values,
        "out": out,
    }
