"""Sets that hold nothing, and sets that hold a weak signal of known kind and strength."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KINDS = ("linear", "interaction", "one in fifty")
TASKS = ("two classes", "three classes", "regression")
GRADES = ("faint", "weak", "plain")
ROWS = (100, 200, 500, 1000, 2000)
COLUMNS = {"linear": 10, "interaction": 6, "one in fifty": 50, "noise": 20}
STRENGTH = {  # rows times the share of the variance that the columns explain before classes are cut
    "linear": (12, 24, 48),
    "interaction": (16, 32, 64),
    "one in fifty": (10, 20, 40),
}
MOST_EXPLAINED = 0.6  # of the variance, however few the rows


@dataclass(frozen=True)
class Set:
    """One set of the study.

    Attributes:
        kind, task, grade: What it holds; "noise" holds nothing.
        X: The columns, (N, D).
        y: Class numbers or numbers, (N,).
        explained: The share of the variance that the columns explain, before classes are cut.
    """

    kind: str
    task: str
    grade: str
    X: np.ndarray
    y: np.ndarray
    explained: float


def noise(number: int) -> Set:
    """A set in which the columns have nothing to do with the target."""
    rng = np.random.default_rng([0, number])
    rows, task = ROWS[number % 5], TASKS[number // 5 % 3]
    X = columns(rng, rows, (5, 20, 50)[number // 15 % 3])
    latent = rng.standard_normal(rows) if number % 2 else rng.standard_t(2, rows)
    return Set("noise", task, "none", X, target(latent, task, rng), 0.0)


def weak(number: int) -> Set:
    """A set in which the columns explain a little; every mixture of what there is comes in turn."""
    rng = np.random.default_rng([1, number])
    kind, task, grade = KINDS[number % 3], TASKS[number // 3 % 3], number // 9 % 3
    rows = ROWS[number // 27 % 5]
    X = columns(rng, rows, COLUMNS[kind])
    explained = min(STRENGTH[kind][grade] / rows, MOST_EXPLAINED)
    said = standard(says(kind, X, rng))  # (N,)
    latent = np.sqrt(explained) * said + np.sqrt(1 - explained) * rng.standard_normal(rows)
    return Set(kind, task, GRADES[grade], X, target(latent, task, rng), explained)


def columns(rng: np.random.Generator, rows: int, count: int) -> np.ndarray:
    """Columns that share something with their neighbours: skewed, or of two values, (N, D)."""
    X = rng.standard_normal((rows, count))
    for j in range(1, count):
        X[:, j] = 0.4 * X[:, j - 1] + np.sqrt(1 - 0.4**2) * X[:, j]
    for j, shape in enumerate(rng.integers(4, size=count)):
        if shape == 2:
            X[:, j] = np.exp(X[:, j])
        elif shape == 3:
            X[:, j] = X[:, j] > rng.normal(scale=0.5)
    return X


def says(kind: str, X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the columns know, (N,): a weighted sum, the XOR of two, or one of many."""
    if kind == "linear":
        return np.apply_along_axis(standard, 0, X) @ rng.standard_normal(X.shape[1])
    first, second = rng.choice(X.shape[1], 2, replace=False)
    if kind == "one in fifty":
        return X[:, first]
    high = X[:, [first, second]] > np.median(X[:, [first, second]], axis=0)  # (N, 2)
    high |= X[:, [first, second]] == X[:, [first, second]].max(axis=0)  # of two values
    return (high[:, 0] ^ high[:, 1]).astype(float)


def standard(values: np.ndarray) -> np.ndarray:
    """The values with mean 0 and standard deviation 1."""
    return (values - values.mean()) / (values.std() or 1.0)


def target(latent: np.ndarray, task: str, rng: np.random.Generator) -> np.ndarray:
    """The target, (N,): the number itself, or classes cut from it in uneven shares."""
    if task == "regression":
        return latent
    shares = rng.dirichlet(np.full(2 if task == "two classes" else 3, 8.0))  # (C,)
    return np.searchsorted(np.quantile(latent, np.cumsum(shares)[:-1]), latent)


SETS = {"noise": noise, "weak": weak}
