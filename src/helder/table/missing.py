"""The spellings of a missing value: a wide list where numbers stand, a narrow one for text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helder.table.typed import as_text, is_text, without_value

if TYPE_CHECKING:
    import polars as pl

# In lower case; cells are compared in lower case. These are never a value of anything.
NARROW = (
    "na", "n/a", "#n/a", "#na", "<na>", "nan", "null", "?", "\\n", "(null)", "#null!", "nat",
)  # fmt: skip

# Among numbers and dates these can only say that there is no value. Among words they may be
# values of their own: no other debtors is "none", a blood test can be "-", a colour "unknown".
WIDE = (
    *NARROW, "none", "nil", "-", "--", "---", ".", "..", "...", "n.a.", "n.v.t.", "nvt",
    "missing", "unknown", "unk", "onbekend", "geen", "leeg", "empty", "blank", "not available",
    "not applicable", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "-nan", "+nan", "1.#qnan",
    "-1.#ind", "keine angabe", "k.a.", "n.b.",
)  # fmt: skip


def missing(cells: pl.Series, spellings: tuple[str, ...]) -> pl.Series:
    """(N,) true where a cell is empty or one of these spellings of nothing."""
    if not is_text(cells):
        return without_value(cells)
    return cells.is_null() | cells.str.to_lowercase().is_in(list(spellings)).fill_null(True)


def words(cells: pl.Series) -> pl.Series:
    """The cells of a column as text: null where empty or missing in the narrow sense."""
    import polars as pl

    cells = as_text(cells)
    gone = missing(cells, NARROW)
    return cells if not gone.any() else pl.select(pl.when(~gone).then(cells)).to_series()
