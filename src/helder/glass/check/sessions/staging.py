"""Sets the stage for one pass of a loop: runs what leads to it, some names held to given values."""

from __future__ import annotations

import ast
import builtins
import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from helder.glass.check.reading.loops import passes
from helder.glass.check.reading.names import stored
from helder.glass.check.reading.scripts import Script
from helder.glass.check.sessions import paths
from helder.glass.check.sessions.clock import TimeLimit
from helder.glass.check.sessions.program import FLAGS, Program, file_of

MOST_PASSES = 60  # of a loop that leads to it
LIMIT = "__helder_some__"


def stage(program: Program, script: Script, held: Callable[[], dict[str, Any]]) -> list[str]:
    """Runs what leads to a loop; a statement that fails stops no other.

    One that takes too long ends it all, and is left out the next time.

    Args:
        program: Where.
        script: The loop.
        held: Makes the values that some names keep, whatever the statements do to them.

    Returns:
        The names that the loop reads and that are not there.
    """
    module = program.modules[""]
    names = vars(module)
    fixed = held()
    for name in (script.stores | stored(script.before)) - {LIMIT}:
        names.pop(name, None)  # what an earlier pass has left; their order tells that of the layers
    names.update(fixed)
    names[LIMIT] = lambda over: some(over)
    for node in script.before:
        if isinstance(node, ast.While) or targets(node) & set(fixed) == targets(node) != set():
            continue
        if node in program.endless:
            continue
        try:
            exec(code_of(node, file_of(module)), names)  # noqa: S102  what a session is for
        except TimeLimit:
            program.endless.add(node)
            raise
        except Exception:  # noqa: S110  what failed is told by the names that are missing
            pass
        names.update(held())
    names.pop(LIMIT, None)
    return sorted(n for n in script.reads if n not in names and not hasattr(builtins, n))


@functools.lru_cache(maxsize=1000)
def code_of(node: ast.stmt, file: str) -> types.CodeType:
    """A statement as code; of a loop only some passes."""
    tree = passes(node, LIMIT) if isinstance(node, ast.For) else ast.Module([node], [])
    return compile(tree, file, "exec", FLAGS, dont_inherit=True)


def some(over: Any) -> Any:
    """The first elements of what a loop goes over."""
    for at, one in enumerate(over):
        if at >= MOST_PASSES:
            return
        yield one


def targets(node: ast.stmt) -> set[str]:
    """The names that an assignment alone is about."""
    if isinstance(node, ast.Assign):
        inner = [part for target in node.targets for part in ast.walk(target)]
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        inner = list(ast.walk(node.target))
    else:
        return set()
    return {part.id for part in inner if isinstance(part, ast.Name)}


def write(root: Any, steps: tuple[paths.Step, ...], value: Any) -> None:
    """Puts an array in place of another: into it, where it fits, so that all who hold it see it."""
    there = paths.follow(root, steps)
    if isinstance(there, np.ndarray) and there.shape == value.shape and there.dtype.kind == "f":
        there[...] = value
    else:
        paths.put(paths.follow(root, steps[:-1]), steps[-1], value)
