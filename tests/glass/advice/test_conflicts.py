"""Rows with the same inputs and different targets bound what anybody can reach on them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from helder.glass.advice import ceiling_of_classes, ceiling_of_numbers

SAME = np.array([0, 0, 0, 1, 1, 2])  # rows 1 to 3 have the same inputs, and rows 4 and 5


def test_nobody_is_right_more_often_than_the_largest_class_of_each_group():
    codes = np.array([0, 0, 1, 1, 0, 0])
    found = ceiling_of_classes(SAME, codes, ("no", "yes"))
    assert found.value == pytest.approx(4 / 6)  # 2 of 3, 1 of 2, 1 of 1
    assert found.conflicting == 5
    assert [example.size for example in found.examples] == [3, 2]
    assert found.examples[0].rows == (1, 2, 3)
    assert found.examples[0].targets == ("no", "no", "yes")


def test_heavy_rows_count_more():
    codes, weights = np.array([0, 0, 1, 1, 0, 0]), np.array([1.0, 1, 6, 1, 1, 0])
    found = ceiling_of_classes(SAME, codes, ("no", "yes"), weights=weights)
    assert found.value == pytest.approx((6 + 1) / 10)


def test_the_best_number_for_a_group_is_its_mean():
    y = np.array([1.0, 2.0, 3.0, 8.0, 8.0, 0.0])
    found = ceiling_of_numbers(SAME, y)
    best = np.array([2.0, 2.0, 2.0, 8.0, 8.0, 0.0])
    assert found.value == pytest.approx(1 - np.mean((y - best) ** 2) / np.var(y))
    assert found.conflicting == 3


def test_rows_are_named_by_their_number_in_the_file():
    found = ceiling_of_classes(
        np.array([0, 0, 1]), np.array([0, 1, 0]), ("a", "b"), rows=np.array([7, 11, 12])
    )
    assert found.examples[0].rows == (7, 11)
    assert "row 7: 'a', row 11: 'b'" in found.sentence


def test_a_row_of_each_class_is_named_however_many_rows_there_are():
    codes = np.zeros(50, int)
    codes[40] = 1
    found = ceiling_of_classes(np.zeros(50, int), codes, ("a", "b"))
    assert 41 in found.examples[0].rows
    assert len(found.examples[0].rows) == 6


def test_without_conflicts_the_ceiling_is_out_of_reach():
    found = ceiling_of_classes(np.arange(4), np.array([0, 1, 0, 1]), ("a", "b"))
    assert (found.value, found.conflicting, found.examples) == (1.0, 0, ())
    assert found.sentence == "No two rows have the same inputs and different targets."


def test_a_label_is_escaped_and_json_holds_it_all():
    found = ceiling_of_classes(np.array([0, 0]), np.array([0, 1]), ("\x1b[31m", "b"))
    assert "\x1b" not in found.sentence
    assert json.loads(json.dumps(found.to_dict()))["examples"][0]["rows"] == [1, 2]
