"""Trainings as lines of a results file, and back."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from doctor_faults import OWN

from helder import Architecture
from helder.glass.doctor.training.case import Inputs, Targets, Training
from helder.learn.history import Epoch
from helder.learn.looking import LayerLook
from helder.model.fitted import Scores
from helder.model.scores import Judgement, Lead, Score

DIGITS = 5


def described(case: Training) -> dict[str, Any]:
    """A training in plain values."""
    return plain(
        {
            "architecture": case.architecture.to_dict(),
            "records": [tuple(record.__dict__.values()) for record in case.records],
            "initial": case.initial,
            "stopped": case.stopped,
            "updates": case.updates,
            "inputs": case.inputs,
            "targets": case.targets,
            "scores": None if case.scores is None else dataclasses.asdict(case.scores),
            "classes": case.classes,
        }
    )


def plain(value: Any) -> Any:
    """A value as JSON holds it, its numbers shortened."""
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(entry) for entry in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{DIGITS}g}")
    return value


def case_of(found: dict[str, Any]) -> Training:
    """The training that a line describes."""
    scores = found["scores"]
    return Training(
        architecture=Architecture.from_dict(found["architecture"], OWN),
        records=tuple(
            Epoch(*numbers, tuple(LayerLook(*look) for look in looks))
            for *numbers, looks in found["records"]
        ),
        initial=tuple(LayerLook(*look) for look in found["initial"]),
        stopped=found["stopped"],
        updates=found.get("updates"),
        inputs=found["inputs"] and Inputs(*found["inputs"]),
        targets=found["targets"] and Targets(*found["targets"]),
        scores=scores and scores_of(scores),
        classes=found["classes"] and tuple(found["classes"]),
    )


def scores_of(found: dict[str, Any]) -> Scores:
    """The scores of a line; what stands beside the headline is left out."""
    test = found["test"]
    counts = None if test["confusion"] is None else np.array(test["confusion"])
    judgement = Judgement(Score(**test["score"]), test["beside"], counts, test["rows"])
    leads = {name: Lead(*two) for name, two in found["leads"].items()}
    return Scores(judgement, found["guess"], found["linear"], found["rows"], None, leads)
