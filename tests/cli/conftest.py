"""Runs the command in this process or as a process of its own, in an empty folder."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helder.cli.program import run

COMMAND = Path(sys.executable).with_name("helder")


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on standard output."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def helder(folder: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs the command with these arguments in this process.

    A verdict takes seconds, so `train` makes one only where a test asks for it by its name.
    """

    def call(*arguments: object) -> Said:
        capfd.readouterr()
        given = [str(argument) for argument in arguments]
        if given[:1] == ["train"] and "--verdict" not in given:
            given += ["--verdict", "none"]
        status = run(given)
        captured = capfd.readouterr()
        return Said(status, captured.out, captured.err)

    return call


@pytest.fixture
def well(helder: Callable[..., Said]) -> Callable[..., Said]:
    """Runs the command, which has to succeed and to say nothing on standard error."""

    def call(*arguments: object) -> Said:
        said = helder(*arguments)
        assert (said.status, said.err) == (0, ""), said
        return said

    return call


@pytest.fixture
def process(folder: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts the command as a process of its own; what still runs in the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object, **how: Any) -> subprocess.Popen[str]:
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | how
        env = {**os.environ, **how.pop("env", {})}
        child = subprocess.Popen([COMMAND, *map(str, arguments)], cwd=folder, env=env, **how)
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()


@pytest.fixture
def write(folder: Path) -> Callable[..., str]:
    """Writes a file of text, bytes, or a header with rows; gives its name in the folder."""

    def write_file(
        content: str | bytes | Sequence[str], rows: Iterable[Sequence[object]] = (), name: str = ""
    ) -> str:
        path = folder / (name or "data.csv")
        if isinstance(content, str | bytes):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            return path.name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(content)
            writer.writerows(rows)
        return path.name

    return write_file


@pytest.fixture
def yes_or_no(write: Callable[..., str]) -> Callable[..., str]:
    """Writes a table of a, b, colour and answer, whose a and b tell the answer."""

    def make(name: str, rows: int = 150, seed: int = 0) -> str:
        rng = np.random.default_rng(seed)
        a, b = rng.normal(size=(2, rows)).round(3)
        colours = np.array(["red", "green", "blue"])[rng.integers(3, size=rows)]
        answers = np.where(a + b > 0, "yes", "no")
        cells = zip(a.tolist(), b.tolist(), colours, answers, strict=True)
        return write(("a", "b", "colour", "answer"), cells, name)

    return make


@pytest.fixture
def small(yes_or_no: Callable[..., str]) -> str:
    """A small table of two classes that can be told apart."""
    return yes_or_no("small.csv")


@pytest.fixture
def amounts(write: Callable[..., str]) -> str:
    """A small table with a numeric target around 1000."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 150)).round(3)
    y = (1000 + 50 * a - 30 * b + rng.normal(size=150)).round(2)
    return write(
        ("a", "b", "y"), zip(a.tolist(), b.tolist(), y.tolist(), strict=True), "amounts.csv"
    )
