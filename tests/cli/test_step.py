"""`helder step`: every number of one row, step by step, in text and in JSON."""

from __future__ import annotations

import re

import click
import numpy as np
import polars as pl
import pytest

import helder as package
from helder.cli import step as verb
from helder.glass.tables import rounded
from helder.model.tracing import trace_row
from helder.store import load
from helder.table import read_table


@pytest.fixture
def six(write):
    """A table of six numbers and a class of three."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 6)).round(2)
    y = np.array(["bad", "good", "medium"])[(X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)]
    rows = [(*x, label) for x, label in zip(X.tolist(), y, strict=True)]
    return write((*"abcdef", "kind"), [*rows, (1, 2, 3, 4, 5, 6, "")], "six.csv")


@pytest.fixture
def trained(helder, six):
    """The file of a 6-3-2-3 network."""
    how = ("--recipe", "plain", "--hidden", "3,2", "--activation", "tanh", "--epochs", 3)
    assert helder("train", six, "--target", "kind", *how).status == 0
    return "six.helder"


def trace_of(model, file, row, **how):
    return trace_row(load(model), read_table(file).take(np.array([row - 1])), **how)


def test_the_numbers_in_json_are_the_tapes_bit_for_bit(well, trained, six):
    answer = well("step", trained, six, "--row", 7, "--json").json
    found = trace_of(trained, six, 7)
    assert (answer["row"], answer["member"]) == (7, 1)
    compared = 0
    for layer, described in zip(found.layers, answer["layers"], strict=True):
        for number, mine in zip(layer.numbers, described["numbers"], strict=True):
            values = np.array(mine["values"], number.values.dtype)
            assert mine["shape"] == list(values.shape)
            assert values.tobytes() == number.values.tobytes(), mine["name"]
            compared += values.size
    for number, mine in zip(found.result, answer["result"], strict=True):
        values = np.array(mine["values"], number.values.dtype)
        assert values.tobytes() == number.values.tobytes(), mine["name"]
    assert compared > 150


def test_the_printed_numbers_are_their_rounding(well, trained, six):
    pages = re.split(r"^Step ", well("step", trained, six, "--row", 7).out, flags=re.M)[1:]
    layer = trace_of(trained, six, 7).layers[0]
    (page,) = [page for page in pages if "Forward, layer 1: the sum" in page]
    for name, x, W in zip("abcdef", layer["x"][0], layer["W"], strict=True):
        assert [name, *(f"{v:.4g}" for v in (x, *W))] in [line.split() for line in page.split("\n")]
    for name in "bz":
        row = [name, *(f"{v:.4g}" for v in layer[name][0])]
        assert row in [line.split() for line in page.split("\n")]
    (page,) = [page for page in pages if "Backward, layer 1: the sum" in page]
    for name, dx, dW in zip("abcdef", layer["dx"][0], layer["dW"], strict=True):
        row = [name, *(f"{v:.4g}" for v in (dx, *dW))]
        assert row in [line.split() for line in page.split("\n")]


def test_a_step_of_a_small_network_fits_a_screen(well, trained, six):
    out = well("step", trained, six, "--row", 1).out
    pages = re.split(r"^(?=Step )", out, flags=re.M)[1:]
    assert len(pages) == 15
    assert max(len(page.strip().split("\n")) for page in pages) <= 24
    assert max(len(line) for line in out.split("\n")) <= 80
    assert "\x1b" not in out


def test_the_steps_go_forward_then_back_then_to_the_update(well, trained, six):
    out = well("step", trained, six, "--row", 1).out
    titles = re.findall(r"^Step \d+ of \d+: (.+)$", out, re.M)
    ways = [title.split(",")[0] for title in titles]
    assert ways == [
        "The row goes in",
        *["Forward"] * 5,
        "The prediction",
        *["Backward"] * 5,
        *["Update"] * 3,
    ]
    for said in ("a is kept", "dW = x^T dz", "p is kept", "a = tanh(z)", "f'(z) = 1 - a**2"):
        assert said in out


def test_the_sum_of_a_unit_is_written_out(well, trained, six):
    out = well("step", trained, six, "--row", 7, "--layer", 2, "--unit", 1).out
    layer = trace_of(trained, six, 7).dense[1]
    rows = [line.split() for line in out.split("\n")]
    for place, (x, W) in enumerate(zip(layer["x"][0], layer["W"][:, 0], strict=True), 1):
        product = float(x) * float(W)
        assert [f"x{place}", f"{x:.4g}", "*", f"{W:.4g}", "=", f"{product:.4g}"] in rows
    assert ["z", "=", f"{layer['z'][0, 0]:.4g}"] in rows
    assert ["dx", "=", f"{trace_of(trained, six, 7).dense[2]['dx'][0, 0]:.4g}"] in rows
    assert "layer 1:" not in out


def test_the_sum_of_a_unit_in_json_adds_up(well, trained, six):
    how = ("--row", 7, "--layer", 1, "--unit", 3, "--json")
    unit = well("step", trained, six, *how).json["unit"]
    for one in unit["sums"]:
        total = one["bias"] + sum(term["number"] * term["weight"] for term in one["terms"])
        assert total == pytest.approx(one["value"], rel=1e-5, abs=1e-6)
    assert [len(one["terms"]) for one in unit["sums"]] == [6, 2]


def test_a_row_whose_target_is_not_known_only_goes_forward(well, trained, six):
    out = well("step", trained, six, "--row", 151).out
    assert "The target of this row is not known" in out
    assert "Backward" not in out
    assert "Update" not in out


def test_the_learning_rate_is_that_of_the_update(well, trained, six):
    answer = well("step", trained, six, "--row", 1, "--learning-rate", 0.5, "--json").json
    numbers = {one["name"]: np.array(one["values"]) for one in answer["layers"][0]["numbers"]}
    expected = numbers["W"] - 0.5 * numbers["dW"]
    np.testing.assert_allclose(numbers["W_new"], expected, rtol=1e-5, atol=1e-7)


def test_a_number_is_traced_in_the_networks_own_scale(well, helder, amounts):
    helder("train", amounts, "--target", "y", "--recipe", "plain", "--epochs", 3)
    answer = well("step", "amounts.helder", amounts, "--row", 2, "--json").json
    y = next(one for one in answer["result"] if one["name"] == "y")["values"][0][0]
    fitted = load("amounts.helder")
    table = read_table(amounts)
    assert y == pytest.approx(
        (float(table.cells["y"][1]) - fitted.scale.mean) / fitted.scale.std, rel=1e-5
    )


def test_every_member_and_every_layer_of_the_strong_recipe(well, helder, small):
    assert helder("train", small, "--target", "answer", "--epochs", 2, "--folds", 2).status == 0
    first = well("step", "small.helder", small, "--row", 1, "--json").json
    second = well("step", "small.helder", small, "--row", 1, "--member", 2, "--json").json
    assert first["layers"] != second["layers"]
    kinds = [layer["kind"] for layer in first["layers"]]
    assert {"Periodic", "Scale", "Dense", "ParametricActivate", "Dropout"} <= set(kinds)
    out = well("step", "small.helder", small, "--row", 1).out
    assert "Dropout is inactive" in out
    pages = re.split(r"^(?=Step )", out, flags=re.M)[1:]
    assert max(len(page.strip().split("\n")) for page in pages) <= 40


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (("--row", 0), "there is no such row: got 0"),
        (("--row", 152), "there is no such row: got 152"),
        (("--row", 1, "--member", 2), "there is no such member: got 2"),
        (("--row", 1, "--layer", 4), "there is no such layer: got 4"),
        (("--row", 1, "--layer", 2, "--unit", 3), "layer 2 has no such unit: got 3"),
        (("--row", 1, "--unit", 3), "a unit is one of a layer"),
        (("--row", 1, "--learning-rate", -1), "learning_rate"),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_what_is_not_there_is_said(helder, trained, six, how, said, form):
    answer = helder("step", trained, six, *how, *form)
    assert answer.status == 2
    assert answer.out == ""
    assert said in answer.err


def test_keys_turn_the_pages(monkeypatch, capsys):
    keys = iter(["n", "n", "b", "j", "x", "n", "q"])
    monkeypatch.setattr(click, "getchar", lambda: next(keys))
    monkeypatch.setattr(click, "prompt", lambda *text, **how: 4)
    verb.turn([[f"page {number}"] for number in range(1, 6)])
    shown = re.findall(r"page (\d)", capsys.readouterr().out)
    assert shown == ["1", "2", "3", "2", "4", "4", "5"]
    assert next(keys, None) is None


def test_the_last_page_ends_with_the_next_key(monkeypatch, capsys):
    keys = iter(["n", "n"])
    monkeypatch.setattr(click, "getchar", lambda: next(keys))
    verb.turn([["one"], ["two"]])
    assert re.findall("one|two", capsys.readouterr().out) == ["one", "two"]


def test_the_estimator_of_the_file_traces_the_same(well, trained, six):
    model = package.load(trained)
    table = read_table(six)
    row = pl.DataFrame({name: [float(table.cells[name][6])] for name in "abcdef"})
    found = model.trace(row, table.cells["kind"][6])
    expected = trace_of(trained, six, 7)
    assert found.to_dict() == expected.to_dict()


def test_the_slope_of_a_unit_is_written_out_with_its_numbers(well, trained, six):
    out = well("step", trained, six, "--row", 7, "--layer", 1, "--unit", 2).out
    found = trace_of(trained, six, 7)
    dense, bend, behind = found.layers[:3]
    da, dz = behind["dx"][0, 1], dense["dz"][0, 1]
    slope = bend.layer.activation.slope(bend["z"], bend["a"])[0, 1]
    np.testing.assert_allclose(da * slope, dz, rtol=1e-5)
    said = " ".join(out.split())
    assert f"{rounded(da)} * {rounded(slope)} = {rounded(dz)}." in said
    assert "dz = da * f'(z)" in said


def test_no_line_is_wider_than_a_screen(well, helder, six):
    how = ("--recipe", "plain", "--hidden", "3", "--activation", "gelu", "--epochs", 1)
    assert helder("train", six, "--target", "kind", "--model", "wide.helder", *how).status == 0
    lines = well("step", "wide.helder", six, "--row", 7).out.split("\n")
    assert max(map(len, lines)) <= 80
