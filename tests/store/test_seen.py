"""What files have since format 3: layers, settings, findings, a verdict, rows; and attackers."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from helder import store
from helder.errors import ArgumentError, HelderError, ModelFileError
from helder.learn import AdamW, Settings
from helder.learn.history import Epoch
from helder.learn.looking import LayerLook
from helder.learn.optimizers import SGD, Momentum
from helder.model.finding import Finding
from helder.model.kept import KeptRows
from helder.model.verdict import NOTHING, Verdict
from helder.store import writing

FINDING = Finding(
    rule="learning-rate-too-high",
    level="problem",
    saw="a step of 12 % of the weights \x1b[31m",
    why="The loss jumps.",
    try_first="A tenth of it.",
    sure="It fires on 0 of 400 healthy cases.",
    where="layer 2, epoch 3",
    fix={"learning_rate": 0.004, "hidden": (8, 4)},
)
NOTE = Finding("plateau", "note", "so", "why", "try", "sure")
VERDICT = Verdict(
    NOTHING,
    "34.1 % right.",
    0.42,
    {"shuffles": 199, "shuffled": [0.29, 0.39], "power": {"found": 0.9, "rows_needed": None}},
    {"rows": {"sentence": "More rows would not help.", "gain": 0.1}},
)
NUMBERS = len(LayerLook._fields)


@pytest.fixture(scope="module")
def seen(fitted, table):
    """A fitted network of which everything was looked at."""
    kept = KeptRows.of(table, 5, seed=1)
    return replace(fitted, findings=(FINDING, NOTE), verdict=VERDICT, kept=kept)


@pytest.fixture
def attacker(seen, attacker_of):
    """Somebody who knows the format of its file."""
    return attacker_of(writing.to_bytes(seen))


def refused(path, *parts: str) -> None:
    """It is no model file, and an error that names the file says so in time."""
    started = time.perf_counter()
    with pytest.raises(ModelFileError) as caught:
        store.load(path)
    assert time.perf_counter() - started < 2
    for part in (path.name, *parts):
        assert part in str(caught.value)


def put(*keys: object):
    """Writes a value at this place of a description."""
    *way, last, value = keys

    def change(found):
        for key in way:
            found = found[key]
        found[last] = value

    return change


# What comes back.


def test_everything_that_was_seen_comes_back(seen, tmp_path):
    store.save(seen, tmp_path / "a.helder")
    again = store.load(tmp_path / "a.helder")
    for name in ("findings", "verdict", "kept", "settings", "history"):
        assert getattr(again, name) == getattr(seen, name), name
    assert again.settings.optimizer == seen.settings.optimizer == AdamW(1.0)
    store.save(again, tmp_path / "b.helder")
    assert (tmp_path / "a.helder").read_bytes() == (tmp_path / "b.helder").read_bytes()


def test_the_layers_come_back_to_the_bit(fitted, tmp_path):
    store.save(fitted, tmp_path / "a.helder")
    again = store.load(tmp_path / "a.helder").history
    assert len(again.initial) == len(again[0].layers) == 3
    assert again.initial == fitted.history.initial
    assert [record.layers for record in again] == [record.layers for record in fitted.history]


def test_an_epoch_that_nobody_looked_into_has_no_layers_again(fitted, tmp_path):
    records = list(fitted.history.records)
    records[-1] = replace(records[-1], layers=())
    history = replace(fitted.history, records=records)
    store.save(replace(fitted, history=history), tmp_path / "a.helder")
    again = store.load(tmp_path / "a.helder").history
    assert again[-1].layers == ()
    assert again[-2].layers == records[-2].layers
    bare = replace(history, records=[Epoch(1, 0.5, 0.5, 0.1)], initial=())
    store.save(replace(fitted, history=bare), tmp_path / "a.helder")
    assert store.load(tmp_path / "a.helder").history == bare


def test_a_network_that_nobody_judged_says_so(fitted, tmp_path):
    store.save(fitted, tmp_path / "a.helder")
    again = store.load(tmp_path / "a.helder")
    assert (again.findings, again.verdict, again.kept) == (None, None, None)
    store.save(replace(fitted, findings=()), tmp_path / "a.helder")
    assert store.load(tmp_path / "a.helder").findings == ()


@pytest.mark.parametrize("optimizer", ["sgd", "lbfgs", Momentum(0.5), AdamW(0.3, beta2=0.9)])
def test_settings_come_back(fitted, tmp_path, optimizer):
    settings = Settings(learning_rate=0.3, batch_size=None, optimizer=optimizer, clip_norm=2.0)
    store.save(replace(fitted, settings=settings), tmp_path / "a.helder")
    assert store.load(tmp_path / "a.helder").settings == settings


def test_an_optimizer_of_ones_own_is_not_stored(fitted, tmp_path):
    class Mine(SGD):
        pass

    settings = Settings(optimizer=Mine())
    store.save(replace(fitted, settings=settings), tmp_path / "a.helder")
    assert store.load(tmp_path / "a.helder").settings is None


# Rows that are kept.


def test_kept_rows_are_the_tables_own_texts(table):
    kept = KeptRows.of(table, 5, seed=1)
    assert kept.columns == table.names
    assert len(kept.numbers) == len(kept.cells) == 5
    assert list(kept.numbers) == sorted(kept.numbers)
    for number, row in zip(kept.numbers, kept.cells, strict=True):
        assert row == tuple(table.cells[name][number - 1] for name in table.names)
    assert KeptRows.of(table, 5, seed=1) == kept
    assert KeptRows.of(table, 5, seed=2).numbers != kept.numbers


def test_more_rows_than_there_are_keep_them_all(table):
    assert KeptRows.of(table, 10_000, seed=0).numbers == tuple(range(1, 121))
    with pytest.raises(ArgumentError):
        KeptRows.of(table, 0, seed=0)


def test_text_that_no_reader_would_take_is_not_written(seen, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "LONGEST_TEXT", 1000)
    with pytest.raises(HelderError, match="cannot hold so much text"):
        store.save(seen, tmp_path / "a.helder")
    assert list(tmp_path.iterdir()) == []


# What an attacker makes of it.


def test_the_attacker_can_write_a_file_that_loads(attacker, seen):
    assert attacker.change(lambda found: None).read_bytes() == writing.to_bytes(seen)
    assert store.load(attacker.path).findings == seen.findings


HOSTILE = {
    "no findings at all": lambda found: found.pop("findings"),
    "findings that are a text": put("findings", "all is well"),
    "a finding that is a number": put("findings", [5]),
    "a finding without a rule": lambda found: found["findings"][0].pop("rule"),
    "a finding with a strange key": put("findings", 0, "code", "print()"),
    "a finding of another level": put("findings", 0, "level", "fatal"),
    "a finding of no level": put("findings", 0, "level", None),
    "a sentence that is a list": put("findings", 0, "saw", ["x"]),
    "a place that is a number": put("findings", 0, "where", 5),
    "a fix that is a list": put("findings", 0, "fix", ["hidden"]),
    "a fix that lies too deep": put("findings", 0, "fix", {"a": [[[[[[[[[[[[[[1]]]]]]]]]]]]]]}),
    "no verdict at all": lambda found: found.pop("verdict"),
    "a verdict that is a text": put("verdict", "signal"),
    "a verdict of a fourth kind": put("verdict", "signal", "certainly"),
    "a verdict of no kind": put("verdict", "signal", None),
    "a sentence that is missing": put("verdict", "sentence", None),
    "a p-value that is a text": put("verdict", "p_value", "0.05"),
    "evidence that is a list": put("verdict", "evidence", [1]),
    "advice without a sentence": put("verdict", "advice", {"rows": {"gain": 1}}),
    "advice that is a text": put("verdict", "advice", {"rows": "more"}),
    "a strange key in a verdict": put("verdict", "x", 1),
    "kept rows that are a list": put("kept", [[1, 2]]),
    "kept rows of other columns": put("kept", "columns", ["a"]),
    "kept rows without their numbers": put("kept", "numbers", [1]),
    "kept rows in another order": put("kept", "numbers", [5, 4, 3, 2, 1]),
    "a kept row of number zero": put("kept", "numbers", [0, 1, 2, 3, 4]),
    "a kept cell that is a number": put("kept", "cells", 0, 0, 5),
    "a kept row that is too short": put("kept", "cells", 0, []),
    "no settings at all": lambda found: found.pop("settings"),
    "settings that are a list": put("settings", [1]),
    "a rate that is a text": put("settings", "learning_rate", "much"),
    "a rate of zero": put("settings", "learning_rate", 0),
    "epochs that are half": put("settings", "epochs", 2.5),
    "a schedule that is none": put("settings", "schedule", "evil"),
    "a schedule that is a list": put("settings", "schedule", []),
    "an optimizer that is none": put("settings", "optimizer", {"name": "evil"}),
    "an optimizer that is a text": put("settings", "optimizer", "adam"),
    "an optimizer with a strange number": put("settings", "optimizer", {"name": "sgd", "x": 1}),
    "a strange key in the settings": put("settings", "seed", 1),
    "no layers where there are some": put("layers", None),
    "layers of another shape": put("layers", "shape", [5, 3, 9]),
    "layers of very many epochs": put("layers", "shape", [10**12, 3, NUMBERS]),
    "layers of no shape": put("layers", "shape", 5),
    "layers with other numbers": put("layers", "numbers", ["a"] * NUMBERS),
    "an epoch less": lambda found: found["history"]["records"].pop(),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_signed_description_that_does_not_fit(attacker, what):
    refused(attacker.change(HOSTILE[what]), "damaged")


def test_looks_that_do_not_fit(attacker):
    looks = attacker.arrays["layers"]
    for wrong in (looks[:-1].copy(), looks.astype(np.float32), looks[..., :-1].copy(), looks[0]):
        refused(attacker.sign(attacker.description, attacker.arrays | {"layers": wrong}))
    rest = {name: array for name, array in attacker.arrays.items() if name != "layers"}
    refused(attacker.sign(attacker.description, rest))
    shape = attacker.change(put("layers", "shape", list(looks[:-1].shape)))
    refused(shape)


def test_a_changed_look_is_damage(attacker):
    attacker.arrays["layers"][0, 0, 0] += 1
    refused(attacker.write(attacker.text), "not as it was written")


@pytest.mark.parametrize("earlier", [1, 2])
def test_an_earlier_format_has_no_layers(attacker, earlier):
    refused(attacker.change(put("format", earlier)))
