"""What `helder train` says: what it understood, the network and its score; and its JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from helder.cli import screen
from helder.cli.described import (
    described_left_out,
    described_notes,
    file_line,
    left_out_lines,
    notes_lines,
)
from helder.cli.found import described_findings, told_lines
from helder.cli.scored import confusion_lines, described_score, score_lines
from helder.cli.verdicts import described_verdict
from helder.core.activations import activation_named
from helder.glass.doctor.data import untold
from helder.learn.folds import FoldHistory
from helder.learn.history import DONE
from helder.model import Fitted, Prepared
from helder.model.deadline import TIME_IS_UP
from helder.model.finding import Finding
from helder.table import Note, Table
from helder.text import Count, aligned, say


def understood(table: Table, prepared: Prepared, findings: Sequence[Finding] | None) -> list[str]:
    """What was understood of the file, and what was found in it, where somebody looked."""
    target, name = prepared.target, screen.harmless(prepared.target.name)
    kinds: dict[str, int] = {}
    for step in prepared.plan.columns:
        kinds[step.kind] = kinds.get(step.kind, 0) + 1
    counted = ", ".join(f"{count} {say(f'cli.kind_{kind}')}" for kind, count in kinds.items())
    lines = [file_line(table)]
    if target.classes is None:
        lines.append(say("cli.predicts_number", name=name))
    else:
        classes = ", ".join(screen.harmless(label, 20) for label in target.classes[:10])
        more = ", ..." if len(target.classes) > 10 else ""
        lines.append(say("cli.predicts_classes", name=name, classes=classes + more))
    inputs = say("cli.inputs", columns=Count(len(prepared.plan.columns)), kinds=counted)
    lines += [inputs, *left_out_lines(prepared.left_out)]
    lines += notes_lines(prepared.notes if findings is None else untold(prepared.notes))
    return [*lines, *told_lines(findings or ()), ""]


def outcome(fitted: Fitted, seconds: float) -> list[str]:
    """The network, its training and its score."""
    history, epochs = fitted.history, len(fitted.history)
    trained = say("cli.trained", epochs=epochs, best=history.best, seconds=seconds)
    if isinstance(history, FoldHistory):
        chosen = history.chosen
        trained = say(
            "cli.trained_folds",
            epochs=epochs,
            networks=len(chosen),
            seconds=seconds,
            first=min(chosen),
            last=max(chosen),
        )
    lines = [screen.heading(say("cli.network"))]
    lines += [*screen.indented(str(fitted.net.architecture).splitlines()), "", trained]
    lines += [said.sentence for said in training_notes(fitted)]
    lines += trial_lines(fitted)
    lines += ["", *score_lines(fitted)]
    confusion = fitted.scores.test.confusion
    if confusion is not None and fitted.classes is not None:
        lines += ["", *confusion_lines(confusion, fitted.classes)]
    return lines


def trial_lines(fitted: Fitted) -> list[str]:
    """What was tried, and what came of it."""
    if not fitted.trials:
        return []
    rows = [
        [
            ", ".join(f"{name} {value:g}" for name, value in trial.values.items())
            or say("cli.trial_recipe"),
            say("cli.trial_loss", loss=trial.val_loss),
            say("cli.trial_kept", kept=trial.kept) if trial.kept else "",
        ]
        for trial in fitted.trials
    ]
    return ["", say("cli.tried"), *screen.indented(aligned(rows))]


def training_notes(fitted: Fitted) -> list[Note]:
    """What a person should know about how training ended."""
    stopped, epoch = fitted.history.stopped, len(fitted.history)
    notes = []
    if stopped == "not finite":
        notes.append(Note("not_finite", say("model.not_finite", epoch=epoch)))
    if stopped == "interrupted":
        notes.append(Note("interrupted", say("model.interrupted", epoch=epoch)))
    if stopped not in (*DONE, "interrupted", TIME_IS_UP):
        notes.append(Note("stopped", say("cli.stopped", epoch=epoch, why=stopped)))
    notes += [Note("shortened", sentence) for sentence in fitted.shortened]
    if fitted.scores.linear is None:
        notes.append(Note("no_linear", say("model.no_linear")))
    return notes


def answer(
    prepared: Prepared, fitted: Fitted, seconds: float, path: Path, notes: Sequence[Note]
) -> dict[str, Any]:
    """The object of `--json` but for what was tried again; docs/json.md describes it."""
    scores, architecture = fitted.scores, fitted.net.architecture
    classes = fitted.classes
    return {
        "task": fitted.target.task,
        "recipe": prepared.recipe,
        "target": fitted.target.name,
        "classes": None if classes is None else list(classes),
        "rows": scores.rows,
        "columns": [{"name": step.name, "kind": step.kind} for step in fitted.plan.columns],
        "left_out": described_left_out(prepared.left_out),
        "notes": described_notes([*prepared.notes, *training_notes(fitted), *notes]),
        "architecture": {
            "layer_sizes": architecture.layer_sizes,
            "activation": activation_named(architecture.activation).name,
            "parameters": int(fitted.net.parameters.values.shape[1]),
        },
        "epochs": len(fitted.history),
        "best_epoch": fitted.history.best,
        "stopped": fitted.history.stopped,
        "seconds": seconds,
        "score": described_score(scores.test.score),
        "cv_score": None if scores.cv is None else described_score(scores.cv.score),
        "beside": scores.test.beside,
        "baseline": {
            "largest_class": None if classes is None else scores.guess,
            "mean": scores.guess if classes is None else None,
            "linear": scores.linear,
        },
        "confusion": scores.test.confusion,
        "tried": [
            {
                "values": one.values,
                "val_loss": one.val_loss if math.isfinite(one.val_loss) else None,
                "kept": one.kept,
            }
            for one in fitted.trials
        ],
        "verdict": described_verdict(fitted.verdict),
        "findings": None if fitted.findings is None else described_findings(fitted.findings),
        "model": str(path),
    }
