"""`helder train`: from a file to a trained network, its score, and a model file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from helder.cli.judged import LEVELS, NONE, USUAL
from helder.cli.options import Tried, Units, answering, listed, overwritten, read, reading
from helder.cli.session import Session
from helder.errors import HelderError
from helder.model import Choices, Question, prepare
from helder.model.deadline import Deadline
from helder.model.recipes import RECIPES, Strong
from helder.model.scores import metric_named
from helder.model.tuning import SECONDS
from helder.table import marks_of
from helder.table.contents import shown_path

MOST_KEPT = 10_000  # rows that a model file is to hold


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
@click.option(
    "--verdict",
    "level",
    type=click.Choice(LEVELS),
    default=USUAL,
    help="Is there anything to learn, what went wrong, what would help; quick by default.",
)
@click.option("--fix", is_flag=True, help="Train again with the first thing to try, if any.")
@click.option(
    "--keep-rows",
    type=click.IntRange(1, MOST_KEPT),
    metavar="N",
    help="Keep N rows of FILE in the model, as they are written.",
)
@reading
@answering
def train(**given: Any) -> int:
    """Trains a network on FILE, scores it on rows it has not seen, and writes the model."""
    path = Path(given["model_file"] or f"{Path(os.path.abspath(given['file'])).stem}.helder")
    overwritten(str(path), given["file"], given["test_file"])
    check_place(path)
    check_fix(given)
    asked, chosen = question(given), choices(given)
    deadline = Deadline.after(chosen.seconds)
    marks = given["sep"], given["decimal"], given["thousands"]
    table, tests = read(given["file"], *marks), None
    if given["test_file"] is not None:
        tests = read(given["test_file"], *marks, like=marks_of(table))
    prepared = prepare(table, asked, tests)
    metric_named(chosen.metric, prepared.target.task)  # before anything is printed
    session = Session(
        table=table,
        tests=tests,
        asked=asked,
        prepared=prepared,
        path=path,
        level=given["level"],
        deadline=deadline,
        quiet=given["quiet"],
        as_json=given["as_json"],
    )
    return session.run(chosen, fix=given["fix"], keep_rows=given["keep_rows"])


def check_fix(given: dict[str, Any]) -> None:
    """Raises UsageError where there is nobody who could say what to try."""
    for other, is_there in (("--verdict none", given["level"] == NONE), ("--tune", given["tune"])):
        if given["fix"] and is_there:
            raise click.UsageError(f"--fix does what the doctor says, and goes without {other}")


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
