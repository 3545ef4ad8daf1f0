"""The native engine runs what the book writes down, in machine code: the same steps, faster."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np

from helder.core.network import Network, shares
from helder.core.parameters import Parameters
from helder.engine.course import Course, Patience
from helder.engine.encoding import Tables, encoded
from helder.engine.fusing import fused
from helder.engine.lowering import looped, shortened
from helder.engine.passes import Batch
from helder.engine.program import looking_program, training_program
from helder.engine.rows import Rows
from helder.engine.streams import silent_words
from helder.engine.task import Task, own_decays, own_rates
from helder.engine.trace import Trace
from helder.typing import Array, Floats

if TYPE_CHECKING:
    from helder.engine.native_passes import NativePass, NativeRecorded

T = TypeVar("T")

# What training fills, and what a look at held-out rows does, in module.cpp's order.
BLOCKS = ("X", "y", "share", "scalars", "loss", "tape")
LOOKED_AT = ("X", "y", "share", "loss")


class Compiled:
    """A program in the form in which the native engine takes it.

    Args:
        trace: What the book wrote down.
    """

    def __init__(self, trace: Trace) -> None:
        from helder.engine import _native

        self.trace, self.dtype = trace, trace.dtype
        self.sizes = trace.sizes | {"scalars": max(len(trace.scalars), 1)}
        for name in BLOCKS:
            self.sizes.setdefault(name, 0)
        self.tables: Tables = encoded(steps_of(trace), self.sizes)
        tables, sizes = self.tables, list(self.sizes.values())
        self.program = _native.Program(
            tables.steps, tables.operands, tables.values, sizes, trace.capacity
        )

    def spaces(self, **given: Array) -> list[Array]:
        """Memory for every space, in order: what is given, and new memory for the others."""
        return [
            given[name] if name in given else np.zeros(size, self.dtype)
            for name, size in self.sizes.items()
        ]

    def number(self, space: str) -> int:
        """The number of a space."""
        return self.tables.spaces.index(space)


def steps_of(trace: Trace) -> list[Any]:
    """What is left of a program to run: shortened, fused, and gathered into loops."""
    steps = shortened(trace.steps, trace.capacity)
    return looped(fused(steps, trace.capacity), trace.capacity)


class NativeEngine:
    """Runs the book's program in machine code: anything that the vocabulary of a program says."""

    name: ClassVar[str] = "native"

    def alone(self) -> AbstractContextManager[Any]:
        return np.errstate(all="ignore")  # it has threads of its own, and nobody else's

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        # The library lets go of Python while it works. Each job has its own network, so their
        # number and order change no bit of any result.
        if len(jobs) == 1:
            return [jobs[0]()]  # on this thread, where Ctrl-C is heard
        with ThreadPoolExecutor(min(len(jobs), os.cpu_count() or 1)) as pool:
            return list(pool.map(lambda job: job(), jobs))

    def trainers(self, tasks: Sequence[Task]) -> list[NativeTrainer]:
        from helder.engine.native_prediction import PREDICTED_AT_ONCE, check_link

        for task in tasks[:1]:
            check_link(task.network, dtype_of(task))
        training = Shared(lambda task: Compiled(training_program(task, dtype_of(task))))
        looking = Shared(
            lambda task: Compiled(looking_program(task.network, PREDICTED_AT_ONCE, dtype_of(task)))
        )
        return [
            NativeTrainer(
                task,
                training.of(task, key_of(task)),
                looking.of(task, (task.network, dtype_of(task)))
                if task.held_out is not None
                else None,
            )
            for task in tasks
        ]

    def outputs(self, network: Network, parameters: Parameters, X: Floats, k: int = 0) -> Floats:
        from helder.engine.native_prediction import outputs_of

        z = outputs_of(network, parameters.values.dtype)
        return z(parameters.values[k], parameters.statistics[k], X)

    def predictions(
        self, network: Network, parameters: Parameters, X: Floats, k: int = 0
    ) -> Floats:
        return self.predictor(network, parameters, k)(X)

    def predictor(
        self, network: Network, parameters: Parameters, k: int = 0
    ) -> Callable[[Floats], Floats]:
        from helder.engine.native_prediction import predictions_of

        p = predictions_of(network, parameters.values.dtype)
        return functools.partial(p, parameters.values[k], parameters.statistics[k])

    def objective(
        self, network: Network, parameters: Parameters, batch: Batch, k: int = 0
    ) -> NativePass:
        from helder.engine.native_passes import NativePass, objective_of

        batch.check(network)
        compiled = objective_of(network, len(batch), parameters.values.dtype)
        return NativePass(compiled, parameters, batch, k)

    def recorded(
        self, network: Network, parameters: Parameters, batch: Batch, k: int = 0
    ) -> NativeRecorded:
        from helder.engine.native_passes import NativeRecorded, recording_of

        batch.check(network)
        compiled, tape = recording_of(network, len(batch), parameters.values.dtype)
        return NativeRecorded(compiled, parameters, batch, k, tape)


class Shared:
    """Programs of one call: networks that ask for the same one share it.

    Nothing is kept between calls, since a person's own function may have changed by then.
    """

    def __init__(self, make: Callable[[Task], Compiled]) -> None:
        self.make = make
        self.made: list[tuple[Any, Compiled]] = []

    def of(self, task: Task, key: Any) -> Compiled:
        """The program that this key stands for."""
        for known, compiled in self.made:
            if known == key:
                return compiled
        self.made.append((key, self.make(task)))
        return self.made[-1][1]


def dtype_of(task: Task) -> np.dtype[Any]:
    """The type of a network's numbers."""
    return task.parameters.values.dtype


def key_of(task: Task) -> Any:
    """What a program of training follows from."""
    return task.network, task.optimizer, task.rows_per_update, task.clip_norm, dtype_of(task)


class NativeTrainer:
    """One network in training, epochs at a time."""

    def __init__(self, task: Task, training: Compiled, looking: Compiled | None) -> None:
        from helder.engine import _native

        self.task, self.compiled, dtype = task, training, dtype_of(task)
        self.mine = [task.parameters.values[task.k], task.parameters.statistics[task.k]]
        made = _native.FloatTrainer if dtype == np.float32 else _native.DoubleTrainer
        self.native = made(
            self.compiled.program,
            self.compiled.spaces(
                theta=self.mine[0],
                statistics=self.mine[1],
                **self._given(),
            ),
            [self.compiled.number(name) for name in BLOCKS],
            masks(self.compiled.trace),
            np.ascontiguousarray(task.X),
            np.ascontiguousarray(task.y),
            np.ascontiguousarray(task.weights),
            task.seed,
            task.member,
            task.rows_per_update,
        )
        if task.held_out is not None and looking is not None:
            self._look_at(task.held_out, looking)
        self.t = 0

    def _given(self) -> dict[str, Array]:
        """What the program reads of each parameter, (P,)."""
        dtype, factors = self.compiled.dtype, own_rates(self.task.network)
        given = {"decays": own_decays(self.task.network).astype(dtype)}
        return given if factors is None else {**given, "factors": factors.astype(dtype)}

    def _look_at(self, rows: Rows, looking: Compiled) -> None:
        """Gives the rows whose loss is wanted after each epoch."""
        dtype = looking.dtype
        self.native.look_at(
            looking.program,
            looking.spaces(theta=self.mine[0], statistics=self.mine[1]),
            [looking.number(name) for name in LOOKED_AT],
            np.ascontiguousarray(rows.X, dtype),
            np.ascontiguousarray(rows.y, dtype),
            np.ascontiguousarray(shares(rows.weights), dtype),
        )

    def epochs(self, first: int, rates: Floats, patience: Patience | None = None) -> Course:
        count = len(rates)
        records = Course(
            np.empty(count),
            np.empty(count),
            values=np.empty((count, self.mine[0].size), self.mine[0].dtype),
            statistics=np.empty((count, self.mine[1].size), self.mine[1].dtype),
        )
        waits = patience or Patience(-1)
        # The rule for an epoch still to come: it may wait too long, but never too briefly.
        longest = -1 if patience is None else int(np.ceil(waits.borne(first + count)))
        done = self.native.epochs(
            first,
            self._scalars(rates),
            longest,
            waits.least,
            waits.best,
            records.losses,
            records.val_losses,
            self.mine,
            [records.values, records.statistics],
        )
        self.t += rates[:done].size
        return Course(
            records.losses[:done],
            records.val_losses[:done],
            records.values[:done],
            records.statistics[:done],
        )

    def _scalars(self, rates: Floats) -> Floats:
        """What the program asks for at each update, (updates, scalars), worked out in float64."""
        task = self.task
        rows = np.full(rates.shape, float(task.rows_per_update))  # (epochs, updates)
        rows[:, -1] = len(task.X) - task.rows_per_update * (task.updates_per_epoch - 1)
        t = self.t + 1 + np.arange(rates.size, dtype=float)  # (updates,)
        known = {"rate": rates.ravel(), "t": t, "rows": rows.ravel()}
        table = np.zeros((rates.size, self.compiled.sizes["scalars"]))
        for column, scalar in enumerate(self.compiled.trace.scalars):
            table[:, column] = scalar.value(known)
        return table


def masks(trace: Trace) -> Array:
    """Each dropout's mask, (n, 4): where it lies on the tape, its columns, its share, its layer."""
    rows = [[mask.start, mask.cols, silent_words(rate), layer] for layer, rate, mask in trace.masks]
    return np.array(rows, np.int64).reshape(-1, 4)
