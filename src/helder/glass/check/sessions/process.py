"""One process that holds somebody's code, seen from outside: started, spoken with, ended."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import IO, Any

from helder.glass.check.session import Value
from helder.glass.check.sessions.wire import MalformedError, frame

KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR")
THREADS = ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMEXPR")
LONGEST_END = 2.0  # seconds
MOST_WAITING = 64  # frames that have come and were not asked for yet

# The packages above the child are made empty: what helder itself brings is not needed there, and
# to import it takes longer than all the rest.
BOOT = """
import sys, types
paths, packages = eval(sys.argv[1])
sys.path[:] = paths
for name, folder in packages:
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [folder]
sys.argv[1:] = []
from helder.glass.check.sessions.child import main
main()
"""


class SilentError(Exception):
    """The process did not answer in time."""


class GoneError(Exception):
    """The process has ended, or sent what is no answer."""


class Process:
    """A process with its own session, environment and folder.

    Args:
        folder: Where it may write: its home, and where it stands.
        stands: The folder that relative paths begin from.
    """

    def __init__(self, folder: str, stands: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", BOOT, arguments()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=stands,
            env=environment(folder),
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.ended = weakref.finalize(self, end, self.process)  # also when Python ends
        self.outgoing: queue.Queue[bytes | None] = queue.Queue()
        self.incoming: queue.Queue[Value | Exception] = queue.Queue(MOST_WAITING)
        self.threads = [
            threading.Thread(target=write, args=(self.process.stdin, self.outgoing), daemon=True),
            threading.Thread(target=read, args=(self.process.stdout, self.incoming), daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def send(self, data: bytes) -> None:
        """Sends a frame; a process that does not read it keeps nobody waiting."""
        self.outgoing.put(data)

    def receive(self, seconds: float) -> Value:
        """The next message.

        Raises:
            SilentError: There was none in time.
            GoneError: There will be none.
        """
        try:
            message = self.incoming.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            raise SilentError from None
        if isinstance(message, Exception):
            raise GoneError(str(message))
        return message

    def end(self) -> None:
        """Ends the process and all that it started; waits until it is gone."""
        self.ended()
        self.outgoing.put(None)
        until = time.monotonic() + LONGEST_END  # were a pipe still held, the threads would wait on
        while any(thread.is_alive() for thread in self.threads) and time.monotonic() < until:
            try:  # a reader whose queue is full goes on when there is room
                self.incoming.get(timeout=0.01)
            except queue.Empty:
                continue


def end(process: subprocess.Popen[bytes]) -> None:
    """Kills a process with its whole group, and waits for it.

    It was not waited for before, so its number still belongs to it and to no other.
    """
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
    else:
        process.kill()
    process.wait()


def write(pipe: IO[bytes], waiting: queue.Queue[bytes | None]) -> None:
    """Writes frames until there are no more, or nobody reads them."""
    try:
        while (data := waiting.get()) is not None:
            pipe.write(data)
            pipe.flush()
    except (OSError, ValueError):
        pass  # it has ended; who waits for its answer is told so by the reader
    with contextlib.suppress(OSError):  # what was still to be written has no reader
        pipe.close()


def read(pipe: IO[bytes], arrived: queue.Queue[Value | Exception]) -> None:
    """Reads frames until there are no more, or one is malformed."""
    try:
        while True:
            arrived.put(frame(pipe.read))
    except (EOFError, MalformedError, OSError, MemoryError) as problem:
        arrived.put(problem)
    finally:
        pipe.close()


def arguments() -> str:
    """Where the child finds helder and NumPy, wherever they are installed."""
    check = Path(__file__).resolve().parents[1]
    packages = [
        ("helder", str(check.parents[1])),
        ("helder.glass", str(check.parent)),
        ("helder.glass.check", str(check)),
    ]
    paths = [os.path.abspath(path) for path in sys.path if path]
    return repr((paths, packages))


def environment(folder: str) -> dict[str, str]:
    """Nothing of ours but what programs need to start; one thread for each library."""
    kept: dict[str, Any] = {name: os.environ[name] for name in KEPT if name in os.environ}
    kept |= {f"{name}_NUM_THREADS": "1" for name in THREADS}
    kept |= {"HOME": folder, "TMPDIR": folder, "TEMP": folder, "TMP": folder}
    return kept | {"USERPROFILE": folder, "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"}
