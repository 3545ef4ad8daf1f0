"""Data frames as they come: text, categories, dates, truths, missing values."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.model_selection import cross_val_score

from helder.errors import DataError
from helder.table import TablePlan


@pytest.fixture(scope="module")
def people():
    """240 rows of every kind of column, with gaps; the answer follows from town and age."""
    rng = np.random.default_rng(0)
    age = rng.uniform(18, 80, 240)
    town = rng.choice(["Delft", "Breda", "Assen"], 240)
    y = np.where((age > 50) ^ (town == "Delft"), "yes", "no")
    day = datetime.date(2024, 1, 1)
    frame = pl.DataFrame(
        {
            "age": [None if row % 17 == 0 else a for row, a in enumerate(age)],
            "town": [None if row % 23 == 0 else t for row, t in enumerate(town)],
            "smokes": rng.integers(2, size=240).astype(bool),
            "since": [day + datetime.timedelta(int(d)) for d in rng.integers(900, size=240)],
            "same": ["x"] * 240,
        }
    )
    return frame, y


def test_a_frame_goes_in_as_it_is(classifier, people):
    frame, y = people
    model = classifier(epochs=60).fit(frame, y)
    assert model.score(frame, y) > 0.9
    assert model.feature_names_in_.tolist() == frame.columns
    assert isinstance(model.plan_, TablePlan)
    assert [gone.name for gone in model.plan_.left_out] == ["same"]
    assert cross_val_score(classifier(), frame, y, cv=2).mean() > 0.7


def test_every_kind_of_frame_gives_the_same_answer(classifier, people):
    frame, y = people
    model = classifier(epochs=5).fit(frame, y)
    p = model.predict_proba(frame)
    pandas = frame.to_pandas()
    pandas["since"] = pd.to_datetime(pandas["since"])
    assert (model.predict_proba(pandas) == p).all()
    again = classifier(epochs=5).fit(pandas, pd.Series(y))
    np.testing.assert_allclose(again.predict_proba(pandas), p, rtol=1e-6)
    assert (classifier(epochs=5).fit(frame, pl.Series(y)).predict_proba(frame) == p).all()


def test_categories_that_were_never_seen_and_gaps_are_no_error(classifier, people):
    frame, y = people
    model = classifier().fit(frame, y)
    new = frame.head(3).with_columns(
        town=pl.Series(["Gouda", None, ""]), age=pl.Series([None, 30.0, None])
    )
    assert np.isfinite(model.predict_proba(new)).all()
    assert np.isfinite(model.predict_proba(frame.head(1))).all()


def test_columns_are_those_of_the_first_fit(classifier, people):
    frame, y = people
    model = classifier(epochs=3).fit(frame, y)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame.drop("town"))
    with pytest.raises(ValueError, match="same order"):
        model.predict(frame.select(reversed(frame.columns)))
    with pytest.raises(DataError, match="age"):
        model.predict(frame.with_columns(age=pl.lit("old")))


def test_an_array_after_a_frame_is_taken_by_position_with_a_warning(classifier, blobs):
    X, y = blobs
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    model = classifier(epochs=3).fit(frame, y)
    with pytest.warns(UserWarning, match="feature names"):
        p = model.predict_proba(X)
    assert (p == model.predict_proba(frame)).all()
    numbered = pd.DataFrame(X)  # whose columns are called 0, 1, ...
    model = classifier(epochs=3).fit(numbered, y)
    assert not hasattr(model, "feature_names_in_")
    assert (model.predict_proba(X) == model.predict_proba(numbered)).all()


def test_arrays_may_hold_text(classifier, people):
    frame, y = people
    cells = frame.select("age", "town").fill_null(50.0).to_numpy().astype(object)
    model = classifier(epochs=40).fit(cells, y)
    assert model.score(cells, y) > 0.85
    assert model.score(cells.tolist(), y) == model.score(cells, y)


def test_a_table_in_which_nothing_varies_gives_the_share_of_each_class(classifier):
    X = np.ones((40, 2))
    y = np.arange(40) % 4 == 0
    p = classifier().fit(X, y).predict_proba(X)
    np.testing.assert_allclose(p[:, 1], 0.25, atol=0.1)
