"""Prints how many milliseconds `import helder` adds to `import numpy`; the limit is 150."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

LIMIT = 150.0  # milliseconds
TIMED = "from time import perf_counter; t = perf_counter(); {}; print(perf_counter() - t)"


def milliseconds(statement: str) -> float:
    """Time a statement in a fresh process, the start of Python itself not included."""
    command = [sys.executable, "-c", TIMED.format(statement)]
    return 1000 * float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def measure(times: int) -> tuple[list[float], list[float]]:
    """Time both imports, alternating, so that a slow moment of the machine strikes both alike."""
    statements = ("import numpy", "import numpy, helder")
    for statement in statements:
        milliseconds(statement)  # once unmeasured: fills the disk's cache, writes the .pyc files
    pairs = [tuple(milliseconds(statement) for statement in statements) for _ in range(times)]
    return [numpy for numpy, _ in pairs], [both for _, both in pairs]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=15, help="fresh processes for each (15)")
    numpy, both = measure(parser.parse_args().times)
    alone, together = statistics.median(numpy), statistics.median(both)
    added = together - alone
    print(f"import numpy           {alone:6.1f} ms")
    print(f"import numpy, helder   {together:6.1f} ms   (medians of {len(numpy)} fresh processes)")
    print(f"helder adds            {added:6.1f} ms   (limit {LIMIT:.0f} ms)")
    return 0 if added < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
