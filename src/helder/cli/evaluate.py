"""`helder evaluate`: how well a model does on rows whose target is known."""

from __future__ import annotations

from typing import Any

import click

from helder import model as models
from helder import store
from helder.cli import screen
from helder.cli.described import (
    described_left_out,
    described_notes,
    file_line,
    left_out_lines,
    notes_lines,
)
from helder.cli.options import answering, read, reading
from helder.cli.scored import confusion_lines, described_score, judgement_lines, per_class
from helder.text import aligned, say


@click.command(short_help="Score on labelled rows.")
@click.argument("model", metavar="MODEL")
@click.argument("file", metavar="FILE")
@reading
@answering
def evaluate(model: str, file: str, as_json: bool, quiet: bool, debug: bool, **marks: Any) -> None:
    """Scores MODEL on the rows of FILE, which has the target's column."""
    fitted = store.load(model)
    table = read(file, **marks, like=fitted.plan)
    found = models.evaluate(fitted, table)
    if as_json:
        screen.print_json(answer(found, fitted.classes))
        return
    lines = [file_line(table), *(left_out_lines(found.left_out) if found.left_out else [])]
    lines += [*notes_lines(found.notes), "", *judgement_lines(found.judgement)]
    if found.judgement.confusion is not None and fitted.classes is not None:
        lines += ["", *class_lines(found, fitted.classes)]
        lines += ["", *confusion_lines(found.judgement.confusion, fitted.classes)]
    screen.print_lines(lines, quiet=quiet)


def class_lines(found: models.Evaluation, classes: tuple[str, ...]) -> list[str]:
    """Every class in a line."""
    assert found.judgement.confusion is not None
    rows = [tuple(say(f"cli.{name}") for name in ("class", "rows", "recall", "precision"))]
    for one in per_class(found.judgement.confusion, classes):
        shares = [screen.measured("accuracy", one[name]) for name in ("recall", "precision")]
        rows.append((screen.harmless(one["name"], 20), f"{one['rows']:,}", *shares))
    return screen.indented(aligned(rows, frozenset({1, 2, 3})))


def answer(found: models.Evaluation, classes: tuple[str, ...] | None) -> dict[str, Any]:
    """The object of `--json`; docs/json.md describes it."""
    judgement = found.judgement
    counts = judgement.confusion
    return {
        "rows": judgement.rows,
        "classes": None if classes is None else list(classes),
        "score": described_score(judgement.score),
        "beside": judgement.beside,
        "per_class": None if counts is None or classes is None else per_class(counts, classes),
        "confusion": counts,
        "left_out": described_left_out(found.left_out),
        "notes": described_notes(found.notes),
    }
