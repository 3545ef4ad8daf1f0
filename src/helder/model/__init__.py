"""The fitted thing: from a prepared table to a network with an honest score."""

from helder.model.choices import Choices
from helder.model.evaluating import Evaluation, evaluate
from helder.model.fitted import Fitted, Scores, predicted
from helder.model.fitting import fit, most_epochs
from helder.model.preparing import Prepared, Question, labelled_rows, prepare
from helder.model.scores import METRICS, Judgement, Score
from helder.model.trace import Trace

__all__ = [
    "METRICS",
    "Choices",
    "Evaluation",
    "Fitted",
    "Judgement",
    "Prepared",
    "Question",
    "Score",
    "Scores",
    "Trace",
    "evaluate",
    "fit",
    "labelled_rows",
    "most_epochs",
    "predicted",
    "prepare",
]
