"""Whether `signal` cries wolf, and what it misses, beside permutation tests of trees and lines.

Sets that hold nothing and sets that hold a weak signal; what is done stands in a results file, so
that a run can go on later.
"""

# ruff: noqa: E402, since the number of threads is set before any library starts its own
from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import json
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from signals_peers import PEERS, tested
from signals_report import report
from signals_sets import SETS, Set

from helder.core.losses import CategoricalCrossEntropy, MeanSquaredError
from helder.glass.signal import signal
from helder.learn import Rows
from helder.model.problem import Problem
from helder.model.splitting import folds_of

RESULTS = Path("build") / "signals.jsonl"
OURS, COUNT, BESIDE = "helder", 300, 5  # every so many weak sets are put before the peers too
FOLDS, SEED = 5, 0


def problem_of(one: Set) -> Problem:
    """The set as helder learns it; the columns stay as they are."""
    weights = np.ones(len(one.y))
    if one.task == "regression":
        return Problem(Rows(one.X, one.y[:, None], weights), MeanSquaredError())
    return Problem(Rows(one.X, np.eye(one.y.max() + 1)[one.y], weights), CategoricalCrossEntropy())


def ours(one: Set) -> dict[str, Any]:
    """What helder says of a set, and the processor's seconds."""
    problem = problem_of(one)
    began = process_time()
    verdict = signal(problem, seed=SEED)
    seconds = process_time() - began
    evidence = {key: verdict.evidence[key] for key in ("p_screens", "p_networks", "networks")}
    power = verdict.evidence["power"]
    return {
        "found": verdict.signal == "signal",
        "said": verdict.signal,
        "p": verdict.p_value,
        "seconds": seconds,
        "power": None if power is None else power["found"],
        **evidence,
    }


def peer(name: str, one: Set, number: int) -> dict[str, Any]:
    """What a peer's permutation test says of a set, with the folds of helder's networks."""
    folds = folds_of(len(one.y), FOLDS, SEED)
    return tested(name, one.X, one.y, folds, number)


def results(path: Path) -> dict[tuple[str, int, str], dict[str, Any]]:
    """What is done, by series, number of the set and test."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    records = [json.loads(line) for line in lines]
    return {(record["series"], record["number"], record["test"]): record for record in records}


def run(path: Path, tests: list[str]) -> None:
    """Every test on every set that is not done yet."""
    done = results(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    ours(SETS["weak"](0))  # what is loaded and traced once is not timed
    for test in tests:
        for series, number in [(series, number) for series in SETS for number in range(COUNT)]:
            beside = series == "weak" and number % BESIDE == 0
            if (series, number, test) in done or not (test == OURS or beside):
                continue
            one = SETS[series](number)
            found = ours(one) if test == OURS else peer(test, one, number)
            about = {"kind": one.kind, "task": one.task, "grade": one.grade, "rows": len(one.y)}
            record = {"series": series, "number": number, "test": test, **about, **found}
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")


def main() -> None:
    """Runs what is not done, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--tests", nargs="*", default=[OURS, *PEERS], choices=[OURS, *PEERS])
    given = parser.parse_args()
    run(given.results, given.tests)
    print("\n".join(report(list(results(given.results).values()))))


if __name__ == "__main__":
    main()
