"""What keeps a process that holds somebody's code from doing harm by accident.

It guards against accidents, not against attackers: code that means harm finds its way around it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

MEMORY = 2 << 30  # bytes of address space
LARGEST_FILE = 16 << 20
MOST_FILES = 64  # open at once

# Events of Python's that are refused, by the beginning of their names.
PROGRAMS = (
    *("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile"),
    *("os.system", "pty.", "subprocess.", "os.kill", "signal.pthread_kill", "webbrowser."),
)
NETWORK = (
    *("socket.", "ftplib.", "http.", "imaplib.", "nntplib.", "poplib.", "smtplib."),
    *("telnetlib.", "urllib."),
)
MACHINE = ("resource.", "syslog.", "winreg.", "os.add_dll_directory", "mmap.")
INSIDES = ("ctypes.", "os.putenv", "os.unsetenv")  # libraries need these when they are imported

# Events that change files, with the number of paths that begin their arguments.
CHANGES = {
    "os.chflags": 1,
    "os.chmod": 1,
    "os.chown": 1,
    "os.lchflags": 1,
    "os.lchmod": 1,
    "os.lchown": 1,
    "os.link": 2,
    "os.mkdir": 1,
    "os.mkfifo": 1,
    "os.mknod": 1,
    "os.remove": 1,
    "os.removexattr": 1,
    "os.rename": 2,
    "os.rmdir": 1,
    "os.setxattr": 1,
    "os.symlink": 2,
    "os.truncate": 1,
    "os.utime": 1,
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class RefusedError(PermissionError):
    """What the person's code set out to do is refused here."""


def limit_resources(seconds: float) -> None:
    """Limits what this process may use, where the system can.

    Args:
        seconds: Of computing time, after which the system ends the process.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    whole = int(seconds) + 2
    limits = {
        "RLIMIT_CPU": whole,
        "RLIMIT_AS": MEMORY,
        "RLIMIT_FSIZE": LARGEST_FILE,
        "RLIMIT_NOFILE": MOST_FILES,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,  # not kept to for root: the watch refuses to fork
    }
    for name, value in limits.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # such as the address space on macOS
            continue


def watch(folder: str, *, strict: bool) -> None:
    """Refuses, from now on and for good, what reaches out of this process.

    Args:
        folder: The one folder in which files may be written.
        strict: Whether calls into the machine's own libraries are refused as well.
    """
    begins = PROGRAMS + NETWORK + MACHINE + (INSIDES if strict else ())
    writable = Writable(folder)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            if writes(mode, flags) and not writable(path):
                raise RefusedError(f"to write the file {path!r} is refused here")
        elif event in CHANGES:
            if not all(map(writable, arguments[: CHANGES[event]])):
                raise RefusedError(f"{event} is refused here, outside the temporary folder")
        elif event.startswith(begins):
            raise RefusedError(f"{event} is refused here")

    without_programs()
    sys.addaudithook(hook)


def writes(mode: object, flags: object) -> bool:
    """Whether a file is opened to write to it."""
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & WRITING)


class Writable:
    """Whether a path stands in the folder in which files may be written."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.join(os.path.realpath(folder), "")

    def __call__(self, path: object) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return False  # a file that is open already, such as the pipe to the one who asks
        full = os.path.realpath(os.fsdecode(path))
        return full.startswith(self.folder) or full == os.devnull


def without_programs() -> None:
    """Takes away what starts a program without telling of it."""
    tempfile.tempdir = None
    try:
        import _posixsubprocess as programs
    except ImportError:
        return
    refuse: Callable[..., Any] = _refuse
    programs.fork_exec = refuse
    subprocess: Any = sys.modules.get("subprocess")
    if subprocess is not None:
        subprocess._fork_exec = refuse


def _refuse(*arguments: Any) -> Any:
    raise RefusedError("to start a program is refused here")
