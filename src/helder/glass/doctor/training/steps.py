"""Rules about the size of the steps: too large, too small, off to infinity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from helder.glass.doctor.rules import Sighting
from helder.glass.doctor.training.case import Training
from helder.learn.looking import Look
from helder.text import say
from helder.typing import Floats

EARLY = 10  # epochs in which steps show that they are too long
SHORT, LONG = 5, 20  # epochs before they are called too short, once training is over and before
USUAL = 10  # updates of an epoch: so many more move so much further
TOO_FAR, TOO_SHORT = 0.8, 3e-4  # of the length of the weights, in an epoch
WILD = 1.0  # a rate that runs off at once is blamed for it from here on
GOOD = 0.03  # the same, as healthy trainings usually show it
CALM = 0.01  # a rate that nearly every training bears
MOST, LEAST = 1000.0, 3.0  # times that a rate is changed at once, at most and at least


def pace(looks: Sequence[Look]) -> Floats:
    """How far the weights move in each epoch, as a share of themselves, (E,).

    Of each epoch the median over the layers: one that begins at nothing moves far, and is well.
    """
    return np.array([np.median([layer.update for layer in look]) for look in looks])


def learning_rate_too_high(training: Training) -> Iterable[Sighting]:
    """Steps about as long as the weights themselves."""
    moved = pace(training.looks[:EARLY])
    if not len(moved):
        return
    finite, rate = moved[np.isfinite(moved)], training.learning_rate
    if len(finite) and finite.max() > TOO_FAR:
        far = float(finite.max())
        better = rounded(rate / np.clip(far / GOOD, LEAST, MOST))
        moves = say("doctor.moves_by", share=far)
    elif not len(finite) and rate > WILD:  # with a smaller one it may have been something else
        better, moves = rounded(rate / MOST), say("doctor.moves_beyond")
    else:
        return
    yield Sighting({"rate": rate, "moves": moves, "better": better}, fix={"learning_rate": better})


def learning_rate_too_low(training: Training) -> Iterable[Sighting]:
    """Steps that hardly move the weights, though a gradient says where to go."""
    looks = training.looks
    moved = pace(looks)
    seen = len(moved) >= (SHORT if training.stopped else LONG)  # a rate may be slow to rise
    if not seen or not np.isfinite(moved).all() or not reached(looks):
        return
    far = float(moved.max())
    if far < TOO_SHORT * max(1.0, (training.updates or 0) / USUAL):
        rate = training.learning_rate
        better = rounded(rate * np.clip(GOOD / max(far, 1e-30), LEAST, 1e6))
        values = {"rate": rate, "share": far, "better": better}
        yield Sighting(values, fix={"learning_rate": better})


def reached(looks: Sequence[Look]) -> bool:
    """Whether a gradient reaches most layers: without one no rate would move them."""
    return float(np.median([[layer.gradient for layer in look] for look in looks])) > 0


def not_finite(training: Training) -> Iterable[Sighting]:
    """A loss or a weight that is no number any more."""
    for record in training.records:
        weights = [layer.weight for layer in record.layers]
        if np.isfinite(record.loss) and np.isfinite(weights).all():
            continue
        where = training.began or f"epoch {record.epoch}"
        rate = training.learning_rate
        better = rounded(min(rate / 10, CALM))
        values = {"where": where, "rate": rate, "better": better}
        yield Sighting(values, where=where, fix={"learning_rate": better})
        return


def rounded(rate: float) -> float:
    """A rate with one digit."""
    return float(f"{rate:.0e}")
