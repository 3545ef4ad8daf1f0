"""Checks what a person wrote: a file, loaded with care, or an object that they hand over."""

from __future__ import annotations

import ast
import os
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any, TypeVar

from helder.errors import ArgumentError, DataError
from helder.glass.check.causes import CANNOT_TELL, OK, WRONG
from helder.glass.check.deadline import Deadline
from helder.glass.check.elementary import check_functions
from helder.glass.check.elementary.engines.judging import KIND as OPERATION
from helder.glass.check.elementary.loss_formulas import OTHER_LOSS, SQUARED
from helder.glass.check.findings import FileCheck, FunctionCheck, NetworkCheck, Note
from helder.glass.check.network import check_network
from helder.glass.check.network.adapting.adapted import check_adapted
from helder.glass.check.network.adapting.suggesting import adapter_of, own_step, suggested
from helder.glass.check.network.judging.recognising import Recogniser
from helder.glass.check.network.reference.own import own_activations
from helder.glass.check.network.reference.own_slopes import own_slopes
from helder.glass.check.notes import notes
from helder.glass.check.reading.sources import Source, Sources, read_sources
from helder.glass.check.sessions.here import Here, definitions_of, is_written
from helder.glass.check.sessions.sandbox import Sandbox
from helder.text import say

SECONDS = 4.0  # for all of a check; with the start of Python a file takes 5 at most
FOR_FUNCTIONS = 0.6  # of the time, for single functions; the network has what is left
Result = TypeVar("Result")
Found = TypeVar("Found", FunctionCheck, NetworkCheck, Note)


def check(
    thing: Any,
    *,
    adapter: str | os.PathLike[str] | None = None,
    run: bool = False,
    seconds: float = SECONDS,
) -> FileCheck:
    """Says of each function of a network written by hand whether it is right, and if not, why.

    A file is never imported: its definitions are loaded in a process of its own, which is limited
    in time, memory and reach, and nothing that it does at its top level happens.

    Args:
        thing: The path of a script or a notebook; or a function, a class, an object, a module, or
            several by their names in a dict, which are called where they are, without limits.
        adapter: A file that says how the network is used, where the check does not find out.
        run: Whether the file is run as it is before its functions are called.
        seconds: How long the check of a file may take, all in all; on a busy machine more is
            better, as what is not found out by then is not judged.

    Returns:
        All that was found; printed, it is a lesson. A file that is not there or cannot be read
        raises nothing: `problem` says why.

    Raises:
        DataError: The adapter cannot be used.
        ArgumentError: The path is neither that of a Python file nor that of a notebook, or the
            thing is nothing that a person wrote.
    """
    if isinstance(thing, str | os.PathLike):
        return check_file(Path(thing), adapter, run, seconds)
    return check_object(thing)


def check_file(
    path: Path, adapter: str | os.PathLike[str] | None, run: bool, seconds: float
) -> FileCheck:
    """All that is found of a file."""
    deadline = Deadline.after(seconds)
    try:
        sources = read_sources(path)
    except DataError as problem:
        return FileCheck(str(path), problem=str(problem))
    with Sandbox(sources, deadline, run_as_is=run) as session:
        known, of_functions = sources.definitions, deadline.part(FOR_FUNCTIONS)
        functions, failed = attempt(
            check_functions,
            session, known, sources.main.tree, sources.main.path.name, of_functions,
        )  # fmt: skip
        late = (say("check.no_time_functions"),) if of_functions.over else ()
        if adapter is None:
            network, failed_too = attempt(
                check_network, session, known, functions or (), sources, deadline
            )
            if network is None or network.verdict == CANNOT_TELL:
                better, why = attempt(
                    suggested, session, sources, functions or (), network, deadline
                )
                network, failed_too = better or network, (*failed_too, *why)
            elif network.verdict == OK and not network.stepped:
                better, why = attempt(
                    own_step, session, sources, functions or (), network, deadline
                )
                network, failed_too = better or network, (*failed_too, *why)
        else:
            given = session, functions or (), known
            recogniser = Recogniser(own_activations(*given), deadline, own_slopes(*given))
            network, failed_too = check_adapted(path, Path(adapter), recogniser), ()
        found = found_of(str(path), functions or (), network, sources)
        return replace(found, said=(*session.said, *late, *failed, *failed_too))


def attempt(part: Callable[..., Result], *given: Any) -> tuple[Result | None, tuple[str, ...]]:
    """What a part of the check finds, or what is said where it fails itself.

    Any code may be handed in, also such as nobody has thought of: what else was found of it is
    told, with the place where the check failed.
    """
    try:
        return part(*given), ()
    except Exception as problem:  # of any kind: no defect of ours may cost the rest of the answer
        place = traceback.extract_tb(problem.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        saw = f"{type(problem).__name__}: {problem}"
        return None, (say("check.failed", part=part.__name__, place=where, problem=saw),)


def adapter_text(path: str | os.PathLike[str], seconds: float = SECONDS) -> str:
    """The adapter of a file, in the names of its own lines, to be given as `adapter`.

    Raises:
        DataError: The file cannot be read.
        ArgumentError: It is neither a Python file nor a notebook.
    """
    sources, deadline = read_sources(Path(path)), Deadline.after(seconds)
    with Sandbox(sources, deadline) as session:
        functions = check_functions(
            session,
            sources.definitions,
            sources.main.tree,
            sources.main.path.name,
            deadline.part(FOR_FUNCTIONS),
        )
        return adapter_of(session, sources, functions, deadline).text


def check_object(thing: Any) -> FileCheck:
    """All that is found of objects, called in this process."""
    if isinstance(thing, ModuleType | Mapping):
        objects, name = thing, getattr(thing, "__name__", "objects")
    elif isinstance(thing, type | FunctionType | MethodType):
        objects, name = {thing.__name__: thing}, thing.__name__
    elif is_written(type(thing)):
        name = type(thing).__name__
        objects = {f"a_{name}": thing}
    else:
        raise ArgumentError(
            "this cannot be checked",
            got=type(thing).__name__,
            accepted="the path of a file, or a function, a class, an object, a module",
        )
    known = definitions_of(objects)
    tree = ast.Module([d.node for d in known if isinstance(d.node, ast.stmt) and not d.owner], [])
    file = next((d.file for d in known if d.file), "")
    sources = Sources(Source("", Path(file), "", tree))
    session = Here(objects)
    functions = check_functions(session, known, tree, file)
    network = check_network(session, known, functions, sources, Deadline.after(SECONDS))
    return found_of(name, functions, network, sources)


def found_of(
    name: str,
    functions: Sequence[FunctionCheck],
    network: NetworkCheck | None,
    sources: Sources,
) -> FileCheck:
    """What was found, placed in the file, and what is read in it."""
    network = by_operation(functions, network)
    read = [note for source in (sources.main, *sources.siblings) for note in notes(source)]
    return FileCheck(
        name,
        tuple(placed(one, sources.main) for one in beside_gradient(functions, network)),
        None if network is None else placed(network, sources.main),
        tuple(placed(one, sources.main) for one in read),
    )


def by_operation(
    functions: Sequence[FunctionCheck], network: NetworkCheck | None
) -> NetworkCheck | None:
    """A network that is wrong because an operation is, whose derivative all its gradients use."""
    operations = [one for one in functions if one.kind == OPERATION and one.verdict == WRONG]
    if network is None or network.verdict != WRONG or not operations:
        return network
    first = operations[0]
    return replace(
        network, causes=first.causes, evidence=first.evidence, function=first.name,
        file=first.file, line=first.line,
    )  # fmt: skip


def beside_gradient(
    functions: Sequence[FunctionCheck], network: NetworkCheck | None
) -> Iterator[FunctionCheck]:
    """Squared errors under another loss's name are no mix-up where their gradient is taken."""
    squares = network is not None and network.convention.get("loss") == SQUARED
    for one in functions:
        alone = squares and one.causes == (OTHER_LOSS,)
        yield replace(one, verdict=OK, causes=(), evidence="") if alone else one


def placed(found: Found, main: Source) -> Found:
    """A finding with its line as a person sees it: in a notebook that of a cell."""
    if not main.cells or found.file != main.path.name or found.line is None:
        return found
    cell, line = main.cell_of(found.line)
    return replace(found, cell=cell, line=line)
