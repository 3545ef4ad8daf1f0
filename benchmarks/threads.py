"""What two threads are worth: 32 networks on one core and on two, beside processes that spin."""

from __future__ import annotations

import os
import statistics
import sys
from subprocess import PIPE, Popen
from time import perf_counter, sleep

import ours
from shapes import SHAPES

MEMBERS = 32
SPIN = "n = 0\nwhile n < 12_000_000: n += 1"


def seconds_of_spinning(cores: list[set[int]]) -> float:
    """How long it takes until a process on each of these sets of cores has spun."""

    def pinned(where: set[int]) -> Popen[bytes]:
        code = f"import os, sys; os.sched_setaffinity(0, {where}); sys.stdin.read(1)\n{SPIN}"
        return Popen([sys.executable, "-c", code], stdin=PIPE)

    processes = [pinned(where) for where in cores]
    sleep(0.2)  # until all of them wait
    start = perf_counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"x")
        process.stdin.close()
    for process in processes:
        process.wait()
    return perf_counter() - start


def gains(times: int, cores: list[int]) -> tuple[float, float]:
    """How many times faster two cores are: for two processes that spin, and for the engine."""
    train = ours.training("native", SHAPES[1], MEMBERS)
    train()
    spinning, engine = [], []
    for _ in range(times):
        one, both = (seconds_of_spinning([{core} for core in cores[:n]]) for n in (1, 2))
        spinning.append(2 * one / both)
        took = []
        for n in (1, 2):
            os.sched_setaffinity(0, set(cores[:n]))
            start = perf_counter()
            train()
            took.append(perf_counter() - start)
        engine.append(took[0] / took[1])
    return statistics.median(spinning), statistics.median(engine)


if __name__ == "__main__":
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    print(*gains(int(sys.argv[1]), [int(core) for core in sys.argv[2:]]))
