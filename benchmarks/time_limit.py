"""A fit in limited time: how long it took, how often it errs, and what it left out.

One split of each CSV file of a folder (80 % to train on, 20 % to score), a fit for each limit; the
last line of a table is the fit without a limit, where that is asked for.
"""

from __future__ import annotations

import argparse
import os
import warnings
from pathlib import Path
from time import perf_counter

from accuracy import names
from accuracy_data import Table, tables
from accuracy_measures import held_out
from tables import number, table

from helder import MLPClassifier, MLPRegressor

HEAD = ["set", "rows", "asked, s", "took, s", "error", "log-loss", "shortened"]


def measured(here: Table, seconds: float | None, given: argparse.Namespace) -> list[object]:
    """One line: one fit with this limit."""
    parts = here.split(given.seed, given.rows)
    kind = MLPClassifier if here.classify else MLPRegressor
    model = kind(random_state=given.seed, tune=given.tune)
    start = perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(parts.train, parts.y_train, time_limit=seconds)
    took = perf_counter() - start
    found = held_out(model, here, parts)
    asked = "-" if seconds is None else number(seconds)
    loss = f"{found['log_loss']:.4f}" if "log_loss" in found else "-"
    shortened = " ".join(model.shortened_) or "nothing"
    counts = [here.name, len(parts.train), asked, f"{took:.1f}", f"{found['error']:.4f}", loss]
    return [*counts, shortened]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder of CSV files")
    parser.add_argument("--sets", type=names, default=[], help="only these sets")
    parser.add_argument("--rows", type=int, default=1_000_000, help="at most so many train")
    parser.add_argument("--limits", type=names, default=["5", "10", "30"], help="seconds (5,10,30)")
    parser.add_argument("--free", action="store_true", help="also a fit without a limit")
    parser.add_argument("--tune", action="store_true", help="with tune=True")
    parser.add_argument("--cores", type=int, help="on so many cores; by default on all there are")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if given.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: given.cores]))
    limits: list[float | None] = [*map(float, given.limits), *([None] if given.free else [])]
    for here in tables(given.data, set(given.sets), set()):
        print(
            "\n".join(table(HEAD, [measured(here, limit, given) for limit in limits])), flush=True
        )


if __name__ == "__main__":
    main()
