"""Files that loop, fork, fill, delete or leave: a clear answer, no harm, nothing left."""

from __future__ import annotations

import pytest
from hostile import ACTIONS, is_alive, opened, written

pytestmark = pytest.mark.usefixtures("impatient")


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
