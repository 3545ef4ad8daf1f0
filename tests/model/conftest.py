"""Tables written to real files, from columns."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from helder.table import Table, read_table


@pytest.fixture
def table_of(tmp_path: Path) -> Callable[..., Table]:
    """Writes columns to a CSV file and reads the table."""

    def make(name: str = "data.csv", /, **columns: Sequence[object]) -> Table:
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*map(list, columns.values()), strict=True))
        return read_table(path)

    return make


@pytest.fixture
def noisy() -> Callable[..., dict[str, list]]:
    """Columns a, b, c with a class and a number that depend on a and b, with noise."""

    def make(rows: int = 1000, seed: int = 0, shares: int = 2) -> dict[str, list]:
        rng = np.random.default_rng(seed)
        a, b, c = rng.normal(size=(3, rows)).round(4)
        hidden = a - 0.5 * b + rng.logistic(size=rows) * 0.7
        cuts = np.quantile(hidden, np.linspace(0, 1, shares + 1)[1:-1])
        kind = np.array(["low", "middle", "top", "up"])[np.searchsorted(cuts, hidden)]
        price = (3 * a - 2 * b + rng.normal(size=rows)).round(4)
        columns = {"a": a, "b": b, "c": c, "kind": kind, "price": price}
        return {name: values.tolist() for name, values in columns.items()}

    return make
