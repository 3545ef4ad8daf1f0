"""How often each rule of the training doctor fires: on healthy trainings, and on planted faults.

Every training is kept in a results file as the doctor sees it, so that a run can go on later, and a
rule that changes is judged without training anything again.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from doctor_cases import described
from doctor_faults import FAULTS, Fault
from doctor_healthy import Altered, healthy, other_loss
from doctor_report import VERDICT, counts, fault_table, lines_of, rule_table, signals, write
from doctor_tables import NOISE, Drawn, names_in, prepared

from helder.errors import HelderError
from helder.glass.doctor.training.case import Training
from helder.glass.doctor.training.doors import begun
from helder.glass.signal import signal
from helder.learn.history import History
from helder.model import Prepared
from helder.model.baselines import linear_model
from helder.model.ensemble import Ensemble, fit_ensemble
from helder.model.fitting import calibrated, scored
from helder.model.problem import Problem
from helder.model.recipes import recipe_with
from helder.model.scores import metric_named

RESULTS = Path("build") / "doctor.jsonl"
HEALTHY, RUNS = 540, 30
NOISE_SHARE = 6  # one healthy training in so many is of noise
ROWS = (200, 300, 400, 600)
FEW_ROWS = (200, 300, 400)  # of the trainings with a fault
LARGE = (3000, 8000)  # rows of one healthy training in ten
OTHERS = 0.3  # of the healthy trainings of the plain recipe have another loss
SHORT = 32  # epochs of the strong recipe with a fault, where its own 256 would show no more
MEASURED = 1000  # seeds from here on measure; those below were for choosing thresholds


def trained(problem: Problem, recipe: Altered, seed: int) -> tuple[Training, Ensemble | None]:
    """The training as the doctor sees it."""
    case = begun(problem, recipe)
    heard: list[Any] = []
    try:
        ensemble = fit_ensemble(problem, recipe, members=1, seed=seed, listener=heard.append)
    except HelderError as error:  # nothing was kept: the epochs that were heard of remain
        if "ran off" not in str(error):
            raise
        return replace(case, records=tuple(heard), stopped="not finite"), None
    history: History = ensemble.history
    records, initial = tuple(history.records), history.initial
    return replace(case, records=records, initial=initial, stopped=history.stopped), ensemble


def with_scores(
    case: Training, found: Prepared, problem: Problem, ensemble: Ensemble, seed: int
) -> Training:
    """The training with its scores beside simple models."""
    linear = linear_model(problem, seed)
    beside = None if linear is None else calibrated(found, linear)
    metric = metric_named(None, found.target.task)
    scores = scored(found, calibrated(found, ensemble), beside, metric, seed)
    return replace(case, scores=scores, classes=found.target.classes)


def healthy_case(folder: Path, seed: int) -> tuple[dict[str, Any], Training]:
    """A training with nothing wrong."""
    rng = np.random.default_rng([seed, 1])
    names = list(NOISE) if seed % NOISE_SHARE == 0 else names_in(folder)
    recipe = "plain" if rng.random() < 0.55 else "strong"
    large = recipe == "plain" and rng.random() < 0.1
    rows = int(rng.choice(LARGE if large else ROWS))
    folds = 8 if recipe == "strong" and rng.random() < 0.15 else None
    drawn = Drawn(str(rng.choice(names)), rows, recipe, seed, folds)
    found = prepared(folder, drawn)
    altered, problem = healthy(recipe, rng), found.problem
    calm = altered.training.get("optimizer") not in ("sgd", "momentum")
    if recipe == "plain" and calm and rng.random() < OTHERS:  # as for networks of one's own
        case, _ = trained(other_loss(problem, rng), altered, seed)
        return drawn._asdict(), case
    case, ensemble = trained(problem, altered, seed)
    if ensemble is not None:
        case = with_scores(case, found, problem, ensemble, seed)
    return drawn._asdict(), case


def faulty_case(folder: Path, fault: Fault, seed: int) -> tuple[dict[str, Any], Training]:
    """A training with one thing wrong."""
    rng = np.random.default_rng([seed, 2])
    names = fault.among or names_in(folder)
    recipe = ("plain", "strong")[seed % 2]
    rows = fault.few or int(rng.choice(FEW_ROWS))
    drawn = Drawn(names[(seed // 2) % len(names)], rows, recipe, seed)
    found = prepared(folder, drawn)
    problem = fault.rows(found.problem, rng)
    chosen = {"epochs": SHORT} if recipe == "strong" else {}
    case, ensemble = trained(problem, fault.alters(recipe_with(recipe, chosen), rng), seed)
    if fault.scored and ensemble is not None:
        case = with_scores(case, found, problem, ensemble, seed)
    return drawn._asdict(), case


def run(given: argparse.Namespace) -> None:
    """Every training that is not in the results yet."""
    done = set()
    if given.results.exists():
        lines = given.results.read_text().splitlines()
        done = {(line["kind"], line["seed"]) for line in map(json.loads, lines)}
    given.results.parent.mkdir(exist_ok=True)
    kinds = [kind for kind in ("healthy", *FAULTS) if given.only in (None, kind)]
    for kind in kinds:
        count = given.healthy if kind == "healthy" else given.runs
        for seed in range(given.first, given.first + count):
            if (kind, seed) in done:
                continue
            start = perf_counter()
            if kind == "healthy":
                drawn, case = healthy_case(given.data, seed)
            else:
                drawn, case = faulty_case(given.data, FAULTS[kind], seed)
            line = {"kind": kind, "seed": seed, "drawn": drawn, "case": described(case)}
            with given.results.open("a") as file:
                file.write(json.dumps(line) + "\n")
            took = perf_counter() - start
            print(f"{kind}, seed {seed}: {drawn}, {took:.1f} s", file=sys.stderr)


def verdicts(given: argparse.Namespace) -> None:
    """What the verdict says of the healthy trainings of noise, where it is not known yet."""
    known = set(signals(given.results))
    for line in list(lines_of(given.results)):
        noisy = line["kind"] == "healthy" and line["drawn"]["name"] in NOISE
        if noisy and line["seed"] not in known:
            said = signal(prepared(given.data, Drawn(**line["drawn"])).problem).signal
            with given.results.open("a") as file:
                file.write(json.dumps({"kind": VERDICT, "seed": line["seed"], "said": said}) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder of CSV files")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--first", type=int, default=MEASURED, help="the first seed")
    parser.add_argument("--healthy", type=int, default=HEALTHY)
    parser.add_argument("--runs", type=int, default=RUNS, help="of each fault")
    parser.add_argument("--only", help="one kind")
    parser.add_argument("--write", action="store_true", help="docs/doctor.md and the rates")
    given = parser.parse_args()
    run(given)
    verdicts(given)
    counted = counts(given.results)
    print("\n".join(rule_table(counted) + fault_table(counted)))
    if given.write:
        write(counted)


if __name__ == "__main__":
    main()
