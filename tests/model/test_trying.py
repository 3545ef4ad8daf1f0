"""What is tried side by side: every combination once, and what cannot be tried is said at once."""

from __future__ import annotations

import numpy as np
import pytest

from helder.errors import ArgumentError
from helder.model import Choices, Question, fit, prepare
from helder.table import read_table

RATES = (("learning_rate", (0.0001, 0.01)),)


@pytest.fixture
def ready(tmp_path):
    """A table of two classes that a network learns in a few epochs."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 300))
    rows = [f"{x:.3f},{y:.3f},{'high' if x + y > 0 else 'low'}" for x, y in zip(a, b, strict=True)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["a,b,kind", *rows]) + "\n")
    return lambda **asked: prepare(read_table(str(path)), Question(target="kind", **asked))


@pytest.mark.parametrize(("recipe", "folds"), [("plain", None), ("plain", 3), ("strong", 3)])
def test_the_better_candidate_is_kept_and_every_one_is_told(ready, recipe, folds):
    fitted = fit(ready(recipe=recipe, folds=folds), Choices(hidden=(8,), epochs=20, tries=RATES))
    slow, quick = fitted.trials
    assert quick.val_loss < slow.val_loss
    networks = (folds or 1) * (2 if recipe == "strong" else 1)  # it learns each fold twice
    assert (slow.kept, quick.kept) == (0, networks)
    assert len(fitted.net.parameters.values) == networks


@pytest.mark.parametrize(("recipe", "folds"), [("plain", None), ("plain", 3), ("strong", 3)])
def test_a_single_candidate_is_told_too(ready, recipe, folds):
    only = Choices(hidden=(8,), epochs=5, tries=(("l2", (0.01,)),))
    fitted = fit(ready(recipe=recipe, folds=folds), only)
    assert [trial.values for trial in fitted.trials] == [{"l2": 0.01}]
    assert fitted.net.architecture.l2 == 0.01


@pytest.mark.parametrize("recipe", ["plain", "strong"])
def test_no_dropout_can_be_tried_beside_some_and_alone(ready, recipe):
    for values in ((0.0, 0.3), (0.0,)):
        choices = Choices(hidden=(8,), epochs=3, tries=(("dropout", values),))
        fitted = fit(ready(recipe=recipe), choices)
        assert len(fitted.trials) == len(values)
        (layer,) = fitted.net.architecture.hidden_layers
        assert layer.dropout in values


@pytest.mark.parametrize(
    "tries",
    [
        (("rate", (0.1,)),),
        (("learning_rate", (0.1,)), ("learning_rate", (0.2,))),
        (("learning_rate", (0.1, 0.1)),),
        (("dropout", (1.0,)),),
        (("l1", tuple(k / 1000 for k in range(101))),),
    ],
)
def test_what_cannot_be_tried_is_an_error_before_any_file_is_read(tries):
    with pytest.raises(ArgumentError):
        Choices(tries=tries)


def test_without_a_hidden_layer_there_is_no_dropout_to_try():
    with pytest.raises(ArgumentError, match="no dropout to try"):
        Choices(hidden=(), tries=(("dropout", (0.1,)),))


def test_ctrl_c_is_said_though_the_best_candidate_had_ended_before(ready):
    def interrupt(record):
        if record.epoch == 60:
            raise KeyboardInterrupt

    tries = (("learning_rate", (0.00001, 0.2)),)
    choices = Choices(hidden=(8,), epochs=200, tries=tries)
    fitted = fit(ready(recipe="plain"), choices, interrupt)
    assert fitted.history.stopped == "interrupted"
    assert fitted.scores.linear is None
