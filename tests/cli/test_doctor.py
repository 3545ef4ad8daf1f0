"""`helder doctor`: what a model file holds of its training, for a person and for a program."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from helder import store
from helder.model.finding import Finding
from helder.model.verdict import NOTHING, Verdict

OLD = Path(__file__).parents[1] / "store" / "format_2_classes.helder"
PROBLEM = Finding(
    rule="learning-rate-too-high",
    level="problem",
    saw="In epoch 3 the weights of layer 2 moved by 45 % of their size.",
    why="Steps of this size jump over what is to be found.",
    try_first="A tenth of the learning rate: --learning-rate 0.004.",
    sure="It fires on 0 of 400 healthy cases, and on 29 of 30 with this fault.",
    where="layer 2, epoch 3",
)
NOTE = Finding("plateau", "note", "Nothing moved.", "It may be done.", "Fewer epochs.", "Often so.")
VERDICT = Verdict(
    signal=NOTHING,
    sentence="34.1 % right; guessing the largest class 37.8 %.",
    p_value=0.42,
    evidence={"score": 0.341, "shuffled": [0.29870129, 0.39], "power": {"found": 0.875}},
    advice={"rows": {"sentence": "Twice the rows would gain nothing that can be seen."}},
)


@pytest.fixture
def model(well, small):
    """Gives a model file that holds these findings and this verdict."""
    options = ("--recipe", "plain", "--epochs", 3, "--quiet")
    well("train", small, "--target", "answer", *options)

    def make(findings=(), verdict=None, name="judged.helder"):
        fitted = store.load("small.helder")
        store.save(replace(fitted, findings=findings, verdict=verdict), name)
        return name

    return make


def test_it_tells_the_verdict_and_all_evidence(helder, model):
    said = helder("doctor", model((NOTE, PROBLEM), VERDICT))
    assert (said.status, said.err) == (1, "")
    lines = said.out.splitlines()
    for line in (
        "  34.1 % right; guessing the largest class 37.8 %.",
        "  Twice the rows would gain nothing that can be seen.",
        "Findings: 1 problem, 1 note",
        "Problem: learning-rate-too-high (layer 2, epoch 3)",
        "  we saw     In epoch 3 the weights of layer 2 moved by 45 % of their size.",
        "  why        Steps of this size jump over what is to be found.",
        "  try first  A tenth of the learning rate: --learning-rate 0.004.",
        "  how sure   It fires on 0 of 400 healthy cases, and on 29 of 30 with this fault.",
        "Note: plateau",
    ):
        assert line in lines, line
    assert re.search(r"^  p_value +0\.42$", said.out, re.MULTILINE)
    assert re.search(r"^  power\.found +0\.875$", said.out, re.MULTILINE)
    assert re.search(r"^  shuffled +0\.2987, 0\.39$", said.out, re.MULTILINE)
    assert lines.index("Note: plateau") > lines.index(
        "Problem: learning-rate-too-high (layer 2, epoch 3)"
    )


def test_each_layer_is_shown_before_and_after(well, model):
    said = well("doctor", model()).out
    assert "Findings: none" in said
    assert "Layers of the first network, before training and after epoch 3" in said
    rows = re.findall(r"^  (layer \d)? +(before|after) +([\d.e+-]+) ", said, re.MULTILINE)
    assert [row[:2] for row in rows] == [
        (name, when)
        for number in (1, 2, 3)
        for name, when in ((f"layer {number}", "before"), ("", "after"))
    ]
    looks = store.load("judged.helder").history
    assert float(rows[0][2]) == pytest.approx(looks.initial[0].weight, rel=0.01)
    assert float(rows[1][2]) == pytest.approx(looks[-1].layers[0].weight, rel=0.01)


def test_only_a_problem_makes_a_status_of_1(helder, model):
    assert helder("doctor", model((PROBLEM,))).status == 1
    assert helder("doctor", model((PROBLEM,)), "--json").status == 1
    assert helder("doctor", model((NOTE,))).status == 0
    assert helder("doctor", model()).status == 0


def test_a_file_of_an_earlier_helder_says_that_it_holds_nothing(well):
    said = well("doctor", OLD).out
    assert said.startswith("This model file holds no findings")
    answer = well("doctor", OLD, "--json").json
    assert (answer["findings"], answer["verdict"], answer["layers"]) == (None, None, [])
    assert len(answer["epochs"]) == 3


def test_json_holds_the_same(helder, model):
    answer = helder("doctor", model((PROBLEM,), VERDICT), "--json").json
    (finding,) = answer["findings"]
    assert finding == PROBLEM.to_dict()
    assert finding["try"] == PROBLEM.try_first
    assert answer["verdict"]["signal"] == "no signal found"
    assert answer["verdict"]["evidence"] == VERDICT.evidence
    assert [layer["number"] for layer in answer["layers"]] == [1, 2, 3]
    assert answer["layers"][0]["before"]["update"] == 0


def test_quiet_leaves_the_status_alone(helder, model):
    said = helder("doctor", model((PROBLEM,)), "--quiet")
    assert (said.status, said.out, said.err) == (1, "", "")


def test_text_of_a_hostile_file_reaches_no_terminal(helder, model):
    evil = "\x1b]0;owned\x07\r\n" + "x" * 5000
    finding = Finding(evil, "problem", evil, evil, evil, evil, evil)
    verdict = Verdict(
        NOTHING, evil, 0.5, {evil: evil, "a": {evil: [evil]}}, {"rows": {"sentence": evil}}
    )
    said = helder("doctor", model((finding,) * 100, verdict))
    assert "\x1b" not in said.out
    assert "\r" not in said.out
    assert len(said.out) < 200_000
    assert "\x1b" not in helder("doctor", "judged.helder", "--json").out


def test_a_file_that_is_no_model_is_refused(helder, small):
    said = helder("doctor", small)
    assert said.status == 1
    assert "no helder model file" in said.err
