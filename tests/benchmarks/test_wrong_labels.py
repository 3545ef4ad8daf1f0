"""Planted labels are those that the benchmark says it planted, and networks find them."""

from __future__ import annotations

import numpy as np
import pytest
import wrong_labels as study

from helder.model import Question, prepare
from helder.table import read_table


@pytest.fixture
def path(tmp_path):
    """Three groups of rows, far apart, and one row without a label."""
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=400)
    X = rng.normal(size=(400, 2)) + 4 * np.array([[0, 0], [0, 1], [1, 0]])[y]
    rows = [f"{a:.3f},{b:.3f},{label}" for (a, b), label in zip(X, y, strict=True)]
    rows[10] = "0.5,0.5,"
    path = tmp_path / "groups.csv"
    path.write_text("\n".join(["a,b,target", *rows]))
    return path


def test_as_many_labels_change_as_are_said_to_and_no_others(path):
    before = read_table(path)
    after, wrong = study.planted(before, 1)
    given, changed = (np.array(one.cells["target"].to_list()) for one in (before, after))
    assert (np.flatnonzero(given != changed) + 1).tolist() == wrong.tolist()
    assert len(wrong) == 12  # 3 % of 399
    assert 11 not in wrong
    assert (study.planted(before, 2)[1] != wrong).any()


def test_networks_find_what_was_planted(path):
    changed, wrong = study.planted(read_table(path), 0)
    prepared = prepare(changed, Question("target", task="classification"))
    p = study.out_of_fold(prepared, 0, epochs=8, hidden=(8,))
    found = study.judged(prepared, p, wrong)
    assert (found.rows, found.wrong) == (399, 12)
    assert all(share >= 0.7 for share in found.hits.values())
    assert found.most >= 0.03
    assert "| groups | 399 | 12 | 2 |" in "\n".join(study.lines({"groups": [found, found]}))


def test_the_other_scores_put_the_doubted_first():
    p = np.array([[0.9, 0.1, 0.0], [0.3, 0.4, 0.3], [0.1, 0.8, 0.1], [0.2, 0.1, 0.7]])
    y = np.array([0, 0, 1, 2])
    assert [np.argmin(score(p, y)) for score in study.OTHERS.values()] == [1, 1, 1]
    assert study.margin(p, y).tolist() == pytest.approx([0.8, -0.1, 0.7, 0.5])
