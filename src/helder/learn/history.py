"""The history of a training: one record per epoch, and why it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np

from helder.learn.looking import Look

DONE = ("epochs", "patience", "not finite", "converged")  # what ends a training by itself


@dataclass(frozen=True)
class Epoch:
    """What one epoch left to look at.

    Args:
        epoch: Its number, counted from 1.
        loss: The mean training loss, that of each batch measured before its update.
        val_loss: The loss of the held-out rows after the epoch, where there are any.
        learning_rate: The rate of the epoch's last update.
        layers: How each dense layer of the first network fares after the epoch, where somebody
            looks; none where that network has stopped.
    """

    epoch: int
    loss: float
    val_loss: float | None
    learning_rate: float
    layers: Look = ()


@dataclass(repr=False)
class History(Sequence[Epoch]):
    """The records of a training, in order.

    Attributes:
        records: One per epoch.
        stopped: Why training ended: "epochs" (all were done), "patience" (the held-out rows got
            no better), "not finite" (the loss ran off), "interrupted" (Ctrl-C), "converged"
            (L-BFGS found a minimum), or what a listener said.
        best: The number of the epoch whose weights were kept; the last one where no held-out
            rows chose.
        initial: How each dense layer of the first network fared before training, where somebody
            looked.
    """

    records: list[Epoch] = field(default_factory=list)
    stopped: str = "epochs"
    best: int = 0
    initial: Look = ()

    @property
    def losses(self) -> list[float]:
        """The training loss of every epoch."""
        return [record.loss for record in self.records]

    @property
    def val_losses(self) -> list[float]:
        """The loss of the held-out rows after every epoch; empty where there are none."""
        return [record.val_loss for record in self.records if record.val_loss is not None]

    def to_dicts(self) -> list[dict[str, float | int | None]]:
        """The records as dicts, for a data frame or JSON."""
        names = ("epoch", "loss", "val_loss", "learning_rate")
        return [{name: getattr(record, name) for name in names} for record in self.records]

    @overload
    def __getitem__(self, index: int) -> Epoch: ...
    @overload
    def __getitem__(self, index: slice) -> list[Epoch]: ...
    def __getitem__(self, index: int | slice) -> Epoch | list[Epoch]:
        return self.records[index]

    def __repr__(self) -> str:
        last = f", loss {self.records[-1].loss:.4g}" if self.records else ""
        return f"History({len(self)} epochs{last}, best {self.best}, stopped: {self.stopped})"

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.records)


@dataclass(repr=False)
class MembersHistory(History):
    """The history of networks trained side by side: losses are the means of all networks.

    A network that has stopped counts on with its last record.

    Attributes:
        members: The history of each network.
    """

    members: tuple[History, ...] = ()

    @classmethod
    def of(cls, members: Sequence[History]) -> MembersHistory:
        """One history from those of all networks; the best epoch is that of the last one."""
        epochs = range(max(len(one) for one in members))
        records = [
            mean_record([one[min(epoch, len(one) - 1)] for one in members if len(one)])
            for epoch in epochs
        ]
        longest = max(members, key=len)
        best = max(one.best for one in members)
        return cls(records, longest.stopped, best, members[0].initial, tuple(members))


def mean_record(records: list[Epoch]) -> Epoch:
    """What many networks left of an epoch, as one record."""
    if len(records) == 1:
        return records[0]
    losses = [record.loss for record in records]
    val_losses = [record.val_loss for record in records if record.val_loss is not None]
    return replace(
        max(records, key=lambda record: record.epoch),
        layers=records[0].layers,
        loss=float(np.mean(losses)),
        val_loss=float(np.mean(val_losses)) if val_losses else None,
    )
