"""Whatever a file holds, what reaches the screen is words: no traceback, no control characters."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helder.cli.program import run

COMMAND = Path(sys.executable).with_name("helder")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PIECES = [
    b"a", b"b,c", b"1", b"2.5", b"7,5", b"1.234", b"-", b"NA", b"?", b"inf", b"1e999", b",", b";",
    b"\t", b"|", b'"', b'""', b"\n", b"\n", b"\r\n", b"\r", b" ", b"\x00", b"\x07", b"\x08",
    b"\x1b", b"\x1b[2J", b"\x1b]0;title\x07", b"\xc2\x9b31m", b"\x9b", b"\x7f",
    b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3\xa9", b"\xe9", b"sep=;", b"true", b"no",
    b"2024-01-31", b"[red]", b"<script>", b"{}", b"%s", b"{0.__class__}", b"99999999999999999999",
]  # fmt: skip
mangled = st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)
cells = st.sampled_from([p for p in PIECES if not set(p) & set(b',;\n\r"\t|\x00') and len(p) > 1])
tables = st.lists(st.tuples(cells, cells, cells).map(b",".join), min_size=2, max_size=30).map(
    b"\n".join
)


@pytest.mark.parametrize("source", [mangled, tables, st.binary(max_size=200)])
def test_mangled_files_are_looked_at_or_refused_in_words(source, tmp_path, capfd):
    path = tmp_path / "data.csv"

    @settings(max_examples=40, deadline=None, database=None)
    @given(source)
    def check(data: bytes) -> None:
        path.write_bytes(data)
        for options in ((), ("--json",), ("--target", "b")):
            status = run(["look", str(path), *options])
            out, err = capfd.readouterr()
            assert status in (0, 1)
            assert bool(out) == (status == 0)
            assert bool(err) == (status == 1)
            for text in (out, err):
                assert "Traceback" not in text
                assert "inside helder" not in text
                assert not CONTROLS.search(text), repr(text)

    check()


EVIL = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;owned\x07",
    "[bold red]markup[/]",
    "<script>alert(1)</script>",
    "two\nlines",
    "back\rwards",
    "c1\x9b31m",
    "turned\u202egnorw",
    "x" * 5000,
]


def on_a_terminal(folder: Path, *arguments: str) -> str:
    """All that a command writes where a person looks at it: a terminal for both streams."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    child = subprocess.Popen(
        [COMMAND, *arguments], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=env
    )
    os.close(theirs)
    said = b""
    with contextlib.suppress(OSError):  # how Linux says that the other side has closed
        while piece := os.read(ours, 65536):
            said += piece
    os.close(ours)
    assert child.wait(timeout=30) == 0, said
    return said.decode()


@pytest.fixture
def evil(write) -> str:
    """A table whose names, cells and labels do harm where somebody lets them."""
    rows = [(row % 17, EVIL[row % 3], EVIL[row % len(EVIL)]) for row in range(180)]
    return write(("\x1b[31mname\n[red]", "<b>" + "y" * 3000, "kind"), rows, "evil.csv")


def test_a_terminal_is_never_told_what_to_do(evil, well, folder):
    well("train", evil, "--target", "kind", "--epochs", 2, "--quiet", "--model", "m.helder")
    for arguments in (
        ("look", evil, "--target", "kind"),
        ("train", evil, "--target", "kind", "--epochs", "3"),
        ("evaluate", "m.helder", evil),
        ("predict", "m.helder", evil),
    ):
        said = on_a_terminal(folder, *arguments)
        assert "\x1b[31m" not in said, arguments
        assert "\x1b]" not in said
        assert "\x9b" not in said
        assert "\x07" not in said
        assert "wards" in said or "two" in said or "red" in said  # it is said, only harmlessly


def test_markup_and_html_are_letters_like_any_other(evil, well):
    said = well("look", evil, "--target", "kind").out
    assert "[bold red]markup[/]" in said
    assert "<script>alert(1)</script>" in said
    assert "two\\nlines" in said


def test_long_names_are_cut(evil, well):
    for said in (
        well("look", evil, "--target", "kind").out,
        well("train", evil, "--target", "kind", "--epochs", 2).out,
        well("evaluate", "evil.helder", evil).out,
    ):
        assert "xxxx" in said
        assert max(map(len, said.splitlines())) < 400


def test_json_gives_names_back_as_they_are(evil, well):
    well("train", evil, "--target", "kind", "--epochs", 2, "--quiet")
    for said in (
        well("look", evil, "--target", "kind", "--json"),
        well("predict", "evil.helder", evil, "--json"),
    ):
        assert not CONTROLS.search(said.out)
        classes = said.json.get("classes") or [
            one["name"] for one in said.json["target"]["classes"]
        ]
        assert set(classes) == set(EVIL)


def test_a_file_name_of_any_bytes(small, folder, well):
    name = os.fsdecode(b"s\x1b[31m\xff.csv")
    (folder / name).write_bytes((folder / small).read_bytes())
    answer = well("train", name, "--target", "answer", "--epochs", 2, "--json")
    assert not CONTROLS.search(answer.out)
    assert answer.json["model"] == name.replace(".csv", ".helder")
    said = on_a_terminal(folder, "train", name, "--target", "answer", "--epochs", "2")
    assert "\x1b[31m" not in said
    assert "s\\x1b[31m\\udcff.helder" in said


def test_progress_is_drawn_on_a_terminal_alone(small, folder, well):
    assert "Training" not in well("train", small, "--target", "answer", "--epochs", 5).out
    said = on_a_terminal(folder, "train", small, "--target", "answer", "--epochs", "5")
    assert "Training" in said
    assert "held out" in said
