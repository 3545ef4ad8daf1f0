"""Coverage and the comparison with the linear model are what a hand counts."""

import accuracy_honesty as honesty
import coverage
import numpy as np
import pandas as pd
import pytest
from accuracy_data import Split, Table

X = pd.DataFrame({"x": np.arange(8.0)})


class Fitted:
    """What a fit says of eight rows."""

    classes_ = np.array(["a", "b"])

    def predict(self, X):
        return np.array([1.0, 2, 3, 4, 5, 6, 7, 9])

    def predict_interval(self, X, coverage):
        return self.predict(X)[:, None] + np.array([-0.5, 0.5])

    def predict_proba(self, X):
        p = np.array([0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.6])
        return np.stack([p, 1 - p], axis=1)

    def predict_set(self, X, coverage):
        return self.predict_proba(X) >= 0.4


def split_of(y):
    y = pd.Series(y)
    return Table("t", X, y, y.dtype == object or str(y.dtype) == "str"), Split(X, y, X, y)


def test_sets_are_counted_where_they_hold_the_truth():
    table, parts = split_of(list("aaaabbbb"))
    found = honesty.of_classes(table, parts, Fitted(), 0)
    # the last row's class has 0.4: it is in the set; two rows have sets of both classes
    assert found["coverage"] == 1
    assert found["size"] == pytest.approx(11 / 8)
    assert found["empty"] == 0
    assert found["own_loss"] == pytest.approx(1 / 8)
    assert found["linear_loss"] == 0  # x tells the classes apart
    assert found["gap_error"] == pytest.approx(np.std([0] * 7 + [1], ddof=1) / 8**0.5)


def test_intervals_are_counted_in_deviations_of_the_target():
    table, parts = split_of([1.0, 2, 3, 4, 5, 6, 7, 8])
    found, spread = honesty.of_numbers(table, parts, Fitted(), 0), parts.y_test.std()
    assert found["coverage"] == pytest.approx(7 / 8)
    assert found["size"] == pytest.approx(1 / spread)
    assert found["own_loss"] == pytest.approx(1 / 8 / spread**2)
    assert found["linear_loss"] < 1e-4


def test_the_split_conformal_quantile_counts_the_new_row_too():
    scores = np.arange(1.0, 10)  # nine rows: the tenth is the new one
    assert honesty.quantile(scores, 0.9) == 9
    assert honesty.quantile(scores, 0.5) == 5
    assert honesty.quantile(scores, 0.99) == 9  # too few rows to say, so the largest


def test_each_half_is_judged_by_the_other():
    (a, b), (c, d) = honesty.halves(7, seed=1)
    assert sorted([*a, *b]) == list(range(7))
    assert (list(a), list(b)) == (list(d), list(c))


@pytest.mark.parametrize(("ours", "said"), [(0.25, "ours is worse"), (0.15, "")])
def test_two_standard_errors_are_what_is_said_to_be_worse(ours, said):
    split = {"own_loss": ours, "linear_loss": 0.1, "gap_error": 0.05}
    line = coverage.beside_linear({"t": [split]})[2]
    assert line == f"| t | {ours:.4f} | 0.1000 | +{ours - 0.1:.4f} | 0.0500 | {said} |"
