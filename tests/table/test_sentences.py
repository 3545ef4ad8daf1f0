"""The catalogue of sentences: each is used somewhere, and counts read as a person writes them."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

import helder
from helder.text import Count

SOURCE = Path(helder.__file__).parent
AREAS = sorted(path.stem for path in (SOURCE / "text" / "en").glob("*.toml"))


def literals() -> tuple[set[str], set[str]]:
    """Every text in the source, and every beginning of an f-string."""
    texts, beginnings = set(), set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(node.values[0].value)
    return texts, beginnings


@pytest.mark.parametrize("area", AREAS)
def test_every_sentence_is_used(area):
    texts, beginnings = literals()
    keys = tomllib.loads((SOURCE / "text" / "en" / f"{area}.toml").read_text(encoding="utf-8"))
    begun = tuple(text for text in beginnings if text.removeprefix(f"{area}.").endswith("_"))
    unused = [
        key
        for key in keys
        if not {key, f"{area}.{key}"} & texts
        and not key.startswith(begun)
        and not f"{area}.{key}".startswith(begun)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1234, "1,234 rows")]
)
def test_counts(number, text):
    assert f"{Count(number):row|rows}" == text
    assert f"{Count(number):,}{Count(number)}" == f"{number:,}{number}"
