"""The limit: each product of an update at the best rate that anybody reaches, and one optimizer."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from shapes import Shape

from helder.engine import Update
from helder.engine.choosing import native_is_here
from helder.learn import OPTIMIZERS

Run = Callable[[], object]


def limit(shape: Shape, times: int) -> tuple[float, list[str]]:
    """Microseconds that no update can go below, and what was fastest for each product."""
    total, winners = 0.0, []
    for (M, K, N), turned in products(shape):
        best, winner = min(
            (microseconds(run, times) / repeated, name)
            for name, (run, repeated) in candidates(M, K, N, turned).items()
        )
        total += best
        winners.append(winner)
    if native_is_here():
        run, repeated = optimizer_pass(shape)
        total += microseconds(run, times) / repeated
    return total, winners


def products(shape: Shape) -> list[tuple[tuple[int, int, int], str]]:
    """Each product of an update: (M, K, N), and which operand lies turned."""
    found, B = [], shape.batch
    for layer, (n, m) in enumerate(shape.layers):
        found.append(((B, n, m), ""))  # z = x W
        found.append(((n, B, m), "a"))  # dW = x' dz
        if layer > 0:
            found.append(((B, m, n), "b"))  # dx = dz W'
    return found


def candidates(M: int, K: int, N: int, turned: str) -> dict[str, tuple[Run, int]]:
    """Who can compute this product: what to run, and how many products that is."""
    rng = np.random.default_rng(0)
    a = rng.standard_normal((K, M) if turned == "a" else (M, K), dtype=np.float32)
    b = rng.standard_normal((N, K) if turned == "b" else (K, N), dtype=np.float32)
    left, right = a.T if turned == "a" else a, b.T if turned == "b" else b
    out = np.empty((M, N), np.float32)
    found: dict[str, tuple[Run, int]] = {"NumPy": (lambda: np.matmul(left, right, out=out), 1)}
    if native_is_here():
        found["ours"] = own_product(a, b, out, turned)
    try:
        import torch
    except ImportError:
        return found
    torch.set_num_threads(1)
    x, y, z = (torch.from_numpy(one) for one in (left, right, out))
    found["PyTorch"] = (lambda: torch.mm(x, y, out=z), 1)
    return found


def own_product(a: np.ndarray, b: np.ndarray, out: np.ndarray, turned: str) -> tuple[Run, int]:
    """The product by our own kernel; small ones many times in a call, which costs a microsecond."""
    from helder.engine.trace import Trace

    trace = Trace(1, np.dtype(np.float32))
    left, right = trace.symbol("a", *a.shape), trace.symbol("b", *b.shape)
    np.matmul(
        left.T if turned == "a" else left,
        right.T if turned == "b" else right,
        out=trace.symbol("out", *out.shape),
    )
    repeated = min(100, max(1, int(2e7 / (a.size * out.shape[1]))))
    return program(trace, repeated, a=a, b=b, out=out), repeated


def optimizer_pass(shape: Shape) -> tuple[Run, int]:
    """One pass of the optimizer over all parameters; short ones many times in a call."""
    from helder.engine.trace import Trace

    trace, optimizer = Trace(1, np.dtype(np.float32)), OPTIMIZERS[shape.optimizer]()
    size = shape.parameters
    whole = {
        name: trace.symbol(name, 1, size)
        for name in ("theta", "dtheta", "decays", *(f"state {name}" for name in optimizer.state))
    }
    state: dict[str, Any] = {name: whole[f"state {name}"] for name in optimizer.state}
    now: Any = Update(trace.scalar("rate"), trace.scalar("t"), whole["decays"])
    optimizer.update(whole["theta"], whole["dtheta"], state, now)
    repeated = max(1, 200_000 // size)
    return program(trace, repeated), repeated


def program(trace: Any, repeated: int, **given: np.ndarray) -> Run:
    """The native engine's program of a trace, repeated."""
    from helder.engine import _native
    from helder.engine.encoding import encoded
    from helder.engine.native_engine import steps_of

    sizes = trace.sizes | {"scalars": max(len(trace.scalars), 1)}
    tables = encoded(steps_of(trace) * repeated, sizes)
    made = _native.Program(
        tables.steps, tables.operands, tables.values, list(sizes.values()), trace.capacity
    )
    ones = {name: np.full(size, 0.5, np.float32) for name, size in sizes.items()}
    spaces = [given.get(name, ones[name]) for name in sizes]
    return lambda: _native.run(made, spaces, 1)


def microseconds(run: Run, times: int) -> float:
    """The fastest of so many measurements: a limit is what is possible, not what is usual."""
    run()
    start = perf_counter()
    run()
    once = max(perf_counter() - start, 1e-7)
    repeats = max(1, int(0.01 / once))
    best = float("inf")
    for _ in range(times):
        start = perf_counter()
        for _ in range(repeats):
            run()
        best = min(best, (perf_counter() - start) / repeats)
    return 1e6 * best
