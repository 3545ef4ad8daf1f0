"""Which functions of a file may be an activation or its slope, by name; values decide later."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from helder.glass.check import name_words as names
from helder.glass.check.elementary.choices import options, tested
from helder.glass.check.name_words import Meaning
from helder.glass.check.reading.definitions import Definition

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
        said: How a sentence calls it, where it is no function but a piece of code.
        known_as: How the session calls that piece.
    """

    definition: Definition
    meaning: Meaning
    fixed: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""
    known_as: str = ""

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
            found += _guesses(definition, definitions)
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


def _guesses(definition: Definition, definitions: Sequence[Definition]) -> list[Guess]:
    said = _meaning(definition)
    choices = {
        name: sorted(texts)
        for name, texts in options(definition, definitions).items()
        if any(names.option(text) or names.says_slope(text) for text in texts)
    }
    if not choices:
        return _flagged(Guess(definition, said)) if said else []
    return [
        guess
        for name, texts in choices.items()
        for text in texts
        for guess in _option(definition, said, name, text)
    ]


def _meaning(definition: Definition) -> Meaning | None:
    """From the function's own name, else from its class's and what the method does there."""
    own = names.meaning(definition.name)
    part = names.role(definition.name)
    if definition.owner and part and (own is None or own.kind in names.ANY):
        whose = names.meaning(definition.owner.rpartition(".")[2])
        if whose and whose.kind not in names.ANY:
            return Meaning(whose.kind, whose.slope or part == "slope", whose.sure)
    if own is None and definition.owner and definition.name == "__call__":
        return names.meaning(definition.owner)
    return own


def _flagged(guess: Guess) -> list[Guess]:
    """The guess, twice where a flag such as `deriv=True` asks for the derivative."""
    for parameter in guess.definition.parameters:
        if names.says_slope(parameter.name) and parameter.name in tested(guess.definition):
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
    meant = names.option(text)
    if meant and meant.kind not in names.ANY:
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
