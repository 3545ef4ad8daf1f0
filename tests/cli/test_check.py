"""`helder check`: the lesson, the hints, the options, JSON, and how it ends."""

from __future__ import annotations

import json

import pytest

NOTED = """
import numpy as np

X_train = np.zeros((4, 2))
X_test = X_train
x = np.asfarray([1, 2])
"""

NETWORK = """
import numpy as np

def make_net(n_in, n_hidden, n_out):
    return {"A": np.random.randn(n_in, n_hidden), "B": np.random.randn(n_hidden, n_out)}

def outputs(net, X):
    return 1 / (1 + np.exp(-np.tanh(X @ net["A"]) @ net["B"]))

def update(net, X, Y, rate):
    H = np.tanh(X @ net["A"])
    d = outputs(net, X) - Y
    back = d @ net["B"].T * (1 - H ** 2)
    net["B"] -= rate * H.T @ d
    net["A"] -= rate * X.T @ back

def main():
    X, Y = np.load("x.npy"), np.load("y.npy")
    net = make_net(X.shape[1], 20, Y.shape[1])
    for epoch in range(100):
        update(net, X, Y, rate=0.1)
"""


@pytest.fixture
def noted(write):
    return write(NOTED, name="noted.py")


def test_a_file_has_a_summary_and_notes_as_questions(well, noted):
    out = well("check", noted).out
    assert out.split("\n")[0].startswith("noted.py: ")
    assert "Is the test made of the rows that trained? (test-is-train)" in " ".join(out.split())
    assert "np.asfarray" in out
    assert max(map(len, out.split("\n"))) <= 80


def test_a_note_alone_does_not_fail(helder, noted):
    assert helder("check", noted).status == 0


def test_nothing_of_the_top_level_happens(well, write, folder):
    file = write("open('made.txt', 'w').write('x')\nprint('hello')\n", name="loud.py")
    assert "hello" not in well("check", file).out
    assert not (folder / "made.txt").exists()


def test_json_is_one_object_a_file(helder, noted):
    said = helder("check", noted, noted, "--json")
    found = [json.loads(line) for line in said.out.splitlines()]
    assert len(found) == 2
    assert found[0] == found[1]
    assert [note["cause"] for note in found[0]["notes"]] == ["test-is-train", "removed-numpy-name"]
    assert [note["line"] for note in found[0]["notes"]] == [5, 6]
    assert found[0]["problem"] is None


def test_a_file_that_is_no_python_is_a_failure_and_the_next_is_checked_all_the_same(
    helder, write, noted
):
    file = write("def f(:\n", name="broken.py")
    said = helder("check", file, noted)
    assert said.status == 1
    assert said.err.startswith("helder: broken.py")
    assert "noted.py: " in said.out
    assert "Traceback" not in said.err


def test_a_problem_is_in_json_too(helder, write):
    said = helder("check", write("def f(:\n", name="broken.py"), "--json")
    assert said.status == 1
    assert said.json["functions"] == []
    assert "broken.py" in said.json["problem"]


def test_a_missing_file_fails(helder):
    said = helder("check", "nothing.py")
    assert (said.status, said.out) == (1, "")
    assert "there is no such file" in said.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing argument"),
        (("noted.py", "--hint", 4), "--hint"),
        (("noted.txt",), "neither a Python file nor a notebook"),
        (("noted.py", "--what"), "No such option"),
    ],
)
def test_what_cannot_be_asked_is_said(helder, noted, write, arguments, said):
    write("words", name="noted.txt")
    answer = helder("check", *arguments)
    assert (answer.status, answer.out) == (2, "")
    assert said in answer.err


def test_quiet_says_nothing(helder, noted):
    said = helder("check", noted, "--quiet")
    assert (said.status, said.out, said.err) == (0, "", "")


def test_names_from_the_file_cannot_command_the_terminal(well, write):
    file = write("X_train = 1\nX_test = X_train\n", name="a\x1b[2Jb.py")
    out = well("check", file).out
    assert "\x1b[2J" not in out


def test_a_notebook_is_read_by_cells(well, write):
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np"]},
        {"cell_type": "code", "source": ["a = 1\n", "x = np.asfarray([a])"]},
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    file = write(json.dumps(notebook), name="noted.ipynb")
    (note,) = well("check", file, "--json").json["notes"]
    assert (note["cell"], note["line"]) == (2, 2)
    assert "cell 2, line 2: " in well("check", file).out


def test_an_adapter_is_used_and_one_that_is_none_fails(helder, noted, write):
    said = helder("check", noted, "--adapter", write("net = None\n", name="adapter.py"))
    assert said.status == 1
    assert "an adapter lacks parameters, step" in said.err
    functions = "def {}(*given):\n    return 1 / 0\n"
    text = "".join(map(functions.format, ("parameters", "forward", "step")))
    said = helder("check", noted, "--adapter", write(text, name="adapter.py"))
    assert said.status == 0
    assert "The adapter fails at adapter.py, line 2 with ZeroDivisionError" in " ".join(
        said.out.split()
    )


def test_an_adapter_is_printed_for_any_file(helder, write):
    said = helder("check", write(NETWORK, name="own.py"), "--make-adapter")
    assert said.status == 0
    assert "from own import *" in said.out
    assert "net = make_net(4, 5, 3)" in said.out
    assert "update(net, X, Y, rate=learning_rate)" in said.out
    said = helder("check", "own.py", "--make-adapter", "--json")
    answer = json.loads(said.out)
    assert answer["file"] == "own.py"
    assert "net = make_net(4, 5, 3)" in answer["adapter"]


def test_an_adapter_is_either_printed_or_used(helder, noted):
    for other in (("--adapter", noted), ("--run",)):
        said = helder("check", noted, "--make-adapter", *other)
        assert said.status == 2
        assert f"without {other[0]}" in said.err
