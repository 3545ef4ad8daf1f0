"""`helder look` says what stands out: problems first, nothing twice, all of it harmless."""

from __future__ import annotations

import pytest


@pytest.fixture
def suspicious(write):
    """A file with a column that is the target, another whose text is mostly numbers, and a note."""
    rows = [
        (row % 7, ("7.5", "6", "about 6")[row % 3], row % 2, "ab"[row % 2]) for row in range(90)
    ]
    return write(("x", "hours", "code", "kind"), rows, "suspicious.csv")


def test_findings_are_told_with_what_to_try_problems_first(well, suspicious):
    said = well("look", suspicious, "--target", "kind").out
    assert "Findings: 2 problems, 0 notes" in said
    told = said[said.index("Problem: numbers-as-text (hours)") :]
    assert told.index("we saw") < told.index("why") < told.index("try first")
    assert "Problem: target-in-a-column (code)" in told


def test_a_note_that_a_finding_tells_is_not_told_twice(well, suspicious):
    said = well("look", suspicious).out
    assert " ".join(said.split()).count("66 % of the cells of column 'hours' are numbers") == 1
    found = well("look", suspicious, "--json").json
    (note,) = (note for note in found["notes"] if note["key"] == "mostly_numbers")
    (finding,) = (one for one in found["findings"] if one["rule"] == "numbers-as-text")
    assert finding["saw"] == note["sentence"]
    assert (finding["level"], finding["where"]) == ("problem", "hours")


def test_many_findings_of_one_rule_do_not_hide_the_others(well, write):
    flags = [f"flag {number}" for number in range(40)]
    rows = [[*[int(row == 5)] * 40, f"t{row % 70}", "ab"[row % 2]] for row in range(300)]
    said = well("look", write((*flags, "town", "kind"), rows), "--target", "kind").out
    assert "... and 35 more findings of this kind." in said
    assert "Note: high-cardinality (town)" in said


def test_nothing_to_say_is_said(well, write):
    rows = [(row * 37 % 91 / 10, "ab"[row * row % 7 % 2]) for row in range(90)]
    assert "Findings: none" in well("look", write(("x", "kind"), rows), "--target", "kind").out


def test_names_and_cells_are_harmless(well, write):
    rows = [("\x1b[2J" + "ab"[row % 2], "{0}", row % 2) for row in range(60)]
    path = write(("\x1b[31mred", "na{me}", "kind"), rows)
    said = well("look", path, "--target", "kind").out
    assert "target-in-a-column (\\x1b[31mred)" in said
    assert said.replace("\n", "").isprintable()
