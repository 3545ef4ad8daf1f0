"""Rows of the training table that a model keeps as they were written, where somebody asks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helder.core.checking import check_count
from helder.engine import Purpose, generator
from helder.table import Table

KEPT = 3  # the number of the stream that rows to keep are drawn from


@dataclass(frozen=True)
class KeptRows:
    """Some rows of the table that a network learnt from.

    Attributes:
        columns: The names of all columns, in the table's order.
        numbers: Which rows these are, from 1, in order.
        cells: The cells of each row as they were written; None where one is empty.
    """

    columns: tuple[str, ...]
    numbers: tuple[int, ...]
    cells: tuple[tuple[str | None, ...], ...]

    @classmethod
    def of(cls, table: Table, count: int, seed: int) -> KeptRows:
        """So many rows of the table, or all, drawn by the seed.

        Raises:
            ArgumentError: The count is no whole number from 1.
        """
        check_count("keep_rows", count)
        rng = generator(seed, KEPT, Purpose.SPLIT)
        rows = np.sort(rng.permutation(table.rows)[:count])  # (n,)
        drawn = table.take(rows)
        columns = [drawn.cells[name].to_list() for name in drawn.names]
        cells = tuple(
            tuple(None if cell is None else str(cell) for cell in row)
            for row in zip(*columns, strict=True)
        )
        return cls(drawn.names, tuple(int(row) + 1 for row in rows), cells)
