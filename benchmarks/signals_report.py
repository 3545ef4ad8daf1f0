"""The tables of the signal benchmark: false alarms, power, and both beside other tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import binomtest
from signals_peers import PEERS
from tables import number, table

OURS, SHUFFLES = "helder", 199  # a peer's time is counted for as many shuffled targets
Records = list[dict[str, Any]]


def report(records: Records) -> list[str]:
    """Every table that the records fill, as Markdown."""
    ours = [record for record in records if record["test"] == OURS]
    noise = [record for record in ours if record["series"] == "noise"]
    weak = [record for record in ours if record["series"] == "weak"]
    return [*alarms(noise), *powers(weak), *beside(records)]


def share(records: Records) -> str:
    """How many of the sets were found."""
    return f"{sum(record['found'] for record in records)} of {len(records)}"


def alarms(noise: Records) -> list[str]:
    """How often noise is called signal, and what is said of it else."""
    rows = []
    for size in [*sorted({record["rows"] for record in noise}), "all"]:
        some = [record for record in noise if size in (record["rows"], "all")]
        said = [record["said"] for record in some]
        seconds = np.mean([record["seconds"] for record in some])
        counts = [said.count(word) for word in ("no signal found", "cannot tell")]
        rows.append([size, share(some), *counts, number(seconds)])
    head = ["rows", "called signal", "no signal found", "cannot tell", "processor seconds a set"]
    return table(head, rows)


def powers(weak: Records) -> list[str]:
    """How many weak signals of each kind and grade are found."""
    grades = list(dict.fromkeys(record["grade"] for record in weak))
    rows = []
    for kind in [*dict.fromkeys(record["kind"] for record in weak), "all"]:
        some = [record for record in weak if kind in (record["kind"], "all")]
        by = [share([record for record in some if record["grade"] == grade]) for grade in grades]
        rows.append([kind, *by, share(some), number(np.mean([one["seconds"] for one in some]))])
    return table(["signal", *grades, "all", "processor seconds a set"], rows)


def beside(records: Records) -> list[str]:
    """The sets that all tests have seen: what each found, and how long it took."""
    tests = [OURS, *PEERS]
    by = {(one["number"], one["test"]): one for one in records if one["series"] == "weak"}
    seen = [n for n, _ in by if all((n, test) in by for test in tests)]
    seen = sorted(set(seen))
    if not seen:
        return []
    kinds = list(dict.fromkeys(by[n, OURS]["kind"] for n in seen))
    rows: list[list[object]] = []
    for test in tests:
        found = [by[n, test] for n in seen]
        cells = [share([one for one in found if one["kind"] == kind]) for kind in kinds]
        pairs = [(by[n, OURS]["found"], by[n, test]["found"]) for n in seen]
        more, less = pairs.count((True, False)), pairs.count((False, True))
        p = binomtest(more, more + less).pvalue if more + less else 1.0
        against = "" if test == OURS else f"{more} to {less}, p = {number(p)}"
        rows.append([test, *cells, share(found), against, number(sum(map(seconds, found)))])
    head = ["test", *kinds, "all", "only helder to only this, McNemar", "processor seconds"]
    return table(head, rows)


def seconds(record: dict[str, Any]) -> float:
    """The time of a whole test."""
    if record["test"] == OURS:
        return float(record["seconds"])
    return float(record["seconds_each"]) * (SHUFFLES + 1)
