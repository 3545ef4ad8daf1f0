"""The process that holds somebody's code: it loads, answers requests, and judges nothing.

It is started by `sandbox.py` with its requests on standard input and its replies on standard
output; both are moved out of the way before any of the person's code is met.
"""

from __future__ import annotations

import os
import random
import sys
import warnings
from dataclasses import astuple
from typing import Any, BinaryIO

import numpy as np

from helder.glass.check.session import Outcome, Problem, Seen
from helder.glass.check.sessions.clock import Alarm
from helder.glass.check.sessions.evaluator import Evaluator
from helder.glass.check.sessions.guard import limit_resources, watch
from helder.glass.check.sessions.program import Loading, Program, Text, load
from helder.glass.check.sessions.values import Things
from helder.glass.check.sessions.wire import OverLimitError, frame, packed


def main() -> None:
    """Loads what the first request brings, then answers until no more come."""
    requests, replies = pipes()
    setup = frame(requests.read)
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    random.seed(0)
    np.random.seed(0)
    limit_resources(setup["computing"])
    watch(setup["folder"], strict=not setup["as_is"])
    files: set[str] = set()
    alarm = Alarm(setup["loading"], files)
    program = load([Text(*text) for text in setup["texts"]], files, loading(setup, alarm, replies))
    alarm.seconds = setup["soft"]
    send(replies, loaded(program))
    evaluator = Evaluator(program, alarm, BaseException, Things(setup["first"]))
    while True:
        try:
            request = frame(requests.read)
        except EOFError:
            leave()
        answer(evaluator, request, replies)


def pipes() -> tuple[BinaryIO, BinaryIO]:
    """Our pipes under numbers of their own; the standard ones lead nowhere from now on."""
    requests, replies = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return os.fdopen(requests, "rb"), os.fdopen(replies, "wb")


def loading(setup: dict[str, Any], alarm: Alarm, replies: BinaryIO) -> Loading:
    def starting(module: str, line: int, imports: bool) -> None:
        send(replies, {"at": (module, line), "imports": imports})

    skipped = tuple(setup["skipped"])
    return Loading(alarm, starting, alarm.paused, skipped, as_is=setup["as_is"])


def loaded(program: Program) -> dict[str, Any]:
    """What is said of how loading went."""
    return {
        "loaded": True,
        "problems": {name: astuple(problem) for name, problem in program.problems.items()},
        "left_out": {name: list(lines) for name, lines in program.left_out.items()},
        "stand_ins": sorted({name.partition(".")[0] for name in program.importer.stand_ins}),
    }


def answer(evaluator: Evaluator, request: dict[str, Any], replies: BinaryIO) -> None:
    """Makes the changes that come with a question, does what it asks, sends what became of it."""
    number, what = request["number"], request["what"]
    try:
        for change, *given in request["before"]:
            getattr(evaluator, change)(*given)
        reply = reply_to(getattr(evaluator, what)(*request["args"], **request["kwargs"]))
        data = packed({"number": number, **reply})
    except OverLimitError as problem:
        data = failed(number, "TooLargeError", str(problem))
    except MemoryError:
        data = failed(number, "MemoryError", "no memory was left to answer")
    replies.write(data)
    replies.flush()


def failed(number: int, kind: str, message: str) -> bytes:
    return packed({"number": number, **reply_to(Outcome(problem=Problem(kind, message)))})


def reply_to(result: Outcome | dict[str, Any] | list[Seen]) -> dict[str, Any]:
    """An outcome, a state, or what was watched, as it is sent."""
    if isinstance(result, dict):
        return {"state": result}
    if isinstance(result, list):
        return {"seen": [(one.module, one.line, one.path, one.value) for one in result]}
    return {
        "value": result.value,
        "problem": astuple(result.problem) if result.problem else None,
        "warnings": result.warnings,
        "overwritten": result.overwritten,
    }


def send(replies: BinaryIO, message: dict[str, Any]) -> None:
    replies.write(packed(message))
    replies.flush()


def leave() -> None:
    """Ends without what the person's code left to be done at the end."""
    os._exit(0)
