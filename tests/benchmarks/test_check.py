"""The benchmark of helder check: what counts as found, and what is written of it."""

import json
import sys
from argparse import Namespace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks" / "check"))

import check as benchmark
from judging import FOUND, MISNAMED, MISSED, OTHER_VERDICT, examine, outcome
from subjects import Subject, chosen, code_of, subjects, variants_of, with_code

from helder.glass.check.findings import FileCheck, FunctionCheck, NetworkCheck, Note

SCRIPT = Subject("known", "net.py", (("net.py", "x = 1\n"),))
WRONG = Subject("known", "net.py", (("net.py", "x = 2\n"),), "derivative-formula", "an edit")


def said(*functions: tuple[str, str], network: NetworkCheck | None = None, notes=()):
    """A check that says verdict and cause of functions, without looking."""
    made = [
        FunctionCheck(f"f{i}", "relu", "net.py", i, verdict, (cause,) if cause else ())
        for i, (verdict, cause) in enumerate(functions)
    ]
    found = FileCheck("net.py", tuple(made), network, tuple(Note(n, "net.py", 1) for n in notes))
    return lambda path: found


def outcome_of(check, correct=None, cause="derivative-formula"):
    variant = Subject(*(*(SCRIPT.group, SCRIPT.name, SCRIPT.files), cause, "an edit"))
    return outcome(examine(variant, check), examine(SCRIPT, correct or said()))


def test_a_mistake_is_found_under_its_name_and_the_verdict_it_deserves():
    assert outcome_of(said(("wrong", "derivative-formula"))) == FOUND
    network = NetworkCheck("wrong", ("gradient-scale",))
    assert outcome_of(said(network=network), cause="gradient-scale") == FOUND
    assert outcome_of(said(notes=["test-is-train"]), cause="test-is-train") == FOUND


def test_another_verdict_is_not_the_deserved_one():
    assert outcome_of(said(("fragile", "derivative-formula"))) == OTHER_VERDICT
    assert outcome_of(said(notes=["derivative-formula"])) == OTHER_VERDICT


def test_what_is_fragile_may_be_said_as_a_note():
    assert outcome_of(said(notes=["hard-coded-size"]), cause="hard-coded-size") == FOUND


def test_only_other_causes_are_the_wrong_name_and_none_is_a_miss():
    assert outcome_of(said(("wrong", "gradient-scale"))) == MISNAMED
    assert outcome_of(said(("ok", ""))) == MISSED


def test_what_is_said_of_the_correct_file_too_does_not_count():
    check = said(("wrong", "derivative-formula"))
    assert outcome_of(check, correct=check) == MISSED


def test_a_heavier_cause_that_was_there_before_has_its_own_verdict():
    both = FunctionCheck("f", "relu", "net.py", 1, "wrong", ("missing-self", "softmax-unstable"))
    found = lambda path: FileCheck("net.py", (both,))  # noqa: E731
    before = said(("wrong", "missing-self"))
    assert outcome_of(found, before, cause="softmax-unstable") == FOUND


def test_a_checker_that_fails_has_found_nothing():
    def fails(path):
        raise ZeroDivisionError("oh")

    one = examine(WRONG, fails)
    assert one.problem == "ZeroDivisionError: oh"
    assert not one.findings


def test_the_checker_gets_the_files_of_the_variant():
    seen = []
    examine(WRONG, lambda path: seen.append(path.read_text()) or FileCheck(str(path)))
    assert seen == ["x = 2\n"]


def test_a_notebook_is_code_and_comes_back_with_its_magics_and_words():
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np"]},
        {"cell_type": "code", "source": ["x = 1\n", "print(x)\n"]},
    ]
    notebook = json.dumps({"cells": cells})
    code = code_of(notebook)
    assert json.loads(with_code(notebook, code)) == {"cells": cells}
    changed = json.loads(with_code(notebook, code.replace("x = 1", "x = 2")))
    assert changed["cells"][2]["source"] == ["x = 2\n", "print(x)\n"]


@pytest.mark.parametrize("name", ["35_notebook_clothes.ipynb", "36_folder_modules"])
def test_a_notebook_and_a_folder_have_variants_that_change_one_file(name):
    subject = next(one for one in subjects(("known",)) if one.name == name)
    found = [*variants_of(subject)]
    assert len({one.cause for one in found}) > 10
    for one in found:
        changed = [new for old, new in zip(subject.files, one.files, strict=True) if old != new]
        assert [path for path, _ in changed] == [one.file]


def test_of_each_cause_so_many_are_drawn_and_always_the_same():
    subject = subjects(("known",))[0]
    some = chosen(subject, [], 1, seed=3)
    assert len({one.cause for one in some}) == len(some)
    assert some == chosen(subject, [], 1, seed=3)
    assert {one.cause for one in chosen(subject, ["update-sign"], None, 0)} == {"update-sign"}


def test_the_report_counts_files_and_causes(tmp_path):
    check = said(("wrong", "derivative-formula"))
    correct = [examine(SCRIPT, said(("ok", "")))]
    judged = benchmark.judged(correct, [examine(WRONG, check), examine(WRONG, said())])
    text = benchmark.report(
        correct, judged, Namespace(limit=None, seed=0, sample=None, processes=1)
    )
    assert "| known | 1 | 0 | 1 | 0 |" in text
    assert "| derivative-formula | wrong | 2 | 1 | 0 | 0 | 1 | 50.0% |" in text
    assert [*benchmark.misses(judged)] == [
        "known/:0 derivative-formula (an edit): missed in 0.0 s; said nothing"
    ]
    benchmark.keep(judged, tmp_path)
    assert [path.read_text() for path in tmp_path.glob("*/net.py")] == ["x = 2\n"]
