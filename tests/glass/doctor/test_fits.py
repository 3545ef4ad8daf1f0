"""The training doctor at a fit of a table: live, afterwards, and from the model file."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from helder.glass.doctor.training import Attending, began, begun, diagnosed, done, of_file
from helder.learn.history import Epoch
from helder.model import Choices, Question, fit, prepare
from helder.table import table_of
from helder.text import say


def table(rows, task):
    """Six columns; of two of them follows a number, or whether it is large."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 6))
    y = X[:, 0] + X[:, 1] * 0.5
    target = ["yes" if number > 0 else "no" for number in y] if task == "classes" else y
    frame = pl.DataFrame({f"x{i}": X[:, i] for i in range(6)} | {"target": target})
    return replace(table_of(frame.cast(pl.String)), declared={})


@pytest.fixture(scope="module", params=["plain", "strong"])
def prepared(request):
    folds = 2 if request.param == "strong" else None
    return prepare(table(160, "classes"), Question("target", recipe=request.param, folds=folds))


def attended(prepared, **chosen):
    """A fit with the doctor at its side: the fit, the case, and what was told."""
    choices = Choices(**chosen)
    told = []
    case = begun(prepared.problem, choices.over(prepared.recipe))
    doctor = Attending(case, told.append)
    fitted = fit(prepared, choices, doctor)
    return fitted, done(case, fitted.history, fitted.scores), told


def problems(findings):
    return [finding.rule for finding in findings if finding.level == "problem"]


def test_a_healthy_fit_has_no_problem_while_it_goes_on_nor_after(prepared):
    fitted, case, told = attended(prepared, epochs=12)
    assert problems(told) == []
    assert problems(diagnosed(case)) == []
    assert problems(diagnosed(of_file(fitted))) == []


def test_steps_that_are_too_long_are_told_at_once_and_once(prepared):
    rate = 3.0 if prepared.recipe == "plain" else 100.0
    fitted, case, told = attended(prepared, epochs=12, learning_rate=rate)
    assert problems(told)[0] == "learning-rate-too-high"
    assert len(told) == len({finding.rule for finding in told})
    assert problems(diagnosed(case))[0] == "learning-rate-too-high"
    assert "learning-rate-too-high" in problems(diagnosed(of_file(fitted)))


def test_scores_say_how_far_ahead_of_simple_models_the_network_is_row_by_row(prepared):
    fitted, _, _ = attended(prepared, epochs=12)
    leads, scores = fitted.scores.leads, fitted.scores
    assert leads["guess"].value == pytest.approx(scores.test.score.value - scores.guess)
    assert leads["linear"].value == pytest.approx(scores.test.score.value - scores.linear)
    assert 0 < leads["guess"].error < 0.5


def test_numbers_that_run_off_are_traced_to_step_and_layer():
    numbers = prepare(table(160, "number"), Question("target", recipe="plain"))
    recipe = Choices(learning_rate=1e30).over("plain")
    where = began(numbers.problem, recipe, 0, epochs=3)
    assert re.fullmatch(r"update \d+ of epoch 1, .* (layer \d|output layer)", where)
    assert began(numbers.problem, Choices().over("plain"), 0, epochs=2) is None
    case = replace(begun(numbers.problem, recipe), began=where)
    told = []
    doctor = Attending(case, told.append)
    with pytest.raises(Exception, match="ran off"):
        fit(numbers, Choices(learning_rate=1e30), doctor)
    assert next(one for one in told if one.rule == "not-finite").where == where


def test_a_loss_that_only_grows_beyond_all_measure_ends_the_training():
    numbers = prepare(table(160, "number"), Question("target", recipe="plain"))
    doctor = Attending(begun(numbers.problem, Choices().over("plain")), lambda finding: None)
    said = [doctor(Epoch(epoch, 10.0 ** (5 + epoch), None, 0.1)) for epoch in range(1, 8)]
    assert [text for text in said if text] == [say("doctor.stopped_exploding")] * 2


def test_a_training_that_no_gradient_reaches_is_ended():
    from helder import Architecture, MultilayerPerceptron, diagnose

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(160, 6)), rng.integers(0, 2, 160)
    net = MultilayerPerceptron(Architecture(6, (8,), 2, initialiser="zeros"))
    from helder.glass.doctor.training import Training
    from helder.glass.doctor.training.facts import targets_of

    targets = targets_of(np.eye(2)[y], np.ones(160), net.network.loss)
    doctor = Attending(Training(net.architecture, targets=targets), lambda finding: None)
    history = net.train(X, y, listener=doctor, look_inside=True)
    assert history.stopped == say("doctor.stopped_not_learning")
    assert len(history) < 20
    assert problems(doctor.findings)[0] == "symmetric-weights"
    assert problems(diagnose(net, history, X, y))[0] == "symmetric-weights"


def test_a_candidate_that_runs_off_leaves_no_looks_that_are_not_the_kept_ones():
    numbers = prepare(table(160, "number"), Question("target", recipe="plain", folds=2))
    tries = (("learning_rate", (1e3, 0.003)),)
    fitted = fit(numbers, Choices(tries=tries, epochs=12))
    assert [trial.kept for trial in fitted.trials] == [0, 2]
    assert fitted.history.initial == ()
    assert all(record.layers == () for record in fitted.history.records)
    case = begun(numbers.problem, Choices().over("plain"))
    assert problems(diagnosed(done(case, fitted.history, fitted.scores))) == []
