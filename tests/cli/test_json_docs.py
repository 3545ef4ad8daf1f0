"""docs/json.md names every key that --json prints, with its type, and no other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from helder import check as helder_check
from helder.glass.check.findings import FileCheck, FunctionCheck, NetworkCheck, Note

HERE = Path(__file__).parents[2]
PAGE = (HERE / "docs" / "json.md").read_text(encoding="utf-8")
SENTENCES = HERE / "src" / "helder" / "text" / "en" / "check.toml"
NETWORK = HERE / "examples" / "numpy_mlp.py"
SHORT = ("--recipe", "plain", "--epochs", 6)
MENDED = ("--learning-rate", 30, "--fix")
TYPES = {
    "text": str,
    "whole number": int,
    "number": (int, float),
    "list": list,
    "object": dict,
    "boolean": bool,
    "null": type(None),
}


def described(verb: str) -> dict[str, str]:
    """The keys under a heading, with their types."""
    part = re.split(r"^##+ ", PAGE, flags=re.MULTILINE)
    (section,) = [text for text in part if text.startswith(f"{verb}\n")]
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| [^|]+ \|$", section, re.MULTILINE)
    assert len(rows) == len(dict(rows)) == section.count("\n| `")
    keys = dict(rows)
    for name, other in re.findall(
        r"^\| `([^`]+)` \|[^|]+\| as in `(\w+)` \|$", section, re.MULTILINE
    ):
        if f"## {other}\n" in PAGE:
            keys |= below(name, described(other))
    return keys


def below(name: str, keys: dict[str, str]) -> dict[str, str]:
    """The keys below a key, with their types."""
    return {key: kind for key, kind in keys.items() if key.startswith((f"{name}.", f"{name}["))}


def printed(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every key of an answer with its value, all the way down."""
    if isinstance(value, dict):
        for name, inner in value.items():
            key = f"{path}.{name}" if path else name
            yield key, inner
            yield from printed(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from printed(inner, f"{path}[]")


@pytest.fixture
def answers(helder, small, amounts, write, yes_or_no) -> dict[str, list[dict]]:
    """For each verb, answers that between them hold everything there is."""
    rows = [(row, row % 13, f"x{row % 3}", "" if row < 4 else "xy"[row % 2]) for row in range(100)]
    holes = write(("id", "a", "word", "kind"), rows, "holes.csv")
    pl.DataFrame({"a": [1.0, 2.5], "b": ["x", "y"]}).write_parquet("small.parquet")
    more = yes_or_no("more.csv", rows=180)
    mine = write("import numpy as np\nx = np.float(3)\n", name="mine.py")
    commands = {
        "look": [
            (holes, "--target", "kind"),
            (amounts, "--target", "y"),
            ("small.parquet",),
        ],
        "train": [
            (small, "--target", "answer", "--recipe", "plain", "--epochs", 3),
            (amounts, "--target", "y", "--epochs", 3),
            (holes, "--target", "kind", "--epochs", 3, "--metric", "log_loss"),
            (small, "--target", "answer", "--epochs", 3, "--try", "learning_rate=0.01,1e30"),
            (more, "--target", "answer", *SHORT, "--folds", 2, "--verdict", "full"),
            (holes, "--target", "kind", *SHORT, "--verdict", "quick"),
            (small, "--target", "answer", *SHORT, "--verdict", "quick", *MENDED),
        ],
        "evaluate": [
            ("small.helder", small),
            ("amounts.helder", amounts),
            ("holes.helder", holes),
        ],
        "predict": [
            ("small.helder", small),
            ("amounts.helder", amounts, "--out", "p.csv"),
        ],
        "step": [
            ("small.helder", small, "--row", 1, "--layer", 1, "--unit", 1),
            ("amounts.helder", amounts, "--row", 2),
        ],
    }
    found = {
        verb: [helder(verb, *arguments, "--json").json for arguments in calls]
        for verb, calls in commands.items()
    }
    check = [helder("check", file, "--json").json for file in (mine, NETWORK)]
    files = ("more.helder", "holes.helder", "small.helder", "amounts.helder")
    doctor = [helder("doctor", file, "--json").json for file in files]
    return found | {"check": [*check, whole_check()], "doctor": doctor}


def whole_check() -> dict:
    """A check that found something of every kind, in words and numbers."""
    function = FunctionCheck("f", "softmax", "a.ipynb", 3, "ok", cell=2)
    said = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    ways = [key.removeprefix("way_") for key in said if key.startswith("way_")]
    convention = dict.fromkeys(ways, "so")  # all that can be told of how a network does it
    network = NetworkCheck("wrong", ("zero-init",), "", convention, "f", "a.ipynb", 4)
    notes = (Note("python-2", "a.ipynb", 1, cell=2),)
    return FileCheck("a.ipynb", (function,), network, notes, said=("so",)).to_dict()


def test_the_page_and_the_answers_agree(answers):
    for verb, objects in answers.items():
        keys = described(verb)
        found = {key for answer in objects for key, _ in printed(answer)}
        assert found == set(keys), verb
        for answer in objects:
            for key, value in printed(answer):
                check_type(keys[key], value, f"{verb}: {key}")


def check_type(described_as: str, value: object, where: str) -> None:
    """Holds a value against the types that the page names."""
    named = described_as.split(" or ")
    assert any(isinstance(value, TYPES[name]) for name in named), (where, value)
    assert "boolean" in named or not isinstance(value, bool), where


def test_the_page_and_the_results_for_courses_agree(write):
    file = write("def relu(z):\n    return z * (z > 0)\n", name="mine.py")
    results = helder_check(file).results()
    keys = described("Results")
    assert {key for key, _ in printed(results)} == set(keys)
    for key, value in printed(results):
        check_type(keys[key], value, key)


def test_the_page_describes_the_verbs():
    verbs = ["look", "train", "evaluate", "predict", "step", "check", "doctor"]
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == verbs
