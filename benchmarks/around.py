"""What lies around the training loop: import, first result, memory and size, in fresh processes."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

IMPORTS = {
    "NumPy": "import numpy",
    "helder": "import numpy, helder",
    "scikit-learn": "from sklearn.neural_network import MLPClassifier",
    "PyTorch": "import torch",
    "JAX": "import jax",
}
FIRST = """
import numpy as np
from shapes import Shape
shape = Shape("first", (6, 3, 2, 3), 400, 40, 20)
"""
FIRSTS = {
    "helder": "from ours import training; training('auto', shape)()",
    "scikit-learn": "from peers import sklearn_training; sklearn_training(shape)()",
    "PyTorch": "from peers import torch_training; torch_training(shape)()",
    "JAX": "from peers import jax_training; jax_training(shape)()",
}
MEMORY = """
import sys
from dataclasses import replace
from shapes import SHAPES
from ours import task
from helder.engine import engine_named
import numpy as np
given = task(SHAPES[3])
def kilobytes(name):
    for line in open('/proc/self/status'):
        if line.startswith(name):
            return int(line.split()[1])
# The system's own peak: getrusage starts from that of the process that started this one.
with open('/proc/self/clear_refs', 'w') as file:
    file.write('5')  # the peak is now what is in use
before = kilobytes('VmRSS')
runner = engine_named(sys.argv[1]).trainers([given])[0]
runner.epochs(0, np.full((1, given.updates_per_epoch), 0.001))
print((kilobytes('VmHWM') - before) / 1024)
"""


def python(code: str, *arguments: str) -> str:
    """What a fresh process prints."""
    command = [sys.executable, "-c", code, *arguments]
    here = Path(__file__).parent
    return subprocess.run(command, cwd=here, capture_output=True, text=True, check=True).stdout


def script(name: str, *arguments: str) -> str:
    """What a script of this folder prints in a fresh process."""
    command = [sys.executable, name, *arguments]
    here = Path(__file__).parent
    return subprocess.run(command, cwd=here, capture_output=True, text=True, check=True).stdout


def in_turn(codes: dict[str, str], times: int) -> dict[str, float]:
    """The median of each one's printed number, measured in turn after one unmeasured round."""
    rounds = [{name: float(python(code)) for name, code in codes.items()} for _ in range(times + 1)]
    return {name: statistics.median(one[name] for one in rounds[1:]) for name in codes}


def timed(before: str, statement: str) -> str:
    """Code that prints the milliseconds of a statement, everything before it included."""
    clock = "from time import perf_counter; t = perf_counter()\n"
    return f"{clock}{before}\n{statement}\nprint(1000 * (perf_counter() - t))"


def imports(names: set[str], times: int) -> dict[str, float]:
    """Milliseconds of each import."""
    return in_turn({n: timed("", code) for n, code in IMPORTS.items() if n in names}, times)


def first_results(names: set[str], times: int) -> dict[str, float]:
    """Milliseconds from nothing imported to a small network trained for 20 epochs."""
    return in_turn({n: timed(FIRST, code) for n, code in FIRSTS.items() if n in names}, times)


def memory(engine: str) -> float:
    """Megabytes that training S3 for an epoch adds at its peak to what the data takes; on Linux."""
    if not Path("/proc/self/clear_refs").exists():
        return float("nan")
    return float(python(MEMORY, engine))


def installed() -> tuple[float, float]:
    """Megabytes of the package as it is installed, and of its native library alone."""
    import helder

    folders = {Path(folder) for folder in helder.__path__}
    try:
        from helder.engine import _native

        library = Path(_native.__file__)
    except ImportError:
        library = None
    files = {
        file
        for folder in folders
        for file in folder.rglob("*")
        if file.suffix in {".py", ".pyi", ".toml", ".typed"} and "native/" not in file.as_posix()
    }
    native = library.stat().st_size if library else 0
    return (sum(file.stat().st_size for file in files) + native) / 1e6, native / 1e6
