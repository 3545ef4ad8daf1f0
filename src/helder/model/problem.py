"""What networks have to learn, from which rows, and which rows say how well they do."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from helder.core.losses import Loss
from helder.errors import DataError
from helder.learn import Rows
from helder.learn.folds import Fold
from helder.learn.judging import Judge
from helder.model.splitting import FEWEST_ROWS, STOP_SHARE, folds_of
from helder.table import Layout
from helder.typing import Floats, Integers


@dataclass(frozen=True, eq=False)
class Problem:
    """Rows to learn from, and what is to be learnt.

    Args:
        rows: Inputs (N, n_in), targets (N, n_out) as the loss wants them, and weights (N,).
        loss: What the networks make small.
        layout: Which of the inputs are numbers, and which stand for categories.
        folds: The folds of the rows; where there are some, each network learns all but one fold.
        held_out: Where there are no folds, rows of their own that choose the epoch.
        judge: What chooses the epoch by those rows, or by the folds; None for the loss.
    """

    rows: Rows
    loss: Loss
    layout: Layout = field(default_factory=Layout)
    folds: tuple[Fold, ...] = ()
    held_out: Rows | None = None
    judge: Judge | None = None

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return int(self.rows.X.shape[1])

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return int(self.rows.y.shape[1])

    @property
    def learnt(self) -> int:
        """How many rows each network learns from, at least."""
        return min((len(fold.train) for fold in self.folds), default=len(self.rows))

    @property
    def watched(self) -> bool:
        """Whether there are rows that choose the epoch."""
        return bool(self.folds) or self.held_out is not None


def folds_for(
    rows: int,
    members: int,
    seed: int,
    *,
    strata: Integers | None = None,
    groups: Integers | None = None,
    times: Floats | Integers | None = None,
) -> tuple[Fold, ...]:
    """As many folds as members, or fewer where so many do not fit; none where two do not.

    Args:
        rows: How many rows there are, N.
        members: How many folds are wanted.
        seed: Where the draw comes from.
        strata: What every fold shall have its share of, such as class numbers, (N,).
        groups: Rows of one number stay in one fold, (N,).
        times: When each row was, (N,): each fold is of neighbouring times, and rows of one time
            stay together.

    Raises:
        DataError: There is one group alone, or one time.
    """
    together, what = (groups, "group") if groups is not None else (times, "time")
    if together is not None:
        there = len(np.unique(together))
        if there < 2:
            raise DataError(
                f"all rows are of one {what}, so none can be held out",
                accepted=f"2 {what}s or more",
            )
        return tuple(folds_of(rows, min(members, there), seed, groups=groups, times=times))
    K = min(members, rows // 2)
    if rows < FEWEST_ROWS or K < 2:
        return ()
    return tuple(folds_of(rows, K, seed, strata=strata))


def held_out_for(
    rows: int,
    seed: int,
    *,
    strata: Integers | None = None,
    groups: Integers | None = None,
    times: Floats | Integers | None = None,
) -> Fold | None:
    """The rows that one network learns from, and those that choose its epoch; None for too few.

    Of rows with times it is the latest that choose.
    """
    parts = folds_for(rows, round(1 / STOP_SHARE), seed, strata=strata, groups=groups, times=times)
    return parts[0 if times is None else -1] if parts else None
