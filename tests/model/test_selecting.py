"""Which ensembles predict together: those whose mean errs least, and no fold chooses for itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helder.core.losses import MeanSquaredError
from helder.learn import Rows
from helder.model.ensemble import fit_ensemble
from helder.model.problem import Problem, folds_for
from helder.model.recipes import RECIPES, Adjusted
from helder.model.selecting import MOST_KEPT, Selection, best_together
from helder.model.tuning import Candidate

QUICK = Adjusted(RECIPES["plain"], {"hidden": (8,)}, {"epochs": 4, "learning_rate": 0.01})
LOSS = MeanSquaredError()


def rows_of(y):
    """Rows with these targets."""
    return Rows(np.zeros((len(y), 1)), y[:, None], np.ones(len(y)))


def test_errors_that_cancel_are_better_together_than_the_best_alone(rng):
    y, noise = rng.normal(size=100), rng.normal(size=100)
    said = np.stack([y + noise, y - noise, y + 0.5 * rng.normal(size=100), y + 5])[:, :, None]
    selection = Selection(said, rows_of(y), LOSS, ())
    assert selection.best()[0] != 3
    assert {0, 1} <= set(selection.best())
    assert selection.lost(selection.best()).sum() < min(
        selection.lost((c,)).sum() for c in range(4)
    )


def test_nobody_joins_who_makes_it_worse(rng):
    y = rng.normal(size=100)
    said = np.stack([y + 3, y + 0.1, y + 4])[:, :, None]
    assert Selection(said, rows_of(y), LOSS, ()).best() == (1,)


def test_who_makes_no_difference_joins_since_a_mean_of_more_is_safer(rng):
    y = rng.normal(size=100)
    said = np.stack([y + 1, y + 1.001])[:, :, None]
    assert Selection(said, rows_of(y), LOSS, ()).best() == (0, 1)


def test_at_most_four_predict_together(rng):
    y = rng.normal(size=200)
    said = (y + rng.normal(size=(9, 200)))[:, :, None]
    assert len(Selection(said, rows_of(y), LOSS, ()).best()) == MOST_KEPT


def test_rows_count_by_their_weights(rng):
    y = np.zeros(100)
    said = np.stack([np.repeat([0.0, 1.0], 50), np.repeat([2.0, 0.0], 50)])[:, :, None]
    rows = replace(rows_of(y), weights=np.repeat([0.0, 1.0], 50))
    assert Selection(said, rows, LOSS, ()).best() == (1,)


def test_a_fold_has_no_say_in_who_predicts_it(rng):
    y, folds = rng.normal(size=90), folds_for(90, 3, 0)
    said = (y + np.where(np.arange(5) == 2, 0.1, 1.0)[:, None] * rng.normal(size=(5, 90)))[
        :, :, None
    ]
    chosen = Selection(said, rows_of(y), LOSS, folds).best(without=1)
    changed = said.copy()
    changed[:, folds[1].held_out] = rng.normal(size=(5, len(folds[1].held_out), 1))
    assert Selection(changed, rows_of(y), LOSS, folds).best(without=1) == chosen


@pytest.fixture
def problem(rng):
    """120 rows of noise in four folds."""
    X, y = rng.normal(size=(120, 3)), rng.normal(size=(120, 1))
    rows = Rows(X.astype(np.float32), y.astype(np.float32), np.ones(120, np.float32))
    return Problem(rows, LOSS, folds=folds_for(120, 4, 0))


def tried(problem, seeds):
    """Ensembles that differ by their seeds."""
    ensembles = [fit_ensemble(problem, QUICK, members=4, seed=seed) for seed in seeds]
    return [Candidate({"seed": n}, one, "epochs") for n, one in enumerate(ensembles)]


def test_what_is_out_of_fold_comes_from_those_that_the_others_chose(problem):
    candidates = tried(problem, range(3))
    z = [one.ensemble.z[0] for one in candidates]
    kept = best_together(problem, candidates)
    selection = Selection(np.stack(z), problem.rows, LOSS, problem.folds)
    for k, fold in enumerate(problem.folds):
        mean = np.mean([z[c][fold.held_out] for c in selection.best(without=k)], axis=0)
        np.testing.assert_allclose(
            kept.z[:, fold.held_out].mean(axis=0), mean, rtol=1e-5, atol=1e-6
        )


def test_what_was_tried_says_its_loss_and_how_many_networks_are_kept(problem):
    candidates = tried(problem, range(3))
    candidates.append(Candidate({"seed": 9}, None, "ran off"))
    kept = best_together(problem, candidates)
    assert [one.values["seed"] for one in kept.trials] == [0, 1, 2, 9]
    assert sum(one.kept for one in kept.trials) == len(kept.net.parameters.values)
    assert kept.trials[3].val_loss == np.inf
    for trial, one in zip(kept.trials, candidates[:3], strict=False):
        error = np.mean((one.ensemble.z[0] - problem.rows.y) ** 2)
        assert trial.val_loss == pytest.approx(error, rel=1e-5)


def test_rows_held_out_choose_where_there_are_no_folds(problem):
    apart = problem.rows[np.arange(80)], problem.rows[np.arange(80, 120)]
    alone = Problem(apart[0], LOSS, held_out=apart[1])
    kept = best_together(alone, tried(alone, range(3)))
    assert kept.z is None
    assert sum(one.kept for one in kept.trials) == len(kept.net.parameters.values)
