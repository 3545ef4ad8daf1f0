"""The seam between rows and networks: problems, folds, recipes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from helder.core.embedding import Embed
from helder.core.fronts import Periodic, Scale
from helder.core.losses import MeanSquaredError
from helder.errors import ArgumentError, HelderError
from helder.learn import Rows
from helder.model.deadline import TIME_IS_UP, Deadline
from helder.model.ensemble import each, fit_ensemble, stacked
from helder.model.problem import Problem, folds_for, held_out_for
from helder.model.recipes import EMBEDDED, RECIPES, UNWATCHED_EPOCHS, Adjusted, After, Continued
from helder.table import Layout

PLAIN = RECIPES["plain"]
QUICK = Adjusted(PLAIN, {"hidden": (8,)}, {"epochs": 6, "learning_rate": 0.01})


@pytest.fixture
def rows(rng):
    """200 rows of three columns, and a number that follows from them."""
    X = rng.normal(size=(200, 3)).astype(np.float32)
    return Rows(X, (X[:, :1] * X[:, 1:2]).astype(np.float32), np.ones(200, np.float32))


def problem_of(rows, **more):
    return Problem(rows, MeanSquaredError(), Layout(3), **more)


def test_only_columns_of_many_categories_become_places(rng):
    blocks = ((3, 3 + EMBEDDED), (3 + EMBEDDED, 4 + 2 * EMBEDDED))  # the second is wider by one
    wide = blocks[1][1]
    rows = Rows(rng.normal(size=(60, wide)).astype(np.float32), np.zeros((60, 1)), np.ones(60))
    problem = Problem(rows, MeanSquaredError(), Layout(3, blocks))
    front = RECIPES["strong"].architecture(problem).front
    assert front[0] == Embed(wide, (blocks[1],))
    assert [type(layer) for layer in front] == [Embed, Periodic, Scale]
    few = replace(problem, layout=Layout(0, blocks[:1]))
    assert RECIPES["strong"].architecture(few).front == (Scale(wide),)


def test_folds_are_members_and_every_row_is_predicted_by_who_has_not_learnt_it(rows):
    problem = problem_of(rows, folds=folds_for(200, 4, 0))
    assert problem.watched
    assert problem.learnt == 150
    ensemble = fit_ensemble(problem, QUICK, members=1, seed=3)
    assert len(ensemble.net.parameters.values) == len(ensemble.chosen) == 4
    for k, fold in enumerate(problem.folds):
        held = rows.X[fold.held_out]
        alone = list(each(ensemble.net, held))[k]
        np.testing.assert_allclose(ensemble.z[0, fold.held_out], alone, rtol=1e-5)


@dataclass(frozen=True)
class Twice(After):
    """A recipe whose folds are trained two times."""

    def repeats(self, problem):
        return 2


def test_repeats_are_the_same_folds_with_other_draws(rows):
    problem = problem_of(rows, folds=folds_for(200, 4, 0))
    twice = fit_ensemble(problem, Twice(QUICK), members=1, seed=3)
    once = fit_ensemble(problem, QUICK, members=1, seed=3)
    values = twice.net.parameters.values
    assert len(values) == len(twice.chosen) == 8
    np.testing.assert_array_equal(values[:4], once.net.parameters.values)
    assert len(np.unique(values[:, 0])) == 8
    assert twice.z.shape == (2, 200, 1)
    for k, fold in enumerate(problem.folds):
        alone = list(each(twice.net, rows.X[fold.held_out]))
        for r in range(2):
            np.testing.assert_allclose(
                twice.z[r, fold.held_out], alone[4 * r + k], rtol=1e-4, atol=1e-6
            )
    assert twice.history.val_losses == pytest.approx(
        np.mean([one.val_losses for one in twice.history.members], axis=0)
    )
    assert twice.history.best == max(one.best for one in twice.history.members)


def test_repeats_without_folds_are_more_networks(rows):
    problem = problem_of(rows[np.arange(150)], held_out=rows[np.arange(150, 200)])
    twice = fit_ensemble(problem, Twice(QUICK), members=3)
    assert len(np.unique(twice.net.parameters.values[:, 0])) == 6
    assert twice.z is None


def test_training_goes_on_with_all_repeats(rows):
    problem = problem_of(rows, folds=folds_for(200, 2, 0))
    before = fit_ensemble(problem, Twice(QUICK), members=2)
    goes_on = Continued(QUICK, before.net.architecture)
    after = fit_ensemble(problem, goes_on, members=2, first=before.net.parameters)
    assert after.z.shape == (2, 200, 1)
    assert after.history.losses[0] < before.history.losses[0]


def test_ctrl_c_in_a_later_repeat_keeps_the_earlier_ones(rows):
    problem, heard = problem_of(rows, folds=folds_for(200, 2, 0)), []

    def interrupt(record):
        heard.append(record.epoch)
        if len(heard) == 8:
            raise KeyboardInterrupt

    ensemble = fit_ensemble(problem, Twice(QUICK), members=2, listener=interrupt)
    assert ensemble.history.stopped == "interrupted"
    assert len(ensemble.net.parameters.values) == 4
    heard[:] = [0, 0, 0]  # the fifth epoch of the first repeat is the eighth that is heard
    ensemble = fit_ensemble(problem, Twice(QUICK), members=2, listener=interrupt)
    assert ensemble.history.stopped == "interrupted"
    assert len(ensemble.net.parameters.values) == 2


def test_networks_of_different_shapes_do_not_stack(rows):
    problem = problem_of(rows, folds=folds_for(200, 2, 0))
    wide = Adjusted(QUICK, {"hidden": (9,)})
    with pytest.raises(ArgumentError, match="different shapes"):
        stacked([fit_ensemble(problem, recipe, members=2) for recipe in (QUICK, wide)])


def test_members_without_folds_differ_by_their_seeds(rows):
    few = np.arange(150)
    problem = problem_of(rows[few], held_out=rows[np.arange(150, 200)])
    ensemble = fit_ensemble(problem, QUICK, members=3)
    assert ensemble.z is None
    assert len(np.unique(ensemble.net.parameters.values[:, 0])) == 3
    assert len(ensemble.history.val_losses) == 6
    np.testing.assert_allclose(
        np.mean([*each(ensemble.net, rows.X)], axis=0)[:, 0],
        ensemble.net.predict(rows.X),
        rtol=1e-4,
        atol=1e-6,
    )


def test_where_nothing_chooses_the_epoch_there_are_few(rows):
    problem = problem_of(rows)
    assert not problem.watched
    assert PLAIN.settings(problem).epochs == UNWATCHED_EPOCHS
    assert fit_ensemble(problem, QUICK, members=1).chosen == (6,)


def test_training_goes_on_from_numbers_that_are_there(rows):
    problem = problem_of(rows, folds=folds_for(200, 2, 0))
    before = fit_ensemble(problem, QUICK, members=2)
    kept = before.net.parameters.values.copy()
    other = Adjusted(PLAIN, {"hidden": (99,)}, {"epochs": 6, "learning_rate": 0.01})
    after = fit_ensemble(
        problem,
        Continued(other, before.net.architecture),
        members=2,
        first=before.net.parameters,
    )
    assert after.net.architecture.hidden == (8,)
    assert after.history.losses[0] < before.history.losses[0]
    assert (before.net.parameters.values == kept).all()
    with pytest.raises(ArgumentError, match="as many networks as there are"):
        fit_ensemble(problem_of(rows), QUICK, members=3, first=before.net.parameters)


def test_time_ends_training_and_what_was_best_is_kept(rows):
    endless = Adjusted(QUICK, training={"epochs": 1_000_000, "patience": 1_000_000})
    problem = problem_of(rows, folds=folds_for(200, 2, 0))
    ensemble = fit_ensemble(problem, endless, members=2, deadline=Deadline.after(0.2))
    assert ensemble.history.stopped == TIME_IS_UP
    assert np.isfinite(ensemble.net.predict(rows.X)).all()


def test_a_listener_hears_every_epoch_and_can_end_training(rows):
    heard = []

    def listener(record):
        heard.append(record.epoch)
        return "enough" if record.epoch == 3 else None

    ensemble = fit_ensemble(
        problem_of(rows), QUICK, members=1, listener=listener, deadline=Deadline.after(60)
    )
    assert heard == [1, 2, 3]
    assert ensemble.history.stopped == "enough"


def test_a_training_that_runs_off_leaves_an_error(rows):
    wild = Adjusted(QUICK, training={"learning_rate": 1e30})
    with pytest.raises(HelderError, match="ran off to infinity"):
        fit_ensemble(problem_of(rows, folds=folds_for(200, 2, 0)), wild, members=2)


def test_there_are_as_many_folds_as_rows_allow():
    assert len(folds_for(100, 8, 0)) == 8
    assert len(folds_for(9, 8, 0)) == 4
    assert folds_for(4, 8, 0) == ()
    assert folds_for(100, 1, 0) == ()
    assert len(folds_for(100, 8, 0, groups=np.arange(100) % 3)) == 3
    assert held_out_for(4, 0) is None
    part = held_out_for(100, 0, strata=np.arange(100) % 2)
    assert sorted([*part.train, *part.held_out]) == list(range(100))
    assert len(part.held_out) in (14, 15)
    assert np.mean(part.held_out % 2) == pytest.approx(0.5, abs=0.05)
