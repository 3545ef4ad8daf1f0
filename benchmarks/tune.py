"""What tuning is worth: the default beside `tune=True` for some seconds, on rows outside fit.

What is done stands in a results file, so that a run can go on later.
"""

from __future__ import annotations

import sys
import warnings
from time import perf_counter
from typing import Any

import accuracy  # before NumPy, as it sets the number of threads
from accuracy_data import Split, Table
from accuracy_measures import held_out
from accuracy_report import each_set, errors, mean_of, ratio, shifted_geometric_mean
from accuracy_results import Key, Record, add
from tables import number, processor, table

from helder import MLPClassifier, MLPRegressor

RESULTS = accuracy.RESULTS.with_name("tune.jsonl")
DEFAULT = "default"


def scored(here: Table, parts: Split, seconds: float | None, seed: int) -> Record:
    """One fit, tuned for so many seconds or by default: its errors, and what was tried."""
    kind = MLPClassifier if here.classify else MLPRegressor
    model = kind(random_state=seed, tune=seconds is not None)
    start = perf_counter()
    model.fit(parts.train, parts.y_train, time_limit=seconds)
    record: Record = {"fit_s": perf_counter() - start, "tried": len(model.tuned_)}
    record["networks"] = len(model.net_.parameters.values)
    return record | held_out(model, here, parts)


def run(found: list[Table], runs: dict[str, float | None], given: Any) -> None:
    """Every fit that is not in the results yet, set by set."""
    done = accuracy.recorded(found, given)
    for here in found:
        for split in range(given.splits):
            for name, seconds in runs.items():
                if (here.name, split, name) in done:
                    continue
                record = {"set": here.name, "split": split, "model": name, "rows": given.rows}
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    record |= scored(here, here.split(split, given.rows), seconds, split)
                add(given.results, record)
                said = f"error {record['error']:.4f}, {record['fit_s']:.1f} s"
                print(f"{here.name}, split {split}, {name}: {said}", file=sys.stderr)


def report(records: dict[Key, Record], runs: dict[str, float | None]) -> list[str]:
    """A line for the default and one for each time, over all sets; then a line for each set."""
    full = errors(records, DEFAULT)
    lines: list[list[object]] = []
    for name in runs:
        own = errors(records, name)
        mine = [one for k, one in records.items() if k[2] == name]
        if not own:
            continue
        beside = "1"
        if name != DEFAULT and own.keys() & full.keys():
            middle, low, high = ratio(own, full)
            beside = f"{middle:.3f} ({low:.3f} to {high:.3f})"
        cells = [name, f"{shifted_geometric_mean(own):.4f}", beside, mean_of(mine, "log_loss")]
        means = [sum(one[what] for one in mine) / len(mine) for what in ("tried", "networks")]
        times = number(sum(one["fit_s"] for one in mine) / len(mine))
        lines.append([*cells, *map(number, means), times, len(own)])
    head = ["fit", "error", "beside default (95 %)", "log-loss", "tried", "networks", "fit, s"]
    return [*table([*head, "fits"], lines), *each_set(records, list(runs), "error")]


def heading(found: list[Table], given: Any) -> list[str]:
    """What was run, and how to read it."""
    return [
        "# Tuning",
        "",
        f"The default and `tune=True`, on {len(found)} tables, outer splits of each: "
        f"{given.splits}; at most {given.rows:,} rows to learn from.",
        f"Processor: {processor()}, one core.",
        "",
        "Errors are shares of wrong rows or relative root mean squared errors on rows outside fit,",
        "`exp(mean(log(error + 0.01)))` over sets. A ratio below 1 says that tuning helps; its",
        "interval is a bootstrap over the sets, and over splits within them. Tried, networks and",
        "seconds are means of the fits.",
        "",
    ]


def main() -> None:
    parser = accuracy.options(__doc__, RESULTS)
    parser.set_defaults(rows=2000, splits=1)
    parser.add_argument("--seconds", type=accuracy.names, default=["60"], help="of tuning (60)")
    given = parser.parse_args()
    runs: dict[str, float | None] = {DEFAULT: None}
    runs |= {f"tuned for {text} s": float(text) for text in given.seconds}
    found = accuracy.chosen_tables(parser, given)
    run(found, runs, given)
    accuracy.write([*heading(found, given), *report(accuracy.recorded(found, given), runs)], given)


if __name__ == "__main__":
    main()
