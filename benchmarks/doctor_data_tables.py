"""Healthy tables of many shapes, as a file holds them, and those of a folder, each cut in two."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Cells = dict[str, list[str]]
LARGEST = 1500  # rows that are taken of a file


@dataclass(frozen=True)
class Sheet:
    """A table that trains and one that tests, as their files hold them.

    `sep` and `encoding` say how the files are written, `read_as` which separator a person names,
    `header` whether there is one, `frame` that they come as data frames of text.
    """

    train: Cells
    test: Cells
    target: str
    classes: bool
    sep: str = ","
    encoding: str = "utf-8"
    read_as: str | None = None
    header: bool = True
    frame: bool = False

    @property
    def rows(self) -> int:
        """How many rows train."""
        return len(self.train[self.target])


Rng = np.random.Generator
Columns = dict[str, np.ndarray]


def numbers(rng: Rng, rows: int) -> Columns:
    """Correlated numbers, with a few digits each."""
    width = int(rng.integers(2, 15))
    mixed = rng.normal(size=(rows, width)) @ rng.normal(size=(width, width))
    return {f"x{i}": (mixed[:, i] * 10 ** rng.uniform(-1, 2)).round(3) for i in range(width)}


def ratings(rng: Rng, rows: int) -> Columns:
    """A questionnaire: whole numbers from 1 to 5, so that equal rows are natural."""
    width, mood = int(rng.integers(3, 13)), rng.normal(size=rows)
    return {f"q{i}": np.clip(np.rint(3 + mood * rng.uniform(0, 1) + rng.normal(size=rows)), 1, 5)
            for i in range(width)}  # fmt: skip


def yes_no(rng: Rng, rows: int) -> Columns:
    """Words of two kinds."""
    width = int(rng.integers(4, 14))
    return {f"has {i}": np.where(rng.random(rows) < rng.uniform(0.05, 0.6), "yes", "no")
            for i in range(width)}  # fmt: skip


def words(rng: Rng, rows: int) -> Columns:
    """Categories, some frequent and some rare, beside a number."""
    table: Columns = {"amount": np.exp(rng.normal(3, 1, rows)).round(2)}
    for i in range(int(rng.integers(2, 7))):
        count = int(rng.integers(3, 80))
        weights = 1 / np.arange(1, count + 1) ** rng.uniform(0.3, 1.2)
        drawn = rng.choice(count, size=rows, p=weights / weights.sum())
        table[f"kind {i}"] = np.array([f"k{code:02d}" for code in drawn])
    return table


def counts(rng: Rng, rows: int) -> Columns:
    """Counts, with many zeros, and an amount that many have none of."""
    table: Columns = {f"n{i}": rng.poisson(rng.uniform(0.2, 20), rows) for i in range(4)}
    area = np.where(rng.random(rows) < rng.uniform(0.2, 0.6), 0, rng.integers(20, 300, rows))
    return table | {"area": area}


def coarse(rng: Rng, rows: int) -> Columns:
    """Two or three columns of few values: nearly every row is there many times."""
    return {f"c{i}": rng.integers(int(rng.integers(2, 7)), size=rows)
            for i in range(int(rng.integers(2, 4)))}  # fmt: skip


def one_hot(rng: Rng, rows: int) -> Columns:
    """Indicators of categories, as others have made them, and a number."""
    codes = rng.integers(6, size=rows)
    return {f"is {i}": (codes == i).astype(int) for i in range(6)} | {
        "age": rng.integers(18, 90, rows)
    }


def with_holes(rng: Rng, rows: int) -> Columns:
    """Numbers and words of which some are missing."""
    table = numbers(rng, rows) | words(rng, rows)
    return {name: np.where(rng.random(rows) < rng.uniform(0, 0.3), "", cells.astype(str))
            for name, cells in table.items()}  # fmt: skip


def dates(rng: Rng, rows: int) -> Columns:
    """Days beside numbers."""
    days = np.datetime64("2020-01-01") + rng.integers(1500, size=rows)
    return {"day": days.astype(str), **numbers(rng, rows)}


FAMILIES: dict[str, Callable[[Rng, int], Columns]] = {
    made.__name__: made
    for made in (
        numbers, ratings, yes_no, words, counts, coarse, one_hot, with_holes, dates,
    )
}  # fmt: skip


def made_up(family: str, seed: int) -> Sheet:
    """A healthy table: a target that the columns tell in part; in every fourth, not at all."""
    rng = np.random.default_rng([sum(map(ord, family)), seed])
    rows = int(np.exp(rng.uniform(np.log(120), np.log(2000))))
    table = FAMILIES[family](rng, rows)
    signal = np.zeros(rows)
    for cells in table.values():
        codes = np.unique(cells, return_inverse=True)[1]
        levels = rng.normal(size=int(codes.max()) + 1)
        smooth = cells.dtype.kind in "fi"
        signal += rng.normal() * (codes / max(codes.std(), 1e-9) if smooth else levels[codes])
    signal = (signal - signal.mean()) / max(signal.std(), 1e-9)
    noise = rng.normal(size=rows)
    score = noise if seed % 4 == 0 else signal + noise * rng.uniform(0.5, 2)
    classes = bool(rng.random() < 0.7)
    if classes:
        K = int(rng.integers(2, 6))
        shares = 0.05 + (1 - 0.05 * K) * rng.dirichlet(np.ones(K))  # of the rows, at least 5 %
        cuts = np.quantile(score, np.cumsum(shares)[:-1])
        answers = np.array([f"class {code}" for code in np.searchsorted(cuts, score)])
    else:
        answers = (score * 10 + 50).round(2)
    written = {name: [str(cell) for cell in cells.tolist()] for name, cells in table.items()}
    return cut(written | {"answer": [str(cell) for cell in answers.tolist()]}, "answer", rng)


def of_file(path: Path, seed: int) -> Sheet:
    """Rows of a file whose last column or `target` is the target, in its order."""
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = [row for row in csv.reader(file) if row]
    rng = np.random.default_rng(seed)
    drawn = np.sort(rng.permutation(len(rows))[:LARGEST])
    table = {name: [rows[row][at] for row in drawn] for at, name in enumerate(header)}
    return cut(table, "target" if "target" in header else header[-1], rng)


def cut(table: Cells, target: str, rng: Rng) -> Sheet:
    """Three quarters that train and a quarter that tests, drawn at random, in their order."""
    answers = table[target]
    few = {cell for cell in set(answers) if answers.count(cell) < 2}
    rows = len(answers)
    tests = np.zeros(rows, dtype=bool)
    tests[rng.permutation(rows)[: rows // 4]] = True
    classes = not all(is_number(cell) for cell in answers) or len(set(answers)) <= 10
    keep = [not (classes and cell in few) for cell in answers]
    halves = [
        {name: [cell for row, cell in enumerate(cells) if keep[row] and tests[row] == side]
         for name, cells in table.items()} for side in (False, True)
    ]  # fmt: skip
    return Sheet(halves[0], halves[1], target, classes)


def is_number(cell: str) -> bool:
    """Whether a cell is a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
