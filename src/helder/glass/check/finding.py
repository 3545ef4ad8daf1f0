"""Which functions of a file may be an activation or its slope, by name; values decide later."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from helder.glass.check import name_words as names
from helder.glass.check.definitions import Definition
from helder.glass.check.name_words import Meaning

CALLABLE = ("function", "method", "static")


@dataclass(frozen=True)
class Guess:
    """One thing that a function may compute, when it is called in one way.

    Attributes:
        definition: The function.
        meaning: What its name says, or the option with which it is called.
        fixed: Parameters with a value of their own: `{"deriv": True}`, `{"kind": "relu"}`.
        attributes: Of the instance, set before the call: `{"activation": "relu"}`.
        stem: What an activation and its derivative share: the class, or the name without
            "derivative".
    """

    definition: Definition
    meaning: Meaning
    fixed: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """What an activation and its derivative share beyond their kind: the class or option."""
        options = list(self.attributes.values())
        options += [value for value in self.fixed.values() if isinstance(value, str)]
        owner = self.definition.owner if names.role(self.definition.name) else ""
        return "/".join([owner, *options])


def guesses(definitions: Sequence[Definition]) -> list[Guess]:
    """Every way in which a function of the file may be an activation or a derivative."""
    found: list[Guess] = []
    for definition in [*definitions, *inherited(definitions)]:
        if definition.kind in CALLABLE and not definition.name.startswith("__init"):
            found += _guesses(definition)
    return found


def inherited(definitions: Sequence[Definition]) -> Iterator[Definition]:
    """Methods that a class named after an activation has from its parent: `Tanh.forward`."""
    classes = {d.path: d for d in definitions if d.kind == "class"}
    for child in classes.values():
        own = {d.name for d in definitions if d.owner == child.path}
        for parent in (f"{_module(child)}{base}" for base in _bases(child)):
            for method in definitions:
                if method.owner == parent and parent in classes and method.name not in own:
                    yield replace(method, path=f"{child.path}.{method.name}", line=child.line)


def _bases(definition: Definition) -> list[str]:
    bases = definition.node.bases if isinstance(definition.node, ast.ClassDef) else []
    return [base.id for base in bases if isinstance(base, ast.Name)]


def _module(definition: Definition) -> str:
    """`layers:` for what stands in a module beside the file."""
    module, colon, _ = definition.path.rpartition(":")
    return module + colon


def _guesses(definition: Definition) -> list[Guess]:
    said = _meaning(definition)
    options = dict(_options(definition))
    plain = [name for name, texts in options.items() if _is_choice(texts)]
    if plain:
        return [
            guess
            for name in plain
            for text in sorted(options[name])
            for guess in _option(definition, said, name, text)
        ]
    return _flagged(Guess(definition, said)) if said else []


def _meaning(definition: Definition) -> Meaning | None:
    """From the function's own name, else from its class's and what the method does there."""
    own = names.meaning(definition.name)
    part = names.role(definition.name)
    if definition.owner and part and (own is None or own.kind == "activation"):
        whose = names.meaning(definition.owner.rpartition(".")[2])
        if whose and whose.kind != "activation":
            return Meaning(whose.kind, whose.slope or part == "slope", whose.sure)
    if own is None and definition.owner and definition.name == "__call__":
        return names.meaning(definition.owner)
    return own


def _flagged(guess: Guess) -> list[Guess]:
    """The guess, twice where a flag such as `deriv=True` asks for the derivative."""
    for parameter in guess.definition.parameters:
        if names.says_slope(parameter.name) and parameter.name in _tested(guess.definition):
            return [
                replace(
                    guess,
                    meaning=guess.meaning._replace(slope=flag),
                    fixed={**guess.fixed, parameter.name: flag},
                )
                for flag in (False, True)
            ]
    return [guess]


def _option(definition: Definition, said: Meaning | None, name: str, text: str) -> Iterator[Guess]:
    """The guesses for one option: its text names an activation, or asks for the derivative."""
    meant = names.meaning(text)
    if meant and meant.kind != "activation":
        slope = meant.slope or bool(said and said.slope)
        slope = slope or names.role(definition.name) == "slope"
        known = said is not None or names.role(definition.name) is not None
        meaning = Meaning(meant.kind, slope, meant.sure and known)
    elif said and (names.says_slope(text) or names.role(text)):
        meaning = said._replace(slope=names.role(text) != "forward")
    else:
        return
    of_self = name.startswith(".")
    yield from _flagged(
        Guess(
            definition,
            meaning,
            fixed={} if of_self else {name: text},
            attributes={name[1:]: text} if of_self else {},
        )
    )


def _is_choice(texts: set[str]) -> bool:
    return any(names.meaning(text) or names.says_slope(text) for text in texts)


def _options(definition: Definition) -> Iterator[tuple[str, set[str]]]:
    """Per parameter (and `.attribute` of self) the texts that it is compared with."""
    known = {parameter.name for parameter in definition.parameters}
    found: dict[str, set[str]] = {}
    for node in ast.walk(definition.node):
        for subject, texts in _choices(node):
            name = _subject(subject)
            if name and (name in known or name.startswith(".")):
                found.setdefault(name, set()).update(texts)
    yield from found.items()


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


def _tested(definition: Definition) -> set[str]:
    """Names that an `if` asks about: `if deriv:`, `if deriv == True`, `a if not deriv else b`."""
    tests = [
        node.test for node in ast.walk(definition.node) if isinstance(node, ast.If | ast.IfExp)
    ]
    return {node.id for test in tests for node in ast.walk(test) if isinstance(node, ast.Name)}
