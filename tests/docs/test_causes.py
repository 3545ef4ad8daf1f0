"""Every cause has a page that says what the catalogue says, and whose example shows it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from helder.glass.check.causes import CAUSES
from helder.glass.check.telling.words import words
from helder.text import entries

sys.path.append(str(Path(__file__).parent))

from cause_pages import PAGES, checked, example, named, page, quoted, said_of


def test_there_is_a_page_for_every_cause_and_no_other():
    assert {path.stem for path in PAGES.glob("*.md")} == {*CAUSES, "README"}


def test_the_index_lists_every_cause_with_its_verdict_and_what_was_counted():
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[`(.+?)`\]\((.+?)\.md\) \| (.+?) \| (.+?) \| (.*?) ?\|$", text, re.M)
    fell = {cause: entry.get("fell", "") for cause, entry in entries("causes").items()}
    assert rows == [
        (cause, cause, verdict, words(cause).title, fell[cause])
        for cause, verdict in CAUSES.items()
    ]


@pytest.mark.parametrize("cause", CAUSES)
def test_a_page_begins_as_the_catalogue_says(cause):
    told = words(cause)
    beginning = page(cause).split("\n## ")[0].split("\n\n")
    expected = [f"# {told.title}", f"`{cause}` · {CAUSES[cause]}", told.why]
    expected += [told.training] if told.training else []
    assert [" ".join(part.split()) for part in beginning] == expected


@pytest.mark.parametrize("cause", CAUSES)
def test_a_page_has_its_parts(cause):
    parts = re.findall(r"^## (.+)$", page(cause), re.MULTILINE)
    assert parts == ["How it is recognised", "An example", "What looks like it and is right"]
    assert len(example(cause).split("\n")) <= 50


@pytest.mark.parametrize("cause", CAUSES)
def test_the_example_of_a_page_has_its_mistake_and_the_check_says_what_stands_there(
    cause, tmp_path
):
    found = checked(cause, tmp_path)
    assert (cause, CAUSES[cause]) in named(found)
    assert f"{said_of(found, cause)}\n" == quoted(cause), (
        "python tests/docs/cause_pages.py writes it"
    )
