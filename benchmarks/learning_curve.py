"""Whether the interval for twice the rows covers what twice the rows gain, on sets that are made.

Of made sets there are always more rows. Each trial draws its own: the advice sees half of them, and
says what the other half would gain. Then networks are trained on the half and on the whole, in as
many folds, and scored on rows enough to know their score: that difference is the gain that this
trial realised. Its mean over the trials is the gain to be expected, its range over them (5th to
95th percentile) the spread of the truth over redraws, to which the width of the interval is held.

A line of results is kept for each trial, and what is there is not done again.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
from tables import table

from helder.core.losses import CategoricalCrossEntropy
from helder.glass.advice import more_rows
from helder.glass.advice.curve import Once
from helder.learn import Rows
from helder.model.ensemble import each, fit_ensemble
from helder.model.problem import Problem, folds_for
from helder.model.recipes import RECIPES
from helder.table import Layout

FOLDS = 8
TESTED = 20_000  # rows that say how good a network is
TRIALS = 100
POINTS = ("gain", "low", "high", "before", "after")  # of a result, as shares
RESULTS = Path("build/learning_curve.jsonl")
Made = tuple[np.ndarray, np.ndarray, Layout]  # inputs (N, n_in), classes (N,), how inputs lie


def linear(rng: np.random.Generator, rows: int) -> Made:
    """Ten numbers of which eight say something, each less than the one before; logistic noise."""
    X = rng.normal(size=(rows, 10))
    z = X @ (1.2 * np.array([1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0, 0]))
    return X, (z + rng.logistic(size=rows) > 0).astype(int), Layout(10)


def rings(rng: np.random.Generator, rows: int) -> Made:
    """Five numbers; the class is how far the first two lie from the middle, 10 % of them wrong."""
    X = rng.normal(size=(rows, 5))
    inside = np.hypot(X[:, 0], X[:, 1]) < 1.177  # half of them
    return X, (inside ^ (rng.random(rows) < 0.1)).astype(int), Layout(5)


def categories(rng: np.random.Generator, rows: int) -> Made:
    """Columns of five and four categories that say together how three numbers count; 3 classes."""
    effects = np.random.default_rng(1).normal(size=(4, 5, 4))  # the same in every trial
    a, b, x = rng.integers(5, size=rows), rng.integers(4, size=rows), rng.normal(size=(rows, 3))
    first, slope, second, third = effects[:, a, b]
    z = np.stack([1.5 * first + 2 * slope * x[:, 0], 1.5 * second + x[:, 1], third / 2], axis=1)
    X = np.concatenate([x, np.eye(5)[a], np.eye(4)[b]], axis=1)
    y = np.argmax(z + rng.gumbel(size=(rows, 3)), axis=1)
    return X, y, Layout(3, ((3, 8), (8, 12)))


KINDS: dict[str, tuple[Callable[[np.random.Generator, int], Made], int]] = {
    "linear": (linear, 300),
    "rings": (rings, 500),
    "categories": (categories, 600),
}


def problem_of(made: Made, rows: int, seed: int) -> Problem:
    """The first of the rows, in folds."""
    X, y, layout = made
    C, X, y = int(y.max()) + 1, X[:rows].astype(np.float32), y[:rows]
    targets, ones = np.eye(C, dtype=np.float32)[y], np.ones(rows, np.float32)
    folds = folds_for(rows, FOLDS, seed, strata=y)
    return Problem(Rows(X, targets, ones), CategoricalCrossEntropy(), layout, folds)


def accuracy(problem: Problem, once: Once, seed: int, tested: Made) -> float:
    """How often networks trained on the folds are right, on average over the networks."""
    ensemble = fit_ensemble(problem, once, members=1, seed=seed, look_inside=False)
    X, y, _ = tested
    return float(np.mean([np.mean(p.argmax(axis=1) == y) for p in each(ensemble.net, X)]))


def trial(kind: str, recipe: str, seed: int) -> dict[str, object]:
    """What the advice says of some rows, and what as many more gain."""
    make, rows = KINDS[kind]
    made = make(np.random.default_rng(seed), 2 * rows)
    tested = make(np.random.default_rng(10**9), TESTED)
    half, whole = (problem_of(made, count, seed) for count in (rows, 2 * rows))
    once = Once(RECIPES[recipe], RECIPES[recipe].architecture(half))
    start = process_time()
    said = more_rows(half, RECIPES[recipe], seed=seed)
    told = process_time()
    before = accuracy(half, once, seed, tested)
    fitted = process_time()
    return {
        "kind": kind,
        "recipe": recipe,
        "seed": seed,
        "gain": said.gain,
        "low": said.low,
        "high": said.high,
        "before": before,
        "after": accuracy(whole, once, seed, tested),
        "fit_seconds": (fitted - told) * RECIPES[recipe].repeats(half),
        "seconds": told - start,
    }


def kept(path: Path) -> list[dict]:
    """What earlier runs have found."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def run(given: argparse.Namespace) -> list[dict]:
    """All trials that are not there yet, every kind in turn, and those that are."""
    done = kept(given.results)
    there = {(one["kind"], one["recipe"], one["seed"]) for one in done}
    given.results.parent.mkdir(parents=True, exist_ok=True)
    for seed in range(given.trials):
        for kind in given.kinds:
            if (kind, given.recipe, seed) not in there:
                done.append(trial(kind, given.recipe, seed))
                with given.results.open("a") as file:
                    file.write(json.dumps(done[-1]) + "\n")
    return done


def report(found: list[dict]) -> list[str]:
    """A line for each kind and recipe."""
    cases = defaultdict(list)
    for one in found:
        cases[one["recipe"], one["kind"]].append(one)
    head = ["recipe", "set", "rows", "trials", "gain", "advice", "covers the gain expected"]
    head += ["covers the gain realised", "median width", "spread of the truth", "ratio", "time"]
    return table(head, [line(*case, ones) for case, ones in sorted(cases.items())])


def line(recipe: str, kind: str, ones: list[dict]) -> list[object]:
    """How often the intervals of one kind cover, and how wide they are; gains are in points."""
    said, low, high = (
        100 * np.array([one[key] for one in ones]) for key in ("gain", "low", "high")
    )
    truth = 100 * np.array([one["after"] - one["before"] for one in ones])
    expected = truth.mean()
    spread = float(np.subtract(*np.quantile(truth, [0.95, 0.05])))
    width = float(np.median(high - low))
    return [
        recipe,
        kind,
        KINDS[kind][1],
        len(ones),
        f"{expected:.2f}",
        f"{np.median(said):.2f}",
        f"{np.mean((low <= expected) & (expected <= high)):.0%}",
        f"{np.mean((low <= truth) & (truth <= high)):.0%}",
        f"{width:.2f}",
        f"{spread:.2f}",
        f"{width / spread:.2f}" if spread else "",
        f"{sum(one['seconds'] for one in ones) / sum(one['fit_seconds'] for one in ones):.1f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="plain")
    parser.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=list(KINDS))
    parser.add_argument("--trials", type=int, default=TRIALS, help=f"of each kind ({TRIALS})")
    parser.add_argument("--results", type=Path, default=RESULTS, help=f"kept here ({RESULTS})")
    print("\n".join(report(run(parser.parse_args()))))


if __name__ == "__main__":
    main()
