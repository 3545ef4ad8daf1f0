"""A network that is used as an adapter says: its four functions behind a class that we know."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np

from helder.errors import DataError, listed
from helder.glass.check.causes import CANNOT_TELL
from helder.glass.check.definitions import Definition
from helder.glass.check.findings import NetworkCheck
from helder.glass.check.network.checking import check_network
from helder.glass.check.sandbox import Sandbox
from helder.glass.check.session import Problem, Session, Thing
from helder.glass.check.sources import Sources, read_sources
from helder.text import say

FUNCTIONS = ("make", "parameters", "forward", "step")
NAME = "AdaptedNetwork"
ROWS = 3  # that its functions are tried with

# Holds copies of the person's arrays under usual names: they are put in place before each call, and
# read again after a step, so that it does not matter whether they are changed or replaced.
HARNESS = f"""

import numpy as _np


class {NAME}:
    def __init__(self):
        self._net = make()
        self._keep()

    def _arrays(self):
        return list(parameters(self._net))

    def _keep(self):
        arrays = [_np.array(array, dtype=float) for array in self._arrays()]
        pairs = list(zip(arrays[::2], arrays[1::2]))
        paired = len(arrays) % 2 == 0 and all(b.size in W.shape for W, b in pairs)
        self._names = [
            ("Wb"[at % 2] if paired else "W") + str((at // 2 if paired else at) + 1)
            for at in range(len(arrays))
        ]
        for name, array in zip(self._names, arrays):
            setattr(self, name, array)

    def _put(self):
        for name, array in zip(self._names, self._arrays()):
            value = getattr(self, name)
            if isinstance(array, list):
                array[:] = value.tolist()
            else:
                array[...] = value

    def forward(self, X):
        self._put()
        return forward(self._net, X)

    def train(self, X, y, learning_rate):
        self._put()
        step(self._net, X, y, learning_rate)
        self._keep()
"""


def adapted(path: Path) -> tuple[Sources, tuple[Definition, ...]]:
    """An adapter with the class around it, and the definitions of that class.

    Raises:
        ArgumentError: The file is no Python file.
        DataError: It cannot be read, or lacks one of the functions of an adapter.
    """
    sources = read_sources(path)
    own = {d.path for d in sources.definitions if d.file == sources.main.path.name}
    missing = [name for name in FUNCTIONS if name not in own]
    if missing:
        raise DataError(
            f"an adapter lacks {listed(missing)}",
            accepted=f"functions {listed(FUNCTIONS)}",
            where=str(path),
        )
    text = sources.main.text + HARNESS
    main = replace(sources.main, text=text, tree=ast.parse(text))
    whole = replace(sources, main=main)
    known = [d for d in whole.definitions if NAME in (d.path, d.owner)]
    return whole, tuple(known)


def judged(path: Path, seconds: float) -> NetworkCheck:
    """What the network is that an adapter leads to.

    Raises:
        ArgumentError: The adapter is no Python file.
        DataError: The adapter cannot be read, or lacks a function.
    """
    sources, definitions = adapted(path)
    with Sandbox(sources, seconds) as session:
        problem = failure(session)
        if problem is not None:
            said = say("check.adapter_fails", kind=problem.kind, message=problem.message)
            return NetworkCheck(CANNOT_TELL, evidence=said)
        found = check_network(session, definitions, [], sources)
    if found is None or found.verdict == CANNOT_TELL:
        return NetworkCheck(CANNOT_TELL, evidence=say("check.adapter_unclear"))
    convention = {name: how for name, how in found.convention.items() if name != "step"}
    evidence = found.evidence.replace(f"{NAME}.train", "step").replace(f"{NAME}.forward", "forward")
    return NetworkCheck(found.verdict, found.causes, evidence, convention)


def failure(session: Session) -> Problem | None:
    """Why the functions of an adapter cannot be called one after the other, if so."""
    made = session.call(NAME)
    if made.problem is not None or not isinstance(made.value, Thing):
        return made.problem
    net = made.value.handle
    first = np.shape(session.read(f"{net}.W1").value)
    for inputs in first:  # the weights may be stored as (inputs, units) or as (units, inputs)
        X = np.linspace(-1, 1, ROWS * inputs).reshape(ROWS, inputs)
        forward = session.call(f"{net}.forward", X)
        if forward.problem is None:
            Y = np.zeros(np.shape(forward.value))
            return session.call(f"{net}.train", X, Y, 0.0).problem
    return forward.problem if first else Problem("ValueError", say("check.adapter_empty"))
