"""Cross-validation: a row is judged by a network, and at an epoch, that it had no part in."""

from __future__ import annotations

import numpy as np
import pytest

from helder import Architecture, one_hot
from helder.core import Network, Parameters
from helder.engine import Course, Patience, Purpose, engine_named, generator
from helder.errors import ArgumentError
from helder.learn import AdamW, Member, Rows, Settings
from helder.learn.folds import Fold, FoldWatch, train_folds

CLASSES = 3
ONE = (Member(),)


def table(seed, count=300, columns=6, signal=True):
    """Rows of a table whose class depends on two columns, or on nothing."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(count, columns)).astype(np.float32)
    labels = rng.integers(0, CLASSES, count)
    if signal:
        labels = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
    return Rows(X, one_hot(labels, CLASSES).astype(np.float32), np.ones(count, np.float32))


def dealt(count, K, seed=0):
    """K folds of any rows."""
    member = np.random.default_rng(seed).permutation(np.arange(count) % K)
    return [Fold(np.flatnonzero(member != k), np.flatnonzero(member == k)) for k in range(K)]


def wrong(z, rows):
    """A judge: the share of the rows that are wrong."""
    return float(np.mean(z.argmax(axis=1) != rows.y.argmax(axis=1)))


def cross_validate(
    rows, folds, *, engine="auto", hidden=(16,), listener=None, candidates=ONE, judge=None, **how
):
    architecture = Architecture(rows.X.shape[1], hidden, CLASSES)
    network = Network(architecture.layers, architecture.loss)
    streams = [generator(0, k, Purpose.INITIAL) for k in range(len(folds))]
    parameters = Parameters.initial(network.layers, streams, np.float32)
    settings = Settings(**{"learning_rate": 0.01, "epochs": 30, "patience": 10, **how})
    history, z = train_folds(
        network,
        parameters,
        rows,
        folds,
        settings,
        listener,
        candidates=candidates,
        judge=judge,
        engine=engine_named(engine),
    )
    return history, z, parameters


def right(rows, z):
    return np.mean(z.argmax(axis=1) == rows.y.argmax(axis=1))


def test_every_row_is_predicted_well_by_a_network_that_has_not_learnt_from_it():
    rows = table(0)
    history, z, _ = cross_validate(rows, dealt(300, 5))
    assert right(rows, z) > 0.85
    assert len(history.chosen) == 5


@pytest.mark.parametrize("judge", [None, wrong])
def test_a_fold_does_not_choose_its_own_epoch(judge):
    rows, folds = table(0, signal=False), dealt(300, 4)
    # Other labels in fold 0 change its own loss at every epoch, and nothing that it chooses by.
    other = Rows(rows.X, rows.y.copy(), rows.weights)
    other.y[folds[0].held_out] = np.roll(other.y[folds[0].held_out], 1, axis=1)
    changed = [Fold(folds[0].train, folds[0].held_out)]
    changed += [Fold(np.setdiff1d(f.train, folds[0].held_out), f.held_out) for f in folds[1:]]
    unchanged, z_unchanged, _ = cross_validate(rows, changed, patience=30, judge=judge)
    told, z_told, _ = cross_validate(other, changed, patience=30, judge=judge)
    assert unchanged.chosen[0] == told.chosen[0]
    np.testing.assert_array_equal(z_unchanged[folds[0].held_out], z_told[folds[0].held_out])


@pytest.mark.parametrize("judge", [None, wrong])
def test_on_pure_noise_the_score_is_not_above_the_largest_class(judge):
    scores, largest = [], []
    for seed in range(100):
        rows = table(seed, count=120, signal=False)
        _, z, _ = cross_validate(rows, dealt(120, 4, seed), epochs=12, patience=6, judge=judge)
        scores.append(right(rows, z))
        largest.append(rows.y.mean(axis=0).max())
    assert np.mean(scores) <= np.mean(largest)


def test_the_kept_weights_are_those_that_predicted_the_fold():
    rows, folds = table(1), dealt(300, 3)
    _, z, parameters = cross_validate(rows, folds, epochs=20, patience=5)
    engine, architecture = engine_named("auto"), Architecture(6, (16,), CLASSES)
    network = Network(architecture.layers, architecture.loss)
    for k, fold in enumerate(folds):
        again = engine.outputs(network, parameters, rows.X[fold.held_out], k)
        np.testing.assert_array_equal(again, z[fold.held_out])


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_the_same_seed_gives_the_same_bits(engine):
    rows, folds = table(2), dealt(300, 4)
    first, second = (cross_validate(rows, folds, engine=engine, epochs=5) for _ in range(2))
    np.testing.assert_array_equal(first[1], second[1])
    np.testing.assert_array_equal(first[2].values, second[2].values)


def test_the_engines_agree():
    rows, folds = table(3), dealt(300, 4)
    numpy, native = (
        cross_validate(rows, folds, engine=engine, epochs=5) for engine in ("numpy", "auto")
    )
    np.testing.assert_allclose(native[1], numpy[1], rtol=1e-3, atol=1e-4)


def test_training_ends_when_every_fold_has_run_out_of_patience():
    rows = table(4, signal=False)
    history, _, _ = cross_validate(rows, dealt(300, 4), epochs=500, patience=5)
    assert history.stopped == "patience"
    assert len(history) - max(history.chosen) >= 5


def test_ctrl_c_keeps_what_there_is():
    def interrupt(record):
        if record.epoch == 3:
            raise KeyboardInterrupt

    history, z, parameters = cross_validate(table(5), dealt(300, 3), listener=interrupt)
    assert history.stopped == "interrupted"
    assert len(history) == 3
    assert np.isfinite(parameters.values).all()
    assert z.any(axis=1).all()


def test_one_fold_or_l_bfgs_is_refused():
    rows = table(0)
    with pytest.raises(ArgumentError, match="two folds or more"):
        cross_validate(rows, dealt(300, 1))
    with pytest.raises(ArgumentError, match="lbfgs"):
        cross_validate(rows, dealt(300, 3), optimizer="lbfgs")


def test_every_network_is_its_own():
    rows, folds = table(6), dealt(300, 3)
    _, _, parameters = cross_validate(rows, folds, epochs=2, optimizer=AdamW(0.1))
    assert len({row.tobytes() for row in parameters.values}) == 3


RATES = [Member(learning_rate=rate) for rate in (0.0003, 0.003, 0.03)]


def test_the_other_folds_choose_the_candidate_too():
    rows, folds = table(0), dealt(300, 4)
    history, z, _ = cross_validate(rows, folds, candidates=RATES)
    assert set(history.picked) <= {1, 2}  # the smallest rate gets nowhere in thirty epochs
    assert right(rows, z) > 0.85
    assert min(history.val_losses) == pytest.approx(min(history.least))


def test_candidates_among_others_train_as_they_would_alone():
    rows, folds = table(1), dealt(300, 3)
    _, z, parameters = cross_validate(rows, folds, candidates=[RATES[1]])
    alone, z_alone, parameters_alone = cross_validate(rows, folds, learning_rate=0.003)
    assert alone.picked == (0, 0, 0)
    np.testing.assert_array_equal(z, z_alone)
    np.testing.assert_array_equal(parameters.values, parameters_alone.values)


def test_on_pure_noise_candidates_show_no_signal():
    scores, largest = [], []
    for seed in range(40):
        rows = table(seed, count=120, signal=False)
        _, z, _ = cross_validate(rows, dealt(120, 4, seed), epochs=12, patience=6, candidates=RATES)
        scores.append(right(rows, z))
        largest.append(rows.y.mean(axis=0).max())
    assert np.mean(scores) <= np.mean(largest)


def test_a_candidate_that_runs_off_is_left_out():
    rows, folds = table(0), dealt(300, 3)
    wild = [Member(learning_rate=1e30), Member(learning_rate=0.01)]
    history, z, parameters = cross_validate(rows, folds, candidates=wild)
    assert history.picked == (1, 1, 1)
    assert np.isfinite(parameters.values).all()
    assert right(rows, z) > 0.8


def curves_watched(held, patience, growth=0.0):
    """The epochs at which folds are kept whose held-out losses are these, (K, epochs)."""
    parameters = Parameters((), np.zeros((len(held), 1)), np.zeros((len(held), 0)))
    watch = FoldWatch(parameters, 1, len(held), Patience(patience, growth))
    shape = len(held[0])
    courses = {
        k: Course(np.ones(shape), np.array(curve), np.zeros((shape, 1)), np.zeros((shape, 0)))
        for k, curve in enumerate(held)
    }
    for epoch in range(shape):
        watch.look(courses, epoch, 0.1)
    return watch.chosen[0]


def judged_curves(verdicts, losses):
    """Two folds with these verdicts and losses, (K, epochs): the epochs kept, and the history."""
    epochs = len(losses[0])
    parameters = Parameters((), np.zeros((2, 1)), np.zeros((2, 0)))
    watch = FoldWatch(parameters, 1, 2, Patience(10))
    courses = {
        k: Course(
            np.ones(epochs),
            np.array(losses[k]),
            np.full((epochs, 1), k) + np.arange(epochs)[:, None],
            np.zeros((epochs, 0)),
            np.array(verdicts[k]),
        )
        for k in range(2)
    }
    for epoch in range(epochs):
        watch.look(courses, epoch, 0.1)
    return watch.chosen[0].tolist(), watch.finish(parameters, "epochs")


def test_the_other_folds_judge_chooses_the_epoch_and_their_loss_decides_a_tie():
    losses = [[3.0, 2, 1, 0], [3.0, 1, 2, 4]]
    kept, history = judged_curves([[-1.0, -2, -3, -2], [-1.0, -2, -2, -1]], losses)
    assert kept == [2, 3]  # fold 0 by the loss of fold 1 at its two best epochs
    assert history.best == 3
    assert history.val_losses == [3.0, 1.5, 1.5, 2.0]
    assert history.least == (1.5,)


def test_a_judge_that_can_never_say_leaves_the_choice_to_the_loss():
    rows, folds = table(0), dealt(300, 3)
    told = cross_validate(rows, folds, judge=lambda z, rows: float("nan"))
    alone = cross_validate(rows, folds)
    assert told[0].chosen == alone[0].chosen
    np.testing.assert_array_equal(told[1], alone[1])


def test_a_judge_sees_each_fold_s_rows_after_every_epoch():
    rows, folds = table(7), dealt(300, 3)
    seen = []

    def judge(z, held_out):
        seen.append((len(z), held_out.X.tobytes()))
        return 0.0

    history, _, _ = cross_validate(rows, folds, judge=judge, epochs=4)
    assert len(history) == 4
    assert sorted(seen) == sorted([(100, rows.X[fold.held_out].tobytes()) for fold in folds] * 4)


def test_a_fold_s_own_loss_does_not_keep_it_in_training():
    others = [[1.0, 2, 2, 2, 2, 0.5], [1.0, 2, 2, 2, 2, 0.5]]
    rising, falling = ([1.0, 2, 3, 4, 5, 6], [1.0, 0.9, 0.8, 0.7, 0.6, 0.5])
    kept = [curves_watched([own, *others], patience=3)[0] for own in (rising, falling)]
    assert kept == [1, 1]


def test_patience_may_grow_with_the_best_epoch():
    late = [3.0, 2.0, 1.0, 2, 2, 2, 2, 2, 0.5]  # the best so far is the third, then the ninth
    assert curves_watched([late, late], patience=2).tolist() == [3, 3]
    assert curves_watched([late, late], patience=2, growth=1.5).tolist() == [3, 3]
    assert curves_watched([late, late], patience=2, growth=2).tolist() == [9, 9]


def test_a_network_that_runs_off_leaves_the_others_in_training():
    parameters = Parameters((), np.zeros((2, 1)), np.zeros((2, 0)))
    watch = FoldWatch(parameters, 1, 2, Patience(5))
    fine = Course(np.ones(1), np.ones(1), np.ones((1, 1)), np.ones((1, 0)))
    watch.look({0: fine, 1: fine}, 0, 0.1)
    watch.look({0: Course(fine.losses, np.array([0.5]), fine.values, fine.statistics)}, 0, 0.1)
    assert len(watch.held) == 2
    assert watch.chosen[0].tolist() == [1, 1]  # fold 1's network is gone: its best stays
