"""Findings as a lesson: every cause has its words, hints tell step by step, JSON says the same."""

from __future__ import annotations

import json
import re

import pytest

from helder.errors import ArgumentError
from helder.glass.check.causes import CAUSES, NOTE
from helder.glass.check.findings import FileCheck, FunctionCheck, NetworkCheck, Note
from helder.glass.check.telling.lesson import text
from helder.glass.check.telling.words import words
from helder.text import entries

SLOPE = FunctionCheck(
    "sigmoid_prime",
    "sigmoid derivative",
    "mine.py",
    12,
    "wrong",
    ("derivative-formula", "overwrites-argument"),
    "sigmoid_prime(2) gives -2, and the slope of your sigmoid there is 0.105.",
    "derivative of z",
)
UNSTABLE = FunctionCheck(
    "softmax",
    "softmax",
    "mine.py",
    5,
    "fragile",
    ("softmax-unstable",),
    "softmax([1000, 0]) gives [nan, 0].",
)
RIGHT = FunctionCheck("relu", "relu", "helpers.py", 9, "ok")
UNSURE = FunctionCheck("cost", "cross-entropy", "mine.py", 30, "cannot tell", (), "It needs `m`.")
TWICE = NetworkCheck(
    "wrong",
    ("softmax-derivative-twice",),
    "dz is (p - y) p (1 - p).",
    {"layout": "rows", "labels": "one-hot"},
    "backward",
    "mine.py",
    40,
)
SPLIT = Note("scaled-before-split", "mine.py", 60, "`X` is scaled here and split in line 63.")
FOUND = FileCheck(
    "mine.py", (RIGHT, UNSTABLE, SLOPE, UNSURE), TWICE, (SPLIT,), said=("No pandas here.",)
)


def test_every_cause_has_its_words_and_no_other():
    assert list(entries("causes")) == list(CAUSES)


@pytest.mark.parametrize("cause", CAUSES)
def test_the_words_of_a_cause_are_short_whole_and_plain(cause):
    told = words(cause)
    assert len(told.title) <= 50
    assert not told.title.endswith((".", "?"))
    for sentence in (told.why, told.idea, told.first):
        assert len(sentence) <= 170
        assert sentence[0].isupper() or sentence.startswith(("exp", "p - y", "[1, 2]", "`x"))
        assert sentence.endswith((".", "?"))
    assert told.formula
    assert bool(told.question) == told.question.endswith("?")
    if CAUSES[cause] == NOTE:
        assert told.question


@pytest.mark.parametrize("cause", CAUSES)
def test_a_number_is_only_said_of_training_where_it_was_counted(cause):
    entry = entries("causes")[cause]
    assert not {"fell", "unseen"} <= set(entry)
    assert re.fullmatch(r"\d+ of 30", entry.get("fell", "0 of 30"))
    assert not re.search(r"\d", entry.get("unseen", ""))


def test_the_first_hint_says_where_and_what_we_saw():
    told = text(FOUND, 1)
    assert "Wrong: sigmoid_prime, line 12, as sigmoid derivative" in told
    assert "sigmoid_prime(2) gives -2" in told
    assert "The network: wrong, in backward, line 40" in told
    assert "30 of 30 runs" in told
    for later in (
        "derivative-formula",
        words("derivative-formula").title,
        "why",
        "  idea",
        "  try",
    ):
        assert later not in told


def flat(told):
    """A text on one line, so that a sentence can be found however it was wrapped."""
    return " ".join(told.split())


def test_the_second_hint_says_why_and_which_idea_and_is_what_is_printed():
    told = flat(text(FOUND, 2))
    for sentence in ("why", "idea", "first"):
        assert getattr(words("derivative-formula"), sentence) in told
    assert "softmax-derivative-twice" in told
    assert words("derivative-formula").formula not in told
    assert text(FOUND, 2) == text(FOUND) == str(FOUND)


def test_the_third_hint_adds_the_formula():
    told = flat(text(FOUND, 3))
    for cause in ("derivative-formula", "softmax-derivative-twice", "softmax-unstable"):
        assert words(cause).formula in told


@pytest.mark.parametrize("hint", [0, 4, "2", None])
def test_there_are_three_hints(hint):
    with pytest.raises(ArgumentError, match="1, 2 or 3"):
        text(FOUND, hint)


def test_what_is_wrong_stands_first_and_what_is_right_in_a_line():
    headings = [line for line in text(FOUND).split("\n") if line[:1].isalpha()]
    assert [heading.split(":")[0].split(",")[0] for heading in headings] == [
        "mine.py",
        "network",  # the summary's second line
        "Wrong",
        "The network",
        "Fragile",
        "Right",
        "Not judged",
        "Read in the code",
        "How it was read",
    ]
    assert "\nRight\n  relu (helpers.py, line 9)\n" in text(FOUND)


def test_the_summary_counts():
    told = flat(text(FOUND)).split(" Wrong:")[0]
    assert told == (
        "mine.py: 4 functions found, 1 right, 1 fragile, 1 wrong, 1 not judged; the network: wrong"
    )
    assert text(FileCheck("a.py", (RIGHT,))).startswith("a.py: 1 function found, 1 right; the netw")
    none = "a.py: no function found that we know; the network: none found"
    assert text(FileCheck("a.py")) == none


def test_a_note_is_a_question():
    asked = flat(text(FOUND))
    assert f"line 60: {words('scaled-before-split').question} (scaled-before-split)" in asked


def test_no_line_is_longer_than_the_screen_is_wide():
    everything = FileCheck(
        "mine.py",
        tuple(
            FunctionCheck("f", "g", "mine.py", 1, "wrong", (cause,), "x " * 50) for cause in CAUSES
        ),
        notes=tuple(Note(cause, "mine.py", 1) for cause in CAUSES if words(cause).question),
    )
    for hint in (1, 2, 3):
        assert max(map(len, text(everything, hint).split("\n"))) <= 80


def test_an_adapter_is_printed_as_it_is():
    lines = "def forward(X):\n\n    return net.run(X)"
    told = text(FileCheck("mine.py", network=NetworkCheck(adapter=lines)))
    assert "The network: not judged" in told
    assert "--adapter adapter.py" in flat(told)
    assert "    def forward(X):\n\n        return net.run(X)" in told


def test_no_adapter_is_asked_for_before_the_functions_are_right():
    told = text(FileCheck("mine.py", (SLOPE,), NetworkCheck(adapter="def forward(X):")))
    assert "def forward" not in told
    assert "mend what is wrong, and check again" in flat(told)


def test_a_file_that_could_not_be_read():
    told = FileCheck("mine.py", problem="line 3 is not Python: invalid syntax")
    assert str(told) == "mine.py could not be read.\n  line 3 is not Python: invalid syntax"
    assert told.to_dict()["problem"] == "line 3 is not Python: invalid syntax"


def test_the_verdict_of_a_file_is_the_heaviest():
    assert FOUND.verdict == "wrong"
    assert FileCheck("a.py", (RIGHT, UNSTABLE)).verdict == "fragile"
    assert FileCheck("a.py", (RIGHT,), NetworkCheck("ok")).verdict == "ok"
    assert FileCheck("a.py").verdict == "cannot tell"


def test_json_says_the_same():
    answer = json.loads(json.dumps(FOUND.to_dict()))
    assert list(answer) == ["file", "functions", "network", "notes", "said", "problem"]
    slope = answer["functions"][2]
    assert slope["causes"] == ["derivative-formula", "overwrites-argument"]
    assert (slope["name"], slope["line"], slope["verdict"]) == ("sigmoid_prime", 12, "wrong")
    assert slope["message"].startswith(words("derivative-formula").title)
    assert answer["network"]["convention"] == {"layout": "rows", "labels": "one-hot"}
    assert answer["network"]["function"] == "backward"
    assert answer["notes"] == [
        {
            "cause": "scaled-before-split",
            "file": "mine.py",
            "line": 60,
            "cell": None,
            "message": f"{words('scaled-before-split').question} {SPLIT.evidence}",
        }
    ]
    assert (answer["said"], answer["problem"]) == (["No pandas here."], None)
    assert FileCheck("a.py").to_dict()["network"] is None


@pytest.mark.parametrize("verdict", ["ok", "fragile", "convention"])
def test_a_network_of_which_only_gradients_were_judged_says_so(verdict):
    found = FileCheck("a.py", (), NetworkCheck(verdict, stepped=False))
    assert "update     not judged" in text(found)
    answer = found.to_dict()["network"]
    assert answer["stepped"] is False
    assert answer["message"].endswith("Only the gradients were judged, not the update.")


def test_a_network_of_which_only_gradients_were_judged_is_not_called_right():
    told = text(FileCheck("a.py", (), NetworkCheck("ok", stepped=False)))
    assert told.splitlines()[0].endswith("the network: right in its gradients")
    assert "The network: right\n" not in told


def test_nothing_is_said_of_the_update_where_it_was_judged_or_something_is_wrong():
    for network in (NetworkCheck("ok"), NetworkCheck("wrong", stepped=False)):
        assert "update " not in text(FileCheck("a.py", (), network))


def test_layers_in_a_chain_of_the_check_are_not_called_a_right_network():
    network = NetworkCheck("ok", stepped=False, unjudged=("chain", "loss", "update"))
    told = text(FileCheck("a.py", (), network))
    assert "\nThe network: right in the gradients of its layers\n" in told
    assert "not judged: the file's own\n             chain of layers, loss, update" in told
    answer = FileCheck("a.py", (), network).to_dict()["network"]
    assert answer["unjudged"] == ["chain", "loss", "update"]
    assert "not judged: the file's own chain of layers, loss, update." in answer["message"]


def test_layers_whose_own_chain_was_judged_are_called_a_right_network():
    told = text(FileCheck("a.py", (), NetworkCheck("ok", unjudged=("loss",))))
    assert told.splitlines()[0].endswith("the network: right")
    assert "not judged: the file's own\n             loss" in told


def test_nothing_is_said_of_a_chain_of_the_check_where_a_layer_is_wrong():
    assert "judged " not in text(FileCheck("a.py", (), NetworkCheck("wrong", unjudged=("chain",))))
