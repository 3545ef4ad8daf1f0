"""What is found of a network alone, as the tests of many styles ask for it."""

from __future__ import annotations

import functools
import tempfile
import textwrap
from pathlib import Path

from helder.glass.check.deadline import Deadline
from helder.glass.check.findings import NetworkCheck
from helder.glass.check.network.checking import check_network
from helder.glass.check.reading.sources import read_sources
from helder.glass.check.sessions.sandbox import Sandbox


@functools.cache
def checked(text: str, seconds: float = 15) -> NetworkCheck:
    """Of a text, as a file of its own; of the same text once, however many tests ask."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return checked_file(path, seconds)


def checked_file(path: Path, seconds: float = 15) -> NetworkCheck:
    """Of a file."""
    sources = read_sources(path)
    with Sandbox(sources, Deadline.after(20)) as session:
        until = Deadline.after(seconds)
        found = check_network(session, sources.definitions, [], sources, until)
    assert found is not None
    return found
