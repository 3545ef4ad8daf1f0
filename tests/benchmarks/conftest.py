"""The benchmarks as modules that tests can import."""

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
before = dict(os.environ)
import accuracy  # noqa: E402, F401

os.environ.clear()  # it wants one thread in every library, and other tests do not
os.environ.update(before)
