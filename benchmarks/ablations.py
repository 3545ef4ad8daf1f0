"""What each part of the strong recipe is worth: it is switched off, and all others stay.

Every part is a recipe that follows the strong one and differs in that alone. What is done stands in
a results file, so that a run can go on later.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import process_time
from typing import Any

import accuracy  # before NumPy, as it sets the number of threads
import numpy as np
from accuracy_data import Split, Table
from accuracy_measures import held_out, of_probabilities, relative_rmse
from accuracy_report import errors, mean_of, ratio, shifted_geometric_mean
from accuracy_results import Key, Record, add
from tables import number, processor, table

from helder import MLPClassifier, MLPRegressor
from helder.core import Architecture
from helder.core.fronts import Front, Periodic, Scale
from helder.learn import Member, MultilayerPerceptron, Settings
from helder.model.ensemble import Problem
from helder.model.recipes import RECIPES, Adjusted, After
from helder.table import PLAIN
from helder.table.steps import Fit

RESULTS = accuracy.RESULTS.with_name("ablations.jsonl")
STRONG = RECIPES["strong"]
FULL = "the full recipe"
HELD_OUT, OUT_OF_FOLD = "held out", "out of fold"


@dataclass(frozen=True)
class Without(After):
    """The recipe without one kind of layer in front."""

    kind: type[Front]

    def architecture(self, problem: Problem) -> Architecture:
        network = super().architecture(problem)
        wide, front = network.inputs, []
        for layer in network.front:
            if not isinstance(layer, self.kind):
                front.append(replace(layer, n_in=wide))
                wide = front[-1].n_out
        return replace(network, front=front)


@dataclass(frozen=True)
class Unsmoothed(After):
    """The recipe with the labels as they are."""

    def member(self, problem: Problem) -> Member:
        return replace(super().member(problem), label_smoothing=None)


@dataclass(frozen=True)
class DrawnBlindly(After):
    """The recipe with first weights that do not look at the rows."""

    def begin(self, net: MultilayerPerceptron, problem: Problem) -> None:
        pass


@dataclass(frozen=True)
class Undecayed(After):
    """The recipe without weight decay."""

    def settings(self, problem: Problem) -> Settings:
        settings = super().settings(problem)
        return replace(settings, optimizer=replace(settings.optimizer, weight_decay=0.0))


@dataclass(frozen=True)
class StandardRates(After):
    """The recipe with one rate for all weights: what a hidden layer's had before."""

    def architecture(self, problem: Problem) -> Architecture:
        return replace(super().architecture(problem), parametrisation="standard")

    def settings(self, problem: Problem) -> Settings:
        settings = super().settings(problem)
        wide = self.recipe.architecture(problem).hidden_layers[0].units
        return replace(settings, learning_rate=settings.learning_rate * wide**-0.5)


@dataclass(frozen=True)
class PlainSteps(After):
    """The recipe behind the plain table plan, which names no numbers: so without waves too."""

    @property
    def steps(self) -> Mapping[str, Fit]:
        return PLAIN


@dataclass(frozen=True)
class Part:
    """One line of the table: a recipe, and what else the estimator is told."""

    recipe: Any
    told: dict[str, Any] = field(default_factory=dict)


PARTS = {
    FULL: Part(STRONG),
    "no waves of numbers": Part(Without(STRONG, Periodic)),
    "no scale of inputs": Part(Without(STRONG, Scale)),
    "bends that are not learnt": Part(Adjusted(STRONG, {"parametric": False})),
    "standard rates instead of ntk": Part(StandardRates(STRONG)),
    "first weights that see no rows": Part(DrawnBlindly(STRONG)),
    "no smoothed labels": Part(Unsmoothed(STRONG)),
    "no dropout": Part(Adjusted(STRONG, {"dropout": 0.0})),
    "no weight decay": Part(Undecayed(STRONG)),
    "a constant rate": Part(Adjusted(STRONG, training={"schedule": "constant"})),
    "a rate that falls as a cosine": Part(Adjusted(STRONG, training={"schedule": "cosine"})),
    "one member": Part(STRONG, {"members": 1}),
    "the plain table plan": Part(PlainSteps(STRONG)),
}


def scored(table: Table, parts: Split, part: str, seed: int) -> Record:
    """One fit: its errors out of fold, where it has folds, and held out."""
    RECIPES[part] = PARTS[part].recipe
    kind = MLPClassifier if table.classify else MLPRegressor
    start = process_time()
    model = kind(recipe=part, random_state=seed, **PARTS[part].told)
    model.fit(parts.train, parts.y_train)
    record: Record = {"fit_s": process_time() - start}
    record |= held_out(model, table, parts)
    if not table.classify:
        if model.oof_prediction_ is not None:
            spread = float(table.y.std())
            seen = relative_rmse(model.oof_prediction_, parts.y_train.to_numpy(), spread)
            record["oof_error"] = seen
        return record
    classes = np.unique(table.y)
    if model.oof_proba_ is not None:
        seen = of_probabilities(model.oof_proba_, parts.y_train, model.classes_, classes)
        record |= {f"oof_{what}": value for what, value in seen.items()}
    return record


def run(found: list[Table], given: Any) -> None:
    """Every fit that is not in the results yet, set by set."""
    done = accuracy.recorded(found, given)
    for here in found:
        for split in range(given.splits):
            for part in given.parts:
                if (here.name, split, part) in done:
                    continue
                record = {"set": here.name, "split": split, "model": part, "rows": given.rows}
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    record |= scored(here, here.split(split, given.rows), part, split)
                add(given.results, record)
                said = f"error {record['error']:.4f}, {record['fit_s']:.1f} s"
                print(f"{here.name}, split {split}, {part}: {said}", file=sys.stderr)


def out_of_fold(records: dict[Key, Record]) -> dict[Key, Record]:
    """The same records with what was found out of fold in the place of what was held out."""
    return {
        k: {**one, "error": one["oof_error"], "log_loss": one.get("oof_log_loss")}
        for k, one in records.items()
        if "oof_error" in one
    }


def report(records: dict[Key, Record], parts: list[str]) -> list[str]:
    """A line for each part: errors out of fold and held out, each beside the full recipe's."""
    lines: list[list[object]] = []
    both = {HELD_OUT: records, OUT_OF_FOLD: out_of_fold(records)}
    for part in parts:
        cells: list[object] = [part]
        for where in (OUT_OF_FOLD, HELD_OUT):
            own, full = errors(both[where], part), errors(both[where], FULL)
            mine = [one for k, one in both[where].items() if k[2] == part]
            cells += [f"{shifted_geometric_mean(own):.4f}" if own else "-"]
            cells += [beside(own, full), mean_of(mine, "log_loss")]
        times = [one["fit_s"] for k, one in records.items() if k[2] == part]
        lines.append([*cells, number(sum(times)) if times else "-"])
    head = [
        f"{where}: {what}"
        for where in (OUT_OF_FOLD, HELD_OUT)
        for what in ("error", "beside full (95 %)", "log-loss")
    ]
    return table(["without", *head, "fit, s"], lines)


def beside(own: dict[tuple[str, int], float], full: dict[tuple[str, int], float]) -> str:
    """Error over error, with the interval of a bootstrap over sets; 1 for the full recipe."""
    if own == full or not own.keys() & full.keys():
        return "1" if own else "-"
    middle, low, high = ratio(own, full)
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


def heading(found: list[Table], given: Any) -> list[str]:
    """What was run, and how to read it."""
    return [
        "# Ablations",
        "",
        f"The strong recipe with one part switched off at a time, on {len(found)} tables: "
        f"outer splits of each: {given.splits},",
        f"at most {given.rows:,} rows to learn from. Written by",
        "",
        "```sh",
        f"python benchmarks/ablations.py --data FOLDER --splits {given.splits} --rows {given.rows}"
        + (f" --skip {','.join(given.skip)}" if given.skip else "")
        + " --out docs/ablations.md",
        "```",
        "",
        f"Processor: {processor()}, one core.",
        "",
        "Errors are those of [Accuracy](accuracy.md): shares of wrong rows or relative root mean",
        "squared errors, `exp(mean(log(error + 0.01)))` over sets. A ratio above 1 says that the",
        "part helps; its interval is a bootstrap over the sets. Log-loss is a plain mean over the",
        "sets of classes, times are the processor's seconds of all fits. Standard rates are those",
        "that the weights of a hidden layer had, for everything; the plain table plan names no",
        "numbers, so there are no waves behind it; one member has no rows out of fold.",
        "",
    ]


def main() -> None:
    parser = accuracy.options(__doc__, RESULTS)
    parser.set_defaults(rows=2000, splits=1)
    parser.add_argument("--parts", type=accuracy.names, default=list(PARTS), help="with commas")
    given = parser.parse_args()
    if unknown := sorted(set(given.parts) - PARTS.keys()):
        parser.error(f"no such part: {', '.join(unknown)}; there are {'; '.join(PARTS)}")
    found = accuracy.chosen_tables(parser, given)
    run(found, given)
    lines = report(accuracy.recorded(found, given), given.parts)
    accuracy.write([*heading(found, given), *lines], given)


if __name__ == "__main__":
    main()
