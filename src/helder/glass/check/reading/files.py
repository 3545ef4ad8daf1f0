"""Reads somebody's file, a script or a notebook, as text that parses."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helder.errors import ArgumentError, DataError, place
from helder.glass.check.reading.python_2 import mended
from helder.table.contents import shown_path
from helder.table.encoding import check_file

LARGEST_FILE = 1 << 20  # bytes
MOST_CHARACTERS = 1 << 20  # of the code within a notebook
DEEPEST = 150  # nodes one within the other, so that whoever walks a tree never falls
ENDINGS = (".py", ".ipynb")
KEPT_CELL_MAGICS = ("time", "timeit", "capture", "prun", "python", "python3", "pypy", "debug")
LINE_MAGIC = re.compile(r"^(\s*)(?:[%!?]|[\w.]+\s*=\s*[%!]|[\w.]+\?{1,2}\s*$|get_ipython\(\))")


@dataclass(frozen=True)
class Parsed:
    """The code of a file.

    Attributes:
        text: What parses: magics removed, Python 2 mended, the lines where they were.
        tree: Its syntax tree.
        cells: Of a notebook: the line of `text` at which each cell of code begins, from 1.
        left_out: Of a notebook: the cells, from 1, that are no Python, and why.
        python_2: The first line that only Python 2 understands.
    """

    text: str
    tree: ast.Module
    cells: tuple[int, ...] = ()
    left_out: tuple[tuple[int, str], ...] = ()
    python_2: int | None = None


def read(path: Path) -> Parsed:
    """The code of a script or a notebook.

    Raises:
        ArgumentError: The file is neither.
        DataError: It is not there, is too large, is no text, is no Python or holds no code.
    """
    where = shown_path(str(path))
    if path.suffix.lower() not in ENDINGS:
        check_file(path)  # what is not there, or a folder, is said first
        raise ArgumentError(
            "this is neither a Python file nor a notebook",
            got=path.suffix or path.name,
            accepted=" or ".join(ENDINGS),
            where=where,
        )
    data = bytes_of(path, where)
    if path.suffix.lower() == ".ipynb":
        return notebook(data, where)
    text = decoded(data, where)
    try:
        return parsed(text)
    except SyntaxError as problem:
        try:
            return parsed(without_magics(text))  # as when a notebook is saved as a script
        except SyntaxError:
            raise no_python(problem, where) from None


def bytes_of(path: Path, where: str) -> bytes:
    """The bytes of a file that is there and not too large."""
    check_file(path)
    try:
        with path.open("rb") as file:
            data = file.read(16 * LARGEST_FILE + 1)  # a notebook holds its pictures too
    except OSError as problem:
        raise DataError("this file cannot be read", got=str(problem), where=where) from None
    if len(data) > LARGEST_FILE * (16 if path.suffix.lower() == ".ipynb" else 1):
        raise too_large(where)
    return data


def too_large(where: str) -> DataError:
    return DataError(
        "this file is too large for code that a person wrote",
        accepted=f"at most {LARGEST_FILE >> 20} MiB of code",
        hint="keep data in files of their own",
        where=where,
    )


def decoded(data: bytes, where: str) -> str:
    """Text by its byte-order mark, its declared encoding, UTF-8, or else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            text = data.decode(encoding)
        except (SyntaxError, LookupError, UnicodeDecodeError, ValueError):
            text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError("this file is binary, not Python", where=place(where, line))
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def parsed(text: str) -> Parsed:
    """The code as Python 3, or as Python 2 with simple edits.

    Raises:
        SyntaxError: It is neither; also where it is nested too deeply for Python's own parser.
    """
    try:
        return Parsed(text, tree_of(text))
    except SyntaxError as problem:
        mended_text, line = mended(text)
        if line is None:
            raise
        try:
            return Parsed(mended_text, tree_of(mended_text), python_2=line)
        except SyntaxError as later:  # what went further says more
            raise max(problem, later, key=lambda error: error.lineno or 0) from None


def tree_of(text: str) -> ast.Module:
    """The syntax tree; raises SyntaxError for all that keeps Python from making one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that a text should not hold
            tree = ast.parse(text)
        if depth(tree) > DEEPEST:
            raise RecursionError
        return tree
    except (RecursionError, MemoryError):
        raise SyntaxError("nested too deeply") from None
    except (ValueError, OverflowError) as problem:
        raise SyntaxError(str(problem)) from None


def depth(tree: ast.AST) -> int:
    """How many nodes stand one within the other."""
    level, nodes = 0, [tree]
    while nodes:
        level += 1
        nodes = [child for node in nodes for child in ast.iter_child_nodes(node)]
    return level


def no_python(problem: SyntaxError, where: str) -> DataError:
    line = f"line {problem.lineno}: " if problem.lineno else ""
    return DataError(
        "this file is no Python",
        got=f"{line}{problem.msg}",
        hint="does `python FILE` accept it?",
        where=where,
    )


# Notebooks


def notebook(data: bytes, where: str) -> Parsed:
    """The cells of code of a notebook one after the other; those that are no Python left out."""
    sources = cell_sources(data, where)
    if sum(map(len, sources)) > MOST_CHARACTERS:
        raise too_large(where)
    texts: list[str] = []
    starts: list[int] = []
    left_out: list[tuple[int, str]] = []
    python_2 = None
    line = 1
    for number, source in enumerate(sources, start=1):
        text, problem, old = cell_text(source)
        if problem is not None:
            left_out.append((number, problem))
        if old is not None:
            python_2 = python_2 or line + old - 1
        starts.append(line)
        texts.append(text)
        line += text.count("\n") + 1
    if len(left_out) == len(sources):
        raise DataError(
            "no cell of this notebook is Python",
            got=f"cell {left_out[0][0]}: {left_out[0][1]}" if left_out else None,
            where=where,
        )
    joined = "\n".join(texts)
    return Parsed(joined, tree_of(joined), tuple(starts), tuple(left_out), python_2)


def cell_sources(data: bytes, where: str) -> list[str]:
    """The sources of the cells of code; raises DataError where the file is no notebook."""
    try:
        content: Any = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise DataError("this file is no notebook", got=str(problem), where=where) from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise DataError(
            "this file is no notebook",
            accepted="JSON with `cells`, as version 4 of the format has it",
            where=where,
        )
    code = [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    sources = [cell.get("source", "") for cell in code]
    return ["".join(map(str, s)) if isinstance(s, list) else str(s) for s in sources]


def cell_text(source: str) -> tuple[str, str | None, int | None]:
    """The text of a cell, why it was left out, and its first line of Python 2."""
    text = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    for attempt in (text, without_magics(text)):
        try:
            found = parsed(attempt)
        except SyntaxError as problem:
            why = problem.msg
            continue
        return found.text, None, found.python_2
    return "\n" * text.count("\n"), why, None


def without_magics(text: str) -> str:
    """The text with what only IPython understands blanked, each line where it was."""
    lines = text.split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%"):
        if first[2:].split(" ")[0] not in KEPT_CELL_MAGICS:
            return "\n" * (len(lines) - 1)  # a cell of another language
        lines[next(i for i, line in enumerate(lines) if line.strip())] = ""
    continued = False
    for number, line in enumerate(lines):
        found = LINE_MAGIC.match(line)
        if found or continued:
            lines[number] = f"{found[1]}pass" if found else ""
            continued = line.endswith("\\")
    return "\n".join(lines)
