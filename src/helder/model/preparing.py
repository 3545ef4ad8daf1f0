"""From a table to the rows that train, the rows that choose the epoch, and the rows that test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from helder.core.losses import CategoricalCrossEntropy, Loss, MeanSquaredError
from helder.errors import ArgumentError, DataError, pick, shown
from helder.learn import Rows
from helder.learn.folds import Fold
from helder.learn.judging import Judge
from helder.model.judging import judge_by
from helder.model.problem import Problem, folds_for
from helder.model.recipes import RECIPES, Recipe
from helder.model.scale import Scale
from helder.model.scores import Metric
from helder.model.splitting import (
    TEST_SHARE,
    Split,
    check_enough,
    folds_of,
    latest,
    shared_out,
    split_at_random,
    split_by_class,
    split_by_group,
    split_by_time,
)
from helder.table import (
    Column,
    LeftOut,
    Note,
    Table,
    TablePlan,
    Target,
    TargetPlan,
    data_hash,
    describe_columns,
    group_notes,
    read_groups,
    read_target,
    read_time,
    read_weights,
    unknown_column,
)
from helder.text import say
from helder.typing import Floats, Integers


@dataclass(frozen=True)
class Question:
    """What a person asks of a table.

    Args:
        target: The column to predict.
        task: "classification" or "regression"; None to see from the column.
        classes: The classes in an order of the person's own; None for sorted.
        bins: Thresholds that cut a numeric target into classes: "bad<4<=medium<8<=good".
        weights: A column that says what each row counts.
        groups: A column whose groups stay on one side of every split.
        time: A column to hold out the latest rows by.
        drop, keep, category: Columns to leave out, to use all the same, to read as categories.
        folds: How many folds to cross-validate with; None to leave it to the recipe.
        recipe: What the rows are prepared for, "strong" or "plain".
        seed: Where the split comes from.
    """

    target: str
    task: str | None = None
    classes: tuple[str, ...] | None = None
    bins: str | None = None
    weights: str | None = None
    groups: str | None = None
    time: str | None = None
    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    folds: int | None = None
    recipe: str = "strong"
    seed: int = 0

    def __post_init__(self) -> None:
        pick(self.recipe, RECIPES, "recipe")
        for option, names in (("--drop", self.drop), ("--keep", self.keep)):
            if self.target in names:
                raise ArgumentError(
                    "the target is no input, so it is neither dropped nor kept",
                    got=self.target,
                    accepted=f"other columns after {option}",
                )
        if self.groups is not None and self.time is not None:
            raise ArgumentError(
                "rows are held out by groups or by time, not by both",
                accepted="--groups or --time",
            )
        given = [self.target, self.weights, self.groups, self.time]
        for name in (name for name in given if name is not None):
            if given.count(name) > 1:
                raise ArgumentError(
                    "one column cannot have two roles",
                    got=name,
                    accepted="a column each for --target, --weights, --groups and --time",
                )

    @property
    def roles(self) -> dict[str, str]:
        """The columns that are no inputs, and what they are instead."""
        named = {
            self.target: "target",
            self.weights: "weights",
            self.groups: "groups",
            self.time: "time",
        }
        return {name: role for name, role in named.items() if name is not None}


@dataclass(frozen=True)
class Prepared:
    """A table made ready to learn from.

    Attributes:
        target: What is predicted.
        columns: What each column holds.
        plan: How the columns become inputs.
        train, stop, test: The rows; their y holds class numbers (N,) or numbers (N,). With folds
            none choose, and only the latest rows or those of another file test.
        folds: The folds of the training rows; none where rows are held out once.
        left_out: Every column and row that is not used.
        notes: What a person should know.
        data_hash: The SHA-256 of the table.
        recipe: What the rows are prepared for.
        numbers: The number in the table, counted from 1, of each row that trains, (N,).
        weights: The column that says what each row counts; None where all count alike.
    """

    target: TargetPlan
    columns: tuple[Column, ...]
    plan: TablePlan
    train: Rows
    stop: Rows
    test: Rows
    folds: tuple[Fold, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Note, ...]
    data_hash: str
    recipe: str
    numbers: Integers
    weights: str | None = None

    @cached_property
    def scale(self) -> Scale | None:
        """The scale of a numeric target over the training rows."""
        if self.target.classes:
            return None
        clamps = RECIPES[self.recipe].clamps
        return Scale.of(self.train.y, self.train.weights, clamps=clamps)

    @cached_property
    def problem(self) -> Problem:
        """What networks have to learn, and from which rows."""
        loss = CategoricalCrossEntropy() if self.target.classes else MeanSquaredError()
        stop = self._encoded(self.stop, loss) if len(self.stop) else None
        train = self._encoded(self.train, loss)
        return Problem(train, loss, self.plan.layout, self.folds, stop)

    def judge(self, metric: Metric) -> Judge:
        """The judge of epochs that goes by the metric, in the target's own units."""
        if (scale := self.scale) is None:
            return judge_by(metric, lambda y: np.argmax(y, axis=1), self.problem.loss.link)

        bare = scale._replace(limits=None)  # the truth knows no limits
        return judge_by(metric, lambda y: bare.in_units(y[:, 0]), lambda z: scale.in_units(z[:, 0]))

    def _encoded(self, rows: Rows, loss: Loss) -> Rows:
        """The rows with targets as the loss wants them; weights that are all zero count alike."""
        classes, scale = self.target.classes, self.scale
        y = rows.y if scale is None else scale.standardised(rows.y)
        target = loss.target(y, len(classes) if classes else 1).astype(np.float32)  # (N, n_out)
        counted = rows.weights if rows.weights.any() else np.ones(len(rows))
        return Rows(rows.X, target, counted.astype(np.float32))


def prepare(table: Table, question: Question, test_table: Table | None = None) -> Prepared:
    """Reads target and columns, divides the rows, and turns them into inputs.

    Args:
        table: The rows to learn from, and to test on where there is no other table.
        question: What to predict, and how.
        test_table: Rows to test on.

    Raises:
        DataError, ArgumentError: What is wrong with the table or the question.
    """
    check_roles(table, question)
    target = read_target(
        table, question.target, task=question.task, classes=question.classes, bins=question.bins
    )
    columns = describe_columns(
        table,
        categories=question.category,
        keep=question.keep,
        drop=question.drop,
        roles=question.roles,
    )
    recipe = RECIPES[question.recipe]
    test_share = TEST_SHARE if test_table is None else 0.0
    if question.folds or recipe.folds:
        folds, split = in_folds(table, target, question, recipe, test_share)
    else:
        folds, split = (), divided(table, target, question, test_share)
    plan = TablePlan.fit(table, columns, target.rows[split.train], recipe.steps)
    train, stop, test = parts(table, target, plan, split, question.weights)
    left_out, notes = plan.left_out + target.left_out, table.notes + target.notes + split.notes
    notes += tuple(said for column in columns for said in column.notes) + plan.notes
    if question.groups is not None:
        notes += group_notes(table, question.groups)
    if question.weights is not None:
        notes += (Note("weighted", say("model.weighted", name=shown(question.weights))),)
    if test_table is not None:
        test, gone, more = labelled_rows(test_table, plan, target.plan, question.weights)
        left_out, notes = left_out + gone, notes + more
        if data_hash(test_table) == data_hash(table):
            notes += (Note("tested_on_training", say("model.tested_on_training")),)
    check_weights(table, question, train, test)
    return Prepared(
        target=target.plan,
        columns=columns,
        plan=plan,
        train=train,
        stop=stop,
        test=test,
        folds=folds,
        left_out=left_out,
        notes=notes,
        data_hash=data_hash(table),
        recipe=question.recipe,
        numbers=target.rows[split.train] + 1,
        weights=question.weights,
    )


def check_roles(table: Table, question: Question) -> None:
    """Every column that is asked for is there; the option that named it is said."""
    for name, role in question.roles.items():
        if name not in table.cells:
            what = "the target" if role == "target" else f"the column of --{role}"
            raise unknown_column(table, name, what)


def check_weights(table: Table, question: Question, train: Rows, test: Rows) -> None:
    """Some row trains, and some row gives the score."""
    for rows, what in ((train, "train"), (test, "give the score")):
        if len(rows) and not rows.weights.any():
            raise DataError(
                f"all rows that shall {what} have weight zero",
                hint="--seed S draws other rows; rows that count nothing may be taken out",
                where=table.place(None, question.weights),
            )


def parts(
    table: Table, target: Target, plan: TablePlan, split: Split, weights: str | None
) -> list[Rows]:
    """The rows that train, stop and test, as inputs, targets and weights."""
    used = table.take(target.rows)
    X, counted = plan.transform(used), weights_of(used, weights)
    return [
        Rows(X[rows], target.values[rows], counted[rows])
        for rows in (split.train, split.stop, split.test)
    ]


def divided(table: Table, target: Target, question: Question, test: float) -> Split:
    """The split that the question asks for; its row numbers count the rows with a target."""
    if question.time is not None:
        return split_by_time(read_time(table, question.time)[target.rows], test)
    if question.groups is not None:
        groups = read_groups(table, question.groups)[target.rows]
        return split_by_group(groups, test, question.seed)
    if target.classes is None:
        return split_at_random(len(target.rows), test, question.seed)
    return split_by_class(target.values, target.classes, test, question.seed)


def in_folds(
    table: Table, target: Target, question: Question, recipe: Recipe, test: float
) -> tuple[tuple[Fold, ...], Split]:
    """The folds of the rows that train, which are all but the latest where time divides them.

    A number of folds that a person asked for is kept; the recipe's own is the most there are.
    """
    rows, K = len(target.rows), question.folds or recipe.folds or 0
    check_enough(rows)
    train: Integers = np.arange(rows)
    none = tested = train[:0]
    folds: Sequence[Fold]
    deal = folds_of if question.folds else folds_for
    if question.time is not None:
        time = read_time(table, question.time)[target.rows]
        train, tested = map(np.sort, latest(time, test))
        folds = deal(len(train), K, question.seed, times=time[train])
        how = "latest" if len(tested) else "time"
    elif question.groups is not None:
        groups = read_groups(table, question.groups)[target.rows]
        how, folds = "grouped", deal(rows, K, question.seed, groups=groups)
    else:
        how = "random" if target.classes is None else "stratified"
        strata = None if target.classes is None else target.values
        strata = shared_out(strata, weights_of(table.take(target.rows), question.weights))
        folds = deal(rows, K, question.seed, strata=strata)
    counts = {"folds": len(folds), "train": len(train), "test": len(tested)}
    note = Note(f"folds_{how}", say(f"model.folds_{how}", **counts))
    return tuple(folds), Split(train, none, tested, (note,))


def labelled_rows(
    table: Table, plan: TablePlan, target: TargetPlan, weights: str | None
) -> tuple[Rows, tuple[LeftOut, ...], tuple[Note, ...]]:
    """Labelled rows of another file, by the same plan; what was left out, and what was new.

    Raises:
        DataError: A column is missing, a cell or label does not fit, or no row has a target.
    """
    y, rows = target.encode(table)
    if not len(rows):
        raise DataError(
            "no row has a target to score against", where=table.place(None, target.name)
        )
    left_out: tuple[LeftOut, ...] = ()
    if len(rows) < table.rows:
        why = say("table.no_target")
        left_out = (LeftOut("row", target.name, table.rows - len(rows), why),)
    used = table.take(rows)
    found = Rows(plan.transform(used), y, weights_of(used, weights))
    return found, left_out, table.notes + plan.unseen(used)


def weights_of(table: Table, column: str | None) -> Floats:
    """What each row counts, (N,); all alike where no column says so."""
    return np.ones(table.rows) if column is None else read_weights(table, column)
