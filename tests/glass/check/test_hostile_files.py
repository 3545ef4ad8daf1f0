"""Files that loop, fork, fill, delete, leave or lie: a clear answer, no harm, nothing left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from helder.glass.check import sandbox
from helder.glass.check.deadline import Deadline
from helder.glass.check.sandbox import Sandbox
from helder.glass.check.sources import read_sources

LONGEST = 12  # seconds for a file, on a machine that is busy with other things

GOOD = """
import numpy as np

def good(z):
    return np.maximum(0, z)

"""

# What a hostile piece of code does, as statements; {victim} is a file that must stay as it is.
ACTIONS = {
    "loops for ever": "while True: pass",
    "loops and swallows": """
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
    """,
    "sleeps and swallows": """
        import time
        while True:
            try:
                time.sleep(100)
            finally:
                continue
    """,
    "forks": """
        import os
        while True:
            os.fork()
    """,
    "prints a gigabyte": """
        while True:
            print("x" * 10**7)
    """,
    "allocates everything": """
        import numpy as np
        kept = []
        while True:
            kept.append(np.empty(10**7))
    """,
    "exits": "exit(3)",
    "exits through sys": """
        import sys
        sys.exit(0)
    """,
    "exits at once": """
        import os
        os._exit(0)
    """,
    "kills": """
        import os, signal
        os.kill(os.getppid(), signal.SIGKILL)
    """,
    "deletes": """
        import os
        os.remove({victim!r})
    """,
    "deletes a tree": """
        import os, shutil
        shutil.rmtree(os.path.dirname({victim!r}))
    """,
    "moves": """
        import os
        os.rename({victim!r}, {victim!r} + ".old")
    """,
    "writes outside": """
        with open({victim!r}, "w") as file:
            file.write("overwritten")
    """,
    "writes with NumPy": """
        import numpy as np
        np.zeros(3).tofile({victim!r})
    """,
    "opens a socket": """
        import socket
        socket.create_connection(("127.0.0.1", {port}))
    """,
    "starts a program": """
        import subprocess
        subprocess.run(["cp", "/dev/null", {victim!r}])
    """,
    "starts a shell": """
        import os
        os.system("cp /dev/null " + {victim!r})
    """,
    "asks": "input('How many layers? ')",
    "raises KeyboardInterrupt": "raise KeyboardInterrupt",
    "raises MemoryError": "raise MemoryError",
    "recurses": """
        def deeper(n):
            return deeper(n + 1)
        deeper(0)
    """,
}

# Where it stands in the file; {n} numbers those of one file.
PLACES = {
    "top level": "{action}\n",
    "function": "def hurt{n}():\n{action}\n",
    "decorator": "def wrap{n}(f):\n{action}\n    return f\n@wrap{n}\ndef f{n}(): return {n}\n",
    "class body": "class Hurt{n}:\n{action}\n",
    "default argument": "def hurt{n}():\n{action}\ndef f{n}(x=hurt{n}()): return {n}\n",
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Less patience than a person gets, so that all these files take less time together."""
    monkeypatch.setattr(sandbox, "SOFT", 0.3)


@pytest.fixture
def victim(tmp_path):
    folder = tmp_path / "precious"
    folder.mkdir()
    file = folder / "victim.txt"
    file.write_text("as it was")
    return file


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def written(path, place, actions, victim, port=1):
    """A hostile file, each of these actions in this place of it."""
    code = GOOD
    for n, action in enumerate(actions):
        text = textwrap.dedent(ACTIONS[action]).strip().format(victim=str(victim), port=port)
        text = text if place == "top level" else textwrap.indent(text, "    ")
        code += PLACES[place].format(action=text, n=n)
    path.write_text(code)
    return path


def still_there(folder):
    """The processes whose home is this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"HOME={folder}\0".encode() in (process / "environ").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found


@contextmanager
def opened(path, victim, *, seconds=4.0, run_as_is=False):
    """A sandbox after which nothing is left, nothing is harmed and not too much time has gone."""
    start = time.monotonic()
    with Sandbox(read_sources(path), Deadline.after(seconds), run_as_is=run_as_is) as box:
        yield box
        folder = box.folder.name
        assert box.process is None or still_there(folder) != []  # so that this is able to fail
    assert still_there(folder) == []
    assert not os.path.exists(folder)
    assert victim.read_text() == "as it was"
    assert time.monotonic() - start < LONGEST


def is_alive(box):
    z = np.array([-1.0, 2.0])
    return np.array_equal(box.call("good", z).value, [0, 2])


@pytest.mark.parametrize("place", ["top level", "class body", "default argument"])
def test_nothing_hostile_happens_while_a_file_is_loaded(tmp_path, victim, place):
    path = written(tmp_path / "net.py", place, ACTIONS, victim)
    with opened(path, victim) as box:
        assert is_alive(box)
        assert box.starts == 1
        assert box.problems == {}


def test_what_a_hostile_decorator_decorates_is_loaded_without_it(tmp_path, victim):
    path = written(tmp_path / "net.py", "decorator", ACTIONS, victim)
    with opened(path, victim, seconds=11) as box:
        values = [box.call(f"f{n}").value for n in range(len(ACTIONS))]
        assert values == list(range(len(ACTIONS)))
        assert list(box.problems) == [f"f{n}" for n in range(len(ACTIONS))]
        assert is_alive(box)


KINDS = {
    "loops for ever": "TimeLimit",
    "loops and swallows": "TimeLimit",
    "sleeps and swallows": "TimeLimit",
    "prints a gigabyte": "TimeLimit",
    "allocates everything": "MemoryError",
    "exits": "SystemExit",
    "exits through sys": "SystemExit",
    "writes outside": "RefusedError",
    "writes with NumPy": "RefusedError",
    "asks": "NotHereError",
    "raises KeyboardInterrupt": "KeyboardInterrupt",
    "raises MemoryError": "MemoryError",
    "recurses": "RecursionError",
}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_hostile_function_is_answered_by_kind(tmp_path, victim, action):
    path = written(tmp_path / "net.py", "function", [action], victim)
    with opened(path, victim) as box:
        problem = box.call("hurt0").problem
        assert problem.kind == KINDS.get(action, "MissingModuleError")  # such as of os
        assert problem.line is not None
        assert is_alive(box)
        assert box.starts == 1


# The same with real modules: what `--run` lets in meets the watch itself.
AS_IS = {
    "loops for ever": "TimeLimit",
    "forks": "RefusedError",
    "allocates everything": "MemoryError",
    "exits through sys": "SystemExit",
    "exits at once": "Died",
    "kills": "RefusedError",
    "deletes": "RefusedError",
    "deletes a tree": "RefusedError",
    "moves": "RefusedError",
    "writes outside": "RefusedError",
    "opens a socket": "RefusedError",
    "starts a program": "RefusedError",
    "starts a shell": "RefusedError",
}


@pytest.mark.parametrize("action", AS_IS)
def test_a_file_that_runs_as_it_is_is_watched(tmp_path, victim, listener, action):
    port = listener.getsockname()[1]
    path = written(tmp_path / "net.py", "function", [action], victim, port)
    with opened(path, victim, run_as_is=True) as box:
        assert box.call("hurt0").problem.kind == AS_IS[action]
        assert is_alive(box)
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("action", ["forks", "exits at once", "deletes a tree", "starts a program"])
def test_so_is_its_top_level(tmp_path, victim, action):
    path = written(tmp_path / "net.py", "top level", [action], victim)
    with opened(path, victim, run_as_is=True) as box:
        assert is_alive(box)
        assert box.problems


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
from helder.glass.check.sandbox import Sandbox
from helder.glass.check.sources import read_sources

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
