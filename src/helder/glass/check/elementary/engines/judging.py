"""The verdict on each operation of a person's engine, and on how it goes back through several."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from helder.glass.check.causes import CAUSES, OK
from helder.glass.check.deadline import Deadline
from helder.glass.check.elementary.engines.finding import (
    Engine,
    Operation,
    driver,
    engines,
    operations,
)
from helder.glass.check.elementary.engines.mistakes import Mistake, mistake_in, says_nothing, zero
from helder.glass.check.elementary.engines.samples import (
    PAIR,
    PAIRS,
    arity,
    broadcast,
    is_named,
    samples,
    tries_to_sum,
)
from helder.glass.check.elementary.engines.trying import Bench, Tried
from helder.glass.check.elementary.file_code import FileCode
from helder.glass.check.findings import FunctionCheck
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session
from helder.text import say

KIND = "operation"
NOT_ADDED, ORDER, NOTHING = "gradient-not-accumulated", "backward-order", "gradient-zero"


def check_engines(session: Session, code: FileCode, deadline: Deadline) -> list[FunctionCheck]:
    """Judges every operation of the file's automatic differentiation.

    Args:
        session: Where the file is loaded.
        code: What it defines, and does.
        deadline: When no further operation is judged.
    """
    checks: list[FunctionCheck] = []
    for engine in engines(session, code.definitions):
        session.define("", driver())
        found = operations(engine, code.definitions)
        checks += Judge(Bench(session, engine), found, code, deadline).checks()
    return checks


class Judge:
    """Judges the operations of one engine.

    Args:
        bench: Where they are tried.
        found: What may be an operation.
        code: Of the whole file.
        deadline: When no further one is tried.
    """

    def __init__(
        self, bench: Bench, found: Sequence[Operation], code: FileCode, deadline: Deadline
    ) -> None:
        self.bench, self.code, self.deadline = bench, code, deadline
        self.arrays = False
        adds = [op for op in found if is_named(op, "add")]
        for takes in ("", "leaf", "array") if adds else ():
            other = Bench(bench.session, replace(bench.engine, back_takes=takes))
            probed = [tried for values in PAIRS if (tried := other.tried(adds[0], values))]
            if any(tried.whole for tried in probed):
                self.bench, self.arrays = other, True
            if any(not tried.failed for tried in probed):
                break  # it goes back by itself, if only from one number
        self.uses = self.used([op for op in found if op.own])
        if len(self.uses) < 2:
            self.uses = self.used(found)

    @property
    def engine(self) -> Engine:
        """The class."""
        return self.bench.engine

    def used(self, found: Sequence[Operation]) -> dict[Operation, list[Tried]]:
        """The uses of those that are operations."""
        tried = {op: self.used_once(op) for op in found if not self.deadline.over}
        return {op: uses for op, uses in tried.items() if uses}

    def used_once(self, operation: Operation) -> list[Tried]:
        """An operation on other numbers each; empty where it is none."""
        found: list[Tried] = []
        for values, beside in samples(operation, self.arrays):
            tried = self.bench.tried(operation, values, beside=beside)
            if tried is not None:
                found.append(replace(tried, beside=tuple(beside)))
        with_number = [tried for tried in found if tried.beside]
        return with_number or found

    def checks(self) -> list[FunctionCheck]:
        """A finding for each operation; one for the way back, where it is that."""
        if len(self.uses) < 2:
            return []
        clear = [op for op in self.uses if self.is_clear(op)]
        alone = {op: mistake_in(op, self.uses[op]) for op in clear}
        wrong = [mistake for mistake in alone.values() if mistake is not None]
        if len(wrong) == len(alone) > 1 and all(m.cause == NOTHING for m in wrong):
            return [self.of_the_way_back(NOTHING, wrong[0].saw)]
        right = [op for op, mistake in alone.items() if mistake is None]
        together = self.together(right)
        lost = [op for op, mistake in together.items() if mistake and mistake.cause != NOT_ADDED]
        if len(lost) == len(right) > 1:
            mistake = together[lost[0]]
            assert mistake is not None
            return [self.of_the_way_back(ORDER, mistake.saw)]
        of_all = alone | together
        blamed: list[FunctionCheck] = []
        if not wrong and overwrites(together):
            of_all = of_all if not self.arrays or resets(self.engine, self.code) else {}
            if of_all and stores(self.engine.gradient, self.engine.back.node):
                mistake = together[right[0]]
                assert mistake is not None
                blamed, of_all = [self.of_the_way_back(NOT_ADDED, mistake.saw)], {}
            of_all = of_all or dict.fromkeys(right)
        elif not any(of_all.values()):
            graph = self.graph(right)
            blamed = [] if graph is None else [self.of_the_way_back(ORDER, graph.saw)]
        return [*blamed, *(finding(op.blamed, found) for op, found in of_all.items())]

    def is_clear(self, operation: Operation) -> bool:
        """Whether the uses of an operation say the same of it.

        An addition that is meant for biases alone is wrong where both are alike; one that is not
        meant for biases does not sum over the rows.
        """
        uses = self.uses[operation]
        if any(says_nothing(operation, tried) for tried in uses):
            return False
        stretched = [tried for tried in uses if broadcast(tried)]
        plain = [tried for tried in uses if not broadcast(tried)]
        if any(tried.fits for tried in stretched):
            self.uses[operation] = plain
            return all(tried.fits for tried in plain)
        if not tries_to_sum(operation):
            self.uses[operation] = plain
        return bool(self.uses[operation])

    def carrier(self, right: Sequence[Operation], *names: str) -> Operation | None:
        """An operation of two that is right by itself."""
        found = [op for name in names for op in right if is_named(op, name)]
        return next(iter(found), None)

    def together(self, right: Sequence[Operation]) -> dict[Operation, Mistake | None]:
        """What is wrong with operations only beside others."""
        adds, times = self.carrier(right, "add", "mul"), self.carrier(right, "mul")
        found: dict[Operation, Mistake | None] = {}
        for operation in right:
            found[operation] = None
            use = next((u for u in self.uses[operation] if np.any(u.slopes[0])), None)
            if use is None or self.deadline.over:
                continue
            if times is not None:
                after: Any = 0.5 + np.linspace(0, 1, use.value.size).reshape(use.value.shape)
                values = [*use.values, after if self.arrays else float(after)]
                chained = self.bench.tried(operation, values, "chained", times, use.beside)
                if chained is not None and not chained.fits:
                    found[operation] = mistake_of(operation, chained, "engine_upstream")
                    continue
            if adds is not None:
                twice = self.bench.tried(operation, use.values, "twice", adds, use.beside)
                found[operation] = self.not_added(operation, twice)
            if found[operation] is None and arity(operation) == 2 and not use.beside:
                same = self.bench.tried(operation, use.values[:1], "same")
                found[operation] = self.not_added(operation, same)
        return found

    def not_added(self, operation: Operation, tried: Tried | None) -> Mistake | None:
        """A gradient that takes the place of one that was there."""
        if tried is None or tried.fits or tried.failed:
            return None
        return replace(mistake_of(operation, tried, "engine_twice"), cause=NOT_ADDED)

    def graph(self, right: Sequence[Operation]) -> Mistake | None:
        """What is wrong with a value that is used on a short way and on a longer one."""
        adds, times = self.carrier(right, "add"), self.carrier(right, "mul")
        if adds is None or times is None:
            return None
        values = PAIR if self.arrays else [0.7, -1.3]
        tried = self.bench.tried(adds, values, "graph", times)
        if tried is None or tried.fits or tried.failed:
            return None
        return mistake_of(adds, tried, "engine_graph")

    def of_the_way_back(self, cause: str, saw: str) -> FunctionCheck:
        """What is wrong with the way back itself."""
        return finding(self.engine.back, Mistake(cause, saw))


def overwrites(together: Mapping[Operation, Mistake | None]) -> bool:
    """Whether no operation adds to what is there: a way that serves where each is used once."""
    causes = [mistake.cause for mistake in together.values() if mistake is not None]
    return len(causes) == len(together) > 1 and set(causes) == {NOT_ADDED}


def resets(engine: Engine, code: FileCode) -> bool:
    """Whether gradients are set to 0 anywhere, which only those want that are added to."""
    outside = [tree for path, tree in code.trees if not path.endswith("__init__")]
    named = any("zero" in path.lower() and "grad" in path.lower() for path, _ in code.trees)
    return named or any(stores(engine.gradient, tree, new=False) for tree in outside)


def stores(name: str, tree: ast.AST, new: bool = True) -> bool:
    """Whether an attribute is given values: what was worked out, else a 0 or None."""
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    values = [
        node.value
        for node in assigned
        for target in node.targets
        if re.search(rf"\.{name}\b", ast.unparse(target))
    ]
    nothing = re.compile(r"None|[01](\.0*)?|.*(zeros|ones)(_like)?\(.*|.*Tensor\(.*", re.DOTALL)
    return any((nothing.fullmatch(ast.unparse(value)) is None) == new for value in values)


def mistake_of(operation: Operation, tried: Tried, said: str) -> Mistake:
    """A derivative that is wrong only beside other operations."""
    saw = tried.difference(operation.definition.name)
    return Mistake(zero(tried) or "derivative-formula", f"{saw} {say(f'check_functions.{said}')}")


def finding(definition: Definition, mistake: Mistake | None) -> FunctionCheck:
    """What was found of a function."""
    return FunctionCheck(
        name=definition.path,
        kind=KIND,
        file=definition.file,
        line=definition.line,
        verdict=OK if mistake is None else CAUSES[mistake.cause],
        causes=() if mistake is None else (mistake.cause,),
        evidence="" if mistake is None else mistake.saw,
    )
