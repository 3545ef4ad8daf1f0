"""Scores a fitted network on rows of another file whose target is known."""

from __future__ import annotations

from dataclasses import dataclass

from helder.errors import shown
from helder.model.fitted import Fitted, predicted
from helder.model.preparing import labelled_rows
from helder.model.scores import Judgement, judged, metric_named
from helder.table import LeftOut, Note, Table, data_hash
from helder.text import say


@dataclass(frozen=True)
class Evaluation:
    """How good a network is on the rows of a file.

    Attributes:
        judgement: The scores.
        left_out: Rows without a target, which give no score.
        notes: What a person should know about the file.
    """

    judgement: Judgement
    left_out: tuple[LeftOut, ...]
    notes: tuple[Note, ...]


def evaluate(fitted: Fitted, table: Table) -> Evaluation:
    """Scores the network by the metric that it was trained with.

    Raises:
        DataError: A column or the target is missing, or a cell or label does not fit; or the model
            predicts several columns.
    """
    fitted.check_one_column()
    weights = fitted.weights if fitted.weights in table.cells else None
    rows, left_out, notes = labelled_rows(table, fitted.plan, fitted.target, weights)
    if fitted.weights is not None:
        key = "weighted" if weights else "unweighted"
        notes = (Note(key, say(f"model.{key}", name=shown(fitted.weights))), *notes)
    if data_hash(table) == fitted.data_hash:
        notes = (Note("trained_on", say("model.trained_on")), *notes)
    metric = metric_named(fitted.scores.test.score.metric, fitted.target.task)
    p = predicted(fitted.net, rows.X, fitted.scale)
    decided = None if fitted.classes is None else fitted.decision.codes(p)
    judgement = judged(metric, rows.y, p, rows.weights, fitted.seed, decided)
    return Evaluation(judgement, left_out, notes)
