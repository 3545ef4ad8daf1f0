"""`helder train`: from a file to a trained network, its score, and a model file."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from typing import Any

import click

from helder import store
from helder.cli import INTERRUPTED, screen
from helder.cli.described import (
    described_left_out,
    described_notes,
    file_line,
    left_out_lines,
    notes_lines,
)
from helder.cli.options import Tried, Units, answering, listed, overwritten, read, reading
from helder.cli.progress import progress
from helder.cli.scored import confusion_lines, described_score, score_lines
from helder.core.activations import activation_named
from helder.errors import HelderError
from helder.learn.folds import FoldHistory
from helder.model import Choices, Fitted, Prepared, Question, fit, most_epochs, prepare
from helder.model.deadline import Deadline
from helder.model.recipes import RECIPES, Strong
from helder.model.scores import metric_named
from helder.model.tuning import SECONDS
from helder.table import Note, Table, marks_of
from helder.table.contents import shown_path
from helder.text import aligned, say


@click.command(short_help="Data, training, score, model file.")
@click.argument("file", metavar="FILE")
@click.option("--target", required=True, metavar="COLUMN", help="The column to predict.")
@click.option("--test", "test_file", metavar="FILE", help="Rows to score on, of a file apart.")
@click.option("--model", "model_file", metavar="OUT", help="Where the model goes.")
@click.option(
    "--task",
    type=click.Choice(["classification", "regression"]),
    help="Classes or a number; by default seen from the column.",
)
@click.option(
    "--recipe",
    type=click.Choice(list(RECIPES)),
    default=Question.recipe,
    help="What follows from the rows where you do not choose.",
)
@click.option(
    "--hidden",
    type=Units(),
    help="Units of the hidden layers, such as 64,64; none: a linear model.",
)
@click.option("--activation", metavar="NAME", help="Of the hidden layers.")
@click.option("--epochs", type=click.IntRange(1), help="How often to go through the rows, at most.")
@click.option(
    "--learning-rate", type=click.FloatRange(0, min_open=True), help="The size of a step."
)
@click.option("--batch-size", type=click.IntRange(1), help="Rows per update.")
@click.option(
    "--folds",
    type=click.IntRange(2),
    metavar="K",
    help=f"Cross-validate: K networks, all scored; {Strong.folds} for strong, none for plain.",
)
@click.option(
    "--try",
    "tries",
    type=Tried(),
    multiple=True,
    help="Train with each of these, and keep the best; may be given for several names.",
)
@click.option(
    "--tune", is_flag=True, help="Try what differs from the recipe, and keep the best few."
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    metavar="S",
    help=f"Be done in so many seconds; {SECONDS:g} with --tune.",
)
@click.option(
    "--metric",
    metavar="NAME",
    help="The score, which chooses the epoch: accuracy, f1, auc, mae, ...",
)
@click.option("--weights", metavar="COLUMN", help="What each row counts.")
@click.option("--groups", metavar="COLUMN", help="Keep each group's rows on one side.")
@click.option("--time", "time_column", metavar="COLUMN", help="Score on the latest rows.")
@listed("--drop", help="Columns not to use.")
@listed("--keep", help="Columns to use though they look useless.")
@listed("--category", help="Columns to read as categories.")
@listed("--classes", help="The classes in an order of your own.")
@click.option("--bins", metavar="TEXT", help='Cut a number into classes: "bad<4<=medium<8<=good".')
@click.option(
    "--seed", type=click.IntRange(0), default=0, help="Where every random draw comes from."
)
@reading
@answering
def train(**given: Any) -> int:
    """Trains a network on FILE, scores it on rows it has not seen, and writes the model."""
    path = Path(given["model_file"] or f"{Path(os.path.abspath(given['file'])).stem}.helder")
    overwritten(str(path), given["file"], given["test_file"])
    check_place(path)
    asked, chosen = question(given), choices(given)
    deadline = Deadline.after(chosen.seconds)
    marks = given["sep"], given["decimal"], given["thousands"]
    table, tests = read(given["file"], *marks), None
    if given["test_file"] is not None:
        tests = read(given["test_file"], *marks, like=marks_of(table))
    quiet = given["quiet"] or given["as_json"]
    prepared = prepare(table, asked, tests)
    metric_named(chosen.metric, prepared.target.task)  # before anything is printed
    screen.print_lines(understood(table, prepared), quiet=quiet)
    started = time.perf_counter()
    with progress(most_epochs(prepared, chosen), quiet=given["quiet"]) as listener:
        fitted = fit(prepared, chosen, listener, deadline)
    seconds = time.perf_counter() - started
    interrupted = fitted.history.stopped == "interrupted" or fitted.scores.linear is None
    replaced = path.exists()
    store.save(fitted, path)
    if given["as_json"]:
        screen.print_json(answer(prepared, fitted, seconds, path))
    lines = outcome(fitted, seconds)
    key = "cli.model_replaced" if replaced else "cli.model_written"
    screen.print_lines([*lines, "", say(key, path=screen.harmless(path, 200))], quiet=quiet)
    return INTERRUPTED if interrupted else 0


def check_place(path: Path) -> None:
    """Where the model shall go, before any work is done for it."""
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        what = "is a folder" if path.is_dir() else "cannot be written there"
        raise HelderError(
            f"the model file {what}", hint="choose with --model", where=shown_path(str(path))
        )


def question(given: dict[str, Any]) -> Question:
    """What is asked of the table."""
    return Question(
        target=given["target"],
        task=given["task"],
        classes=given["classes"] or None,
        bins=given["bins"],
        weights=given["weights"],
        groups=given["groups"],
        time=given["time_column"],
        drop=given["drop"],
        keep=given["keep"],
        category=given["category"],
        folds=given["folds"],
        recipe=given["recipe"],
        seed=given["seed"],
    )


def choices(given: dict[str, Any]) -> Choices:
    """What is chosen about the network; the rest is left to the recipe."""
    names = (
        "hidden",
        "activation",
        "epochs",
        "learning_rate",
        "batch_size",
        "metric",
        "seed",
        "tries",
        "time_limit",
        "tune",
    )
    return Choices(**{name: given[name] for name in names if given[name] is not None})


def understood(table: Table, prepared: Prepared) -> list[str]:
    """What was understood of the file."""
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
    inputs = say("cli.inputs", columns=len(prepared.plan.columns), kinds=counted)
    lines += [inputs, *left_out_lines(prepared.left_out)]
    return [*lines, *notes_lines(prepared.notes), ""]


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
    notes += [Note("shortened", sentence) for sentence in fitted.shortened]
    if fitted.scores.linear is None:
        notes.append(Note("no_linear", say("model.no_linear")))
    return notes


def answer(prepared: Prepared, fitted: Fitted, seconds: float, path: Path) -> dict[str, Any]:
    """The object of `--json`; docs/json.md describes it."""
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
        "notes": described_notes([*prepared.notes, *training_notes(fitted)]),
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
        "model": str(path),
    }
