"""What a person hears of a fit under way, and how a fit is ended before its time."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from helder.errors import HelderError, InterruptedWarning

SLOW = """
import warnings
import numpy as np
from helder import MLPClassifier
from helder.errors import InterruptedWarning

rng = np.random.default_rng(0)
X = rng.normal(size=(2000, 10))
y = np.where(X[:, 0] > 0, "up", "down")
model = MLPClassifier(random_state=0, epochs=100_000, learning_rate=1e-5, verbose=1{more})
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    model.fit(X, y)
assert model.history_.stopped == "interrupted", model.history_
assert 1 <= model.best_iter_ <= model.n_iter_ < 100_000
assert model.predict_proba(X).shape == (2000, 2)
assert model.cv_score_ is None or 0 < model.cv_score_.value < 1
(said,) = [one for one in caught if one.category is InterruptedWarning]
assert said.filename == "<string>", said.filename
print("kept:", said.message)
"""


@pytest.mark.parametrize("more", ["", ", members=1", ', metric="f1"'])
def test_ctrl_c_keeps_the_best_so_far_and_says_so(more):
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW.replace("{more}", more)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith("epoch 3 "):
            process.send_signal(signal.SIGINT)
            break
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert re.search(r"kept: Ctrl-C ended training after \d+ epochs", out), out


def test_a_fit_that_was_not_interrupted_warns_of_nothing(classifier, blobs, recwarn):
    classifier(epochs=2).fit(*blobs)
    assert not [one for one in recwarn if issubclass(one.category, InterruptedWarning)]


def test_verbose_prints_a_line_for_every_epoch(classifier, blobs, capsys):
    model = classifier(verbose=1, epochs=3).fit(*blobs)
    lines = capsys.readouterr().out.splitlines()
    pattern = r"epoch (\d)  loss (\d\.\d{4})  held out (\d\.\d{4})  at most \d+ s left"
    found = [re.fullmatch(pattern, line).groups() for line in lines]
    assert [(int(epoch), float(loss), float(held)) for epoch, loss, held in found] == [
        (record.epoch, round(record.loss, 4), round(record.val_loss, 4))
        for repeat in model.history_.members  # each fold is learnt twice
        for record in repeat
    ]
    assert lines[-1].endswith(" 0 s left")
    classifier(epochs=3).fit(*blobs)
    assert not capsys.readouterr().out


class Heard:
    """A callback that remembers what it is told, and may end training at the third epoch."""

    def __init__(self, ends=False):
        self.ends, self.epochs, self.calls = ends, 0, []

    def setup(self, estimator, context):
        self.calls.append("setup")

    def teardown(self, estimator, context):
        self.calls.append("teardown")

    def on_fit_task_begin(self, estimator, context, *, X=None, y=None):
        if context.task_name == "fit":
            self.calls.append(("begin", context.max_subtasks, X.shape, y.shape))

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        if context.task_name == "epoch":
            self.epochs += 1
            return self.ends and self.epochs == 3
        self.calls.append(("end", fitted_estimator.predict(self.rows).shape))
        return False


@pytest.fixture
def heard(blobs):
    """Makes a callback; where scikit-learn has none, there is nothing to test."""
    pytest.importorskip("sklearn.callback")

    def made(**how):
        callback = Heard(**how)
        callback.rows = blobs[0]
        return callback

    return made


def test_scikit_learn_s_callbacks_hear_of_every_epoch(classifier, blobs, heard):
    callback = heard()
    model = classifier(epochs=5).set_callbacks(callback).fit(*blobs)
    assert model.n_iter_ == 5
    assert callback.epochs == 2 * 5  # each fold is learnt twice
    assert callback.calls == [
        "setup",
        ("begin", 2 * 5, (400, 4), (400,)),
        ("end", (400,)),
        "teardown",
    ]
    assert (clone(model).fit(*blobs).predict(blobs[0]) == model.predict(blobs[0])).all()


def test_a_callback_may_end_training(regressor, waves, heard, blobs):
    callback = heard(ends=True)
    callback.rows = waves[0]
    model = regressor(epochs=50).set_callbacks(callback).fit(*waves)
    assert model.n_iter_ == 3
    assert model.history_.stopped == "a callback"
    assert model.cv_score_ is not None


def test_a_callback_hears_of_every_fit_of_a_search(classifier, blobs, heard):
    callback = heard()
    search = GridSearchCV(
        classifier(epochs=2, members=2).set_callbacks(callback), {"hidden": [(4,), (8,)]}, cv=2
    )
    search.fit(*blobs)
    assert callback.epochs == 5 * 2 * 2


def test_a_callback_is_told_that_an_error_ended_the_fit(classifier, blobs, heard):
    callback = heard()
    with pytest.raises(HelderError, match="ran off"):
        classifier(learning_rate=1e30, hidden=(16, 16)).set_callbacks(callback).fit(*blobs)
    assert callback.calls[-1] == "teardown"
