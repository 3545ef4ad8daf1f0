"""How scores look: the network beside guessing and the linear model, and the confusion table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from helder.cli import screen
from helder.model import Fitted, Judgement, Score
from helder.model.scores import imbalanced
from helder.text import aligned, say
from helder.typing import Integers

MOST_CLASSES = 12  # of a confusion table that still fits a screen


def network_row(judgement: Judgement) -> tuple[str, str, str]:
    """The network's score with its interval, as a line's cells."""
    score = judgement.score
    value = screen.measured(score.metric, score.value)
    return say("cli.this_network"), value, interval(score)


def score_lines(fitted: Fitted) -> list[str]:
    """The score on unseen rows beside what it has to beat."""
    scores, metric = fitted.scores, fitted.scores.test.score.metric
    rows = [network_row(scores.test)]
    if scores.linear is not None:
        rows.append((say("cli.linear_model"), screen.measured(metric, scores.linear), ""))
    right = metric in screen.PERCENT  # counts right answers, so that guessing names one class
    kind = "mean" if fitted.classes is None else "class" if right else "shares"
    guess = say(f"cli.guess_{kind}")
    rows.append((guess, screen.measured(metric, scores.guess), ""))
    of = "out_of_fold" if scores.cv is scores.test else "unseen"
    lines = [*titled(of, scores.test, rows), *beside_lines(scores.test)]
    if scores.cv is None or scores.cv is scores.test:
        return lines
    return [*lines, "", *titled("out_of_fold", scores.cv, [network_row(scores.cv)])]


def judgement_lines(judgement: Judgement) -> list[str]:
    """The score on the rows of a file."""
    return [*titled("of_file", judgement, [network_row(judgement)]), *beside_lines(judgement)]


def titled(of: str, judgement: Judgement, rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Scores under a line that says what they are of."""
    name = screen.metric_called(judgement.score.metric)
    title = say(f"cli.score_{of}", metric=name, rows=judgement.rows)
    return [screen.heading(title), *screen.indented(aligned(rows, frozenset({1})))]


def beside_lines(judgement: Judgement) -> list[str]:
    """Other metrics, where the headline alone says too little."""
    if judgement.score.metric == "accuracy" and not is_imbalanced(judgement.confusion):
        return []
    also = ", ".join(
        f"{screen.metric_called(other)} {screen.measured(other, value)}"
        for other, value in judgement.beside.items()
    )
    return [f"  {say('cli.also')} {also}"]


def is_imbalanced(confusion: Integers | None) -> bool:
    """Whether the scored classes differ so much in size that accuracy alone says too little."""
    return confusion is not None and imbalanced(confusion.sum(axis=1))


def interval(score: Score) -> str:
    """The 95 % interval in words."""
    low, high = screen.measured(score.metric, score.low), screen.measured(score.metric, score.high)
    return say("cli.interval", low=low.removesuffix(" %"), high=high)


def confusion_lines(confusion: Integers, classes: Sequence[str]) -> list[str]:
    """The confusion table: a row per true class, a column per predicted one."""
    if len(classes) > MOST_CLASSES:
        return [say("cli.confusion_too_large", count=len(classes))]
    names = [screen.harmless(name, 14) for name in classes]
    rows = [("", *names)]
    for name, counts in zip(names, confusion, strict=True):
        rows.append((name, *(f"{count:,}" for count in counts)))
    right = frozenset(range(1, len(classes) + 1))
    return [screen.heading(say("cli.confusion")), *screen.indented(aligned(rows, right))]


def described_score(score: Score) -> dict[str, Any]:
    """A score for a program."""
    return asdict(score)


def per_class(confusion: Integers, classes: Sequence[str]) -> list[dict[str, Any]]:
    """Rows, recall, precision and F1 of every class."""
    right = np.diag(confusion)
    rows, taken = confusion.sum(axis=1), confusion.sum(axis=0)
    return [
        {
            "name": name,
            "rows": int(rows[label]),
            "recall": share(right[label], rows[label]),
            "precision": share(right[label], taken[label]),
            "f1": share(2 * right[label], rows[label] + taken[label]),
        }
        for label, name in enumerate(classes)
    ]


def share(part: int, whole: int) -> float | None:
    """A share, or None where there is nothing to share."""
    return float(part / whole) if whole else None
