"""Gives each cell the number of its category, one for a category not known and one for none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from helder.table.missing import NARROW
from helder.table.typed import as_text

if TYPE_CHECKING:
    import polars as pl

UNKNOWN, NONE = -1, -2
NOTHING = frozenset(NARROW)


class Codes(dict[str | None, int]):
    """The number of each known category; a cell that is none of them is looked at on the spot."""

    def __missing__(self, cell: str | None) -> int:
        return NONE if cell is None or cell.lower() in NOTHING else UNKNOWN


def category_codes(cells: pl.Series, categories: Sequence[str]) -> npt.NDArray[np.int64]:
    """(N,) each row's category; UNKNOWN for one not known, NONE where there is none."""
    # A dictionary is as fast as a join for many rows, and ten times faster for one.
    number = Codes(zip(categories, range(len(categories)), strict=True))
    texts = as_text(cells).to_list()
    return np.fromiter(map(number.__getitem__, texts), dtype=np.int64, count=len(texts))
