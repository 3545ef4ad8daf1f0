"""Whether sets and intervals hold what they promise, and whether ours ever loses to a linear model.

The fits are those of the accuracy benchmark, in the same results file: what that has done is not
done again here, nor the other way round.
"""

from __future__ import annotations

import argparse

import accuracy
import numpy as np
from accuracy_data import Table
from accuracy_honesty import COVERAGE
from accuracy_peers import OURS
from accuracy_results import Key, Record, forget
from tables import table

Records = dict[str, list[Record]]  # of each set, its splits


def fits(found: list[Table], given: argparse.Namespace) -> Records:
    """Every split of every set fitted; what an earlier version fitted without looking, anew."""
    done = accuracy.recorded(found, given)
    blind = {k[0] for k, one in done.items() if k[2] == OURS and "coverage" not in one}
    if blind:
        forget(given.results, OURS, sorted(blind), given.rows)
    given.again = []
    accuracy.race(found, [OURS], given)
    records: dict[Key, Record] = accuracy.recorded(found, given)
    return {
        here.name: [one for k, one in records.items() if k[0] == here.name and "coverage" in one]
        for here in found
    }


def mean(records: list[Record], what: str) -> float:
    """Over the splits of one set."""
    return float(np.mean([record[what] for record in records]))


def promises(records: Records, size: str) -> list[str]:
    """A line for each set: coverage and size, beside split conformal; then the means over sets."""
    lines: list[list[object]] = []
    columns = ("coverage", "size", "split_coverage", "split_size")
    rows = []
    for name, found in records.items():
        ours, own, theirs, other = (mean(found, what) for what in columns)
        rows.append((ours, own, theirs, other, own / other))
        tested = sum(record["test_rows"] for record in found)
        lines.append([name, tested, *line(rows[-1])])
    if rows:
        lines.append(["mean", "", *line(tuple(np.mean(rows, axis=0)))])
    head = ["set", "rows", "coverage", size, "split: coverage", f"split: {size}", "ratio"]
    return table(head, lines)


def line(values: tuple[float, ...]) -> list[object]:
    """Coverages with three places, sizes with four digits, their ratio."""
    ours, own, theirs, other, ratio = values
    return [f"{ours:.3f}", f"{own:.4g}", f"{theirs:.3f}", f"{other:.4g}", f"{ratio:.3f}"]


def beside_linear(records: Records) -> list[str]:
    """A line for each set: both losses, their difference and its standard error."""
    lines: list[list[object]] = []
    for name, found in records.items():
        ours, theirs = mean(found, "own_loss"), mean(found, "linear_loss")
        error = float(np.sqrt(np.sum([one["gap_error"] ** 2 for one in found])) / len(found))
        said = "ours is worse" if ours - theirs > 2 * error else ""
        gap = f"{ours - theirs:+.4f}"
        lines.append([name, f"{ours:.4f}", f"{theirs:.4f}", gap, f"{error:.4f}", said])
    return table(["set", "helder", "linear", "difference", "standard error", ""], lines)


def report(found: list[Table], records: Records, given: argparse.Namespace) -> list[str]:
    """All tables."""
    classes, numbers = (
        {
            one.name: records[one.name]
            for one in found
            if one.classify == classify and records[one.name]
        }
        for classify in (True, False)
    )
    empty = sum(record["empty"] for splits in classes.values() for record in splits)
    return [
        "# Coverage, and the linear model",
        "",
        f"Outer splits of each: {given.splits}, at most {given.rows:,} rows to learn from; sets",
        f"and intervals that promise {COVERAGE:.0%}, on the rows held out. Written by",
        "",
        "```sh",
        f"python benchmarks/coverage.py --data FOLDER --splits {given.splits} --rows {given.rows}"
        + (f" --skip {','.join(given.skip)}" if given.skip else ""),
        "```",
        "",
        "Beside them are split conformal ones from the same predictions, asked for the coverage",
        "that ours turned out to have: half of the rows held out say how far, the other half is",
        f"judged, and both halves in turn. They may be empty; of ours {empty} were.",
        "",
        "## Sets of classes",
        "",
        *promises(classes, "classes"),
        "## Intervals, in standard deviations of the target",
        "",
        *promises(numbers, "width"),
        "## Beside the linear model",
        "",
        "Share of wrong rows, or mean squared error in variances of the target. The linear model",
        "is logistic or ridge regression of one-hot words, medians for missing numbers and",
        "standard scores. The standard error is that of the difference, paired over the rows.",
        "",
        *beside_linear(classes | numbers),
    ]


def main() -> None:
    parser = accuracy.options(__doc__, accuracy.RESULTS)
    given = parser.parse_args()
    found = accuracy.chosen_tables(parser, given)
    accuracy.write(report(found, fits(found, given), given), given)


if __name__ == "__main__":
    main()
