"""The table of operators: each finds the places in a file where one mistake can be made."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mutations.code import Code, Edit

Places = Callable[[Code], Iterator[Edit | None]]


@dataclass(frozen=True)
class Operator:
    """A way to make one mistake.

    Attributes:
        cause: Of `causes.CAUSES`.
        name: What is done, in a few words.
        places: Every edit that makes the mistake in a file.
        proof: `values`: the function it stands in must be seen to give other values. `try`: must
            where it can be called on its own. `none`: there is nothing to call.
    """

    cause: str
    name: str
    places: Places
    proof: str


OPERATORS: list[Operator] = []


def operator(cause: str, name: str, proof: str = "try") -> Callable[[Places], Places]:
    """Enters a generator of edits in the table."""

    def enter(places: Places) -> Places:
        OPERATORS.append(Operator(cause, name, places, proof))
        return places

    return enter


def returned(code: Code, function: ast.FunctionDef) -> list[ast.expr]:
    """What a function's own `return` statements give."""
    return [
        node.value
        for node in code.all(ast.Return, inside=function)
        if node.value is not None and code.function_of(node) is function
    ]
