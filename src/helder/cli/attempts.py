"""One training with the doctor at its side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from helder.cli.found import PROBLEM, told
from helder.cli.progress import Progress
from helder.errors import HelderError, NothingKeptError
from helder.glass.doctor.training import (
    Attending,
    Training,
    began,
    begun,
    diagnosed,
    done,
)
from helder.learn.history import Epoch
from helder.learn.watch import Listener
from helder.model import Choices, Fitted, Prepared, fit
from helder.model.deadline import Deadline
from helder.model.finding import Finding

LEAKS = ("target-in-a-column", "column-predicts-target", "same-rows-in-train-and-test")
NOT_FINITE = "not finite"


@dataclass(frozen=True, eq=False)
class Attempt:
    """A training that is over.

    Attributes:
        choices: What was chosen for it.
        fitted: What came of it; None where there was no network to keep.
        seconds: How long it took.
        training: What the doctor knows of it; None where there is no doctor.
        error: Why there is no network.
    """

    choices: Choices
    fitted: Fitted | None
    seconds: float
    training: Training | None = None
    error: HelderError | None = None

    def findings(self, signal: str | None = None) -> tuple[Finding, ...]:
        """What the doctor sees in it, given whether there is anything to learn."""
        if self.training is None:
            return ()
        return diagnosed(replace(self.training, signal=signal))

    @property
    def loss(self) -> float:
        """The smallest loss of the rows that choose the epoch; infinite without a network."""
        losses = [] if self.fitted is None else self.fitted.history.val_losses
        return min(losses, default=float("inf"))


def attempt(
    prepared: Prepared,
    chosen: Choices,
    deadline: Deadline,
    beside: Progress,
    data: Sequence[Finding] | None,
) -> Attempt:
    """Trains once; findings are told as they appear.

    Args:
        prepared, chosen, deadline: As `fit` takes them.
        beside: Whom to tell.
        data: What was found in the data; None where no doctor shall look.
    """
    started = time.perf_counter()
    if data is None:
        bare = fit(prepared, chosen, beside.listener, deadline)
        return Attempt(chosen, bare, time.perf_counter() - started)
    recipe = chosen.over(prepared.recipe)
    doctor = Attending(begun(prepared.problem, recipe), lambda seen: beside.tell(told(seen)))
    # Of several candidates a record is a mean: one that runs off must not end the others.
    alone = not (chosen.tries or chosen.tune)
    listener = both(doctor, beside.listener) if alone else beside.listener
    fitted: Fitted | None = None
    error = None
    try:
        fitted = fit(prepared, chosen, listener, deadline)
    except NothingKeptError as caught:
        error = caught
    if doctor.findings:
        beside.tell("")
    training = replace(doctor.training, leaks=leaks(data), classes=prepared.target.classes)
    if fitted is None:
        training = replace(training, stopped=NOT_FINITE)
    else:
        training = done(training, fitted.history, fitted.scores)
    if training.stopped == NOT_FINITE:
        place = began(prepared.problem, recipe, chosen.seed, len(training.records))
        training = replace(training, began=place)
    return Attempt(chosen, fitted, time.perf_counter() - started, training, error)


def both(first: Listener, second: Listener | None) -> Listener:
    """Two listeners as one; either may say that training shall end."""

    def heard(record: Epoch) -> str | None:
        said = first(record)
        also = None if second is None else second(record)
        return said or also

    return heard


def leaks(data: Sequence[Finding]) -> tuple[str, ...]:
    """The columns and tables that give the target away."""
    return tuple(found.where for found in data if found.rule in LEAKS and found.where)


def named(attempted: Attempt) -> HelderError:
    """The error of a training that left no network: its cause, where it began, what to try."""
    problems = [seen for seen in attempted.findings() if seen.level == PROBLEM]
    assert attempted.error is not None
    if not problems:
        return attempted.error
    first = problems[0]
    began = next((seen for seen in problems if seen.rule == "not-finite"), first)
    what = first.saw if began is first else f"{began.saw} {first.saw}"
    return NothingKeptError(f"{attempted.error.what}. {what}".rstrip("."), hint=first.try_first)
