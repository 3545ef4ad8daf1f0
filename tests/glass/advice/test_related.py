"""Columns that say nearly the same are found, whatever their kind, and others stay alone."""

from __future__ import annotations

import numpy as np
import pytest

from helder.glass.advice import related as module
from helder.glass.advice.related import associations, related

N = 600


def hot(codes):
    return np.eye(int(codes.max()) + 1)[codes]


@pytest.fixture
def inputs():
    """Columns: a number, its cube, noise, a category, the same renamed, its number, and noise."""
    rng = np.random.default_rng(0)
    a, noise = rng.normal(size=(2, N))
    codes, other = rng.integers(4, size=(2, N))
    parts = {
        "a": a[:, None],
        "cube": a[:, None] ** 3,
        "noise": noise[:, None],
        "kind": hot(codes),
        "renamed": hot((codes + 1) % 4),
        "number": (codes * 10.0)[:, None],
        "other": hot(other),
    }
    X, columns, at = np.concatenate(list(parts.values()), axis=1), {}, 0
    for name, part in parts.items():
        columns[name] = tuple(range(at, at + part.shape[1]))
        at += part.shape[1]
    return X, columns


def test_columns_that_say_the_same_belong_together(inputs):
    assert related(*inputs) == [
        ("a", "cube"),
        ("noise",),
        ("kind", "renamed", "number"),
        ("other",),
    ]


def test_any_two_columns_of_a_group_are_associated():
    rng = np.random.default_rng(1)
    a = rng.normal(size=N)
    b = a + 0.65 * rng.normal(size=N)  # 0.84 with a
    c = b + 0.65 * 1.19 * rng.normal(size=N)  # as much with b, and less with a
    found = related(np.stack([a, b, c], axis=1), {"a": (0,), "b": (1,), "c": (2,)})
    assert sorted(map(len, found)) == [1, 2]


def test_chance_alone_makes_no_association_of_many_categories():
    rng = np.random.default_rng(2)
    codes = [np.unique(rng.integers(40, size=200), return_inverse=True)[1] for _ in range(2)]
    both = associations(rng.normal(size=(200, 1)), codes)
    assert both[1, 2] < 0.2  # without the correction about 0.44
    assert both[0, 1] < 0.3
    assert (both == both.T).all()


def test_rank_correlation_is_that_of_ranks():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(3)
    x = rng.integers(5, size=(50, 2)).astype(float)
    assert associations(x, [])[0, 1] == pytest.approx(abs(spearmanr(x).statistic))


def test_a_column_that_never_changes_is_alone():
    X = np.stack([np.ones(50), np.arange(50.0)], axis=1)
    assert related(X, {"same": (0,), "count": (1,)}) == [("same",), ("count",)]


def test_very_many_columns_are_not_compared(inputs, monkeypatch):
    monkeypatch.setattr(module, "MOST_COLUMNS", 3)
    assert related(*inputs) == [(name,) for name in inputs[1]]
