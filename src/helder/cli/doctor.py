"""`helder doctor`: what went wrong in a training, with the evidence that the model file holds."""

from __future__ import annotations

from typing import Any

import click

from helder import store
from helder.cli import screen
from helder.cli.found import PROBLEM, described_findings, evidence_lines
from helder.cli.options import answering
from helder.cli.verdicts import described_verdict, verdict_lines
from helder.cli.verdicts import evidence_lines as numbers_lines
from helder.learn.history import History
from helder.learn.looking import LayerLook, Look
from helder.model import Fitted
from helder.text import aligned, say

FOUND = 1  # the exit status where there is a problem


@click.command(short_help="What went wrong, what to try.")
@click.argument("model", metavar="MODEL")
@answering
def doctor(model: str, as_json: bool, quiet: bool, debug: bool) -> int:
    """Says what the doctor saw when MODEL was trained, how sure that is, and what to try first.

    All of it comes from the model file. The exit status is 1 where a problem was found.
    """
    fitted = store.load(model)
    if as_json:
        screen.print_json(answer(model, fitted))
    screen.print_lines(shown(fitted), quiet=quiet or as_json)
    return FOUND if any(one.level == PROBLEM for one in fitted.findings or ()) else 0


def shown(fitted: Fitted) -> list[str]:
    """Everything that the file holds of it, for a person."""
    lines = []
    if fitted.verdict is not None:
        lines += [*verdict_lines(fitted.verdict), "", *numbers_lines(fitted.verdict), ""]
    if fitted.findings is None:
        lines.append(say("cli.no_doctor"))
    else:
        lines += evidence_lines(fitted.findings)
    return [*lines, *layer_lines(fitted.history)]


def layer_lines(history: History) -> list[str]:
    """How each layer of the first network began and ended, a line each."""
    last = last_look(history)
    if not history.initial or last is None:
        return []
    epoch, after = last
    rows: list[tuple[str, ...]] = [("", "", *LayerLook._fields)]
    for number, looks in enumerate(zip(history.initial, after, strict=True), 1):
        for when, look in zip(("before", "after"), looks, strict=True):
            place = say("cli.layer", number=number) if when == "before" else ""
            numbers = (f"{value:.3g}" for value in look)
            rows.append((place, say(f"cli.layer_{when}"), *numbers))
    right = frozenset(range(2, len(rows[0])))
    return [
        "",
        screen.heading(say("cli.layers", epoch=epoch)),
        *screen.indented(aligned(rows, right)),
    ]


def last_look(history: History) -> tuple[int, Look] | None:
    """The last epoch after which somebody looked, and what was seen."""
    for record in reversed(history.records):
        if record.layers:
            return record.epoch, record.layers
    return None


def answer(model: str, fitted: Fitted) -> dict[str, Any]:
    """The object of `--json`; docs/json.md describes it."""
    history, findings = fitted.history, fitted.findings
    return {
        "model": model,
        "verdict": described_verdict(fitted.verdict),
        "findings": None if findings is None else described_findings(findings),
        "epochs": history.to_dicts(),
        "best_epoch": history.best,
        "stopped": history.stopped,
        "layers": described_layers(history),
    }


def described_layers(history: History) -> list[dict[str, Any]]:
    """How each layer of the first network began and ended, for a program."""
    last = last_look(history)
    if not history.initial or last is None:
        return []
    return [
        {"number": number, "before": before._asdict(), "after": after._asdict()}
        for number, (before, after) in enumerate(zip(history.initial, last[1], strict=True), 1)
    ]
