"""The tuning benchmark fits, measures rows outside fit, and adds up what it did."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import time_limit
import tune
from accuracy_data import Table
from accuracy_results import results


@pytest.fixture
def here(rng):
    """A small table of three classes."""
    X = pd.DataFrame(rng.normal(size=(150, 3)), columns=["a", "b", "c"])
    y = pd.Series(np.array(["x", "y", "z"])[(X["a"] > 0).astype(int) + (X["b"] > 0.5)])
    return Table("small", X, y, classify=True)


def test_what_was_done_is_not_done_again_and_is_reported(here, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("helder.model.tuning.MOST_TRIED", 2)
    given = SimpleNamespace(results=tmp_path / "r.jsonl", rows=100, splits=1)
    runs = {tune.DEFAULT: None, "tuned for 30 s": 30.0}
    tune.run([here], runs, given)
    assert capsys.readouterr().err.count("small, split 0") == 2
    tune.run([here], runs, given)
    assert capsys.readouterr().err == ""
    records = results(given.results, 100)
    assert records["small", 0, "tuned for 30 s"]["tried"] == 2
    lines = tune.report(records, runs)
    assert lines[2].startswith("| default | ")
    assert "(" in lines[3]


def test_a_line_says_how_long_a_limited_fit_took_and_what_it_left_out(here):
    given = SimpleNamespace(rows=100, seed=0, tune=False)
    name, rows, asked, took, error, loss, shortened = time_limit.measured(here, 1e-6, given)
    assert (name, rows, asked) == ("small", 100, "1e-06")
    assert float(took) > 0
    assert 0 <= float(error) <= 1 < 2 + float(loss)
    assert "in place of" in shortened
