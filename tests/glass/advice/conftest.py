"""A table with columns that say much, little and nothing, and a network that learnt from it."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from helder.model import Choices, Question, fit, prepare
from helder.table import read_table

ROWS = 500


@pytest.fixture(scope="package")
def columns():
    """`twin` repeats `strong`; the class follows `strong` most, `weak` less, `kind` a little."""
    rng = np.random.default_rng(0)
    strong, weak, noise = rng.normal(size=(3, ROWS)).round(3)
    kind = rng.integers(3, size=ROWS)
    price = 3 * strong + 1.5 * weak + (kind == 1) + rng.normal(size=ROWS)
    return {
        "strong": strong,
        "weak": weak,
        "noise": noise,
        "twin": (strong * 2 + 1).round(3),
        "kind": np.array(["a", "b", "c"])[kind],
        "price": price.round(3),
        "class": np.where(price + rng.logistic(size=ROWS) / 2 > 0, "yes", "no"),
    }


@pytest.fixture(scope="package")
def learnt(columns, tmp_path_factory):
    """From a target to what was prepared and fitted for it; each once."""
    path = tmp_path_factory.mktemp("advice") / "data.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    table, known = read_table(path), {}

    def of(target, **question):
        key = target, *question.items()
        if key not in known:
            drop = tuple({"price", "class"} - {target})
            prepared = prepare(table, Question(target, drop=drop, **question))
            known[key] = prepared, fit(prepared, Choices(epochs=10))
        return known[key]

    return of
