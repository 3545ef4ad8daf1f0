"""Nothing is claimed that is not executed: the code of the README and the docs runs here."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


def load_runner():  # the tests' folders are no packages, so the helper is imported by its path
    spec = importlib.util.spec_from_file_location(
        "docs_runner", Path(__file__).with_name("runner.py")
    )
    module = sys.modules["docs_runner"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


runner = load_runner()
README = runner.ROOT / "README.md"
FILES = [README, *sorted((runner.ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(runner.ROOT)))
def test_the_code_of_a_file_runs_and_prints_what_it_says(file: Path, tmp_path: Path) -> None:
    runner.run_file(file, tmp_path)


def test_the_readme_has_code_that_runs() -> None:
    text = README.read_text(encoding="utf-8")
    kinds = {block.kind for block in runner.read_blocks(text)}
    assert not text.strip() or {"python", "console"} <= kinds


# The runner itself: a check that cannot fail checks nothing.


def run(text: str, tmp_path: Path) -> int:
    file = tmp_path / "page.md"
    file.write_text(text, encoding="utf-8")
    folder = tmp_path / "workplace"
    folder.mkdir()
    return runner.run_file(file, folder)


RIGHT = {
    "python shares one namespace": "```python\na = 1\n```\nand\n```python\nassert a == 1\n```",
    "python prints the text": "```python\nprint(1 + 1)\n```\n\n```text\n2\n```",
    "text elsewhere is not compared": "```python\nprint(1)\n```\nso\n```text\nanything\n```",
    "a command": "```console\n$ echo one; echo two >&2\none\ntwo\n```",
    "two commands and silence": "```console\n$ true\n$ echo x\nx\n```",
    "an exit status": "```console\n$ echo no; exit 3\nno\n# exit status 3\n```",
    "dots in a line": "```console\n$ echo took 0.31 s\ntook ... s\n```",
    "dots for lines": "```console\n$ seq 9\n1\n...\n8\n9\n```",
    "dots twice": "```console\n$ seq 3000\n1\n...\n7\n8\n...\n3000\n```",
    "dots for no line": "```console\n$ echo 1\n...\n1\n...\n```",
    "a command on two lines": "```console\n$ echo a \\\n    b\na b\n```",
    "the examples are there": "```console\n$ head -c 10 examples/sleep.csv; echo\nAge,Gender\n```",
    "one folder": "```python\nopen('f', 'w').close()\n```\n```console\n$ ls f\nf\n```",
    "an example is imported": "```python\nfrom examples.plain_mlp import softmax\n```",
    "in a list": "- so:\n\n  ```python\n  if True:\n      print(1)\n  ```\n\n  ```text\n  1\n  ```",
    "the main module": "```python\nprint(__name__)\n```\n```text\n__main__\n```",
}

WRONG = {
    "python raises": ("```python\n1 / 0\n```", "ZeroDivisionError"),
    "python does not parse": ("```python\n1 +\n```", "SyntaxError"),
    "python warns": ("```python\nimport warnings\nwarnings.warn('old')\n```", "UserWarning"),
    "python prints something else": ("```python\nprint(1)\n```\n```text\n2\n```", r"-2\n\+1"),
    "python prints nothing": ("```python\na = 1\n```\n```text\n2\n```", "-2"),
    "a command prints something else": ("```console\n$ echo 1\n2\n```", r"-2\n\+1"),
    "a command prints more": ("```console\n$ seq 2\n1\n```", r"\+2"),
    "a command prints less": ("```console\n$ seq 2\n1\n2\n3\n```", "-3"),
    "a silent command prints": ("```console\n$ echo 1\n```", r"\+1"),
    "only the second command is wrong": ("```console\n$ true\n$ echo 1\n2\n```", "line 3"),
    "a command fails": ("```console\n$ false\n```", "ends with 1, not 0"),
    "a command should fail": ("```console\n$ true\n# exit status 2\n```", "ends with 0, not 2"),
    "no such command": ("```console\n$ no-such-command\n...\n```", "ends with 127"),
    "dots do not excuse the rest": ("```console\n$ seq 9\n1\n...\n8\n```", r"\+9"),
    "dots keep the order": ("```console\n$ seq 9\n...\n5\n...\n3\n...\n```", "something else"),
    "dots take no line twice": ("```console\n$ seq 2\n1\n2\n...\n2\n```", "something else"),
    "python exits": ("```python\nraise SystemExit(0)\n```", "SystemExit"),
    "dots in a line stay in the line": ("```console\n$ seq 2\n1...2\n```", "prints something else"),
    "signs of a pattern are plain": ("```console\n$ echo abc\na.c\n```", "-a.c"),
    "a block without a command": ("```console\nhelder look\n```", r"`\$ command`"),
    "an empty block": ("```console\n```", "without a whole command"),
    "an open block": ("text\n```python\na = 1\n", "line 2 is never closed"),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT.keys())
def test_the_runner_accepts_what_is_right(text: str, tmp_path: Path) -> None:
    assert run(text, tmp_path) >= 1


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG.keys())
def test_the_runner_refuses_what_is_wrong(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(runner.DocsError, match=said):
        run(text, tmp_path)


def test_the_runner_counts_blocks_and_skips_other_kinds(tmp_path: Path) -> None:
    text = "```sh\nexit 1\n```\n````markdown\n```python\n1 / 0\n```\n````\n```python\na = 1\n```\n"
    assert run(text, tmp_path) == 1


def test_commands_come_from_beside_the_interpreter(tmp_path: Path) -> None:
    here = Path(sys.executable).parent
    text = f"```console\n$ command -v python\n{here / 'python'}\n```"
    assert run(text, tmp_path) == 1


def test_the_runner_leaves_nothing_behind(tmp_path: Path) -> None:
    before = Path.cwd(), sys.path[:]
    with pytest.raises(runner.DocsError):
        run("```python\nimport examples.make_sleep\n1 / 0\n```", tmp_path)
    assert (Path.cwd(), sys.path[:]) == before
    assert "examples.make_sleep" not in sys.modules
