"""The watch looks after every epoch: it writes the record, keeps the best weights, says stop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helder.core.parameters import Parameters
from helder.engine import Course, Engine, Patience, Task, held_out_loss
from helder.learn.history import Epoch, History, mean_record
from helder.learn.judging import Judge, judged
from helder.learn.looking import layers_after
from helder.typing import Array, Floats

Listener = Callable[[Epoch], str | None]


class Watch:
    """Looks after every epoch of one network: its record, its best weights, its end.

    Args:
        parameters: The numbers of all networks.
        k: Which row of them the network is.
        patience: How long to wait for a smaller loss of held-out rows, or for a better
            verdict; None: there are no such rows, and the last finite weights are the best.
    """

    def __init__(self, parameters: Parameters, k: int, patience: Patience | None) -> None:
        self.parameters, self.k = parameters, k
        self.history, self.verdict = History(), ""
        self.patience = patience
        self.kept = parameters.values[k].copy(), parameters.statistics[k].copy()

    def take(self, course: Course, rates: Floats) -> None:
        """Has the epochs of one call at hand, with the rate of each one's last update, (E,)."""
        self.course, self.rates = course, rates
        self.finite: Array = np.isfinite(course.losses) & np.isfinite(course.values).all(axis=1)
        if self.patience is not None:
            self.finite &= np.isfinite(course.val_losses)

    def look(self, epoch: int) -> None:
        """Looks at one epoch of the call: the record, the weights, and whether it was the last."""
        if self.verdict or epoch >= len(self.course):
            return
        course, number = self.course, len(self.history) + 1
        val_loss = None if self.patience is None else float(course.val_losses[epoch])
        loss, rate = float(course.losses[epoch]), float(self.rates[epoch])
        self.history.records.append(
            Epoch(number, loss, val_loss, rate, layers_after(course, epoch))
        )
        if not self.finite[epoch]:
            self.verdict = "not finite"
        elif self.patience is None or self.patience.gains(
            number, course.judged[epoch], course.val_losses[epoch]
        ):
            self.history.best = number
            self.kept = course.values[epoch], course.statistics[epoch]
        elif self.patience.is_out(number):
            self.verdict = "patience"

    def show(self, epoch: int) -> None:
        """Writes the weights of one epoch of the call where whoever listens finds them."""
        if epoch < len(self.course):
            self.parameters.values[self.k] = self.course.values[epoch]
            self.parameters.statistics[self.k] = self.course.statistics[epoch]

    def restore(self) -> None:
        """Writes the best weights over the last ones."""
        self.parameters.values[self.k], self.parameters.statistics[self.k] = self.kept


class Watches:
    """Looks after networks that are trained side by side, and tells a listener of each epoch.

    Args:
        watches: One for each network.
        listener: Called with the record of every epoch, the mean of all networks' last ones; a
            text that it returns ends the training of all.
    """

    def __init__(self, watches: list[Watch], listener: Listener | None) -> None:
        self.watches, self.listener = watches, listener

    @property
    def active(self) -> list[int]:
        """The numbers of the networks that are still in training."""
        return [k for k, watch in enumerate(self.watches) if not watch.verdict]

    def look(self, epochs: int) -> None:
        """Goes through the epochs of one call, in order, until nobody goes on."""
        for epoch in range(epochs):
            training = [watch for watch in self.watches if not watch.verdict]
            if not training:
                return
            for watch in training:
                watch.look(epoch)
            # The listener comes last: Ctrl-C while it runs loses nothing of this epoch.
            if self.listener is not None:
                for watch in training:
                    watch.show(epoch)
                self._tell(self.listener)

    def _tell(self, listener: Listener) -> None:
        said = listener(mean_record([watch.history[-1] for watch in self.watches]))
        if said is not None:
            self.end(said)

    def end(self, why: str) -> None:
        """Ends the training of all that are still in it."""
        for watch in self.watches:
            watch.verdict = watch.verdict or why

    def finish(self) -> list[History]:
        """Puts the best weights in place; the history of each network."""
        for watch in self.watches:
            watch.restore()
            watch.history.stopped = watch.verdict
        return [watch.history for watch in self.watches]


class SingleWatch:
    """Looks after one network whose training finds its own steps, such as L-BFGS."""

    def __init__(
        self,
        watches: Watches,
        task: Task,
        engine: Engine,
        judge: Judge | None,
    ) -> None:
        self.watches, self.task, self.engine, self.judge = watches, task, engine, judge

    def after(self, loss: float, rate: float) -> str | None:
        """The verdict on one more epoch: why to stop, or None to go on."""
        task, val_loss = self.task, float("nan")
        if task.held_out is not None:
            val_loss = held_out_loss(self.engine, task.network, task.parameters, task.held_out)
        now = task.parameters.copy()
        course = Course(np.array([loss]), np.array([val_loss]), now.values, now.statistics)
        if self.judge is not None:
            course = judged(course, task, self.judge, self.engine)
        watch = self.watches.watches[0]
        watch.take(course, np.array([rate]))
        self.watches.look(1)
        return watch.verdict or None
