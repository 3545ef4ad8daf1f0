"""The watch looks after every epoch: it writes the record, keeps the best weights, says stop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helder.core.network import Network, shares
from helder.core.parameters import Parameters
from helder.engine import Engine
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
        engine: Engine,
    ) -> None:
        self.network, self.parameters, self.held_out = network, parameters, held_out
        self.patience, self.listener, self.engine = patience, listener, engine
        self.history = History()
        self.least, self.kept = float("inf"), parameters.copy()

    @property
    def looks(self) -> bool:
        """Whether anybody asks to look after each epoch."""
        return self.held_out is not None or self.listener is not None

    def after(self, loss: float, rate: float) -> str | None:
        """The verdict on one more epoch: why to stop, or None to go on."""
        number = len(self.history) + 1
        val_loss = self._val_loss()
        record = Epoch(number, loss, val_loss, rate)
        self.history.records.append(record)
        verdict = self._verdict(number, loss, val_loss)
        # The listener comes last: Ctrl-C while it runs loses nothing of this epoch.
        said = self.listener(record) if self.listener else None
        return verdict if verdict == "not finite" else said or verdict

    def restore(self) -> None:
        """Writes the kept weights over the last ones."""
        self.parameters.values[...] = self.kept.values
        self.parameters.statistics[...] = self.kept.statistics

    def _verdict(self, number: int, loss: float, val_loss: float | None) -> str | None:
        # The loss is that before the last update, so the weights are looked at too.
        seen = loss if val_loss is None else loss + val_loss
        if not (np.isfinite(seen) and np.isfinite(self.parameters.values).all()):
            return "not finite"
        if val_loss is None or val_loss < self.least:
            self.least = val_loss if val_loss is not None else self.least
            self._keep(number)
        elif number - self.history.best >= self.patience:
            return "patience"
        return None

    def _val_loss(self) -> float | None:
        if self.held_out is None:
            return None
        rows, loss = self.held_out, self.network.loss
        z = self.engine.outputs(self.network, self.parameters, rows.X)  # (N, n_out)
        return float(np.sum(loss.value(z, rows.y) * shares(rows.weights)))

    def _keep(self, number: int) -> None:
        self.history.best = number
        self.kept.values[...] = self.parameters.values
        self.kept.statistics[...] = self.parameters.statistics
