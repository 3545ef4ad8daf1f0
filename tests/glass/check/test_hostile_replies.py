"""What comes back from hostile code, and how its process ends: nothing hurts us or stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest
from hostile import GOOD, LONGEST, is_alive, opened, still_there, written

pytestmark = pytest.mark.usefixtures("impatient")

RETURNS = {
    "a gigabyte": "np.zeros(2**27)",
    "a text of a hundred megabytes": "'x' * 10**8",
    "a list in itself": "[endless]",
    "a million numbers in a list": "list(range(10**6))",
    "numbers without end": "__import__('itertools').count()",
    "a number of a million digits": "10 ** 10**6",
    "twenty megabytes": "[np.zeros(10**6), np.zeros(10**6), np.zeros(5 * 10**5)]",
    "objects in an array": "np.array([object(), None])",
    "records": "np.zeros(2, dtype=[('a', float)])",
    "an array of lists": "np.array([[1], [1, 2]], dtype=object)",
    "half of a character": "'\\ud800'",
    "a class": "Odd",
    "an instance that lies": "Odd()",
}


def test_whatever_is_returned_is_answered(tmp_path, victim):
    odd = """
        endless = []
        endless.append(endless)

        class Odd(list):
            def __iter__(self): raise KeyboardInterrupt
            def __eq__(self, other): raise SystemExit
            def __repr__(self): return 1
            def __getattribute__(self, name): raise MemoryError
    """
    functions = [f"def f{i}(): return {text}\n" for i, text in enumerate(RETURNS.values())]
    path = tmp_path / "net.py"
    path.write_text(GOOD + textwrap.dedent(odd) + "\n".join(functions))
    with opened(path, victim, seconds=8) as box:
        for number, what in enumerate(RETURNS):
            outcome = box.call(f"f{number}")
            assert outcome.problem is not None or outcome.value is not None, what
            assert is_alive(box), what
        assert box.starts == 1


FLOODS = {
    "noise": "os.write(number, b'x' * 1000)",
    "a frame of four gigabytes": "os.write(number, b'\\xff' * 8)",
    "frames nobody asked for": "os.write(number, b'\\x0c\\x00\\x00\\x00\\x04\\x00\\x00\\x00null')",
    "the pipe closed": "os.close(number)",
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_reply_that_is_none_ends_the_process(tmp_path, victim, flood):
    code = f"""
        import os
        def hurt():
            while True:
                for number in range(3, 12):
                    try:
                        {FLOODS[flood]}
                    except OSError:
                        pass
    """
    path = tmp_path / "net.py"
    path.write_text(GOOD + textwrap.dedent(code))
    with opened(path, victim, run_as_is=True) as box:
        assert box.call("hurt").problem.kind in ("Died", "TimeLimit")
        assert is_alive(box)


def test_objects_go_with_their_process(tmp_path, victim):
    code = "import os\nclass Net: pass\ndef hurt(): os._exit(1)\n"
    path = tmp_path / "net.py"
    path.write_text(GOOD + code)
    with opened(path, victim, run_as_is=True) as box:
        old = box.call("Net").value.handle
        assert box.call("hurt").problem.kind == "Died"
        assert box.read(old).problem.kind == "Died"
        assert box.call("Net").value.handle != old


def test_who_always_dies_is_given_up(tmp_path, victim):
    path = tmp_path / "net.py"
    path.write_text(GOOD + "import os\ndef hurt(): os._exit(1)\n")
    with opened(path, victim, run_as_is=True, seconds=8) as box:
        kinds = {box.call("hurt").problem.kind for _ in range(6)}
        assert kinds == {"Died"}
        assert box.call("good", np.ones(1)).problem.kind == "Died"


def test_all_together_has_a_limit(tmp_path, victim):
    path = written(tmp_path / "net.py", "function", ["loops for ever"] * 5, victim)
    start = time.monotonic()
    with opened(path, victim, seconds=1.5) as box:
        assert {box.call(f"hurt{at}").problem.kind for at in range(5)} == {"TimeLimit"}
        assert box.call("good", np.ones(1)).problem.kind == "TimeLimit"
        assert time.monotonic() - start < 4


def test_what_took_too_long_twice_is_not_called_again(tmp_path, victim):
    path = written(tmp_path / "net.py", "function", ["loops for ever"], victim)
    with opened(path, victim) as box:
        twice = [box.call("hurt0").problem.line for _ in range(2)]
        start = time.monotonic()
        assert [box.call("hurt0").problem.kind for _ in range(9)] == ["TimeLimit"] * 9
        assert time.monotonic() - start < 0.2
        assert None not in twice
        assert is_alive(box)


def test_a_statement_that_no_alarm_ends_is_left_out(tmp_path, victim):
    path = tmp_path / "net.py"
    path.write_text(GOOD + "large = 3 ** (7 ** 12)\nafter = 5\n")
    with opened(path, victim, seconds=8) as box:
        assert box.read("after").value == 5
        assert box.problems["large"].kind == "TimeLimit"
        assert is_alive(box)


def test_what_it_leaves_in_its_own_folder_goes(tmp_path, victim):
    code = """
        import os
        def hurt():
            os.makedirs("a/b")
            open("a/b/c", "w").close()
            os.chmod("a/b/c", 0)
            os.chmod("a/b", 0)
            os.chmod("a", 0)
            os.symlink(VICTIM, "link")
            return os.getcwd()
    """
    path = tmp_path / "net.py"
    path.write_text(f"VICTIM = {str(victim)!r}\n" + GOOD + textwrap.dedent(code))
    with opened(path, victim, run_as_is=True) as box:
        assert box.call("os.chdir", box.folder.name).problem is None
        assert box.call("hurt").value == os.path.realpath(box.folder.name)
        assert box.call("open", f"{box.folder.name}/link", "w").problem is not None


WAITING = """
import sys
from helder.glass.check.deadline import Deadline
from helder.glass.check.sessions.sandbox import Sandbox
from helder.glass.check.reading.sources import read_sources

with Sandbox(read_sources(sys.argv[1]), Deadline.after(60), run_as_is=True) as box:
    print(box.folder.name, flush=True)
    box.call("hurt0")
    print("went on")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_when_we_are_interrupted(tmp_path, victim, number):
    path = written(tmp_path / "net.py", "function", ["loops and swallows"], victim)
    command = [sys.executable, "-c", WAITING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as we:
        folder = we.stdout.readline().strip()
        assert still_there(folder) != []
        time.sleep(0.2)
        we.send_signal(number)
        assert "went on" not in we.communicate()[0]
    until = time.monotonic() + LONGEST
    while still_there(folder) and time.monotonic() < until:
        time.sleep(0.05)
    assert still_there(folder) == []
    assert os.path.exists(folder) == (number == signal.SIGKILL)  # then there is nobody to remove it
    if number == signal.SIGKILL:
        os.rmdir(folder)


def test_the_environment_is_not_handed_over(tmp_path, victim, monkeypatch):
    monkeypatch.setenv("SECRET", "42")
    path = tmp_path / "net.py"
    path.write_text("import os, sys\ndef f(): return dict(os.environ), sys.stdin.read()\n")
    with opened(path, victim, run_as_is=True) as box:
        environment, typed = box.call("f").value
        assert "SECRET" not in environment
        assert environment["HOME"] == box.folder.name
        assert typed == ""


def test_a_decorator_that_no_alarm_ends_is_taken_away(tmp_path, victim):
    path = tmp_path / "net.py"
    path.write_text(GOOD + "def wrap(f): return 3 ** (7 ** 12)\n\n@wrap\ndef f(): return 1\n")
    with opened(path, victim, seconds=8) as box:
        assert box.call("f").value == 1
        assert box.problems["f"].kind == "TimeLimit"
