"""helder beside its peers and the limit: training, prediction, start, memory; writes docs/speed.md.

One thread on one core, float32, the same updates, batches and parameters for everybody. Runs take
turns, so that a slow moment of the machine strikes all alike; what is printed are medians.
"""

# ruff: noqa: E402, since the number of threads is set before any library starts its own
from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import argparse
import platform
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import around
import numpy as np
import ours
import peers
from limit import limit, microseconds
from shapes import SHAPES, Shape
from tables import number, processor, row, table

from helder.engine.choosing import native_is_here
from helder.learn import Settings

Run = Callable[[], object]
TABLE = Path(__file__).parents[1] / "docs" / "speed.md"
MEMBERS = 32
CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def built(builders: dict[str, Callable[[], Run]]) -> dict[str, Run]:
    """The runs that work here, each run once: compilers compile then."""
    runs = {}
    for name, build in builders.items():
        try:
            run = build()
            run()
        except Exception as error:  # a peer that fails is said, and the others go on
            print(f"{name}: left out, {type(error).__name__}: {str(error)[:200]}", file=sys.stderr)
            continue
        runs[name] = run
    return runs


def medians(runs: dict[str, Run], times: int) -> dict[str, float]:
    """Microseconds of each run, the runs taking turns."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(times):
        for name, run in runs.items():
            start = perf_counter()
            run()
            seconds[name].append(perf_counter() - start)
    return {name: 1e6 * statistics.median(all_of) for name, all_of in seconds.items()}


def engines() -> list[str]:
    """Our engines that are installed."""
    return ["native", "numpy"] if native_is_here() else ["numpy"]


def racers(shape: Shape, found: dict[str, str]) -> dict[str, Callable[[], Run]]:
    """Everybody who trains this shape."""
    builders: dict[str, Callable[[], Run]] = {
        f"helder {engine}": lambda engine=engine: ours.training(engine, shape)
        for engine in engines()
    }
    if "scikit-learn" in found:
        builders["scikit-learn"] = lambda: peers.sklearn_training(shape)
    if "PyTorch" in found:
        builders["PyTorch fused"] = lambda: peers.torch_training(shape)
        builders["PyTorch compiled"] = lambda: peers.torch_training(shape, compiled=True)
    if "JAX" in found:
        builders["JAX scan"] = lambda: peers.jax_training(shape)
    return builders


def beside(times: dict[str, float], per: float = 1) -> list[list[object]]:
    """A row for everybody: the time, and how many times ours it is."""
    our = next(iter(times.values()))
    return [[name, number(time / per), number(time / our)] for name, time in times.items()]


def training(shape: Shape, found: dict[str, str], times: int) -> list[str]:
    """The table of one shape, its limit at the end."""
    runs = built(racers(shape, found))
    measured = medians(runs, times)
    lines = table([str(shape), "µs per update", "times ours"], beside(measured, shape.updates))
    least, winners = limit(shape, times)
    our = next(iter(measured.values())) / shape.updates
    lines[-1:] = [row(["limit", number(least), number(least / our)]), ""]
    return [
        *lines,
        f"{our / least:.2f} times the limit; the fastest for each product: {', '.join(winners)}.",
        "",
    ]


def together(shape: Shape, found: dict[str, str], times: int) -> list[str]:
    """Many networks of one shape side by side, per network."""
    builders: dict[str, Callable[[], Run]] = {
        f"helder {engine}": lambda engine=engine: ours.training(engine, shape, MEMBERS)
        for engine in engines()
    }
    if "PyTorch" in found:
        builders["PyTorch bmm"] = lambda: peers.torch_batched(shape, MEMBERS)
    if "JAX" in found:
        builders["JAX vmap of scan"] = lambda: peers.jax_training(shape, MEMBERS)
    measured = medians(built(builders), times)
    head = [f"{MEMBERS} networks of {shape}", "µs per update and network", "times ours"]
    return table(head, beside(measured, shape.updates * MEMBERS))


def as_called(times: int) -> list[str]:
    """What `net.train` costs beside the bare loop: history, best weights, held-out rows."""
    lines = []
    for shape in (SHAPES[0], replace(SHAPES[1], epochs=Settings.epochs)):
        runs = {
            "the bare loop": ours.training("native", shape),
            "net.train": ours.called("native", shape, held_out=False),
            "net.train, a fifth of the rows held out": ours.called("native", shape, held_out=True),
        }
        for run in runs.values():
            run()
        rows = beside(medians(runs, times), shape.updates)
        lines += table([str(shape), "µs per update", "times the loop"], rows)
    return lines


def two_threads(times: int) -> list[str]:
    """What a second core is worth, beside two processes that spin; in a process of its own."""
    if not hasattr(os, "sched_setaffinity") or len(CORES) < 2:
        return ["This machine has no second core to measure.", ""]
    cores = [str(core) for core in sorted(CORES)[:2]]
    spinning, engine = map(float, around.script("threads.py", str(times), *cores).split())
    share = engine / spinning
    return [
        f"{MEMBERS} networks of S1 train {number(engine)} times as fast on two cores as on one;",
        f"two processes that spin get {number(spinning)} times as much done: {share:.2f} of that.",
        "",
    ]


def prediction(shape: Shape, rows: int, found: dict[str, str], times: int) -> list[str]:
    """The probabilities of so many rows."""
    X = np.random.default_rng(0).standard_normal((rows, shape.sizes[0]), dtype=np.float32)
    builders: dict[str, Callable[[], Run]] = {
        f"helder {engine}": lambda engine=engine: ours.predicting(engine, shape, X)
        for engine in engines()
    }
    if rows == 1:
        builders |= {
            f"helder {engine}, predictor": lambda engine=engine: ours.one_by_one(
                engine, shape, X[0]
            )
            for engine in engines()
        }
    for name, build in {
        "scikit-learn": peers.sklearn_predicting,
        "PyTorch": peers.torch_predicting,
        "onnxruntime": peers.onnx_predicting,
    }.items():
        if name in found:
            builders[name] = lambda build=build: build(shape, X)
    runs = built(builders)
    rounds = [{name: microseconds(run, 1) for name, run in runs.items()} for _ in range(times)]
    measured = {name: statistics.median(one[name] for one in rounds) for name in runs}
    return table([f"{rows} row(s) of {shape.name}", "µs", "times ours"], beside(measured))


def start_and_size(found: dict[str, str], times: int) -> list[str]:
    """Import, first result, memory, size."""
    names = {"NumPy", "helder", *found}
    imports, firsts = around.imports(names, times), around.first_results(names, times)
    rows: list[list[object]] = [
        [name, number(imports[name]), number(firsts[name]) if name in firsts else "-"]
        for name in imports
    ]
    lines = table(["in a fresh process", "import, ms", "to a first network, ms"], rows)
    adds = {engine: number(around.memory(engine)) for engine in engines()}
    whole, native = around.installed()
    return [
        *lines,
        "Training S3 adds at its peak, beyond the loaded data: "
        + ", ".join(f"{mb} MB ({engine})" for engine, mb in adds.items())
        + f". helder takes {whole:.2f} MB installed, {native:.2f} MB of it the native library.",
        "",
    ]


def heading(found: dict[str, str], arguments: list[str], times: int) -> list[str]:
    """What was run, where, and beside whom."""
    versions = {"Python": platform.python_version(), "NumPy": np.__version__, **found}
    missing = [name for name in peers.MODULES if name not in found]
    kernels = "none"
    if native_is_here():
        from helder.engine import _native

        kernels = _native.instruction_set
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg()) if hasattr(os, "getloadavg") else "?"
    return [
        "# Speed",
        "",
        "One thread on one core, float32, the same updates, batches and parameters for everybody;",
        f"runs take turns, medians of {times}. Written by",
        "",
        "```sh",
        " ".join(["python benchmarks/speed.py", *arguments]),
        "```",
        "",
        f"Processor: {processor()}; kernels: {kernels}; load at the start: {load}.",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
        f"Not installed: {', '.join(missing) or 'none'}.",
        "",
        "The limit is each product of an update at the best rate of OpenBLAS (NumPy), PyTorch's",
        "library and our own kernel, each alone, and one pass of the optimizer.",
        "",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="S0 to S3, the fewest runs")
    parser.add_argument("--only", help="shapes, such as S1,S2; no prediction, start or memory")
    parser.add_argument("--times", type=int, help="runs of each (7; 5 with --quick)")
    parser.add_argument("--out", type=Path, default=TABLE, help="where the table goes")
    given = parser.parse_args()
    times = given.times or (5 if given.quick else 7)
    chosen = [shape for shape in SHAPES if not (given.quick and shape.name == "S4")]
    if given.only:
        chosen = [shape for shape in SHAPES if shape.name in given.only.split(",")]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found = peers.present()
    lines = heading(found, sys.argv[1:], times)
    for shape in chosen:
        lines += said(training(shape, found, times))
    if "S1" in {shape.name for shape in chosen}:
        lines += said(together(SHAPES[1], found, times))
    if not given.only and native_is_here():
        lines += said(as_called(times))
        lines += said(two_threads(times))
    if not given.only:
        lines += said(prediction(SHAPES[1], 1, found, times))
        lines += said(prediction(SHAPES[1], 100_000, found, times))
        lines += said(start_and_size(found, times))
    given.out.write_text("\n".join(lines), encoding="utf-8")


def said(lines: list[str]) -> list[str]:
    """The same lines, shown at once: a whole run takes minutes."""
    print("\n".join(lines), flush=True)
    return lines


if __name__ == "__main__":
    main()
