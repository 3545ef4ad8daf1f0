"""The watch looks after every epoch: it writes the record, keeps the best weights, says stop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helder.core.network import Network
from helder.core.parameters import Parameters
from helder.engine import mean_loss
from helder.learn.history import Epoch, History
from helder.learn.rows import Rows

Listener = Callable[[Epoch], str | None]


class Watch:
    """Looks after every epoch: writes the record, keeps the best weights, says when to stop."""

    def __init__(
        self,
        network: Network,
        parameters: Parameters,
        held_out: Rows | None,
        patience: int,
        listener: Listener | None,
    ) -> None:
        self.network, self.parameters, self.held_out = network, parameters, held_out
        self.patience, self.listener = patience, listener
        self.history = History()
        self.least, self.kept = float("inf"), parameters.copy()

    def after(self, loss: float, rate: float) -> str | None:
        """The verdict on one more epoch: why to stop, or None to go on."""
        number = len(self.history) + 1
        val_loss = self._val_loss()
        record = Epoch(number, loss, val_loss, rate)
        self.history.records.append(record)
        said = self.listener(record) if self.listener else None
        if not np.isfinite(loss if val_loss is None else val_loss + loss):
            return "not finite"
        if val_loss is None:
            self._keep(number)
        elif val_loss < self.least:
            self.least = val_loss
            self._keep(number)
        elif number - self.history.best >= self.patience:
            return said or "patience"
        return said

    def restore(self) -> None:
        """Writes the kept weights over the last ones."""
        self.parameters.values[...] = self.kept.values
        self.parameters.statistics[...] = self.kept.statistics

    def _val_loss(self) -> float | None:
        if self.held_out is None:
            return None
        rows = self.held_out
        return mean_loss(self.network, self.parameters, rows.X, rows.y, rows.weights)

    def _keep(self, number: int) -> None:
        self.history.best = number
        self.kept.values[...] = self.parameters.values
        self.kept.statistics[...] = self.parameters.statistics
