"""The permutation tests that people run today: trees and a linear model, cross-validated."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helder.learn.folds import Fold

SHUFFLES, ALPHA = 39, 0.05  # so few are enough for a valid test at 5 %
PEERS: dict[str, Callable[[bool], Any]] = {
    "boosted trees": lambda classify: (
        HistGradientBoostingClassifier() if classify else HistGradientBoostingRegressor()
    ),
    "linear": lambda classify: make_pipeline(
        StandardScaler(), LogisticRegression() if classify else Ridge()
    ),
}


def tested(name: str, X: np.ndarray, y: np.ndarray, folds: list[Fold], seed: int) -> dict[str, Any]:
    """Whether a peer's loss on the true target is smaller than on shuffled ones, and its time.

    It stops once too many shuffled targets have done as well for the test to be passed, which
    changes no answer. The loss is the log-loss or the squared error of rows held out.
    """
    classify = y.dtype.kind == "i"
    rng = np.random.default_rng(seed)
    began = process_time()
    true, as_good, done = loss(PEERS[name](classify), X, y, folds), 0, 0
    while done < SHUFFLES and (as_good + 1) / (SHUFFLES + 1) <= ALPHA:
        as_good += loss(PEERS[name](classify), X, rng.permutation(y), folds) <= true
        done += 1
    each = (process_time() - began) / (done + 1)
    return {"found": (as_good + 1) / (SHUFFLES + 1) <= ALPHA, "seconds_each": each, "done": done}


def loss(model: Any, X: np.ndarray, y: np.ndarray, folds: list[Fold]) -> float:
    """The mean log-loss or squared error of rows held out."""
    wrong = np.zeros(len(y))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for fold in folds:
            model.fit(X[fold.train], y[fold.train])
            held_out = fold.held_out
            if y.dtype.kind == "i":
                p = np.full((len(held_out), int(y.max()) + 1), 1e-6)  # (n, C)
                p[:, model.classes_] = np.maximum(model.predict_proba(X[held_out]), 1e-6)
                wrong[held_out] = -np.log(p[np.arange(len(held_out)), y[held_out]])
            else:
                wrong[held_out] = (model.predict(X[held_out]) - y[held_out]) ** 2
    return float(wrong.mean())
