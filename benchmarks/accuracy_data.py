"""The tables of the accuracy benchmark: reading them, the task in each, the outer splits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

TARGET = "target"
MOST_CLASSES = 10


@dataclass(frozen=True)
class Split:
    """One outer split of a table: what a model may see, and the rows that score it."""

    train: pd.DataFrame
    y_train: pd.Series
    test: pd.DataFrame
    y_test: pd.Series


@dataclass(frozen=True)
class Table:
    """A table, its columns as they come, and what is to be predicted."""

    name: str
    X: pd.DataFrame
    y: pd.Series
    classify: bool

    @property
    def text(self) -> list[str]:
        """The columns of words, which every peer takes as categories."""
        return [name for name in self.X if not pd.api.types.is_numeric_dtype(self.X[name])]

    def split(self, seed: int, most: int) -> Split:
        """80 % to train on, at most so many rows of it, and 20 % to score; classes in one share."""
        rows = np.arange(len(self.y))
        shares = self.y if self.classify else None
        train, test = train_test_split(rows, test_size=0.2, random_state=seed, stratify=shares)
        if len(train) > most:
            train = np.random.default_rng(seed).choice(train, most, replace=False)
        X, y = self.X, self.y
        whole = [
            part.iloc[chosen].reset_index(drop=True) for part in (X, y) for chosen in (train, test)
        ]
        return Split(whole[0], whole[2], whole[1], whole[3])


def is_classes(y: pd.Series) -> bool:
    """Words, or at most ten distinct whole numbers, are classes."""
    if not pd.api.types.is_numeric_dtype(y):
        return True
    return y.nunique() <= MOST_CLASSES and bool((y == y.round()).all())


def read(path: Path) -> Table | None:
    """The table in a CSV file, an empty cell being a missing value; None without a target."""
    frame = pd.read_csv(path, keep_default_na=False, na_values=[""])
    if TARGET not in frame:
        return None
    frame = frame.dropna(subset=[TARGET]).reset_index(drop=True)
    y = frame.pop(TARGET)
    return Table(path.stem, frame, y, is_classes(y))


def tables(folder: Path, only: set[str], skipped: set[str]) -> Iterator[Table]:
    """The tables of a folder, the smallest first, so that there is soon something to see."""
    paths = sorted(folder.glob("*.csv"), key=lambda path: (path.stat().st_size, path.name))
    for path in paths:
        if path.stem in skipped or (only and path.stem not in only):
            continue
        if (found := read(path)) is not None:
            yield found
