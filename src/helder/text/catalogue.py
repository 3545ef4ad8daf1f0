"""Looks up a sentence by its key and fills in its values."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from typing import Any

from helder.text.formatting import filled

LANGUAGE = "en"


def _read(name: str, language: str) -> dict[str, Any]:
    file = importlib.resources.files("helder.text") / language / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@functools.cache
def area(name: str, language: str = LANGUAGE) -> dict[str, str]:
    """All sentences of one area, such as `table`, from `text/en/table.toml`."""
    return {key: str(sentence) for key, sentence in _read(name, language).items()}


@functools.cache
def entries(name: str, language: str = LANGUAGE) -> dict[str, dict[str, str]]:
    """All entries of one area whose sentences stand under names, such as `causes`."""
    return {entry: dict(sentences) for entry, sentences in _read(name, language).items()}


def say(key: str, **values: object) -> str:
    """The sentence `area.key` with its values, each formatted as the sentence asks.

    Raises:
        KeyError: The catalogue has no such sentence, or a value is missing: a defect of ours.
    """
    name, _, sentence = key.partition(".")
    return filled(area(name)[sentence], values)
