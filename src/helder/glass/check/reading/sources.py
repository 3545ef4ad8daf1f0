"""Somebody's file and the modules beside it that it imports: read, parsed, never run."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helder.errors import DataError, HelderError, place
from helder.glass.check.reading.definitions import Definition, definitions
from helder.glass.check.reading.files import Parsed, read
from helder.glass.check.reading.hoisting import hoisted
from helder.glass.check.reading.loops import Loop, calls, loops
from helder.glass.check.reading.modules import absolute
from helder.glass.check.reading.python_2 import OLD_NAMES
from helder.table.contents import shown_path
from helder.text import say

MOST_SIBLINGS = 30
MINE = "mine"  # what an adapter may call the file that it is for, whose name may be no module's
MOST_CHARACTERS = 2 << 20  # of the file and its siblings together


@dataclass(frozen=True)
class Source:
    """A file of the person's.

    Attributes:
        name: Of the module: `net`, `nn.layers`.
        path: Where it stands.
        text: What parses; its lines are the file's (of a notebook: of its cells joined).
        tree: Its syntax tree.
        cells: Of a notebook: the line of `text` at which each cell of code begins.
        python_2: The first line that only Python 2 understands; None where there is none.
        is_package: Whether it is the `__init__.py` of a folder.
    """

    name: str
    path: Path
    text: str
    tree: ast.Module
    cells: tuple[int, ...] = ()
    python_2: int | None = None
    is_package: bool = False

    def cell_of(self, line: int) -> tuple[int | None, int]:
        """The cell of a notebook, from 1, and the line within it; no cell in a script."""
        cell = sum(start <= line for start in self.cells)
        return (cell, line - self.cells[cell - 1] + 1) if cell else (None, line)

    def place(self, line: int) -> str:
        """A line as a person finds it: `net.py, line 7`; `net.ipynb, cell 3, line 5`."""
        cell, within = self.cell_of(line)
        if cell is None:
            return place(shown_path(self.path.name), line)
        return f"{shown_path(self.path.name)}, cell {cell}, line {within}"

    @functools.cached_property
    def loops(self) -> tuple[Loop, ...]:
        """The loops of its top level, which a session runs by their names."""
        return loops(self.tree)

    @functools.cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """The calls of its top level, also of its `if __name__ == "__main__":`."""
        return calls(self.tree)


@dataclass(frozen=True)
class Sources:
    """A file and what it needs.

    Attributes:
        main: The file.
        siblings: The modules beside it that it imports; each after those that it imports itself.
        said: What a person should know of how they were read.
    """

    main: Source
    siblings: tuple[Source, ...] = ()
    said: tuple[str, ...] = ()

    @functools.cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """What the file and then the modules beside it define."""
        own = definitions(self.main.tree, self.main.path.name)
        others = [definitions(s.tree, s.path.name, s.name) for s in self.siblings]
        return own + tuple(found for each in others for found in each)

    @property
    def trees(self) -> list[ast.Module]:
        """The syntax tree of the file, and those of the modules beside it."""
        return [source.tree for source in (self.main, *self.siblings)]

    def place(self, line: int, module: str = "") -> str:
        """A line of the file, or of a module beside it, as a person finds it."""
        named = {source.name: source for source in self.siblings}
        return named.get(module, self.main).place(line)


def read_sources(path: Path | str, mine: Path | None = None) -> Sources:
    """Reads a script or a notebook, and the modules beside it that it imports.

    Args:
        path: Of the file.
        mine: Of an adapter: the person's file, which it may import as `mine`; its folder is
            another one in which modules may stand.

    Raises:
        ArgumentError: The file is neither.
        DataError: It is not there, too large, no text, no Python, or holds no code.
    """
    path = Path(path)
    found = read(path)
    if not found.tree.body:
        raise DataError("this file holds no code", where=shown_path(str(path)))
    main = source("", path, found)
    siblings = Siblings(path.resolve(), None if mine is None else mine.resolve())
    siblings.follow(main)
    said = [sentence for one in (main, *siblings.found) for sentence in reading_said(one)]
    cells = [
        say("loading.cell_left_out", place=f"{shown_path(path.name)}, cell {cell}", message=why)
        for cell, why in found.left_out
    ]
    return Sources(main, tuple(siblings.found), (*said, *cells, *siblings.said))


def source(name: str, path: Path, found: Parsed) -> Source:
    python_2 = found.python_2 or old_name(found.tree)
    is_package = path.name == "__init__.py" and name != ""
    tree = hoisted(found.tree)
    return Source(name, path, found.text, tree, found.cells, python_2, is_package)


def old_name(tree: ast.Module) -> int | None:
    """The first line that uses a name of Python 2 that the file does not define itself."""
    own: set[str] = set()
    uses: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                uses.append((node.lineno, name))
            case ast.Name(id=name) | ast.arg(arg=name):
                own.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                own.add(name)
            case ast.alias(name=name, asname=known):
                own.add(known or name)
    return min((line for line, name in uses if name in set(OLD_NAMES) - own), default=None)


def reading_said(one: Source) -> Iterator[str]:
    if one.python_2 is not None:
        yield say("loading.python_2", place=one.place(one.python_2))


class Siblings:
    """The modules beside a file, found by following imports."""

    def __init__(self, main: Path, mine: Path | None = None) -> None:
        self.folders = [main.parent] if mine is None else [main.parent, mine.parent]
        self.main, self.mine = main, mine
        self.found: list[Source] = []
        self.said: list[str] = []
        self.met: set[str] = set()
        self.taken = 0
        self.characters = 0

    def follow(self, importer: Source) -> None:
        """Reads what a module imports, each before the module that needs it."""
        for name in imported(importer):
            if name in self.met:
                continue
            self.met.add(name)
            path = self.file_of(name)
            if path is not None:
                self.take(name, path)

    def file_of(self, name: str) -> Path | None:
        """The file of a module, where it stands within the folder of the main one."""
        if self.mine is not None and name in (MINE, self.mine.stem):
            return self.mine
        found = (path_in(folder, name) for folder in self.folders)
        path = next((path for path in found if path is not None), None)
        return None if path is None or path.resolve() == self.main else path

    def take(self, name: str, path: Path) -> None:
        self.taken += 1
        if self.taken > MOST_SIBLINGS:
            self.say_once(say("loading.too_many_modules", most=MOST_SIBLINGS))
            return
        try:
            one = source(name, path, read(path))
        except HelderError as problem:
            self.said.append(say("loading.module_unreadable", message=str(problem).split("\n")[0]))
            return
        self.characters += len(one.text)
        if self.characters > MOST_CHARACTERS:
            self.say_once(say("loading.too_many_modules", most=MOST_SIBLINGS))
            return
        self.follow(one)
        self.found.append(one)

    def say_once(self, sentence: str) -> None:
        if sentence not in self.said:
            self.said.append(sentence)


def path_in(folder: Path, name: str) -> Path | None:
    """The file of a module within a folder, which may itself be the package."""
    first, *rest = name.split(".")
    is_the_package = first == folder.name and not (folder / first).exists()
    inner = rest if is_the_package and rest else [first, *rest]
    base = folder.joinpath(*inner)
    for path in (base / "__init__.py", base.with_name(f"{base.name}.py")):
        if is_file(path) and folder in path.resolve().parents:
            return path
    return None


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than a file's may be
        return False


def imported(importer: Source) -> list[str]:
    """The full names of the modules that a module may import, packages before what they hold."""
    names: list[str] = []
    for node in ast.walk(importer.tree):
        match node:
            case ast.Import():
                names += [alias.name for alias in node.names]
            case ast.ImportFrom():
                base = absolute(node.module or "", node.level, importer.name, importer.is_package)
                if base is not None:
                    inner = [alias.name for alias in node.names if alias.name != "*"]
                    names += [base, *(f"{base}.{name}".lstrip(".") for name in inner)]
            case ast.Call(func=ast.Name("__import__"), args=[ast.Constant(value=str(name)), *_]):
                names.append(name)  # of a module whose name is no word: `1-layer`
    parts = [name.split(".") for name in names if name]
    prefixes = [".".join(p[: n + 1]) for p in parts for n in range(len(p))]
    return list(dict.fromkeys(prefixes))
