"""`helder.check`: of a path, a function, a class, an object, a module, and of what is none."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

import helder
from helder.errors import ArgumentError
from helder.glass.check.checking import beside_gradient
from helder.glass.check.findings import FileCheck, FunctionCheck, NetworkCheck

CODE = """
import numpy as np


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


class Network:
    def __init__(self, size):
        self.size = size

    def relu_derivative(self, z):
        return z > 1


X_test = X_train = np.zeros((4, 2))
"""


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


class Net:
    def __init__(self, size):
        self.size = size

    def sigmoid_derivative(self, a):
        return a * (1 + a)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(CODE, encoding="utf-8")
    return path


def verdicts(found):
    return {one.name: (one.verdict, one.causes) for one in found.functions}


def test_a_path_as_a_text_or_as_a_path(file):
    found = helder.check(str(file))
    assert isinstance(found, FileCheck)
    assert found == helder.check(file)
    assert found.file == str(file)
    assert verdicts(found)["softmax"] == ("fragile", ("softmax-unstable",))
    assert verdicts(found)["Network.relu_derivative"] == ("wrong", ("relu-slope-threshold",))
    assert [one.line for one in found.functions] == [5, 14]


def test_a_function():
    found = helder.check(softmax)
    assert found.file == "softmax"
    assert verdicts(found) == {"softmax": ("fragile", ("softmax-unstable",))}
    (one,) = found.functions
    assert one.file == "test_checking.py"
    assert one.line == softmax.__code__.co_firstlineno


@pytest.mark.parametrize("thing", [Net, Net(3)], ids=["class", "object"])
def test_a_class_and_an_object_of_it(thing):
    found = helder.check(thing)
    assert found.file == "Net"
    assert verdicts(found) == {"Net.sigmoid_derivative": ("wrong", ("derivative-formula",))}


def test_a_module(file, monkeypatch):
    spec = importlib.util.spec_from_file_location("mine", file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "mine", module)
    spec.loader.exec_module(module)
    found = helder.check(module)
    assert found.file == "mine"
    assert set(verdicts(found)) == {"softmax", "Network.relu_derivative"}
    assert [one.line for one in found.functions] == [5, 14]


def test_several_by_name():
    found = helder.check({"softmax": softmax, "Net": Net})
    assert set(verdicts(found)) == {"softmax", "Net.sigmoid_derivative"}


@pytest.mark.parametrize("thing", [3, None, [softmax], np.zeros(3)], ids=lambda t: type(t).__name__)
def test_what_nobody_wrote_cannot_be_checked(thing):
    with pytest.raises(ArgumentError, match="this cannot be checked"):
        helder.check(thing)


def test_a_file_that_cannot_be_read_has_a_problem(tmp_path):
    (tmp_path / "broken.py").write_text("def f(:\n", encoding="utf-8")
    found = helder.check(tmp_path / "broken.py")
    assert "broken.py" in found.problem
    missing = helder.check(tmp_path / "none.py")
    assert "there is no such file" in missing.problem
    assert missing.verdict == "cannot tell"


def test_a_path_that_is_no_code_is_wrong_usage(tmp_path):
    (tmp_path / "notes.txt").write_text("words", encoding="utf-8")
    with pytest.raises(ArgumentError, match="neither a Python file nor a notebook"):
        helder.check(tmp_path / "notes.txt")


def test_importing_helder_does_not_bring_the_check():
    code = "import helder, sys; print('helder.glass' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


def test_where_the_check_itself_fails_the_rest_is_told_and_the_place_is_said(file, monkeypatch):
    def fails(*given):
        raise IndexError("no such layer")

    monkeypatch.setattr("helder.glass.check.checking.check_network", fails)
    found = helder.check(file)
    assert verdicts(found)["Network.relu_derivative"] == ("wrong", ("relu-slope-threshold",))
    assert found.network is None
    assert "fails, test_checking.py, line" in found.said[-1]
    assert "IndexError: no such layer" in found.said[-1]


@pytest.mark.parametrize("loss", ["squared error", "cross-entropy"])
def test_squares_called_entropy_are_no_mix_up_where_their_gradient_is_taken(loss):
    cause = "loss-not-the-one-optimised"
    squares = FunctionCheck("entropy", "squared error", "f.py", 1, "convention", (cause,))
    (found,) = beside_gradient([squares], NetworkCheck("ok", convention={"loss": loss}))
    assert found.causes == (() if loss == "squared error" else (cause,))
