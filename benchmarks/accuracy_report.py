"""The report of the accuracy benchmark: how much less often ours errs, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from accuracy_results import Key, Record
from tables import number, table

SHIFT = 0.01  # an error of nought would decide a geometric mean alone
DRAWS = 10_000
Errors = dict[tuple[str, int], float]  # by set and split


def errors(records: dict[Key, Record], model: str) -> Errors:
    """The errors of one model where it did not fail."""
    return {
        (name, split): record["error"]
        for (name, split, who), record in records.items()
        if who == model and "error" in record
    }


def by_set(values: Errors) -> list[np.ndarray]:
    """The same, one array of splits for each set."""
    names = sorted({name for name, _ in values})
    return [np.array([values[k] for k in sorted(values) if k[0] == name]) for name in names]


def shifted_geometric_mean(values: Errors) -> float:
    """exp(mean(log(error + 0.01))), each set counting alike."""
    return float(np.exp(np.mean([np.log(part + SHIFT).mean() for part in by_set(values)])))


def ratio(our: Errors, their: Errors, draws: int = DRAWS) -> tuple[float, float, float]:
    """Ours over theirs where both are, with the 95 % interval of a paired bootstrap.

    A draw takes as many sets as there are, with replacement, and within each its splits likewise.
    """
    both = sorted(our.keys() & their.keys())
    gaps = by_set({k: np.log(our[k] + SHIFT) - np.log(their[k] + SHIFT) for k in both})
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(gaps), size=(draws, len(gaps)))
    means = np.empty(drawn.shape)
    for which, part in enumerate(gaps):
        here = drawn == which
        means[here] = rng.choice(part, size=(int(here.sum()), len(part))).mean(1)
    low, high = np.quantile(means.mean(1), [0.025, 0.975])
    middle = np.mean([part.mean() for part in gaps])
    return tuple(float(np.exp(value)) for value in (middle, low, high))  # type: ignore[return-value]


def mean_ranks(errors_of: dict[str, Errors]) -> dict[str, float]:
    """The mean place of each model, ties sharing theirs, where all of them are."""
    shared = set.intersection(*(set(values) for values in errors_of.values()))
    if not shared:
        return {}
    E = np.array([[values[k] for k in sorted(shared)] for values in errors_of.values()])  # (M, N)
    below, level = (compare(E[None], E[:, None]).sum(1) for compare in (np.less, np.equal))
    places = (below + (level + 1) / 2).mean(1)  # (M,)
    return dict(zip(errors_of, map(float, places), strict=True))


def mean_of(records: Iterable[Record], what: str) -> str:
    """The plain mean of a measure where there is one."""
    values = [record[what] for record in records if record.get(what) is not None]
    return f"{np.mean(values):.4f}" if values else "-"


def together(records: dict[Key, Record], models: list[str], ours: str) -> list[str]:
    """A line for each model over all sets; one that has not done them all gets no mean."""
    keys = {k[:2] for k in records}
    errors_of = {model: errors(records, model) for model in models}
    whole = {model: values for model, values in errors_of.items() if values.keys() == keys}
    ranks = mean_ranks(whole) if whole else {}
    lines: list[list[object]] = []
    for model, values in errors_of.items():
        mine = [record for k, record in records.items() if k[2] == model and "error" in record]
        done = model in whole
        cells: list[object] = [
            model,
            f"{shifted_geometric_mean(values):.4f}" if done else "-",
            "1" if model == ours else beside(errors_of.get(ours, {}), values),
            f"{ranks[model]:.2f}" if done else "-",
            mean_of(mine, "log_loss") if done else "-",
            mean_of(mine, "calibration_error") if done else "-",
            number(sum(record["fit_s"] for record in mine)) if mine else "-",
            number(sum(record["predict_s"] for record in mine)) if mine else "-",
            f"{len(values)} of {len(keys)}",
        ]
        lines.append(cells)
    head = ["model", "error", f"{ours} / this (95 %)", "mean rank", "log-loss", "ECE"]
    return table([*head, "fit, s", "predict, s", "splits done"], lines)


def beside(our: Errors, their: Errors) -> str:
    """The ratio with its interval, as it stands in the table."""
    if not our.keys() & their.keys():
        return "-"
    middle, low, high = ratio(our, their)
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


def each_set(records: dict[Key, Record], models: list[str], what: str) -> list[str]:
    """A line for each set: the mean of a measure over the splits that are done, the least bold."""
    lines: list[list[object]] = []
    for name in sorted({k[0] for k in records}):
        means: list[float | None] = []
        for model in models:
            found = [r.get(what) for k, r in records.items() if k[0] == name and k[2] == model]
            values = [value for value in found if value is not None]
            means.append(float(np.mean(values)) if values else None)
        known = [mean for mean in means if mean is not None]
        if not known:
            continue
        cells = ["-" if mean is None else f"{mean:.4f}" for mean in means]
        best = f"{min(known):.4f}"
        lines.append([name, *(f"**{cell}**" if cell == best else cell for cell in cells)])
    return table(["set", *models], lines)


def failures(records: dict[Key, Record]) -> list[str]:
    """Who failed where, and why."""
    said = [
        f"- {model} on {name}, split {split}: {record['failed']}"
        for (name, split, model), record in sorted(records.items())
        if "failed" in record
    ]
    return ["Failed:", "", *said, ""] if said else []


def report(records: dict[Key, Record], models: list[str], ours: str) -> list[str]:
    """All tables."""
    if not records:
        return ["Nothing is done yet.", ""]
    return [
        *together(records, models, ours),
        *failures(records),
        "## Error on each set",
        "",
        *each_set(records, models, "error"),
        "## Log-loss on each set of classes",
        "",
        *each_set(records, models, "log_loss"),
    ]
