"""Runs the code blocks of a Markdown file and holds what they print against what the file says.

All blocks of one file run in the order in which they stand, in one temporary folder that holds a
copy of `examples/`; a file that one block writes is there for the next.

- A ```python block runs in one namespace per file. Where a ```text block follows it, with nothing
  but empty lines between, its standard output must be that text.
- A ```console block holds commands, each on a line that starts with `$ ` (a line that ends in a
  backslash goes on in the next one), each followed by what it prints, standard error included.
  A command with nothing after it must print nothing. `helder` is the one beside the running
  interpreter. The exit status must be 0, unless a line `# exit status N` stands in its output.
- In what is expected, `...` inside a line stands for any text, and a line of `...` alone for any
  number of lines, none included. Blanks at the end of lines and empty lines at the end of the
  output are not compared.
- A block of any other kind is not run: use ```sh for what must not be.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import re
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# What changes how others' commands print: colours where asked, and pytest's messages whole in CI.
UNWANTED = {"FORCE_COLOR", "CLICOLOR_FORCE", "CI", "BUILD_NUMBER"}
SECONDS = 300  # that one command may take
STATUS = re.compile(r"# exit status (\d+)\s*")
FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,}) *(?P<kind>[^\s`]*)[^`]*$")


class DocsError(AssertionError):
    """Something in a Markdown file is not so."""


@dataclass
class Block:
    """One fenced block: its kind, the number of its first line of text, and its lines."""

    kind: str
    line: int
    lines: list[str] = field(default_factory=list)
    follows: bool = False  # nothing but empty lines since the block before it


@dataclass
class Command:
    """One command of a console block, what it should print and how it should end."""

    line: int
    text: str
    expected: list[str] = field(default_factory=list)
    status: int = 0


def read_blocks(text: str) -> list[Block]:
    """Find the fenced blocks of a Markdown text."""
    blocks: list[Block] = []
    fence, indent, adjacent = "", 0, False
    for number, line in enumerate(text.splitlines(), start=1):
        found = FENCE.match(line)
        if not fence:
            if found:
                fence, indent = found["fence"], len(found["indent"])
                kind = found["kind"].lower()
                blocks.append(Block(kind, number + 1, follows=adjacent))
            elif line.strip():
                adjacent = False
        elif found and found["fence"].startswith(fence) and not found["kind"]:
            fence, adjacent = "", True
        else:
            blank = len(line) - len(line.lstrip(" "))
            blocks[-1].lines.append(line[min(indent, blank) :])
    if fence:
        raise DocsError(f"the block that starts at line {blocks[-1].line - 1} is never closed")
    return blocks


def read_commands(block: Block) -> list[Command]:
    """Take a console block apart into its commands."""
    commands: list[Command] = []
    unfinished = False
    for number, line in enumerate(block.lines, start=block.line):
        if unfinished:
            commands[-1].text += "\n" + line
        elif line.startswith("$ "):
            commands.append(Command(number, line[2:]))
        elif not commands:
            raise DocsError(f"line {number}: a console block starts with a line `$ command`")
        elif found := STATUS.fullmatch(line):
            commands[-1].status = int(found[1])
            continue
        else:
            commands[-1].expected.append(line)
            continue
        unfinished = line.endswith("\\")
    if not commands or unfinished:
        raise DocsError(f"line {block.line}: a console block without a whole command")
    return commands


def line_matches(wanted: str, printed: str) -> bool:
    """Say whether a line is the expected one, where `...` stands for any text."""
    return re.fullmatch(".*".join(map(re.escape, wanted.split("..."))), printed) is not None


def matches(expected: list[str], printed: list[str]) -> bool:
    """Say whether the lines are the expected ones, where a line of `...` stands for any number."""
    runs: list[list[str]] = [[]]  # of lines between the lines of `...`
    for line in expected:
        if line.strip() == "...":
            runs.append([])
        else:
            runs[-1].append(line)

    def stands_at(start: int, run: list[str]) -> bool:
        there = printed[start : start + len(run)]
        return len(there) == len(run) and all(map(line_matches, run, there))

    first, last = runs[0], runs[-1]
    if len(runs) == 1:
        return len(printed) == len(first) and stands_at(0, first)
    end = len(printed) - len(last)
    if end < len(first) or not stands_at(0, first) or not stands_at(end, last):
        return False
    place = len(first)
    for run in runs[1:-1]:  # the earliest place leaves the most room for the runs after it
        while place + len(run) <= end and not stands_at(place, run):
            place += 1
        place += len(run)
    return place <= end


def tidy(text: str) -> list[str]:
    """Cut a text into lines without the blanks that nobody sees."""
    text = text.rstrip()
    return [line.rstrip() for line in text.split("\n")] if text else []


def compare(where: str, expected: list[str], output: str) -> None:
    """Fail, showing both texts, unless the output is what was expected."""
    wanted, printed = tidy("\n".join(expected)), tidy(output)
    if not matches(wanted, printed):
        lines = difflib.unified_diff(wanted, printed, "file", "printed", lineterm="")
        raise DocsError("\n".join([f"{where} prints something else", *lines]))


def environment() -> dict[str, str]:
    """Set up what a command sees: this interpreter's commands first, plain text, a fixed width."""
    plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100", "PYTHONUTF8": "1"}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    outside = {k: v for k, v in os.environ.items() if k not in UNWANTED}
    return {**outside, **plain, "PATH": path}


def run_console(name: str, block: Block, folder: Path) -> None:
    """Run a console block's commands and compare what each prints and how it ends."""
    for command in read_commands(block):
        where = f"{name}, line {command.line}: `{command.text}`"
        done = subprocess.run(
            ["/bin/sh", "-c", command.text],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=SECONDS,
        )
        if done.returncode != command.status:
            raise DocsError(
                f"{where} ends with {done.returncode}, not {command.status}\n{done.stdout}"
            )
        compare(where, command.expected, done.stdout)


def run_python(name: str, block: Block, namespace: dict[str, Any]) -> str:
    """Run a Python block in this process and give what it prints on standard output."""
    source = "\n" * (block.line - 1) + "\n".join(block.lines)  # tracebacks name the file's lines
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            exec(compile(source, name, "exec", dont_inherit=True), namespace)
    except (Exception, SystemExit) as error:
        raise DocsError(f"{name}, line {block.line}\n{traceback.format_exc()}") from error
    return output.getvalue()


@contextlib.contextmanager
def workplace(folder: Path) -> Iterator[None]:
    """Copy the examples into the folder, work there, and leave nothing of it behind."""
    shutil.copytree(ROOT / "examples", folder / "examples", dirs_exist_ok=True)
    path, modules = sys.path[:], set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        sys.path[:] = path
        for module in set(sys.modules) - modules:
            file = getattr(sys.modules[module], "__file__", None) or ""
            if file.startswith(str(folder)):
                del sys.modules[module]


def run_file(file: Path, folder: Path) -> int:
    """Run every block of a Markdown file; give how many ran, or raise `DocsError`."""
    name = file.name
    namespace: dict[str, Any] = {"__name__": "__main__"}
    ran = 0
    with workplace(folder):
        output = None  # of the Python block just before
        for block in read_blocks(file.read_text(encoding="utf-8")):
            if block.kind == "text" and block.follows and output is not None:
                compare(f"{name}, line {block.line}: the block before it", block.lines, output)
            output = None
            if block.kind == "python":
                output = run_python(name, block, namespace)
                ran += 1
            elif block.kind == "console":
                run_console(name, block, folder)
                ran += 1
    return ran
