"""Rules about how a training went and what came of it, most of them once it is over."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from helder.errors import shown
from helder.glass.doctor.rules import Sighting
from helder.glass.doctor.training.case import Training
from helder.glass.doctor.training.steps import rounded
from helder.model.scores import Lead
from helder.model.verdict import SIGNAL

LEARNT = 1.0  # of what guessing costs: a training loss that was never below has learnt nothing
DOUBTFUL = 1.02  # the same, where nobody knows whether there is anything to learn
# Of the first third's smallest loss, in the last third, where it may get there yet. Who learns
# noise by heart takes long, so where nobody knows whether it is noise, less will do.
FALLING, SLOWLY = 0.8, 0.95
TRIED = 5  # epochs before that is said
CERTAIN = 3.0  # standard errors
GAIN = 0.1  # in accuracy or R2, of a simple model over guessing, that is worth keeping
KEPT = 0.4  # of what a simple model gains over guessing
FEW_EPOCHS = 20  # that may have been too few
WORSE, LONG = 1.3, 10  # times the smallest held-out loss, for so many epochs
FLAT, FLAT_EPOCHS = 1e-3, 20  # a loss that falls by less of itself in so many epochs
SWING, OFTEN = 0.1, 0.25  # of the loss, up and down, in so much of all epochs
PERFECT, WITH_LEAK, GUESSED = 0.98, 0.95, 0.9
FEWEST = 3  # rows of a class before its absence says something


def not_learning(training: Training) -> Iterable[Sighting]:
    """A training loss that guessing alike for every row has as well."""
    targets, losses = training.targets, training.losses
    if training.stopped is None or targets is None or training.nothing_there:
        return
    finite = losses[np.isfinite(losses)]
    if len(losses) < TRIED or not len(finite):
        return
    known = training.signal == SIGNAL
    third = max(1, len(finite) // 3)
    left = finite[-third:].min() / max(finite[:third].min(), 1e-300)
    falling = left < (FALLING if known else SLOWLY)
    bar = (LEARNT if known else DOUBTFUL) * targets.guess
    if still(training) or (0 < bar < finite.min() and not falling):
        values = {"best": float(finite.min()), "guess": targets.guess, "epochs": len(losses)}
        yield Sighting(values)


def still(training: Training) -> bool:
    """Whether there never was a gradient anywhere: the decay of weights alone moves the loss."""
    gradients = [[layer.gradient for layer in look] for look in training.looks]
    return bool(gradients) and not np.any(gradients)


def beaten_by_simple_model(training: Training) -> Iterable[Sighting]:
    """A linear model, or guessing, that is better with certainty on the very same rows."""
    scores = training.scores
    if scores is None or training.nothing_there or "guess" not in scores.leads:
        return
    over_guess, over_linear = scores.leads["guess"], scores.leads.get("linear")
    if over_linear is None or scores.linear is None:
        return
    gain = over_guess.value - over_linear.value  # of the linear model over guessing
    sure = gain > CERTAIN * np.hypot(over_guess.error, over_linear.error)
    known = training.signal == SIGNAL
    worth = gain >= GAIN and over_guess.value < KEPT * gain
    if worth and behind(over_linear) and (known or sure):
        yield beaten(training, "the linear model", scores.linear, over_linear)
    elif known and sure and behind(over_guess):
        yield beaten(training, "guessing alike for every row", scores.guess, over_guess)


def behind(lead: Lead) -> bool:
    """Whether the other model is better, and not by chance."""
    return lead.value < -CERTAIN * lead.error


def beaten(training: Training, model: str, theirs: float, lead: Lead) -> Sighting:
    """The sighting of a model that is better."""
    assert training.scores is not None
    test = training.scores.test
    values = {
        "metric": test.score.metric,
        "ours": test.score.value,
        "model": model,
        "theirs": theirs,
        "behind": -lead.value,
        "error": lead.error,
        "rows": test.rows,
    }
    return Sighting(values, fix=longer(training) or {"hidden": ()})


def longer(training: Training) -> dict[str, object]:
    """More epochs, where the last ones still made the loss smaller."""
    losses = training.losses
    if training.stopped != "epochs" or not len(losses):
        return {}
    if len(losses) < FEW_EPOCHS or np.argmin(losses) == len(losses) - 1:
        return {"epochs": max(10 * len(losses), FEW_EPOCHS)}
    return {}


def overfitting(training: Training) -> Iterable[Sighting]:
    """Held-out rows that fare worse and worse while the training loss goes on falling.

    Where there is nothing to learn, all that a network learns it learns by heart.
    """
    held, losses = training.val_losses, training.losses
    if (
        training.nothing_there
        or training.stopped is None
        or len(held) <= LONG
        or not np.isfinite(held).all()
    ):
        return
    best = int(np.argmin(held))
    worse = best < len(held) - LONG and bool((held[-LONG:] > WORSE * held[best]).all())
    if worse and losses[-1] < losses[best]:
        values = {"best": best + 1, "least": held[best], "last": held[-1], "epochs": len(held)}
        yield Sighting(values)


def plateau(training: Training) -> Iterable[Sighting]:
    """A loss that stands still far from its goal, at the rate that it began with."""
    losses = training.losses
    if training.stopped is None or training.targets is None or len(losses) <= FLAT_EPOCHS:
        return
    before, last = losses[-FLAT_EPOCHS - 1], losses[-1]
    full = training.records[-1].learning_rate > 0.5 * training.learning_rate
    if abs(before - last) < FLAT * abs(before) and last > 0.5 * training.targets.guess and full:
        rate = rounded(training.learning_rate / 3)
        values = {"loss": last, "epochs": FLAT_EPOCHS, "better": rate}
        yield Sighting(values, fix={"learning_rate": rate})


def oscillation(training: Training) -> Iterable[Sighting]:
    """A loss that jumps up again and again."""
    losses = training.losses
    if training.stopped is None or len(losses) <= FLAT_EPOCHS or not np.isfinite(losses).all():
        return
    jumps = int(np.sum(np.diff(losses) > SWING * np.abs(losses[:-1])))
    if jumps > OFTEN * (len(losses) - 1):
        rate = rounded(training.learning_rate / 3)
        values = {"jumps": jumps, "epochs": len(losses), "swing": SWING, "better": rate}
        yield Sighting(values, fix={"learning_rate": rate})


def too_good(training: Training) -> Iterable[Sighting]:
    """A score that is hardly ever earned."""
    scores = training.scores
    if scores is None or scores.test.score.metric not in ("accuracy", "r2", "auc", "f1"):
        return
    value = scores.test.score.value
    enough = WITH_LEAK if training.leaks else PERFECT
    if value >= enough and not scores.guess > GUESSED:
        values = {"metric": scores.test.score.metric, "value": value, "rows": scores.test.rows}
        yield Sighting(values, where=", ".join(training.leaks) or None)


def class_never_predicted(training: Training) -> Iterable[Sighting]:
    """A class of the truth that the network never says."""
    counts = None if training.scores is None else training.scores.test.confusion
    if counts is None or training.classes is None or training.nothing_there:
        return
    counts = np.asarray(counts)
    for code in np.flatnonzero((counts.sum(axis=0) == 0) & (counts.sum(axis=1) >= FEWEST)):
        name, rows = training.classes[code], int(counts[code].sum())
        yield Sighting({"name": shown(name), "rows": rows, "all": int(counts.sum())}, where=name)
