"""The texts and flags by which a function of a file chooses what it computes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from helder.glass.check.reading.definitions import Definition


def options(definition: Definition, definitions: Sequence[Definition]) -> dict[str, set[str]]:
    """Per parameter (and `.attribute` of self) the texts that may be given for it.

    Those that it is compared with, its default, what the file calls the function with; for an
    attribute also what the other methods compare it with, and the defaults of the constructor.
    """
    found = _compared(definition)
    for name, texts in found.items():
        if name.startswith("."):
            texts.update(_of_the_class(name, definition, definitions))
        else:
            defaults = [p.default for p in definition.parameters if p.name == name and p.default]
            texts.update(text for default in defaults for text in _quoted(default))
            texts.update(_called_with(definition.name, definitions))
    return found


def _of_the_class(
    name: str, definition: Definition, definitions: Sequence[Definition]
) -> Iterator[str]:
    for other in definitions:
        if other.owner == definition.owner and other.kind != "class":
            yield from _compared(other).get(name, ())
            if other.name == "__init__":
                yield from (t for p in other.parameters if p.default for t in _quoted(p.default))


def _quoted(source: str) -> set[str]:
    return _texts(ast.parse(source, mode="eval").body)


def _called_with(name: str, definitions: Sequence[Definition]) -> Iterator[str]:
    """Texts that stand in calls of this function."""
    for other in definitions:
        for node in ast.walk(other.node):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                for argument in [*node.args, *(k.value for k in node.keywords)]:
                    yield from _texts(argument)


def _compared(definition: Definition) -> dict[str, set[str]]:
    """Per parameter and attribute of self the texts that the function compares it with."""
    known = {parameter.name for parameter in definition.parameters}
    found: dict[str, set[str]] = {}
    for node in ast.walk(definition.node):
        for subject, texts in _choices(node):
            name = _subject(subject)
            if name and (name in known or name.startswith(".")):
                found.setdefault(name, set()).update(texts)
    return found


def _choices(node: ast.AST) -> Iterator[tuple[ast.AST, set[str]]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = node.left, node.comparators[0]
        if isinstance(node.ops[0], ast.Eq):
            yield left, _texts(right)
            yield right, _texts(left)
        elif isinstance(node.ops[0], ast.In):
            yield left, _texts(right)
    elif isinstance(node, ast.Match):
        patterns = [p for case in node.cases for p in ast.walk(case.pattern)]
        values = [p.value for p in patterns if isinstance(p, ast.MatchValue)]
        yield node.subject, {text for value in values for text in _texts(value)}
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        yield node.slice, {text for key in node.value.keys if key for text in _texts(key)}
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
        yield from _looked_up(node.value)


def _looked_up(table: ast.Dict) -> Iterator[tuple[ast.AST, set[str]]]:
    """A table of functions by name is taken for a choice by every parameter with a plain name."""
    texts = {text for key in table.keys if key for text in _texts(key)}
    for name in ("name", "activation", "kind", "fn", "func", "function", "act", "type", "mode"):
        yield ast.Name(name), texts


def _texts(node: ast.AST) -> set[str]:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return {p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)}


def _subject(node: ast.AST) -> str | None:
    """The parameter, or the attribute of self, that is compared; `.lower()` is looked through."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _subject(node.func.value)
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f".{node.attr}" if node.value.id == "self" else None
    return None


def tested(definition: Definition) -> set[str]:
    """Names that an `if` asks about: `if deriv:`, `if deriv == True`, `a if not deriv else b`."""
    tests = [
        node.test for node in ast.walk(definition.node) if isinstance(node, ast.If | ast.IfExp)
    ]
    return {node.id for test in tests for node in ast.walk(test) if isinstance(node, ast.Name)}
