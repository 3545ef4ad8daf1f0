"""Training: what stops it, which weights remain, and that the same seed gives the same bits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from helder import one_hot
from helder.core import Architecture, Quantile
from helder.errors import ArgumentError, ShapeError
from helder.learn import MultilayerPerceptron, Rows, Settings
from helder.learn.training import train


def val_loss(made, X, y):
    """The loss of rows in prediction mode, by the formula of the lecture."""
    p = made.predict_proba(X)
    return -np.mean(np.log(p[np.arange(len(y)), y]))


OVERFIT = {"learning_rate": 0.05, "epochs": 300, "batch_size": 16}


@pytest.mark.parametrize("normalisation", ["none", "batch"])
def test_early_stopping_restores_the_best_weights(normalisation, net, noisy):
    X, y, X_val, y_val = noisy
    made = net((32,), inputs=5, normalisation=normalisation)
    history = made.train(X, y, X_val=X_val, y_val=y_val, patience=15, **OVERFIT)
    assert history.stopped == "patience"
    assert history.best == np.argmin(history.val_losses) + 1
    assert len(history) == history.best + 15
    assert history.val_losses[-1] > 1.1 * min(history.val_losses)  # there was something to undo
    assert val_loss(made, X_val, y_val) == pytest.approx(min(history.val_losses), rel=1e-12)


def test_the_best_weights_are_kept_too_when_all_epochs_are_done(net, noisy):
    X, y, X_val, y_val = noisy
    made = net((32,), inputs=5)
    history = made.train(X, y, X_val=X_val, y_val=y_val, patience=1000, **OVERFIT)
    assert (history.stopped, len(history)) == ("epochs", 300)
    assert history.best < 100
    assert val_loss(made, X_val, y_val) == pytest.approx(min(history.val_losses), rel=1e-12)


@pytest.mark.parametrize("normalisation", ["none", "batch"])
def test_lbfgs_keeps_the_best_weights_on_held_out_rows(normalisation, net, noisy):
    X, y, X_val, y_val = noisy
    made = net((32,), inputs=5, normalisation=normalisation)
    history = made.train(X, y, X_val=X_val, y_val=y_val, patience=5, optimizer="lbfgs")
    assert history.stopped == "patience"
    assert val_loss(made, X_val, y_val) == pytest.approx(min(history.val_losses), rel=1e-12)


def wrong(z, rows):
    """A judge: the share of the rows that are wrong."""
    return float(np.mean(z.argmax(axis=1) != rows.y.argmax(axis=1)))


@pytest.mark.parametrize("how", [OVERFIT, {"optimizer": "lbfgs", "epochs": 50}])
def test_a_judge_chooses_the_epoch_and_the_loss_decides_a_tie(how, net, noisy):
    *learnt, X_val, y_val = noisy
    made = net((32,), inputs=5)
    learnt, held_out = (
        Rows(rows, one_hot(labels, 2), np.ones(len(rows)))
        for rows, labels in (learnt, (X_val, y_val))
    )
    seen = []

    def judge(z, rows):
        seen.append(wrong(z, rows))
        return seen[-1]

    (history,) = train(
        made.network,
        made.parameters,
        learnt,
        Settings(patience=20, **how),
        held_out,
        judge=judge,
        engine=made.engine,
    )
    seen = seen[: len(history)]  # a call may have gone on for longer
    pairs = list(zip(seen, history.val_losses, strict=True))
    assert history.best == pairs.index(min(pairs)) + 1
    assert np.mean(made.predict(X_val) != y_val) == min(seen)
    assert history.stopped in ("patience", "converged", "epochs")
    assert val_loss(made, X_val, y_val) == pytest.approx(min(pairs)[1], rel=1e-12)


def test_without_held_out_rows_the_last_weights_remain(net, moons):
    X, y = moons
    made = net()
    history = made.train(X, y, learning_rate=0.01, epochs=7)
    assert (history.stopped, history.best, len(history)) == ("epochs", 7, 7)
    assert history.val_losses == []
    again = net()
    for _ in range(7):  # full batches: seven times one epoch is seven epochs
        again.train(X, y, learning_rate=0.5, epochs=1, batch_size=None, optimizer="sgd")
    at_once = net()
    at_once.train(X, y, learning_rate=0.5, epochs=7, batch_size=None, optimizer="sgd")
    np.testing.assert_array_equal(at_once.parameters.values, again.parameters.values)


@pytest.mark.parametrize("rate", [1e6, 1e38])
@pytest.mark.parametrize("batch_size", [None, 8])
@pytest.mark.parametrize("held_out", [False, True])
def test_a_rate_far_too_high_ends_with_finite_weights(rate, batch_size, held_out, net, rng):
    X, y = rng.normal(size=(64, 2)), 100 * rng.normal(size=64)
    made = net((16, 16), 1, output="linear", dtype=np.float32)
    rows = {"X_val": X[:20], "y_val": y[:20]} if held_out else {}
    history = made.train(
        X, y, learning_rate=rate, batch_size=batch_size, optimizer="sgd", epochs=50, **rows
    )
    assert history.stopped == "not finite"
    assert len(history) < 50
    assert np.isfinite(made.parameters.values).all()


def test_a_listener_hears_every_epoch_and_its_text_stops(net, moons):
    heard = []

    def listener(record):
        heard.append(record)
        return "enough" if record.epoch == 5 else None

    history = net().train(*moons, epochs=50, listener=listener)
    assert history.stopped == "enough"
    assert [record.epoch for record in heard] == [1, 2, 3, 4, 5]
    assert list(history) == heard


def test_a_listener_s_text_stops_lbfgs(net, moons):
    history = net().train(
        *moons, optimizer="lbfgs", listener=lambda record: "enough" if record.epoch == 3 else None
    )
    assert (history.stopped, len(history)) == ("enough", 3)


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
@pytest.mark.parametrize("epoch", [1, 4, 15])
def test_ctrl_c_keeps_the_best_so_far(epoch, optimizer, net, noisy):
    X, y, X_val, y_val = noisy
    made = net((32,), inputs=5)

    def listener(record):
        if record.epoch == epoch:
            raise KeyboardInterrupt

    history = made.train(
        X,
        y,
        X_val=X_val,
        y_val=y_val,
        patience=100,
        listener=listener,
        optimizer=optimizer,
        **OVERFIT,
    )
    assert (history.stopped, len(history)) == ("interrupted", epoch)
    assert history.best == np.argmin(history.val_losses) + 1
    assert val_loss(made, X_val, y_val) == pytest.approx(min(history.val_losses), rel=1e-12)


def test_an_error_of_a_listener_is_not_swallowed(net, moons):
    def listener(record):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        net().train(*moons, listener=listener)


def test_the_history_is_a_sequence_of_records(net, moons):
    history = net().train(*moons, epochs=3, learning_rate=0.25)
    assert [record.epoch for record in history] == [1, 2, 3]
    assert history[-1].loss == history.losses[2]
    assert history[:2] == list(history)[:2]
    assert history.to_dicts()[0] == {
        "epoch": 1,
        "loss": history.losses[0],
        "val_loss": None,
        "learning_rate": 0.25,
    }


def bits(build, X, y, **settings):
    made = build((40, 30), dropout=0.3, normalisation="batch", dtype=np.float32, **settings)
    history = made.train(X, y, epochs=5, batch_size=50)
    return made.parameters.values.tobytes(), tuple(history.losses), made.predict(X).tobytes()


def test_the_same_seed_gives_the_same_bits_whatever_the_number_of_threads(net, rng):
    X = rng.normal(size=(700, 2))
    y = (X[:, 0] > X[:, 1] ** 2).astype(int)
    first = bits(net, X, y, seed=3)
    assert bits(net, X, y, seed=3) == first
    for threads in (1, 2):
        with threadpool_limits(threads):
            assert bits(net, X, y, seed=3) == first
    assert bits(net, X, y, seed=4) != first


def test_mini_batches_learn_what_a_full_batch_learns(net, moons):
    X, y = moons
    for batch_size in (None, 7, 32, 10_000):
        made = net()
        made.train(X, y, learning_rate=0.02, epochs=200, batch_size=batch_size)
        assert np.mean(made.predict(X) == y) > 0.97, batch_size


def test_class_numbers_and_one_hot_rows_train_alike(net, moons):
    X, y = moons
    one, other = net(), net()
    one.train(X, y, epochs=5)
    other.train(X, one_hot(y, 2), epochs=5)
    np.testing.assert_array_equal(one.parameters.values, other.parameters.values)


def test_prediction_before_training_works(net, moons):
    X, _ = moons
    made = net()
    assert set(made.predict(X)) <= {0, 1}
    np.testing.assert_allclose(made.predict_proba(X).sum(axis=1), 1)


def test_predictions_are_the_class_with_the_largest_probability(net, moons):
    X, y = moons
    made = net()
    made.train(X, y, learning_rate=0.02, epochs=50)
    np.testing.assert_array_equal(made.predict(X), made.predict_proba(X).argmax(axis=1))


def test_regression_finds_a_curve(net, rng):
    X = rng.uniform(-1, 1, (300, 2))
    y = np.sin(3 * X[:, 0]) + X[:, 1] ** 2
    made = net((32,), 1, activation="tanh", output="linear")
    made.train(X, y, learning_rate=0.02, epochs=200)
    assert made.predict(X).shape == (300,)
    assert np.mean((made.predict(X) - y) ** 2) < 0.01 * y.var()
    with pytest.raises(ArgumentError, match="predicts numbers, not probabilities"):
        made.predict_proba(X)


def test_several_numbers_at_once(net, rng):
    X = rng.normal(size=(100, 2))
    made = net((), 2, output="linear")
    made.train(X, X @ [[1, 2], [3, 4]], optimizer="lbfgs")
    np.testing.assert_allclose(made.weights[0], [[1, 2], [3, 4]], rtol=1e-4)
    assert made.predict(X).shape == (100, 2)


def test_multilabel_learns_every_label_on_its_own(net, rng):
    X = rng.normal(size=(300, 2))
    y = np.stack([X[:, 0] > 0, X[:, 1] > 0, X.sum(axis=1) > 0], axis=1)
    made = net((16,), 3, output="sigmoid")
    made.train(X, y, learning_rate=0.02, epochs=100)
    assert made.predict(X).shape == made.predict_proba(X).shape == (300, 3)
    assert (made.predict(X) == y).mean(axis=0).min() > 0.95


def test_a_single_yes_or_no_is_flat(net, moons):
    X, y = moons
    made = net((16,), 1, output="sigmoid")
    made.train(X, y, learning_rate=0.02, epochs=150)
    assert np.mean(made.predict(X) == y) > 0.97
    assert made.predict_proba(X).shape == (120, 1)


def test_poisson_finds_the_rate_of_counts(net, rng):
    X = rng.normal(size=(2000, 2))
    y = rng.poisson(np.exp(0.5 + 0.8 * X[:, 0]))
    made = net((), 1, output="exp")
    made.train(X, y, optimizer="lbfgs")
    np.testing.assert_allclose(made.weights[0][:, 0], [0.8, 0], atol=0.06)
    np.testing.assert_allclose(made.biases[0], 0.5, atol=0.06)
    assert (made.predict(X) > 0).all()


@pytest.mark.parametrize("output", ["quantile", "mean_absolute_error", Quantile(0.9)])
def test_a_quantile_loss_finds_the_quantile(output, net, rng):
    y = rng.exponential(size=1001)
    made = net((), 1, output=output)
    made.train(
        np.zeros((1001, 2)), y, batch_size=None, learning_rate=0.05, epochs=600, schedule="cosine"
    )
    level = getattr(output, "level", 0.5)
    assert made.predict([[0, 0]])[0] == pytest.approx(np.quantile(y, level), abs=0.02)


def test_huber_is_left_cold_by_an_outlier(net, rng):
    X = rng.normal(size=(100, 2))
    y = X[:, 0] + np.where(np.arange(100) == 0, 1000, 0)
    made = net((), 1, output="huber")
    made.train(X, y, optimizer="lbfgs")
    np.testing.assert_allclose(made.weights[0][:, 0], [1, 0], atol=0.1)


@pytest.mark.parametrize(
    ("X", "y", "error", "says"),
    [
        ([["a", "b"]], [0], ArgumentError, "X holds text"),
        ([[1, 2]], ["good"], ArgumentError, "y holds text"),
        ([[1, 2]], [2], ArgumentError, "numbers any labels from 0"),
        ([[1, 2]], [0.5], ArgumentError, "a class number is a whole number"),
        ([[1, 2]], [0, 1], ShapeError, r"different numbers of rows: got \(1, 2\)"),
        ([[1, 2, 3]], [0], ShapeError, "a network with 2 inputs"),
        ([[1, 2]], [None], ArgumentError, "y holds values of type object"),
    ],
)
def test_data_that_cannot_be_used_are_said(X, y, error, says, net):
    with pytest.raises(error, match=says):
        net().train(X, y)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"learning_rate": 0}, "learning_rate is no such number: got 0"),
        ({"learning_rate": float("nan")}, "learning_rate is no such number"),
        ({"epochs": 0}, "epochs is a count: got 0"),
        ({"epochs": 1.5}, "epochs is a count"),
        ({"batch_size": 0}, "batch_size is a count"),
        ({"patience": True}, "patience is a count"),
        ({"clip_norm": -1}, "clip_norm is no such number: got -1"),
        ({"X_val": [[1, 2]]}, "need both"),
        ({"X_val": [[1, 2, 3]], "y_val": [0]}, "a network with 2 inputs"),
    ],
)
def test_settings_that_cannot_be_used_are_said(settings, says, net, moons):
    with pytest.raises(ArgumentError, match=says):
        net().train(*moons, **settings)


def test_a_network_of_another_type_is_refused(net):
    with pytest.raises(ArgumentError, match="Accepted: float32, float64"):
        net(dtype=np.float16)


def test_clipping_bounds_the_length_of_a_step(net, moons):
    made = net()
    steps = [made.parameters.values.copy()]
    made.train(
        *moons,
        learning_rate=1.0,
        optimizer="sgd",
        batch_size=None,
        epochs=5,
        clip_norm=0.05,
        listener=lambda record: steps.append(made.parameters.values.copy()),
    )
    lengths = [np.linalg.norm(after - before) for before, after in itertools.pairwise(steps)]
    assert max(lengths) == pytest.approx(0.05)


def test_a_value_that_is_no_finite_number_is_named_by_row_and_column(net, moons):
    X, y = moons
    X = X.copy()
    X[2, 1] = np.nan
    with pytest.raises(ArgumentError, match="row 3, column 2"):
        net().train(X, y)


def test_rows_that_choose_the_epoch_come_with_their_targets(net, moons):
    with pytest.raises(ArgumentError, match="X_val and y_val"):
        net().train(*moons, y_val=moons[1])


def test_a_single_sigmoid_takes_class_weights():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = (X[:, 0] > 1).astype(int)
    architecture = Architecture(inputs=2, hidden=(4,), outputs=1, output="sigmoid")
    plain, balanced = (MultilayerPerceptron(architecture, seed=0) for _ in range(2))
    plain.train(X, y, epochs=3)
    balanced.train(X, y, epochs=3, class_weight="balanced")
    assert balanced.predict_proba(X).mean() > plain.predict_proba(X).mean()


def test_a_history_shows_itself_in_one_line(net, moons):
    text = repr(net().train(*moons, epochs=3))
    assert text.startswith("History(3 epochs, loss ")
    assert "\n" not in text


def test_the_loss_of_held_out_rows_leaves_out_dropout_and_penalties(net, noisy):
    X, y, X_val, y_val = noisy
    made = net((32,), inputs=5, dropout=0.5, l2=3.0)
    history = made.train(X, y, X_val=X_val, y_val=y_val, epochs=1)
    assert history.val_losses[0] == pytest.approx(val_loss(made, X_val, y_val), rel=1e-5)
