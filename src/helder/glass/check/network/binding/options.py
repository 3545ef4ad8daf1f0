"""The activations that somebody's network may be asked for beside the one that it takes itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from helder.glass.check.elementary.choices import options
from helder.glass.check.network import roles
from helder.glass.check.reading.definitions import Definition, Parameter

KNOWN = frozenset({"relu", "tanh", "sigmoid", "leakyrelu", "elu", "logistic", "lrelu"})


def options_of_class(owner: Definition, trees: Sequence[ast.AST]) -> Iterator[dict[str, str]]:
    """Those that a constructor may be asked for, as far as the file names them."""
    yield from asked_for(owner.parameters, trees)


def options_of_functions(
    steps: Sequence[Definition], definitions: Sequence[Definition], trees: Sequence[ast.AST]
) -> Iterator[dict[str, str]]:
    """Those that functions may be asked for, where they compare what they get with one."""
    compared = [options(d, definitions) for d in definitions if d.kind != "class"]
    for option in asked_for([p for step in steps for p in step.parameters], trees):
        if any(set(option.values()) & texts.get(next(iter(option)), set()) for texts in compared):
            yield option


def asked_for(
    parameters: Sequence[Parameter], trees: Sequence[ast.AST]
) -> Iterator[dict[str, str]]:
    """Each parameter that chooses a hidden activation, with each text that is not its default."""
    texts = {
        str(node.value)
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and is_activation(node.value)
    }
    for name, default in {p.name: literal(p.default) for p in parameters}.items():
        if "out" not in name and ("activ" in roles.plain(name) or is_activation(default)):
            yield from ({name: text} for text in sorted(texts - {default}))


def literal(default: str | None) -> Any:
    """What stands for a parameter that is not given; None where that is no plain value."""
    try:
        return None if default is None else ast.literal_eval(default)
    except (ValueError, SyntaxError):
        return None


def is_activation(value: Any) -> bool:
    """Whether this is the name of an activation."""
    return isinstance(value, str) and value.lower().replace("_", "") in KNOWN
