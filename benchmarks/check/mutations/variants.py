"""From a correct file, every file with one mistake that the operators can make of it."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from mutations import (  # noqa: F401
    activations,
    data,
    derivatives,
    forwards,
    gradients,
    labels,
    losses,
    updates,
)
from mutations.alive import changes
from mutations.code import Code, Edit
from mutations.operators import OPERATORS, Operator

NAMES = ("leaky", "relu", "sigmoid", "tanh", "elu")


@dataclass(frozen=True)
class Variant:
    """A file with one mistake.

    Attributes:
        cause: What a check should call it, a name of `causes.CAUSES`.
        operator: How it was made; ends with `(option)` where the default does not reach it.
        line: Where, in the correct file.
        source: The whole text.
    """

    cause: str
    operator: str
    line: int
    source: str


def variants(source: str) -> Iterator[Variant]:
    """Every variant of a file's text, each once."""
    code = Code(source)
    seen = {ast.dump(code.tree)}
    for operator in OPERATORS:
        for edit in operator.places(code):
            if edit is not None:
                variant = _variant(code, operator, edit, seen)
                if variant is not None:
                    yield variant


def _variant(code: Code, operator: Operator, edit: Edit, seen: set[str]) -> Variant | None:
    text = code.apply(edit)
    if "np." not in code.source:  # a file that writes the name in full
        text = text.replace("np.", "numpy.")
    if operator.cause == "python-2":
        return Variant(operator.cause, operator.name, edit.line, text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dumped = ast.dump(ast.parse(text))
    except SyntaxError as error:
        raise AssertionError(f"{operator.name}, line {edit.line}: {error}") from error
    if dumped in seen:
        return None
    if operator.proof != "none":
        alive = changes(code, edit.line, text)
        if alive is False or (alive is None and operator.proof == "values"):
            return None
    seen.add(dumped)
    name = operator.name
    if "(option)" not in name and (edit.option or _is_option(code, edit.line)):
        name += " (option)"
    return Variant(operator.cause, name, edit.line, text)


def _is_option(code: Code, line: int) -> bool:
    """Whether a line belongs to an activation that is not the one chosen by default."""
    defaults = {
        default.value
        for function in code.functions
        for default in (*function.args.defaults, *function.args.kw_defaults)
        if isinstance(default, ast.Constant) and default.value in NAMES
    }
    if len(defaults) != 1:
        return False
    around = [
        ast.unparse(node.test) if isinstance(node, ast.If) else node.name
        for node in code.all(ast.If, ast.FunctionDef, ast.ClassDef)
        if (node.body[0].lineno if isinstance(node, ast.If) else node.lineno) <= line
        and line <= (node.body[-1] if isinstance(node, ast.If) else node).end_lineno
    ]
    mentioned = {n for text in around for n in NAMES if re.search(n, text, re.I)}
    return bool(mentioned) and not mentioned & defaults
