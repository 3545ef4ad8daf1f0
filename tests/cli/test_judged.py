"""`helder train` judges: the verdict, findings as they happen, --fix, --keep-rows, and in time."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from dataclasses import replace

import numpy as np
import pytest

from helder import store
from helder.cli import judged
from helder.cli.judged import Judging, room_for
from helder.cli.retries import mending
from helder.glass.judging import signal_of
from helder.model import Choices
from helder.model.deadline import NEVER, Deadline
from helder.model.finding import Finding
from helder.table import read_table

SHORT = ("--target", "answer", "--recipe", "plain", "--epochs", 8)
QUICK = (*SHORT, "--verdict", "quick")
TOO_HIGH = ("--learning-rate", 30)


@pytest.fixture
def noise(write) -> str:
    """A table whose columns say nothing."""
    rng = np.random.default_rng(2)
    a, b, c = rng.normal(size=(3, 240)).round(3).tolist()
    answers = np.array(["no", "yes"])[rng.integers(2, size=240)]
    return write(("a", "b", "c", "answer"), zip(a, b, c, answers, strict=True), "noise.csv")


# The verdict.


def test_after_the_score_it_says_whether_there_is_anything_to_learn(well, small):
    said = well("train", small, *QUICK).out
    score, verdict, columns, model = (
        said.index(part)
        for part in ("Score:", "Is there anything to learn?", "The networks go by", "The model is")
    )
    assert score < verdict < columns < model
    assert "There is something to learn: a small network is right in" in said
    assert re.search(r"go by '[ab]' \([\d.]+ *\n? *points", said)


def test_the_quick_verdict_is_the_default(process, small):
    child = process("train", small, *SHORT, "--json")
    out, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, "")
    assert '"verdict": {"signal": "signal"' in out


def test_noise_is_called_noise_and_nobody_is_told_what_a_network_made_of_it(well, noise):
    answer = well("train", noise, *QUICK, "--json").json
    verdict = answer["verdict"]
    assert verdict["signal"] in ("no signal found", "cannot tell")
    assert verdict["p_value"] > 0.05
    assert verdict["evidence"]["power"]["effect"] == pytest.approx(0.1)
    assert verdict["advice"] == {}
    rules = {finding["rule"] for finding in answer["findings"]}
    assert not rules & {"not-learning", "beaten-by-simple-model"}


def test_none_skips_it_all(well, small):
    answer = well("train", small, *SHORT, "--verdict", "none", "--json").json
    assert (answer["verdict"], answer["findings"], answer["fix"]) == (None, None, None)
    assert store.load("small.helder").findings is None


def test_the_model_file_and_the_doctor_have_the_same(well, helder, small):
    answer = well("train", small, *QUICK, "--json").json
    told = helder("doctor", "small.helder", "--json").json
    assert told["verdict"] == answer["verdict"]
    assert told["findings"] == answer["findings"]


def test_the_same_seed_gives_the_same_file_verdict_and_all(well, small, folder):
    files = []
    for name in ("a.helder", "b.helder"):
        well("train", small, *QUICK, "--quiet", "--model", name)
        files.append((folder / name).read_bytes())
    assert files[0] == files[1]


# Findings.


def test_data_findings_come_before_training_and_in_the_end(well, write):
    rng = np.random.default_rng(0)
    rows = [(f"{x:.3f}", "yes" if x > 0 else "no", x > 0) for x in rng.normal(size=120)]
    file = write(("a", "answer", "copy"), rows)
    said = well("train", file, *QUICK).out
    first = said.index("Problem: target-in-a-column (copy): ")
    assert first < said.index("Network") < said.index("Findings: ")
    assert "helder doctor data.helder says why each matters" in said


def test_a_rate_that_is_too_high_is_told_while_it_trains(helder, small):
    said = helder("train", small, *QUICK, "--learning-rate", 1)
    live, _, after = said.out.partition("Score:")
    assert "Problem: learning-rate-too-high" in live
    assert "  try first  A learning rate of" in after


def test_where_no_network_is_left_the_error_names_cause_place_and_cure(helder, small, folder):
    said = helder("train", small, *QUICK, "--learning-rate", 1e30, "--quiet")
    assert said.status == 1
    assert len(said.err.splitlines()) <= 2
    assert re.search(r"in update \d+ of epoch 1, on the way \w+ through", said.err)
    assert "Hint: A learning rate of" in said.err
    assert not (folder / "small.helder").exists()


def test_a_training_that_nothing_can_come_of_is_ended_and_that_is_said(well, small):
    options = ("--target", "answer", "--recipe", "plain", "--epochs", 60, "--verdict", "quick")
    answer = well("train", small, *options, "--learning-rate", 3, "--json").json
    assert answer["stopped"] == "exploding"
    assert answer["epochs"] < 20
    (said,) = [note["sentence"] for note in answer["notes"] if note["key"] == "stopped"]
    assert "exploding" in said


def test_text_of_a_hostile_table_is_escaped_in_findings(helder, write):
    evil = "\x1b[31mcopy"
    rows = [(row % 17, "yes" if row % 3 else "no", row % 3 > 0) for row in range(120)]
    said = helder("train", write(("a", "answer", evil), rows), *QUICK)
    assert "target-in-a-column" in said.out
    assert "\x1b[31m" not in said.out + said.err


# --fix.


def test_fix_trains_again_and_keeps_the_better_network(well, small):
    answer = well("train", small, *QUICK, *TOO_HIGH, "--fix", "--json").json
    fix = answer["fix"]
    assert fix["rule"] == "learning-rate-too-high"
    assert fix["choices"]["learning_rate"] < 1
    assert fix["kept"] == "after"
    assert fix["before"]["loss"] is None or fix["after"]["loss"] < fix["before"]["loss"]
    assert fix["after"]["score"] == answer["score"]
    fitted = store.load("small.helder")
    assert fitted.settings.learning_rate == fix["choices"]["learning_rate"]
    said = well("train", small, *QUICK, *TOO_HIGH, "--fix").out
    assert "as learning-rate-too-high suggests." in said
    assert re.search(r"before .*\n  after +loss [\d.]+ +accuracy [\d.]+ %\nKept: the second", said)
    assert "Its score is that of one of two tries." in said


def test_a_fix_that_does_worse_is_not_kept(well, small, monkeypatch):
    fix = {"learning_rate": 1e-9}
    finding = Finding("a-rule", "problem", "so", "why", "Try it.", "sure", fix=fix)
    choose = lambda chosen, findings: (finding, replace(chosen, **fix))  # noqa: E731
    monkeypatch.setattr("helder.cli.session.mending", choose)
    answer = well("train", small, *QUICK, "--fix", "--json").json
    assert answer["fix"]["kept"] == "before"
    assert answer["fix"]["after"]["loss"] > answer["fix"]["before"]["loss"]
    assert answer["fix"]["before"]["score"] == answer["score"]
    assert store.load("small.helder").settings.learning_rate == 0.001


def test_problems_are_mended_before_notes_and_only_by_what_can_be_chosen():
    def seen(level, **fix):
        return Finding("rule", level, "so", "why", "try", "sure", fix=fix)

    chosen = Choices(tries=(("learning_rate", (0.1, 0.2)), ("l2", (0.1, 0.2))))
    findings = [
        seen("note", epochs=9),
        seen("problem"),
        seen("problem", colour="red"),
        seen("problem", learning_rate=0.01),
        seen("problem", learning_rate=0.5),
    ]
    finding, instead = mending(chosen, findings)
    assert finding is findings[3]
    assert instead.learning_rate == 0.01
    assert instead.tries == (("l2", (0.1, 0.2)),)
    assert mending(chosen, findings[:1]) == (findings[0], replace(chosen, epochs=9))
    assert mending(chosen, findings[1:3]) is None


def test_without_anything_to_mend_nothing_is_tried(well, small):
    options = ("--target", "answer", "--recipe", "plain", "--verdict", "quick", "--fix")
    answer = well("train", small, *options, "--epochs", 60, "--json").json
    if not answer["findings"]:
        assert answer["fix"] is None


@pytest.mark.parametrize("other", [("--verdict", "none"), ("--tune",)])
def test_fix_needs_the_doctor(helder, small, other):
    said = helder("train", small, "--target", "answer", "--verdict", "quick", "--fix", *other)
    assert said.status == 2
    assert other[0] in said.err


# Rows that are kept.


def test_keep_rows_is_said_aloud_and_holds_rows_of_the_file(well, small):
    said = well("train", small, *SHORT, "--verdict", "none", "--keep-rows", 7).out
    assert "The model file holds 7 rows of small.csv as they are written there" in said
    kept, table = store.load("small.helder").kept, read_table(small)
    assert kept.columns == ("a", "b", "colour", "answer")
    assert len(kept.cells) == 7
    for number, cells in zip(kept.numbers, kept.cells, strict=True):
        assert cells == tuple(table.cells[name][number - 1] for name in kept.columns)
    answer = well("train", small, *SHORT, "--keep-rows", 7, "--json").json
    assert "kept_rows" in [note["key"] for note in answer["notes"]]


def test_without_it_no_row_is_kept_and_nothing_else_looks_at_them(well, small):
    well("train", small, *SHORT, "--quiet")
    assert store.load("small.helder").kept is None
    first = well("predict", "small.helder", small).out
    well("train", small, *SHORT, "--keep-rows", 150, "--quiet")
    assert well("predict", "small.helder", small).out == first


# Time, and Ctrl-C.


def test_limited_time_leaves_some_for_the_verdict():
    half_a_minute = Deadline(30.0, clock=lambda: 0.0)
    assert room_for("quick", half_a_minute) == pytest.approx(4.5)
    assert room_for("full", Deadline(1000.0, clock=lambda: 0.0)) == 5.0
    assert room_for("none", half_a_minute) == 0.0


def test_a_verdict_that_there_is_no_time_for_is_left_out_and_that_is_said():
    judging = Judging("quick", Deadline(0.1, clock=lambda: 0.0))
    judging.hear_signal(None)
    judging.hear_advice(None, trained=3.0)
    assert judging.verdict is None
    (note,) = judging.notes
    assert "whether there is anything to learn" in note.sentence
    assert "which columns carry the signal" in note.sentence


def test_the_command_says_what_limited_time_left_out(well, small, monkeypatch):
    monkeypatch.setattr(judged, "LEAST", 1e6)
    answer = well("train", small, *QUICK, "--time-limit", 20, "--json").json
    assert answer["verdict"] is None
    assert "verdict_shortened" in [note["key"] for note in answer["notes"]]


def press() -> None:
    """Ctrl-C, pressed by the person at this process."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(1)


def swallowing(case, **how):
    """Work that takes Ctrl-C for its own end, as a training does, and hands back what it has."""
    with contextlib.suppress(KeyboardInterrupt):
        press()
    return signal_of(case, **how)


def interrupted(case, **how):
    """Work that ends."""
    press()


@pytest.mark.parametrize("work", [swallowing, interrupted])
def test_ctrl_c_in_the_verdict_keeps_the_model(helder, small, monkeypatch, work):
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(judged, "signal_of", work)
    said = helder("train", small, *QUICK)
    assert said.status == 130
    assert "Score:" in said.out
    assert "Ctrl-C ended the verdict; the model is kept." in said.out
    assert "The model is in small.helder." in said.out
    fitted = store.load("small.helder")
    assert fitted.verdict is None
    assert fitted.findings is not None
    assert len(fitted.predict(read_table(small))) == 150
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_in_the_advice_keeps_what_is_known_by_then(helder, small, monkeypatch):
    monkeypatch.setattr(judged, "advice_on", lambda found, full: {"columns": interrupted_look})
    said = helder("train", small, *QUICK, "--json")
    assert said.status == 130
    assert said.json["verdict"]["signal"] == "signal"
    assert said.json["verdict"]["advice"] == {}


def interrupted_look(case, deadline):
    """A look at columns that Ctrl-C ends."""
    press()


def test_without_a_limit_nothing_is_left_out():
    assert room_for("quick", NEVER) == 5.0
    assert NEVER.sooner(5.0) is NEVER
