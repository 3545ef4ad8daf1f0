"""What out-of-fold scores say of tables that hold nothing: noise beside rare categories.

Where a score is honest, it is at chance: networks, epochs and temperatures were chosen on rows, and
none of that may show.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from time import process_time

import numpy as np
import pandas as pd
from tables import number, table

from helder import MLPClassifier, MLPRegressor

NUMBERS, WORDS = 6, 3
MEASURES = {
    "accuracy": "accuracy, less that of the same answers dealt out at random",
    "largest": "accuracy, less the share of the largest class",
    "log_loss": "log-loss, less the entropy of the class shares",
    "r2": "R2",
}


def noise(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    """Columns that say nothing: numbers, and words most of which are rare."""
    columns: dict[str, np.ndarray] = {f"x{i}": rng.normal(size=rows) for i in range(NUMBERS)}
    for i in range(WORDS):
        count = int(rng.integers(20, 201))
        columns[f"word{i}"] = np.array([f"w{code}" for code in rng.integers(count, size=rows)])
    return pd.DataFrame(columns)


def of_classes(X: pd.DataFrame, classes: int, rng: np.random.Generator, how: dict) -> dict:
    """How far above chance the out-of-fold answers are, where labels are drawn at random."""
    y = rng.choice(classes, size=len(X), p=rng.dirichlet(np.full(classes, 4.0)))
    y[:classes] = np.arange(classes)
    model = MLPClassifier(**how).fit(X, y)
    p = model.oof_proba_
    said = np.bincount(p.argmax(1), minlength=classes) / len(y)  # (C,)
    share = np.bincount(y, minlength=classes) / len(y)  # (C,)
    right = float((p.argmax(1) == y).mean())
    return {
        "accuracy": right - float(said @ share),
        "largest": right - float(share.max()),  # every fold has its share of each class
        "log_loss": float(-np.log(p[np.arange(len(y)), y]).mean() + share @ np.log(share)),
    }


def of_numbers(X: pd.DataFrame, rng: np.random.Generator, how: dict) -> dict:
    """R2 of the out-of-fold predictions of a random number: at most 0 where they know nothing."""
    y = rng.normal(size=len(X))
    wrong = MLPRegressor(**how).fit(X, y).oof_prediction_ - y
    return {"r2": float(1 - np.mean(wrong**2) / y.var())}


def study(count: int, rows: tuple[int, int] = (200, 1000), **how: object) -> Iterator[dict]:
    """What is found on so many tables: two classes, three classes and a number in turn."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        X = noise(rng, int(rng.integers(rows[0], rows[1] + 1)))
        given = {"random_state": seed, **how}
        classes = (2, 3, 0)[seed % 3]
        yield of_classes(X, classes, rng, given) if classes else of_numbers(X, rng, given)


def means(found: list[dict]) -> dict[str, tuple[float, float, int]]:
    """For each measure its mean over the tables, the standard error of that, and their number."""
    summed = {}
    for name in MEASURES:
        values = [one[name] for one in found if name in one]
        error = np.std(values, ddof=1) / len(values) ** 0.5 if len(values) > 1 else np.nan
        summed[name] = float(np.mean(values)), float(error), len(values)
    return summed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=40, help="how many tables (40)")
    parser.add_argument("--least", type=int, default=200, help="rows of the smallest (200)")
    parser.add_argument("--most", type=int, default=1000, help="rows of the largest (1000)")
    given = parser.parse_args()
    start = process_time()
    found = list(study(given.tables, (given.least, given.most)))
    lines = [
        [MEASURES[name], f"{mean:+.4f}", f"{error:.4f}", count]
        for name, (mean, error, count) in means(found).items()
    ]
    print("\n".join(table(["out of fold", "mean", "standard error", "tables"], lines)))
    print(f"{number(process_time() - start)} s of processor time")


if __name__ == "__main__":
    main()
