"""helder beside other models on tables: errors, probabilities and time; writes docs/accuracy.md.

Every CSV file of a folder that has a column `target`; a few outer splits of each; every model at
its defaults on one core. What is done stands in a results file, so that a run can go on later.
"""

# ruff: noqa: E402, since the number of threads is set before any library starts its own
from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import platform
import sys
import warnings
from pathlib import Path
from time import process_time

import numpy as np
from accuracy_data import Table, tables
from accuracy_honesty import honesty
from accuracy_measures import calibration_error, error_rate, log_loss, relative_rmse
from accuracy_peers import ENTRANTS, OURS
from accuracy_report import report
from accuracy_results import Key, Record, add, forget, results
from tables import processor

RESULTS = Path("build") / "accuracy.jsonl"


def scored(table: Table, model: str, split: int, rows: int) -> Record:
    """One fit on one split, its measures, and the processor's seconds."""
    parts = table.split(split, rows)
    y, y_test = parts.y_train, parts.y_test.to_numpy()
    classes = np.unique(table.y)
    if table.classify and model != OURS:  # ours takes the labels; some peers only their numbers
        y, y_test = (np.searchsorted(classes, part) for part in (y, y_test))
        classes = np.arange(len(classes))
    start = process_time()
    fitted = ENTRANTS[model].build(table.classify, split, table.text).fit(parts.train, y)
    between = process_time()
    p = fitted.predict_proba(parts.test) if table.classify else fitted.predict(parts.test)
    end = process_time()
    p = np.asarray(p)
    if not np.isfinite(p).all():
        raise ValueError("predictions that are not finite")
    times = {"fit_s": between - start, "predict_s": end - between}
    own = honesty(table, parts, fitted, split) if model == OURS else {}
    if not table.classify:
        return {"error": relative_rmse(p, y_test, float(table.y.std())), **times, **own}
    whole = np.zeros((len(p), len(classes)))  # a class that training had not gets nothing
    whole[:, np.searchsorted(classes, fitted.classes_)] = p
    numbers = np.searchsorted(classes, y_test)
    return {
        "error": error_rate(whole, numbers),
        "log_loss": log_loss(whole, numbers),
        "calibration_error": calibration_error(whole, numbers),
        **times,
        **own,
    }


def attempt(table: Table, model: str, split: int, rows: int) -> Record:
    """The same, with who and where; a failure is a result too."""
    record: Record = {
        "set": table.name,
        "split": split,
        "model": model,
        "rows": rows,
        "version": ENTRANTS[model].version,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a peer has not converged is its default
            return record | scored(table, model, split, rows)
    except Exception as error:
        return record | {"failed": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}


def absent(model: str) -> str | None:
    """Why this model cannot be tried here at all, which is no result."""
    try:
        ENTRANTS[model].build(True, 0, [])
        _ = ENTRANTS[model].version
    except (ImportError, AttributeError) as error:
        return str(error)
    return None


def race(found: list[Table], models: list[str], given: argparse.Namespace) -> None:
    """Every fit that is not in the results yet, model by model."""
    for model in models:
        if (why := absent(model)) is not None:
            print(f"{model}: left out, {why}", file=sys.stderr)
            continue
        if model in given.again:
            forget(given.results, model, [table.name for table in found], given.rows)
        done = results(given.results, given.rows)
        for table in found:
            for split in range(given.splits):
                if (table.name, split, model) in done:
                    continue
                record = attempt(table, model, split, given.rows)
                add(given.results, record)
                outcome = record.get("failed") or (
                    f"error {record['error']:.4f}, {record['fit_s']:.1f} s"
                )
                print(f"{model} on {table.name}, split {split}: {outcome}", file=sys.stderr)


def heading(found: list[Table], records: dict[Key, Record], given: argparse.Namespace) -> list[str]:
    """What was run, on what, and how to read it."""
    classes = sum(table.classify for table in found)
    versions = sorted({record["version"] for record in records.values()})
    command = ["python benchmarks/accuracy.py --data FOLDER", f"--splits {given.splits}"]
    command += [f"--rows {given.rows}"]
    for flag in ("sets", "skip"):
        if chosen := getattr(given, flag):
            command.append(f"--{flag} {','.join(sorted(chosen))}")
    return [
        "# Accuracy",
        "",
        f"Sets of classes: {classes}, of numbers: {len(found) - classes}; outer splits of each:",
        f"{given.splits} (80 % to train on, at most {given.rows:,} rows of it; 20 % to score).",
        "Every model is at its defaults, on one core. Written by",
        "",
        "```sh",
        " ".join([*command, "--out docs/accuracy.md"]),
        "```",
        "",
        f"Processor: {processor()}. Versions: Python {platform.python_version()}, "
        + ", ".join(versions)
        + ".",
        "",
        "A target of words, or of at most ten distinct whole numbers, is one of classes. The error",
        "of a set is the share of rows that are wrong, or the root of the mean squared error",
        "divided by the standard deviation of the target's whole column; over sets it is",
        "`exp(mean(log(error + 0.01)))`. A ratio below 1 says that ours errs less; its interval is",
        "a bootstrap over sets, and over splits within them. Log-loss (no probability below 1e-7)",
        "and expected calibration error (ECE, 15 bins of the top label's probability) are plain",
        "means over the sets of classes. Times are the processor's seconds, all splits together.",
        "The linear model and scikit-learn's MLP have one-hot words, medians for missing numbers,",
        "and standard scores, the MLP for a target of numbers too; RealMLP and TabM have medians",
        "for missing numbers.",
        "",
    ]


def names(text: str) -> list[str]:
    """A list with commas."""
    return [part for part in text.split(",") if part]


def options(description: str | None, file: Path) -> argparse.ArgumentParser:
    """What every benchmark over a folder of tables can be told."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="a folder of CSV files")
    parser.add_argument("--splits", type=int, default=3, help="outer splits of each set (3)")
    parser.add_argument("--rows", type=int, default=10_000, help="at most so many train (10000)")
    parser.add_argument("--sets", type=names, default=[], help="only these sets")
    parser.add_argument("--skip", type=names, default=[], help="not these sets")
    parser.add_argument("--results", type=Path, default=file, help=f"({file})")
    parser.add_argument("--out", type=Path, help="where the tables go, beside the screen")
    return parser


def chosen_tables(parser: argparse.ArgumentParser, given: argparse.Namespace) -> list[Table]:
    """The tables that were asked for; from here on everything runs on one core."""
    if hasattr(os, "sched_setaffinity"):  # what starts threads all the same shares one core
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found = list(tables(given.data, set(given.sets), set(given.skip)))
    if missing := sorted(set(given.sets) - {table.name for table in found}):
        parser.error(f"no such set: {', '.join(missing)}")
    return found


def recorded(found: list[Table], given: argparse.Namespace) -> dict[Key, Record]:
    """What the results file says of these tables and splits."""
    here = {table.name for table in found}
    every = results(given.results, given.rows)
    return {k: one for k, one in every.items() if k[0] in here and k[1] < given.splits}


def write(lines: list[str], given: argparse.Namespace) -> None:
    """The tables, on the screen and where they were asked for."""
    print("\n".join(lines), flush=True)
    if given.out:
        given.out.write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    parser = options(__doc__, RESULTS)
    parser.add_argument("--models", type=names, default=list(ENTRANTS), help="who runs, in order")
    parser.add_argument("--again", type=names, default=[], help="models whose results are redone")
    given = parser.parse_args()
    if unknown := sorted({*given.models, *given.again} - ENTRANTS.keys()):
        parser.error(f"no such model: {', '.join(unknown)}; there are {', '.join(ENTRANTS)}")
    found = chosen_tables(parser, given)
    race(found, given.models, given)
    records = recorded(found, given)
    models = [model for model in ENTRANTS if any(k[2] == model for k in records)]
    write([*heading(found, records, given), *report(records, models, OURS)], given)


if __name__ == "__main__":
    main()
