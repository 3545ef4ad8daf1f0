"""Save, load, predict: the same bits; the same fit: the same bytes; nothing in them that tells."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from helder import Activation, Architecture, Hidden, MultilayerPerceptron, load, store
from helder.core.embedding import Embed
from helder.core.fronts import Periodic, Scale
from helder.errors import ModelFileError
from helder.table import read_table

COMMAND = Path(sys.executable).with_name("helder")
KINDS = ("classes", "number")
SLEEP = Path(__file__).parents[2] / "examples" / "sleep_new.csv"


@pytest.mark.parametrize("which", ["fitted", "fitted_number"])
def test_a_loaded_network_predicts_the_same_bits(which, request, table, tmp_path):
    fitted = request.getfixturevalue(which)
    store.save(fitted, tmp_path / "a.helder")
    again = store.load(tmp_path / "a.helder")
    expected = fitted.predict_values(table)
    assert again.predict_values(table).tobytes() == expected.tobytes()
    assert again.predict_values(table).dtype == expected.dtype
    assert (again.predict(table) == fitted.predict(table)).all()


@pytest.mark.parametrize("which", ["fitted", "fitted_number"])
def test_everything_else_comes_back_too(which, request, tmp_path):
    fitted = request.getfixturevalue(which)
    store.save(fitted, tmp_path / "a.helder")
    again = store.load(tmp_path / "a.helder")
    for name in ("plan", "target", "scale", "seed", "data_hash", "versions", "classes"):
        assert getattr(again, name) == getattr(fitted, name), name
    assert again.history.to_dicts() == fitted.history.to_dicts()
    assert (again.history.stopped, again.history.best) == (
        fitted.history.stopped,
        fitted.history.best,
    )
    assert again.net.architecture.to_dict() == fitted.net.architecture.to_dict()
    first, second = fitted.scores, again.scores
    assert (second.guess, second.linear, second.rows) == (first.guess, first.linear, first.rows)
    assert second.test.score == first.test.score
    assert second.test.beside == first.test.beside
    np.testing.assert_array_equal(second.test.confusion, first.test.confusion)
    store.save(again, tmp_path / "b.helder")
    assert (tmp_path / "a.helder").read_bytes() == (tmp_path / "b.helder").read_bytes()


def test_the_same_seed_gives_the_same_file_in_another_process_and_folder(tmp_path):
    def made(name: str, **env: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.csv").write_bytes(SLEEP.read_bytes())
        subprocess.run(
            [COMMAND, "train", f"{name}.csv", "--target", "Sleep_Quality", "--epochs", "2",
             "--seed", "7", "--model", "m.helder", "--quiet"],
            cwd=folder, check=True, env={**os.environ, **env},
        )  # fmt: skip
        return hashlib.sha256((folder / "m.helder").read_bytes()).hexdigest()

    first = made("one", PYTHONHASHSEED="1", TZ="Asia/Tokyo")
    second = made("two", PYTHONHASHSEED="2", LC_ALL="C")
    assert first == second


def test_it_holds_no_path_no_time_and_no_raw_row(fitted, fitted_number, table):
    year = time.strftime("%Y").encode()
    for data in (store.writing.to_bytes(fitted), store.writing.to_bytes(fitted_number)):
        for private in (b"secretfolder", b"data.csv", b"zebra-", os.sep.encode() + b"tmp"):
            assert private not in data
        assert year not in data or year == b"2024"
        for name in ("size", "price", "since"):
            for cell in table.cells[name].drop_nulls().to_list()[::7]:
                assert cell.encode() not in data, (name, cell)


def test_saving_waits_for_nothing_that_passes(fitted):
    first = store.writing.to_bytes(fitted)
    time.sleep(1.1)
    assert store.writing.to_bytes(fitted) == first


# A formula of one's own.


def bump(z):
    return np.exp(-z * z)


def bump_slope(z, a):
    return -2 * z * a


@pytest.fixture
def own(fitted):
    """A fitted network with an activation that is not in the book."""
    activation = Activation("bump", bump, bump_slope)
    architecture = Architecture(
        inputs=fitted.plan.inputs, hidden=(Hidden(4, activation=activation), 3), outputs=3
    )
    return replace(fitted, net=MultilayerPerceptron(architecture, seed=3)), activation


def test_a_formula_of_ones_own_is_stored_by_name_and_asked_for(own, table, tmp_path):
    fitted, activation = own
    path = tmp_path / "own.helder"
    store.save(fitted, path)
    assert b"bump_slope" not in path.read_bytes()
    with pytest.raises(ModelFileError, match="'bump'") as caught:
        store.load(path)
    assert "formulas={'bump'" in str(caught.value)
    with pytest.raises(ModelFileError, match="'bump'"):
        store.load(path, formulas={"other": activation})
    again = store.load(path, formulas={"bump": activation})
    expected = fitted.predict_values(table)
    assert again.predict_values(table).tobytes() == expected.tobytes()
    # Given another formula under the name, another network: it is the function that is used.
    other = Activation("bump", np.tanh, lambda z, a: 1 - a * a)
    assert (store.load(path, formulas={"bump": other}).predict_values(table) != expected).any()


def test_normalisation_and_dropout_come_back(fitted, table, tmp_path):
    hidden = (Hidden(6, normalisation="batch", dropout=0.3), Hidden(4, normalisation="layer"))
    architecture = Architecture(inputs=fitted.plan.inputs, hidden=hidden, outputs=3, l2=0.01)
    net = MultilayerPerceptron(architecture, seed=1)
    X = fitted.plan.transform(table)
    net.train(X, np.arange(len(X)) % 3, epochs=2)
    full = replace(fitted, net=net)
    store.save(full, tmp_path / "a.helder")
    again = store.load(tmp_path / "a.helder")
    assert again.net.architecture.to_dict() == architecture.to_dict()
    assert again.predict_values(table).tobytes() == full.predict_values(table).tobytes()


def test_layers_in_front_bends_that_learn_and_rates_by_layer_come_back(fitted, table, tmp_path):
    inputs = fitted.plan.inputs
    places = Embed(inputs, ((2, 5), (6, inputs)), 3)
    waves = Periodic(places.n_out, 2, waves=3, size=2)
    architecture = Architecture(
        inputs,
        (Hidden(6, parametric=True), 4),
        3,
        parametrisation="ntk",
        front=(places, waves, Scale(waves.n_out)),
    )
    net = MultilayerPerceptron(architecture, seed=1)
    X = fitted.plan.transform(table)
    net.train(X, np.arange(len(X)) % 3, epochs=2)
    full = replace(fitted, net=net)
    store.save(full, tmp_path / "a.helder")
    again = store.load(tmp_path / "a.helder")
    assert again.net.architecture.layers == architecture.layers
    assert again.predict_values(table).tobytes() == full.predict_values(table).tobytes()
    store.save(again, tmp_path / "b.helder")
    assert (tmp_path / "a.helder").read_bytes() == (tmp_path / "b.helder").read_bytes()


def test_float64_networks_stay_float64(fitted, table, tmp_path):
    architecture = Architecture(inputs=fitted.plan.inputs, hidden=(3,), outputs=3)
    full = replace(fitted, net=MultilayerPerceptron(architecture, dtype=np.float64))
    store.save(full, tmp_path / "a.helder")
    again = store.load(tmp_path / "a.helder")
    assert again.net.dtype == np.float64
    assert again.predict_values(table).tobytes() == full.predict_values(table).tobytes()


# The promise to read old files, which were written by earlier versions; no later one may write
# them anew.

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", [f"format_{n}_{kind}" for n in (1, 2) for kind in KINDS])
def test_files_of_every_earlier_format_load_for_ever(name):
    fitted = store.load(HERE / f"{name}.helder")
    expected = np.loadtxt(HERE / f"{name}.txt", ndmin=2)
    found = fitted.predict_values(read_table(HERE / "format_1.csv"))
    np.testing.assert_allclose(found.reshape(len(expected), -1), expected, rtol=1e-4)
    assert (fitted.findings, fitted.verdict, fitted.kept) == (None, None, None)
    assert (fitted.settings, fitted.history.initial) == (None, ())
    assert store.FORMAT == 3  # a file of format 3 belongs here as soon as there is a format 4


def test_an_estimator_of_format_2_loads_for_ever():
    model = load(HERE / "format_2_estimator.helder")
    frame = pl.read_csv(HERE / "format_1.csv").select("size", "colour", "member")
    expected = np.loadtxt(HERE / "format_2_estimator.txt")
    np.testing.assert_allclose(model.predict_proba(frame), expected, rtol=1e-4)
    assert model.oof_proba_.shape == expected.shape
