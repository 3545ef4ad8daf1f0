"""The tables that the doctor is tried on: some rows of files, made ones, and noise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from helder.model import Prepared, Question, prepare
from helder.table import Table, read_table, table_of

MADE = ("rings", "blobs", "ripple", "friedman")
NOISE = ("noise_classes", "noise_number")
RARE = "rare"  # three classes, and a fourth one of few rows at random
LEAKED = "leaked"  # four classes, and a column with their numbers
FOLDS = {"plain": None, "strong": 2}  # two of the strong recipe's eight: four times as quick


class Drawn(NamedTuple):
    """Which rows of which table, and for which recipe."""

    name: str
    rows: int
    recipe: str
    seed: int
    folds: int | None = None


def names_in(folder: Path) -> list[str]:
    """The files of a folder that have something to learn, and the made tables."""
    files = sorted(path.stem for path in folder.glob("*.csv") if path.stem != "student_sleep")
    return [*files, *MADE]


def prepared(folder: Path, drawn: Drawn) -> Prepared:
    """A table of so many rows, ready to learn from."""
    rng = np.random.default_rng([drawn.seed, len(drawn.name), drawn.rows])
    table = (
        made(drawn.name, drawn.rows, rng) if drawn.name in (*MADE, *NOISE, RARE, LEAKED) else None
    )
    if table is None:
        table = read_table(str(folder / f"{drawn.name}.csv"))
        if table.rows > drawn.rows:
            table = table.take(np.sort(rng.choice(table.rows, drawn.rows, replace=False)))
    folds = drawn.folds or FOLDS[drawn.recipe]
    return prepare(table, Question("target", recipe=drawn.recipe, folds=folds, seed=drawn.seed))


def made(name: str, rows: int, rng: np.random.Generator) -> Table:
    """A table that is made up."""
    X = rng.normal(size=(rows, 8))
    if name == "rings":
        y = np.digitize(np.hypot(X[:, 0], X[:, 1]) + rng.normal(0, 0.1, rows), [0.8, 1.5])
    elif name in ("blobs", LEAKED):
        y = rng.integers(0, 4, rows)
        X[:, :4] += 2.0 * np.eye(4)[y]
        if name == LEAKED:
            X = np.column_stack([X, 10.0 * y])
    elif name == "ripple":
        y = np.sin(2 * X[:, 0]) + 0.5 * X[:, 1] + rng.normal(0, 0.2, rows)
    elif name == "friedman":
        U = rng.uniform(size=(rows, 8))
        X = U
        y = 10 * np.sin(np.pi * U[:, 0] * U[:, 1]) + 20 * (U[:, 2] - 0.5) ** 2
        y += 10 * U[:, 3] + 5 * U[:, 4] + rng.normal(0, 1, rows)
    elif name == "noise_classes":
        y = rng.choice(int(rng.integers(2, 5)), rows)
    elif name == RARE:
        y = rng.integers(0, 3, rows)
        X[:, :3] += 1.5 * np.eye(3)[y]
        y[rng.random(rows) < 0.04] = 3
    else:
        y = rng.normal(size=rows)
    columns = {f"x{i}": X[:, i] for i in range(X.shape[1])}
    target = [f"c{code}" for code in y] if y.dtype.kind == "i" else y
    frame = pl.DataFrame(columns | {"target": target}).cast(pl.String)
    return replace(table_of(frame), declared={})  # as a file has it, where all is text
