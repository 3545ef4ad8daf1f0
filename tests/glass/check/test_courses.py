"""Grading with what a check found: unittest, pytest, Gradescope, Otter, nbgrader."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import re
import subprocess
import sys
import tempfile
import types
import unittest
from dataclasses import replace
from pathlib import Path

import pytest

import helder
from helder.errors import ArgumentError
from helder.glass.check.elementary.loss_formulas import KINDS as LOSSES
from helder.glass.check.findings import FileCheck, FunctionCheck, NetworkCheck

RIGHT = """
import numpy as np

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def relu_derivative(z):
    return (z > 0) * 1.0
"""
FRAGILE = RIGHT.replace(" - z.max(axis=1, keepdims=True)", "")
WRONG = RIGHT.replace("z > 0", "z > 1")
ASKED = {"expected": ("softmax", "relu derivative"), "points": {"relu derivative": 3}}
UNSURE = FunctionCheck("cost", "cross-entropy", "hw.py", 30, "cannot tell", (), "It needs `m`.")
NO_SELF = FunctionCheck("Net.relu", "method", "hw.py", 3, "wrong", ("missing-self",))
OK = FunctionCheck("loss", "cross-entropy", "hw.py", 9, "ok")


def found(code, folder):
    """What is found of a student's file in this folder."""
    path = handed_in(code, folder)
    return replace(checked(code), file=str(path))


def handed_in(code, folder):
    path = Path(folder, "hw.py")
    path.write_text(code, encoding="utf-8")
    return path


@functools.cache
def checked(code):
    """What is found of a file with this code, which is checked once however many tests ask."""
    with tempfile.TemporaryDirectory() as folder:
        return helder.check(handed_in(code, folder))


def by_kind(results):
    return {one["kind"]: one for one in results}


def outcomes(results):
    return {one["kind"]: one["passed"] for one in results}


# Results


def test_a_right_file_passes_all_that_is_found_in_it(tmp_path):
    results = found(RIGHT, tmp_path).results()
    assert outcomes(results) == {"softmax": True, "relu derivative": True}
    assert by_kind(results)["softmax"]["message"].startswith("Right")


def test_a_wrong_function_fails_with_its_lesson(tmp_path):
    results = by_kind(found(WRONG, tmp_path).results(points=2))
    one = results["relu derivative"]
    assert outcomes(results.values()) == {"softmax": True, "relu derivative": False}
    assert one["name"] == "relu_derivative"
    assert one["verdict"] == "wrong"
    assert one["causes"] == ["relu-slope-threshold"]
    assert one["points"] == 2
    assert "relu_derivative, line 8" in one["message"]
    assert "try first" in one["message"]
    assert json.loads(json.dumps(one)) == one


def test_a_hint_says_how_much_a_message_tells(tmp_path):
    judged = found(WRONG, tmp_path)
    messages = [by_kind(judged.results(hint=h))["relu derivative"]["message"] for h in (1, 2, 3)]
    assert len(set(messages)) == 3
    assert "try first" not in messages[0]
    assert "formula" in messages[2]


def test_what_is_asked_decides_whether_fragile_and_convention_fail():
    judged = FileCheck(
        "hw.py",
        (
            FunctionCheck("softmax", "softmax", "hw.py", 1, "fragile", ("softmax-unstable",)),
            FunctionCheck("mse", "squared error", "hw.py", 5, "convention"),
        ),
    )
    passed = {d: outcomes(judged.results(demand=d)) for d in ("right", "robust", "textbook")}
    assert passed["right"] == {"softmax": True, "squared error": True}
    assert passed["robust"] == {"softmax": False, "squared error": True}
    assert passed["textbook"] == {"softmax": False, "squared error": False}


def test_what_cannot_be_judged_is_neither_passed_nor_failed():
    (one,) = FileCheck("hw.py", (UNSURE,)).results(demand="textbook")
    assert one["passed"] is None
    assert "It needs `m`." in one["message"]


def test_functions_of_one_kind_are_one_result_and_the_one_that_fails_decides():
    wrong = replace(OK, name="Net.loss", verdict="wrong", causes=("loss-sign",))
    (both,) = FileCheck("hw.py", (OK, UNSURE)).results()
    assert (both["name"], both["passed"]) == ("loss, cost", None)
    (three,) = FileCheck("hw.py", (OK, UNSURE, wrong)).results()
    assert (three["passed"], three["causes"]) == (False, ["loss-sign"])


def test_what_is_expected_and_missing_fails_and_what_is_not_expected_does_not_count(tmp_path):
    results = found(WRONG, tmp_path).results(expected=("cross-entropy", "network", "softmax"))
    assert outcomes(results) == {"cross-entropy": False, "network": False, "softmax": True}
    assert "cross-entropy: none was found" in results[0]["message"]
    assert "No network was found" in results[1]["message"]
    assert [one["verdict"] for one in results] == ["missing", "missing", "ok"]


def test_a_network_is_the_last_result_and_no_network_works_with_methods_without_self():
    network = NetworkCheck("wrong", ("softmax-derivative-twice",), "dW1 differs.")
    last = FileCheck("hw.py", (OK,), network).results()[-1]
    assert (last["name"], last["passed"]) == ("network", False)
    assert "dW1 differs." in last["message"]
    judged = FileCheck("hw.py", (NO_SELF, OK), NetworkCheck("cannot tell"))
    last = judged.results(expected=["network"])[-1]
    assert (last["passed"], last["causes"]) == (False, ["missing-self"])


@pytest.mark.parametrize("expected", [None, ("softmax", "network")])
def test_a_file_that_cannot_be_read_fails_everything(tmp_path, expected):
    results = found("def f(:\n", tmp_path).results(expected=expected)
    assert [one["kind"] for one in results] == list(expected or ("file",))
    assert {one["verdict"] for one in results} == {"unread"}
    assert not any(one["passed"] for one in results)
    assert "no Python" in results[0]["message"]


def test_a_file_in_which_nothing_is_found_does_not_pass(tmp_path):
    (one,) = found("x = 1\n", tmp_path).results()
    assert (one["kind"], one["passed"], one["verdict"]) == ("file", False, "missing")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"expected": ("sofmax",)}, "did you mean 'softmax'"),
        ({"expected": ("softmax",), "points": {"network": 1}}, "not among what is expected"),
        ({"expected": ("softmax",), "hidden": ("network",)}, "not among what is expected"),
        ({"demand": "perfect"}, "right, robust, textbook"),
        ({"points": -1}, "no points"),
        ({"points": {"softmax": float("nan")}}, "no points"),
        ({"hint": 4}, "1, 2 or 3"),
    ],
)
def test_what_cannot_be_asked(asked, said):
    with pytest.raises(ArgumentError, match=said):
        FileCheck("hw.py").results(**asked)


@pytest.mark.parametrize("kind", [*LOSSES, "loss", "network", "tanh", "leaky relu derivative"])
def test_every_kind_can_be_expected(kind):
    (one,) = FileCheck("hw.py").results(expected=[kind])
    assert one["verdict"] == "missing"


# Tests that run


def test_unittest_runs_a_test_for_each_result(tmp_path):
    judged = replace(found(WRONG, tmp_path), network=NetworkCheck(evidence="It has no update."))
    cases = unittest.defaultTestLoader.loadTestsFromTestCase(judged.as_unittest())
    ended = unittest.TextTestRunner(stream=io.StringIO()).run(cases)
    assert ended.testsRun == 3
    ((failed, told),) = ended.failures
    assert failed.id().endswith("Check_hw.test_relu_derivative")
    assert "relu-slope-threshold" in told
    assert "courses.py" not in told
    ((skipped, reason),) = ended.skipped
    assert skipped.id().endswith("test_network")
    assert "It has no update." in reason


def test_unittest_passes_a_right_file(tmp_path):
    cases = unittest.defaultTestLoader.loadTestsFromTestCase(found(RIGHT, tmp_path).as_unittest())
    ended = unittest.TextTestRunner(stream=io.StringIO()).run(cases)
    assert (ended.testsRun, ended.wasSuccessful(), ended.skipped) == (2, True, [])


def run_pytest(folder, code):
    Path(folder, "test_hw.py").write_text(code, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-rs", "-p", "no:cacheprovider", "test_hw.py"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


ONE_LINE = "import helder\nglobals().update(helder.check('hw.py').as_pytest(expected={expected}))\n"


def test_one_line_makes_a_pytest_test_of_each_result(tmp_path):
    handed_in(WRONG + "\ndef tanh(z):\n    return z.undefined\n", tmp_path)
    expected = ("softmax", "relu derivative", "tanh", "network")
    ended = run_pytest(tmp_path, ONE_LINE.format(expected=expected))
    assert ended.returncode == 1, ended.stderr
    assert "test_softmax PASSED" in ended.stdout
    assert "test_relu_derivative FAILED" in ended.stdout
    assert "test_tanh SKIPPED" in ended.stdout
    assert "test_network FAILED" in ended.stdout
    assert "relu-slope-threshold" in ended.stdout
    assert "__tracebackhide__" not in ended.stdout  # the lesson, and none of our lines


def test_the_pytest_tests_of_a_right_file_pass(tmp_path):
    tests = found(RIGHT, tmp_path).as_pytest(expected=("softmax", "relu derivative"))
    assert list(tests) == ["test_softmax", "test_relu_derivative"]
    for test in tests.values():
        test()


def test_gradescope_reads_scores_and_nothing_counts_that_could_not_be_judged(tmp_path):
    judged = replace(found(WRONG, tmp_path), network=NetworkCheck())
    grade = judged.as_gradescope(points={"softmax": 0.5}, hidden=["network"])
    softmax, relu, network = json.loads(json.dumps(grade))["tests"]
    assert grade["score"] == 0.5
    assert (softmax["score"], softmax["max_score"], softmax["status"]) == (0.5, 0.5, "passed")
    assert (relu["score"], relu["max_score"], relu["status"]) == (0, 1, "failed")
    assert not {"score", "max_score", "status"} & set(network)
    assert [one["visibility"] for one in (softmax, relu, network)] == [
        "visible",
        "visible",
        "after_published",
    ]


# Texts that check what a student hands in: made from the teacher's file, run beside the student's


class OtterCase:
    """Stands in for `otter.test_files.test_case`: keeps what it is given, and the function."""

    def __init__(
        self, name=None, points=None, hidden=False, success_message="", failure_message=""
    ):
        self.name, self.points, self.hidden = name, points, hidden
        self.messages = success_message, failure_message

    def __call__(self, function):
        self.function = function
        return self


def run_otter(text, monkeypatch):
    files = types.ModuleType("otter.test_files")
    files.test_case = OtterCase
    monkeypatch.setitem(sys.modules, "otter", types.ModuleType("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", files)
    space = {}
    exec(compile(text, "hw_test.py", "exec"), space)
    return space, [value for value in space.values() if isinstance(value, OtterCase)]


def test_otter_tests_pass_a_right_file(tmp_path, monkeypatch):
    text = found(RIGHT, tmp_path).as_otter(name="q1", hidden=["softmax"], **ASKED)
    monkeypatch.chdir(tmp_path)
    space, cases = run_otter(text, monkeypatch)
    assert (space["OK_FORMAT"], space["name"], space["points"]) == (False, "q1", 4)
    assert [(case.name, case.points, case.hidden) for case in cases] == [
        ("softmax", 1, True),
        ("relu derivative", 3, False),
    ]
    assert all(all(case.messages) for case in cases)
    for case in cases:
        case.function()


def test_otter_tests_fail_a_wrong_file_with_the_lesson(tmp_path, monkeypatch):
    text = found(RIGHT, tmp_path).as_otter()
    handed_in(WRONG, tmp_path)
    monkeypatch.chdir(tmp_path)
    softmax, relu = run_otter(text, monkeypatch)[1]
    softmax.function()
    with pytest.raises(AssertionError, match="relu-slope-threshold"):
        relu.function()


def run_cells(text):
    """Runs each cell, as nbgrader does, which goes on where one fails; what the others raise."""
    space, raised = {}, {}
    for cell in re.split(r"^# %% ", text, flags=re.MULTILINE)[1:]:
        title, _, code = cell.partition("\n")
        with contextlib.suppress(AssertionError):
            raised[title] = True
            exec(compile(code, title, "exec"), space)
            raised[title] = False
    return raised


def test_nbgrader_cells_pass_a_right_file_and_each_fails_for_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = found(RIGHT, tmp_path).as_nbgrader(**ASKED)
    head = "Tests of hw.py, by helder.check"
    titles = ["softmax, points: 1", "relu derivative, points: 3"]
    assert run_cells(text) == {head: False, titles[0]: False, titles[1]: False}
    handed_in(WRONG, tmp_path)
    assert run_cells(text) == {head: False, titles[0]: False, titles[1]: True}


def test_nbgrader_hides_whole_tests_and_only_those_that_it_should(tmp_path):
    text = found(RIGHT, tmp_path).as_nbgrader(hidden=["softmax"])
    hidden = re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS\n", text, re.DOTALL)
    assert len(hidden) == 1
    assert "results['softmax']" in hidden[0]
    assert "assert" in hidden[0]
    assert "results['relu derivative']" in text.replace(hidden[0], "")


def test_texts_ask_what_the_teacher_asks_of_the_file_that_students_hand_in(tmp_path, monkeypatch):
    text = found(RIGHT, tmp_path).as_otter("theirs.py", demand="robust", hint=1)
    Path(tmp_path, "theirs.py").write_text(FRAGILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    space, cases = run_otter(text, monkeypatch)
    assert space["name"] == "theirs"
    with pytest.raises(AssertionError) as raised:
        cases[0].function()
    assert "try first" not in str(raised.value)


def test_no_text_of_a_file_in_which_nothing_could_be_judged(tmp_path):
    with pytest.raises(ArgumentError, match="nothing to test"):
        FileCheck("hw.py", (UNSURE,)).as_nbgrader()
    with pytest.raises(ArgumentError, match="nothing to test"):
        found("def f(:\n", tmp_path).as_otter()
    assert "test_network" in FileCheck("hw.py").as_otter(expected=["network"])


def test_no_text_without_the_name_of_a_file_that_students_hand_in():
    with pytest.raises(ArgumentError, match="script or a notebook"):
        FileCheck("softmax", (OK,)).as_otter()
