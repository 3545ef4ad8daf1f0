"""How many of the labels that are called likeliest wrong were made wrong on purpose.

In each set 3 % of the rows get another class, drawn at random; networks are trained on that as
`helder train` does. Beside our score stand those that need no rows nearby. Some labels of real
sets were wrong before anything was planted: those count as false here.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

import numpy as np
import polars as pl
from tables import table

from helder.glass.advice.labels import LISTED, wrong_labels
from helder.model import Choices, Prepared, Question, prepare
from helder.model.deadline import NEVER
from helder.model.fitting import calibrated, trained
from helder.table import Table, read_table

TARGET, SHARE = "target", 0.03
SETS = ("splice", "adult", "phoneme", "telco_churn")


def planted(given: Table, seed: int, share: float = SHARE) -> tuple[Table, np.ndarray]:
    """The table with a share of its labels changed to another class; and these rows, from 1."""
    labels = given.cells[TARGET].to_list()
    rows = [row for row, label in enumerate(labels) if label is not None]
    names = sorted({labels[row] for row in rows})
    rng = np.random.default_rng(seed)
    wrong = np.sort(rng.choice(rows, round(share * len(rows)), replace=False))
    for row in wrong:
        labels[row] = rng.choice([name for name in names if name != labels[row]])
    cells = {**given.cells, TARGET: pl.Series(TARGET, labels, dtype=pl.String)}
    return replace(given, cells=cells), wrong + 1


def out_of_fold(prepared: Prepared, seed: int, **chosen: object) -> np.ndarray:
    """What `fit` keeps of it, (N, C); the linear model beside it is left out."""
    choices = Choices(seed=seed, **chosen)
    outcome = trained(prepared.problem, prepared, choices, None, NEVER)
    p = calibrated(prepared, outcome.ensemble).out_of_fold
    assert p is not None
    return p


def margin(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The probability of the label less that of the likeliest other, (N,)."""
    rows = np.arange(len(y))
    others = p.copy()
    others[rows, y] = -1
    return p[rows, y] - others.max(axis=1)


def confident(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The margin, but first come rows that belong to another class by its own threshold, (N,).

    A class's threshold is the mean probability that its rows have (Northcutt et al. 2021).
    """
    thresholds = np.array([p[y == label, label].mean() for label in range(p.shape[1])])
    over = np.where(p >= thresholds, p, -1)
    moved = (over.max(axis=1) > 0) & (over.argmax(axis=1) != y)
    return margin(p, y) - 10.0 * moved


OTHERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "own probability": lambda p, y: p[np.arange(len(y)), y],
    "margin": margin,
    "confident learning": confident,
}


@dataclass(frozen=True)
class Found:
    """What one table gave.

    Attributes:
        rows: How many it has.
        wrong: How many labels were planted.
        hits: For each score the share of its likeliest that are planted.
        most: The share of labels that are wrong at most, as we say.
    """

    rows: int
    wrong: int
    hits: dict[str, float]
    most: float


def judged(prepared: Prepared, p: np.ndarray, wrong: np.ndarray) -> Found:
    """How many of the likeliest min(20, planted) are planted, by each score."""
    train, count = prepared.train, min(LISTED, len(wrong))
    classes = prepared.target.classes
    assert classes is not None
    ours = wrong_labels(p, train.y, classes, train.X, numbers=prepared.numbers)
    listed = {"ours": [suspect.row for suspect in ours.suspects[:count]]}
    for name, score in OTHERS.items():
        order = np.argsort(score(p, train.y), kind="stable")[:count]
        listed[name] = prepared.numbers[order].tolist()
    hits = {name: float(np.isin(rows, wrong).sum() / count) for name, rows in listed.items()}
    assert ours.most is not None
    return Found(len(train), len(wrong), hits, ours.most)


def study(path: Path, seed: int, keep: Path | None = None) -> Found:
    """One set with labels planted by this seed; what the networks say may be kept in a folder."""
    changed, wrong = planted(read_table(path), seed)
    prepared = prepare(changed, Question(TARGET, task="classification", seed=seed))
    kept = None if keep is None else keep / f"{path.stem}-{seed}.npy"
    if kept is not None and kept.exists():
        return judged(prepared, np.load(kept), wrong)
    start = process_time()
    p = out_of_fold(prepared, seed)
    print(f"{path.stem} {seed}: {process_time() - start:.0f} s of processor time", flush=True)
    if kept is not None:
        np.save(kept, p)
    return judged(prepared, p, wrong)


def lines(found: dict[str, list[Found]]) -> list[str]:
    """A Markdown table: for each set the means over its seeds."""
    names = ["ours", *OTHERS]
    head = ["set", "rows", "planted", "seeds", *names, "ours, worst seed", "wrong at most"]
    rows: list[list[object]] = []
    for name, each in found.items():
        means = [f"{np.mean([one.hits[score] for one in each]):.1%}" for score in names]
        worst = f"{min(one.hits['ours'] for one in each):.0%}"
        bounds = [one.most for one in each]
        most = f"{np.mean(bounds):.1%} ({min(bounds):.1%} to {max(bounds):.1%})"
        rows.append([name, each[0].rows, each[0].wrong, len(each), *means, worst, most])
    return table(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the CSV files")
    parser.add_argument("--sets", default=",".join(SETS), help="which of them")
    parser.add_argument("--seeds", type=int, default=10, help="how often each (10)")
    parser.add_argument("--keep", type=Path, help="where to keep what the networks say, to go on")
    given = parser.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[Found]] = {}
    for seed in range(given.seeds):
        for name in given.sets.split(","):
            one = study(given.data / f"{name}.csv", seed, given.keep)
            found.setdefault(name, []).append(one)
    print("\n".join(lines(found)))


if __name__ == "__main__":
    main()
