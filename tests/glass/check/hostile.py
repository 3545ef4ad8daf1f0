"""Files with hostile code, and sandboxes after which no harm is done and nothing is left."""

from __future__ import annotations

import os
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from helder.glass.check.deadline import Deadline
from helder.glass.check.reading.sources import read_sources
from helder.glass.check.sessions.sandbox import Sandbox

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
