"""The networks of the corpus, as scripts, notebooks and folders, and their variants."""

from __future__ import annotations

import ast
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mutations import variants

HERE = Path(__file__).parent
GROUPS = ("known", "fresh")
CELL = "# %%CELL "
MAGIC = re.compile(r"^(\s*)([%!])", re.M)


@dataclass(frozen=True)
class Subject:
    """A network to check: correct as it stands in the corpus, or with one mistake.

    Attributes:
        group: `known` or `fresh`.
        name: Of its file, or of its folder.
        files: The text of each file by its path; the first is the one to check.
        cause: Of the mistake; None in a correct one.
        operator: How the mistake was made.
        file: In which of the files, and at which line.
        line: Counted from 1, in the correct text (of a notebook: of all code cells together).
    """

    group: str
    name: str
    files: tuple[tuple[str, str], ...]
    cause: str | None = None
    operator: str = ""
    file: str = ""
    line: int = 0

    def write(self, folder: Path) -> Path:
        """Puts its files into a folder; the path of the one to check."""
        for path, text in self.files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        return folder / self.files[0][0]


def subjects(groups: tuple[str, ...] = GROUPS) -> list[Subject]:
    """The correct networks of the corpus."""
    return [
        Subject(group, path.name, read(path))
        for group in groups
        for path in sorted((HERE / group).iterdir())
        if path.is_dir() or path.suffix in (".py", ".ipynb")
    ]


def read(path: Path) -> tuple[tuple[str, str], ...]:
    """The files of a script, a notebook or a folder, `main.py` first."""
    if not path.is_dir():
        return ((path.name, path.read_text()),)
    files = sorted(path.glob("*.py"), key=lambda one: (one.name != "main.py", one.name))
    return tuple((f"{path.name}/{one.name}", one.read_text()) for one in files)


def variants_of(subject: Subject) -> Iterator[Subject]:
    """Every variant of a network with one mistake in one of its files."""
    for place, (path, text) in enumerate(subject.files):
        notebook = path.endswith(".ipynb")
        for variant in variants(code_of(text) if notebook else text):
            new = with_code(text, variant.source) if notebook else variant.source
            files = list(subject.files)
            files[place] = (path, new)
            yield Subject(
                subject.group,
                subject.name,
                tuple(files),
                variant.cause,
                variant.operator,
                path,
                variant.line,
            )


def chosen(subject: Subject, causes: list[str], limit: int | None, seed: int) -> list[Subject]:
    """Its variants of some causes, of each at most so many, drawn at random."""
    by_cause: dict[str, list[Subject]] = defaultdict(list)
    for one in variants_of(subject):
        if not causes or one.cause in causes:
            by_cause[str(one.cause)].append(one)
    draw = random.Random(f"{seed} {subject.name}")
    found = []
    for ones in by_cause.values():
        some = ones if limit is None or len(ones) <= limit else draw.sample(ones, limit)
        found += sorted(some, key=lambda one: (one.line, one.operator))
    return found


def code_of(notebook: str) -> str:
    """The code cells of a notebook as one text that parses, each behind a line that marks it."""
    cells = json.loads(notebook)["cells"]
    texts = []
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            source = MAGIC.sub(r"\1# MAGIC \2", "".join(cell["source"]))
            texts.append(f"{CELL}{number}\n{source}\n")
    code = "".join(texts)
    ast.parse(code)
    return code


def with_code(notebook: str, code: str) -> str:
    """The notebook with its code cells from such a text."""
    whole = json.loads(notebook)
    for part in code.split(CELL)[1:]:
        number, _, source = part.partition("\n")
        source = source.removesuffix("\n").replace("# MAGIC ", "")
        whole["cells"][int(number)]["source"] = source.splitlines(keepends=True)
    return json.dumps(whole, indent=1)
