"""What the accuracy benchmark measures of a prediction."""

from __future__ import annotations

from typing import Any

import numpy as np
from accuracy_data import Split, Table

LEAST = 1e-7
BINS = 15


def error_rate(p: np.ndarray, y: np.ndarray) -> float:
    """The share of rows whose likeliest class is another one; p (N, C), y (N,) class numbers."""
    return float((p.argmax(1) != y).mean())


def log_loss(p: np.ndarray, y: np.ndarray) -> float:
    """The mean of -log of what the true class got, no probability below 1e-7."""
    p = np.clip(p.astype(float), LEAST, 1)
    p /= p.sum(1, keepdims=True)  # (N, C)
    return float(-np.log(p[np.arange(len(y)), y]).mean())


def calibration_error(p: np.ndarray, y: np.ndarray) -> float:
    """How far confidence in the top label is from being right, over 15 bins of equal width."""
    confidence, right = p.max(1), p.argmax(1) == y
    bins = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    gaps = np.bincount(bins, weights=right - confidence, minlength=BINS)  # summed over rows
    return float(np.abs(gaps).sum() / len(y))


def relative_rmse(p: np.ndarray, y: np.ndarray, spread: float) -> float:
    """The root of the mean squared error, in standard deviations of the whole column."""
    return float(np.sqrt(np.mean((np.ravel(p).astype(float) - y) ** 2)) / spread)


def of_probabilities(
    p: np.ndarray, y: Any, known: np.ndarray, classes: np.ndarray
) -> dict[str, float]:
    """Error and log-loss of p (N, known classes); a class that training had not gets nothing."""
    whole = np.zeros((len(p), len(classes)))
    whole[:, np.searchsorted(classes, known)] = p
    numbers = np.searchsorted(classes, np.asarray(y))
    return {"error": error_rate(whole, numbers), "log_loss": log_loss(whole, numbers)}


def held_out(model: Any, table: Table, parts: Split) -> dict[str, float]:
    """The error of one of our estimators on the rows that score, and of classes the log-loss."""
    if not table.classify:
        spread = float(table.y.std())
        return {"error": relative_rmse(model.predict(parts.test), parts.y_test.to_numpy(), spread)}
    p = model.predict_proba(parts.test)
    return of_probabilities(p, parts.y_test, model.classes_, np.unique(table.y))
