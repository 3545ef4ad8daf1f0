"""The networks to check: one learns with exactly three mistakes, the other is right."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import helder
from helder.glass.check.causes import CANNOT_TELL, OK, WRONG
from helder.glass.check.findings import FileCheck

ROOT = Path(__file__).parents[2]
FIRST, RIGHT = ROOT / "examples" / "first_mlp.py", ROOT / "examples" / "numpy_mlp.py"
LESSON = ROOT / "docs" / "own-network.md"

# Each mistake: its cause, the line that is to be named, and what stands where it is made.
MISTAKES = [
    ("loss-log-of-label", "def cross_entropy(p, y):", "p * np.log(y + 1e-9)"),
    ("scaled-before-split", "X = (X - X.mean(axis=0)) / X.std(axis=0)", "X.mean(axis=0)"),
    ("softmax-derivative-twice", "dz = (p - Y) * p", "(p - Y) * p * (1 - p)"),
]


def line_of(text: str, start: str) -> int:
    """The number of the one line that starts so."""
    (found,) = [n for n, line in enumerate(text.split("\n"), 1) if line.strip().startswith(start)]
    return found


def named(found: FileCheck) -> list[tuple[str, int | None]]:
    """Every cause that was found, with its line."""
    causes = [(cause, f.line) for f in found.functions for cause in f.causes]
    if found.network is not None:
        causes += [(cause, found.network.line) for cause in found.network.causes]
    return sorted(causes + [(note.cause, note.line) for note in found.notes])


def printed(file: Path) -> list[str]:
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_first_network_has_exactly_three_mistakes_each_found_by_name_and_line() -> None:
    text = FIRST.read_text(encoding="utf-8")
    assert all(text.count(made) == 1 for _, _, made in MISTAKES)
    found = helder.check(str(FIRST))
    assert named(found) == sorted((cause, line_of(text, start)) for cause, start, _ in MISTAKES)
    assert found.verdict == WRONG


def test_the_first_network_is_right_where_they_are_mended(tmp_path: Path) -> None:
    text = FIRST.read_text(encoding="utf-8")
    mended = {
        "p * np.log(y + 1e-9)": "y * np.log(p + 1e-9)",
        "(p - Y) * p * (1 - p)": "p - Y",
        "X = (X - X.mean(axis=0)) / X.std(axis=0)\n    ": "",
    }
    for mistake, right in mended.items():
        assert mistake in text
        text = text.replace(mistake, right)
    file = tmp_path / "mended.py"
    file.write_text(text, encoding="utf-8")
    found = helder.check(str(file))
    assert named(found) == []
    assert found.verdict == OK
    assert found.network is not None
    assert found.network.verdict != CANNOT_TELL


def test_the_first_network_learns_all_the_same() -> None:
    *epochs, last = printed(FIRST)
    losses = [float(line.split()[-1]) for line in epochs]
    assert len(losses) == 5
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] / 2
    assert float(last.split("%")[0]) > 80


@pytest.mark.parametrize("hidden", [(), (5,), (4, 6, 3)], ids=str)
def test_the_first_network_takes_any_number_of_hidden_layers(hidden: tuple[int, ...]) -> None:
    names: dict = {"__name__": "first_mlp"}
    exec(compile(FIRST.read_text(encoding="utf-8"), str(FIRST), "exec"), names)
    X, labels = names["make_table"](60)
    network = names["NeuralNetwork"]([2, *hidden, 3])
    losses = network.train((X - 60) / 20, names["one_hot"](labels, 3), epochs=50)
    assert losses[-1] < losses[0]
    assert [W.shape[1] for W in network.weights] == [*hidden, 3]
    assert np.isin(network.predict(X), [0, 1, 2]).all()


def test_the_lesson_ends_with_a_network_that_is_right() -> None:
    found = helder.check(str(RIGHT))
    assert named(found) == []
    assert found.verdict == OK
    assert found.network is not None
    assert found.network.verdict == OK


def test_the_lesson_shows_every_line_of_it() -> None:
    text, lesson = RIGHT.read_text(encoding="utf-8"), LESSON.read_text(encoding="utf-8")
    parts = [node for node in ast.parse(text).body if not isinstance(node, ast.Expr)]
    assert sum(isinstance(part, ast.FunctionDef) for part in parts) > 8
    for part in parts:
        shown = "\n".join(text.split("\n")[part.lineno - 1 : part.end_lineno])
        assert f"\n{shown}\n" in lesson, shown
