"""Out-of-fold scores of the strong recipe say nothing of tables in which there is nothing."""

import noise
import numpy as np
import pytest


@pytest.fixture(scope="module")
def found():
    """Two tables each of two classes, three classes and a number; few epochs, to be quick."""
    return noise.means(list(noise.study(6, (200, 300), epochs=12)))


@pytest.mark.parametrize(
    ("measure", "tables", "most"),
    [("accuracy", 4, 0.06), ("largest", 4, 0.03), ("r2", 2, 0.02)],
)
def test_scores_stay_at_chance_where_columns_say_nothing(measure, tables, most, found):
    mean, _, count = found[measure]
    assert count == tables
    assert mean < most


def test_the_log_loss_is_not_below_that_of_who_knows_the_shares_alone(found):
    assert found["log_loss"][0] > -0.02


def test_a_column_that_tells_would_show():
    rng = np.random.default_rng(0)
    X = noise.noise(rng, 200)
    y = rng.normal(size=200)
    told = noise.MLPRegressor(epochs=12, random_state=0).fit(X.assign(y=y), y)
    assert told.cv_score_.value > 0.3
