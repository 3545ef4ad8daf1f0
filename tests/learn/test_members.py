"""Members: networks side by side are the same as one by one, each with its own way and its end."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import product

import numpy as np
import pytest

from helder import Architecture, Member, MultilayerPerceptron, one_hot
from helder.engine import Rows
from helder.engine.choosing import native_is_here
from helder.errors import ArgumentError, ShapeError
from helder.learn import Settings
from helder.learn.training import train

ENGINES = ["numpy", "native"] if native_is_here() else ["numpy"]
HOW = {"learning_rate": 0.05, "epochs": 60, "batch_size": 16, "patience": 8}


def made(members, engine="auto", **described):
    return MultilayerPerceptron(
        Architecture(5, (12,), 2, **described), dtype="float64", engine=engine, members=members
    )


def alone(data, member, engine="auto", *, seed, architecture, **how):
    """The same network on its own."""
    X, y, X_val, y_val = data
    net = MultilayerPerceptron(architecture, dtype="float64", engine=engine, seed=seed)
    history = net.train(X, y, X_val=X_val, y_val=y_val, **HOW | how)
    return net, history


@pytest.mark.parametrize("engine", ENGINES)
def test_a_member_is_the_network_that_it_would_be_alone(engine, noisy):
    X, y, X_val, y_val = noisy
    net = made([Member(seed=3), Member(seed=4, learning_rate=0.01), Member(seed=5)], engine)
    history = net.train(X, y, X_val=X_val, y_val=y_val, **HOW)
    shape = net.architecture
    for k, (seed, rate) in enumerate([(3, 0.05), (4, 0.01), (5, 0.05)]):
        one, own = alone(
            noisy, net.members[k], engine, seed=seed, architecture=shape, learning_rate=rate
        )
        assert own.to_dicts() == history.members[k].to_dicts()
        assert own.stopped == history.members[k].stopped
        np.testing.assert_array_equal(one.parameters.values[0], net.parameters.values[k])


@pytest.mark.parametrize("engine", ENGINES)
def test_members_stop_each_at_its_own_time_and_keep_their_own_best(engine, noisy):
    X, y, X_val, y_val = noisy
    net = made([Member(learning_rate=rate) for rate in (0.001, 0.01, 0.1)], engine)
    history = net.train(X, y, X_val=X_val, y_val=y_val, **HOW)
    assert len({len(one) for one in history.members}) > 1
    for k, one in enumerate(history.members):
        p = net.member(k).predict_proba(X_val)
        loss = -np.mean(np.log(p[np.arange(len(y_val)), y_val]))
        assert loss == pytest.approx(min(one.val_losses), rel=1e-12)
        assert one.best == np.argmin(one.val_losses) + 1
        if one.stopped == "patience":
            assert len(one) == one.best + HOW["patience"]


def test_the_mean_of_the_members_predicts(noisy):
    net = made(4)
    net.train(noisy[0], noisy[1], epochs=3)
    each = [net.member(k).predict_proba(noisy[2]) for k in range(4)]
    assert np.ptp(each, axis=0).max() > 0.01
    np.testing.assert_allclose(net.predict_proba(noisy[2]), np.mean(each, axis=0), rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_member_learns_from_its_own_rows_labels_and_weights(engine, noisy):
    X, y, _, _ = noisy
    flipped = np.eye(2)[1 - y]
    first = np.arange(20)
    weights = np.where(np.arange(40) < 20, 1.0, 0.0)
    some = [Member(seed=0, rows=first), Member(seed=0, y=flipped), Member(seed=0, weights=weights)]
    net = made(some, engine)
    net.train(X, y, epochs=5, batch_size=None, optimizer="sgd", learning_rate=0.1)
    how = {"epochs": 5, "batch_size": None, "optimizer": "sgd", "learning_rate": 0.1}
    own = [MultilayerPerceptron(net.architecture, dtype="float64", engine=engine) for _ in some]
    own[0].train(X[:20], y[:20], **how)
    own[1].train(X, 1 - y, **how)
    own[2].train(X, y, sample_weight=weights, **how)
    for k in range(3):
        np.testing.assert_allclose(net.parameters.values[k], own[k].parameters.values[0])
    np.testing.assert_allclose(net.parameters.values[0], net.parameters.values[2], rtol=1e-9)


def test_label_smoothing_penalties_dropout_and_decay_differ_by_member(noisy):
    X, y, _, _ = noisy
    few = [
        Member(seed=0),
        Member(seed=0, label_smoothing=0.2),
        Member(seed=0, l2=0.1),
        Member(seed=0, l1=0.1),
        Member(seed=0, dropout=0.5),
        Member(seed=0, weight_decay=0.5),
    ]
    net = made(few, dropout=0.1)
    net.train(X, y, epochs=20, learning_rate=0.02, optimizer="adamw")
    assert len({row.tobytes() for row in net.parameters.values}) == len(few)
    assert net.member(1).predict_proba(X).max() < net.member(0).predict_proba(X).max()
    sizes = [np.abs(net.parameters.values[k]).sum() for k in range(len(few))]
    assert max(sizes[2], sizes[3], sizes[5]) < sizes[0]


def test_a_listener_hears_the_mean_and_finds_the_weights_of_that_epoch(noisy):
    net, seen = made(3), []

    def listener(record):
        p = np.stack([net.member(k).predict_proba(noisy[2]) for k in range(3)])
        rows = np.arange(len(noisy[3]))
        seen.append((record.val_loss, -np.log(p[:, rows, noisy[3]]).mean()))
        return "enough" if record.epoch == 7 else None

    X, y, X_val, y_val = noisy
    history = net.train(X, y, X_val=X_val, y_val=y_val, listener=listener, **HOW)
    assert (history.stopped, len(history), len(seen)) == ("enough", 7, 7)
    for said, found in seen:
        assert said == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize(("patience", "optimizer"), list(product([1, 3, 10], ["sgd", "adam"])))
def test_both_engines_stop_inside_the_call_where_the_watch_says(patience, optimizer, noisy):
    X, y, X_val, y_val = noisy
    ends = []
    for engine in ENGINES:
        net = made(1, engine)
        how = HOW | {"patience": patience, "optimizer": optimizer, "epochs": 300}
        history = net.train(X, y, X_val=X_val, y_val=y_val, **how)
        ends.append((len(history), history.best, history.stopped))
    assert len(set(ends)) == 1
    assert ends[0][0] == ends[0][1] + patience


def test_both_engines_stop_where_patience_that_grows_is_out(noisy):
    X, y, X_val, y_val = (np.asarray(values) for values in noisy)
    rows, held_out = (
        Rows(some, one_hot(of, 2).astype(some.dtype), np.ones(len(some), some.dtype))
        for some, of in ((X, y), (X_val, y_val))
    )
    settings = Settings(0.01, epochs=300, batch_size=16, patience=2, patience_growth=1.5)
    ends = []
    for engine in ENGINES:
        net = made(1, engine)
        (history,) = train(
            net.network,
            net.parameters,
            rows,
            settings,
            held_out,
            members=[Member()],
            engine=net.engine,
        )
        ends.append((len(history), history.best, history.stopped))
    assert len(set(ends)) == 1
    assert ends[0][0] == np.ceil(2.5 * ends[0][1])


@pytest.mark.skipif(not native_is_here(), reason="there is no native engine here")
def test_ctrl_c_is_heard_in_the_middle_of_a_long_epoch(tmp_path):
    script = tmp_path / "long.py"
    script.write_text(
        "import numpy as np\n"
        "from helder import Architecture, MultilayerPerceptron\n"
        "X = np.random.default_rng(0).normal(size=(200_000, 100)).astype('f4')\n"
        "y = (X[:, 0] > 0).astype(int)\n"
        "net = MultilayerPerceptron(Architecture(100, (1024, 1024), 2), engine='native')\n"
        "print('ready', flush=True)\n"
        "print(net.train(X, y, epochs=1).stopped, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(3)  # an epoch takes far longer: it is under way by then
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=10)
    assert said == "interrupted\n"
    assert process.returncode == 0


def test_what_cannot_be_a_member_is_said():
    for members in (0, [], ["adam"], 1.5):
        with pytest.raises(ArgumentError):
            made(members)
    for wrong in ({"dropout": 1.0}, {"l1": -1}, {"learning_rate": 0}, {"seed": -1}):
        with pytest.raises(ArgumentError):
            Member(**wrong)


def test_what_a_member_cannot_change_is_said(noisy):
    X, y, _, _ = noisy
    for wrong, message in (
        (Member(dropout=0.5), "no dropout"),
        (Member(weight_decay=0.5), "no weight decay"),
        (Member(y=np.zeros((3, 2))), "all rows"),
    ):
        with pytest.raises((ArgumentError, ShapeError), match=message):
            made([wrong]).train(X, y, epochs=1)
    with pytest.raises(ArgumentError, match="smooth"):
        made([Member(label_smoothing=0.1)], output="linear").train(X, y[:, None] * [1.0, 2.0])
    with pytest.raises(ArgumentError, match="L-BFGS"):
        made(2).train(X, y, optimizer="lbfgs")


def test_l_bfgs_learns_what_its_member_learns(noisy):
    X, y, _, _ = noisy
    few = [Member(seed=0), Member(seed=0, l2=1.0), Member(seed=0, rows=np.arange(10))]
    few += [Member(seed=0, y=np.eye(2)[1 - y])]
    found = set()
    for member in few:
        net = made([member])
        history = net.train(X, y, optimizer="lbfgs", epochs=15)
        assert history.best > 0
        found.add(net.parameters.values.tobytes())
    assert len(found) == len(few)
    looking = made([Member(seed=0, held_out=np.arange(5))])
    assert looking.train(X, y, optimizer="lbfgs", epochs=15).val_losses
    with pytest.raises(ArgumentError, match="own steps"):
        made([Member(learning_rate=0.1)]).train(X, y, optimizer="lbfgs")


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": [0, 100]},
        {"rows": []},
        {"rows": 3},
        {"rows": [0.5]},
        {"held_out": [-1]},
        {"held_out": []},
        {"weights": np.zeros(40)},
        {"weights": np.full(40, np.nan)},
        {"y": np.full((40, 2), np.nan)},
        {"y": [["a", "b"]] * 40},
    ],
)
def test_rows_labels_and_weights_that_no_network_learns_from_are_refused(wrong, noisy):
    with pytest.raises(ArgumentError):
        made([Member(**wrong)]).train(noisy[0], noisy[1], epochs=2)


def test_a_member_alone_learns_on_in_its_own_way(noisy):
    X, y, _, _ = noisy
    net = made([Member(seed=0), Member(seed=0, l2=1.0)])
    alone = net.member(1)
    net.train(X, y, epochs=3)
    alone.train(X, y, epochs=3)
    np.testing.assert_array_equal(alone.parameters.values[0], net.parameters.values[1])


def test_numbers_that_are_there_need_a_member_each():
    two = made(2)
    again = MultilayerPerceptron(two.architecture, parameters=two.parameters)
    assert len(again.members) == 2
    with pytest.raises(ArgumentError, match="2 of them"):
        MultilayerPerceptron(two.architecture, parameters=two.parameters, members=[Member()])
