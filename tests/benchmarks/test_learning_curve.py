"""The benchmark of the learning curve counts what it says that it counts."""

import argparse
import json

import learning_curve
import numpy as np
import pytest


def result(seed, gain, low, high, truth):
    """What one trial found, in points."""
    shares = {"gain": gain, "low": low, "high": high, "before": 70.0, "after": 70.0 + truth}
    points = {name: value / 100 for name, value in shares.items()}
    case = {"kind": "linear", "recipe": "plain", "seed": seed}
    return case | points | {"seconds": 3.0, "fit_seconds": 2.0}


def test_an_interval_is_held_to_the_gain_expected_and_to_the_one_realised():
    found = [result(0, 2, 1, 3, 2.0), result(1, 2, 1, 3, 4.0), result(2, 0, -1, 1, 0.0)]
    cells = learning_curve.report(found)[2].split(" | ")
    assert cells[4] == "2.00"  # expected: two intervals hold it
    assert cells[6:8] == ["67%", "67%"]  # the second holds no 4, the third holds its 0
    assert cells[8:11] == ["2.00", "3.60", "0.56"]  # from 0.2 to 3.8, 5th to 95th percentile
    assert cells[11].startswith("1.5")


@pytest.mark.parametrize("kind", sorted(learning_curve.KINDS))
def test_the_classes_of_a_set_all_occur_and_its_columns_say_something(kind):
    make, rows = learning_curve.KINDS[kind]
    X, y, layout = make(np.random.default_rng(0), 4 * rows)
    assert X.shape == (4 * rows, layout.blocks[-1][1] if layout.blocks else layout.numeric)
    assert np.bincount(y).min() > rows / 4
    half = 2 * rows
    nearest = ((X[half:, None] - X[None, :half]) ** 2).sum(axis=2).argmin(axis=1)
    assert np.mean(y[nearest] == y[half:]) > np.bincount(y).max() / len(y) + 0.05


def test_what_is_there_is_not_done_again(tmp_path):
    kept = tmp_path / "results.jsonl"
    kept.write_text(json.dumps(result(0, 2, 1, 3, 2)) + "\n")
    given = argparse.Namespace(results=kept, trials=1, kinds=["linear"], recipe="plain")
    assert len(learning_curve.run(given)) == 1
