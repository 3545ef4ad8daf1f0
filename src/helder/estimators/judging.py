"""What an estimator says of its data and training: findings of its fit, and a verdict if asked."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from helder.engine import Rows
from helder.errors import ArgumentError, DataError
from helder.estimators.checks import numbers_of, order_of
from helder.estimators.saving import scores
from helder.estimators.targets import Classes, Numbers, Target
from helder.model.finding import Finding
from helder.model.problem import Problem
from helder.model.scores import metric_named
from helder.model.verdict import Verdict
from helder.table import Table, describe_frame, read_target, table_of
from helder.table.frames import frame_in
from helder.typing import Array

if TYPE_CHECKING:
    from helder.estimators.base import TabularMLP
    from helder.glass.judging import Case

ONE_COLUMN = "a verdict is about one column that is predicted"


class Judged:
    """Findings and the verdict of a fitted estimator.

    Attributes:
        findings_: What the doctor saw in the frame and in the training of the last fit.
        verdict_: The last verdict; None where nobody asked since the last fit.
    """

    findings_: tuple[Finding, ...]
    verdict_: Verdict | None

    def verdict(
        self: Any,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        times: Any = None,
        full: bool = False,
    ) -> Verdict:
        """Whether there is anything to learn in these rows, and what would help.

        A small network of its own learns them, and the same rows with shuffled labels. For the
        rows, weights, groups and times of the last `fit` it also says which columns the estimator
        goes by; of others it cannot know whether its networks have learnt from them.

        Args:
            X, y, sample_weight: Rows as `fit` takes them.
            groups: Rows of one group belong together, (N,).
            times: When each row was, (N,).
            full: Whether to find out too what more rows and other sizes would gain, and which
                labels may be wrong; that trains networks again, for several times as long as `fit`.

        Returns:
            The verdict, which `save` keeps as well: `verdict_` has the last one.

        Raises:
            NotFittedError: It has not been fitted.
            ArgumentError: Several columns are predicted, or y has what no row of `fit` had.
            DataError: X cannot be read, or the rows are of one group alone, or one time.

        Example:
            print(model.verdict(frame, labels).sentence)
        """
        from helder.glass.judging import judge

        check_is_fitted(self)
        if self.n_outputs_ > 1 and not isinstance(self._target, Classes):
            raise ArgumentError(ONE_COLUMN, got=f"{self.n_outputs_} columns")
        case = case_of(self, X, y, sample_weight, groups=groups, times=times)
        self.verdict_ = judge(case, full=full)
        return self.verdict_


def case_of(model: TabularMLP, X: Any, y: Any, sample_weight: Any, **together: Any) -> Case:
    """What a verdict is about: the rows, and what the networks said of them out of fold."""
    from helder.glass.judging import Case

    problem, y, weights = model._rows_again(X, y, sample_weight)
    known, target = model._learnt is not None, model._target
    divided = model._divided(problem, y, weights, model._seed, **together)
    whole = known and model._learnt == fingerprint(divided)
    folds = divided.folds if whole else ()
    out_of_fold = getattr(model, model._oof) if folds else None
    groups, times = together["groups"], together["times"]
    return Case(
        problem=replace(problem, folds=folds),
        recipe=model._recipe(),
        net=model.net_,
        columns=model.plan_.inputs_of,
        metric=target.metric(metric_named(model.metric, model._task)),
        seed=model._seed,
        unlearnt=Rows(problem.rows.X, truth(target, y), weights) if folds else None,
        groups=None if groups is None else numbers_of(groups),
        times=None if times is None else order_of(times),
        scale=target.scales[0] if isinstance(target, Numbers) else None,
        out_of_fold=None if out_of_fold is None else out_of_fold.reshape(len(y), -1),
        classes=tuple(target.classes.tolist()) if isinstance(target, Classes) else None,
    )


def truth(target: Target, y: Array) -> Array:
    """Class numbers or numbers, (N,)."""
    if isinstance(target, Classes):
        return target.codes(y)
    return np.asarray(y, float).reshape(len(y))


def fingerprint(problem: Problem) -> str:
    """What tells the rows and folds of one problem from those of another."""
    digest = hashlib.blake2b()
    rows = problem.rows
    for array in (rows.X, rows.y, rows.weights, *(fold.held_out for fold in problem.folds)):
        digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def found_in_data(X: Any, y: Any, name: str, task: str) -> tuple[Finding, ...]:
    """What stands out in a data frame and its target; nothing of what has no named columns.

    Args:
        X, y: As `fit` takes them; a y of several columns is not looked at.
        name: What the target is called.
        task: "classification" or "regression".
    """
    from helder.glass.doctor.data import findings_in

    if frame_in(X) is None:
        return ()
    table = table_of(X)
    columns = describe_frame(table)
    values = np.asarray(y)
    if values.ndim > 1 or name in table.names:
        return findings_in(table, columns)
    whole = with_column(table, name, values)
    try:
        return findings_in(whole, columns, read_target(whole, name, task=task).plan)
    except DataError:  # such as a single class: there is no target to look at
        return findings_in(table, columns)


def with_column(table: Table, name: str, values: Array) -> Table:
    """The table with another column."""
    import polars as pl

    numeric = values.dtype.kind in "iuf"
    cells = pl.Series(name, values.astype(float) if numeric else [str(one) for one in values])
    return replace(table, names=(*table.names, name), cells={**table.cells, name: cells})


def found_in_training(model: TabularMLP, problem: Problem, rows: int) -> tuple[Finding, ...]:
    """What the doctor sees in the training of the networks that the model has.

    Args:
        model: The estimator, fitted.
        problem: What they learnt.
        rows: How many rows gave its score.
    """
    from helder.glass.doctor.training import begun, diagnosed, done

    training = replace(
        begun(problem, model._recipe()),
        architecture=model.net_.architecture,
    )
    return diagnosed(done(training, model.history_, scores(model, rows)))
