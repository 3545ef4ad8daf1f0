"""The verdict of `helder train`: about what, in how much time, and what Ctrl-C leaves of it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import TypeVar

from helder.glass.judging import FULL, QUICK, SECONDS, Case, advice_on, signal_of
from helder.model import Choices, Fitted, Prepared, Question
from helder.model.deadline import Deadline
from helder.model.scores import metric_named
from helder.model.verdict import Verdict
from helder.table import Note, Table, read_groups, read_time
from helder.text import say

USUAL, THOROUGH, NONE = LEVELS = ("quick", "full", "none")
SHARE = 0.15  # of limited time is for the verdict, and no more seconds than these
LEAST = 0.5  # seconds with which something is begun
# How many times as long as training takes what trains networks again.
LASTS = {"rows": 2.0, "sizes": 4.0}


Made = TypeVar("Made")


def room_for(level: str, deadline: Deadline) -> float:
    """How many seconds of limited time training leaves for the verdict."""
    return 0.0 if level == NONE else min(SECONDS, SHARE * deadline.left)


class Judging:
    """The verdict as it is found out, as much of it as there is time for.

    Args:
        level: "quick", "full" or "none".
        deadline: When the whole command shall be done.

    Attributes:
        verdict: Whether there is anything to learn; None where nobody found out.
        left_out: What there was no time for: "signal", or what advice is about.
        interrupted: Whether Ctrl-C ended it.
    """

    def __init__(self, level: str, deadline: Deadline) -> None:
        self.full, self.deadline, self.spent = level == THOROUGH, deadline, 0.0
        self.verdict: Verdict | None = None
        self.left_out: list[str] = []
        self.interrupted = False

    def hear_signal(self, case: Case) -> None:
        """Finds out whether there is anything to learn."""
        if self.deadline.left < LEAST:
            self.left_out += ["signal", *(FULL if self.full else QUICK)]
        else:
            self.verdict = self.heard(lambda: signal_of(case, full=self.full))

    def hear_advice(self, case: Case, trained: float) -> None:
        """Finds out what would help; what does not fit in the time is left out.

        Args:
            case: What it is about.
            trained: How many seconds training took.
        """
        deadline = self.deadline
        if not self.full:
            soon = Deadline.after(max(max(SECONDS, trained) - self.spent, LEAST))
            deadline = min(deadline, soon, key=lambda one: one.left)
        if self.verdict is None:
            return
        for name, look in advice_on(self.verdict, full=self.full).items():
            if self.interrupted:
                return
            if deadline.left < max(LEAST / 2, LASTS.get(name, 0.0) * trained):
                self.left_out.append(name)
                continue
            found = self.heard(partial(look, case, deadline))
            if found is not None:
                advice = {**self.verdict.advice, name: found}
                self.verdict = replace(self.verdict, advice=advice)

    def heard(self, piece: Callable[[], Made]) -> Made | None:
        """What a piece of work makes; None where Ctrl-C came before it was done."""
        started, made = time.monotonic(), None
        with interruptible() as ctrl_c, suppress(KeyboardInterrupt):
            made = piece()
        self.spent += time.monotonic() - started
        self.interrupted |= ctrl_c.pressed
        return None if ctrl_c.pressed else made

    @property
    def notes(self) -> list[Note]:
        """What a person should know of how it went."""
        notes = []
        if self.interrupted:
            notes.append(Note("verdict_interrupted", say("cli.verdict_interrupted")))
        if self.left_out:
            what = ", ".join(say(f"cli.judged_{name}") for name in self.left_out)
            notes.append(Note("verdict_shortened", say("cli.verdict_shortened", what=what)))
        return notes


class CtrlC:
    """Whether Ctrl-C was pressed, also where somebody took it for the end of his own work."""

    pressed = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.pressed = True
        raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[CtrlC]:
    """Watches Ctrl-C inside."""
    ctrl_c = CtrlC()
    before = signal.signal(signal.SIGINT, ctrl_c)
    try:
        yield ctrl_c
    finally:
        signal.signal(signal.SIGINT, before)


def case_of(
    table: Table, question: Question, prepared: Prepared, chosen: Choices, fitted: Fitted | None
) -> Case:
    """What the verdict on rows, and on a fit where there is one, is about."""
    folds = prepared.folds if fitted is None else fitted.folds
    rows = prepared.numbers - 1
    groups, times = question.groups, question.time
    unlearnt = prepared.train if folds else prepared.test
    return Case(
        problem=replace(prepared.problem, folds=folds),
        recipe=chosen.over(prepared.recipe),
        net=None if fitted is None else fitted.net,
        columns=prepared.plan.inputs_of,
        metric=metric_named(chosen.metric, prepared.target.task),
        seed=chosen.seed,
        unlearnt=unlearnt if len(unlearnt) else None,
        groups=None if groups is None else read_groups(table, groups)[rows],
        times=None if times is None else read_time(table, times)[rows],
        scale=prepared.scale,
        out_of_fold=None if fitted is None else fitted.out_of_fold,
        classes=prepared.target.classes,
        numbers=prepared.numbers,
    )
