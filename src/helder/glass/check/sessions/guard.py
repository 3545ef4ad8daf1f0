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
MACHINE = ("resource.", "syslog.", "winreg.", "os.add_dll_directory")
INSIDES = ("ctypes.",)  # some libraries need these when they are imported

# Events that change files: where among their arguments a path stands, and the number of the open
# folder that it begins from.
CHANGES: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.chflags": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.link": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.removexattr": ((0, None),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.setxattr": ((0, None),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.utime": ((0, 3),),
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
            for place, folder in CHANGES[event]:
                if not writable(arguments[place], -1 if folder is None else arguments[folder]):
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

    def __call__(self, path: object, beside: int = -1) -> bool:
        """Whether a path, begun from an open folder where `beside` is not -1, may be written."""
        try:
            full = os.path.join(opened(beside) if beside != -1 else "", named(path))
        except (OSError, TypeError):
            return False
        full = os.path.realpath(full)
        return full.startswith(self.folder) or full == os.devnull


def named(path: Any) -> str:
    """A path as text; of an open file the path that it was opened by."""
    return opened(path) if isinstance(path, int) else os.fsdecode(path)


def opened(number: int) -> str:
    """The path of an open file; raises OSError where the system does not tell."""
    return os.readlink(f"/proc/self/fd/{number}")


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
