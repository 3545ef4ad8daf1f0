"""The pages of the causes: the example that each shows, and what `helder check` says of it.

Run as a script, it writes anew what is said: `python tests/docs/cause_pages.py`.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from pathlib import Path

import helder
from helder.glass.check.causes import CAUSES
from helder.glass.check.findings import FileCheck
from helder.glass.check.telling.lesson import parts

PAGES = Path(__file__).parents[2] / "docs" / "causes"
EXAMPLE = re.compile(r"^```py\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
INTRODUCED = "\nWhat `helder check` says of it:\n\n"
SAID = re.compile(re.escape(INTRODUCED) + r"```text\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def page(cause: str) -> str:
    """The text of a page."""
    return (PAGES / f"{cause}.md").read_text(encoding="utf-8")


def example(cause: str) -> str:
    """The one file of Python that a page shows."""
    (found,) = EXAMPLE.findall(page(cause))
    return found


def quoted(cause: str) -> str | None:
    """What a page says that the check says."""
    found = SAID.search(page(cause))
    return found[1] if found else None


def checked(cause: str, folder: Path) -> FileCheck:
    """What the check finds in the example, as a file of the current folder."""
    (folder / "mine.py").write_text(example(cause), encoding="utf-8")
    with contextlib.chdir(folder):
        return helder.check("mine.py", seconds=60)  # however busy the machine is


def named(found: FileCheck) -> set[tuple[str, str]]:
    """The causes that were named, each with its verdict."""
    judged = [*found.functions, *([found.network] if found.network else [])]
    measured = {(cause, one.verdict) for one in judged for cause in one.causes}
    return measured | {(note.cause, CAUSES[note.cause]) for note in found.notes}


def said_of(found: FileCheck, cause: str) -> str:
    """The part of the lesson that names a cause, without how the code was found to be written."""
    for part in parts(found):
        if f"({cause})" in " ".join(part.lines):
            way = [at for at, line in enumerate(part.lines) if line.startswith("  your way")]
            return "\n".join([part.heading, *part.lines[: way[0] if way else None]])
    return ""


def main() -> None:
    for cause in CAUSES:
        with tempfile.TemporaryDirectory() as name:
            found = checked(cause, Path(name))
        text = SAID.sub("", page(cause))
        if (cause, CAUSES[cause]) in named(found):
            block = f"{INTRODUCED}```text\n{said_of(found, cause)}\n```\n"
            text = EXAMPLE.sub(lambda m, block=block: m[0] + block, text)
        else:
            print(f"{cause} is not found")
        (PAGES / f"{cause}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
