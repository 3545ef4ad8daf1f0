"""Findings of a fit, and the verdict where somebody asks; both go into the model file."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.exceptions import NotFittedError

import helder
from helder import MLPClassifier, MLPRegressor, store
from helder.errors import ArgumentError
from helder.glass.signal import verdict as probe
from helder.model.verdict import NOTHING, SIGNAL

QUICK = {
    "recipe": "plain",
    "members": 3,
    "hidden": (8,),
    "epochs": 12,
    "learning_rate": 0.03,
    "random_state": 0,
}


def table(rows: int = 150, seed: int = 0) -> tuple[pl.DataFrame, pl.Series]:
    """A frame whose columns a and b tell the answer."""
    rng = np.random.default_rng(seed)
    a, b, c = rng.normal(size=(3, rows))
    answer = np.where(a + b > 0, "yes", "no")
    return pl.DataFrame({"a": a, "b": b, "c": c}), pl.Series("answer", answer)


@pytest.fixture(scope="module")
def fitted():
    """A classifier that has learnt something."""
    frame, answer = table()
    return MLPClassifier(**QUICK).fit(frame, answer)


def rules(model) -> set[str]:
    """The names of its findings."""
    return {finding.rule for finding in model.findings_}


# Findings.


def test_what_gives_the_target_away_is_found_in_a_frame():
    frame, answer = table()
    leaky = frame.with_columns(copy=pl.when(answer == "yes").then(3.5).otherwise(1.5))
    model = MLPClassifier(**QUICK).fit(leaky, answer)
    (finding,) = [one for one in model.findings_ if one.rule == "target-in-a-column"]
    assert finding.where == "copy"
    assert "target-in-a-column" not in rules(MLPClassifier(**QUICK).fit(leaky.to_numpy(), answer))


def test_a_training_that_went_wrong_is_found_in_any_array():
    frame, answer = table()
    wrong = MLPClassifier(**QUICK | {"learning_rate": 3.0}).fit(frame.to_numpy(), answer)
    assert "learning-rate-too-high" in rules(wrong)
    model = wrong.set_params(learning_rate=0.03).fit(frame.to_numpy(), answer)
    assert "learning-rate-too-high" not in rules(model)


def test_fit_never_asks_the_probe(monkeypatch):
    def never(*given, **named):
        raise AssertionError("the probe ran inside fit")

    monkeypatch.setattr(probe, "Hearing", never)
    frame, answer = table(60)
    model = MLPClassifier(**QUICK).fit(frame, answer)
    assert model.verdict_ is None
    with pytest.raises(AssertionError, match="inside fit"):
        model.verdict(frame, answer)


# The verdict.


def test_it_says_whether_there_is_a_signal_and_which_columns_carry_it(fitted):
    verdict = fitted.verdict(*table())
    assert verdict.signal == SIGNAL
    assert fitted.verdict_ == verdict
    clear = [one["columns"] for one in verdict.advice["columns"]["entries"] if one["clear"]]
    assert sorted(clear) == [["a"], ["b"]]
    assert set(verdict.advice) == {"columns"}


def test_noise_is_no_signal_and_a_number_is_judged_too():
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(400, 3)), rng.normal(size=400)
    model = MLPRegressor(**QUICK).fit(X, y)
    verdict = model.verdict(X, y)
    assert verdict.signal == NOTHING
    assert verdict.advice == {}
    told = MLPRegressor(**QUICK).fit(X, X[:, 0] + 0.1 * y).verdict(X, X[:, 0] + 0.1 * y)
    assert told.signal == SIGNAL


def test_full_says_what_more_rows_sizes_and_labels_would_bring(fitted):
    verdict = fitted.verdict(*table(), full=True)
    assert list(verdict.advice) == ["columns", "labels", "rows", "sizes"]
    assert all(advice["sentence"] for advice in verdict.advice.values())
    named = {suspect["given"] for suspect in verdict.advice["labels"]["suspects"]}
    assert named <= {"yes", "no"}


def test_of_other_rows_nobody_knows_what_the_networks_have_learnt(fitted):
    assert fitted.verdict(*table(seed=1)).advice == {}
    frame, answer = table()
    assert fitted.verdict(frame, answer, sample_weight=np.arange(150) + 1.0).advice == {}


def test_groups_and_times_of_the_fit_are_given_again():
    frame, answer = table()
    groups, times = np.arange(150) // 5, np.arange(150)
    model = MLPClassifier(**QUICK).fit(frame, answer, groups=groups)
    assert "columns" in model.verdict(frame, answer, groups=groups).advice
    assert "columns" not in model.verdict(frame, answer).advice
    late = MLPClassifier(**QUICK).fit(frame, answer, times=times)
    assert "columns" in late.verdict(frame, answer, times=times).advice


def test_what_cannot_be_judged_is_refused():
    frame, answer = table()
    with pytest.raises(NotFittedError):
        MLPClassifier().verdict(frame, answer)
    several = MLPRegressor(**QUICK).fit(frame, frame.select("a", "b"))
    with pytest.raises(ArgumentError, match="one column"):
        several.verdict(frame, frame.select("a", "b"))


def test_a_verdict_changes_nothing_else(fitted):
    frame, answer = table()
    before = fitted.predict_proba(frame)
    fitted.verdict(frame, answer)
    assert (fitted.predict_proba(frame) == before).all()


# Saved and loaded.


def test_findings_and_verdict_come_back(tmp_path):
    frame, answer = table()
    leaky = frame.with_columns(copy=(answer == "yes").cast(float))
    model = MLPClassifier(**QUICK).fit(leaky, answer)
    verdict = model.verdict(leaky, answer)
    model.save(tmp_path / "a.helder")
    fitted = store.load(tmp_path / "a.helder")
    assert fitted.findings == model.findings_
    assert fitted.settings.epochs == 12
    again = helder.load(tmp_path / "a.helder")
    assert (again.findings_, again.verdict_) == (model.findings_, verdict)
    again.save(tmp_path / "b.helder")
    assert (tmp_path / "a.helder").read_bytes() == (tmp_path / "b.helder").read_bytes()
    assert again.verdict(leaky, answer) == verdict


def test_a_new_fit_forgets_the_old_verdict():
    frame, answer = table()
    model = MLPClassifier(**QUICK).fit(frame, answer)
    model.verdict(frame, answer)
    assert model.fit(frame, answer).verdict_ is None
    assert model.partial_fit(frame, answer).findings_ == ()


def test_one_epoch_after_the_other_is_one_history_with_one_beginning():
    frame, answer = table()
    model = MLPClassifier(**QUICK).partial_fit(frame, answer, classes=["no", "yes"])
    first = model.history_.initial
    assert first
    assert model.partial_fit(frame, answer).history_.initial == first
    assert len(model.history_) == 2


def test_a_quick_verdict_on_very_many_columns_does_not_look_at_each_of_them(monkeypatch):
    monkeypatch.setattr("helder.glass.judging.SECONDS", 0.05)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((80, 300))
    model = MLPClassifier(epochs=2).fit(X, X[:, 0] > 0)
    columns = model.verdict(X, X[:, 0] > 0).advice["columns"]
    assert columns["unmeasured"]
    assert "There was no time to look at" in columns["sentence"]
