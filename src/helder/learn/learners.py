"""Networks under way: trained side by side, call after call, each until its watch says stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from helder.engine import Course, Engine, Patience, Task
from helder.learn.judging import Judge, judged
from helder.learn.looking import Inside, Look
from helder.learn.schedules import learning_rates
from helder.learn.settings import Settings
from helder.learn.watch import Watches

OPERATIONS = 1e9  # of one call: some 50 ms
STEP = 1e5  # operations that an update costs beside its products


class Learners:
    """Networks under way, call after call; one that has stopped costs nothing more.

    Args:
        tasks: What each network has to do.
        settings: How each of them learns.
        engine: What computes.
        judge: What chooses among the epochs; None for the loss of the held-out rows.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        settings: Sequence[Settings],
        engine: Engine,
        judge: Judge | None = None,
    ) -> None:
        self.tasks, self.engine, self.judge = tasks, engine, judge
        self.epochs = settings[0].epochs
        self.trainers = engine.trainers(tasks)
        self.rates = [
            learning_rates(one.learning_rate, one.schedule, one.epochs, task.updates_per_epoch)
            for task, one in zip(tasks, settings, strict=True)
        ]
        self.at_once = max(1, epochs_together(tasks[0]) // len(tasks))
        self.done = 0  # epochs
        self.inside = Inside(tasks[0], engine) if settings[0].look_inside else None

    @property
    def initial(self) -> Look:
        """The layers of the first network before training, where somebody looks."""
        return () if self.inside is None else self.inside.initial

    def train(self, watches: Watches) -> None:
        """Trains all networks until each one's watch has said why to stop."""
        watches.watches[0].history.initial = self.initial
        while watches.active and self.done < self.epochs:
            active = watches.active
            patience = [watches.watches[k].patience for k in active]
            courses = self.call(active, patience)
            for k, course in zip(active, courses, strict=True):
                rates = self.rates[k][self.done : self.done + self.at_once, -1]
                watches.watches[k].take(course, rates)
            watches.look(self.at_once)
            self.done += self.at_once
        watches.end("epochs")

    def call(self, active: Sequence[int], patience: Sequence[Patience | None]) -> list[Course]:
        """Some more epochs of these networks."""
        courses = self.engine.together(
            [self._job(k, until) for k, until in zip(active, patience, strict=True)]
        )
        if self.inside is not None and active[0] == 0:
            courses[0] = self.inside.into(courses[0])
        return courses

    def _job(self, k: int, patience: Patience | None) -> Callable[[], Course]:
        rates = self.rates[k][self.done : self.done + self.at_once]  # (epochs, updates)
        judge = self.judge
        if judge is None:
            return lambda: self.trainers[k].epochs(self.done, rates, patience)
        # The engine's patience is with the loss: whoever asks a judge is patient by himself.
        return lambda: judged(
            self.trainers[k].epochs(self.done, rates), self.tasks[k], judge, self.engine
        )


def epochs_together(task: Task) -> int:
    """How many epochs one call may train.

    It follows from the size of the task, not from a clock: the same seed gives the same weights
    even where a call runs off to infinity.
    """
    products = 6 * task.parameters.values.shape[1] * len(task.X)  # operations, there and back
    return max(1, round(OPERATIONS / (products + STEP * task.updates_per_epoch)))
