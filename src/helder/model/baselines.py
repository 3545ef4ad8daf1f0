"""What a network has to beat: guessing alike for every row, and the linear model."""

from __future__ import annotations

import numpy as np

from helder.learn import Rows
from helder.model.deadline import NEVER, Deadline
from helder.model.ensemble import Ensemble, fit_ensemble
from helder.model.preparing import Prepared
from helder.model.problem import Problem
from helder.model.recipes import Adjusted, Plain
from helder.typing import Floats

# Rows held out once choose the epoch of L-BFGS; folds share epochs, so theirs is trained in steps,
# and bears longer ones than a network does.
ONCE = Adjusted(Plain(), {"hidden": ()}, {"optimizer": "lbfgs"})
IN_FOLDS = Adjusted(Plain(), {"hidden": ()}, {"learning_rate": 0.01})


def linear_model(problem: Problem, seed: int, deadline: Deadline = NEVER) -> Ensemble | None:
    """The network without hidden layers on the same rows; None where it was interrupted."""
    recipe = IN_FOLDS if problem.folds else ONCE
    try:
        ensemble = fit_ensemble(problem, recipe, members=1, seed=seed, deadline=deadline)
    except KeyboardInterrupt:
        return None
    return None if ensemble.history.stopped == "interrupted" else ensemble


def guess(train: Rows, classes: tuple[str, ...] | None, count: int) -> Floats:
    """What one says who knows no column: the shares of the classes (N, C), or the mean (N,)."""
    if classes is None:
        return np.full(count, np.average(train.y, weights=train.weights))  # (N,)
    shares = np.bincount(train.y, train.weights, minlength=len(classes))  # (C,)
    return np.tile(shares / shares.sum(), (count, 1))  # (N, C)


def guess_out_of_fold(prepared: Prepared) -> Floats:
    """What one says of each fold who knows no column and has seen the others."""
    train, classes = prepared.train, prepared.target.classes
    answers: list[Floats] = []
    for fold in prepared.folds:
        others = Rows(train.X[:0], train.y[fold.train], train.weights[fold.train])
        answers.append(guess(others, classes, len(fold.held_out)))
    order = np.argsort(np.concatenate([fold.held_out for fold in prepared.folds]))
    return np.concatenate(answers)[order]  # (N, C), or (N,)
