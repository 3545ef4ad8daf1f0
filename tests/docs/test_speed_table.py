"""The README quotes docs/speed.md: every figure of its table stands there, under the same shape."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COLUMNS = ("helder native", "scikit-learn", "PyTorch fused", "JAX scan", "limit")


def measured() -> dict[str, dict[str, tuple[str, str]]]:
    """For each shape and racer the time of an update, and how many times ours it is."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    shape = ""
    for line in (ROOT / "docs" / "speed.md").read_text(encoding="utf-8").splitlines():
        if start := re.match(r"\| (S\d): [^|]+ \| µs per update \| times ours \|", line):
            shape = start[1]
        elif line == "":
            shape = ""
        elif shape and (row := re.match(r"\| ([^|]+) \| ([\d.]+) \| ([\d.]+) \|", line)):
            found.setdefault(shape, {})[row[1]] = (row[2], row[3])
    return found


def test_the_readme_quotes_what_was_measured():
    quoted = re.findall(
        r"^\| (S\d): [^|]+ \| ([\d.]+) µs \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$",
        (ROOT / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    table = measured()
    assert [row[0] for row in quoted] == ["S0", "S1", "S2", "S3", "S4"]
    for shape, ours, *times in quoted:
        racers = table[shape]
        assert ours == racers["helder native"][0]
        assert times == [racers[name][1] for name in COLUMNS[1:]]
