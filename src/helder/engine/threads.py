"""Keeps NumPy's own threads, and its warnings, out of training."""

from __future__ import annotations

import functools
import sys
import threading
from contextlib import AbstractContextManager, ExitStack
from typing import Any, ClassVar

import numpy as np


@functools.cache
def _threads(scipy: bool) -> Any:
    """What holds the threads of every library that is loaded by now, without SciPy's or with."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


class OneThread(AbstractContextManager[None]):
    """Holds NumPy's products at one thread until the last call inside has left.

    The products of a process have one number of threads between them: calls that overlap must
    not each put back what they found. SciPy brings products of its own when it is first used, in
    the middle of a training perhaps: who enters after that holds those too.
    """

    lock: ClassVar[threading.Lock] = threading.Lock()
    inside: ClassVar[int] = 0
    limiters: ClassVar[dict[bool, Any]] = {}

    def __enter__(self) -> None:
        with OneThread.lock:
            scipy = "scipy.linalg" in sys.modules
            if scipy not in OneThread.limiters:
                OneThread.limiters[scipy] = _threads(scipy).limit(limits=1)
            OneThread.inside += 1

    def __exit__(self, *raised: object) -> None:
        with OneThread.lock:
            OneThread.inside -= 1
            if OneThread.inside == 0:
                # From 3.8 on threadpoolctl listens to the thread that limited first and to no
                # other; the last to leave may be another one.
                from threadpoolctl import OpenBLASController

                release = getattr(
                    OpenBLASController, "clear_controlling_thread", lambda force: None
                )
                release(force=True)
                while OneThread.limiters:
                    _, limiter = OneThread.limiters.popitem()  # the last first
                    limiter.restore_original_limits()
                    release(force=True)


def quiet() -> AbstractContextManager[Any]:
    """One thread for NumPy's products, and no warning where a training runs off to infinity.

    The products here are small: more threads wait for each other longer than they compute, and
    their number would show in the last bits. A loss that is not finite is looked for instead.
    """
    stack = ExitStack()
    stack.enter_context(OneThread())
    stack.enter_context(np.errstate(all="ignore"))
    return stack
