"""An adapter for a script: it names the loop, its rows and targets, and its parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from helder.errors import DataError, listed
from helder.glass.check.network.binding.networks import Bound
from helder.glass.check.network.scripts.loops import bind_named
from helder.glass.check.reading.scripts import scripts
from helder.glass.check.reading.sources import Source
from helder.glass.check.session import Session
from helder.text import say

WORDS = ("loop", "X", "Y", "parameters")


def is_of_script(tree: ast.Module) -> bool:
    """Whether an adapter names a loop."""
    return "loop" in named_in(tree)


def named_in(tree: ast.Module) -> dict[str, Any]:
    """The plain values that an adapter gives names, one by one or several at once."""
    found: dict[str, Any] = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        target = node.targets[0]
        try:
            value = ast.literal_eval(node.value)
        except ValueError:
            continue
        if isinstance(target, ast.Name):
            found[target.id] = value
        elif isinstance(target, ast.Tuple) and isinstance(value, tuple):
            found |= {ast.unparse(t): v for t, v in zip(target.elts, value, strict=False)}
    return found


def bind_names(session: Session, main: Source, adapter: ast.Module) -> Iterator[Bound]:
    """The ways in which one pass of the loop that an adapter names may be a step."""
    names = named_in(adapter)
    lacking = [word for word in WORDS if word not in names]
    if lacking:
        raise DataError(say("check.adapter_lacks_names"), got=listed(names), accepted=listed(WORDS))
    found = [script for script in scripts(main.tree) if script.line == names["loop"]]
    if not found:
        lines = listed([str(script.line) for script in scripts(main.tree)]) or None
        raise DataError(say("check.adapter_loop"), got=names["loop"], accepted=lines)
    file, parameters = main.path.name, [str(path) for path in names["parameters"]]
    yield from bind_named(session, found[0], file, str(names["X"]), str(names["Y"]), parameters)
