"""Says of a column of text when it looks as if it was meant to hold numbers or dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from helder.errors import shown
from helder.table.contents import Table
from helder.table.missing import WIDE, missing
from helder.table.notes import Note, note

if TYPE_CHECKING:
    import polars as pl

HALF = 0.5  # of the filled cells: from here on a column of text was meant for something else
NUMBER = "[+−-]?[0-9][0-9.,' ]*"
UNIT = "(?:[%‰€$£¥]|EUR|USD|GBP)"
WITH_SIGN = f"^(?:[+−-]?{UNIT} *{NUMBER}|{NUMBER}{UNIT})$"
CLOCK = "[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: *[AaPp][Mm])?"
MONTH = (
    r"(?:jan(?:uar[yi])?|feb(?:ruar[yi])?|mar(?:ch)?|mrt|maart|apr(?:il)?|may|mei|june?|juni|july?"
    r"|juli|aug(?:ust(?:us)?)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
DATE = (
    "[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}"  # 1/5/23
    f"|(?:[0-9]{{1,4}}[-/., ]*)?{MONTH}[-/., ]*[0-9]{{1,4}}(?:[-/., ]+[0-9]{{2,4}})?"  # 1 Jan 2023
)
LIKE_DATE = f"(?i)^(?:{CLOCK}|(?:{DATE})(?:[T ]+{CLOCK}.*)?)$"


def text_notes(table: Table, name: str, share: float, bad: npt.NDArray[np.int64]) -> list[Note]:
    """The notes about a column of text.

    Args:
        table: The table.
        name: The column.
        share: The share of the filled cells that are numbers.
        bad: (M,) the rows whose cells are none.
    """
    cells = table.cells[name]
    if share >= HALF:
        first = int(bad[0])
        said = note(
            "mostly_numbers",
            share=int(100 * share),
            column=shown(name),
            cell=shown(cells[first]),
            place=table.place(first),
        )
        return [said]
    filled = cells.filter(~missing(cells, WIDE))
    return [
        note(key, column=shown(name), cell=shown(cell))
        for key, pattern in (("numbers_with_sign", WITH_SIGN), ("unread_dates", LIKE_DATE))
        if (cell := like(filled, pattern)) is not None
    ]


def like(filled: pl.Series, pattern: str) -> str | None:
    """The first cell that matches, where half of the cells do; None where fewer do."""
    fits = filled.str.contains(pattern)
    if len(filled) == 0 or float(fits.mean() or 0.0) < HALF:  # type: ignore[arg-type]
        return None
    return str(filled[int(np.argmax(fits.to_numpy()))])
