"""Rules about the size of the steps: too large, too small, off to infinity."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from helder.glass.doctor.rules import Sighting
from helder.glass.doctor.training.case import Training
from helder.typing import Floats

EARLY = 10  # epochs in which the first steps are judged
ENOUGH = 5  # of them, before steps are called too small
TOO_FAR, TOO_SHORT = 0.8, 3e-4  # of the length of the weights, in an epoch
GOOD = 0.03  # the same, as healthy trainings usually show it
MOST, LEAST = 1000.0, 3.0  # times that a rate is changed at once, at most and at least


def pace(training: Training) -> Floats:
    """How far the weights move in each of the first epochs, as a share of themselves, (E,).

    Of each epoch the median over the layers: one that begins at nothing moves far, and is well.
    """
    updates = [[layer.update for layer in look] for look in training.looks[:EARLY]]
    return np.array([np.median(layers) for layers in updates])


def learning_rate_too_high(training: Training) -> Iterable[Sighting]:
    """Steps longer than the weights themselves."""
    moved = pace(training)
    if not len(moved):
        return
    far = float(np.nanmax(moved)) if np.isfinite(moved).any() else np.inf
    if far > TOO_FAR:
        rate = training.learning_rate
        better = rate / np.clip(far / GOOD, LEAST, MOST)
        values = {"rate": rate, "share": far, "better": rounded(better)}
        yield Sighting(values, fix={"learning_rate": rounded(better)})


def learning_rate_too_low(training: Training) -> Iterable[Sighting]:
    """Steps that hardly move the weights, while there would be somewhere to go."""
    moved = pace(training)
    if len(moved) < ENOUGH or not np.isfinite(moved).all():
        return
    far = float(moved.max())
    if far < TOO_SHORT and reached(training):
        rate = training.learning_rate
        better = rate * np.clip(GOOD / max(far, 1e-30), LEAST, 1e6)
        values = {"rate": rate, "share": far, "better": rounded(better)}
        yield Sighting(values, fix={"learning_rate": rounded(better)})


def reached(training: Training) -> bool:
    """Whether a gradient reaches most layers: without one no rate would move them."""
    gradients = [[layer.gradient for layer in look] for look in training.looks[:EARLY]]
    return float(np.median(gradients)) > 0


def not_finite(training: Training) -> Iterable[Sighting]:
    """A loss or a weight that is no number any more."""
    for record in training.records:
        weights = [layer.weight for layer in record.layers]
        if np.isfinite(record.loss) and np.isfinite(weights).all():
            continue
        where = training.began or f"epoch {record.epoch}"
        rate = training.learning_rate
        better = rounded(rate / 10)
        values = {"where": where, "rate": rate, "better": better}
        yield Sighting(values, where=where, fix={"learning_rate": better})
        return


def rounded(rate: float) -> float:
    """A rate with one digit."""
    return float(f"{rate:.0e}")
